"""What people record by hand: notes, facts, questions; and reports they ask for."""

from __future__ import annotations

from typing import ClassVar

from pydantic import AwareDatetime, BaseModel, ConfigDict

from ecomms_bot.incident.events.base import Event
from ecomms_bot.playbook.instant import Instant


class Quoted(BaseModel):
    """The message in Slack that an entry by hand was made from. `author` "" if Slack names nobody."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
    conversation: str
    ts: str
    author: str = ""


class NoteAdded(Event):
    """An entry by hand: a call, a decision, what somebody said."""

    note: str
    person: str
    text: str
    quoted: Quoted | None = None


class FactRecorded(Event):
    """What is so, who says it, since when. `name` is a field of the playbook, or a name of its own.

    `unit` is what a number counts, `until` when it stops being known, if that was said. `replaces`: who
    recorded it says that it counts in the place of what other sources said before.
    """

    fact: str
    person: str
    name: str
    value: str | Instant
    source: str
    as_of: AwareDatetime
    quoted: Quoted | None = None
    unit: str = ""
    until: Instant | None = None
    replaces: bool = False


class FactVerified(Event):
    """A lead who did not record it confirms a fact, with the roles held then."""

    name: str
    fact: str
    person: str
    roles: tuple[str, ...]


class FactDecided(Event):
    """Of what several sources say under one name, this fact counts."""

    name: str
    fact: str
    person: str
    reason: str


class QuestionAsked(Event):
    """What the public asks and somebody has to answer."""

    question: str
    person: str
    text: str
    owner: str
    due: Instant | None = None
    quoted: Quoted | None = None


class QuestionAnswered(Event):
    """A question of the public has its answer, or why there is none."""

    question: str
    person: str
    answer: str


class ReportAsked(Event):
    """Somebody wants the log as files."""

    plumbing: ClassVar[bool] = True
    report: str
    person: str
