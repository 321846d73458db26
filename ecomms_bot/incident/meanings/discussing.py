"""What was said in the threads of texts under review, and of injects."""

from __future__ import annotations

from dataclasses import replace

from ecomms_bot.incident import events as e
from ecomms_bot.incident.meanings.base import apply, with_
from ecomms_bot.incident.state import Incident, Recorded, Said


@apply.register
def _(event: e.DiscussionAdded | e.DiscussionChanged, state: Incident, recorded: Recorded) -> Incident:
    earlier = state.discussion.get(event.ts)
    said = Said(
        draft=event.draft,
        revision=event.revision,
        person=earlier.person if earlier else event.person,
        text=event.text,
        at=earlier.at if earlier else recorded.at,
        left_out=event.left_out,
        inject=event.inject,
    )
    return replace(state, discussion=with_(state.discussion, event.ts, said))


@apply.register
def _(event: e.DiscussionDeleted, state: Incident, _recorded: Recorded) -> Incident:
    said = state.discussion.get(event.ts)
    if said is None:
        return state
    return replace(state, discussion=with_(state.discussion, event.ts, replace(said, deleted=True)))
