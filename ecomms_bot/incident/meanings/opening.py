"""The beginning, the end, and what the worker says of Slack."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import lru_cache

from ecomms_bot.incident import events as e
from ecomms_bot.incident import things
from ecomms_bot.incident.meanings.base import apply, with_
from ecomms_bot.incident.state import Closing, DrillEnd, Failure, Incident, Recorded, Ref, StepRun
from ecomms_bot.playbook.drills import Drill
from ecomms_bot.playbook.model import Playbook


@apply.register
def _(event: e.IncidentOpened, state: Incident, recorded: Recorded) -> Incident:
    return replace(
        state,
        name=event.name,
        area=event.area,
        zone=event.zone,
        phase=event.phase,
        severity=event.severity,
        exercise=event.exercise,
        opener=event.opener,
        holder=event.opener,
        roles_configured=event.roles_configured,
        opened_at=recorded.at,
        asked_conversation=event.conversation,
        conversation_name=event.conversation_name,
        playbook_sha256=event.playbook_sha256,
        playbook=parse_once(json.dumps(event.playbook)),
        drill=parse_drill(json.dumps(event.drill)) if event.drill else None,
    )


@apply.register
def _(event: e.StepStarted, state: Incident, recorded: Recorded) -> Incident:
    run = StepRun(event.step, recorded.at, event.due)
    return replace(state, steps=with_(state.steps, event.step, run))


@apply.register
def _(event: e.IncidentClosed, state: Incident, recorded: Recorded) -> Incident:
    closing = Closing(
        event.person,
        recorded.at,
        event.note,
        recorded.seq,
        recorded.hash,
        event.in_error,
        event.left_reason,
        event.left,
    )
    ended = state.drill_ended or (DrillEnd(recorded.at, recorded.seq) if state.drill else None)
    return replace(state, closing=closing, drill_ended=ended)


@apply.register
def _(event: e.Posted, state: Incident, recorded: Recorded) -> Incident:
    state = replace(state, posted=with_(state.posted, event.thing, Ref(event.conversation, event.ts)))
    kind, ids = things.split(event.thing)
    given = state.injects.get(ids[0]) if kind == "inject" else None
    if given is None or given.shown is not None:
        return state
    return replace(state, injects=with_(state.injects, given.id, replace(given, shown=recorded.at)))


@apply.register
def _(event: e.PostGone, state: Incident, _recorded: Recorded) -> Incident:
    posted = {thing: ref for thing, ref in state.posted.items() if thing != event.thing}
    lost = (*state.gone.get(event.thing, ()), Ref(event.conversation, event.ts))
    return replace(state, posted=posted, gone=with_(state.gone, event.thing, lost))


@apply.register
def _(event: e.EffectFailed, state: Incident, recorded: Recorded) -> Incident:
    failure = Failure(recorded.seq, event.task, event.kind, event.thing, event.problem, event.advice)
    return replace(state, failures=(*state.failures, failure))


@lru_cache(maxsize=64)
def parse_once(text: str) -> Playbook:
    """The embedded playbook, parsed once per process: many incidents, at once or replayed, need few."""
    return Playbook.parse(json.loads(text))


@lru_cache(maxsize=64)
def parse_drill(text: str) -> Drill:
    """The embedded drill, parsed once per process."""
    return Drill.parse(json.loads(text))
