"""A sign of life of each running bot, in machine time, and since when nobody was there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, select

from ecomms_bot.store import upserts
from ecomms_bot.store.tables import heartbeats

SEEN, SEEN_INCIDENT_TIME = "(last seen)", "(last seen, incident time)"
"""Rows that no bot takes away when it stops in order. No host is called so."""
_NOBODY = (SEEN, SEEN_INCIDENT_TIME)
ALIVE_S = 60.0
"""A sign of life older than this is none; a bot gives one every 15 s."""
KEPT_S = 3600.0
"""How long the last sign of life of a bot that was killed is kept, where nobody can tell that it ended."""


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
    conn.execute(delete(heartbeats).where(heartbeats.c.replica == name))
    conn.execute(upserts.add(conn.dialect.name, heartbeats), {"replica": name, "at": at})


def forget(conn: Connection, replica: str) -> None:
    """For a bot that stops in order."""
    conn.execute(delete(heartbeats).where(heartbeats.c.replica == replica))


def clear(conn: Connection, machine_now: float, gone: Callable[[str], bool]) -> None:
    """Take away what killed bots left behind: those of whom `gone` knows, and what is old."""
    for name, at in _bots(conn).items():
        if machine_now - at > KEPT_S or gone(name):
            forget(conn, name)


def age(conn: Connection, host: str | None, machine_now: float) -> float | None:
    """Seconds since the last beat of any bot of this machine, or of any (None); None if there is none."""
    beats = [at for name, at in _bots(conn).items() if host is None or _is_of(name, host)]
    return machine_now - max(beats) if beats else None


def running(conn: Connection, host: str, machine_now: float) -> tuple[int, int]:
    """How many bots run on this machine, and how many elsewhere."""
    alive = [name for name, at in _bots(conn).items() if abs(machine_now - at) < ALIVE_S]
    here = sum(_is_of(name, host) for name in alive)
    return here, len(alive) - here


def _bots(conn: Connection) -> dict[str, float]:
    query = select(heartbeats).where(heartbeats.c.replica.not_in(_NOBODY))
    return {row.replica: float(row.at) for row in conn.execute(query)}


def _is_of(name: str, host: str) -> bool:
    """A bot is called `host:…`, so that two on one machine are told apart."""
    return name == host or name.startswith(f"{host}:")


def last_seen(conn: Connection) -> LastSeen | None:
    """None if no bot ever ran here."""
    rows = {row.replica: float(row.at) for row in conn.execute(select(heartbeats))}
    incident = rows.pop(SEEN_INCIDENT_TIME, None)
    if not rows:
        return None
    at = None if incident is None else datetime.fromtimestamp(incident, UTC)
    last = max(rows.values())
    # One that fell silent long before the last one stopped does not run either.
    stopped = all(name == SEEN or each < last - ALIVE_S for name, each in rows.items())
    return LastSeen(last, at, stopped=stopped and SEEN in rows)
