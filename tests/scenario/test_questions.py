"""Questions of the public: somebody owns each, is asked, is reminded, and the answer stands in the log."""

from __future__ import annotations

from ecomms_bot.playbook.exercise import EXERCISE_BEFORE
from ecomms_bot.practice.stage import Stage
from ecomms_bot.practice.workspace import Message, Modal
from tests.scenario.acting import PEOPLE, Actor, Case, Reply, lost_ack, opens, person
from tests.scenario.test_bad_input import NASTY, everything_sent
from tests.scenario.test_shortcut import in_thread, takes_down

SCHOOL = "Is the school in Hope open tomorrow?"


def asks(
    case: Case, text: str = SCHOOL, *, who: str = "mara", owner: str = "theo", by: str = "20:40"
) -> Reply:
    """Take a question down from a message in the thread of the first step."""
    takes_down(case.on, who, in_thread(case, text))
    case.actor(who).person.fill({"What it is": "A question of the public"})
    wanted = case.at(by) if by else None
    reply = case.submits(who, **{"Who finds the answer": owner, "Wanted by": wanted})
    assert reply.answer.closed, reply.words
    return reply


def told(case: Case, who: str) -> Message:
    """The last direct message about a question."""
    return next(each for each in reversed(case.dms(who)) if "question" in each.plain())


def form(case: Case, who: str) -> Modal:
    modal = case.actor(who).person.modal
    assert modal is not None
    return modal


def test_the_owner_is_asked_and_answers_from_the_direct_message(case: Case) -> None:
    asks(case)
    message = told(case, "theo")
    assert "you own a question of the public, wanted by today at 20:40" in message.plain()
    assert SCHOOL in message.plain()
    assert "Taken down by @Mara Lund today at 20:00." in message.plain()
    assert SCHOOL in case.last("card").plain()
    # when the owner answers
    case.clicks("theo", message, "Answer…")
    assert SCHOOL in form(case, "theo").plain()
    posts = len(case.on.workspace.calls_of("chat.postMessage"))
    reply = case.submits("theo", answer="It is closed until Tuesday.")
    # then it stands in the log and no longer on the card
    assert reply.answer.closed
    (entry,) = case.entries("QuestionAnswered")
    assert entry.event is not None
    assert SCHOOL not in case.last("card").plain()
    # the owner's message shows the answer and offers no more to answer it
    shown = told(case, "theo")
    assert (shown.ts, shown.buttons) == (message.ts, [])
    assert "this question of the public is answered." in shown.plain()
    assert "Answered by @Theo Brandt today at 20:00: It is closed until Tuesday." in shown.plain()
    assert "Nothing went to the public: for that, write a text." in shown.plain()
    # and who took it down hears the answer, once; nobody else is told anything
    heard = told(case, "mara").plain()
    assert "the question of the public that you took down is answered." in heard
    assert SCHOOL in heard
    assert "It is closed until Tuesday." in heard
    assert len(case.on.workspace.calls_of("chat.postMessage")) == posts + 1


def test_a_question_that_waits_is_said_again_once_when_it_is_wanted(case: Case) -> None:
    asks(case)
    case.clock("20:40")
    reminders = [each for each in case.dms("theo") if "waits for your answer" in each.plain()]
    assert len(reminders) == 1
    assert SCHOOL in reminders[0].plain()
    case.clock("21:10")
    assert len([each for each in case.dms("theo") if "waits for your answer" in each.plain()]) == 1
    # and it can be answered from there
    case.clicks("theo", reminders[0], "Answer…")
    assert case.submits("theo", answer="Closed.").answer.closed
    assert len(case.entries("QuestionAnswered")) == 1


def test_an_answered_question_reminds_nobody(case: Case) -> None:
    asks(case)
    case.clicks("theo", told(case, "theo"), "Answer…")
    case.submits("theo", answer="Closed.")
    case.clock("21:00")
    assert not [each for each in case.dms("theo") if "waits for your answer" in each.plain()]


def test_a_question_without_a_time_waits_on_the_card(case: Case) -> None:
    asks(case, by="")
    assert "you own a question of the public." in told(case, "theo").plain()
    case.clock("22:00")
    assert not [each for each in case.dms("theo") if "waits for your answer" in each.plain()]
    assert SCHOOL in case.last("card").plain()


