"""Where each event finds its meaning, and how a state is changed: always by making a new one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import singledispatch
from typing import Any, TypeVar

from ecomms_bot.incident.events import Event
from ecomms_bot.incident.state import Draft, Incident, Recorded

_T = TypeVar("_T")


@singledispatch
def apply(event: Event, _state: Incident, _recorded: Recorded) -> Incident:
    """The state after this event; each type registers its own meaning."""
    msg = f"no meaning is written down for {type(event).__name__}"
    raise LookupError(msg)


def change(state: Incident, draft: Draft, **changes: Any) -> Incident:
    return replace(state, drafts=with_(state.drafts, draft.id, replace(draft, **changes)))


def with_(mapping: Mapping[str, _T], key: str, value: _T) -> Mapping[str, _T]:
    return {**mapping, key: value}


def once(people: tuple[str, ...], person: str) -> tuple[str, ...]:
    return people if person in people else (*people, person)


def to_do_again(state: Incident, step: str, recorded: Recorded) -> Incident:
    """From this entry on the step is to do once more."""
    run = state.steps.get(step)
    if run is None:
        return state
    again = replace(run, skipped=None, again_seq=recorded.seq, again_at=recorded.at)
    return replace(state, steps=with_(state.steps, step, again))
