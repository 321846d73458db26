"""What the worker says: where a thing stands now, what could not be done."""

from __future__ import annotations

from dataclasses import dataclass

from ecomms_bot.incident.commands.base import Command


@dataclass(frozen=True, slots=True)
class RecordPosted(Command):
    """The worker says where a thing stands now. `seen`: the entry up to which it showed the state."""

    thing: str
    conversation: str
    ts: str
    seen: int


@dataclass(frozen=True, slots=True)
class RecordGone(Command):
    """The message `ts`, which showed a thing, is not in Slack any more."""

    thing: str
    ts: str


@dataclass(frozen=True, slots=True)
class RecordFailure(Command):
    """The worker says that something could not be done."""

    task: str
    kind: str
    thing: str
    problem: str
    advice: str
