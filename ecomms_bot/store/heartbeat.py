"""A sign of life of each running bot, in machine time, for `ecomms health`."""

from __future__ import annotations

from sqlalchemy import Connection, delete, func, insert, select

from ecomms_bot.store.tables import heartbeats


def beat(conn: Connection, replica: str, machine_now: float) -> None:
    conn.execute(delete(heartbeats).where(heartbeats.c.replica == replica))
    conn.execute(insert(heartbeats), {"replica": replica, "at": machine_now})


def forget(conn: Connection, replica: str) -> None:
    """For a bot that stops in order."""
    conn.execute(delete(heartbeats).where(heartbeats.c.replica == replica))


def age(conn: Connection, replica: str | None, machine_now: float) -> float | None:
    """Seconds since the last beat of this replica, or of any (None); None if there never was one."""
    query = select(func.max(heartbeats.c.at))
    if replica is not None:
        query = query.where(heartbeats.c.replica == replica)
    last = conn.execute(query).scalar()
    return None if last is None else machine_now - float(last)
