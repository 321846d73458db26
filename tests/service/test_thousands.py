"""Thousands of things due at once: some are taken at a time, and none keeps others from their turn."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import effects as kinds
from ecomms_bot.incident.state import Ref
from ecomms_bot.incident.things import Place
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.service.alarm import Alarm
from ecomms_bot.service.carrying import Parts
from ecomms_bot.service.clocks import SystemClock
from ecomms_bot.service.ports import Notice
from ecomms_bot.service.work import REMINDERS, Work, attempt
from ecomms_bot.service.worker import Worker
from ecomms_bot.store import log, tasks
from ecomms_bot.store.engine import Database
from tests.cli.night import COMMUNICATOR, ZONE, Night
from tests.store.samples import tamper

MANY = 3 * REMINDERS
THREADS = 8
LOOKS = 1000


@dataclass
class Counting:
    """The port `Chat`: takes everything, and counts."""

    shown: Counter[str] = field(default_factory=Counter)

    def show(self, notice: Notice, place: Place, key: str, *, again: bool) -> Ref:  # noqa: ARG002
        self.shown[key] += 1
        return Ref("D0MARA", f"1.{sum(self.shown.values())}")


@pytest.fixture
def night(db: Database) -> Night:
    return Night(db)


@pytest.fixture
def chat() -> Counting:
    return Counting()


@pytest.fixture
def parts(db: Database, night: Night, chat: Counting) -> Parts:
    clock, wake = SystemClock(lambda: night.now.timestamp()), threading.Event()  # noqa: PLW0108  (it moves)
    return Parts(
        db, night.handler, night.records, chat, clock, Alarm(clock, wake), wake, "here:1", "here"
    )  # fmt: skip


def remind(night: Night, incident: str, times: int) -> None:
    """So many reminders, all due in half an hour; then it is that late."""
    due = Instant.of(night.now + timedelta(minutes=30), ZONE)
    for number in range(times):
        night.do(incident, c.SetReminder(due, f"Call {number}"), COMMUNICATOR)


def fired(night: Night, incident: str) -> int:
    with night.db.read() as conn:
        entries = log.of_type(conn, incident, "ReminderFired")
    return sum(str((entry.payload or {})["key"]).startswith("personal/") for entry in entries)


def test_reminders_are_taken_some_at_a_time_and_effects_beside_them(night: Night, parts: Parts) -> None:
    # given an incident whose conversation is still to be done, and many reminders
    remind(night, night.open(), MANY)
    night.later(30)
    work = Work(parts)
    # when the worker looks what is due
    jobs = list(work.due(lambda: THREADS))
    # then it takes some of them, and effects in the same look
    assert sum(job.inside for job in jobs) == REMINDERS
    assert any(not job.inside for job in jobs)


@pytest.mark.long
def test_reminders_that_cannot_be_said_keep_no_other_from_its_turn(night: Night, parts: Parts) -> None:
    # given many reminders of an incident whose log was damaged, and one of another incident after them
    broken, whole = night.open("A slide"), night.open("Another slide", conversation="C0OTHER")
    remind(night, broken, MANY)
    remind(night, whole, 1)
    tamper(night.db, f"UPDATE events SET payload = '[]' WHERE incident = '{broken}'")
    night.later(30)
    work = Work(parts)
    # when the worker looks again and again
    for _ in range(MANY):
        for job in work.due(lambda: 0):
            attempt(job)
    # then the other one was said
    assert fired(night, whole) == 1


def test_all_of_them_are_said_once(night: Night, parts: Parts, chat: Counting) -> None:
    incident = night.open()
    remind(night, incident, MANY)
    night.later(30)
    worker = Worker(parts)
    parts.alarm.start()  # type: ignore[attr-defined] # the real one
    worker.start()
    try:
        for _ in range(LOOKS):
            worker.await_change(0.05)
            with night.db.read() as conn:
                if not tasks.busy(conn, night.now):
                    break
    finally:
        worker.stop()
        parts.alarm.stop()  # type: ignore[attr-defined] # the real one
    assert fired(night, incident) == MANY
    said = {key: times for key, times in chat.shown.items() if f"/{kinds.DM}/" in key}
    assert len(said) >= MANY
    assert set(said.values()) == {1}
