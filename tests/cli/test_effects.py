"""`ecomms effects`: what failed or is in doubt is tried again or settled, and the log notes who did it."""

from __future__ import annotations

import pytest

from ecomms_bot.cli.common import login
from ecomms_bot.incident import effects as kinds
from ecomms_bot.incident.entry import OFFICE
from ecomms_bot.store import log, tasks
from ecomms_bot.store.engine import Database
from ecomms_bot.store.tasks import TaskRow
from tests.cli.conftest import Terminal
from tests.cli.night import START, Night

NOW = 1_000_000.0


def claimed(db: Database) -> str:
    """The key of something that a worker has begun."""
    night = Night(db)
    night.open()
    with db.write() as conn:
        (task, *_) = tasks.claim(
            conn, now=START, machine_now=NOW, lease_s=60, owner="w", exclude={kinds.REMINDER}
        )
    return task.key


@pytest.fixture
def leased(db: Database) -> str:
    return claimed(db)


def row(db: Database, key: str) -> TaskRow:
    with db.read() as conn:
        found = tasks.get(conn, key)
    assert found is not None
    return found


def noted(db: Database) -> list[tuple[str, str]]:
    with db.read() as conn:
        entries = log.read(conn, OFFICE)
    return [(each.type, each.actor) for each in entries if each.type.startswith("Effect")]


def fail(db: Database, key: str) -> None:
    with db.write() as conn:
        assert tasks.fail(conn, key, "w", "It may not invite.")


def test_what_was_given_up_is_tried_again_as_if_it_were_new(
    office: Terminal, db: Database, leased: str
) -> None:
    fail(db, leased)
    assert f"{leased}  (attempts 1)" in office.run("effects", "list").stdout
    assert "tried again" in office.run("effects", "retry", leased).stdout
    found = row(db, leased)
    assert (found.state, found.attempts, found.retry_at) == ("pending", 0, None)
    assert noted(db) == [("EffectRetried", f"os:{login()}")]
    said = office.run("log", "show", "office").stdout
    assert f"{leased} tried again, asked by os:{login()}" in said


def test_what_waits_for_its_next_try_is_tried_at_once(office: Terminal, db: Database, leased: str) -> None:
    with db.write() as conn:
        tasks.retry(conn, leased, "w", NOW + 600, "Slow down.", unsure=True)
    office.run("effects", "retry", leased)
    found = row(db, leased)
    assert (found.state, found.retry_at, found.unsure) == ("pending", None, True)  # it is looked up first


def test_what_somebody_saw_to_is_spoken_of_no_more(office: Terminal, db: Database, leased: str) -> None:
    fail(db, leased)
    assert "settled" in office.run("effects", "settle", leased, "--note", "I invited them.").stdout
    assert row(db, leased).state == "cancelled"
    assert office.run("effects", "list").stdout.startswith("All that was to be done in Slack was done")
    assert f"{leased} settled by os:{login()}: I invited them." in office.run("log", "show", "office").stdout


def test_what_was_done_perhaps_twice_stays_done_without_doubt(
    office: Terminal, db: Database, leased: str
) -> None:
    with db.write() as conn:
        tasks.finish(conn, leased, "w", "C1:1.1", unsure=True)
    assert "unsure" in office.run("effects", "list").stdout
    office.run("effects", "settle", leased, "--note", "It stands there once.")
    found = row(db, leased)
    assert (found.state, found.unsure) == ("done", False)


def test_what_needs_no_hand_is_left_alone(office: Terminal, db: Database, leased: str) -> None:
    assert "at this moment" in office.refused("effects", "retry", leased)
    assert "at this moment" in office.refused("effects", "settle", leased, "--note", "x")
    with db.write() as conn:
        tasks.retry(conn, leased, "w", NOW + 600, "Slow down.")
    assert "still tried" in office.refused("effects", "settle", leased, "--note", "x")
    with db.write() as conn:
        (task, *_) = tasks.claim(
            conn, now=START, machine_now=NOW + 700, lease_s=60, owner="w", kinds={row(db, leased).kind}
        )
        tasks.finish(conn, task.key, "w", "C1:1.1")
    assert "It was done" in office.refused("effects", "retry", leased)
    assert "no doubt" in office.refused("effects", "settle", leased, "--note", "x")
    assert noted(db) == []


def test_a_key_that_is_none_and_a_note_that_says_nothing_are_refused(office: Terminal, db: Database) -> None:
    assert "There is no effect nowhere" in office.refused("effects", "retry", "nowhere")
    assert "Say with --note how" in office.refused("effects", "settle", "nowhere", "--note", "  ")
    assert noted(db) == []


def test_what_only_waited_for_its_turn_was_not_tried(db: Database, leased: str) -> None:
    with db.write() as conn:
        assert tasks.retry(conn, leased, "w", NOW + 3, "Not yet.", untried=True)
    assert (row(db, leased).state, row(db, leased).attempts) == ("pending", 0)
