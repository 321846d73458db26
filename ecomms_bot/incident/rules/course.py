"""The course of an incident: phase, severity, rest, who runs it."""

from __future__ import annotations

from ecomms_bot.incident.commands import (
    AcceptHandover,
    ChangePhase,
    ChangeSeverity,
    Context,
    OfferHandover,
    StandDown,
)
from ecomms_bot.incident.events import Event
from ecomms_bot.incident.state import Incident


def change_phase(state: Incident, command: ChangePhase, ctx: Context) -> tuple[Event, ...]:
    raise NotImplementedError


def change_severity(state: Incident, command: ChangeSeverity, ctx: Context) -> tuple[Event, ...]:
    raise NotImplementedError


def stand_down(state: Incident, command: StandDown, ctx: Context) -> tuple[Event, ...]:
    raise NotImplementedError


def offer_handover(state: Incident, command: OfferHandover, ctx: Context) -> tuple[Event, ...]:
    raise NotImplementedError


def accept_handover(state: Incident, command: AcceptHandover, ctx: Context) -> tuple[Event, ...]:
    raise NotImplementedError
