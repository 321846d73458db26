"""A drill that people take part in, as far as it has come: what came, what is still to come, and when."""

from __future__ import annotations

from datetime import datetime, timedelta

from ecomms_bot.incident.state import Given, Incident
from ecomms_bot.playbook.drills import Inject, TakePart


def part_of(state: Incident) -> TakePart | None:
    """What people take part in; None if this is no such drill."""
    return state.drill.take_part if state.drill else None


def running(state: Incident) -> bool:
    """Whether injects still come and answers still count."""
    return part_of(state) is not None and state.drill_ended is None and state.open


def begins_at(state: Incident) -> datetime:
    assert state.opened_at is not None
    return state.opened_at


def ends_at(state: Incident, part: TakePart) -> datetime:
    """When its time is over (UTC), if nobody closes the incident before."""
    return begins_at(state) + timedelta(minutes=part.minutes)


def comes_at(state: Incident, inject: Inject) -> datetime:
    return begins_at(state) + timedelta(minutes=inject.minute)


def still_to_come(state: Incident) -> tuple[Inject, ...]:
    """The injects that come later than all that came, in their order."""
    part = part_of(state)
    if part is None or not running(state):
        return ()
    came = [number for number, each in enumerate(part.injects) if each.id in state.injects]
    return part.injects[max(came, default=-1) + 1 :]


def awaited(state: Incident) -> tuple[tuple[Given, Inject], ...]:
    """What came and was not answered yet, the newest first; nothing once the drill is over."""
    part = part_of(state)
    if part is None or not running(state):
        return ()
    came = ((given, part.inject(given.id)) for given in reversed(list(state.injects.values())))
    return tuple((given, inject) for given, inject in came if inject is not None and given.answered is None)
