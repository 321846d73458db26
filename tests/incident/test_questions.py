"""What the public asks: somebody owns it, by a time, until it is answered."""

from __future__ import annotations

import pytest

from ecomms_bot.incident.commands import AnswerQuestion, AskQuestion, CloseIncident
from ecomms_bot.incident.effects import wanted
from ecomms_bot.incident.events import QuestionAnswered, QuestionAsked, Quoted
from ecomms_bot.incident.ids import make_id
from ecomms_bot.incident.rules.notes import require_unanswered
from ecomms_bot.incident.wording import Rejected
from ecomms_bot.playbook.instant import Instant
from tests.incident.stories import COLLEAGUE, COMMUNICATOR, OBSERVER, PIO, SME, Story, at, instant

TEXT = "Is the road to Hope open for ambulances?"


@pytest.fixture
def story() -> Story:
    return Story().open()


def ask(
    story: Story, text: str = TEXT, owner: str = SME, due: Instant | None = None, by: str = COMMUNICATOR
) -> QuestionAsked:
    (event,) = story.do(AskQuestion(text, owner, due), by)
    assert isinstance(event, QuestionAsked)
    return event


def refused(story: Story, command: AskQuestion | AnswerQuestion, by: str = COMMUNICATOR) -> Rejected:
    with pytest.raises(Rejected) as no:
        story.do(command, by)
    return no.value


# --- Asked


def test_a_question_has_an_owner_and_if_wanted_a_time(story: Story) -> None:
    event = ask(story, f" {TEXT} ", due=instant(at(21, 0)))
    assert event == QuestionAsked(
        question=make_id("q", "command-5"), person=COMMUNICATOR, text=TEXT, owner=SME, due=instant(at(21, 0))
    )
    (question,) = story.state.open_questions
    assert (question.text, question.owner, question.asked_at) == (TEXT, SME, at(20, 0))


def test_the_most_urgent_one_comes_first_and_those_without_a_time_last(story: Story) -> None:
    ask(story, "Where is the shelter?")
    ask(story, "When does it open?", due=instant(at(22, 0)))
    ask(story, "Who pays?", due=instant(at(21, 0)))
    asked = [question.text for question in story.state.open_questions]
    assert asked == ["Who pays?", "When does it open?", "Where is the shelter?"]


def test_a_question_from_a_message_keeps_whose_it_was(story: Story) -> None:
    quoted = Quoted(conversation="C-social", ts="1636948800.000100")
    (event,) = story.do(AskQuestion(TEXT, SME, quoted=quoted), PIO)
    assert isinstance(event, QuestionAsked)
    assert story.state.questions[event.question].quoted == quoted


def test_what_is_missing_is_said_beside_its_field(story: Story) -> None:
    missing = refused(story, AskQuestion(" ", SME))
    assert (missing.field, str(missing)) == ("text", "Write what people ask.")
    assert refused(story, AskQuestion("x" * 1001, SME)).field == "text"
    nobody = refused(story, AskQuestion(TEXT, ""))
    assert (nobody.field, str(nobody)) == ("owner", "Choose who finds the answer.")
    past = refused(story, AskQuestion(TEXT, SME, instant(at(20, 0))))
    assert past.field == "due"
    assert str(past) == "14 Nov 2021 20:00 PST has passed. Give a time that is still to come, or none."
    assert story.state.questions == {}


def test_only_communicators_and_leads_ask_and_only_while_it_is_open(story: Story) -> None:
    assert refused(story, AskQuestion(TEXT, SME), OBSERVER).code == "not-allowed"
    story.do(CloseIncident("Over."), PIO)
    assert refused(story, AskQuestion(TEXT, SME)).code == "closed"


# --- Answered


def test_an_answer_ends_it_whoever_gives_it(story: Story) -> None:
    asked = ask(story)
    story.now = at(20, 20)
    (event,) = story.do(AnswerQuestion(asked.question, " Yes, with an escort. "), COLLEAGUE)
    assert event == QuestionAnswered(question=asked.question, person=COLLEAGUE, answer="Yes, with an escort.")
    assert story.state.open_questions == ()
    answered = story.state.questions[asked.question].answered
    assert answered is not None
    assert (answered.person, answered.reason, answered.at) == (COLLEAGUE, "Yes, with an escort.", at(20, 20))


def test_who_took_it_down_hears_the_answer_of_somebody_else(story: Story) -> None:
    def told() -> list[str]:
        tasks = wanted(story.state, story.now).values()
        return [task.ids["user"] for task in tasks if task.ids.get("thing", "").startswith("answered:")]

    asked, own = ask(story), ask(story)
    story.do(AnswerQuestion(own.question, "Yes."), COMMUNICATOR)
    assert told() == []
    story.do(AnswerQuestion(asked.question, "Yes."), COLLEAGUE)
    assert told() == [COMMUNICATOR]


def test_the_second_to_answer_is_told_who_was_first(story: Story) -> None:
    asked = ask(story)
    story.do(AnswerQuestion(asked.question, "Yes."), COLLEAGUE)
    no = refused(story, AnswerQuestion(asked.question, "No."))
    assert no.code == "answered"
    assert str(no) == "U-coll answered this at 14 Nov 2021 20:00 PST. Nothing was changed. The answer: “Yes.”"


def test_an_answer_needs_words_and_a_question(story: Story) -> None:
    asked = ask(story)
    empty = refused(story, AnswerQuestion(asked.question, " "))
    assert (empty.field, str(empty)) == ("answer", "Write the answer, or why there is none.")
    assert refused(story, AnswerQuestion(asked.question, "x" * 3001)).field == "answer"
    assert refused(story, AnswerQuestion("q0", "Yes.")).code == "no-question"
    assert require_unanswered(story.state, asked.question).open


def test_only_communicators_and_leads_answer_and_only_while_it_is_open(story: Story) -> None:
    asked = ask(story)
    assert refused(story, AnswerQuestion(asked.question, "Yes."), OBSERVER).code == "not-allowed"
    left = {f"question:{asked.question}": "The city answers."}
    story.do(CloseIncident("Over.", left=left), PIO)
    assert refused(story, AnswerQuestion(asked.question, "Yes.")).code == "closed"
