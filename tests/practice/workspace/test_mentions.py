"""Whom a message calls: what is not escaped in a text reaches people's phones."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk import WebClient

from ecomms_bot.practice.workspace import Conversation, Message, Person, Workspace
from tests.practice.workspace.harness import actions, button, plain, section

Json = dict[str, Any]


def post(client: WebClient, reader: Person, place: Conversation, text: str = "", *blocks: Json) -> Message:
    client.chat_postMessage(channel=place.id, text=text, blocks=list(blocks) or None)
    return reader.messages(place)[-1]


@pytest.mark.parametrize(
    "text", ["Ask &lt;@U1&gt;", "Ask @lee", "&lt;!channel&gt; R&amp;D", "<https://x|lee>"]
)
def test_escaped_text_calls_nobody(client: WebClient, mara: Person, ops: Conversation, text: str) -> None:
    message = post(client, mara, ops, text, section(text))

    assert (message.mentions, message.notified) == (frozenset(), frozenset())


def test_a_person_a_group_and_everybody_can_be_called(
    client: WebClient, workspace: Workspace, mara: Person, lee: Person, ops: Conversation
) -> None:
    group = workspace.add_group("duty", ["lee"])

    assert post(client, mara, ops, f"Ask <@{lee.id}>").notified == {lee.id}
    assert post(client, mara, ops, f"Ask <@{lee.id}|lee>").notified == {lee.id}
    assert post(client, mara, ops, f"Ask <!subteam^{group.id}|@duty>").notified == {lee.id}
    for everybody in ("<!here>", "<!channel>", "<!everyone>", "<!here|here>"):
        assert post(client, mara, ops, everybody).notified == {mara.id, lee.id}


def test_mrkdwn_and_rich_text_call_and_plain_text_does_not(
    client: WebClient, mara: Person, lee: Person, ops: Conversation
) -> None:
    call = f"<@{lee.id}>"
    rich: Json = {"type": "rich_text_section", "elements": [{"type": "user", "user_id": lee.id}]}
    typed: Json = {"type": "rich_text_section", "elements": [{"type": "text", "text": f"{call} <!channel>"}]}

    def called(block: Json) -> frozenset[str]:
        return post(client, mara, ops, "x", block).mentions

    assert called(section(call)) == {lee.id}
    assert called({"type": "context", "elements": [{"type": "mrkdwn", "text": call}]}) == {lee.id}
    assert called({"type": "markdown", "text": call}) == {lee.id}
    assert called({"type": "rich_text", "elements": [rich]}) == {lee.id}
    assert called({"type": "rich_text", "elements": [typed]}) == frozenset()
    assert called({"type": "header", "text": plain(call)}) == frozenset()
    assert called(actions(button(call, "go"))) == frozenset()


def test_who_is_called_but_not_there_is_not_notified(
    client: WebClient, workspace: Workspace, mara: Person, ops: Conversation
) -> None:
    outside = workspace.add_user("outside").id

    message = post(client, mara, ops, f"Ask <@{outside}>")

    assert message.mentions == {outside}
    assert not message.notified


def test_an_edit_calls_but_notifies_nobody_anew(
    client: WebClient, mara: Person, lee: Person, ops: Conversation
) -> None:
    message = post(client, mara, ops, "before")
    client.chat_update(channel=ops.id, ts=message.ts, text=f"<@{lee.id}>")

    changed = mara.latest(message)
    assert changed.mentions == {lee.id}
    assert not changed.notified


def test_direct_messages_notify_and_personal_answers_do_not(
    client: WebClient, mara: Person, lee: Person, ops: Conversation
) -> None:
    client.chat_postMessage(channel=mara.id, text="Your turn")
    client.chat_postEphemeral(channel=ops.id, user=mara.id, text=f"<@{lee.id}>")

    assert mara.dms()[0].notified == {mara.id}
    assert mara.messages(ops)[-1].mentions == {lee.id}
    assert not mara.messages(ops)[-1].notified


def test_people_call_each_other_too(mara: Person, lee: Person, ops: Conversation) -> None:
    assert mara.say(ops, f"<@{lee.id}> can you look?").notified == {lee.id}
