"""What Slack tells of the threads of texts under review."""

from __future__ import annotations

from dataclasses import dataclass

from ecomms_bot.incident.commands.base import Command


@dataclass(frozen=True, slots=True)
class AddDiscussion(Command):
    """A reply in the thread that begins with the message `thread`. `ts` is the reply's own."""

    thread: str
    ts: str
    text: str


@dataclass(frozen=True, slots=True)
class ChangeDiscussion(Command):
    """The reply `ts` says something else now."""

    ts: str
    text: str


@dataclass(frozen=True, slots=True)
class DeleteDiscussion(Command):
    """The reply `ts` is not in Slack any more."""

    ts: str
