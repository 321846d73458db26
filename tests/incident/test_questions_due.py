"""Questions of the public: who has to answer is told, and reminded once when the answer is due."""

from __future__ import annotations

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import effects as fx
from ecomms_bot.incident import things
from ecomms_bot.incident.faces import faces
from ecomms_bot.incident.state import Question
from tests.incident.stories import COLLEAGUE, COMMUNICATOR, IC, PIO, Story, at, instant


@pytest.fixture
def story() -> Story:
    return Story().open()


def asked(story: Story, owner: str = COLLEAGUE, *, due: bool = True) -> Question:
    """Somebody on the phone asks whether the school is open; wanted by 20:30."""
    story.do(c.AskQuestion("Is the school open?", owner, instant(at(20, 30)) if due else None), COMMUNICATOR)
    return list(story.state.questions.values())[-1]


def told(story: Story, thing: str) -> list[str]:
    """Who gets a direct message about it."""
    return [t.ids["user"] for t in story.pending.values() if t.kind == fx.DM and t.ids["thing"] == thing]


def test_the_owner_is_told(story: Story) -> None:
    question = asked(story)
    thing = things.question_thing(question.id)
    (task,) = (task for task in story.pending.values() if task.ids.get("thing") == thing)
    assert (task.kind, dict(task.ids)) == (fx.DM, {"thing": thing, "user": COLLEAGUE})


def test_who_wrote_it_down_for_themselves_knows_it(story: Story) -> None:
    question = asked(story, COMMUNICATOR)
    assert told(story, things.question_thing(question.id)) == []


def test_the_owner_is_reminded_once_when_the_answer_is_due(story: Story) -> None:
    question = asked(story)
    assert story.until(at(20, 40)) == ["step/D1", f"question/{question.id}"]
    fired = story.state.fired[f"question/{question.id}"]
    assert (fired.at, fired.event.to, fired.event.role) == (at(20, 30), (COLLEAGUE,), "")
    # in person only: it is no step's business.
    assert told(story, f"reminder:question/{question.id}") == [COLLEAGUE]
    thing = f"reminder:question/{question.id}"
    assert all(task.kind == fx.DM for task in story.pending.values() if task.ids.get("thing") == thing)


def test_an_answer_ends_it(story: Story) -> None:
    question = asked(story)
    story.do(c.AnswerQuestion(question.id, "Yes, from 8."), COLLEAGUE)
    assert f"question/{question.id}" not in story.reminder_times()
    assert told(story, things.question_thing(question.id)) == []
    assert story.do(c.FireReminder(f"question/{question.id}"), "bot") == ()


def test_without_a_time_nobody_is_reminded(story: Story) -> None:
    asked(story, due=False)
    assert list(story.reminder_times()) == ["step/D1"]


def test_after_downtime_it_is_said_late_rather_than_never(story: Story) -> None:
    question = asked(story)
    story.wake_at(at(21, 0))
    assert story.state.fired[f"question/{question.id}"].event.late_seconds == 30 * 60


def test_a_rest_of_the_team_does_not_put_a_question_off(story: Story) -> None:
    story.publish("D1", next_update=at(6, 0))
    question = asked(story)
    story.do(c.StandDown(instant(at(6, 0))), IC)
    assert story.reminder_times("question/") == {f"question/{question.id}": at(20, 30)}


def test_the_card_shows_what_is_open_until_it_is_answered(story: Story) -> None:
    faced = [faces(story.state)[things.CARD]]
    question = asked(story)
    faced.append(faces(story.state)[things.CARD])
    story.do(c.AnswerQuestion(question.id, "Yes."), PIO)
    assert faced[0] != faced[1]
    assert faces(story.state)[things.CARD] == faced[0]
