"""What the state of an incident is made of, besides its texts: promises, reminders, people's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from ecomms_bot.incident.events import Left, Quoted, ReminderFired, WasAway
from ecomms_bot.incident.texts import Word
from ecomms_bot.playbook.instant import Instant


@dataclass(frozen=True, slots=True)
class StepRun:
    """A step that was started. `skipped`: who will not do it, and why; None again once it is written on.

    `again_seq`, `again_at`: the entry with which it was to do once more (taken up, its text withdrawn).
    """

    id: str
    started_at: datetime
    due: Instant | None
    drafts: tuple[str, ...] = ()
    skipped: Word | None = None
    again_seq: int = 0
    again_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """An update owed to the public. `made_at`: when it was said, as attested; `started_at`: when recorded.

    `reopened`: how often it was owed anew, because what answered or made it turned out not to be out.
    """

    id: str
    draft: str
    revision: int
    step: str
    author: str
    due: Instant
    made_at: datetime
    started_at: datetime
    status: Literal["live", "kept", "late", "withdrawn"] = "live"
    late_seconds: int = 0
    answered_by: str = ""
    reopened: int = 0


@dataclass(frozen=True, slots=True)
class PersonalReminder:
    """What someone asked to be reminded of."""

    id: str
    person: str
    due: Instant
    text: str


@dataclass(frozen=True, slots=True)
class Fired:
    """A reminder that was said, at `at` (UTC)."""

    event: ReminderFired
    at: datetime
    seq: int


@dataclass(frozen=True, slots=True)
class Away:
    """No bot was running, as entry `seq` says."""

    event: WasAway
    seq: int


@dataclass(frozen=True, slots=True)
class Snooze:
    """A reminder before a promise that will be said once more."""

    promise: str
    point: str
    person: str
    minutes: int
    until: datetime


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that was not done in Slack, as it is said in the conversation."""

    seq: int
    task: str
    kind: str
    thing: str
    problem: str
    advice: str


@dataclass(frozen=True, slots=True)
class Closing:
    """How it ended, and the head of the log at that entry. `in_error`: it should never have been opened.

    `left_reason`: why a correction was left that had not reached everybody. `left`: what else stood open.
    """

    person: str
    at: datetime
    note: str
    seq: int
    hash: str
    in_error: bool = False
    left_reason: str = ""
    left: tuple[Left, ...] = ()


@dataclass(frozen=True, slots=True)
class Verification:
    """A lead confirmed a fact, at `at` (UTC), with these roles."""

    person: str
    roles: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Fact:
    """What is so, as somebody recorded it with entry `seq` `at` this time. `as_of` is when it was said (UTC).

    `until`: when it stops being known. `replaces`: it counts in the place of all that was said before.
    """

    id: str
    name: str
    value: str | Instant
    source: str
    person: str
    as_of: datetime
    quoted: Quoted | None = None
    seq: int = 0
    unit: str = ""
    until: Instant | None = None
    replaces: bool = False
    verified: tuple[Verification, ...] = ()
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FactDecision:
    """Which fact counts of those that disagreed when entry `seq` was written."""

    fact: str
    person: str
    reason: str
    at: datetime
    seq: int


@dataclass(frozen=True, slots=True)
class Question:
    """What the public asks. `answer` is empty as long as it is open; `answered` is who answered and when."""

    id: str
    person: str
    text: str
    owner: str
    due: Instant | None
    asked_at: datetime
    quoted: Quoted | None = None
    answered: Word | None = None

    @property
    def open(self) -> bool:
        return self.answered is None


@dataclass(frozen=True, slots=True)
class Handover:
    """Somebody was asked to run the incident; `accepted_at` (UTC) once they said yes."""

    id: str
    person: str
    to: str
    note: str
    at: datetime
    accepted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rest:
    """The team stands down until the time that the last public text promises."""

    person: str
    until: Instant
    at: datetime


@dataclass(frozen=True, slots=True)
class Turn:
    """A change of course that everybody in the conversation has to know, at entry `seq`.

    `before` and `after` are phases, severities or people; for a rest `after` is empty and `until` says when.
    """

    seq: int
    kind: Literal["phase", "severity", "handover", "rest"]
    person: str
    at: datetime
    before: str = ""
    after: str = ""
    reason: str = ""
    until: Instant | None = None


@dataclass(frozen=True, slots=True)
class Reaction:
    """What somebody did about an inject, `at` this time (UTC), with entry `seq`; `how`, such as reply."""

    person: str
    at: datetime
    how: str
    seq: int


@dataclass(frozen=True, slots=True)
class Given:
    """An inject that came. `shown`: when people could first read it in Slack, which may have been away.

    `noticed`: the first said about it; `answered`: what was asked for.
    """

    id: str
    at: datetime
    seq: int
    shown: datetime | None = None
    noticed: Reaction | None = None
    answered: Reaction | None = None

    def after(self, reaction: Reaction) -> timedelta:
        """How long people took, from when they could read it."""
        return max(timedelta(0), reaction.at - (self.shown or self.at))


@dataclass(frozen=True, slots=True)
class DrillEnd:
    """When a drill was over (UTC), and the entry that says so: its own, or the closing."""

    at: datetime
    seq: int


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody wrote in the thread of a text under review, or of an inject, as it reads now."""

    draft: str
    revision: int
    person: str
    text: str
    at: datetime
    left_out: int = 0
    deleted: bool = False
    inject: str = ""


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """Who wants the log as files."""

    id: str
    person: str
    at: datetime
