"""The mark of an exercise stands at both ends of a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecomms_bot.playbook.channels import GSM_BASIC
from ecomms_bot.playbook.exercise import EXERCISE_AFTER, EXERCISE_BEFORE, is_marked, mark, unmarked


def test_the_mark_costs_22_characters_that_every_phone_can_show() -> None:
    both = EXERCISE_BEFORE + EXERCISE_AFTER
    assert len(both) == 22
    assert set(both) <= GSM_BASIC


@given(st.text())
def test_a_marked_text_begins_and_ends_with_the_mark_and_keeps_its_words(text: str) -> None:
    assert mark(text) == f"EXERCISE - {text} - EXERCISE"
    assert is_marked(mark(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Road closed.",
        "EXERCISE - Road closed.",
        "Road closed. - EXERCISE",
        "EXERCISE - EXERCISE",
        "exercise - a - exercise",
    ],
)
def test_half_a_mark_is_no_mark(text: str) -> None:
    assert not is_marked(text)


@pytest.mark.parametrize(("channel", "words"), [("x", "Road closed."), ("sign", "ROAD\nCLOSED\n\nTURN BACK")])
def test_words_come_back_without_their_marks(channel: str, words: str) -> None:
    assert unmarked(mark(words, channel), channel) == words
    assert unmarked(words, channel) == words


def test_on_a_sign_the_mark_is_a_page_before_and_a_page_after() -> None:
    assert mark("ROAD CLOSED", "sign") == "EXERCISE\n\nROAD CLOSED\n\nEXERCISE"
    assert is_marked("EXERCISE\n\nROAD CLOSED\n\nEXERCISE", "sign")
    assert not is_marked("EXERCISE - ROAD CLOSED - EXERCISE", "sign")
