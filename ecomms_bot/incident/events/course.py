"""The course of an incident: its opening, steps, phase, severity, rest, who runs it, its end."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from ecomms_bot.incident.events.base import Event, Phase
from ecomms_bot.playbook.instant import Instant


class IncidentOpened(Event):
    """The playbook is embedded whole: an edit of its file never changes a running incident or a replay.

    So is the drill, if it is one that people take part in.
    """

    name: str
    area: str
    zone: str
    phase: Phase
    severity: str
    exercise: bool
    opener: str
    conversation: str | None
    conversation_name: str
    roles_configured: bool
    playbook: dict[str, Any]
    playbook_sha256: str
    drill: dict[str, Any] | None = None


class StepStarted(Event):
    """A step is under way: its root message is posted. `due` is when it is wanted, if the playbook says."""

    step: str
    due: Instant | None = None


class StepSkipped(Event):
    """A step will not be done, or not now. Who writes its text after all takes it up again."""

    step: str
    person: str
    reason: str


class PhaseChanged(Event):
    """Another phase of the playbook began."""

    person: str
    before: Phase
    phase: Phase
    note: str = ""


class SeverityChanged(Event):
    """It is worse or better than before. Printed promises stay as they are; the next ones follow it."""

    person: str
    before: str
    severity: str
    reason: str


class StoodDown(Event):
    """The team rests until the time at which the last public text promises to go on."""

    person: str
    until: Instant


class HandoverOffered(Event):
    """Somebody is asked to run the incident from now on; until they accept nothing changes."""

    handover: str
    person: str
    to: str
    note: str = ""


class HandoverAccepted(Event):
    """The one who was asked runs the incident now."""

    handover: str
    person: str


class Left(BaseModel):
    """Something that stood open at the closing. `reason`: done, handed to whom, or why not."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
    thing: str
    what: str
    reason: str = ""


class IncidentClosed(Event):
    """The end. `note` says how it ended. `in_error`: it should never have been opened.

    `left_reason`: why a correction was left that had not reached everybody. `left`: what else stood open.
    """

    person: str
    note: str
    in_error: bool = False
    left_reason: str = ""
    left: tuple[Left, ...] = ()
