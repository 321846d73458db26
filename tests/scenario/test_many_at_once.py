"""Fifty incidents opened in a minute under Slack's own limits, and fifty changes while Slack is away.

The real worker without its threads, the real gateway, and the built-in workspace with its tiers switched on.
All clocks move when told to, so that the minutes pass at once.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.ids import make_id
from ecomms_bot.practice.workspace import Call, Workspace, WorkspaceServer
from ecomms_bot.service import carrying
from ecomms_bot.service.alarm import Alarm
from ecomms_bot.service.clocks import SystemClock
from ecomms_bot.service.records import Records
from ecomms_bot.service.work import Work, attempt
from ecomms_bot.service.worker import THREADS, Parts
from ecomms_bot.slack.calls import slack_client
from ecomms_bot.slack.gateway import Gateway
from ecomms_bot.slack.pace import Pace
from ecomms_bot.store import tasks
from ecomms_bot.store.engine import Database
from tests.cli.night import COMMUNICATOR, IC, PIO, ROSTER, START, ZONE, Night, flood

MANY = 50


class Patient(Pace):
    """Waits by letting the town's time pass."""

    town: Town

    def pause(self, seconds: float) -> None:
        self.town.pass_(seconds)


class Town:
    """A bot at work without threads."""

    def __init__(self, db: Database, workspace: Workspace, url: str) -> None:
        self.workspace, self.night, self.passed = workspace, Night(db), 0.0
        self.pace = Patient(lambda: self.passed)
        self.pace.town = self
        clock, wake = SystemClock(self.time), threading.Event()
        records = Records(db)
        gateway = Gateway(
            slack_client(workspace.bot_token, url),
            state=records.state,
            checked=records.checked,
            names=lambda _client, _people: {},
            roster=lambda: ROSTER,
            now=clock.now,
            bot_user=lambda: workspace.bot.id,
            pace=self.pace,
        )
        alarm = Alarm(clock, wake)
        self.work = Work(
            Parts(db, self.night.handler, records, gateway, clock, alarm, wake, "here:1", "here")
        )

    @property
    def now(self) -> datetime:
        return START + timedelta(seconds=self.passed)

    def time(self) -> float:
        return self.now.timestamp()

    def pass_(self, seconds: float) -> None:
        self.passed += seconds
        self.night.now = self.now

    def open(self, name: str) -> str:
        incident = make_id("i", name)
        book = flood()
        opened = c.OpenIncident(
            name,
            "near Hope",
            ZONE,
            "during",
            "S2",
            exercise=False,
            playbook=book.raw,
            playbook_sha256=book.sha256,
        )
        self.night.do(incident, opened, COMMUNICATOR)
        return incident

    def work_until_done(self) -> None:
        """Do what is due; when all that is left waits for its turn, let time pass until the first comes."""
        for _ in range(5_000):
            jobs = [attempt(job) for job in self.work.due(lambda: THREADS)]
            if jobs:
                continue
            with self.night.db.read() as conn:
                left, retry_at = tasks.busy(conn, self.now), tasks.next_retry(conn)
            if not left:
                return
            assert retry_at is not None
            self.pass_(max(0.01, retry_at - self.now.timestamp()))
        raise AssertionError("it does not come to rest")


@pytest.fixture
def town(sqlite_db: Database) -> Iterator[Town]:
    passed: list[Town] = []
    workspace = Workspace(
        now=lambda: passed[0].now.timestamp() if passed else START.timestamp(),
        machine=lambda: passed[0].passed if passed else 0.0,
        rate_limits=True,
    )
    with WorkspaceServer(workspace) as server:
        for user, handle in ((COMMUNICATOR, "mara"), (PIO, "pia"), (IC, "ike")):
            member = workspace.add_user(handle)
            del workspace.users[member.id]
            member.id = user
            workspace.users[user] = member
        passed.append(Town(sqlite_db, workspace, server.url))
        yield passed[0]


def ok(call: Call) -> bool:
    return call.result is not None and bool(call.result.get("ok"))


def refused(town: Town) -> list[str]:
    """Calls that Slack did not take."""
    return [each.method for each in town.workspace.calls if not ok(each)]


@pytest.mark.long
def test_fifty_incidents_opened_in_a_minute_end_complete_and_slack_never_asks_to_slow_down(
    town: Town,
) -> None:
    incidents = []
    for number in range(MANY):
        incidents.append(town.open(f"Slide {number}"))
        town.pass_(60 / MANY)
    town.work_until_done()
    for incident in incidents:
        state = town.night.state(incident)
        assert {"conversation", "card", "step:D1"} <= state.posted.keys()
        assert state.failures == ()
    assert refused(town) == []
    # Twenty conversations a minute are all that Slack lets us make: two minutes and a half, not hours.
    assert town.passed < 5 * 60
    # Waiting for its turn is no attempt, so the doctor finds nothing that was tried for long.
    with town.night.db.read() as conn:
        assert tasks.troubled(conn) == []


def test_an_outage_with_fifty_changes_ends_in_one_edit_of_the_card(town: Town) -> None:
    incident = town.open("Highway 7 slides")
    town.work_until_done()
    card = town.night.state(incident).posted["card"]
    edits = len(town.workspace.calls_of("chat.update"))
    # Given a Slack that is away while much happens
    outage = town.workspace.faults.outage()
    for number in range(MANY):
        severity = "S1" if number % 2 == 0 else "S2"
        town.night.do(incident, c.ChangeSeverity(severity, f"Reason {number}"), PIO)
        for job in itertools.islice(town.work.due(lambda: 1), 1):
            attempt(job)
    town.night.do(incident, c.ChangeSeverity("S1", "At last"), PIO)
    # When it is back, then the card is edited once, to what is so now;
    town.workspace.faults.clear(outage)
    town.pass_(carrying.RETRY_MAX_S)
    town.work_until_done()
    fresh = [each.args["ts"] for each in town.workspace.calls_of("chat.update")[edits:] if ok(each)]
    assert fresh.count(card.ts) == 1
    # and everything that was to be said stands there, in its order.
    turns = [each for each in town.night.state(incident).posted if each.startswith("turn:")]
    assert len(turns) == MANY + 1
    places = [
        town.night.state(incident).posted[each].ts for each in sorted(turns, key=lambda name: int(name[5:]))
    ]
    assert places == sorted(places)


def test_what_slack_asks_one_thread_to_wait_all_others_wait(town: Town) -> None:
    town.open("Highway 7 slides")
    town.work_until_done()
    town.workspace.faults.rate_limited("chat.postMessage", retry_after=30)
    before = len(town.workspace.calls_of("chat.postMessage"))
    start = town.passed
    town.open("Highway 5 flooding")
    town.work_until_done()
    first, *others = town.workspace.calls_of("chat.postMessage")[before:]
    assert not ok(first)
    assert others
    assert all(each.ok for each in others)
    assert town.passed - start >= 30
