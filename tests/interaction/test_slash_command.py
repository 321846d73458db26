"""A slash command: answered in its own acknowledgement, or with a form."""

from __future__ import annotations

import json

from tests.interaction.meeting import Meeting, acked


def test_an_answer_comes_with_the_acknowledgement_for_one_person_alone(meeting: Meeting) -> None:
    reply = meeting.actor("otto").types("help")
    assert acked(reply.answer)["response_type"] == "ephemeral"
    assert "/ecomms start" in reply.words
    assert meeting.actor("mara").personal() == []
    # nothing had to be called for it
    assert meeting.called == []


def test_a_form_is_opened_with_the_commands_trigger_and_nothing_is_said(meeting: Meeting) -> None:
    reply = meeting.actor().types("start flood")
    assert acked(reply.answer) is None
    (call,) = meeting.calls
    assert (call.method, call.args["trigger_id"]) == ("views.open", reply.answer.trigger_id)
    assert meeting.actor().person.modal is not None


def test_what_is_no_command_is_quoted_so_that_it_can_be_corrected(meeting: Meeting) -> None:
    reply = meeting.actor().types("sttus & <!channel>")
    assert "Nothing was done" in reply.words
    assert "& <!channel>" in reply.words
    sent = json.dumps(acked(reply.answer), ensure_ascii=False)
    assert "&lt;!channel&gt;" in sent
    assert meeting.called == []


def test_words_of_every_script_arrive_as_they_were_typed(meeting: Meeting) -> None:
    typed = "crue à l’est 🌊 سيل a+b=100% ?&;"
    assert typed in meeting.actor().types(typed).words


def test_a_command_in_an_incidents_conversation_is_about_it(meeting: Meeting) -> None:
    case = meeting.case()
    reply = case.types("otto", "status")
    assert acked(reply.answer)["response_type"] == "ephemeral"
    assert "S2 Major" in reply.words


def test_a_form_that_slack_does_not_open_is_said_and_the_command_can_be_typed_again(meeting: Meeting) -> None:
    meeting.on.workspace.faults.error("views.open", "internal_error")
    refused = meeting.actor().types("start flood")
    assert "Nothing was changed" in refused.words
    assert "/ecomms start flood" in refused.words
    assert meeting.actor().types("start flood").ok
    assert meeting.actor().person.modal is not None
