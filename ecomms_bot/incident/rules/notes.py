"""Entries by hand: notes, facts, questions of the public; and asking for the log as files."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from textwrap import shorten

from ecomms_bot.incident.commands import AddNote, AnswerQuestion, AskQuestion, AskReport, Context, RecordFact
from ecomms_bot.incident.events import (
    Event,
    FactRecorded,
    NoteAdded,
    QuestionAnswered,
    QuestionAsked,
    Quoted,
    ReportAsked,
)
from ecomms_bot.incident.ids import make_id
from ecomms_bot.incident.policy import Act, require
from ecomms_bot.incident.rules.common import require_open, when
from ecomms_bot.incident.state import Fact, Incident, Question
from ecomms_bot.incident.wording import Who, reject
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.model import Field
from ecomms_bot.playbook.values import AS_OF, INCIDENT_NAME, NEXT_UPDATE, NO_PROMISE_REASON, FieldError, parse

NOTE_MAX = 3000
"""Characters; the most that a field of a form takes in Slack."""
SHOWN_MAX = 300
"""Of a long answer that somebody gave already, this much is repeated."""
NAME_MAX, VALUE_MAX, SOURCE_MAX = 80, 300, 150
QUESTION_MAX, ANSWER_MAX = 1000, 3000
SAME_FACT = timedelta(minutes=5)
"""The same fact again, as of so near a time, is the same entry: a form was sent twice."""
OF_EACH_TEXT = frozenset({INCIDENT_NAME, AS_OF, NEXT_UPDATE, NO_PROMISE_REASON})
"""Fields of the playbook that are no facts: each text has its own."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TS = re.compile(r"([0-9]{1,10})(?:\.([0-9]{1,6}))?")
"""How Slack writes the time of a message: seconds since 1970, and a fraction."""


def fact_fields(state: Incident) -> tuple[tuple[str, Field], ...]:
    """The fields of the playbook that can be recorded as facts, in its order."""
    return tuple((name, field) for name, field in state.book.fields.items() if name not in OF_EACH_TEXT)


def add_note(state: Incident, command: AddNote, ctx: Context) -> tuple[Event, ...]:
    require_open(state)
    require(ctx.person, Act.NOTE, state)
    text = _words(command.text, NOTE_MAX, "text", "Write what happened")
    note = make_id("n", ctx.command_id)
    return (NoteAdded(note=note, person=ctx.person.id, text=text, quoted=command.quoted),)


def record_fact(state: Incident, command: RecordFact, ctx: Context) -> tuple[Event, ...]:
    """A number without a source is no fact: who says it is always asked for."""
    require_open(state)
    require(ctx.person, Act.FACTS, state)
    name = " ".join(_words(command.name, NAME_MAX, "name", "Say what the fact is about").split())
    value = _value(state, name, command.value, ctx)
    source = _words(command.source, SOURCE_MAX, "source", "Say who says so; a fact needs a source")
    as_of = _said_at(command.quoted, ctx.now)
    last = state.fact(name)
    if last is not None and _same(last, value, source, as_of):
        return ()
    return (
        FactRecorded(
            fact=make_id("f", ctx.command_id),
            person=ctx.person.id,
            name=name,
            value=value,
            source=source,
            as_of=as_of,
            quoted=command.quoted,
        ),
    )


def ask_question(state: Incident, command: AskQuestion, ctx: Context) -> tuple[Event, ...]:
    require_open(state)
    require(ctx.person, Act.NOTE, state)
    text = _words(command.text, QUESTION_MAX, "text", "Write what people ask")
    if not command.owner:
        raise reject("owner", "Choose who finds the answer.", field="owner")
    if command.due is not None and command.due.utc <= ctx.now:
        raise reject(
            "past",
            "{when} has passed. Give a time that is still to come, or none.",
            field="due",
            when=when(state, command.due.utc),
        )
    return (
        QuestionAsked(
            question=make_id("q", ctx.command_id),
            person=ctx.person.id,
            text=text,
            owner=command.owner,
            due=command.due,
            quoted=command.quoted,
        ),
    )


def answer_question(state: Incident, command: AnswerQuestion, ctx: Context) -> tuple[Event, ...]:
    require_open(state)
    require(ctx.person, Act.NOTE, state)
    require_unanswered(state, command.question)
    answer = _words(command.answer, ANSWER_MAX, "answer", "Write the answer, or why there is none")
    return (QuestionAnswered(question=command.question, person=ctx.person.id, answer=answer),)


def require_unanswered(state: Incident, question_id: str) -> Question:
    """The question, if it is still open; also asked before a form is opened."""
    question = state.questions.get(question_id)
    if question is None:
        raise reject(
            "no-question", "This question is not part of {name}. Please use the latest card.", name=state.name
        )
    if question.answered is not None:
        raise reject(
            "answered",
            "{who} answered this at {when}. Nothing was changed. The answer: “{answer}”",
            who=Who(question.answered.person),
            when=when(state, question.answered.at),
            answer=shorten(question.answered.reason, width=SHOWN_MAX, placeholder=" …"),
        )
    return question


def ask_report(state: Incident, command: AskReport, ctx: Context) -> tuple[Event, ...]:
    """Also of a closed incident: that is when most people read it."""
    del command
    if state.closing is None:
        require_open(state)
    require(ctx.person, Act.REPORT, state)
    return (ReportAsked(report=make_id("w", ctx.command_id), person=ctx.person.id),)


def _words(text: str, most: int, field: str, ask: str) -> str:
    """Without white space around it. Halves of characters, which no file can hold, become “�”."""
    text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").strip()
    if not text:
        raise reject(field, ask + ".", field=field)
    if len(text) > most:
        raise reject(
            field,
            ask + ", in up to {most} characters. This has {have}; nothing was recorded yet.",
            field=field,
            most=most,
            have=len(text),
        )
    return text


def _value(state: Incident, name: str, value: str | Instant, ctx: Context) -> str | Instant:
    """As the playbook's field of this name takes it; under any other name, words."""
    field = state.book.fields.get(name)
    if name in OF_EACH_TEXT:
        raise reject(
            "name",
            "“{label}” is set in each text, so it is not kept as a fact. Choose another name.",
            field="name",
            label=field.label if field else name,
        )
    if field is None:
        if isinstance(value, Instant):
            raise reject(
                "value", "Write it in words: “{name}” is no time of the playbook.", "value", name=name
            )
        return _words(value, VALUE_MAX, "value", "Say what is so")
    raw = value.utc if isinstance(value, Instant) else value
    needed = field.model_copy(update={"required": True})
    try:
        known = parse(name, needed, raw, zone=state.zone, now=ctx.now)
    except FieldError as error:
        raise reject("value", "{problem}", field="value", problem=error.message) from None
    assert known is not None
    return known


def _said_at(quoted: Quoted | None, now: datetime) -> datetime:
    """When the fact was said: with the message it is from, otherwise now. Never later than now."""
    found = _TS.fullmatch(quoted.ts) if quoted is not None else None
    if found is None:
        return now
    seconds, fraction = found.groups(default="")
    said = _EPOCH + timedelta(seconds=int(seconds), microseconds=int(fraction.ljust(6, "0")))
    return min(said, now)


def _same(last: Fact, value: str | Instant, source: str, as_of: datetime) -> bool:
    return (last.value, last.source) == (value, source) and abs(as_of - last.as_of) < SAME_FACT
