"""After nobody was there: what came due meanwhile, said once, whatever each reminder says for itself."""

from __future__ import annotations

from datetime import datetime, timedelta

from ecomms_bot.incident.commands import Context, ReturnAfterAway
from ecomms_bot.incident.events import CameDue, Event, WasAway
from ecomms_bot.incident.reminders import Reminder, owed
from ecomms_bot.incident.reminders.of_drills import SUBJECTS as DRILL_SUBJECTS
from ecomms_bot.incident.rules.reminding import whom
from ecomms_bot.incident.state import Incident

WORTH_A_WORD = timedelta(minutes=10)
"""Shorter absences in which nothing came due are not spoken of."""
NOT_TOLD = frozenset({"personal", *DRILL_SUBJECTS})
"""What comes to one person alone; and what a drill brings, which tells itself."""
ONE_OBLIGATION = {"unmarked-promise": "unmarked"}
"""Subjects of reminders that press for the same thing as another."""


def return_after_away(state: Incident, command: ReturnAfterAway, ctx: Context) -> tuple[Event, ...]:
    """Once, whichever replica comes first: who comes later has the same command id."""
    if not state.open or state.opened_at is None:
        return ()
    since = max(command.since, state.opened_at)
    due = _came_due(state, command.until, ctx)
    enough = timedelta(0) if due else WORTH_A_WORD
    if command.until <= since or command.until - since < enough:
        return ()
    return (WasAway(since=since, until=command.until, due=due),)


def _came_due(state: Incident, until: datetime, ctx: Context) -> tuple[CameDue, ...]:
    """Each obligation once, by its last reminder."""
    found: dict[tuple[str, str], list[Reminder]] = {}
    for each in sorted(owed(state).values(), key=lambda reminder: reminder.due):
        overtaken = each.superseded_at is not None and until >= each.superseded_at
        if each.due <= until and not overtaken and each.subject not in NOT_TOLD:
            subject = ONE_OBLIGATION.get(each.subject, each.subject)
            found.setdefault((subject, each.subject_id), []).append(each)
    return tuple(_one(state, reminders, ctx) for reminders in found.values())


def _one(state: Incident, reminders: list[Reminder], ctx: Context) -> CameDue:
    asked = [whom(state, each, ctx) for each in reminders]
    roles = dict.fromkeys(role for role, _, _ in asked if role)
    people = dict.fromkeys(person for _, some, _ in asked for person in some)
    last = reminders[-1]
    return CameDue(key=last.key, due=last.due, roles=tuple(roles), to=tuple(people))
