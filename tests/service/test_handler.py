"""From a command to entries: once, in one transaction, however many come at the same moment."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import Connection

from ecomms_bot.incident import effects as kinds
from ecomms_bot.incident.commands import Approve, CloseIncident, Command, OpenIncident, SetReminder
from ecomms_bot.incident.entry import OFFICE
from ecomms_bot.incident.ids import make_id
from ecomms_bot.incident.policy import Person
from ecomms_bot.incident.wording import Rejected
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.service.handler import Outcome, Request
from ecomms_bot.service.records import all_of, unless_similar, unless_taken
from ecomms_bot.store import log, projections, tasks
from ecomms_bot.store.deadline import Deadline
from ecomms_bot.store.engine import Database
from ecomms_bot.store.faults import DatabaseBusy
from ecomms_bot.store.verify import verify
from tests.cli.night import COMMUNICATOR, PIO, ROSTER, ZONE, Night, flood

MANY = 20
LONG_S = 60.0
"""More than a storm takes on a busy machine; what is tested is that it ends, not when."""


@pytest.fixture
def night(db: Database) -> Night:
    return Night(db)


def opening(name: str) -> OpenIncident:
    return OpenIncident(
        name=name,
        area="",
        zone=ZONE,
        phase="during",
        severity="S2",
        exercise=False,
        playbook=flood().raw,
        playbook_sha256=flood().sha256,
    )


def reminder(night: Night, text: str) -> SetReminder:
    return SetReminder(Instant.of(night.now + timedelta(minutes=30), ZONE), text)


def request(incident: str, command: Command, command_id: str, by: str = COMMUNICATOR, **more: Any) -> Request:
    return Request(incident, command, command_id, ROSTER.person(by), **more)


def storm(night: Night, requests: Sequence[Request]) -> list[Outcome | Exception]:
    """All of these at the same moment, each from a thread of its own; what became of each, in order."""
    together = Barrier(len(requests), timeout=60)
    ended: dict[int, Outcome | Exception] = {}

    def send(number: int) -> None:
        together.wait(timeout=LONG_S)
        try:
            ended[number] = night.handler.handle(requests[number], Deadline.after(LONG_S))
        except Exception as error:  # noqa: BLE001 - it is looked at by the test
            ended[number] = error

    threads = [Thread(target=send, args=(number,)) for number in range(len(requests))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [ended[number] for number in range(len(requests))]


def whole(db: Database) -> None:
    with db.read() as conn:
        assert verify(conn).problems == ()


def entries(night: Night, stream: str) -> list[str]:
    with night.db.read() as conn:
        return [entry.type for entry in log.read(conn, stream)]


# --- storms ---


def test_twenty_commands_on_one_incident_at_once_all_count(night: Night) -> None:
    incident = night.open()
    before = night.state(incident).seq
    ended = storm(night, [request(incident, reminder(night, f"call {n}"), f"c{n}") for n in range(MANY)])
    assert [each for each in ended if isinstance(each, Exception)] == []
    # then each is in the log once, at a place of its own, and the chain holds
    state = night.state(incident)
    assert state.seq == before + MANY
    assert {each.text for each in state.reminders.values()} == {f"call {n}" for n in range(MANY)}
    whole(night.db)


def test_twenty_incidents_opened_at_once_are_all_there_and_registered(night: Night) -> None:
    names = [f"Highway {n}" for n in range(MANY)]
    ended = storm(night, [request(make_id("i", name), opening(name), f"open {name}") for name in names])
    assert [each for each in ended if isinstance(each, Exception)] == []
    with night.db.read() as conn:
        assert {row.name for row in projections.open_incidents(conn)} == set(names)
    assert entries(night, OFFICE).count("IncidentRegistered") == MANY
    whole(night.db)


def test_one_command_that_arrives_twenty_times_at_once_acts_once(night: Night) -> None:
    incident = night.open()
    same = request(incident, reminder(night, "call the mayor"), "trigger-1")
    ended = storm(night, [same] * MANY)
    outcomes = [each for each in ended if isinstance(each, Outcome)]
    assert len(outcomes) == MANY
    assert Counter(each.duplicate for each in outcomes) == {False: 1, True: MANY - 1}
    # and all of them are told the same
    assert len({each.new[0].seq for each in outcomes}) == 1
    assert entries(night, incident).count("ReminderSet") == 1


def test_twenty_leads_at_once_make_one_decision_and_the_others_are_told(night: Night) -> None:
    incident = night.open()
    night.submit(incident)
    revision = night.state(incident).drafts["d1"].current
    command = Approve("d1", revision.number, revision.text_sha256)
    clicks = [
        Request(incident, command, f"click-{n}", Person(f"U0PIO{n}", frozenset({"pio"}))) for n in range(MANY)
    ]
    ended = storm(night, clicks)
    decided = [each for each in ended if isinstance(each, Outcome)]
    refused = [each for each in ended if isinstance(each, Rejected)]
    assert (len(decided), len(refused)) == (1, MANY - 1)
    (approval,) = night.state(incident).drafts["d1"].approvals
    for each in refused:
        assert f"Already approved by {approval.person}" in str(each)


def test_a_click_that_arrives_twice_at_once_is_never_told_that_it_came_second(night: Night) -> None:
    incident = night.open()
    night.submit(incident)
    revision = night.state(incident).drafts["d1"].current
    click = request(incident, Approve("d1", revision.number, revision.text_sha256), "click-1", PIO)
    assert [type(each) for each in storm(night, [click] * MANY)] == [Outcome] * MANY


# --- one command ---


def test_a_command_that_arrives_again_is_answered_with_what_it_did(night: Night) -> None:
    incident = night.open()
    same = request(incident, reminder(night, "call the mayor"), "trigger-1")
    first = night.handler.handle(same)
    night.later(45)  # when the time that it names has passed
    second = night.handler.handle(same)
    assert (first.duplicate, second.duplicate) == (False, True)
    assert [each.event for each in second.new] == [each.event for each in first.new]


def test_a_refused_command_stores_nothing_and_is_decided_anew(night: Night) -> None:
    incident = night.open()
    night.submit(incident)
    revision = night.state(incident).drafts["d1"].current
    click = request(incident, Approve("d1", revision.number, "0" * 64), "click-1", PIO)
    before = entries(night, incident)
    with pytest.raises(Rejected):
        night.handler.handle(click)
    assert entries(night, incident) == before
    # the same id with the right text counts: nothing of the first try was kept
    right = request(incident, Approve("d1", revision.number, revision.text_sha256), "click-1", PIO)
    assert not night.handler.handle(right).duplicate


def test_entries_tasks_and_lists_are_written_together_or_not_at_all(night: Night) -> None:
    incident = night.open()
    before = entries(night, incident)

    def broken(_conn: Connection) -> None:
        raise LookupError

    with pytest.raises(LookupError):
        night.handler.handle(request(incident, CloseIncident("Over."), "close-1", PIO, within=broken))
    assert entries(night, incident) == before
    with night.db.read() as conn:
        (row,) = projections.open_incidents(conn)
    assert row.id == incident


def test_ids_are_attached_to_the_tasks_of_their_kind_and_no_other(night: Night) -> None:
    incident = make_id("i", "Highway 7")
    attach = {kinds.ANSWER: {"url": "https://hooks.slack.com/1", "user": COMMUNICATOR}}
    night.handler.handle(request(incident, opening("Highway 7"), "open-1", attach=attach))
    with night.db.read() as conn:
        ids = {row.kind: row.ids for row in tasks.due(conn, night.now)}
    assert ids[kinds.ANSWER] == attach[kinds.ANSWER]
    assert "url" not in ids[kinds.OPEN_CONVERSATION]


def test_the_office_notes_that_an_incident_was_opened_and_how_it_was_sealed(night: Night) -> None:
    incident = night.open()
    night.close(incident)
    noted = [each for each in entries(night, OFFICE) if each.startswith("Incident")]
    assert noted == ["IncidentRegistered", "IncidentSealed"]
    whole(night.db)


# --- the budget ---


def spent(calls: int) -> Callable[[], float]:
    """A machine clock by which the time is over after so many looks at it."""
    looks = itertools.count()
    return lambda: 0.0 if next(looks) < calls else 100.0


@pytest.mark.parametrize("calls", [1, 2, 3, 4])
def test_when_the_budget_is_spent_the_command_is_refused_and_nothing_is_written(
    night: Night, calls: int
) -> None:
    incident = night.open()
    before = entries(night, incident)
    budget = Deadline.after(2.2, spent(calls))
    with pytest.raises(DatabaseBusy, match="Nothing was written"):
        night.handler.handle(request(incident, reminder(night, "call the mayor"), "c1"), budget)
    assert entries(night, incident) == before
    # and the same command counts as soon as there is time
    assert not night.handler.handle(request(incident, reminder(night, "call"), "c1")).duplicate


def test_two_openings_in_one_conversation_at_the_same_moment_make_one_incident(db: Database) -> None:
    # Given two forms that were both filled in for the same conversation
    night = Night(db)
    answers: list[object] = []

    def opening(name: str) -> None:
        command = OpenIncident(
            name=name,
            area="",
            zone=ZONE,
            phase="during",
            severity="S2",
            exercise=False,
            playbook=flood().raw,
            playbook_sha256=flood().sha256,
            conversation="C0SHARED",
        )
        incident = make_id("i", name)
        free = unless_taken(incident, "C0SHARED", exercise=False)
        request = Request(incident, command, name, ROSTER.person(COMMUNICATOR), within=free)
        try:
            answers.append(night.handler.handle(request))
        except Rejected as rejected:
            answers.append(rejected.code)

    threads = [Thread(target=opening, args=(name,)) for name in ("One", "Two", "Three")]
    # when they are sent together
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # then one is open, and the others are told that the conversation is taken.
    assert sorted(str(each) for each in answers if isinstance(each, str)) == ["taken", "taken"]
    assert len(night.records.open_incidents()) == 1


def test_a_form_that_two_replicas_take_at_the_same_moment_never_finds_its_own_incident_in_the_way(
    night: Night,
) -> None:
    # Given one form for this conversation, delivered to many at once
    incident, command = make_id("i", "V1"), replace(opening("Highway 7"), conversation="C0SHARED")
    free = all_of(
        [
            unless_taken(incident, "C0SHARED", exercise=False),
            unless_similar(incident, "flood", exercise=False, now=night.now, known=()),
        ]
    )
    ended = storm(night, [request(incident, command, "V1", within=free)] * MANY)
    # then one opens it, and all others are told what it opened, not that there is one like it already.
    assert [each for each in ended if isinstance(each, Exception)] == []
    assert Counter(each.duplicate for each in ended if isinstance(each, Outcome)) == {
        False: 1,
        True: MANY - 1,
    }
    assert [row.id for row in night.records.open_incidents()] == [incident]
