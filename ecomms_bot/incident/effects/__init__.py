"""What has to be done in the world because of what happened: tasks to add and to cancel.

`wanted` says from a state alone which things should be shown and which reminders are owed; `faces`, what
each of them shows. The effects of a transaction are the differences between before and after: nothing has to
remember to cancel a reminder or to edit a card.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from ecomms_bot.incident import faces
from ecomms_bot.incident.effects.base import (
    ANSWER,
    DM,
    EDIT,
    INVITE,
    OPEN_CONVERSATION,
    PIN,
    POST,
    REMINDER,
    REPORT,
    again,
    ahead,
    lane_of_retry,
)
from ecomms_bot.incident.effects.drilling import briefing, drill
from ecomms_bot.incident.effects.ending import ending
from ecomms_bot.incident.effects.facts import changed_facts
from ecomms_bot.incident.effects.leaders import briefs
from ecomms_bot.incident.effects.opening import opening, steps
from ecomms_bot.incident.effects.people import course, questions, reminder_step, reports, said
from ecomms_bot.incident.effects.texts import drafts, overrides, previews
from ecomms_bot.incident.entry import Task, TaskChanges
from ecomms_bot.incident.events import Posted
from ecomms_bot.incident.keys import task_name
from ecomms_bot.incident.reminders import owed
from ecomms_bot.incident.state import Incident, Recorded

__all__ = [
    "ANSWER",
    "DM",
    "EDIT",
    "INVITE",
    "OPEN_CONVERSATION",
    "PIN",
    "POST",
    "REMINDER",
    "REPORT",
    "effects",
    "lane_of_retry",
    "reminder_step",
    "wanted",
]


def effects(before: Incident, after: Incident, new: Sequence[Recorded]) -> TaskChanges:
    """The tasks that one transaction adds and cancels; what is to do now is due when it was written."""
    now = new[-1].at
    had, has = wanted(before, now), wanted(after, now)
    add = [task for key, task in has.items() if key not in had]
    cancel = [key for key in had if key not in has]
    return TaskChanges((*add, *_edits(before, after, new, now)), tuple(cancel))


def wanted(state: Incident, now: datetime) -> dict[str, Task]:
    """Every task this state has ever called for and still does, by key; done ones are among them."""
    if not state.exists:
        return {}
    tasks = [
        *opening(state),
        *briefing(state),
        *steps(state),
        *drafts(state),
        *overrides(state),
        *briefs(state),
        *previews(state),
        *course(state),
        *changed_facts(state),
        *questions(state),
        *reports(state),
        *said(state),
        *drill(state),
        *ending(state),
    ]
    named = (again(state, task) if task.kind == POST else task for task in tasks)
    wanted_now = {task.key: _due(state, task, now) for task in named if task is not None}
    for key, reminder in owed(state).items():
        task_key = f"{state.id}/{REMINDER}/{task_name(key, reminder.again)}"
        lane = f"{state.id}/{REMINDER}/{key}"
        wanted_now[task_key] = Task(task_key, state.id, REMINDER, lane, reminder.due, {"reminder": key})
    return wanted_now


def _edits(before: Incident, after: Incident, new: Sequence[Recorded], now: datetime) -> Iterator[Task]:
    had, has = faces.faces(before), faces.faces(after)
    fresh = {each.event.thing: each.event.seen for each in new if isinstance(each.event, Posted)}
    for thing, face in has.items():
        if thing not in after.posted:
            continue
        outdated = fresh[thing] < after.changed_seq if thing in fresh else had.get(thing) != face
        if outdated:
            lane = f"{after.id}/{EDIT}/{thing}"
            yield Task(f"{lane}/{after.seq}", after.id, EDIT, lane, now, {"thing": thing}, coalesce=True)


def _due(state: Incident, task: Task, now: datetime) -> Task:
    """Due when it was written; what goes ahead of others in its lane before that, whatever the clock said."""
    assert state.opened_at is not None
    if task.due_at < state.opened_at:
        return task if task.due_at < now else ahead(replace(task, due_at=now))
    # `replace` takes three times as long, and most of this is only compared with what was there before.
    return Task(task.key, task.incident, task.kind, task.lane, now, task.ids, task.coalesce)
