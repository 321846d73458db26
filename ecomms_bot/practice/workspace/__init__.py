"""A Slack-compatible workspace on this machine: Web API, Socket Mode, and people to drive it with.

`Workspace` holds the state and the rules, `WorkspaceServer` puts it on a loopback port; the real bot reaches
it through SLACK_API_URL exactly as it reaches Slack.
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
