"""Nobody was there for a while: each open incident is told once, whoever comes back, whatever clock it is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from ecomms_bot.incident.state import Ref
from ecomms_bot.incident.things import Place
from ecomms_bot.service.absence import AWAY_S, TRIES, Absence
from ecomms_bot.service.alarm import Alarm
from ecomms_bot.service.clocks import SystemClock
from ecomms_bot.service.handler import Handler, Outcome, Request
from ecomms_bot.service.ports import Notice
from ecomms_bot.service.work import Work
from ecomms_bot.service.worker import Parts
from ecomms_bot.store import heartbeat, log
from ecomms_bot.store.deadline import Deadline
from ecomms_bot.store.engine import Database
from ecomms_bot.store.faults import DatabaseBusy
from tests.cli.night import Night


class Silent:
    def show(self, notice: Notice, place: Place, key: str, *, again: bool) -> Ref:  # noqa: ARG002
        return Ref("C0FLOOD", "1.1")


class Practice(SystemClock):
    """Incident time of the night, machine time of its own."""

    def __init__(self, town: Town) -> None:
        super().__init__(lambda: town.night.now.timestamp(), practice=town.practice)  # noqa: PLW0108
        object.__setattr__(self, "_town", town)

    def machine(self) -> float:
        town: Town = self.__dict__["_town"]
        return town.machine


@dataclass
class Town:
    """A database, and bots that come and go. Time passes when told to, on all clocks."""

    night: Night
    practice: bool = False
    machine: float = 1_000_000.0
    handler: Handler | None = None
    works: list[Work] = field(default_factory=list)

    def pass_(self, minutes: float, *, machine_minutes: float | None = None) -> None:
        self.night.now += timedelta(minutes=minutes)
        self.machine += 60 * (minutes if machine_minutes is None else machine_minutes)

    def parts(self, host: str) -> Parts:
        clock, wake = Practice(self), threading.Event()
        handler, records = self.handler or self.night.handler, self.night.records
        return Parts(
            self.night.db, handler, records, Silent(), clock, Alarm(clock, wake), wake, f"{host}:1", host
        )

    def bot(self, host: str = "here") -> Work:
        """A bot starts, and gives its first sign of life."""
        work = Work(self.parts(host))
        work.beat()
        return work

    def told(self, incident: str) -> list[str]:
        with self.night.db.read() as conn:
            return [entry.type for entry in log.read(conn, incident) if entry.type == "WasAway"]


@pytest.fixture
def town(db: Database) -> Town:
    return Town(Night(db))


def test_the_first_bot_ever_was_not_away(town: Town) -> None:
    incident = town.night.open()
    town.bot()
    assert town.told(incident) == []


@pytest.mark.parametrize("orderly", [True, False], ids=["stopped in order", "killed"])
def test_who_comes_back_after_half_an_hour_says_so_once(town: Town, orderly: bool) -> None:  # noqa: FBT001
    incident = town.night.open()
    first = town.bot()
    if orderly:
        first.sign_off()
    town.pass_(30)
    # When two replicas come back,
    town.bot("one")
    town.bot("two")
    # then the incident is told once, with the time of the last sign of life, as its own clock says.
    assert town.told(incident) == ["WasAway"]
    (away,) = town.night.state(incident).away
    assert away.event.until == town.night.now
    assert away.event.until - away.event.since == timedelta(minutes=30)


def test_a_closed_pause_is_not_told_again_by_the_next_restart(town: Town) -> None:
    incident = town.night.open()
    town.bot().sign_off()
    town.pass_(30)
    town.bot().sign_off()
    town.pass_(1)
    town.bot()
    assert town.told(incident) == ["WasAway"]


def test_while_another_replica_was_there_nobody_was_away(town: Town) -> None:
    incident = town.night.open()
    town.bot("one").sign_off()
    other = town.bot("two")
    town.pass_(30)
    other.beat()
    town.bot("one")
    assert town.told(incident) == []


def test_a_quick_restart_is_no_absence(town: Town) -> None:
    incident = town.night.open()
    town.bot()
    town.pass_(AWAY_S / 60 - 0.1)
    town.bot()
    assert town.told(incident) == []


def test_a_machine_clock_that_was_set_is_no_absence_of_who_runs(town: Town) -> None:
    incident = town.night.open()
    work = town.bot()
    town.pass_(60)
    work.beat()
    assert town.told(incident) == []


def test_who_was_frozen_for_minutes_was_away(town: Town) -> None:
    incident = town.night.open()
    seconds = [0.0]
    absence = Absence(town.parts("here"), lambda: seconds[0])
    town.bot()
    absence.beaten()
    town.pass_(20)
    seconds[0] += 20 * 60
    assert absence.told()
    assert town.told(incident) == ["WasAway"]


def test_a_practice_clock_that_went_on_while_all_had_stopped_counts(town: Town) -> None:
    town.practice = True
    incident = town.night.open()
    town.bot().sign_off()
    town.pass_(40, machine_minutes=0.1)
    town.bot()
    (away,) = town.night.state(incident).away
    assert away.event.until - away.event.since == timedelta(minutes=40)
    assert town.told(incident) == ["WasAway"]


def test_what_only_an_older_version_left_behind_is_enough(town: Town) -> None:
    incident = town.night.open()
    town.machine = town.night.now.timestamp()
    with town.night.db.write() as conn:
        heartbeat.beat(conn, "here", town.machine)  # as it was: without incident time
    town.pass_(30)
    town.bot()
    assert town.told(incident) == ["WasAway"]


class Moody(Handler):
    """Fails as it is told to."""

    def __init__(self, night: Night, errors: list[Exception]) -> None:
        self.__dict__.update(night.handler.__dict__)
        self.errors = errors

    def handle(self, request: Request, deadline: Deadline | None = None) -> Outcome:
        if self.errors:
            raise self.errors.pop()
        return super().handle(request, deadline)


def away_for_half_an_hour(town: Town, errors: Callable[[], list[Exception]]) -> tuple[str, Work]:
    incident = town.night.open()
    town.bot().sign_off()
    town.pass_(30)
    town.handler = Moody(town.night, errors())
    return incident, town.bot()


def test_an_incident_that_could_not_be_told_is_told_at_the_next_look(town: Town) -> None:
    incident, work = away_for_half_an_hour(town, lambda: [DatabaseBusy()])
    assert town.told(incident) == []
    work.beat()
    assert town.told(incident) == ["WasAway"]


def test_one_that_cannot_be_told_at_all_holds_up_no_sign_of_life_for_long(town: Town) -> None:
    _, work = away_for_half_an_hour(town, lambda: [DatabaseBusy() for _ in range(TRIES)])
    for _ in range(TRIES):
        work.beat()
    with town.night.db.read() as conn:
        assert heartbeat.age(conn, "here", town.machine) == 0


def test_a_mistake_of_ours_holds_up_nothing(town: Town) -> None:
    away_for_half_an_hour(town, lambda: [ValueError("unforeseen")])
    with town.night.db.read() as conn:
        assert heartbeat.age(conn, "here", town.machine) == 0
