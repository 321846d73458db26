"""What a drill brings at its minute, and its end."""

from __future__ import annotations

from collections.abc import Iterator

from ecomms_bot.incident.drilling import comes_at, ends_at, part_of, running, still_to_come
from ecomms_bot.incident.keys import DRILL_END, inject_key
from ecomms_bot.incident.reminders.base import Reminder
from ecomms_bot.incident.state import Incident

SUBJECTS = frozenset({"inject", "drill"})
"""Subjects that are nobody's task: they are told by what they bring."""


def of_drill(state: Incident) -> Iterator[Reminder]:
    part = part_of(state)
    if part is None or not running(state):
        return
    for inject in still_to_come(state):
        yield Reminder(inject_key(inject.id), "inject", inject.id, "due", comes_at(state, inject))
    yield Reminder(DRILL_END, "drill", "end", "due", ends_at(state, part))
