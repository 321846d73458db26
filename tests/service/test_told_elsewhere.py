"""What one replica is told of people, the others know before they say anything to anybody."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from ecomms_bot.incident import effects as kinds
from ecomms_bot.incident.entry import Task, TaskChanges
from ecomms_bot.service.alarm import Alarm
from ecomms_bot.service.carrying import Parts
from ecomms_bot.service.clocks import SystemClock
from ecomms_bot.service.duty import Duty, DutyChange
from ecomms_bot.service.work import BEAT_S, Work
from ecomms_bot.store import tasks
from ecomms_bot.store.engine import Database
from tests.cli.night import PIO, ROSTER, START, Night
from tests.service.test_leases_of_the_dead import Chat, Machine, later


@pytest.fixture
def here(db: Database) -> Duty:
    return Duty(db, SystemClock(START.timestamp), lambda: "nonce")


@pytest.fixture
def work(db: Database, here: Duty) -> Work:
    """A replica that has given its first sign of life."""
    night, wake = Night(db), threading.Event()
    clock = Machine(night.now.timestamp)
    made = Work(
        Parts(
            db, night.handler, night.records, Chat(), clock, Alarm(clock, wake), wake, "here", "here",
            learn=here.refresh,
        )
    )  # fmt: skip
    made.beat()
    return made


def goes_off_duty_elsewhere(db: Database) -> None:
    there = Duty(db, SystemClock(START.timestamp), lambda: "nonce")
    there.change(DutyChange(PIO, on=False), ROSTER.person(PIO), ROSTER, "told-elsewhere")


def test_it_is_known_before_a_reminder_is_said(db: Database, here: Duty, work: Work) -> None:
    reminder = Task(f"i1/{kinds.REMINDER}/key", "i1", kinds.REMINDER, "i1", START - timedelta(minutes=1))
    with db.write() as conn:
        tasks.apply(conn, TaskChanges(add=(reminder,)), START)
    goes_off_duty_elsewhere(db)
    assert PIO not in here.off()
    (job,) = work.due(lambda: 8)
    assert job.key == reminder.key
    assert PIO in here.off()


def test_otherwise_it_is_known_with_the_next_sign_of_life(db: Database, here: Duty, work: Work) -> None:
    goes_off_duty_elsewhere(db)
    later(BEAT_S)
    work.beat()
    assert PIO in here.off()
