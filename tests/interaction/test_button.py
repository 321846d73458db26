"""A button: it opens a form or changes what everybody sees; what goes wrong is told to who pressed it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.interaction.meeting import Meeting, acked

PRESSED_LATE = "This button is from another version of the bot, so nothing was changed."


def test_a_button_opens_a_form_with_its_trigger(meeting: Meeting) -> None:
    case = meeting.case()
    reply = case.clicks("mara", case.last("step"), "Write draft")
    assert acked(reply.answer) is None
    (call,) = meeting.calls
    assert (call.method, call.args["trigger_id"]) == ("views.open", reply.answer.trigger_id)


def test_a_button_that_decides_edits_the_messages_and_says_nothing_to_who_pressed_it(
    meeting: Meeting,
) -> None:
    case = meeting.case()
    case.sends("mara")
    meeting.on.settle()
    meeting.on.workspace.calls.clear()
    reply = case.approves("pia")
    assert (reply.words, acked(reply.answer)) == ("", None)
    # the approved texts are a new message; review, step and card say so
    assert sorted(set(meeting.called)) == ["chat.postMessage", "chat.update"]
    assert case.last("publish").buttons[0].startswith("Mark as")


def test_who_may_not_is_told_why_alone(meeting: Meeting) -> None:
    case = meeting.case()
    case.sends("mara")
    meeting.on.settle()
    meeting.on.workspace.calls.clear()
    reply = case.approves("mara")
    assert reply.ok
    assert "someone else" in reply.words
    assert meeting.called == ["response_url"]
    assert case.entries("ApprovalGiven") == []


def test_a_button_of_another_version_is_answered_too(meeting: Meeting) -> None:
    case = meeting.case()
    step = case.last("step")
    for button in (element for block in step.blocks for element in block.get("elements", ())):
        if button.get("action_id") == "write":
            button["action_id"] = "a-name-of-long-ago"
    reply = case.clicks("mara", step, "Write draft")
    assert reply.ok
    assert PRESSED_LATE in reply.words
    assert meeting.called == ["response_url"]


@pytest.mark.parametrize(
    "element",
    [
        {"type": "users_select", "selected_user": "U0123"},
        {"type": "checkboxes", "selected_options": []},
        {"type": "static_select", "selected_option": None},
        {"type": "button"},
    ],
    ids=lambda element: element["type"],
)
def test_whatever_another_version_let_people_choose_is_answered_too(
    meeting: Meeting, element: dict[str, Any]
) -> None:
    case, mara = meeting.case(), meeting.actor()
    reply = case.types("mara", "status")  # its address for answers
    assert reply.answer.envelope is not None
    click = {
        "type": "block_actions",
        "user": {"id": mara.id},
        "channel": {"id": case.conversation.id},
        "trigger_id": "1.1",
        "response_url": reply.answer.envelope.payload["response_url"],
        "actions": [{**element, "action_id": "of-long-ago", "block_id": "b", "action_ts": "1"}],
    }
    told = mara.reply(mara.person.send_raw(click), mara.personal())
    assert told.ok
    assert PRESSED_LATE in mara.personal()[-1].plain()


def test_the_same_click_twice_is_done_once(meeting: Meeting) -> None:
    case = meeting.case()
    case.sends("mara")
    meeting.on.workspace.faults.delivered_twice("block_actions")
    case.approves("pia")
    assert len(case.entries("ApprovalGiven")) == 1
    assert len(case.messages("publish")) == 1
