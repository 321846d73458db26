"""The measures that shipped texts are held to find what they should, and leave alone what is right."""

from __future__ import annotations

import pytest

from tests.playbook.reading import (
    BADLY,
    SMALL_START,
    capitals,
    fixed_words,
    grade,
    masked,
    says_what_to_do,
    sentences,
    syllables,
    unfit,
)


@pytest.mark.parametrize(
    ("what", "wrong", "right"),
    [
        ("L07", "More details soon.", "More by 3 p.m. PST, or sooner if things change."),
        ("L16", "Crews check the egress.", "Crews check the exit."),
        ("L21", "Closed until tomorrow.", "Closed until Wed., Nov. 17, 8 a.m. PST."),
        ("L25", "In effect from 12 a.m. PST.", "In effect from 12:01 a.m. PST."),
        ("L27", "Thanks <@U024BE7LH> :pray:", "Thanks to our crews: you stayed."),
        ("L28", "This is not a drill.", "Leave now."),
        ("L31", "#bcfloods", "No. 3 Road is closed."),
        ("L34", "The slide was probably caused by logging.", "The cause is not known."),
        ("L35", "The owner failed to clear the culvert.", "Crews are clearing the culvert."),
        ("L36", "There is no need to panic.", "We know this is worrying."),
    ],
)
def test_a_word_that_has_no_place_is_found_and_a_plain_one_is_not(what: str, wrong: str, right: str) -> None:
    assert [found for found in unfit(wrong) if what in found]
    assert list(unfit(right)) == []


def test_the_stage_of_a_fire_is_no_false_comfort() -> None:
    assert list(unfit("The fire is Under Control (stopped, still hot).", stage_of_fire=True)) == []
    assert list(unfit("Everything is under control.", stage_of_fire=True))


def test_staff_may_be_told_what_never_to_say() -> None:
    assert list(unfit("Say nothing about whose fault it is.", inside=True)) == []
    assert list(unfit("Say more tomorrow.", inside=True))


def test_capitals_need_to_be_explained() -> None:
    assert capitals("Call the ESS desk. DO NOT drive.") == ["ESS"]
    assert capitals("Emergency Support Services (ESS) at 3 p.m. PST") == []


@pytest.mark.parametrize(
    "text",
    ["Expect  delays.", "by , or sooner", "Limits: .", "Next:\n\nThe end", "Cause:", "a\n\n\nb", "{{ a }}"],
)
def test_a_gap_is_seen(text: str) -> None:
    assert BADLY.search(text)


def test_what_is_written_well_has_no_gap() -> None:
    text = "Next update: by Sun., Nov. 14, 9:45 p.m. PST, or sooner.\nThe options:\nStay, or go (by road)."
    assert BADLY.search(masked(text)) is None
    assert SMALL_START.search(masked(text)) is None
    assert SMALL_START.search(masked("The road is closed. crews are there."))


def test_sentences_end_at_full_stops_that_are_none_of_a_time_or_an_address() -> None:
    text = "At 9 a.m. PST crews came. Ask: https://www.drivebc.ca. Next: Sun., Nov. 14, noon PST\nB.C. waits"
    assert sentences(text) == ["At noon crews came", "Ask", "here", "Next", "noon", "BC waits"]


def test_what_to_do_is_a_sentence_that_begins_with_a_verb() -> None:
    assert says_what_to_do("Water rises. Turn back.")
    assert says_what_to_do("If you must travel, carry chains.")
    assert says_what_to_do("You do not need to leave.")
    assert not says_what_to_do("Conditions are serious. Questions: https://www.drivebc.ca")


def test_long_words_and_sentences_raise_the_grade() -> None:
    plain = "Heavy rain has flooded the road. Turn back. Do not drive into water. " * 3
    hard = (
        "Motorists are advised to exercise caution owing to precipitation-induced inundation of highways. "
        * 3
    )
    assert 0 < grade(plain) < 4
    assert grade(hard) > 12
    assert grade("Leave now.") == 0  # too short to have one


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("road", 1),
        ("closed", 1),
        ("flooded", 2),
        ("bridges", 2),
        ("river", 2),
        ("people", 2),
        ("evacuation", 5),
    ],
)
def test_syllables_are_counted_as_they_are_spoken(word: str, count: int) -> None:
    assert syllables(word) == count


def test_the_words_of_a_template_are_those_outside_of_fields() -> None:
    source = "[[Cause: {{ cause }}. ]]{% if a %}Yes{% else %}No{% endif %}"
    assert fixed_words(source).split() == ["Cause:", ".", "Yes", "No"]
