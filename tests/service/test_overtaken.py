"""What a worker did after its lease had gone to another: said to be unsure, unless the other one found it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ecomms_bot.incident.entry import Task, TaskChanges
from ecomms_bot.service.overtaken import Overtaken
from ecomms_bot.store import tasks
from ecomms_bot.store.engine import Database

NOW = datetime(2021, 11, 15, 4, 0, tzinfo=UTC)
KEY = "i1/post/card"


@pytest.fixture
def taken(db: Database) -> Database:
    """A message that another worker, there, has in hand."""
    with db.write() as conn:
        tasks.apply(conn, TaskChanges((Task(KEY, "i1", "post", "i1/talk", NOW, {"thing": "card"}),)), NOW)
        assert tasks.claim(conn, now=NOW, machine_now=1.0, lease_s=60.0, owner="there")
    return db


def finish(db: Database, outcome: str) -> None:
    with db.write() as conn:
        assert tasks.finish(conn, KEY, "there", outcome)


def unsure(db: Database) -> bool:
    with db.read() as conn:
        task = tasks.get(conn, KEY)
    assert task is not None
    return task.unsure


def test_what_the_other_one_did_not_find_stands_twice(taken: Database) -> None:
    overtaken = Overtaken(taken)
    overtaken.note(KEY, "C1:1.0")
    # while the other one has it in hand, nothing is known;
    finish(taken, "C1:2.0")
    assert not unsure(taken)
    # once it is done, somebody is told.
    overtaken.look()
    assert unsure(taken)


def test_what_the_other_one_found_stands_once(taken: Database) -> None:
    overtaken = Overtaken(taken)
    overtaken.note(KEY, "C1:1.0")
    finish(taken, "C1:1.0")
    overtaken.look()
    assert not unsure(taken)


def test_what_may_have_been_done_late_is_unsure_whatever_the_other_one_did(taken: Database) -> None:
    finish(taken, "C1:2.0")
    Overtaken(taken).note(KEY, None)
    assert unsure(taken)


def test_of_a_task_that_is_not_there_nothing_is_kept(db: Database) -> None:
    overtaken = Overtaken(db)
    overtaken.note("i9/post/card", "C1:1.0")
    overtaken.look()
    with db.read() as conn:
        assert tasks.troubled(conn) == []


def test_it_is_written_down_when_the_database_is_back(
    taken: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish(taken, "C1:2.0")
    overtaken = Overtaken(taken)
    with monkeypatch.context() as patch:
        patch.setattr("ecomms_bot.store.doubt.tasks.get", _away)
        overtaken.note(KEY, "C1:1.0")
    assert not unsure(taken)
    overtaken.look()
    assert unsure(taken)


CARD = "i1/edit/card/6"


def waiting(db: Database) -> list[str]:
    with db.read() as conn:
        return [each.key for each in tasks.due(conn, NOW, {"edit"})]


def test_a_card_that_was_drawn_too_late_is_drawn_once_more(db: Database) -> None:
    # Given a bot that stood still with the drawing of a card in hand, until another one took it over,
    with db.write() as conn:
        tasks.apply(
            conn, TaskChanges((Task(CARD, "i1", "edit", "i1/edit/card", NOW, {"thing": "card"}),)), NOW
        )
        (task,) = tasks.claim(conn, now=NOW, machine_now=1.0, lease_s=60.0, owner="here")
    overtaken = Overtaken(db)
    # when it has sent it after all, twice told, the card is drawn again, once;
    overtaken.draw_again(task, NOW)
    overtaken.draw_again(task, NOW)
    assert waiting(db) == [f"{CARD}/late/1"]
    # and what comes too late again meanwhile asks for nothing more.
    overtaken.draw_again(replace(task, attempts=2), NOW)
    assert waiting(db) == [f"{CARD}/late/1"]


def _away(*_: object) -> None:
    from ecomms_bot.store.faults import DatabaseBusy

    raise DatabaseBusy
