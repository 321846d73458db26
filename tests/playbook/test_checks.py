"""What the preview says about texts before they can be submitted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from ecomms_bot.playbook.checks import Finding, check
from ecomms_bot.playbook.drafting import Render, Texts, Values, render
from ecomms_bot.playbook.model import Playbook
from tests.playbook.samples import FLOOD, NAME, NOW, ZONE, at, example_values, small_raw

D1, D3, D4 = FLOOD.step("D1"), FLOOD.step("D3"), FLOOD.step("D4")
GOOD = example_values(FLOOD, D1, "statement")


def found(
    values: Values = GOOD, texts: Texts | None = None, *, kind: str = "statement", **more: Any
) -> tuple[Finding, ...]:
    """The findings about D1 (or, for another kind, D4) at 8:40 p.m., severity S2, live."""
    step = D1 if kind == "statement" else D4
    context = {"exercise": False, "now": NOW, "severity": "S2", **more}
    if texts is None:
        texts = render(FLOOD, step, kind, Render(values, NAME, context["exercise"], ZONE))
    return check(FLOOD, step, kind, texts, values, **context)


def rules(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(finding.severity, finding.rule) for finding in findings]


@pytest.mark.parametrize("exercise", [True, False])
@pytest.mark.parametrize(("step", "kind"), [(step, kind) for step in (D1, D3, D4) for kind in step.texts])
def test_the_examples_of_the_playbook_have_no_findings(step: Any, kind: str, exercise: bool) -> None:  # noqa: FBT001 - a parameter of pytest
    values = {**example_values(FLOOD, step, kind), "gauge_read_at": at(20, 20)}
    texts = render(FLOOD, step, kind, Render(values, NAME, exercise, ZONE))
    assert check(FLOOD, step, kind, texts, values, exercise=exercise, now=NOW, severity="S2") == ()


# --- length


def test_a_text_that_is_too_long_is_blocked_and_says_by_how_much() -> None:
    (over,) = found(texts={"x": {"en": "a" * 281}})
    assert (over.severity, over.rule, over.channel, over.words) == ("block", "L10-length", "x", "X 281 / 280")
    assert over.message == "X: the text is 1 character too long."
    (over,) = found(texts={"x": {"en": "a" * 283}})
    assert over.message == "X: the text is 3 characters too long."


def test_the_mark_of_an_exercise_counts() -> None:
    assert found(texts={"x": {"en": "a" * 270}}) == ()
    (over,) = found(texts={"x": {"en": f"EXERCISE - {'a' * 270} - EXERCISE"}}, exercise=True)
    assert over.message == "X: the text is 12 characters too long."


def test_every_language_is_measured() -> None:
    (over,) = found(texts={"x": {"en": "a", "fr": "a" * 281}})
    assert over.rule == "L10-length"


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (306, []),
        (307, [("warn", "L12-sms-segments")]),
        (612, [("warn", "L12-sms-segments")]),
        (613, [("block", "L12-sms-segments")]),
    ],
)
def test_sms_warns_above_two_messages_and_blocks_above_four(
    length: int, expected: list[tuple[str, str]]
) -> None:
    assert rules(found(texts={"sms": {"en": "a" * length}})) == expected


def test_characters_that_halve_an_sms_are_named_with_what_to_write_instead() -> None:
    (switch,) = found(texts={"sms": {"en": "Hwy 1 closed – don’t go"}})
    assert (switch.severity, switch.rule, switch.channel, switch.words) == (
        "warn",
        "L11-sms-encoding",
        "sms",
        "– ’",
    )
    assert switch.instead == "Write - for –, ' for ’."
    (switch,) = found(texts={"sms": {"en": "Stó:lō"}})
    assert (switch.words, switch.instead) == ("ó ō", "Use plain letters if the words allow it.")


# --- fields


def test_a_needed_field_that_is_empty_is_blocked() -> None:
    findings = found({**GOOD, "road": None, "area_description": ""})
    assert [(f.rule, f.field, f.message) for f in findings] == [
        ("field-empty", "road", "Road is empty."),
        ("field-empty", "area_description", "Where is empty."),
    ]
    assert findings[0].instead == "For example: Highway 7 (Lougheed Highway)"


def test_an_optional_field_may_be_empty() -> None:
    assert found({**GOOD, "not_known_yet": None}) == ()


def test_times_that_cannot_be_are_blocked() -> None:
    # Given an estimate that has passed since it was typed, and facts from the future
    values = {**example_values(FLOOD, D3, "statement"), "reopen_estimate_at": at(20, 40), "as_of": at(20, 46)}
    texts = render(FLOOD, D3, "statement", Render(values, NAME, exercise=False, zone=ZONE))
    findings = check(FLOOD, D3, "statement", texts, values, exercise=False, now=NOW, severity="S2")
    assert [(f.severity, f.rule, f.field) for f in findings] == [
        ("block", "field-past", "reopen_estimate_at"),
        ("block", "field-future", "as_of"),
    ]
    assert findings[0].words == "Sun., Nov. 14, 8:40 p.m. PST"


def left_out(**river: Any) -> list[tuple[str, str, str | None]]:
    """What is found when only these facts about the river are filled in."""
    none = dict.fromkeys(("gauge_level_m", "gauge_name", "gauge_read_at"))
    values = {**example_values(FLOOD, D4, "update"), **none, **river}
    return [(each.severity, each.message, each.field) for each in found(values, kind="update")]


def test_a_fact_that_no_text_prints_is_named_with_what_it_needs() -> None:
    assert left_out() == []
    assert left_out(gauge_level_m="3.1") == [
        (
            "warn",
            "River level is not in the texts: fill in River gauge and River level read at too.",
            "gauge_name",
        )
    ]
    assert left_out(gauge_level_m="3.1", gauge_name="Hope") == [
        (
            "warn",
            "River level and River gauge are not in the texts: fill in River level read at too.",
            "gauge_read_at",
        )
    ]
    assert left_out(gauge_level_m="3.1", gauge_name="Hope", gauge_read_at=at(20, 20)) == []


@pytest.mark.parametrize(
    "elsewhere", ["{{ story }}", "[[{{ story }}]]", "[[{{ story }} {{ incident_name }}]]"]
)
def test_a_fact_that_another_text_or_part_prints_is_not_missing(elsewhere: str) -> None:
    # Given a part that prints two facts, one of which stands elsewhere as well
    raw = small_raw()
    raw["fields"]["more"] = {"type": "text", "label": "More", "example": "x", "required": False}
    step = raw["phases"]["during"][0]
    step["fields"].append("more")
    web = "{{ next_update_at }}[[ {{ incident_name }}: {{ story }} {{ more }}]]"
    templates = {"web": web, "internal": f"{{{{ place }}}} {elsewhere}"}
    step["texts"] = {"statement": {"title": "Statement", "templates": templates}}
    book = Playbook.parse(raw)
    values = {"place": "Hope", "story": "Much rain.", "more": None, "next_update_at": at(21, 30)}
    texts = render(book, book.step("D1"), "statement", Render(values, NAME, exercise=False, zone=ZONE))
    findings = check(
        book, book.step("D1"), "statement", texts, values, exercise=False, now=NOW, severity="S2"
    )
    assert findings == ()


# --- the promise


@pytest.mark.parametrize("kind", ["statement", "update", "no-change"])
def test_a_text_without_a_promise_is_blocked_and_a_time_is_offered(kind: str) -> None:
    step = D1 if kind == "statement" else D4
    values = {**example_values(FLOOD, step, kind), "gauge_read_at": at(20, 20), "next_update_at": None}
    (missing,) = found(values, kind=kind)
    assert (missing.severity, missing.rule, missing.field) == ("block", "L06-next-update", "next_update_at")
    assert missing.instead.startswith("Promise a time, such as Sun., Nov. 14, 9:")


def test_a_final_text_needs_a_promise_or_a_reason() -> None:
    final = {**example_values(FLOOD, D4, "final"), "next_update_at": None}
    assert found(final, kind="final") == ()
    (missing,) = found({**final, "no_promise_reason": None}, kind="final")
    assert (missing.severity, missing.rule, missing.field) == (
        "block",
        "L06-next-update",
        "no_promise_reason",
    )


@pytest.mark.parametrize(
    ("promised", "rule"),
    [
        (at(20, 40), "L08-promise-past"),  # now
        (at(20, 30), "L08-promise-past"),
        (at(20, 41), None),
        (at(21, 45), None),  # 5 minutes for the approval, 60 for severity S2
        (at(21, 46), "promise-beyond-cadence"),
        (at(6, day=15), "promise-beyond-cadence"),
    ],
)
def test_a_promise_is_still_to_come_and_comes_as_soon_as_the_severity_asks(
    promised: Any, rule: str | None
) -> None:
    findings = found({**GOOD, "next_update_at": promised})
    assert [finding.rule for finding in findings] == ([rule] if rule else [])


def test_a_late_promise_only_warns_because_of_the_night() -> None:
    (late,) = found({**GOOD, "next_update_at": at(6, day=15)})
    assert (late.severity, late.words) == ("warn", "Mon., Nov. 15, 6 a.m. PST")
    assert late.instead.startswith("Promise Sun., Nov. 14, 9:45 p.m. PST or earlier")


def test_the_next_update_comes_after_the_facts() -> None:
    # Given facts that are dated a little ahead, and a promise between now and then
    (before,) = found({**GOOD, "as_of": at(20, 44), "next_update_at": at(20, 43)})
    assert (before.severity, before.rule) == ("block", "L08-promise-past")
    assert "not after the time of the facts" in before.message


def test_without_any_time_of_its_own_the_offer_is_in_utc() -> None:
    findings = found({**GOOD, "as_of": None, "next_update_at": None})
    assert [finding.field for finding in findings] == ["as_of", "next_update_at"]
    assert findings[1].instead == "Promise a time, such as Mon., Nov. 15, 5:45 a.m. UTC."


def test_a_text_that_keeps_no_promise_is_not_asked_for_one() -> None:
    raw = FLOOD.model_dump(mode="json")
    raw["phases"]["during"][0]["texts"]["statement"]["promises"] = False
    playbook = type(FLOOD).parse(raw)
    values = {**GOOD, "next_update_at": at(1)}
    assert (
        check(playbook, playbook.step("D1"), "statement", {}, values, exercise=False, now=NOW, severity="S2")
        == ()
    )


# --- the mark of an exercise, and blanks


@pytest.mark.parametrize("text", ["Closed.", "EXERCISE - Closed.", "Closed. - EXERCISE"])
def test_an_exercise_without_its_mark_is_blocked_on_every_channel(text: str) -> None:
    findings = found(texts={"web": {"en": text}, "internal": {"en": text}}, exercise=True)
    assert rules(findings) == [("block", "L28-exercise-mark")] * 2
    assert [finding.channel for finding in findings] == ["web", "internal"]


@pytest.mark.parametrize(
    "text", ["EXERCISE - Closed. - EXERCISE", "EXERCISE - Closed.", "Closed. - EXERCISE"]
)
def test_a_live_text_that_calls_itself_an_exercise_is_blocked(text: str) -> None:
    assert rules(found(texts={"web": {"en": text}})) == [("block", "L28-exercise-mark")]


@pytest.mark.parametrize("blank", ["{{ next_update }}", "[[ detour ]]", "{% if x %}", "}}", "]]"])
def test_a_blank_that_was_not_filled_in_is_blocked(blank: str) -> None:
    findings = found(texts={"web": {"en": f"Next update at {blank}."}})
    assert {(finding.severity, finding.rule, finding.channel) for finding in findings} == {
        ("block", "L26-placeholder", "web")
    }
    assert blank.split(maxsplit=1)[0] in findings[0].words


# --- order


def test_what_blocks_comes_first() -> None:
    text = "a" * 281
    findings = found({**GOOD, "next_update_at": at(6, day=15)}, {"sms": {"en": "–"}, "x": {"en": text}})
    assert [finding.severity for finding in findings] == ["block", "warn", "warn"]


def test_a_promise_is_measured_from_the_moment_of_the_check() -> None:
    assert found(now=NOW + timedelta(minutes=64)) == ()
    assert rules(found(now=NOW + timedelta(minutes=65))) == [("block", "L08-promise-past")]
