"""An exercise never reaches the public: every message says what it is, and asks to play, not to publish."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ecomms_bot.playbook.exercise import EXERCISE_AFTER, EXERCISE_BEFORE, mark
from ecomms_bot.slack.blocks import EXERCISE_FIRST, EXERCISE_LAST, exercise, is_marked, section
from ecomms_bot.slack.cards import render
from ecomms_bot.slack.message import Message
from tests.slack.life import PIO, Life, every_message, whole_life
from tests.slack.looks import buttons, copied, words


def test_every_message_of_an_exercise_is_marked_in_text_first_and_last_block() -> None:
    for thing, message in every_message(whole_life(exercise=True)):
        assert message.text.startswith(EXERCISE_BEFORE), thing
        assert message.text.endswith(EXERCISE_AFTER), thing
        assert "EXERCISE - " in str(message.blocks[0]), thing
        assert " - EXERCISE" in str(message.blocks[-1]), thing
        assert is_marked(message), thing


def test_no_message_of_a_live_incident_is_marked() -> None:
    for thing, message in every_message(whole_life()):
        assert "EXERCISE" not in message.text, thing
        assert "EXERCISE" not in words(message), thing
        assert not is_marked(message), thing


def test_texts_of_an_exercise_are_played_and_posted_nowhere() -> None:
    life = Life(exercise=True)
    life.submit("D1")
    life.approve("D1", PIO)
    draft = life.draft("D1")

    message = render(f"publish:{draft.id}:1", life.view)

    assert "post it nowhere" in words(message)
    assert "Mark as played" in buttons(message)
    assert "publish" not in words(message).lower()
    assert all(text.startswith(EXERCISE_BEFORE) for text in copied(message))
    assert "Played on X" in render(life.mark("D1", "x"), life.view).text


@pytest.mark.parametrize(
    "spoiled",
    [
        lambda whole: replace(whole, text=whole.text.removeprefix(EXERCISE_BEFORE)),
        lambda whole: replace(whole, text=whole.text.removesuffix(EXERCISE_AFTER)),
        lambda whole: replace(whole, blocks=whole.blocks[1:]),
        lambda whole: replace(whole, blocks=whole.blocks[:-1]),
        lambda whole: replace(whole, blocks=()),
        lambda whole: replace(whole, blocks=(section("EXERCISE - "), section(" - EXERCISE"))),
        lambda whole: replace(whole, replies=(Message("more", (section("more"),)),)),
    ],
)
def test_a_message_that_lost_a_part_of_its_mark_is_not_taken_for_marked(spoiled: object) -> None:
    whole = exercise(Message("words", (section("words"),)))
    assert is_marked(whole)

    assert callable(spoiled)
    assert not is_marked(spoiled(whole))


def test_marking_twice_marks_once_and_takes_the_replies_along() -> None:
    reply = Message("part", (section("part"),))
    once = exercise(Message("words", (section("words"),), (reply,)))

    assert exercise(once) == once
    assert once.text == mark("words")
    assert once.blocks == (EXERCISE_FIRST, section("words"), EXERCISE_LAST)
    assert once.replies[0].text == mark("part")
