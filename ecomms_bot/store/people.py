"""What Slack said last of user groups and of people. A copy: it can be lost, Slack says it again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, select

from ecomms_bot.store import upserts
from ecomms_bot.store.tables import people, user_groups


@dataclass(frozen=True, slots=True)
class Group:
    """The members of a user group, and when Slack said so (machine time)."""

    members: tuple[str, ...]
    read_at: float


def groups(conn: Connection) -> dict[str, Group]:
    """User group → its members as they were read last."""
    rows = conn.execute(select(user_groups).order_by(user_groups.c.id))
    return {row.id: Group(tuple(json.loads(row.members)), row.read_at) for row in rows}


def guests(conn: Connection) -> dict[str, bool]:
    """Person → whether they were a guest, a stranger or an app when Slack was asked last."""
    return {row.id: row.guest for row in conn.execute(select(people).order_by(people.c.id))}


def keep(
    conn: Connection, read: Mapping[str, Sequence[str]], met: Mapping[str, bool], machine_now: float
) -> None:
    """Put what Slack said now in the place of what it said before; two replicas may do so at once."""
    members = {group: json.dumps(list(users)) for group, users in sorted(read.items())}
    _put(
        conn,
        user_groups,
        [{"id": group, "members": each, "read_at": machine_now} for group, each in members.items()],
    )
    _put(
        conn,
        people,
        [{"id": user, "guest": guest, "read_at": machine_now} for user, guest in sorted(met.items())],
    )


def _put(conn: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    conn.execute(upserts.put(conn.dialect.name, table), rows)
