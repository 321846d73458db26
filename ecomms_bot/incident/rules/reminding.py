"""Reminders: when one comes due, putting the next off, setting one's own."""

from __future__ import annotations

from datetime import datetime, timedelta

from ecomms_bot.incident.commands import Context, FireReminder, SetReminder, Snooze
from ecomms_bot.incident.events import Event, ReminderFired, ReminderSet, ReminderSnoozed
from ecomms_bot.incident.ids import make_id
from ecomms_bot.incident.keys import of_task, promise_key, second_review_of
from ecomms_bot.incident.policy import IC, PIO, Act, require
from ecomms_bot.incident.reminders import BEFORE, POINTS, Reminder, audience, before_t5, owed
from ecomms_bot.incident.reminders.of_drills import SUBJECTS as DRILL_SUBJECTS
from ecomms_bot.incident.rules.common import require_open, when
from ecomms_bot.incident.rules.drilling import come_due
from ecomms_bot.incident.rules.escalating import whom_of_review
from ecomms_bot.incident.rules.overriding import lookers
from ecomms_bot.incident.state import Incident, Promise
from ecomms_bot.incident.wording import reject

SNOOZE_MINUTES = (5, 10)
TEXT_MAX = 500
THEIR_OWN = frozenset({"question", "personal", "unmarked"})
"""What is about somebody's own word: nobody else could take that, on duty or not."""


def fire_reminder(state: Incident, command: FireReminder, ctx: Context) -> tuple[Event, ...]:
    """Nothing if it is moot by now: answered, closed, said before, or overtaken by the next one."""
    reminder = owed(state).get(of_task(command.key))
    if reminder is None:
        return ()
    if reminder.superseded_at is not None and ctx.now >= reminder.superseded_at:
        return ()
    if reminder.subject in DRILL_SUBJECTS:
        return come_due(state, reminder, ctx)
    late = max(0, int((ctx.now - reminder.due).total_seconds()))
    role, people, stand_in = whom(state, reminder, ctx)
    fired = ReminderFired(
        key=reminder.key,
        late_seconds=late,
        to=people,
        role=role,
        stand_in=stand_in,
        off_duty=_off_duty(reminder, people, ctx),
    )
    return (fired,)


def _off_duty(reminder: Reminder, people: tuple[str, ...], ctx: Context) -> tuple[str, ...]:
    own = reminder.subject in THEIR_OWN
    return () if own else tuple(each for each in people if each in ctx.roster.off)


def whom(state: Incident, reminder: Reminder, ctx: Context) -> tuple[str, tuple[str, ...], bool]:
    """The role it is for, or ""; the people; and whether they stand in for a role without members."""
    if reminder.subject == "review":
        draft = state.drafts[reminder.subject_id]
        return whom_of_review(state, draft, reminder.point, ctx.roster)
    role, people = audience(state, reminder)
    if reminder.subject == "second-review":
        role, people = _to_look(state, reminder, ctx)
    elif role:
        people = ctx.roster.reach(role, state)
    elif reminder.subject not in THEIR_OWN and state.holder in ctx.roster.off.intersection(people):
        # What whoever runs the incident has to see to: while they are off duty, a pio or ic hears it as well.
        people = tuple(dict.fromkeys((*people, *(ctx.roster.of(PIO) or ctx.roster.of(IC)))))
    return role, people, bool(role) and not set(people).intersection(ctx.roster.all_of(role))


def _to_look(state: Incident, reminder: Reminder, ctx: Context) -> tuple[str, tuple[str, ...]]:
    """Leads who can give the second look; where there are none, who has to find somebody."""
    draft = state.drafts[reminder.subject_id]
    revision = next(each for each in draft.revisions if each.approved_seq == second_review_of(reminder.key))
    role, people = lookers(draft, revision, ctx.roster)
    return (role, people) if people else (PIO, ctx.roster.reach(PIO, state))


def snooze(state: Incident, command: Snooze, ctx: Context) -> tuple[Event, ...]:
    require_open(state)
    require(ctx.person, Act.REMIND, state)
    if command.minutes not in SNOOZE_MINUTES:
        raise reject("minutes", "A reminder can be put off by 5 or 10 minutes. It still comes at its time.")
    promise = _promise(state, command.promise)
    due = when(state, promise.due.utc)
    if promise.id in state.snoozes:
        raise reject(
            "snoozed", "This reminder was put off once already. The update is promised for {when}.", when=due
        )
    if ctx.now >= promise.due.utc:
        raise reject(
            "overdue",
            "The update was promised for {when}; that cannot be put off any more. Write it now.",
            when=due,
        )
    said = [point for point in BEFORE if promise_key(promise, point) in state.fired]
    if not said:
        raise reject(
            "nothing", "There is nothing to put off yet: the update is promised for {when}.", when=due
        )
    until = ctx.now + timedelta(minutes=command.minutes)
    if said[-1] == "T-15":
        until = _not_after_t5(promise, until, ctx.now)
    return (
        ReminderSnoozed(
            promise=promise.id, point=said[-1], person=ctx.person.id, minutes=command.minutes, until=until
        ),
    )


def set_reminder(state: Incident, command: SetReminder, ctx: Context) -> tuple[Event, ...]:
    require_open(state)
    require(ctx.person, Act.REMIND, state)
    text = command.text.strip()
    if not text or len(text) > TEXT_MAX:
        raise reject("text", "Say what to be reminded of, in 1 to {most} characters.", most=TEXT_MAX)
    if command.due.utc <= ctx.now:
        raise reject(
            "past", "{when} has passed. Give a time that is still to come.", when=when(state, command.due.utc)
        )
    reminder = make_id("r", ctx.command_id)
    return (ReminderSet(reminder=reminder, person=ctx.person.id, due=command.due, text=text),)


def _not_after_t5(promise: Promise, until: datetime, now: datetime) -> datetime:
    """T-5 comes anyway: what would be said shortly before or after it is left to it."""
    t5 = promise.due.utc + POINTS["T-5"]
    return t5 if now < t5 and (until > t5 or before_t5(promise, until)) else until


def _promise(state: Incident, promise_id: str) -> Promise:
    live = state.live_promises
    if promise_id:
        found = state.promises.get(promise_id)
        if found is not None and found.status == "live":
            return found
    elif live:
        return live[0]
    raise reject("no-promise", "No update is promised now, so there is nothing to put off.")
