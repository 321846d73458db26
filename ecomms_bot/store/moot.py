"""Reminders that were found moot at a time which the clock, set back since, has not reached again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, exists, select, update

from ecomms_bot.store.codec import to_text
from ecomms_bot.store.tables import events
from ecomms_bot.store.tables import tasks as table


def found_ahead(conn: Connection, kind: str, now: datetime) -> dict[str, list[str]]:
    """By incident, the tasks of this kind that ended at an incident time after `now` and led to no entry."""
    told = exists().where(events.c.command_id == table.c.key)
    query = select(table.c.incident, table.c.key).where(
        table.c.kind == kind, table.c.state == "done", table.c.done_at > to_text(now), ~told
    )
    found: dict[str, list[str]] = {}
    for row in conn.execute(query.order_by(table.c.n)):
        found.setdefault(row.incident, []).append(row.key)
    return found


def revive(conn: Connection, keys: Collection[str]) -> int:
    """They come due again at their time; says how many."""
    theirs = (table.c.key.in_(sorted(keys)), table.c.state == "done")
    again = {"state": "pending", "outcome": None, "done_at": None}
    return conn.execute(update(table).where(*theirs).values(again)).rowcount
