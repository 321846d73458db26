"""A reminder is taken up just before it is due, and said at its time: never sooner, and hardly later."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import effects as kinds
from ecomms_bot.incident.entry import Entry
from ecomms_bot.incident.state import Ref
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.service.carrying import Parts
from ecomms_bot.service.clocks import SystemClock
from ecomms_bot.service.company import Company
from ecomms_bot.service.ports import Notice
from ecomms_bot.service.work import EARLY_S, Job, Work, attempt
from ecomms_bot.store import log, tasks
from ecomms_bot.store.deadline import Deadline
from ecomms_bot.store.engine import Database
from tests.cli.night import COMMUNICATOR, START, ZONE, Night

DUE = START + timedelta(minutes=5)
EARLY = timedelta(seconds=EARLY_S)


@dataclass
class Bell:
    """The alarm: what it was last set for."""

    due: datetime | None = None

    def arm(self, due: datetime | None, in_seconds: float | None = None) -> None:
        del in_seconds
        self.due = due


class Silent:
    def show(self, notice: Notice, place: object, key: str, *, again: bool = False) -> Ref:
        del notice, place, key, again
        return Ref("C0FLOOD", "1.1")


@dataclass
class Bot:
    """A worker's policy, in a night in which nothing is to be done but to call the mayor at `DUE`."""

    night: Night
    incident: str
    practice: bool = False
    bell: Bell = field(default_factory=Bell)

    def __post_init__(self) -> None:
        clock = SystemClock(lambda: self.night.now.timestamp(), practice=self.practice)  # noqa: PLW0108  (`now` moves)
        own = (clock, self.bell, threading.Event(), "here:1", "here")
        self.work = Work(Parts(self.night.db, self.night.handler, self.night.records, Silent(), *own))

    def looks(self) -> list[Job]:
        """Once everything else is done, what is there to do now; and the alarm is set."""
        jobs = list(self.work.due(lambda: 0))
        self.work.arm()
        return jobs

    def fired(self) -> list[Entry]:
        with self.night.db.read() as conn:
            return log.of_type(conn, self.incident, "ReminderFired")


def bot(db: Database, *, practice: bool = False) -> Bot:
    night = Night(db)
    incident = night.open()
    night.do(incident, c.SetReminder(Instant.of(DUE, ZONE), "Call the mayor"), COMMUNICATOR)
    with db.write() as conn:
        conn.exec_driver_sql("UPDATE tasks SET state = 'done' WHERE key NOT LIKE '%%/reminder/personal/%%'")
    return Bot(night, incident, practice)


@contextmanager
def time_passes(night: Night, monkeypatch: pytest.MonkeyPatch, slower: float = 0.0) -> Iterator[list[float]]:
    """Whoever sleeps wakes up so much later by the night's clock, but for `slower` seconds."""
    slept = list[float]()

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        with night.db.write(Deadline.after(5)) as conn:  # nobody waits for who sleeps
            log.hold(conn, "any")
        night.now += timedelta(seconds=seconds - slower)

    with monkeypatch.context() as patch:
        patch.setattr("ecomms_bot.service.work.time.sleep", sleep)
        yield slept


def test_the_alarm_rings_a_moment_before_a_reminder(db: Database) -> None:
    here = bot(db)
    assert here.looks() == []
    assert here.bell.due == DUE - EARLY


@pytest.mark.parametrize("met", [False, True])
def test_it_is_taken_up_then_and_said_when_it_is_due(
    db: Database,
    monkeypatch: pytest.MonkeyPatch,
    met: bool,  # noqa: FBT001
) -> None:
    here = bot(db)
    here.looks()
    here.night.now = DUE - EARLY
    (job,) = here.looks()
    assert here.bell.due is None  # what is in hand needs no alarm
    company: Company = vars(here.night.handler)["_company"]
    met_by = company.joined(here.incident) if met else nullcontext()
    with met_by, time_passes(here.night, monkeypatch) as slept:
        assert attempt(job)
    assert slept == [pytest.approx(EARLY_S, abs=1e-5)]
    assert [each.at for each in here.fired()] == [DUE]


def test_a_wait_that_ends_too_soon_is_gone_on_with(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    here = bot(db)
    here.looks()
    here.night.now = DUE - EARLY
    (job,) = here.looks()
    with time_passes(here.night, monkeypatch, slower=0.001) as slept:
        assert not attempt(job)  # and if the clock goes back all the time, it stays due
    assert slept == [pytest.approx(EARLY_S, abs=1e-5), pytest.approx(0.001, abs=1e-5)]
    assert here.fired() == []
    here.night.now = DUE
    (job,) = here.looks()
    assert attempt(job)
    assert [each.at for each in here.fired()] == [DUE]


def test_without_an_alarm_that_rang_early_nothing_is_taken_up_before_its_time(db: Database) -> None:
    here = bot(db)
    here.night.now = DUE - EARLY / 2
    assert here.looks() == []
    here.night.now = DUE - 2 * EARLY  # the clock was set back since
    assert here.looks() == []


def test_a_practice_clock_stops_where_something_comes_due_so_nothing_comes_before(db: Database) -> None:
    here = bot(db, practice=True)
    here.looks()
    assert here.bell.due == DUE
    here.night.now = DUE - EARLY / 2
    assert here.looks() == []


def test_what_is_no_reminder_is_done_at_its_time(db: Database) -> None:
    here = bot(db)
    with db.write() as conn:
        conn.exec_driver_sql(f"UPDATE tasks SET kind = '{kinds.DM}' WHERE state = 'pending'")
    here.looks()
    assert here.bell.due == DUE
    with db.read() as conn:
        assert tasks.first_after(conn, START) == (DUE, kinds.DM)
        assert tasks.first_after(conn, DUE) is None
