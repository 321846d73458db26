"""Correcting what was said about where and when a text was posted."""

from __future__ import annotations

from ecomms_bot.incident.commands import Context, CorrectReceipt
from ecomms_bot.incident.events import Event
from ecomms_bot.incident.state import Incident


def correct_receipt(state: Incident, command: CorrectReceipt, ctx: Context) -> tuple[Event, ...]:
    raise NotImplementedError
