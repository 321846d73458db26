"""The brief of a handover: counts first, at most five lines of each kind, nothing that is not so."""

from __future__ import annotations

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.policy import Roster
from ecomms_bot.incident.rules import following
from ecomms_bot.slack.cards import render
from ecomms_bot.slack.cards.brief import brief
from ecomms_bot.slack.message import Message
from ecomms_bot.slack.sample_book import RAW, SHA256
from ecomms_bot.slack.sample_following import CORRECTED
from ecomms_bot.slack.sample_life import COLLEAGUE, COMMUNICATOR, IC, PIO, PIO_2, ROSTER, SME, SampleLife
from tests.slack.life import NO_ROLES
from tests.slack.looks import words


@pytest.fixture
def life() -> SampleLife:
    return SampleLife(RAW, SHA256)


def said(life: SampleLife) -> str:
    """What the brief says in its blocks."""
    blocks, _ = brief(life.view)
    return words(Message("", blocks))


def part(life: SampleLife, title: str) -> list[str]:
    """The lines of one kind."""
    text = said(life)
    assert title in text, text
    lines = text.split(f"{title}\n", 1)[1].splitlines()
    found = []
    for line in lines:
        if not line.startswith("• "):
            break
        found.append(line.removeprefix("• "))
    return found


def full(life: SampleLife) -> None:
    """Something of each kind."""
    life.submit("D1")
    life.approve_all("D1")
    life.mark("D1", "x", "web", "sms", "sign")
    wrong = following.about(life.state, life.draft("D1").id, 1, "correction")
    life.submit("D8", "correction", about=wrong, **CORRECTED)
    life.approve_all("D8")
    life.mark("D8", "x", proof="https://www.example.org/7")
    life.submit("D7", holds=60)
    life.approve_all("D7")
    life.mark("D7", "x", "web")
    life.submit("D4", "update", by=COLLEAGUE)
    life.save("D3", "statement", by=COLLEAGUE)
    life.do(COMMUNICATOR, c.RecordFact("Shelter", "open", "the city", until=life.instant(300)))
    life.do(COMMUNICATOR, c.RecordFact("Water", "clean", "the city", until=life.instant(400)))
    life.do(COMMUNICATOR, c.RecordFact("People", "12", "police"))
    life.do(COMMUNICATOR, c.RecordFact("People", "30", "media"))
    life.do(COMMUNICATOR, c.AskQuestion("When does the road open?", SME, life.instant(30)))


def test_at_the_beginning_it_is_the_first_step_and_who_is_on_duty(life: SampleLife) -> None:
    lines = said(life).splitlines()
    assert lines[0].startswith("LIVE · flood · S2 Major · during")
    assert lines[1] == "1 to do"
    assert part(life, "Now") == [f"Holding statement, due Sun 14 Nov, 20:15 PST → <@{COMMUNICATOR}>"]
    assert lines[-1] == f"On duty: pio <@{PIO}>, <@{PIO_2}> · ic <@{IC}> · sme <@{SME}>"


def test_each_kind_of_open_thing_is_counted_first_and_told_in_a_line(life: SampleLife) -> None:
    full(life)
    counts = said(life).splitlines()[1].split(" · ")
    assert {
        "2 promised",
        "1 waiting for approval",
        "1 being written",
        "1 asked",
        "2 facts to look at",
        "1 not put right",
        "1 out for a time",
    } <= set(counts)
    (promise, _) = part(life, "Promised")
    assert promise == "Sun 14 Nov, 21:00 PST, in 1 h, in the text on X, SMS and Web"
    assert part(life, "Waiting for approval")[0].startswith(
        "Scheduled update, revision 1: since Sun 14 Nov, 20:00"
    )
    assert part(life, "Drafts")[0].startswith(f"Road closure or change: <@{COLLEAGUE}>, since")
    assert part(life, "Asked")[0].startswith(f"“When does the road open?” → <@{SME}>")
    conflict, fact = part(life, "Facts to look at")
    assert "People" in conflict
    assert "30 (media" in conflict
    assert fact == "Shelter: open, known until Mon 15 Nov, 01:00 PST, in 5 h"
    assert "Holding statement" in part(life, "Corrections not finished")[0]
    assert part(life, "Out for a time")[0].endswith("in 1 h")
    life.minutes(61)
    assert part(life, "Out for a time") == ["⚠️ Travel advice held until Sun 14 Nov, 21:00 PST, 1 min ago"]


def test_a_promise_that_is_late_says_so(life: SampleLife) -> None:
    life.submit("D1", next_update=30)
    life.approve_all("D1")
    life.mark("D1", "x")
    life.minutes(40)
    assert part(life, "Promised")[0].startswith("⚠️ not out: Sun 14 Nov, 20:30 PST, 10 min ago")


def test_a_draft_that_came_back_says_since_when(life: SampleLife) -> None:
    life.submit("D1")
    life.ask_for_changes("D1", "Which side?")
    assert part(life, "Drafts") == [
        f"Holding statement: sent back to <@{COMMUNICATOR}> on Sun 14 Nov, 20:00 PST"
    ]


def test_more_than_five_of_a_kind_are_counted(life: SampleLife) -> None:
    for number in range(7):
        life.do(COMMUNICATOR, c.AskQuestion(f"Question {number}?", SME))
    asked = part(life, "Asked")
    assert len(asked) == 5
    assert asked[-1] == "and 3 more"
    assert "7 asked" in said(life)


def test_with_nothing_open_it_says_so_and_without_roles_nobody_is_on_duty() -> None:
    life = SampleLife(RAW, SHA256, roster=NO_ROLES)
    life.do(COMMUNICATOR, c.SkipStep("D1", "Police speak."))
    for step in [*life.state.steps]:
        if life.state.steps[step].skipped is None:
            life.do(COMMUNICATOR, c.SkipStep(step, "Police speak."))
    while left := [each.id for each in life.state.steps.values() if each.skipped is None]:
        life.do(COMMUNICATOR, c.SkipStep(left[0], "Police speak."))
    assert "Nothing is open." in said(life)
    assert "On duty" not in said(life)


def test_who_is_off_duty_is_not_named() -> None:
    members = {**ROSTER.members}
    life = SampleLife(RAW, SHA256, roster=Roster(members, off=frozenset({PIO})))
    assert said(life).splitlines()[-1].startswith(f"On duty: pio <@{PIO_2}> · ic")


def test_it_can_be_read_in_a_minute_and_stays_one_message(life: SampleLife) -> None:
    full(life)
    for number in range(20):
        life.do(COMMUNICATOR, c.AskQuestion(f"{number} " + "word " * 150, SME))
    life.do(COMMUNICATOR, c.OfferHandover(COLLEAGUE, "The night is yours."))
    (offer,) = life.state.handovers
    message = render(f"handover:{offer}", life.view, kind="dm", user=COLLEAGUE)
    assert len(words(message)) < 4_000
    assert len(words(message).split()) < 350
    assert len(message.blocks) <= 50
