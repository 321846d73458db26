"""What people do around a bot: deactivate, archive, delete, throw it out, or not pay for user groups."""

from __future__ import annotations

from typing import Any

import pytest
from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from ecomms_bot.practice.workspace import Conversation, NotOnScreen, Person, Workspace, WorkspaceError
from tests.practice.workspace.harness import Bots, modal, opens, section


def refused(method: Any, **args: Any) -> str:
    with pytest.raises(SlackApiError) as error:
        method(**args)
    return str(error.value.response["error"])


# --- deactivated people ------------------------------------------------------------------------------------


def test_a_deactivated_person_is_in_no_conversation_and_no_user_group(
    client: WebClient, workspace: Workspace, lee: Person, ops: Conversation
) -> None:
    group = workspace.add_group("duty", ["mara", "lee"])

    workspace.deactivate("lee")

    assert lee.id not in client.conversations_members(channel=ops.id)["members"]
    assert client.usergroups_users_list(usergroup=group.id)["users"] == [workspace.user("mara").id]
    assert client.users_info(user=lee.id)["user"]["deleted"] is True
    assert refused(client.conversations_invite, channel=ops.id, users=lee.id) == "cant_invite"
    assert refused(client.chat_postEphemeral, channel=ops.id, user=lee.id, text="x") == "user_not_in_channel"


def test_a_deactivated_person_is_written_to_only_where_there_were_direct_messages(
    client: WebClient, workspace: Workspace, mara: Person, lee: Person
) -> None:
    client.chat_postMessage(channel=mara.id, text="before")
    workspace.deactivate("mara")
    workspace.deactivate("lee")

    assert refused(client.chat_postMessage, channel=lee.id, text="x") == "user_disabled"
    assert refused(client.conversations_open, users=mara.id) == "user_disabled"
    assert client.chat_postMessage(channel=mara.id, text="nobody reads this")["ok"]


def test_a_deactivated_person_can_do_nothing(
    workspace: Workspace, app: App, bots: Bots, mara: Person, ops: Conversation
) -> None:
    opens(app, modal(section("x")))
    bots.connect(app)
    mara.command(ops, "/open")
    said = mara.say(ops, "140 vehicles")

    workspace.deactivate("mara")

    assert mara.modals == []
    for act in (
        lambda: mara.command(ops, "/open"),
        lambda: mara.messages(ops),
        lambda: mara.shortcut(said, "add-to-log"),
        mara.open_home,
        mara.submit,
    ):
        with pytest.raises(NotOnScreen, match="deactivated"):
            act()


# --- archived conversations --------------------------------------------------------------------------------


def test_an_archived_conversation_takes_nothing_and_its_name_stays_taken(
    client: WebClient, workspace: Workspace, mara: Person, ops: Conversation
) -> None:
    workspace.archive("ops")

    assert refused(client.chat_postMessage, channel=ops.id, text="x") == "is_archived"
    assert refused(client.chat_postEphemeral, channel=ops.id, user=mara.id, text="x") == "is_archived"
    assert refused(client.conversations_join, channel=ops.id) == "is_archived"
    assert refused(client.conversations_create, name="ops") == "name_taken"
    assert client.conversations_info(channel=ops.id)["channel"]["is_archived"] is True
    with pytest.raises(NotOnScreen, match="archived"):
        mara.say(ops, "Is anybody there?")


def test_after_unarchiving_the_bot_must_be_invited_again(
    client: WebClient, workspace: Workspace, mara: Person, ops: Conversation
) -> None:
    workspace.archive(ops)
    workspace.unarchive(ops)

    assert refused(client.chat_postMessage, channel=ops.id, text="x") == "not_in_channel"
    mara.invite_app(ops)
    assert client.chat_postMessage(channel=ops.id, text="x")["ok"]


def test_a_bot_that_was_thrown_out_posts_no_more(client: WebClient, mara: Person, ops: Conversation) -> None:
    ts = client.chat_postMessage(channel=ops.id, text="x")["ts"]

    mara.remove_app(ops)

    assert refused(client.chat_postMessage, channel=ops.id, text="x") == "not_in_channel"
    assert refused(client.conversations_history, channel=ops.id) == "not_in_channel"
    assert refused(client.pins_add, channel=ops.id, timestamp=ts) == "not_in_channel"


# --- deleted messages --------------------------------------------------------------------------------------


@pytest.mark.parametrize("replies", [0, 1])
def test_a_thread_whose_root_was_deleted_takes_no_reply(
    client: WebClient, workspace: Workspace, ops: Conversation, replies: int
) -> None:
    root = client.chat_postMessage(channel=ops.id, text="root")["ts"]
    for _ in range(replies):
        client.chat_postMessage(channel=ops.id, text="reply", thread_ts=root)

    workspace.delete_message(ops, root)

    assert refused(client.chat_postMessage, channel=ops.id, text="x", thread_ts=root) == "thread_not_found"
    gone = "cant_update_message" if replies else "message_not_found"
    assert refused(client.chat_update, channel=ops.id, ts=root, text="x") == gone


def test_a_deleted_message_is_not_pinned_any_more(
    client: WebClient, workspace: Workspace, ops: Conversation
) -> None:
    card = client.chat_postMessage(channel=ops.id, text="card")["ts"]
    client.pins_add(channel=ops.id, timestamp=card)

    workspace.delete_message("ops", card)

    assert client.pins_list(channel=ops.id)["items"] == []
    with pytest.raises(WorkspaceError, match="no such message"):
        workspace.delete_message("ops", card)


def test_people_delete_what_they_wrote_themselves(
    client: WebClient, mara: Person, lee: Person, ops: Conversation
) -> None:
    client.chat_postMessage(channel=ops.id, text="by the bot")
    mine = mara.say(ops, "140 vehicles")

    with pytest.raises(NotOnScreen, match="did not write this"):
        lee.delete(mine)
    with pytest.raises(NotOnScreen, match="did not write this"):
        mara.delete(mara.messages(ops)[0])
    mara.delete(mine)

    assert [message.text for message in mara.messages(ops)] == ["by the bot"]


# --- user groups and pins ----------------------------------------------------------------------------------


def test_a_free_workspace_has_no_user_groups(client: WebClient, workspace: Workspace) -> None:
    group = workspace.add_group("duty", ["mara"]).id
    workspace.paid = False

    assert refused(client.usergroups_users_list, usergroup=group) == "plan_upgrade_required"
    assert refused(client.usergroups_list) == "plan_upgrade_required"


def test_a_group_that_does_not_exist(client: WebClient) -> None:
    assert refused(client.usergroups_users_list, usergroup="S404") == "no_such_subteam"


def test_what_is_no_time_of_a_message_cannot_be_pinned(client: WebClient, ops: Conversation) -> None:
    assert refused(client.pins_add, channel=ops.id, timestamp="yesterday") == "bad_timestamp"


def test_a_personal_message_is_refused_over_forty_thousand_characters(
    client: WebClient, mara: Person, ops: Conversation
) -> None:
    long = "x" * 40_001
    assert refused(client.chat_postEphemeral, channel=ops.id, user=mara.id, text=long) == "msg_too_long"


def test_a_list_has_fewer_than_a_thousand_on_a_page(client: WebClient) -> None:
    assert client.conversations_list(limit=999)["ok"]
    assert refused(client.conversations_list, limit=1000) == "invalid_limit"
