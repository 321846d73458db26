"""Drills: what came, what somebody did about it, the end."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import singledispatch

from ecomms_bot.incident import events as e
from ecomms_bot.incident import things
from ecomms_bot.incident.drilling import awaited, running
from ecomms_bot.incident.meanings.base import apply, with_
from ecomms_bot.incident.state import DrillEnd, Given, Incident, Reaction, Recorded
from ecomms_bot.playbook.drills import Inject

_CALLED = re.compile(r"(?<![^\s(,;:])@\w")
"""Somebody is called by name: the log keeps @ before what Slack calls them."""


@apply.register
def _(event: e.InjectGiven, state: Incident, recorded: Recorded) -> Incident:
    given = Given(event.inject, recorded.at, recorded.seq)
    return replace(state, injects=with_(state.injects, given.id, given))


@apply.register
def _(event: e.DrillEnded, state: Incident, recorded: Recorded) -> Incident:
    del event
    return replace(state, drill_ended=DrillEnd(recorded.at, recorded.seq))


@dataclass(frozen=True, slots=True)
class _Deed:
    """What an entry does that may answer an inject: `serves` which kinds of answer, `of` what.

    `inject`: the one in whose thread it was said. `quoted`: the message it was made from.
    """

    person: str
    how: str
    serves: frozenset[str]
    of: frozenset[str] = frozenset()
    inject: str = ""
    quoted: e.Quoted | None = None


def reacted(state: Incident, event: e.Event, recorded: Recorded) -> Incident:
    """The state with what this entry answers: the inject it was said about, else the newest that it fits."""
    deed = _deed(event, state) if state.injects and running(state) else None
    if deed is None:
        return state
    reaction = Reaction(deed.person, recorded.at, deed.how, recorded.seq)
    about = deed.inject or _quoted(state, deed)
    if about in state.injects and state.injects[about].noticed is None:
        noticed = replace(state.injects[about], noticed=reaction)
        state = replace(state, injects=with_(state.injects, about, noticed))
    fits = [given for given, inject in awaited(state) if _answers(deed, inject, about)]
    fits.sort(key=lambda given: given.id != about)
    if not fits:
        return state
    first = replace(fits[0], answered=reaction, noticed=fits[0].noticed or reaction)
    return replace(state, injects=with_(state.injects, first.id, first))


def _answers(deed: _Deed, inject: Inject, about: str) -> bool:
    if inject.id == about and inject.answer == "reply":
        return True  # whatever was said in its thread, or added to the log from it
    if deed.inject and inject.id != deed.inject:
        return False  # words in one thread are not about another
    fits = not inject.of or bool(deed.of.intersection(inject.of))
    return inject.answer in deed.serves and fits


def _quoted(state: Incident, deed: _Deed) -> str:
    """The inject whose message it was made from, or ""."""
    if deed.quoted is None:
        return ""
    named = ((each, state.posted.get(things.inject_thing(each))) for each in state.injects)
    return next((each for each, ref in named if ref is not None and ref.ts == deed.quoted.ts), "")


@singledispatch
def _deed(event: e.Event, _state: Incident) -> _Deed | None:
    """What an entry may answer; most answer nothing."""
    del event
    return None


@_deed.register
def _(event: e.DiscussionAdded, _state: Incident) -> _Deed | None:
    if not event.inject:
        return None
    serves = {"reply", "escalate"} if _CALLED.search(event.text) else {"reply"}
    return _Deed(event.person, "reply", frozenset(serves), inject=event.inject)


@_deed.register
def _(event: e.NoteAdded, _state: Incident) -> _Deed:
    return _Deed(event.person, "note", frozenset({"reply"}), quoted=event.quoted)


@_deed.register
def _(event: e.FactRecorded, _state: Incident) -> _Deed:
    return _Deed(event.person, "fact", frozenset({"fact"}), of=frozenset({event.name}), quoted=event.quoted)


@_deed.register
def _(event: e.FactDecided, _state: Incident) -> _Deed:
    return _Deed(event.person, "decision about a fact", frozenset({"fact"}), of=frozenset({event.name}))


@_deed.register
def _(event: e.QuestionAsked, _state: Incident) -> _Deed:
    serves = {"question"} if event.owner == event.person else {"question", "escalate"}
    return _Deed(event.person, "question", frozenset(serves), quoted=event.quoted)


@_deed.register
def _(event: e.RevisionSubmitted, state: Incident) -> _Deed:
    if event.about is None or event.about.relation == "update":
        return _Deed(event.author, "text", frozenset({"text"}), of=frozenset({event.step}))
    steps = {event.step, *_step_of(state, event.about.draft)}
    return _Deed(event.author, "correction", frozenset({"text", "correction"}), of=frozenset(steps))


@_deed.register
def _(event: e.ReleaseEnded, state: Incident) -> _Deed:
    steps = frozenset(_step_of(state, event.draft))
    return _Deed(event.person, "text taken down", frozenset({"correction"}), of=steps)


@_deed.register
def _(event: e.SeverityChanged, _state: Incident) -> _Deed:
    return _Deed(event.person, "change of severity", frozenset({"escalate"}))


@_deed.register
def _(event: e.HandoverOffered, _state: Incident) -> _Deed:
    return _Deed(event.person, "handover", frozenset({"escalate"}))


def _step_of(state: Incident, draft: str) -> set[str]:
    return {state.drafts[draft].step} if draft in state.drafts else set()
