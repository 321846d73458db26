"""Facts: recorded with a source, seen in the next text's form, until the public was told."""

from __future__ import annotations

from typing import Any

import pytest

from ecomms_bot.practice.workspace import Modal
from tests.scenario.acting import Case, Reply, lost_ack
from tests.scenario.test_bad_input import NASTY, everything_sent


def form(case: Case, who: str = "mara") -> Modal:
    modal = case.actor(who).person.modal
    assert modal is not None
    return modal


def opens_form(case: Case, who: str = "mara") -> Reply:
    """Ask for the facts, and press Add a fact below them."""
    (shown,) = case.types(who, "facts").messages
    return case.clicks(who, shown, next(each for each in shown.buttons if each.startswith("Add a fact")))


def records(case: Case, about: str, who: str = "mara", **fields: Any) -> Reply:
    opens_form(case, who)
    case.actor(who).person.fill({"What it is about": about})
    return case.submits(who, **fields)


def test_a_fact_is_recorded_with_its_source_and_the_next_text_begins_with_it(case: Case) -> None:
    case.publishes("mara")
    case.later(minutes=10)
    reply = records(case, "Where", **{"Where": "west of Hope", "Who says so": "operations"})
    assert reply.answer.closed
    assert "Added to the log of Highway 7 slides." in reply.words
    assert "The next text that asks for it begins with it." in reply.words
    # when the update is written
    case.clicks("mara", case.last("step", "D4"), "Write update")
    # then the fact is there, with who says it since when, beside what the public was told
    assert form(case).field("Where") == "west of Hope"
    hint = form(case).hint("Where")
    assert hint is not None
    assert "Last known: west of Hope, operations, " in hint
    assert hint.endswith(":10 PST. Last said: between Agassiz and Hope.")


def test_a_choice_is_chosen_and_a_time_is_picked(case: Case) -> None:
    chosen = records(case, "State of the road", **{"State of the road": "is open", "Who says so": "ops"})
    assert "Fact State of the road = is open" in chosen.words
    later: Any = {"Expected to reopen": case.at("23:30"), "Who says so": "ops"}
    picked = records(case, "Expected to reopen", **later)
    assert "Fact Expected to reopen = today at 23:30" in picked.words
    before: Any = {"Expected to reopen": case.evening, "Who says so": "ops"}
    past = records(case, "Expected to reopen", **before)
    assert list(past.answer.errors) == ["Expected to reopen"]


def test_a_fact_that_no_field_asks_for_stands_above_the_next_form(case: Case) -> None:
    fact = {"Its name": "Shelter", "What is so": "Hope high school", "Who says so": "school district"}
    assert records(case, "Something else…", **fact).answer.closed
    case.clicks("mara", case.last("step", "D1"), "Write draft")
    assert "Shelter: Hope high school · school district, today at 20:00" in form(case).plain()
    # when it is called as a field of the playbook is, it is that field's
    case.actor("mara").leaves()
    again = {"Its name": " river  LEVEL ", "What is so": "3,1", "Who says so": "gauge"}
    reply = records(case, "Something else…", **again)
    assert list(reply.answer.errors) == ["What is so"]
    assert case.submits("mara", **{"What is so": "3.1"}).answer.closed
    assert case.state.fact("gauge_level_m") is not None


@pytest.mark.parametrize(
    ("fields", "label"),
    [
        ({"River level (m)": "three", "Who says so": "gauge"}, "River level (m)"),
        ({"River level (m)": "3.1", "Who says so": "   "}, "Who says so"),
    ],
)
def test_a_mistake_is_told_beside_its_field_and_the_words_stay(
    case: Case, fields: dict[str, str], label: str
) -> None:
    reply = records(case, "River level", **fields)
    assert list(reply.answer.errors) == [label]
    assert form(case).field("River level (m)") == fields["River level (m)"]
    assert case.entries("FactRecorded") == []


def test_a_fact_is_recorded_once(case: Case) -> None:
    opens_form(case)
    case.actor("mara").person.fill({"What it is about": "Road"})
    with lost_ack(case.on, "view_submission"):
        first = case.submits("mara", **{"Road": "Highway 7", "Who says so": "operations"})
    assert first.answer.error
    case.submits("mara")
    assert "This is in the log of Highway 7 slides already, as entry" in form(case).plain()
    case.actor("mara").leaves()
    # when somebody records the very same in another form
    records(case, "Road", "theo", **{"Road": "Highway 7", "Who says so": "operations"})
    assert "has this fact already, from the same source" in form(case, "theo").plain()
    assert len(case.entries("FactRecorded")) == 1


def test_an_observer_reads_the_facts_and_records_none(case: Case) -> None:
    records(case, "Road", **{"Road": "Highway 7", "Who says so": "operations"})
    (shown,) = case.types("otto", "facts").messages
    assert "Road: Highway 7 · operations, today at 20:00 · recorded by @Mara Lund" in shown.plain()
    reply = case.clicks("otto", shown, "Add a fact…")
    assert "may record a fact, and you are not one of them. Nothing was changed." in reply.words
    assert case.actor("otto").person.modal is None


def test_nobody_says_by_one_click_that_nothing_changed_when_something_did(case: Case) -> None:
    case.publishes("mara")
    case.publishes("mara", "D4")
    case.clock("20:50")
    records(case, "State of the road", **{"State of the road": "is open", "Who says so": "operations"})
    reminder = case.messages("reminder")[-1]
    case.clicks("mara", reminder, "No change")
    # then the form opens with what is known, instead of a text that is ready to be sent
    assert form(case).title == "EXERCISE - Write draft"
    assert form(case).field("State of the road") == "is open"


def test_typed_words_are_never_markup(live: Case) -> None:
    fact = {"Its name": NASTY, "What is so": NASTY, "Who says so": NASTY}
    records(live, "Something else…", **fact)
    live.clicks("mara", live.last("step", "D1"), "Write draft")
    assert "<!channel> <@U0NOBODY> & |" in form(live).plain()
    live.types("mara", "log")
    for text in everything_sent(live.on):
        assert "<!channel>" not in text
        assert "<@U0NOBODY>" not in text
