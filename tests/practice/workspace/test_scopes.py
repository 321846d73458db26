"""What an app may do is what its manifest asked for, for each kind of conversation."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from ecomms_bot.practice.workspace import (
    NEEDED,
    Conversation,
    NotOnScreen,
    Person,
    Workspace,
    WorkspaceServer,
)
from ecomms_bot.practice.workspace.web import METHODS

Json = dict[str, Any]


def missing(method: Any, **args: Any) -> tuple[str, str]:
    with pytest.raises(SlackApiError) as error:
        method(**args)
    answer = error.value.response
    assert answer["error"] == "missing_scope"
    return answer["needed"], answer["provided"]


def test_every_method_says_which_scopes_it_needs(server: WorkspaceServer) -> None:
    assert set(METHODS) == set(NEEDED)


@pytest.mark.parametrize(
    ("method", "scope"),
    [
        ("chat.postMessage", "chat:write"),
        ("chat.update", "chat:write"),
        ("chat.postEphemeral", "chat:write"),
        ("conversations.join", "channels:join"),
        ("pins.add", "pins:write"),
        ("users.info", "users:read"),
        ("usergroups.users.list", "usergroups:read"),
        ("files.getUploadURLExternal", "files:write"),
        ("files.completeUploadExternal", "files:write"),
    ],
)
def test_without_its_scope_a_method_does_not_even_look_at_its_arguments(
    client: WebClient, workspace: Workspace, method: str, scope: str
) -> None:
    workspace.scopes = {"commands", "im:read"}

    assert missing(client.api_call, api_method=method) == (scope, "commands,im:read")


@pytest.mark.parametrize("method", ["auth.test", "blocks.validate", "chat.getPermalink", "views.publish"])
def test_some_methods_need_none(client: WebClient, workspace: Workspace, method: str) -> None:
    workspace.scopes = set()

    with suppress(SlackApiError):  # for want of arguments, say
        client.api_call(method)

    assert workspace.calls[-1].error != "missing_scope"
    assert workspace.calls[-1].scopes == ()


@pytest.mark.parametrize(
    ("verb", "method"),
    [("read", "info"), ("read", "members"), ("history", "history"), ("history", "replies")],
)
def test_each_kind_of_conversation_has_a_scope_of_its_own(
    client: WebClient, workspace: Workspace, mara: Person, *, verb: str, method: str
) -> None:
    places = {
        "channels": workspace.add_conversation("open", ["mara", workspace.bot.id]).id,
        "groups": workspace.add_conversation("secret", ["mara", workspace.bot.id], private=True).id,
        "mpim": workspace.add_direct_message(["mara", "lee", workspace.bot.id]).id,
        "im": mara.dm.id,
    }
    call = getattr(client, f"conversations_{method}")

    for kind, place in places.items():
        given = {"channel": place}
        if method == "replies":
            given["ts"] = client.chat_postMessage(channel=place, text="root")["ts"]
        workspace.scopes = {f"{other}:{verb}" for other in places if other != kind} | {"chat:write"}
        assert missing(call, **given)[0] == f"{kind}:{verb}"
        workspace.scopes = {f"{kind}:{verb}", "chat:write"}
        assert call(**given)["ok"]
        assert workspace.calls[-1].scopes == (f"{kind}:{verb}",)
        workspace.scopes = None


def test_with_none_of_them_all_are_named(client: WebClient, workspace: Workspace, ops: Conversation) -> None:
    workspace.scopes = {"chat:write"}

    needed, provided = missing(client.conversations_history, channel=ops.id)

    assert needed == "channels:history,groups:history,mpim:history,im:history"
    assert provided == "chat:write"


def test_a_conversation_that_the_bot_may_not_see_is_not_told_from_one_that_is_not_there(
    client: WebClient, workspace: Workspace
) -> None:
    workspace.scopes = {"channels:read"}
    secret = workspace.add_conversation("secret", ["mara"], private=True)

    with pytest.raises(SlackApiError, match="channel_not_found"):
        client.conversations_info(channel=secret.id)


def test_making_and_filling_a_private_conversation_takes_other_scopes_than_a_public_one(
    client: WebClient, workspace: Workspace, mara: Person
) -> None:
    workspace.scopes = {"channels:manage"}
    made = client.conversations_create(name="open")["channel"]["id"]
    assert missing(client.conversations_create, name="secret", is_private=True)[0] == "groups:write"
    client.conversations_invite(channel=made, users=mara.id)
    client.conversations_setTopic(channel=made, topic="Closed")

    workspace.scopes = {"groups:write"}
    secret = client.conversations_create(name="secret", is_private=True)["channel"]["id"]
    client.conversations_invite(channel=secret, users=mara.id)
    assert missing(client.conversations_archive, channel=made)[0] == "channels:manage"


def test_a_narrower_scope_will_do_for_inviting_and_for_topics(
    client: WebClient, workspace: Workspace, ops: Conversation
) -> None:
    workspace.add_user("pia")
    workspace.scopes = {"channels:write.invites", "channels:write.topic"}

    client.conversations_invite(channel=ops.id, users=workspace.user("pia").id)
    client.conversations_setTopic(channel=ops.id, topic="Closed")

    used = [call.scopes for call in workspace.calls[-2:]]
    assert used == [("channels:write.invites",), ("channels:write.topic",)]


def test_a_list_needs_the_scope_of_every_kind_that_is_asked_for(
    client: WebClient, workspace: Workspace
) -> None:
    workspace.scopes = {"channels:read"}

    client.conversations_list(types="public_channel")
    assert missing(client.conversations_list, types="public_channel,private_channel")[0] == "groups:read"


def test_direct_messages_can_be_written_but_not_opened_or_read_with_chat_write_alone(
    client: WebClient, workspace: Workspace, mara: Person, lee: Person
) -> None:
    workspace.scopes = {"chat:write", "channels:history"}

    dm = client.chat_postMessage(channel=mara.id, text="Only you")["channel"]

    assert missing(client.conversations_history, channel=dm)[0] == "im:history"
    assert missing(client.conversations_open, users=mara.id)[0] == "mpim:write,im:write"
    workspace.scopes = {"im:write"}
    assert client.conversations_open(users=mara.id)["channel"]["id"] == dm
    assert missing(client.conversations_open, users=[mara.id, lee.id])[0] == "mpim:write"


def test_a_call_is_recorded_with_the_scopes_that_it_made_use_of(
    client: WebClient, workspace: Workspace, ops: Conversation
) -> None:
    elsewhere = workspace.add_conversation("elsewhere", ["mara"])
    workspace.scopes = {"chat:write", "chat:write.public", "pins:write"}

    client.chat_postMessage(channel=ops.id, text="as a member")
    client.chat_postMessage(channel=elsewhere.id, text="as a stranger")
    with pytest.raises(SlackApiError):
        client.conversations_join(channel=elsewhere.id)

    used = [call.scopes for call in workspace.calls]
    assert used == [("chat:write",), ("chat:write", "chat:write.public"), ()]


def test_where_every_scope_is_granted_the_usual_one_is_recorded(
    client: WebClient, workspace: Workspace
) -> None:
    client.conversations_create(name="open")

    assert workspace.calls[-1].scopes == ("channels:manage",)


def test_an_app_without_the_scope_commands_has_neither_commands_nor_shortcuts(
    workspace: Workspace, mara: Person, ops: Conversation
) -> None:
    workspace.scopes = {"chat:write"}

    with pytest.raises(NotOnScreen, match="not a valid command"):
        mara.command(ops, "/ecomms status")
    with pytest.raises(NotOnScreen, match="scope commands"):
        mara.shortcut(mara.say(ops, "140 vehicles"), "Add to the log")


MANIFEST: Json = {
    "display_information": {"name": "ecomms"},
    "features": {
        "app_home": {"home_tab_enabled": False, "messages_tab_enabled": True},
        "slash_commands": [{"command": "/ecomms", "description": "…", "should_escape": True}],
        "shortcuts": [
            {"name": "Add to the log", "type": "message", "callback_id": "add-to-log", "description": "…"}
        ],
    },
    "oauth_config": {"scopes": {"bot": ["commands", "chat:write"]}},
    "settings": {"event_subscriptions": {"bot_events": ["app_home_opened"]}},
}


def test_a_manifest_says_it_all_at_once(
    client: WebClient, workspace: Workspace, mara: Person, ops: Conversation
) -> None:
    workspace.install(MANIFEST)

    assert client.auth_test().headers["x-oauth-scopes"] == "chat:write,commands"
    assert workspace.should_escape
    assert workspace.events.subscribed == {"app_home_opened"}
    with pytest.raises(NotOnScreen, match="/weather is not a valid command"):
        mara.command(ops, "/weather")
    with pytest.raises(NotOnScreen, match="Offered: Add to the log"):
        mara.shortcut(mara.say(ops, "140 vehicles"), "Remember this")
    with pytest.raises(SlackApiError, match="not_enabled"):
        client.views_publish(user_id=mara.id, view={"type": "home", "blocks": []})


def test_what_a_manifest_leaves_out_is_not_there(
    workspace: Workspace, mara: Person, ops: Conversation
) -> None:
    workspace.install({})

    assert workspace.scopes == set()
    assert workspace.events.subscribed == set()
    with pytest.raises(NotOnScreen):
        mara.command(ops, "/ecomms")
    with pytest.raises(NotOnScreen, match="no home tab"):
        mara.open_home()
