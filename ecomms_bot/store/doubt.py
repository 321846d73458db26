"""What was recorded as done once and may stand twice, since two workers had it in hand."""

from __future__ import annotations

from sqlalchemy import Connection, update

from ecomms_bot.store import tasks
from ecomms_bot.store.tables import tasks as table


def cast(conn: Connection, key: str, outcome: str | None) -> bool:
    """Mark a task that is over with another outcome than `outcome` as unsure; False while it goes on.

    `outcome`: where what somebody else did stands; None if they do not know whether they did it.
    """
    task = tasks.get(conn, key)
    if task is not None and task.state in {"pending", "leased"}:
        return False
    if task is not None and (outcome is None or task.outcome != outcome):
        conn.execute(update(table).where(table.c.key == key).values(unsure=True))
    return True
