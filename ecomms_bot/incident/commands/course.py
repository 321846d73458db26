"""The course of an incident: opening it, steps, phase, severity, rest, who runs it, its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ecomms_bot.incident.commands.base import Command
from ecomms_bot.incident.events import Phase
from ecomms_bot.playbook.instant import Instant


@dataclass(frozen=True, slots=True)
class OpenIncident(Command):
    """`conversation` None makes a new one; otherwise the id of the one to use.

    `drill`: the one that people take part in, if it is one; it is an exercise.
    """

    name: str
    area: str
    zone: str
    phase: Phase
    severity: str
    exercise: bool
    playbook: Mapping[str, Any]
    playbook_sha256: str
    conversation: str | None = None
    drill: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class StartStep(Command):
    step: str


@dataclass(frozen=True, slots=True)
class SkipStep(Command):
    step: str
    reason: str


@dataclass(frozen=True, slots=True)
class ChangePhase(Command):
    """`reasons`: step → why it is skipped, for each required step that is not done."""

    phase: Phase
    note: str = ""
    reasons: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChangeSeverity(Command):
    severity: str
    reason: str


@dataclass(frozen=True, slots=True)
class StandDown(Command):
    """Rest until then; only if the last public text promised to go on at exactly this minute."""

    until: Instant


@dataclass(frozen=True, slots=True)
class OfferHandover(Command):
    to: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class AcceptHandover(Command):
    handover: str


@dataclass(frozen=True, slots=True)
class CloseIncident(Command):
    """`withdraw_reason`: why promises that are still live are taken back (pio or ic only).

    `left`: of each open end, by its name (see `gates`): done, handed to whom, or why not.
    `left_reason`: why a correction is left that has not reached everybody (pio or ic only). `in_error`: it
    should never have been opened; only where nothing was published.
    """

    note: str
    withdraw_reason: str = ""
    in_error: bool = False
    left_reason: str = ""
    left: Mapping[str, str] = field(default_factory=dict)
