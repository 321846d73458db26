"""Entries by hand: notes, facts, questions of the public; and the log as files."""

from __future__ import annotations

from ecomms_bot.incident.commands import AddNote, AnswerQuestion, AskQuestion, AskReport, Context, RecordFact
from ecomms_bot.incident.events import Event
from ecomms_bot.incident.state import Incident


def add_note(state: Incident, command: AddNote, ctx: Context) -> tuple[Event, ...]:
    raise NotImplementedError


def record_fact(state: Incident, command: RecordFact, ctx: Context) -> tuple[Event, ...]:
    raise NotImplementedError


def ask_question(state: Incident, command: AskQuestion, ctx: Context) -> tuple[Event, ...]:
    raise NotImplementedError


def answer_question(state: Incident, command: AnswerQuestion, ctx: Context) -> tuple[Event, ...]:
    raise NotImplementedError


def ask_report(state: Incident, command: AskReport, ctx: Context) -> tuple[Event, ...]:
    raise NotImplementedError
