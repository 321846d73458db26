"""The same decision at two replicas at once: it is made once, and who comes second is told of the first."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.rules.following import about
from ecomms_bot.incident.wording import Rejected
from ecomms_bot.service.handler import Outcome, Request
from ecomms_bot.store.engine import Database
from tests.cli.night import COMMUNICATOR, IC, PIO, ROSTER, Night
from tests.incident.put_right import correcting_book
from tests.service.test_handler import entries, whole

CITY = "City of Hope"
Made = Callable[[Night, str], tuple[c.Command, c.Command]]
"""What the two people ask for."""


@pytest.fixture
def night(db: Database) -> Night:
    return Night(db)


def opened(night: Night) -> str:
    """With a holding statement in review of which a partner has to know, and two sources that disagree."""
    raw = deepcopy(correcting_book())
    raw["phases"]["during"][0]["partners"] = [CITY]
    incident = night.open(playbook=raw)
    night.submit(incident)
    for value, source in (("140", "police"), ("50", "media")):
        night.do(incident, c.RecordFact("vehicles", value, source), COMMUNICATOR)
    return incident


def out(night: Night, incident: str) -> None:
    known = c.RecordAcknowledgement("d1", 1, CITY, "Ana, by phone", night.now)
    night.do(incident, known, COMMUNICATOR)
    night.approve(incident)
    night.publish(incident)


def decide(night: Night, incident: str) -> tuple[c.Command, c.Command]:
    first, second = night.state(incident).facts["vehicles"]
    return (
        c.DecideFact("vehicles", first.id, "They counted."),
        c.DecideFact("vehicles", second.id, "They were there."),
    )


def acknowledge(night: Night, _: str) -> tuple[c.Command, c.Command]:
    return (
        c.RecordAcknowledgement("d1", 1, CITY, "Ana, by phone", night.now),
        c.RecordAcknowledgement("d1", 1, CITY, "Bo, by mail", night.now),
    )


def acknowledge_or_waive(night: Night, _: str) -> tuple[c.Command, c.Command]:
    known = c.RecordAcknowledgement("d1", 1, CITY, "Ana, by phone", night.now)
    return known, c.WaivePartner("d1", 1, CITY, "No line to the city.")


def take_down(night: Night, incident: str) -> tuple[c.Command, c.Command]:
    out(night, incident)
    down = ("x", "web")
    return c.EndRelease("d1", 1, down, "It is wrong."), c.EndRelease("d1", 1, down, "It is old.")


def correct(night: Night, incident: str) -> tuple[c.Command, c.Command]:
    out(night, incident)
    link = about(night.state(incident), "d1", 1, "correction")
    first, second = (c.SaveDraft(each, "D8", "correction", {}, about=link) for each in ("d2", "d3"))
    return first, second


ONCE: dict[str, Made] = {
    "FactDecided": decide,
    "PartnerAcknowledged": acknowledge,
    "PartnerAcknowledged or PartnerWaived": acknowledge_or_waive,
    "ReleaseEnded": take_down,
    "DraftSaved": correct,
}


def at_once(*asked: tuple[Night, Request]) -> list[Outcome | Rejected]:
    """Each by a replica of its own, all let go at the same moment."""
    gate = threading.Barrier(len(asked), timeout=60)

    def send(night: Night, request: Request) -> Outcome | Rejected:
        gate.wait(10)
        try:
            return night.handler.handle(request)
        except Rejected as no:
            return no

    with ThreadPoolExecutor(len(asked)) as pool:
        return list(pool.map(lambda each: send(*each), asked))


@pytest.mark.parametrize("event", ONCE)
def test_two_people_at_once_make_one_decision_and_the_second_hears_of_it(night: Night, event: str) -> None:
    incident, other = opened(night), Night(night.db)
    first, second = ONCE[event](night, incident)
    before = len(entries(night, incident))
    ended = at_once(
        (night, Request(incident, first, "one", ROSTER.person(PIO))),
        (other, Request(incident, second, "two", ROSTER.person(IC))),
    )
    new = entries(night, incident)[before:]
    assert sum(each in event.split(" or ") for each in new) == 1
    assert sorted(type(each).__name__ for each in ended) == ["Outcome", "Rejected"]
    (refused,) = (each for each in ended if isinstance(each, Rejected))
    assert "U0" in str(refused)  # who was first
    whole(night.db)


@pytest.mark.parametrize("event", ONCE)
def test_what_arrives_twice_at_once_at_two_replicas_acts_once_and_both_hear_the_same(
    night: Night, event: str
) -> None:
    incident, other = opened(night), Night(night.db)
    command, _ = ONCE[event](night, incident)
    before = len(entries(night, incident))
    request = Request(incident, command, "once", ROSTER.person(PIO))
    ended = at_once((night, request), (other, request))
    assert sum(each in event.split(" or ") for each in entries(night, incident)[before:]) == 1
    outcomes = [each for each in ended if isinstance(each, Outcome)]
    assert sorted(each.duplicate for each in outcomes) == [False, True]
    assert outcomes[0].new == outcomes[1].new
    whole(night.db)


def test_a_fact_sent_twice_and_a_fact_confirmed_twice_by_one_person_are_there_once(night: Night) -> None:
    incident, other = opened(night), Night(night.db)
    sent = c.RecordFact("shelter", "The high school", "the city")
    person = ROSTER.person(COMMUNICATOR)
    at_once((night, Request(incident, sent, "one", person)), (other, Request(incident, sent, "two", person)))
    (fact,) = night.state(incident).facts["shelter"]
    confirmed, lead = c.VerifyFact("shelter", fact.id), ROSTER.person(PIO)
    at_once(
        (night, Request(incident, confirmed, "three", lead)),
        (other, Request(incident, confirmed, "four", lead)),
    )
    (fact,) = night.state(incident).facts["shelter"]
    assert [each.person for each in fact.verified] == [PIO]
    whole(night.db)
