"""Reminders: set, said, put off."""

from __future__ import annotations

from dataclasses import replace

from ecomms_bot.incident import events as e
from ecomms_bot.incident.meanings.base import apply, with_
from ecomms_bot.incident.state import Away, Fired, Incident, PersonalReminder, Recorded, Snooze


@apply.register
def _(event: e.ReminderSet, state: Incident, _recorded: Recorded) -> Incident:
    reminder = PersonalReminder(event.reminder, event.person, event.due, event.text)
    return replace(state, reminders=with_(state.reminders, reminder.id, reminder))


@apply.register
def _(event: e.ReminderFired, state: Incident, recorded: Recorded) -> Incident:
    return replace(state, fired=with_(state.fired, event.key, Fired(event, recorded.at, recorded.seq)))


@apply.register
def _(event: e.ReminderSnoozed, state: Incident, _recorded: Recorded) -> Incident:
    snooze = Snooze(event.promise, event.point, event.person, event.minutes, event.until)
    return replace(state, snoozes=with_(state.snoozes, event.promise, snooze))


@apply.register
def _(event: e.WasAway, state: Incident, recorded: Recorded) -> Incident:
    return replace(state, away=(*state.away, Away(event, recorded.seq)))
