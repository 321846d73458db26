"""Steps that will not be done."""

from __future__ import annotations

from ecomms_bot.incident.commands import Context, SkipStep
from ecomms_bot.incident.events import Event
from ecomms_bot.incident.state import Incident


def skip_step(state: Incident, command: SkipStep, ctx: Context) -> tuple[Event, ...]:
    raise NotImplementedError
