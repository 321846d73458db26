"""Drills in words: what came, and the end."""

from __future__ import annotations

from datetime import timedelta

from ecomms_bot.incident import events as e
from ecomms_bot.incident.drilling import part_of
from ecomms_bot.incident.state import Incident, Recorded
from ecomms_bot.incident.telling.base import short, tell, with_
from ecomms_bot.incident.wording import Sentence, duration, say

LATE = timedelta(minutes=1)
"""What comes later than this tells how late it came."""


@tell.register
def _(event: e.InjectGiven, _recorded: Recorded, state: Incident) -> Sentence:
    inject = inject_named(state, event.inject)
    return with_(say("Inject "), inject, _late(event.late_seconds))


@tell.register
def _(event: e.DrillEnded, _recorded: Recorded, _state: Incident) -> Sentence:
    return with_(say("End of the drill"), _late(event.late_seconds))


def inject_named(state: Incident, name: str) -> Sentence:
    """As in “3 of 9, Duty hydrologist, by phone: “Gauge at …””."""
    part = part_of(state)
    assert part is not None
    inject = next(each for each in part.injects if each.id == name)
    return say(
        "{number} of {many}, {source}: “{words}”",
        number=part.injects.index(inject) + 1,
        many=len(part.injects),
        source=inject.who,
        words=short(inject.says),
    )


def _late(seconds: int) -> Sentence:
    late = timedelta(seconds=seconds)
    return say("") if late < LATE else say(" ({late} late)", late=duration(late))
