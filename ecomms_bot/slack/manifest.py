"""The app manifest: what the bot asks of a workspace, each permission with its reason, and nothing more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from ecomms_bot.slack import names

SCOPES: Mapping[str, str] = {
    "commands": "answer /ecomms and the shortcut",
    "chat:write": "post and edit its own messages, and write to one person",
    "channels:manage": "make the conversation of an incident and invite people to it",
    "channels:read": "look at a public conversation that you choose, and find its own again by name",
    "channels:join": "use a public conversation that you choose instead of a new one",
    "channels:history": "look for its own message in a public conversation before it sends one again, "
    "and keep replies to a text under review, or in a drill, in the log",
    "groups:read": "use a private conversation to which you invited it",
    "groups:write.invites": "invite people to that private conversation",
    "groups:history": "look for its own message in a private conversation before it sends one again, "
    "and keep replies to a text under review, or in a drill, in the log",
    "im:write": "open direct messages, to send files and to look for its own message",
    "im:history": "look for its own message in direct messages before it sends one again",
    "pins:write": "pin the card",
    "files:write": "send the log as files to who asked for it, and the debrief of a drill to who took part",
    "users:read": "tell guests from staff, and write names into reports",
    "usergroups:read": "read who is in a user group that ecomms.yaml names for a role",
}
"""Bot scope → what the bot needs it for. tests/scenario/test_manifest.py plays every call that needs one."""

OPTIONAL: Mapping[str, str] = {
    **dict.fromkeys(
        ("channels:join", "groups:read", "groups:write.invites", "groups:history"),
        "Without it every incident needs a new conversation.",
    ),
    "usergroups:read": "Without it roles can only name people.",
}
"""Scope that may be left out → what is not possible then."""

EVENTS: Mapping[str, str] = {"app_home_opened": "draw the Home of who opens it"}
DISCUSSION_EVENTS: Mapping[str, str] = {
    "message.channels": "keep replies to a text under review, or in a drill, in the log, and see when its "
    "message is deleted",
    "message.groups": "keep such replies, and see what is deleted, where the conversation is private",
}
"""Event → what the bot listens to it for; it reads no other messages. Unless `discussion: false` is set."""
SHORTCUT = "Add to the log"


def events(*, discussion: bool = True) -> Mapping[str, str]:
    """What Slack tells the bot of, and why. `discussion`: as `ecomms.yaml` says."""
    return {**EVENTS, **DISCUSSION_EVENTS} if discussion else EVENTS


def manifest(*, address: str = "", discussion: bool = True) -> dict[str, Any]:
    """For *Create New App*, *From a manifest*. `address`: where Slack reaches the bot; "" for Socket Mode."""
    there = f"{address.rstrip('/')}/slack/events" if address else ""
    url = {"url": there} if there else {}
    request_url = {"request_url": there} if there else {}
    return {
        "display_information": {
            "name": "ecomms",
            "description": "Drafts, approvals and promised updates in emergencies",
            "background_color": "#1f3a5f",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "ecomms", "always_online": True},
            "slash_commands": [
                {
                    "command": names.COMMAND,
                    "description": "Open and run an incident",
                    "usage_hint": "start flood | next | status | help",
                    "should_escape": True,
                    **url,
                }
            ],
            "shortcuts": [
                {
                    "name": SHORTCUT,
                    "type": "message",
                    "callback_id": names.LOG_SHORTCUT,
                    "description": "Keep this message as a note, a fact or a question",
                }
            ],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {"bot_events": list(events(discussion=discussion)), **request_url},
            "interactivity": {"is_enabled": True, **request_url},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not there,
            "token_rotation_enabled": False,
        },
    }


def as_yaml(*, address: str = "", discussion: bool = True) -> str:
    """The manifest as YAML, the reason beside each permission and event."""
    made = manifest(address=address, discussion=discussion)
    text = yaml.safe_dump(made, sort_keys=False, allow_unicode=True, width=120)
    for each, why in {**SCOPES, **events(discussion=discussion)}.items():
        text = text.replace(f"- {each}\n", f"- {each}  # {why}\n")
    return text
