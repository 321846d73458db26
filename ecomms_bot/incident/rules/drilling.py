"""What a drill brings when its minute has come: injects in their order, then the end."""

from __future__ import annotations

from ecomms_bot.incident.commands import Context
from ecomms_bot.incident.drilling import comes_at, ends_at, part_of, still_to_come
from ecomms_bot.incident.events import DrillEnded, Event, InjectGiven
from ecomms_bot.incident.reminders import Reminder
from ecomms_bot.incident.state import Incident


def come_due(state: Incident, reminder: Reminder, ctx: Context) -> tuple[Event, ...]:
    """Everything whose minute has come, in its order, although several may be asked for at once.

    After the end no inject comes: who was away until then finds the drill over.
    """
    part = part_of(state)
    assert part is not None
    now = max(ctx.now, reminder.due)  # the clock may have been set back since
    end = ends_at(state, part)
    if now >= end:
        return (DrillEnded(late_seconds=int((now - end).total_seconds())),)
    due = ((inject, now - comes_at(state, inject)) for inject in still_to_come(state))
    return tuple(
        InjectGiven(inject=inject.id, late_seconds=int(late.total_seconds()))
        for inject, late in due
        if late.total_seconds() >= 0
    )
