"""Entries by hand: notes, questions of the public; and asking for the log as files."""

from __future__ import annotations

from textwrap import shorten

from ecomms_bot.incident.commands import AddNote, AnswerQuestion, AskQuestion, AskReport, Context
from ecomms_bot.incident.events import Event, NoteAdded, QuestionAnswered, QuestionAsked, ReportAsked
from ecomms_bot.incident.ids import make_id
from ecomms_bot.incident.policy import Act, require
from ecomms_bot.incident.rules.common import needed, require_open, when
from ecomms_bot.incident.state import Incident, Question
from ecomms_bot.incident.wording import Who, reject

NOTE_MAX = 3000
"""Characters; the most that a field of a form takes in Slack."""
SHOWN_MAX = 300
"""Of a long answer that somebody gave already, this much is repeated."""
QUESTION_MAX, ANSWER_MAX = 1000, 3000


def add_note(state: Incident, command: AddNote, ctx: Context) -> tuple[Event, ...]:
    require_open(state)
    require(ctx.person, Act.NOTE, state)
    text = needed(command.text, NOTE_MAX, "text", "Write what happened")
    note = make_id("n", ctx.command_id)
    return (NoteAdded(note=note, person=ctx.person.id, text=text, quoted=command.quoted),)


def ask_question(state: Incident, command: AskQuestion, ctx: Context) -> tuple[Event, ...]:
    require_open(state)
    require(ctx.person, Act.NOTE, state)
    text = needed(command.text, QUESTION_MAX, "text", "Write what people ask")
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
    answer = needed(command.answer, ANSWER_MAX, "answer", "Write the answer, or why there is none")
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
