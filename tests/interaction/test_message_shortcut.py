"""The shortcut *Add to the log* in the menu of any message."""

from __future__ import annotations

from ecomms_bot.practice.workspace import Message
from ecomms_bot.slack.names import LOG_SHORTCUT
from tests.interaction.meeting import Meeting, acked
from tests.scenario.acting import Case, Reply

SAID = "District Chilliwack: the slide is 200 m wide & growing"


def said_in(case: Case) -> Message:
    """Somebody's message in the thread of a step, where no command can be typed."""
    return case.actor("theo").person.say(case.conversation, SAID, thread=case.last("step"))


def chooses(case: Case, who: str, message: Message) -> Reply:
    actor = case.actor(who)
    seen = actor.personal()
    return actor.reply(actor.person.shortcut(LOG_SHORTCUT, message), seen)


def test_it_opens_a_form_with_the_messages_words(meeting: Meeting) -> None:
    case = meeting.case()
    reply = chooses(case, "mara", said_in(case))
    assert acked(reply.answer) is None
    (call,) = meeting.calls
    assert (call.method, call.args["trigger_id"]) == ("views.open", reply.answer.trigger_id)
    modal = case.actor("mara").person.modal
    assert modal is not None
    assert modal.field("text") == SAID


def test_what_is_submitted_stands_in_the_log(meeting: Meeting) -> None:
    case = meeting.case()
    chooses(case, "mara", said_in(case))
    case.submits("mara")
    (entry,) = case.entries("NoteAdded")
    assert (entry.actor, SAID in str(entry.event)) == (case.actor("mara").id, True)


def test_where_no_incident_is_open_it_says_so(meeting: Meeting) -> None:
    mara = meeting.actor()
    message = mara.person.say("ops-desk", "x")
    mara.person.shortcut(LOG_SHORTCUT, message)
    assert mara.person.modal is not None
    assert "/ecomms start" in mara.person.modal.plain()
