"""At rest: no envelope unanswered, nothing due, nothing under way."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from ecomms_bot.incident import effects as kinds
from ecomms_bot.incident.entry import Task, TaskChanges
from ecomms_bot.incident.state import Ref
from ecomms_bot.incident.things import Place
from ecomms_bot.service.alarm import Alarm
from ecomms_bot.service.clocks import SystemClock
from ecomms_bot.service.ports import Notice
from ecomms_bot.service.rest import Listening, Rest
from ecomms_bot.service.worker import Parts, Worker
from ecomms_bot.store import tasks
from ecomms_bot.store.engine import Database
from tests.cli.night import Night

MOMENT_S = 0.02


class Silent:
    """A chat that nobody asks: the worker of these tests does not run."""

    def show(self, notice: Notice, place: Place, key: str, *, again: bool) -> Ref:
        raise AssertionError(notice, place, key, again)


@pytest.fixture
def night(db: Database) -> Night:
    return Night(db)


@pytest.fixture
def listening() -> Listening:
    return Listening()


@pytest.fixture
def rest(night: Night, listening: Listening) -> Iterator[Rest]:
    clock = SystemClock(lambda: night.now.timestamp())  # noqa: PLW0108  (`night.now` moves)
    wake = threading.Event()
    parts = Parts(
        night.db, night.handler, night.records, Silent(), clock, Alarm(clock, wake), wake, "here:1", "here"
    )
    worker = Worker(parts)
    yield Rest(night.db, clock, worker, listening)
    worker.stop()


def add(night: Night, minutes: float) -> str:
    """A task that is due so many minutes from now."""
    key = f"task-{minutes}"
    task = Task(key, "i1", kinds.EDIT, key, night.now + timedelta(minutes=minutes), {})
    with night.db.write() as conn:
        tasks.apply(conn, TaskChanges((task,), ()), night.now)
    return key


def test_with_nothing_to_do_there_is_rest(rest: Rest) -> None:
    assert rest.wait(MOMENT_S)
    assert rest.next_due() is None


def test_an_unanswered_envelope_is_no_rest(rest: Rest, listening: Listening) -> None:
    with listening.one():
        with listening.one():
            assert not rest.wait(MOMENT_S)
        assert not rest.wait(MOMENT_S)
    assert rest.wait(MOMENT_S)


def test_an_envelope_that_failed_is_answered_all_the_same(rest: Rest, listening: Listening) -> None:
    with pytest.raises(RuntimeError), listening.one():
        raise RuntimeError
    assert rest.wait(MOMENT_S)


def test_what_is_due_is_no_rest_and_what_comes_later_is(rest: Rest, night: Night) -> None:
    add(night, 5)
    assert rest.wait(MOMENT_S)
    assert rest.next_due() == night.now + timedelta(minutes=5)
    night.later(5)
    assert not rest.wait(MOMENT_S)


def test_what_somebody_is_doing_is_no_rest(rest: Rest, night: Night) -> None:
    key = add(night, 0)
    machine = night.now.timestamp()
    with night.db.write() as conn:
        (claimed,) = tasks.claim(conn, now=night.now, machine_now=machine, lease_s=60, owner="there:2")
    assert claimed.key == key
    assert not rest.wait(MOMENT_S)
    with night.db.write() as conn:
        assert tasks.finish(conn, key, "there:2", "done", now=night.now)
    assert rest.wait(MOMENT_S)
