"""The bot without one of its three safeguards, in a process of a test only: the checker has to notice."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Connection, and_, or_, select, update

from ecomms_bot.service import handler
from ecomms_bot.service.overtaken import Overtaken
from ecomms_bot.slack import gateway, lookup
from ecomms_bot.store import tasks
from ecomms_bot.store.codec import to_text
from ecomms_bot.store.tables import tasks as table


def no_look_up() -> None:
    """Whatever was tried before is posted again without asking whether it arrived."""

    def seen(_self: Any, _errand: Any, place: Any, _keys: Any) -> lookup.Seen:
        return lookup.Seen(place.conversation)

    setattr(gateway.Gateway, "_seen", seen)  # noqa: B010 - the place of another


def no_lease() -> None:
    """Every claim succeeds, whoever else has it in hand, and so does every release; nobody looks back."""

    def claim(conn: Connection, **how: Any) -> list[tasks.ClaimedTask]:
        due = and_(table.c.state == "pending", table.c.due_at <= to_text(how["now"]))
        wanted = and_(or_(due, table.c.state == "leased"), table.c.kind.not_in(how["exclude"]))
        keys = conn.execute(
            select(table.c.key).where(wanted).order_by(table.c.n).limit(how["limit"])
        ).scalars()
        claimed = []
        for key in keys.all():
            until = how["machine_now"] + how["lease_s"]
            lease = {"state": "leased", "retry_at": None, "lease_until": until, "lease_owner": how["owner"]}
            conn.execute(update(table).where(table.c.key == key).values(lease))
            row = tasks.get(conn, key)
            assert row is not None
            claimed.append(tasks.ClaimedTask(**asdict(row), was_leased=False))
        return claimed

    def release(conn: Connection, key: str, _owner: str, values: dict[str, Any], **_how: Any) -> bool:
        given = {"lease_until": None, "lease_owner": None, **values}
        over = table.c.state.in_(("leased", "pending"))
        conn.execute(update(table).where(table.c.key == key, over).values(given))
        return True

    tasks.claim = claim
    setattr(tasks, "_release", release)  # noqa: B010 - as above
    setattr(Overtaken, "note", lambda *_: None)  # noqa: B010 - as above


def no_uniqueness() -> None:
    """What arrives twice is another command each time."""
    plain = handler.Handler.handle

    def handle(self: handler.Handler, request: handler.Request, deadline: Any = None) -> handler.Outcome:
        if request.person != handler.BOT:
            request = replace(request, command_id=f"{request.command_id}~{secrets.token_hex(4)}")
        return plain(self, request, deadline)

    handler.Handler.handle = handle  # type: ignore[method-assign]


MUTANTS: Mapping[str, Callable[[], None]] = {
    "no-look-up": no_look_up,
    "no-lease": no_lease,
    "no-uniqueness": no_uniqueness,
}
