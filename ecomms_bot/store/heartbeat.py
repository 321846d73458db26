"""A sign of life of each running bot, in machine time, and since when nobody was there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from ecomms_bot.store.tables import heartbeats

SEEN, SEEN_INCIDENT_TIME = "(last seen)", "(last seen, incident time)"
"""Rows that no bot takes away when it stops in order. No host is called so."""
_NOBODY = (SEEN, SEEN_INCIDENT_TIME)


@dataclass(frozen=True, slots=True)
class LastSeen:
    """The last sign of life of any bot, by both clocks. `stopped`: all that ran have stopped in order."""

    machine: float
    incident: datetime | None
    stopped: bool


def beat(conn: Connection, replica: str, machine_now: float, now: datetime | None = None) -> None:
    """`now`: incident time, for who comes after a time in which nobody was there."""
    _set(conn, replica, machine_now)
    if now is not None:
        _set(conn, SEEN, machine_now)
        _set(conn, SEEN_INCIDENT_TIME, now.timestamp())


def _set(conn: Connection, name: str, at: float) -> None:
    """Where another bot does the same at this moment, its word stands: it is as new as ours."""
    dialect = postgresql if conn.dialect.name == "postgresql" else sqlite
    conn.execute(delete(heartbeats).where(heartbeats.c.replica == name))
    conn.execute(dialect.insert(heartbeats).on_conflict_do_nothing(), {"replica": name, "at": at})


def forget(conn: Connection, replica: str) -> None:
    """For a bot that stops in order."""
    conn.execute(delete(heartbeats).where(heartbeats.c.replica == replica))


def age(conn: Connection, replica: str | None, machine_now: float) -> float | None:
    """Seconds since the last beat of this replica, or of any (None); None if there never was one."""
    query = select(func.max(heartbeats.c.at)).where(heartbeats.c.replica.not_in(_NOBODY))
    if replica is not None:
        query = query.where(heartbeats.c.replica == replica)
    last = conn.execute(query).scalar()
    return None if last is None else machine_now - float(last)


def last_seen(conn: Connection) -> LastSeen | None:
    """None if no bot ever ran here."""
    rows = {row.replica: float(row.at) for row in conn.execute(select(heartbeats))}
    incident = rows.pop(SEEN_INCIDENT_TIME, None)
    if not rows:
        return None
    at = None if incident is None else datetime.fromtimestamp(incident, UTC)
    return LastSeen(max(rows.values()), at, stopped=set(rows) == {SEEN})
