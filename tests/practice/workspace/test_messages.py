"""Posting, changing, deleting, pinning, and who sees what."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from ecomms_bot.practice.workspace import Conversation, Person, Workspace
from tests.practice.workspace.harness import actions, button, section


def refused(method: Any, **args: Any) -> str:
    with pytest.raises(SlackApiError) as error:
        method(**args)
    return str(error.value.response["error"])


def test_a_message_is_kept_as_it_was_sent(client: WebClient, ops: Conversation, mara: Person) -> None:
    sent = client.chat_postMessage(
        channel=ops.id, text="Closed &amp; flooded <@U1>", blocks=[section("*Closed*")], unfurl_links=False
    )

    [message] = mara.messages(ops)
    assert (message.text, message.ts) == ("Closed &amp; flooded <@U1>", sent["ts"])
    assert sent["message"]["bot_id"]
    assert message.plain() == "Closed"


def test_ids_and_defaults_that_slack_adds_to_blocks(
    client: WebClient, ops: Conversation, mara: Person
) -> None:
    blocks = [section("one"), actions({"type": "button", "text": {"type": "plain_text", "text": "Go"}})]
    client.chat_postMessage(channel=ops.id, text="x", blocks=blocks)

    text, row = mara.messages(ops)[0].blocks
    assert text["block_id"]
    assert text["block_id"] != row["block_id"]
    assert text["text"] == {"type": "mrkdwn", "text": "one", "verbatim": False}
    assert row["elements"][0]["action_id"]
    assert row["elements"][0]["text"]["emoji"] is True


def test_a_message_needs_something_to_say(client: WebClient, ops: Conversation) -> None:
    assert refused(client.api_call, api_method="chat.postMessage", json={"channel": ops.id}) == "no_text"


def test_a_channel_is_named_by_id_only(client: WebClient, ops: Conversation) -> None:
    assert refused(client.chat_postMessage, channel="#ops", text="x") == "channel_not_found"
    assert client.chat_postMessage(channel=ops.id, text="x")["channel"] == ops.id


def test_blocks_may_come_as_a_string_of_json(client: WebClient, ops: Conversation, mara: Person) -> None:
    form = {"channel": ops.id, "text": "x", "blocks": '[{"type": "divider"}]'}
    client.api_call("chat.postMessage", params=form)

    assert mara.messages(ops)[0].blocks[0]["type"] == "divider"
    bad = {**form, "blocks": "[{"}
    assert refused(client.api_call, api_method="chat.postMessage", params=bad) == "invalid_blocks_format"


def test_a_long_text_is_cut_when_posted_and_refused_when_updated(
    client: WebClient, ops: Conversation, mara: Person
) -> None:
    ts = client.chat_postMessage(channel=ops.id, text="x" * 40_001)["ts"]

    assert len(mara.messages(ops)[0].text) == 40_000
    client.chat_update(channel=ops.id, ts=ts, text="x" * 4000)
    assert refused(client.chat_update, channel=ops.id, ts=ts, text="x" * 4001) == "msg_too_long"


def test_a_thread_hangs_on_its_root(client: WebClient, ops: Conversation, mara: Person) -> None:
    root = client.chat_postMessage(channel=ops.id, text="root")["ts"]
    reply = client.chat_postMessage(channel=ops.id, text="reply", thread_ts=root)["ts"]
    client.chat_postMessage(channel=ops.id, text="for all", thread_ts=root, reply_broadcast=True)

    assert (
        refused(client.chat_postMessage, channel=ops.id, text="x", thread_ts=reply)
        == "cannot_reply_to_message"
    )
    assert (
        refused(client.chat_postMessage, channel=ops.id, text="x", thread_ts="1.000001") == "thread_not_found"
    )
    assert [message.text for message in mara.messages(ops)] == ["root", "for all"]
    assert [message.text for message in mara.messages(ops, thread=root)] == ["root", "reply", "for all"]


def test_markdown_text_stands_for_text_alone(client: WebClient, ops: Conversation, mara: Person) -> None:
    client.chat_postMessage(channel=ops.id, markdown_text="# Closed")
    assert mara.messages(ops)[0].text == "# Closed"
    assert (
        refused(client.chat_postMessage, channel=ops.id, text="x", markdown_text="x")
        == "markdown_text_conflict"
    )


def test_a_message_holds_a_hundred_attachments(client: WebClient, ops: Conversation) -> None:
    def post(count: int) -> Any:
        return client.chat_postMessage(channel=ops.id, text="x", attachments=[{"text": "x"}] * count)

    assert post(100)["ok"]
    assert refused(post, count=101) == "too_many_attachments"


def test_a_conversation_holds_a_hundred_pins(client: WebClient, ops: Conversation) -> None:
    sent = [client.chat_postMessage(channel=ops.id, text="x")["ts"] for _ in range(2)]
    ops.pins.update({f"{number}.000000": 0 for number in range(99)})

    client.pins_add(channel=ops.id, timestamp=sent[0])
    assert refused(client.pins_add, channel=ops.id, timestamp=sent[1]) == "too_many_pins"


def test_metadata_is_checked(client: WebClient, ops: Conversation) -> None:
    def post(metadata: object) -> str:
        return refused(client.chat_postMessage, channel=ops.id, text="x", metadata=metadata)

    assert post({"event_type": "task"}) == "invalid_metadata_schema"
    assert post({"event_type": "task", "event_payload": {}, "more": 1}) == "invalid_metadata_format"
    assert post("task") == "invalid_metadata_format"
    assert post({"event_type": "task", "event_payload": {"text": "x" * 9000}}) == "metadata_too_large"


def test_an_update_with_text_alone_removes_the_blocks(
    client: WebClient, ops: Conversation, mara: Person
) -> None:
    key = {"event_type": "task", "event_payload": {"key": "1"}}
    ts = client.chat_postMessage(channel=ops.id, text="a", blocks=[section("a")], metadata=key)["ts"]

    client.chat_update(channel=ops.id, ts=ts, text="b")

    [message] = mara.messages(ops)
    assert (message.text, message.blocks, message.edited) == ("b", [], True)
    assert message.metadata == key  # kept, as it was not given


def test_an_update_with_blocks_shows_no_edited_mark(
    client: WebClient, ops: Conversation, mara: Person
) -> None:
    ts = client.chat_postMessage(channel=ops.id, text="a", blocks=[section("a")])["ts"]

    client.chat_update(channel=ops.id, ts=ts, text="b", blocks=[section("b")])
    assert (mara.messages(ops)[0].plain(), mara.messages(ops)[0].edited) == ("b", False)

    client.api_call("chat.update", json={"channel": ops.id, "ts": ts, "blocks": [section("c")]})
    assert (mara.messages(ops)[0].plain(), mara.messages(ops)[0].text) == ("c", "b")


def test_what_cannot_be_updated_or_deleted(client: WebClient, ops: Conversation, mara: Person) -> None:
    theirs = mara.say(ops, "mine").ts

    assert refused(client.chat_update, channel=ops.id, ts=theirs, text="x") == "cant_update_message"
    assert refused(client.chat_delete, channel=ops.id, ts=theirs) == "cant_delete_message"
    assert refused(client.chat_update, channel=ops.id, ts="1.000001", text="x") == "message_not_found"
    assert refused(client.chat_update, channel=mara.id, ts=theirs, text="x") == "channel_not_found"


def test_a_deleted_message_is_gone_but_a_root_with_replies_leaves_a_stone(
    client: WebClient, ops: Conversation, mara: Person
) -> None:
    alone = client.chat_postMessage(channel=ops.id, text="alone")["ts"]
    root = client.chat_postMessage(channel=ops.id, text="root")["ts"]
    client.chat_postMessage(channel=ops.id, text="reply", thread_ts=root)

    client.chat_delete(channel=ops.id, ts=alone)
    client.chat_delete(channel=ops.id, ts=root)

    [stone] = mara.messages(ops)
    assert (stone.plain(), stone.deleted) == ("This message was deleted.", True)
    assert [message.text for message in mara.messages(ops, thread=root)][1:] == ["reply"]
    assert client.conversations_history(channel=ops.id)["messages"][0]["subtype"] == "tombstone"
    assert refused(client.chat_update, channel=ops.id, ts=root, text="x") == "cant_update_message"


def test_an_ephemeral_message_is_seen_by_one_person_and_cannot_be_found(
    client: WebClient, ops: Conversation, mara: Person, lee: Person, workspace: Workspace
) -> None:
    ts = client.chat_postEphemeral(channel=ops.id, user=mara.id, text="only you")["message_ts"]

    assert [(m.plain(), m.ephemeral) for m in mara.messages(ops)] == [("only you", True)]
    assert lee.messages(ops) == []
    assert client.conversations_history(channel=ops.id)["messages"] == []
    assert refused(client.chat_update, channel=ops.id, ts=ts, text="x") == "message_not_found"
    assert refused(client.pins_add, channel=ops.id, timestamp=ts) == "message_not_found"
    outside = workspace.add_user("outside").id
    assert refused(client.chat_postEphemeral, channel=ops.id, user=outside, text="x") == "user_not_in_channel"


def test_an_ephemeral_reply_stands_in_its_thread(client: WebClient, ops: Conversation, mara: Person) -> None:
    root = client.chat_postMessage(channel=ops.id, text="root")["ts"]
    client.chat_postEphemeral(channel=ops.id, user=mara.id, text="psst", thread_ts=root)

    assert [message.text for message in mara.messages(ops)] == ["root"]
    assert [message.text for message in mara.messages(ops, thread=root)] == ["root", "psst"]


def test_pins(client: WebClient, ops: Conversation) -> None:
    ts = client.chat_postMessage(channel=ops.id, text="card")["ts"]

    client.pins_add(channel=ops.id, timestamp=ts)

    [item] = client.pins_list(channel=ops.id)["items"]
    assert (item["type"], item["message"]["ts"]) == ("message", ts)
    assert refused(client.pins_add, channel=ops.id, timestamp=ts) == "already_pinned"
    assert refused(client.pins_add, channel=ops.id, timestamp="1.000001") == "message_not_found"
    assert refused(client.pins_add, channel=ops.id) == "no_item_specified"


def test_permalinks(client: WebClient, ops: Conversation) -> None:
    root = client.chat_postMessage(channel=ops.id, text="root")["ts"]
    reply = client.chat_postMessage(channel=ops.id, text="reply", thread_ts=root)["ts"]

    link = client.chat_getPermalink(channel=ops.id, message_ts=root)["permalink"]
    assert link == f"https://practice.slack.com/archives/{ops.id}/p{root.replace('.', '')}"
    assert f"thread_ts={root}" in client.chat_getPermalink(channel=ops.id, message_ts=reply)["permalink"]


def test_a_message_taken_earlier_does_not_change(client: WebClient, ops: Conversation, mara: Person) -> None:
    ts = client.chat_postMessage(channel=ops.id, text="a", blocks=[actions(button("Old", "old"))])["ts"]
    before = mara.messages(ops)[0]

    client.chat_update(channel=ops.id, ts=ts, text="b")

    assert (before.text, before.buttons) == ("a", ["Old"])
    assert mara.latest(before).text == "b"
