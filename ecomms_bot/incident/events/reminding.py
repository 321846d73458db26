"""Reminders: asked for, said, put off."""

from __future__ import annotations

from pydantic import AwareDatetime, BaseModel, ConfigDict

from ecomms_bot.incident.events.base import Event
from ecomms_bot.playbook.instant import Instant


class ReminderSet(Event):
    """Someone asked to be reminded."""

    reminder: str
    person: str
    due: Instant
    text: str


class ReminderFired(Event):
    """A reminder came due and is being said to `to`. `late_seconds` is how long after its time.

    `role` is the role it is for, if any; `stand_in` if nobody of that role is there and others are asked
    instead. `off_duty`: who of them is off duty; the others stand in, if there are any.
    """

    key: str
    late_seconds: int
    to: tuple[str, ...]
    role: str = ""
    stand_in: bool = False
    off_duty: tuple[str, ...] = ()


class ReminderSnoozed(Event):
    """The last reminder before a promise will be said once more at `until`."""

    promise: str
    point: str
    person: str
    minutes: int
    until: AwareDatetime


class CameDue(BaseModel):
    """An obligation that came due while nobody was there to say so, at `due` (UTC).

    `key` is that of its latest reminder, `roles` and `to` those whom its reminders are for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
    key: str
    due: AwareDatetime
    roles: tuple[str, ...] = ()
    to: tuple[str, ...] = ()


class WasAway(Event):
    """No bot was running from `since` to `until` (UTC, incident time); what came due meanwhile."""

    since: AwareDatetime
    until: AwareDatetime
    due: tuple[CameDue, ...] = ()
