"""Recorded facts in the form of a text: the newest value is there, with who says it, until a text had it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.events import Kind, Quoted
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.values import AS_OF, NEXT_UPDATE
from ecomms_bot.practice.workspace.view_rules import check_view
from ecomms_bot.slack.composing import begin, missing_values, news, repeated_values, starting_values
from ecomms_bot.slack.writing import Beginning, Writing, draft_form
from tests.slack.life import COLLEAGUE, COMMUNICATOR, ZONE, Life, bent

OFFICE = {"issuing_source": "B.C. Ministry of Transportation"}


def record(life: Life, name: str, value: Any, source: str = "operations", *, ago: float = 0) -> None:
    """`ago`: made from a message that was written so many minutes before."""
    at = life.now - timedelta(minutes=ago)
    quoted = Quoted(conversation="C1", ts=f"{at.timestamp():.6f}") if ago else None
    life.do(COLLEAGUE, c.RecordFact(name, value, source, quoted))


def starts(life: Life, step: str = "D4", kind: Kind = "update") -> dict[str, Any]:
    return starting_values(life.state, step, kind, life.now, OFFICE)


def beginning(life: Life, step: str = "D4", kind: Kind = "update") -> Beginning:
    draft = life.state.draft_of(step)
    writing = Writing(life.state.id, draft.id if draft else "dnew", step, kind)
    return begin(life.state, writing, COMMUNICATOR, life.now, OFFICE)


def form(life: Life, step: str = "D4", kind: Kind = "update") -> dict[str, Any]:
    draft = life.state.draft_of(step)
    writing = Writing(life.state.id, draft.id if draft else "dnew", step, kind)
    return draft_form(life.state, writing, beginning(life, step, kind))


def hint(life: Life, name: str, step: str = "D4", kind: Kind = "update") -> str:
    found = next(each for each in form(life, step, kind)["blocks"] if each.get("block_id") == name)
    words: str = found["hint"]["text"]
    return words


@pytest.fixture
def life() -> Life:
    """The holding statement is out: Highway 7, flooded between Agassiz and Hope."""
    life = Life()
    life.published("D1")
    life.minutes(10)
    return life


def test_a_fact_recorded_since_the_last_text_is_what_the_next_one_begins_with(life: Life) -> None:
    assert starts(life)["area_description"] == "between Agassiz and Hope"
    record(life, "area_description", "west of Hope")
    assert starts(life)["area_description"] == "west of Hope"


def test_it_is_so_also_before_any_text_and_for_choices(life: Life) -> None:
    fresh = Life()
    record(fresh, "closure_state", "one-lane")
    assert starts(fresh, "D3", "statement")["closure_state"] == "one-lane"
    assert starts(life)["closure_state"] is None


def test_a_fact_that_is_older_than_the_last_text_changes_nothing(life: Life) -> None:
    # given a message from before the text was written, taken down only now
    record(life, "area_description", "west of Hope", ago=30)
    assert starts(life)["area_description"] == "between Agassiz and Hope"
    assert news(life.state) == {}


def test_what_is_news_only_once_is_there_once(life: Life) -> None:
    # given a field that the playbook does not carry from text to text
    record(life, "gauge_level_m", "3.1")
    assert starts(life)["gauge_level_m"] == "3.1"
    # when a text with it was approved
    life.submit("D4", "update", gauge_level_m="3.1")
    assert starts(life)["gauge_level_m"] == "3.1"
    life.approve_all("D4")
    # then the next one starts without it
    assert starts(life)["gauge_level_m"] is None


def test_who_wrote_another_value_after_the_fact_was_recorded_knew_better(life: Life) -> None:
    record(life, "area_description", "west of Hope")
    life.minutes(1)
    life.submit("D4", "update", area_description="at Hope")
    life.approve_all("D4")
    assert starts(life)["area_description"] == "at Hope"
    # until something newer is recorded
    life.minutes(1)
    record(life, "area_description", "east of Hope")
    assert starts(life)["area_description"] == "east of Hope"


def test_a_fact_that_came_while_the_text_was_in_review_is_still_news(life: Life) -> None:
    life.submit("D4", "update")
    life.minutes(2)
    record(life, "area_description", "west of Hope")
    life.minutes(2)
    life.approve_all("D4")
    assert starts(life)["area_description"] == "west of Hope"


def test_new_times_of_an_old_text_take_no_news_away(life: Life) -> None:
    life.submit("D4", "update")
    life.approve_all("D4")
    life.minutes(1)
    record(life, "area_description", "west of Hope")
    life.minutes(1)
    revision = life.draft("D4").current
    times = {AS_OF: Instant.of(life.now, ZONE), NEXT_UPDATE: Instant.of(life.now + timedelta(hours=1), ZONE)}
    kept: Any = {name: str(value) for name, value in revision.values.items() if name not in times and value}
    life.submit("D4", "update", renews=True, **kept)
    life.approve_all("D4")
    assert life.draft("D4").current.renews
    assert starts(life)["area_description"] == "west of Hope"


def test_a_text_without_the_field_takes_no_news_away(life: Life) -> None:
    record(life, "detour", "Highway 1")
    life.submit("D4", "update")
    life.approve_all("D4")
    assert starts(life, "D3", "statement")["detour"] == "Highway 1"


def test_a_recorded_time_that_has_passed_is_not_offered(life: Life) -> None:
    soon = Instant.of(life.now + timedelta(minutes=30), ZONE)
    record(life, "reopen_estimate_at", soon)
    assert beginning(life, "D3", "statement").values["reopen_estimate_at"] == soon
    life.minutes(31)
    begun = beginning(life, "D3", "statement")
    assert begun.values["reopen_estimate_at"] is None
    assert "Expected to reopen had passed, so it is empty now." in [str(note) for note in begun.notes]


def test_what_somebody_has_typed_is_never_replaced(life: Life) -> None:
    life.save("D4", "update", area_description="near Hope")
    record(life, "area_description", "west of Hope")
    assert beginning(life).values["area_description"] == "near Hope"
    assert "Last known: west of Hope, operations" in hint(life, "area_description")


def test_the_hint_says_what_is_known_and_what_was_said(life: Life) -> None:
    assert hint(life, "area_description").endswith("Last said: between Agassiz and Hope.")
    record(life, "area_description", "west of Hope", ago=2)
    assert hint(life, "area_description").endswith(
        "Last known: west of Hope, operations, Sun 14 Nov, 20:13 PST. Last said: between Agassiz and Hope."
    )
    record(life, "gauge_level_m", "3.1", "gauge")
    assert hint(life, "gauge_level_m").endswith("Last known: 3.1 m, gauge, Sun 14 Nov, 20:15 PST.")
    record(life, "closure_state", "one-lane")
    assert "Last known: is down to 1 lane, operations" in hint(life, "closure_state")


def test_a_hint_of_the_longest_words_is_one_that_slack_takes() -> None:
    def longest(raw: dict[str, Any]) -> None:
        raw["fields"]["details"] |= {"max_length": 3000, "hint": "&" * 300}

    life = Life(raw=bent(longest))
    life.submit("D4", "update", details="é" * 3000)
    life.approve_all("D4")
    life.minutes(1)
    record(life, "details", "ü" * 3000, "s" * 150)
    check_view(form(life), ("modal",))


def test_facts_under_names_of_their_own_stand_above_the_fields_the_newest_first(life: Life) -> None:
    for n in range(7):
        record(life, f"Shelter {n} <!channel>", "open & warm", "school | district")
        life.minutes(1)
    shown = next(
        block
        for block in form(life)["blocks"]
        if block["type"] == "context" and "Facts recorded" in str(block)
    )
    first, *told = (each["text"] for each in shown["elements"])
    assert first == "Facts recorded:"
    assert [line.partition(" &lt;")[0] for line in told] == [f"Shelter {n}" for n in (6, 5, 4, 3, 2)]
    assert told[0].startswith("Shelter 6 &lt;!channel&gt;: open &amp; warm · school | district, <!date^")
    assert "Facts recorded" not in str(form(Life()))


def test_nobody_says_by_one_click_that_nothing_changed_when_a_fact_is_new(life: Life) -> None:
    # given an update is out, so that "no change" needs one click
    life.submit("D4", "update")
    life.approve_all("D4")
    writing = Writing(life.state.id, "dnew", "D4", "no-change")
    said = repeated_values(life.state, writing, OFFICE)
    looked_at = set(missing_values(life.state, writing, said)) - {AS_OF, NEXT_UPDATE}
    assert looked_at == set()
    # when a fact is recorded that the text would say
    life.minutes(1)
    record(life, "closure_state", "one-lane")
    # then somebody has to look at it, in a form that begins with it
    assert "closure_state" in missing_values(life.state, writing, said)
    assert starts(life, "D4", "no-change")["closure_state"] == "one-lane"
    # but not when it says the same as before
    life.minutes(1)
    record(life, "closure_state", "closed")
    assert "closure_state" not in missing_values(life.state, writing, said)


def brief(raw: dict[str, Any]) -> None:
    """Adds a text for staff to the updates. It tells when the public hears more, and promises nothing."""
    raw["phases"]["during"][-1]["texts"]["internal"] = {
        "title": "For leaders",
        "templates": {"internal": "As of {{ as_of | time }}. More by {{ next_update_at | time }}."},
    }


def test_a_text_for_staff_begins_with_what_the_public_was_promised() -> None:
    # given the public was promised an update, and a text for staff that tells when
    life = Life(raw=bent(brief))
    life.published("D1")
    (promise,) = life.state.live_promises
    # when somebody begins it, then it has that time, not one of its own
    assert starts(life, "D4", "internal")[NEXT_UPDATE] == promise.due
    # but once that time has passed, it has one that is still to come
    life.minutes(600)
    later = starts(life, "D4", "internal")[NEXT_UPDATE]
    assert later.utc > life.now
