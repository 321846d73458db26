"""Messages as an app hears of them: new ones, replies, files, edits, deletions; and what it does not hear."""

from __future__ import annotations

from typing import Any

import pytest
from slack_bolt import App
from slack_sdk import WebClient

from ecomms_bot.practice.workspace import Conversation, NotOnScreen, Person, Workspace
from tests.practice.workspace.harness import Bots

Json = dict[str, Any]


@pytest.fixture
def heard(workspace: Workspace, app: App, bots: Bots) -> list[Json]:
    """What an app is told that subscribed to messages of conversations, public and private."""
    told: list[Json] = []

    @app.event("message")
    def listen(event: Json) -> None:
        told.append(event)

    workspace.events.subscribed |= {"message.channels", "message.groups"}
    bots.connect(app)
    return told


def settled(workspace: Workspace) -> None:
    workspace.wait_for(lambda: not workspace.busy())


def only(workspace: Workspace, heard: list[Json]) -> Json:
    settled(workspace)
    (event,) = heard
    heard.clear()
    return event


def test_a_reply_names_its_thread(
    workspace: Workspace, heard: list[Json], mara: Person, lee: Person, ops: Conversation
) -> None:
    root = mara.say(ops, "The river rises.")
    event = only(workspace, heard)
    assert "thread_ts" not in event
    reply = lee.say(ops, "How fast?", root)
    event = only(workspace, heard)
    assert (event["ts"], event["thread_ts"], event["parent_user_id"]) == (reply.ts, root.ts, mara.id)
    assert (event["user"], event["text"], event["channel"]) == (lee.id, "How fast?", ops.id)
    assert (event["channel_type"], event["event_ts"], "subtype" in event) == ("channel", reply.ts, False)


def test_a_reply_to_all_comes_with_what_began_the_thread(
    workspace: Workspace, heard: list[Json], mara: Person, ops: Conversation
) -> None:
    root = mara.say(ops, "The river rises.")
    only(workspace, heard)
    reply = mara.say(ops, "It is at 3.1 m.", root, broadcast=True)
    event = only(workspace, heard)
    assert (event["subtype"], event["thread_ts"]) == ("thread_broadcast", root.ts)
    assert (event["root"]["ts"], event["root"]["reply_count"]) == (root.ts, 1)
    assert reply.ts in [each.ts for each in mara.messages(ops)]


def test_files_come_with_the_message(
    workspace: Workspace, heard: list[Json], mara: Person, ops: Conversation
) -> None:
    said = mara.say(ops, "", files=["map.png", "notes"])
    event = only(workspace, heard)
    assert (event["subtype"], event["upload"], event["ts"]) == ("file_share", True, said.ts)
    assert [(each["name"], each["user"]) for each in event["files"]] == [
        ("map.png", mara.id),
        ("notes", mara.id),
    ]


def test_an_edit_says_what_stands_there_now_and_stood_before(
    workspace: Workspace, heard: list[Json], mara: Person, lee: Person, ops: Conversation
) -> None:
    root = mara.say(ops, "The river rises.")
    said = mara.say(ops, "3.1 m", root)
    settled(workspace)
    heard.clear()
    assert mara.edit(said, "3.2 m").text == "3.2 m"
    event = only(workspace, heard)
    assert (event["subtype"], event["hidden"], event["ts"] != said.ts) == ("message_changed", True, True)
    assert (event["previous_message"]["text"], event["message"]["text"]) == ("3.1 m", "3.2 m")
    assert event["message"]["thread_ts"] == root.ts
    assert event["message"]["edited"]["user"] == mara.id
    assert "user" not in event
    with pytest.raises(NotOnScreen, match="lee did not write this"):
        lee.edit(said, "4 m")
    mara.delete(said)
    with pytest.raises(NotOnScreen, match="cannot be edited"):
        mara.edit(said, "4 m")


def test_a_deleted_reply_is_gone_and_the_first_message_of_a_thread_leaves_a_notice(
    workspace: Workspace, heard: list[Json], mara: Person, ops: Conversation
) -> None:
    root = mara.say(ops, "The river rises.")
    one, other = mara.say(ops, "3.1 m", root), mara.say(ops, "3.2 m", root)
    settled(workspace)
    heard.clear()
    mara.delete(one)
    event = only(workspace, heard)
    assert (event["subtype"], event["deleted_ts"]) == ("message_deleted", one.ts)
    assert (event["previous_message"]["text"], "message" in event) == ("3.1 m", False)
    mara.delete(root)
    event = only(workspace, heard)
    assert (event["subtype"], event["message"]["subtype"]) == ("message_changed", "tombstone")
    assert (event["message"]["ts"], event["message"]["user"]) == (root.ts, "USLACKBOT")
    assert (event["message"]["reply_count"], event["previous_message"]["user"]) == (1, mara.id)
    assert other.ts in [each.ts for each in mara.messages(ops, root)]


def test_what_an_administrator_deletes_of_the_apps_own_is_told_too(
    workspace: Workspace, heard: list[Json], client: WebClient, ops: Conversation
) -> None:
    """Bolt takes that for the app's own doing, unless it is told not to: so look at what was sent."""
    sent = client.chat_postMessage(channel=ops.id, text="A card")
    workspace.delete_message(ops, sent["ts"])
    settled(workspace)
    (envelope,) = workspace.envelopes
    event = envelope.payload["event"]
    assert (event["deleted_ts"], event["previous_message"]["bot_id"]) == (sent["ts"], workspace.bot_id)
    assert heard == []


def test_an_app_hears_itself_only_if_that_is_asked_for(
    workspace: Workspace, heard: list[Json], client: WebClient, ops: Conversation, mara: Person
) -> None:
    client.chat_postMessage(channel=ops.id, text="A card")
    assert workspace.envelopes == []
    workspace.events.echoes = True
    sent = client.chat_postMessage(channel=ops.id, text="A card")
    client.chat_update(channel=ops.id, ts=sent["ts"], text="A newer card")
    client.chat_postEphemeral(channel=ops.id, user=mara.id, text="For you alone")
    settled(workspace)
    told = [envelope.payload["event"] for envelope in workspace.envelopes]
    assert [each.get("subtype") for each in told] == [None, "message_changed"]
    assert told[0]["bot_id"] == told[1]["message"]["bot_id"] == workspace.bot_id


@pytest.mark.parametrize("missing", ["the event", "the scope", "membership"])
def test_without_event_scope_or_membership_an_app_hears_nothing(
    workspace: Workspace, heard: list[Json], mara: Person, ops: Conversation, missing: str
) -> None:
    if missing == "the event":
        workspace.events.subscribed.discard("message.channels")
    elif missing == "the scope":
        workspace.scopes = {"chat:write", "groups:history"}
    else:
        mara.remove_app(ops)
    said = mara.say(ops, "The river rises.")
    mara.edit(said, "The river falls.")
    mara.delete(said)
    assert (workspace.envelopes, heard) == ([], [])


def test_private_conversations_have_an_event_of_their_own(
    workspace: Workspace, heard: list[Json], mara: Person
) -> None:
    room = workspace.add_conversation("war-room", ["mara"], private=True)
    mara.invite_app(room)
    mara.say(room, "The river rises.")
    assert only(workspace, heard)["channel_type"] == "group"
    workspace.events.subscribed.discard("message.groups")
    mara.say(room, "The river falls.")
    settled(workspace)
    assert heard == []
