"""What people record by hand: notes, facts, questions; and reports they ask for."""

from __future__ import annotations

from dataclasses import dataclass

from ecomms_bot.incident.commands.base import Command
from ecomms_bot.incident.events import Quoted
from ecomms_bot.playbook.instant import Instant


@dataclass(frozen=True, slots=True)
class AddNote(Command):
    text: str
    quoted: Quoted | None = None


@dataclass(frozen=True, slots=True)
class RecordFact(Command):
    """`name` is a field of the playbook (and `value` of its type), or any other name with words.

    `replaces`: it counts in the place of what other sources said; otherwise another value is a conflict.
    """

    name: str
    value: str | Instant
    source: str
    quoted: Quoted | None = None
    unit: str = ""
    until: Instant | None = None
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class VerifyFact(Command):
    """Confirm this fact, as it was shown."""

    name: str
    fact: str


@dataclass(frozen=True, slots=True)
class DecideFact(Command):
    """Of what is recorded under this name, `fact` counts."""

    name: str
    fact: str
    reason: str


@dataclass(frozen=True, slots=True)
class AskQuestion(Command):
    """`owner` is the id of who has to answer, by `due`."""

    text: str
    owner: str
    due: Instant | None = None
    quoted: Quoted | None = None


@dataclass(frozen=True, slots=True)
class AnswerQuestion(Command):
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class AskReport(Command):
    """The log as files, to whoever asks."""
