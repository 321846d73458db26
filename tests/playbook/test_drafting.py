"""From a form to finished texts: which fields are asked, what they become, the hash an approval names."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecomms_bot.playbook.drafting import (
    FieldError,
    Render,
    Values,
    default_next_update,
    fields_for,
    fingerprint,
    optional_parts,
    parse_all,
    render,
    text_sha256,
    words_equal_but_times,
)
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.model import Playbook
from tests.playbook.samples import FLOOD, NAME, NOW, ZONE, at, example_values, small, small_raw

SMALL = small()
D1 = SMALL.step("D1")
Raws = dict[str, str | datetime | None]
VALUES: Values = {
    "place": "Hope",
    "state": "closed",
    "story": "Much rain.",
    "as_of": at(20, 40),
    "next_update_at": at(21, 45),
}


def rendered(
    values: Values, kind: str = "statement", *, exercise: bool = False, omit: str = ""
) -> dict[str, str]:
    """The English texts by channel."""
    texts = render(SMALL, D1, kind, Render(values, NAME, exercise, ZONE, frozenset({omit})))
    return {channel: languages["en"] for channel, languages in texts.items()}


# --- which fields are asked


def test_a_form_asks_what_its_texts_use_and_the_common_fields_last() -> None:
    assert [name for name, _ in fields_for(SMALL, D1, "statement")] == [
        *("place", "story", "state"),
        *("as_of", "next_update_at"),
    ]
    assert [name for name, _ in fields_for(SMALL, D1, "internal")] == ["place"]


def test_a_promising_text_asks_for_the_next_update_even_if_it_leaves_it_to_a_link() -> None:
    raw = small_raw()
    raw["phases"]["during"][0]["texts"]["statement"]["templates"] = {"sms": "{{ place }}"}
    playbook = Playbook.parse(raw)
    assert [name for name, _ in fields_for(playbook, playbook.step("D1"), "statement")] == [
        "place",
        "next_update_at",
    ]


def test_only_a_final_text_may_go_without_a_next_update() -> None:
    final, statement = dict(fields_for(SMALL, D1, "final")), dict(fields_for(SMALL, D1, "statement"))
    assert not final["next_update_at"].required
    assert "no_promise_reason" in final
    assert statement["next_update_at"].required
    assert "no_promise_reason" not in statement


# --- what is typed becomes values


def test_a_whole_form_is_understood() -> None:
    raws: Raws = {
        "place": " Hope ",
        "state": "closed",
        "as_of": NOW,
        "next_update_at": "2021-11-14T21:45-08:00",
    }
    values, errors = parse_all(SMALL, D1, "statement", raws, ZONE, NOW)
    assert errors == ()
    assert values == {**VALUES, "story": None}


def test_all_mistakes_come_back_at_once_and_the_rest_is_kept() -> None:
    raws: Raws = {
        "place": "Hope",
        "state": "shut",
        "as_of": NOW,
        "next_update_at": NOW - timedelta(hours=1),
        "plaice": "x",
    }
    values, errors = parse_all(SMALL, D1, "statement", raws, ZONE, NOW)
    assert [error.field for error in errors] == ["plaice", "state", "next_update_at"]
    assert errors[0].message == "There is no field “plaice” in this playbook."
    assert (values["place"], values["state"], values["next_update_at"]) == ("Hope", None, None)


def test_fields_of_other_texts_are_left_out_without_a_word() -> None:
    values, errors = parse_all(SMALL, D1, "internal", {"place": "Hope", "state": "shut"}, ZONE, NOW)
    assert (values, errors) == ({"place": "Hope"}, ())


@pytest.mark.parametrize(
    ("raws", "fields"),
    [
        ({}, ["no_promise_reason"]),
        ({"no_promise_reason": "all clear"}, []),
        ({"next_update_at": NOW + timedelta(hours=1)}, []),
        ({"next_update_at": NOW - timedelta(hours=1)}, ["next_update_at"]),
        ({"no_promise_reason": "a\tb"}, ["no_promise_reason"]),
    ],
)
def test_a_final_text_promises_something_or_says_why_not(raws: Raws, fields: list[str]) -> None:
    _, errors = parse_all(SMALL, D1, "final", {"place": "Hope", **raws}, ZONE, NOW)
    assert [error.field for error in errors] == fields
    assert all(isinstance(error, FieldError) for error in errors)


# --- values become texts


def test_each_channel_gets_its_own_words() -> None:
    assert rendered(VALUES) == {
        "web": "Hope is closed. Much rain. 9:45 p.m. PST",
        "sms": "Hope at 8:40 p.m. PST",
    }


def test_the_name_of_the_incident_is_there_without_being_asked() -> None:
    assert rendered({"place": "Hope"}, "internal") == {"internal": "Highway 7 flooding: Hope"}


def test_an_exercise_is_marked_on_every_channel_public_or_not() -> None:
    for kind in ("statement", "final", "internal"):
        live, played = rendered(VALUES, kind), rendered(VALUES, kind, exercise=True)
        assert played == {channel: f"EXERCISE - {text} - EXERCISE" for channel, text in live.items()}


def test_the_author_drops_a_part_of_one_channel_by_its_id() -> None:
    (part,) = optional_parts(D1, "statement")
    assert (part.id, part.channel, part.language, part.source) == ("web.en.1", "web", "en", "{{ story }}")
    assert rendered(VALUES, omit=part.id)["web"] == "Hope is closed. 9:45 p.m. PST"
    assert rendered(VALUES, omit="sms.en.1") == rendered(VALUES)


def test_a_time_said_in_another_zone_is_told_in_the_incidents_zone() -> None:
    elsewhere = Instant.of(at(21, 45).utc, "America/Edmonton")
    assert rendered({**VALUES, "next_update_at": elsewhere}) == rendered(VALUES)


def test_a_missing_value_is_empty() -> None:
    assert rendered({})["sms"] == "at"


@given(st.text(min_size=1).map(str.strip), st.text(min_size=1).map(str.strip))
def test_any_value_survives_literally_and_rendering_is_repeatable(place: str, story: str) -> None:
    values = {**VALUES, "place": place, "story": story}
    texts = rendered(values)
    assert texts["web"] == f"{place} is closed.{' ' * bool(story)}{story} 9:45 p.m. PST".strip()
    assert texts == rendered(values)


@pytest.mark.parametrize("source", ["{{ place }}", "[[{{ place }}]]", "{% if place %}{{ place }}{% endif %}"])
@pytest.mark.parametrize(
    "value", ["{{ state }}", "[[ x ]]", "{% if x %}", "<!channel>", "&amp; <b>", "{# x #}"]
)
def test_what_looks_like_a_template_is_plain_text(source: str, value: str) -> None:
    raw = small_raw()
    raw["phases"]["during"][0]["texts"]["internal"]["templates"] = {"internal": source}
    playbook = Playbook.parse(raw)
    texts = render(
        playbook, playbook.step("D1"), "internal", Render({"place": value}, NAME, exercise=False, zone=ZONE)
    )
    assert texts == {"internal": {"en": value}}


# --- the promise that is offered


@pytest.mark.parametrize(
    ("severity", "now", "promised"),
    [
        ("S1", datetime(2021, 11, 15, 4, 40, tzinfo=UTC), datetime(2021, 11, 15, 5, 15, tzinfo=UTC)),
        ("S2", datetime(2021, 11, 15, 4, 41, tzinfo=UTC), datetime(2021, 11, 15, 5, 50, tzinfo=UTC)),
        ("S3", datetime(2021, 11, 15, 4, 40, 1, tzinfo=UTC), datetime(2021, 11, 15, 7, 50, tzinfo=UTC)),
        ("S4", NOW, datetime(2021, 11, 16, 4, 45, tzinfo=UTC)),
    ],
)
def test_the_next_update_is_offered_after_target_and_cadence_at_full_five_minutes(
    severity: str, now: datetime, promised: datetime
) -> None:
    assert default_next_update(FLOOD, FLOOD.step("D1"), "statement", severity, now) == promised


# --- what an approval names


def test_the_hash_is_that_of_the_canonical_json_of_the_texts_as_they_are() -> None:
    texts = {"x": {"en": "Fermé – e\u0301 \n"}, "sms": {"fr": "Fermé", "en": "Closed"}}
    canonical = '{"sms":{"en":"Closed","fr":"Fermé"},"x":{"en":"Fermé – e\u0301 \\n"}}'
    assert text_sha256(texts) == hashlib.sha256(canonical.encode()).hexdigest()


def test_any_change_changes_the_hash_and_the_order_does_not() -> None:
    texts = {"web": {"en": "a", "fr": "b"}, "x": {"en": "c"}}
    same = {"x": {"en": "c"}, "web": {"fr": "b", "en": "a"}}
    others = [{**texts, "x": {"en": "c "}}, {**texts, "x": {"fr": "c"}}, {"web": texts["web"]}]
    assert text_sha256(same) == text_sha256(texts)
    assert len({text_sha256(other) for other in [texts, *others]}) == 4


def test_the_fingerprint_can_be_compared_by_eye() -> None:
    assert fingerprint("7f3a91c2" + "0" * 56) == "7F3A-91C2"


# --- no change, and renewed times

D4 = FLOOD.step("D4")


def equal(old: Values, new: Values, kind: str = "no-change") -> bool:
    return words_equal_but_times(FLOOD, D4, kind, old, new, NAME, False, ZONE)  # noqa: FBT003 - its own order


def test_new_times_alone_leave_every_other_word() -> None:
    old = example_values(FLOOD, D4, "no-change")
    assert equal(old, {**old, "as_of": at(21, 40), "next_update_at": at(22, 45)})
    assert equal(old, old)


@pytest.mark.parametrize(
    "change",
    [{"road": "Highway 5"}, {"closure_state": "open"}, {"info_url": "https://example.ca"}, {"road": None}],
)
def test_any_other_word_is_a_change(change: Values) -> None:
    old = example_values(FLOOD, D4, "no-change")
    assert not equal(old, {**old, **change})


def test_facts_that_this_text_does_not_print_may_differ() -> None:
    update = example_values(FLOOD, D4, "update")
    assert equal(update, {**update, "news": "Something else."})
    assert not equal(update, {**update, "news": "Something else."}, "update")


def test_a_promise_that_is_dropped_or_added_is_a_change_of_words() -> None:
    final = example_values(FLOOD, D4, "final")
    without = {**final, "next_update_at": None}
    assert not equal(final, without, "final")
    assert not equal(without, final, "final")
    assert equal(without, {**without, "as_of": at(21, 0)}, "final")


def test_dropped_parts_stay_dropped_on_both_sides() -> None:
    old = example_values(FLOOD, D4, "update")
    new = {**old, "empathy_line": "We know this is hard."}
    parts = optional_parts(D4, "update")
    dropped = frozenset(part.id for part in parts if "empathy_line" in part.source)
    assert len(dropped) == 1
    assert words_equal_but_times(FLOOD, D4, "update", old, new, NAME, True, ZONE, dropped)  # noqa: FBT003 - as above
    assert not words_equal_but_times(FLOOD, D4, "update", old, new, NAME, True, ZONE)  # noqa: FBT003 - as above


def test_a_render_can_be_replayed_with_other_values() -> None:
    one = Render(VALUES, NAME, exercise=False, zone=ZONE)
    assert render(SMALL, D1, "statement", replace(one, values={**VALUES, "place": "Merritt"}))["sms"] == {
        "en": "Merritt at 8:40 p.m. PST"
    }
