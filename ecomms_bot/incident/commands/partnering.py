"""Partners: what one of them answered, or going on without."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ecomms_bot.incident.commands.base import Command


@dataclass(frozen=True, slots=True)
class RecordAcknowledgement(Command):
    """`by_whom`: who answered for the partner, and how; `at` (aware): when they did."""

    draft: str
    revision: int
    partner: str
    by_whom: str
    at: datetime


@dataclass(frozen=True, slots=True)
class WaivePartner(Command):
    draft: str
    revision: int
    partner: str
    reason: str
