"""The two projections: incidents for lists, releases for what went out. Both can be rebuilt from the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, delete, insert, select

from ecomms_bot.incident.entry import IncidentRow, ReleaseRow
from ecomms_bot.store import upserts
from ecomms_bot.store.codec import from_text, to_text
from ecomms_bot.store.tables import incidents
from ecomms_bot.store.tables import releases as release_table

_TIMES = ("opened_at", "closed_at", "promised_at", "attested_at")


def save(conn: Connection, incident: IncidentRow, releases: Sequence[ReleaseRow] | None) -> None:
    """Put an incident as it is now, with all its releases, in place of what was. Call it after the append.

    Without `releases`: they are as they were.
    """
    conn.execute(upserts.put(conn.dialect.name, incidents), _texts(incident))
    if releases is None:
        return
    conn.execute(delete(release_table).where(release_table.c.incident == incident.id))
    if releases:
        conn.execute(insert(release_table), [_texts(release) for release in releases])


_THERE = select(incidents).where(incidents.c.conversation == bindparam("conversation"))
_FIRST = _THERE.order_by(
    incidents.c.closed_at.is_not(None), incidents.c.opened_at.desc(), incidents.c.id
).limit(1)
_OPEN = _THERE.where(incidents.c.closed_at.is_(None)).order_by(incidents.c.opened_at.desc(), incidents.c.id)


def clear(conn: Connection) -> None:
    """Empty both, to fill them again from the log."""
    conn.execute(delete(release_table))
    conn.execute(delete(incidents))


def incident(conn: Connection, id: str) -> IncidentRow | None:
    return next(iter(_incidents(conn, select(incidents).where(incidents.c.id == id))), None)


def open_incidents(conn: Connection) -> list[IncidentRow]:
    """Newest first."""
    return _incidents(conn, _newest().where(incidents.c.closed_at.is_(None)))


def all_incidents(conn: Connection) -> list[IncidentRow]:
    """Newest first."""
    return _incidents(conn, _newest())


def incident_by_conversation(conn: Connection, conversation: str) -> IncidentRow | None:
    """The incident that is at home in a conversation: an open one before a closed one, then the newest."""
    return next(iter(_incidents(conn, _FIRST, conversation=conversation)), None)


def open_in_conversation(conn: Connection, conversation: str) -> list[IncidentRow]:
    """Newest first."""
    return _incidents(conn, _OPEN, conversation=conversation)


def releases(conn: Connection, incident: str) -> list[ReleaseRow]:
    """What went out for an incident, in the order of the attested times."""
    query = select(release_table).where(release_table.c.incident == incident)
    return _releases(conn, query.order_by(release_table.c.attested_at, *release_table.primary_key.columns))


def dump(conn: Connection) -> dict[str, list[Any]]:
    """Everything in both, in a fixed order, to compare what was rebuilt with what was there."""
    return {
        "incidents": _incidents(conn, select(incidents).order_by(incidents.c.id)),
        "releases": _releases(conn, select(release_table).order_by(*release_table.primary_key.columns)),
    }


def _newest() -> Select[Any]:
    return select(incidents).order_by(incidents.c.opened_at.desc(), incidents.c.id)


def _incidents(conn: Connection, query: Select[Any], **values: object) -> list[IncidentRow]:
    return [IncidentRow(**_instants(row)) for row in conn.execute(query, values)]


def _releases(conn: Connection, query: Select[Any]) -> list[ReleaseRow]:
    return [ReleaseRow(**_instants(row)) for row in conn.execute(query)]


def _texts(row: IncidentRow | ReleaseRow) -> dict[str, Any]:
    values = {each.name: getattr(row, each.name) for each in fields(row)}
    return {name: to_text(value) if isinstance(value, datetime) else value for name, value in values.items()}


def _instants(row: Row[Any]) -> dict[str, Any]:
    return {
        name: from_text(value) if name in _TIMES and value is not None else value
        for name, value in row._asdict().items()
    }
