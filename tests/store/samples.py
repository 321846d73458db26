"""What the tests of the store put into it, and how an attacker would change it behind its back."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from ecomms_bot.incident.entry import Entry, NewEntry, Task
from ecomms_bot.incident.office import incident_registered, incident_sealed
from ecomms_bot.store import log
from ecomms_bot.store.engine import Database

NIGHT = datetime(2021, 11, 15, 4, 0, tzinfo=UTC)
"""20:00 in British Columbia, the evening of the flood."""

_nonces = itertools.count()


def nonce() -> str:
    return f"nonce-{next(_nonces)}"


def at(minute: float) -> datetime:
    """So many minutes into the night."""
    return NIGHT + timedelta(minutes=minute)


def note(text: str) -> NewEntry:
    return NewEntry("NoteAdded", {"text": text})


def append(
    conn: Connection,
    incident: str,
    after: int,
    *entries: NewEntry,
    office: Sequence[NewEntry] = (),
    command: str | None = None,
) -> tuple[Entry, ...]:
    name = command or f"{incident}-after-{after}"
    return log.append(
        conn, incident, after, entries, office, at=at(after), actor="U-MAYA", command_id=name, nonce=nonce
    )


def open_incident(db: Database, incident: str, notes: int = 3) -> list[Entry]:
    """An incident as office knows it: opened, registered, and then `notes` notes."""
    with db.write() as conn:
        append(
            conn,
            incident,
            0,
            NewEntry("IncidentOpened", {"name": "Flood"}),
            office=[incident_registered(incident, log.FIRST_HASH)],
        )
        for seq in range(1, notes + 1):
            append(conn, incident, seq, note(f"note {seq}"))
    return entries(db, incident)


def seal(db: Database, incident: str, after: int) -> None:
    """Close the incident with one more entry, and let office know its head."""
    with db.write() as conn:
        closed = NewEntry("IncidentClosed", {})
        office = [incident_sealed(incident, log.LAST_SEQ, log.LAST_HASH)]
        append(conn, incident, after, closed, office=office)


def entries(db: Database, stream: str) -> list[Entry]:
    with db.read() as conn:
        return log.read(conn, stream)


def task(key: str, minute: float = 0, lane: str | None = None, kind: str = "post", **more: Any) -> Task:
    return Task(key, "i1", kind, lane or f"lane of {key}", at(minute), **more)


def without_triggers(conn: Connection) -> None:
    """What somebody who owns the tables can do, and must not get away with."""
    if conn.dialect.name == "postgresql":
        conn.exec_driver_sql("ALTER TABLE events DISABLE TRIGGER USER")
        return
    names = conn.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all()
    for name in names:
        conn.exec_driver_sql(f"DROP TRIGGER {name}")


def tamper(db: Database, *statements: str) -> None:
    with db.write() as conn:
        without_triggers(conn)
        for statement in statements:
            conn.exec_driver_sql(statement)
