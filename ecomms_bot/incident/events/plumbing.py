"""What the bot itself records: where its messages stand, and what could not be done."""

from __future__ import annotations

from typing import ClassVar

from ecomms_bot.incident.events.base import Event


class Posted(Event):
    """A thing has its first message. `seen` is the entry up to which the message showed the state."""

    plumbing: ClassVar[bool] = True
    thing: str
    conversation: str
    ts: str
    seen: int


class PostGone(Event):
    """A message of the bot is not in Slack any more: somebody deleted it, or what began its thread."""

    plumbing: ClassVar[bool] = True
    thing: str
    conversation: str
    ts: str


class EffectFailed(Event):
    """Something could not be done in Slack; `problem` says it in plain words, `advice` what to do."""

    task: str
    kind: str
    thing: str
    problem: str
    advice: str
