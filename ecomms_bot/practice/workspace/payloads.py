"""What Slack sends to the app: the payloads of commands, clicks, shortcuts and submissions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ecomms_bot.practice.workspace import messages, views
from ecomms_bot.practice.workspace.normal import elements_of
from ecomms_bot.practice.workspace.state import Conversation, Json, StoredMessage, User, View

if TYPE_CHECKING:
    from ecomms_bot.practice.workspace.core import Workspace

TOKEN = "practice"  # noqa: S105  (the old verification token: a field that apps ignore)


def command(ws: Workspace, user: User, conversation: Conversation, name: str, text: str) -> Json:
    return {
        "token": TOKEN,
        "team_id": ws.team_id,
        "team_domain": ws.name,
        "channel_id": conversation.id,
        "channel_name": visible_name(conversation),
        "user_id": user.id,
        "user_name": user.handle,
        "command": name,
        "text": text,
        "api_app_id": ws.app_id,
        "is_enterprise_install": "false",
        "response_url": ws.new_response_url("commands", user.id, conversation.id),
        "trigger_id": ws.new_trigger(user.id).id,
    }


def escaped(ws: Workspace, text: str) -> str:
    """With `should_escape`: @handle and #name as ids, and the three characters as entities."""
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(sign, entity)

    def mention(match: re.Match[str]) -> str:
        sign, name = match.groups()
        ids = {user.handle: user.id for user in ws.users.values()}
        if sign == "#":
            ids = {one.name: one.id for one in ws.channels.values() if one.kind == "channel"}
        return f"<{sign}{ids[name]}|{name}>" if name in ids else match.group()

    return re.sub(r"(?<!\S)([@#])([\w.-]*\w)", mention, text)


def visible_name(conversation: Conversation) -> str:
    """Slack names neither DMs nor private conversations in payloads."""
    names = {"im": "directmessage", "private": "privategroup", "mpim": "privategroup"}
    return names.get(conversation.kind, conversation.name)


def message_action(
    ws: Workspace, user: User, conversation: Conversation, message: Json, action: Json, *, ephemeral: bool
) -> Json:
    """block_actions of a message, as it stood when the person saw it."""
    ts = message["ts"]
    container: Json = {
        "type": "message",
        "message_ts": ts,
        "channel_id": conversation.id,
        "is_ephemeral": ephemeral,
    }
    if message.get("thread_ts"):
        container["thread_ts"] = message["thread_ts"]
    payload = common(ws, user, "block_actions") | {
        "container": container,
        "trigger_id": ws.new_trigger(user.id).id,
        "channel": {"id": conversation.id, "name": visible_name(conversation)},
        "state": {"values": state_with(message.get("blocks", []), action)},
        "response_url": ws.new_response_url("actions", user.id, conversation.id, ts),
        "actions": [action],
    }
    if not ephemeral:  # Slack does not give the content of an ephemeral message back
        payload["message"] = message
    return payload


def state_with(blocks: list[Json], action: Json) -> Json:
    """`state.values` of a message: its fields' initial values, and the one just chosen."""
    from ecomms_bot.practice.workspace import forms  # noqa: PLC0415  (forms also reads views' blocks)

    values: Json = {}
    for block in blocks:
        for element in elements_of(block):
            if element["type"] not in forms.FIELDS:
                continue
            entry = forms.entry(element, forms.initial_value(element))
            if (block["block_id"], element["action_id"]) == (action["block_id"], action["action_id"]):
                entry = {key: action[key] for key in entry}
            values.setdefault(block["block_id"], {})[element["action_id"]] = entry
    return values


def view_action(ws: Workspace, user: User, view: View, action: Json) -> Json:
    """block_actions of a modal or the Home tab: no message, no response URL."""
    return common(ws, user, "block_actions") | {
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": ws.new_trigger(user.id, view.id).id,
        "view": views.describe(ws, view),
        "actions": [action],
    }


def submission(ws: Workspace, user: User, view: View) -> Json:
    return common(ws, user, "view_submission") | {
        "trigger_id": ws.new_trigger(user.id, view.id).id,
        "view": views.describe(ws, view),
        "response_urls": [],
    }


def closing(ws: Workspace, user: User, view: View, *, cleared: bool) -> Json:
    return common(ws, user, "view_closed") | {"view": views.describe(ws, view), "is_cleared": cleared}


def shortcut(ws: Workspace, user: User, callback_id: str) -> Json:
    return common(ws, user, "shortcut") | {
        "action_ts": ws.new_ts(),
        "callback_id": callback_id,
        "trigger_id": ws.new_trigger(user.id).id,
    }


def message_shortcut(
    ws: Workspace, user: User, conversation: Conversation, message: StoredMessage, callback_id: str
) -> Json:
    return common(ws, user, "message_action") | {
        "action_ts": ws.new_ts(),
        "callback_id": callback_id,
        "trigger_id": ws.new_trigger(user.id).id,
        "response_url": ws.new_response_url("actions", user.id, conversation.id, message.ts),
        "message_ts": message.ts,
        "channel": {"id": conversation.id, "name": visible_name(conversation)},
        "message": messages.mark_thread(
            conversation, message, messages.as_slack(ws, message, metadata=False)
        ),
    }


def common(ws: Workspace, user: User, kind: str) -> Json:
    return {
        "type": kind,
        "token": TOKEN,
        "api_app_id": ws.app_id,
        "team": {"id": ws.team_id, "domain": ws.name},
        "user": {"id": user.id, "username": user.handle, "name": user.handle, "team_id": ws.team_id},
        "enterprise": None,
        "is_enterprise_install": False,
    }
