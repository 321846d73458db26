"""The flood playbook: its rules are those of the field, and every text fits, whatever is filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import pytest

from ecomms_bot.playbook.channels import count
from ecomms_bot.playbook.drafting import FieldValue, Render, Values, fields_for, render
from ecomms_bot.playbook.exercise import is_marked
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.model import Field
from ecomms_bot.playbook.times import datetime_words, time_words
from tests.playbook.samples import FLOOD, NAME, ZONE, at, example_values

LONG_NAME = "Flooding and mudslides, Highway 7, Maple Ridge to Hope, B.C."
LATEST = Instant.of(datetime(2021, 9, 29, 19, 45, tzinfo=UTC), ZONE)
EVERY_TEXT = [(step.id, kind) for step in FLOOD.steps("during") for kind in step.texts]

# The night of 14 November 2021 and the day after, with the long forms of the names
REAL: Mapping[str, FieldValue] = {
    "hazard_seen": "mudslides",
    "road": "Highway 7 (Lougheed Highway)",
    "area_description": "between Maple Ridge and Hope",
    "direction": "both",
    "from_landmark": "Exit 104 (No. 3 Road)",
    "to_landmark": "Exit 92 (Sumas Way)",
    "closure_state": "closed",
    "road_advice": "other-route",
    "detour": "Highway 1 between Agassiz and Hope. Allow 40 more minutes.",
    "vehicle_limits": "No vehicles over 14 500 kg on the detour.",
    "reopen_estimate_at": at(17, day=15),
    "assessment_at": at(8, 30, day=15),
    "not_known_yet": "trapped",
    "how_finding_out": "rescue",
    "news": "A second slide fell. Rescue teams are there.",
    "details": "At 9 a.m. PST the minister counted 80 to 100 vehicles. No one is reported hurt.",
    "gauge_level_m": "3.1",
    "gauge_name": "Fraser River at Hope",
    "gauge_read_at": at(20, 20),
    "empathy_line": "We know that a night in the car with children is hard.",
    "as_of": at(20, 40),
    "next_update_at": at(21, 45),
    "no_promise_reason": "the road is open to everyone",
    "issuing_source": "B.C. Ministry of Transportation",
    "info_url": "https://www.emergencyinfobc.gov.bc.ca",
}


def longest(field: Field) -> FieldValue:
    """The value that takes the most room in a text."""
    match field.type:
        case "choice":
            return max(field.choices, key=lambda choice: len(choice.label)).value
        case "datetime":
            return LATEST
        case "url":
            return "https://www.example.ca/".ljust(field.max_length, "a")
        case "decimal":
            return "-10.123456"
        case _:
            return "N" * field.max_length


def fillings(step_id: str, kind: str) -> Iterator[tuple[str, Values]]:
    """Examples, real names, and the longest that each field takes; a final text also without promise."""
    step = FLOOD.step(step_id)
    fields = fields_for(FLOOD, step, kind)
    for name, values in (
        ("examples", example_values(FLOOD, step, kind)),
        ("real", {name: REAL[name] for name, _ in fields}),
        ("longest", {name: longest(field) for name, field in fields}),
    ):
        yield name, values
        if kind == "final":
            yield f"{name}, no promise", {**values, "next_update_at": None}


@pytest.mark.parametrize(("step_id", "kind"), EVERY_TEXT)
def test_every_text_fits_its_channel_in_an_exercise_whatever_is_filled_in(step_id: str, kind: str) -> None:
    for name, values in fillings(step_id, kind):
        texts = render(FLOOD, FLOOD.step(step_id), kind, Render(values, LONG_NAME, exercise=True, zone=ZONE))
        assert set(texts) == set(FLOOD.step(step_id).channels)
        for channel, languages in texts.items():
            counted = count(channel, languages["en"])
            assert not counted.over, (name, counted.text, languages["en"])
            assert counted.switches == "", (name, channel, counted.switches)
            assert counted.unit != "messages" or counted.used <= 2, (name, counted.detail)
            assert is_marked(languages["en"])


def test_the_longest_place_and_time_are_really_the_longest() -> None:
    # September has the longest short name, two digits each for day, hour and minute are the most
    assert len(datetime_words(LATEST)) == len("Wed., Sept. 29, 12:45 p.m. PDT") == 30
    assert len("Highway 7 (Lougheed Highway)") <= FLOOD.field("road").max_length


@pytest.mark.parametrize(("step_id", "kind"), EVERY_TEXT)
def test_public_texts_say_who_what_where_when_and_what_to_do(step_id: str, kind: str) -> None:
    step = FLOOD.step(step_id)
    values = {name: REAL[name] for name, _ in fields_for(FLOOD, step, kind)}
    texts = render(FLOOD, step, kind, Render(values, NAME, exercise=False, zone=ZONE))
    for channel in ("web", "x", "sms"):
        text = texts[channel]["en"]
        assert "B.C. Ministry of Transportation" in text  # source
        assert "mudslides" in text.lower()  # hazard
        assert "Highway 7 (Lougheed Highway)" in text  # location
        assert any(place in text for place in ("between Maple Ridge and Hope", "Exit 92 (Sumas Way)"))
        assert time_words(at(20, 40)) in text  # time
        assert any(advice in text.lower() for advice in ("keep away from the area.", "use another route."))
        assert datetime_words(at(21, 45)) in text  # next update, with its date and zone
        assert "https://www.emergencyinfobc.gov.bc.ca" in text  # where to ask


@pytest.mark.parametrize(("step_id", "kind"), EVERY_TEXT)
def test_texts_read_well_with_every_optional_field_empty(step_id: str, kind: str) -> None:
    step = FLOOD.step(step_id)
    values = {name: REAL[name] if field.required else None for name, field in fields_for(FLOOD, step, kind)}
    if kind == "final":
        values["no_promise_reason"] = "the road is open"
    for languages in render(FLOOD, step, kind, Render(values, NAME, exercise=False, zone=ZONE)).values():
        text = languages["en"]
        assert not re.search(r"  | [.,:]|\.\.|,,|: *\n|:\.|\n\n\n|None|\{|\[", text), text
        assert text == text.strip()


def test_a_final_text_says_why_no_more_comes_or_when_it_does() -> None:
    step = FLOOD.step("D4")
    values = {name: REAL[name] for name, _ in fields_for(FLOOD, step, "final")}
    with_promise = render(FLOOD, step, "final", Render(values, NAME, exercise=False, zone=ZONE))
    without = render(
        FLOOD, step, "final", Render({**values, "next_update_at": None}, NAME, exercise=False, zone=ZONE)
    )
    for channel in ("web", "x", "sms"):
        assert "ext update" in with_promise[channel]["en"]
        assert "open to everyone" not in with_promise[channel]["en"]
        assert "no more updates: the road is open to everyone." in without[channel]["en"].lower()
        assert "ext update" not in without[channel]["en"]


def test_severities_and_tiers_are_those_of_the_field() -> None:
    assert {name: severity.cadence_minutes for name, severity in FLOOD.severities.items()} == {
        "S1": 30,
        "S2": 60,
        "S3": 180,
        "S4": 1440,
    }
    assert {name: (tier.roles, tier.target_minutes) for name, tier in FLOOD.tiers.items()} == {
        "T0": (("pio",), 5),
        "T1": (("sme", "pio"), 15),
        "T2": (("sme", "pio", "ic"), 20),
        "T3": (("pio", "ic", "exec"), 60),
        "CORR": (("pio",), 10),
    }


def test_the_steps_are_those_of_the_first_night() -> None:
    assert [(step.id, step.recurrence, step.tier, step.due_minutes) for step in FLOOD.steps("during")] == [
        ("D1", "once", "T0", 15),
        ("D3", "on-demand", "T2", None),
        ("D4", "recurring", "T1", None),
    ]
    assert [text.kind for text in FLOOD.step("D4").texts.values()] == ["update", "no-change", "final"]
    assert FLOOD.tier_of(FLOOD.step("D4"), "no-change") == "T0"


def test_every_field_is_used_and_every_listed_one_is_asked() -> None:
    asked: set[str] = set()
    for step in FLOOD.steps("during"):
        of_step = {name for kind in step.texts for name, _ in fields_for(FLOOD, step, kind)}
        assert set(step.fields) <= of_step
        asked |= of_step
    assert asked == set(FLOOD.fields)


def test_sentences_are_short() -> None:
    # Rule L14: up to 20 words. Abbreviations and addresses end no sentence; the ends of lines do.
    for step_id, kind in EVERY_TEXT:
        step = FLOOD.step(step_id)
        values = {name: REAL[name] for name, _ in fields_for(FLOOD, step, kind)}
        for languages in render(FLOOD, step, kind, Render(values, NAME, exercise=False, zone=ZONE)).values():
            masked = re.sub(r"https?://\S+|(?:p\.m|a\.m|B\.C|Sun|Mon|Nov|No)\.", "x", languages["en"])
            for sentence in re.split(r"[.!?:](?:\s|$)|\n", masked):
                assert len(sentence.split()) <= 20, sentence


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
