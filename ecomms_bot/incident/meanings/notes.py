"""Entries by hand: notes, facts, questions of the public; and reports that somebody asked for."""

from __future__ import annotations

from dataclasses import replace

from ecomms_bot.incident import events as e
from ecomms_bot.incident.meanings.base import apply, with_
from ecomms_bot.incident.state import (
    Fact,
    FactDecision,
    Incident,
    Question,
    Recorded,
    ReportRequest,
    Verification,
    Word,
)


@apply.register
def _(event: e.NoteAdded, state: Incident, _recorded: Recorded) -> Incident:
    del event  # it stands in the log; nothing follows from it
    return state


@apply.register
def _(event: e.FactRecorded, state: Incident, recorded: Recorded) -> Incident:
    fact = Fact(
        id=event.fact,
        name=event.name,
        value=event.value,
        source=event.source,
        person=event.person,
        as_of=event.as_of,
        quoted=event.quoted,
        seq=recorded.seq,
        unit=event.unit,
        until=event.until,
        replaces=event.replaces,
        at=recorded.at,
    )
    return replace(state, facts=with_(state.facts, event.name, (*state.facts.get(event.name, ()), fact)))


@apply.register
def _(event: e.FactVerified, state: Incident, recorded: Recorded) -> Incident:
    given = Verification(event.person, event.roles, recorded.at)
    facts = tuple(
        replace(each, verified=(*each.verified, given)) if each.id == event.fact else each
        for each in state.facts.get(event.name, ())
    )
    return replace(state, facts=with_(state.facts, event.name, facts))


@apply.register
def _(event: e.FactDecided, state: Incident, recorded: Recorded) -> Incident:
    decision = FactDecision(event.fact, event.person, event.reason, recorded.at, recorded.seq)
    return replace(state, decided=with_(state.decided, event.name, decision))


@apply.register
def _(event: e.QuestionAsked, state: Incident, recorded: Recorded) -> Incident:
    asked = Question(
        event.question, event.person, event.text, event.owner, event.due, recorded.at, event.quoted
    )
    return replace(state, questions=with_(state.questions, asked.id, asked))


@apply.register
def _(event: e.QuestionAnswered, state: Incident, recorded: Recorded) -> Incident:
    asked = state.questions.get(event.question)
    if asked is None:
        return state
    answered = replace(asked, answered=Word(event.person, event.answer, recorded.at))
    return replace(state, questions=with_(state.questions, asked.id, answered))


@apply.register
def _(event: e.ReportAsked, state: Incident, recorded: Recorded) -> Incident:
    asked = ReportRequest(event.report, event.person, recorded.at)
    return replace(state, reports=with_(state.reports, asked.id, asked))
