"""The course: phase, severity, rest, who runs the incident."""

from __future__ import annotations

from dataclasses import replace

from ecomms_bot.incident import events as e
from ecomms_bot.incident.meanings.base import apply, with_
from ecomms_bot.incident.state import Handover, Incident, Recorded, Rest, Turn


@apply.register
def _(event: e.PhaseChanged, state: Incident, recorded: Recorded) -> Incident:
    turn = Turn(
        recorded.seq, "phase", event.person, recorded.at, event.before, event.phase, reason=event.note
    )
    rested = min(recorded.at, state.rest.until.utc) if state.rest else state.rested_until
    turns = (*state.turns, turn)
    return replace(state, phase=event.phase, rest=None, rested_until=rested, turns=turns, course_seq=turn.seq)


@apply.register
def _(event: e.SeverityChanged, state: Incident, recorded: Recorded) -> Incident:
    turn = Turn(
        recorded.seq, "severity", event.person, recorded.at, event.before, event.severity, event.reason
    )
    return replace(state, severity=event.severity, turns=(*state.turns, turn), course_seq=turn.seq)


@apply.register
def _(event: e.StoodDown, state: Incident, recorded: Recorded) -> Incident:
    turn = Turn(recorded.seq, "rest", event.person, recorded.at, until=event.until)
    rest = Rest(event.person, event.until, recorded.at)
    return replace(state, rest=rest, turns=(*state.turns, turn), course_seq=turn.seq)


@apply.register
def _(event: e.HandoverOffered, state: Incident, recorded: Recorded) -> Incident:
    offer = Handover(event.handover, event.person, event.to, event.note, recorded.at)
    return replace(state, handovers=with_(state.handovers, offer.id, offer))


@apply.register
def _(event: e.HandoverAccepted, state: Incident, recorded: Recorded) -> Incident:
    turn = Turn(recorded.seq, "handover", event.person, recorded.at, state.holder, event.person)
    offer = state.handovers.get(event.handover)
    handovers = state.handovers
    if offer is not None:
        handovers = with_(handovers, offer.id, replace(offer, accepted_at=recorded.at))
    return replace(state, holder=event.person, handovers=handovers, turns=(*state.turns, turn))
