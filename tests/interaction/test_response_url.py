"""Answers over the address that a command or click brings along: to one person, later, at most once."""

from __future__ import annotations

from tests.interaction.meeting import Meeting
from tests.scenario.acting import filled, starts_form


def test_the_answer_to_a_form_comes_over_the_commands_address(meeting: Meeting) -> None:
    reply = starts_form(meeting.on).submits(filled())
    (said,) = [call for call in meeting.calls if call.method == "response_url"]
    assert said.ok
    assert "Opened Highway 7 slides" in reply.words
    # for her alone, where she typed the command
    assert all(message.ephemeral for message in reply.messages)
    assert meeting.actor("theo").personal() == []


def test_an_answer_that_is_lost_does_no_harm(meeting: Meeting) -> None:
    case = meeting.case()
    case.sends("mara")
    meeting.on.workspace.faults.drop_before("response_url")
    reply = case.approves("mara")
    assert reply.ok
    assert reply.words == ""
    # it is not tried again, and the next one comes through
    assert meeting.called.count("response_url") == 1
    assert "someone else" in case.approves("mara").words


def test_an_answer_works_where_the_bot_is_no_member(meeting: Meeting) -> None:
    ws = meeting.on.workspace
    place = ws.add_conversation("private-talk", ["mara"], private=True)
    reply = meeting.actor().types("status", place)
    assert reply.ok
    assert ws.bot.id not in place.members
    assert "No incident is open" in reply.words
