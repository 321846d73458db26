"""What Slack said last of groups and people: kept for a start while Slack is away, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from ecomms_bot.store import people
from ecomms_bot.store.engine import Database
from ecomms_bot.store.people import Group


def keep(db: Database, read: dict[str, list[str]], met: dict[str, bool], at: float) -> None:
    with db.write() as conn:
        people.keep(conn, read, met, at)


def test_what_was_said_last_is_what_is_known(db: Database) -> None:
    keep(db, {"S1": ["U1", "U2"], "S2": []}, {"U1": False, "U9": True}, 10.0)
    keep(db, {"S1": ["U3"]}, {"U9": False}, 20.0)
    with db.read() as conn:
        assert people.groups(conn) == {"S1": Group(("U3",), 20.0), "S2": Group((), 10.0)}
        assert people.guests(conn) == {"U1": False, "U9": False}


def test_nothing_said_is_nothing_written(db: Database) -> None:
    keep(db, {}, {}, 10.0)
    with db.read() as conn:
        assert people.groups(conn) == {}
        assert people.guests(conn) == {}


def test_two_replicas_may_say_the_same_at_once(db: Database) -> None:
    groups = {f"S{number}": ["U1"] for number in range(9)}
    with ThreadPoolExecutor(4) as pool:
        told = [
            pool.submit(keep, db, dict(reversed(groups.items())), {"U1": False, "U0": True}, float(at))
            for at in range(8)
        ]
        for each in told:
            each.result()
    with db.read() as conn:
        assert {group: kept.members for group, kept in people.groups(conn).items()} == dict.fromkeys(
            groups, ("U1",)
        )
