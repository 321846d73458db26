"""Tokens, scopes and unknown methods: what is checked before any work."""

from __future__ import annotations

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from ecomms_bot.practice.workspace import Conversation, Workspace, WorkspaceServer


def refusal(client: WebClient, method: str, **args: object) -> str:
    with pytest.raises(SlackApiError) as refused:
        client.api_call(method, params=args)
    return str(refused.value.response["error"])


def test_the_bot_learns_who_it_is(client: WebClient, workspace: Workspace) -> None:
    answer = client.auth_test()

    assert (answer["user_id"], answer["bot_id"], answer["team_id"]) == (
        workspace.bot.id,
        workspace.bot_id,
        workspace.team_id,
    )
    assert "chat:write" in answer.headers["x-oauth-scopes"]


@pytest.mark.parametrize(("token", "error"), [(None, "not_authed"), ("xoxb-somebody-else", "invalid_auth")])
def test_a_missing_or_foreign_token_is_refused(
    server: WorkspaceServer, token: str | None, error: str
) -> None:
    assert refusal(WebClient(token=token, base_url=server.url), "auth.test") == error


def test_each_token_has_its_methods(server: WorkspaceServer, workspace: Workspace) -> None:
    app_level = WebClient(token=workspace.app_token, base_url=server.url)
    bot_level = WebClient(token=workspace.bot_token, base_url=server.url)

    assert refusal(app_level, "chat.postMessage", channel="C1", text="x") == "not_allowed_token_type"
    assert refusal(bot_level, "apps.connections.open") == "not_allowed_token_type"
    assert app_level.api_call("apps.connections.open")["url"].startswith("ws://127.0.0.1:")


def test_a_token_in_a_form_is_taken_but_not_for_socket_mode(
    server: WorkspaceServer, workspace: Workspace
) -> None:
    nobody = WebClient(base_url=server.url)
    form = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": ""}

    def call(method: str, token: str) -> object:
        body = {"headers": form, "params": {"token": token}, "data": {}, "json": {}, "files": {}}
        return nobody._request_for_pagination(server.url + method, body)["data"]["ok"]  # noqa: SLF001

    assert call("auth.test", workspace.bot_token) is True
    assert call("apps.connections.open", workspace.app_token) is False


def test_an_unknown_method_is_said_to_be_unknown(client: WebClient) -> None:
    assert refusal(client, "chat.shout") == "unknown_method"


def test_a_method_needs_one_of_its_scopes(client: WebClient, workspace: Workspace, ops: Conversation) -> None:
    workspace.scopes = {"commands", "chat:write"}

    client.chat_postMessage(channel=ops.id, text="allowed")
    with pytest.raises(SlackApiError) as refused:
        client.pins_list(channel=ops.id)

    answer = refused.value.response
    assert (answer["error"], answer["needed"], answer["provided"]) == (
        "missing_scope",
        "pins:read",
        "chat:write,commands",
    )


def test_calls_are_recorded_in_order_without_the_token(
    client: WebClient, workspace: Workspace, ops: Conversation
) -> None:
    client.chat_postMessage(channel=ops.id, text="one")
    refusal(client, "conversations.info", channel="C404")

    first, second = workspace.calls
    assert (first.number, first.method, first.ok, first.args["text"]) == (1, "chat.postMessage", True, "one")
    assert (second.method, second.ok, second.error) == ("conversations.info", False, "channel_not_found")
    assert first.result is not None
    assert first.result["ts"] == ops.messages[0].ts
    assert workspace.calls_of("chat.postMessage") == [first]
    assert workspace.bot_token not in str(workspace.calls)
