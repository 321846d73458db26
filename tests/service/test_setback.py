"""The clock was ahead and is set back: what was moot by the wrong time is said when its own time comes."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.decide import decide
from ecomms_bot.incident.state import Incident, Ref
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.service.alarm import Alarm
from ecomms_bot.service.carrying import Parts
from ecomms_bot.service.clocks import SystemClock
from ecomms_bot.service.ports import Notice
from ecomms_bot.service.work import Work, attempt
from ecomms_bot.store import log, tasks
from ecomms_bot.store.engine import Database
from tests.cli.night import COMMUNICATOR, ZONE, Night

HOUR = timedelta(hours=1)


class Silent:
    def show(self, notice: Notice, place: object, key: str, *, again: bool = False) -> Ref:
        del notice, place, key, again
        return Ref("C0FLOOD", "1.1")


@pytest.fixture
def night(db: Database) -> Night:
    return Night(db)


def bot(night: Night) -> Work:
    wake, clock = threading.Event(), SystemClock(lambda: night.now.timestamp())  # noqa: PLW0108  (`now` moves)
    parts = Parts(
        night.db, night.handler, night.records, Silent(), clock, Alarm(clock, wake), wake, "here:1", "here"
    )
    return Work(parts)


def look(work: Work) -> None:
    """Say what is due."""
    for job in list(work.due(lambda: 0)):
        attempt(job)


def said(night: Night, incident: str) -> list[str]:
    """The reminders of facts."""
    with night.db.read() as conn:
        entries = log.read(conn, incident)
    keys = [str((each.payload or {})["key"]) for each in entries if each.type == "ReminderFired"]
    return [each for each in keys if each.startswith("fact/")]


def known_for_forty_minutes(night: Night) -> tuple[str, str]:
    """A fact about which people are reminded 15 minutes before its end, and at the end."""
    incident = night.open()
    until = Instant.of(night.now + timedelta(minutes=40), ZONE)
    night.do(incident, c.RecordFact("vehicles", "50", "Operations", until=until), COMMUNICATOR)
    (fact,) = night.state(incident).facts["vehicles"]
    return incident, fact.id


@pytest.mark.parametrize("restarted", [False, True])
def test_what_the_wrong_time_made_moot_is_said_at_its_own(night: Night, restarted: bool) -> None:  # noqa: FBT001
    incident, fact = known_for_forty_minutes(night)
    work = bot(night)
    look(work)
    # Given a clock that jumped an hour: the end was said, and nothing before it,
    night.now += HOUR
    look(work)
    assert said(night, incident) == [f"fact/{fact}"]
    # when it is set back, whoever looks next,
    night.now -= HOUR
    work = bot(night) if restarted else work
    look(work)
    assert said(night, incident) == [f"fact/{fact}"]
    # then the one before the end comes at its time, once.
    night.later(30)
    look(work)
    look(work)
    assert said(night, incident) == [f"fact/{fact}", f"fact/{fact}/soon"]


def test_what_is_not_owed_any_more_stays_done(night: Night) -> None:
    incident, fact = known_for_forty_minutes(night)
    work = bot(night)
    night.now += HOUR
    look(work)
    night.close(incident)
    night.now -= HOUR
    look(work)
    with night.db.read() as conn:
        soon = tasks.get(conn, f"{incident}/reminder/fact/{fact}/soon")
    assert soon is not None
    assert soon.state == "done"


def test_what_was_decided_while_the_clock_was_set_is_decided_again(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident, fact = known_for_forty_minutes(night)
    work = bot(night)
    night.now += HOUR
    jobs = list(work.due(lambda: 0))

    def and_set_it_back(state: Incident, command: c.Command, ctx: c.Context) -> object:
        night.now -= HOUR
        return decide(state, command, ctx)

    with monkeypatch.context() as patch:
        patch.setattr("ecomms_bot.service.handler.decide", and_set_it_back)
        soon = next(each for each in jobs if each.key.endswith("soon"))
        assert not attempt(soon)
    night.later(30)
    look(work)
    assert said(night, incident) == [f"fact/{fact}/soon"]
