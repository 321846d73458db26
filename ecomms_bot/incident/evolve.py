"""From one state to the next: the one entrance to what each event means (`meanings`)."""

from __future__ import annotations

from collections.abc import Iterable

from ecomms_bot.incident.meanings import (
    course,
    discussing,
    drilling,
    notes,
    opening,
    partnering,
    releases,
    reminding,
    writing,
)
from ecomms_bot.incident.meanings.base import apply
from ecomms_bot.incident.meanings.drilling import reacted
from ecomms_bot.incident.meanings.mending import mended
from ecomms_bot.incident.state import Incident, Recorded

SUBJECTS = (opening, writing, partnering, releases, reminding, course, notes, discussing, drilling)
"""The modules that say what events mean; importing them makes the meanings known."""


def replay(incident: str, entries: Iterable[Recorded]) -> Incident:
    """The state after all entries of one incident, in order."""
    state = Incident(incident)
    for recorded in entries:
        state = evolve(state, recorded)
    return state


def evolve(state: Incident, recorded: Recorded) -> Incident:
    """The state after one more entry. A redacted entry keeps its place and changes nothing else."""
    event = recorded.event
    changed = event is not None and not (event.plumbing or event.silent)
    state = state.at_entry(recorded.seq, recorded.hash, recorded.seq if changed else state.changed_seq)
    if event is None:
        return state
    after = apply(event, mended(state, event, recorded), recorded)
    return reacted(after, event, recorded) if after.injects else after
