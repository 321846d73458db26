"""The small flood playbook of the tests: three steps of a first night, whose words other tests know."""

from __future__ import annotations

from ecomms_bot.playbook.drafting import Render, fields_for, render
from ecomms_bot.playbook.longest import longest_counts
from tests.playbook.samples import FLOOD, NAME, ZONE, example_values


def test_the_steps_are_those_of_the_first_night() -> None:
    assert [(step.id, step.recurrence, step.tier, step.due_minutes) for step in FLOOD.steps("during")] == [
        ("D1", "once", "T0", 15),
        ("D3", "on-demand", "T2", None),
        ("D4", "recurring", "T1", None),
    ]
    assert [text.kind for text in FLOOD.step("D4").texts.values()] == ["update", "no-change", "final"]
    assert FLOOD.tier_of(FLOOD.step("D4"), "no-change") == "T0"


def test_its_texts_fit_at_their_longest_in_an_exercise() -> None:
    for step in FLOOD.steps("during"):
        for kind in step.texts:
            for counted, text in longest_counts(FLOOD, step, kind).values():
                assert not counted.over, (step.id, kind, counted.text, text)
                assert counted.unit != "messages" or counted.used <= 2, (step.id, kind, counted.detail)


def test_a_final_text_says_why_no_more_comes_or_when_it_does() -> None:
    step = FLOOD.step("D4")
    promised = {**example_values(FLOOD, step, "final"), "no_promise_reason": None}
    ended = {**promised, "next_update_at": None, "no_promise_reason": "the road is open to everyone"}
    with_promise = render(FLOOD, step, "final", Render(promised, NAME, exercise=False, zone=ZONE))
    without = render(FLOOD, step, "final", Render(ended, NAME, exercise=False, zone=ZONE))
    for channel in ("web", "x", "sms"):
        assert "ext update" in with_promise[channel]["en"]
        assert "open to everyone" not in with_promise[channel]["en"]
        assert "no more updates: the road is open to everyone." in without[channel]["en"].lower()
        assert "ext update" not in without[channel]["en"]


def test_what_is_news_only_once_is_not_carried_into_the_next_text() -> None:
    starts_empty = {name for name, field in FLOOD.fields.items() if not field.carry}
    assert starts_empty == {
        "news",
        "details",
        "empathy_line",
        "gauge_level_m",
        "gauge_name",
        "gauge_read_at",
        "not_known_yet",
        "how_finding_out",
    }


def test_no_change_repeats_only_facts_that_last() -> None:
    assert all(field.carry for _, field in fields_for(FLOOD, FLOOD.step("D4"), "no-change"))
