"""Personal answers: to one person, at most once, and whatever happens nobody else notices."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from threading import Thread

import pytest

from ecomms_bot.service.rest import Listening
from ecomms_bot.slack import calls
from ecomms_bot.slack.personal import PersonalAnswers
from tests.slack.gateway_world import World, held, message

END_S = 60.0
"""More than anything takes; what has not ended by then does not end."""


@pytest.fixture
def listening() -> Listening:
    return Listening()


@pytest.fixture
def answers(listening: Listening) -> Iterator[PersonalAnswers]:
    made = PersonalAnswers(listening.one)
    yield made
    made.close()


@pytest.fixture
def url(world: World) -> str:
    return world.workspace.new_response_url("actions", world.mara.id, world.room.id)


def wait(world: World, count: int = 1) -> None:
    world.workspace.wait_for(lambda: len(world.calls("response_url")) >= count)


def test_a_sentence_is_seen_by_one_person(world: World, answers: PersonalAnswers, url: str) -> None:
    answers.say(url, "Only pio can approve this.")
    wait(world)
    assert world.texts() == ["Only pio can approve this."]
    assert world.texts(world.pia) == []


def test_a_message_with_blocks_too(world: World, answers: PersonalAnswers, url: str) -> None:
    answers.say(url, message("*Nothing* was changed."))
    wait(world)
    [seen] = world.mara.messages(world.room)
    assert (seen.text, len(seen.blocks)) == ("*Nothing* was changed.", 1)


def test_it_can_take_the_place_of_the_message_that_was_clicked(
    world: World, answers: PersonalAnswers
) -> None:
    clicked = world.show()
    url = world.workspace.new_response_url("actions", world.mara.id, world.room.id, original=clicked.ts)
    answers.say(url, "Done.", replace=True)
    wait(world)
    assert world.texts() == ["Done."]


def test_else_the_message_that_was_clicked_stays(world: World, answers: PersonalAnswers) -> None:
    clicked = world.show()
    url = world.workspace.new_response_url("actions", world.mara.id, world.room.id, original=clicked.ts)
    answers.say(url, "Not counted.")
    wait(world)
    assert world.texts() == ["The river is high.", "Not counted."]


def test_a_sentence_of_an_exercise_gets_the_mark(world: World, answers: PersonalAnswers, url: str) -> None:
    answers.say(url, "Not counted.", exercise=True)
    wait(world)
    [seen] = world.mara.messages(world.room)
    assert seen.text == "EXERCISE - Not counted. - EXERCISE"
    assert "Not counted." in seen.plain()


def test_a_message_of_an_exercise_without_the_mark_is_not_sent(
    world: World, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    answers = PersonalAnswers()
    answers.say(url, message("Not counted."), exercise=True)
    answers.close()
    assert world.calls("response_url") == []
    assert "without its mark" in caplog.text


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "server_error", "rate_limited"])
def test_a_failure_is_logged_and_never_repeated(
    world: World, answers: PersonalAnswers, url: str, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    getattr(world.workspace.faults, fault)("response_url")
    answers.say(url, "First.")
    wait(world)
    answers.say(url, "Second.")
    wait(world, 2)
    answers.close()
    assert len(world.calls("response_url")) == 2
    assert "A personal answer did not arrive" in caplog.text


@pytest.mark.parametrize("nowhere", ["", "nonsense", "ftp://127.0.0.1/"])
def test_without_an_address_nothing_is_raised(nowhere: str, caplog: pytest.LogCaptureFixture) -> None:
    answers = PersonalAnswers()
    answers.say(nowhere, "Hello.")
    answers.close()
    assert "A personal answer did not arrive" in caplog.text


def test_what_no_json_can_hold_is_logged_and_not_raised(
    answers: PersonalAnswers, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    broken = message("x")
    broken.blocks[0]["text"] = object()
    answers.say(url, broken)
    answers.close()
    assert "A personal answer was not sent" in caplog.text


def test_after_closing_an_answer_is_lost_and_not_raised(
    answers: PersonalAnswers, listening: Listening, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    answers.close()
    answers.say(url, "Too late.")
    assert listening.count == 0
    assert "A personal answer was not sent" in caplog.text


def test_the_address_is_never_logged(
    world: World, answers: PersonalAnswers, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Who has it can speak to that person for half an hour."""
    caplog.set_level(logging.DEBUG)
    world.workspace.faults.drop_before("response_url")
    answers.say(url, "Hello.")
    wait(world)
    answers.close()
    assert url.rpartition("/")[2] not in caplog.text


@pytest.fixture
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine may need longer between two lines of a test than the bot waits for Slack's answer."""
    monkeypatch.setattr(calls, "RESPONSE_TIMEOUT_S", END_S)


@pytest.mark.usefixtures("_patient")
def test_a_drill_waits_until_it_was_said(listening: Listening, answers: PersonalAnswers) -> None:
    """Given an answer that is on its way, then the bot is not at rest; once it is sent or lost, it is."""
    with held(200, "ok") as slow:
        answers.say(slow.url, "Hello.")
        assert slow.asked.wait(20)
        assert listening.count == 1
        slow.go.set()
        answers.close()
    assert listening.count == 0


@pytest.mark.usefixtures("_patient")
def test_closing_does_not_wait_for_what_has_not_begun(listening: Listening, answers: PersonalAnswers) -> None:
    """Given two answers on their way, which is as many as there can be, and more that wait for their turn."""
    with held(200, "ok") as slow:
        for number in range(6):
            answers.say(slow.url, f"Answer {number}.")
        assert soon(lambda: len(slow.requests) == 2)
        closing = Thread(target=answers.close)
        closing.start()
        assert soon(lambda: listening.count == 2)
        slow.go.set()
        closing.join(END_S)
        assert not closing.is_alive()
    assert listening.count == 0
    assert len(slow.requests) == 2


def soon(true: Callable[[], bool]) -> bool:
    """Whether it comes true within some seconds."""
    for _ in range(4000):
        if true():
            return True
        time.sleep(0.005)
    return False