def test_of_two_who_answer_the_second_is_told_who_was_first(case: Case) -> None:
    asks(case)
    message = told(case, "theo")
    case.clicks("theo", message, "Answer…")
    case.clicks("theo", message, "Answer…")
    assert case.submits("theo", answer="Closed until Tuesday.").answer.closed
    # given a second form is still open, its words stay when it is sent
    reply = case.submits("theo", answer="Open.")
    assert reply.answer.updated
    assert "@Theo Brandt answered this today at 20:00" in form(case, "theo").plain()
    assert form(case, "theo").field("answer") == "Open."
    case.actor("theo").leaves()
    # and the old button says so before anybody types
    again = case.clicks("theo", message, "Answer…")
    assert "@Theo Brandt answered this today at 20:00" in again.words
    assert case.actor("theo").person.modal is None
    assert len(case.entries("QuestionAnswered")) == 1


def test_who_takes_a_question_upon_themselves_can_answer_it_at_once(case: Case) -> None:
    reply = asks(case, owner="mara", by="")
    (told_aside,) = reply.messages
    assert "It stays on the card until it is answered." in told_aside.plain()
    case.clicks("mara", told_aside, "Answer…")
    assert case.submits("mara", answer="Closed until Tuesday.").answer.closed
    assert len(case.entries("QuestionAnswered")) == 1
    assert [each for each in case.dms("mara") if "question" in each.plain()] == []


def test_an_answer_whose_ack_was_lost_is_kept_once(case: Case) -> None:
    asks(case)
    case.clicks("theo", told(case, "theo"), "Answer…")
    with lost_ack(case.on, "view_submission"):
        first = case.submits("theo", answer="Closed.")
    assert first.answer.error
    case.submits("theo")
    assert "This is in the log of Highway 7 slides already" in form(case, "theo").plain()
    assert len(case.entries("QuestionAnswered")) == 1


def test_an_answer_of_three_thousand_characters_is_kept_and_an_empty_one_is_not(case: Case) -> None:
    asks(case)
    case.clicks("theo", told(case, "theo"), "Answer…")
    reply = case.submits("theo", answer="   ")
    assert list(reply.answer.errors) == ["The answer, or why there is none"]
    assert case.submits("theo", answer="é" * 3000).answer.closed


def test_typed_words_are_never_markup(live: Case) -> None:
    asks(live, f"{NASTY} ?")
    message = told(live, "theo")
    assert NASTY in message.plain()
    live.clock("20:40")
    live.clicks("theo", message, "Answer…")
    live.submits("theo", answer=NASTY)
    live.types("mara", "log")
    for text in everything_sent(live.on):
        assert "<!channel>" not in text
        assert "<@U0NOBODY>" not in text


def test_what_is_said_of_an_exercise_carries_its_mark_also_where_a_real_incident_was(stage: Stage) -> None:
    # Given the conversation of a real incident that is over, and an exercise elsewhere
    room = stage.workspace.add_conversation("highway-9", [*PEOPLE])
    over = opens(stage, name="Highway 9 flooding", live=True, here=True, place=room)
    over.closes()
    assert "Highway 9 flooding" in Actor(stage, "mara").types("status", room).words
    case = opens(stage)
    # when somebody takes a question of the exercise upon themselves from a message there,
    takes_down(stage, "theo", person(stage, "dale").say(room, SCHOOL))
    theo = Actor(stage, "theo")
    theo.person.fill({"What it is": "A question of the public"})
    (aside,) = theo.submits({"Who finds the answer": "theo"}).messages
    assert aside.text.startswith(EXERCISE_BEFORE)
    # and presses its button when it was answered already,
    theo.clicks(aside, "Answer…")
    theo.submits({"answer": "Closed."})
    (refused,) = theo.clicks(aside, "Answer…").messages
    # then what they are told says that it is an exercise.
    assert "answered this" in refused.plain()
    assert refused.text.startswith(EXERCISE_BEFORE)
    assert len(case.entries("QuestionAnswered")) == 1
