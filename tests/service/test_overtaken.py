"""What a worker did after its lease had gone to another: said to be unsure, unless the other one found it."""

from __future__ import annotations

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


def _away(*_: object) -> None:
    from ecomms_bot.store.faults import DatabaseBusy

    raise DatabaseBusy
