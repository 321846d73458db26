"""A Slack-compatible workspace on this machine: Web API, Socket Mode, and people to drive it with.

`Workspace` holds the state and the rules, `WorkspaceServer` puts it on a loopback port; the real bot reaches
it through SLACK_API_URL exactly as it reaches Slack.

Where it and Slack might differ:

- Group DMs, files, bookmarks, scheduled messages, attachments' content, external selects and rate limits by
  tier are not played; joining, pinning or a new topic leaves no message of the system in the conversation.
- A `msg_blocks_too_long` counts the characters of all texts; Slack's own way of counting is not documented.
- Option values must be distinct; Slack may be more lenient.
- A trigger whose view was refused can be used again; what Slack does is not documented.
- Which error Slack gives to a reply's ts as `thread_ts`, and to response URLs that are used up, is not
  documented either.
- The 24-hour clock is used where Slack asks each reader's preference.
"""

from __future__ import annotations

from ecomms_bot.practice.workspace.answers import Answer
from ecomms_bot.practice.workspace.core import Workspace
from ecomms_bot.practice.workspace.faults import Fault, Faults
from ecomms_bot.practice.workspace.person import Person
from ecomms_bot.practice.workspace.refusals import CallRefused, NotOnScreen, NotSeen, WorkspaceError
from ecomms_bot.practice.workspace.screen import Home, Message, Modal
from ecomms_bot.practice.workspace.server import WorkspaceServer
from ecomms_bot.practice.workspace.state import Call, Conversation, User, UserGroup
from ecomms_bot.practice.workspace.wire import Envelope

__all__ = [
    "Answer",
    "Call",
    "CallRefused",
    "Conversation",
    "Envelope",
    "Fault",
    "Faults",
    "Home",
    "Message",
    "Modal",
    "NotOnScreen",
    "NotSeen",
    "Person",
    "User",
    "UserGroup",
    "Workspace",
    "WorkspaceError",
    "WorkspaceServer",
]
