"""Reminders: to set, to put off, to say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ecomms_bot.incident.commands.base import Command
from ecomms_bot.playbook.instant import Instant


@dataclass(frozen=True, slots=True)
class SetReminder(Command):
    due: Instant
    text: str


@dataclass(frozen=True, slots=True)
class Snooze(Command):
    """`promise` empty: the most urgent one of this incident."""

    minutes: int
    promise: str = ""


@dataclass(frozen=True, slots=True)
class FireReminder(Command):
    """The clock says that this reminder is due."""

    key: str


@dataclass(frozen=True, slots=True)
class ReturnAfterAway(Command):
    """A bot runs again; none did from `since` to `until` (UTC, incident time)."""

    since: datetime
    until: datetime
