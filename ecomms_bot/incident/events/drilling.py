"""Drills that people take part in: what came at its minute, and the end."""

from __future__ import annotations

from ecomms_bot.incident.events.base import Event


class InjectGiven(Event):
    """Something happens in the drill. The words are in the drill that `IncidentOpened` embeds."""

    inject: str
    late_seconds: int = 0


class DrillEnded(Event):
    """Its time is over: no inject comes any more, and no answer counts. The incident is still open."""

    late_seconds: int = 0
