"""The shape of what is written: entries of the log, tasks, rows of projections. Plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

OFFICE = "office"
"""The one reserved stream: what belongs to no incident, and the registry of all incidents."""

Payload = Mapping[str, Any]
"""JSON-ready content of an entry: str, int, bool, None, list, dict; no floats, no datetimes."""


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry before it has a place in its stream. `type` is the event's class name."""

    type: str
    payload: Payload


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the log as stored. `at` is UTC; `payload` is None once it was lawfully redacted."""

    incident: str
    seq: int
    at: datetime
    actor: str
    command_id: str
    ordinal: int
    type: str
    payload: Payload | None
    payload_sha256: str
    prev: str
    hash: str


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do at `due_at` (UTC, incident time). Holds ids, never rendered texts.

    `key` makes it unique for ever: a second one with the same key is not added. Tasks of one `lane` are done
    one after the other in the order of (due_at, insertion). `coalesce`: not added while another of the same
    lane and kind is pending.
    """

    key: str
    incident: str
    kind: str
    lane: str
    due_at: datetime
    ids: Mapping[str, str] = field(default_factory=dict)
    coalesce: bool = False


@dataclass(frozen=True, slots=True)
class TaskChanges:
    """What one transaction adds to and takes from the tasks. Only pending tasks can be cancelled."""

    add: tuple[Task, ...] = ()
    cancel: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """One row of the projection `incidents`, for lists. Times are UTC."""

    id: str
    name: str
    hazard: str
    exercise: bool
    severity: str
    phase: str
    conversation: str | None
    opener: str
    holder: str
    opened_at: datetime
    closed_at: datetime | None
    promised_at: datetime | None
    seq: int


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """A row of the projection `releases`: a text that went out on a channel in a language (times UTC)."""

    incident: str
    draft: str
    revision: int
    channel: str
    language: str
    text: str | None
    text_sha256: str
    attested_at: datetime
    attested_by: str
    proof: str
    exercise: bool
