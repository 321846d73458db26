"""What the bot showed and somebody deleted in Slack, and what of it people still need: that comes back."""

from __future__ import annotations

from ecomms_bot.incident import things
from ecomms_bot.incident.rules.drafts import preview_stands
from ecomms_bot.incident.rules.overriding import unseen
from ecomms_bot.incident.state import Draft, Incident

AGAIN_MAX = 3
"""So often one thing is posted again; whoever deletes it once more seems to mean it."""
GONE = "gone"
"""The kind of trouble when it is deleted once more."""


def times_again(state: Incident, thing: str) -> int:
    """How often a thing was, or is to be, posted again; 0 for what nobody needs any more."""
    lost = len(state.gone.get(thing, ()))
    return min(lost, AGAIN_MAX) if lost and comes_back(state, thing) else 0


def comes_back(state: Incident, thing: str) -> bool:
    """Whether people cannot do without it: the card, the steps, what is to be decided or posted."""
    if not state.open:
        return False
    kind, ids = things.split(thing)
    if kind in {things.CARD, "step"}:
        return True
    draft = state.drafts.get(ids[0]) if ids else None
    if draft is None:
        return False
    match kind:
        case "review":
            return _is_last(draft, ids[1]) and draft.status in {"in review", "approved"}
        case "publish":
            return _is_last(draft, ids[1]) and (draft.open or _partly_out(draft))
        case "preview":
            preview = state.previews.get(int(ids[1]))
            return preview is not None and preview_stands(state, preview)
        case "override":
            numbers = {each.revision for each in draft.overridden_by if str(each.seq) == ids[1]}
            return any(each.number in numbers for each in unseen(state, draft))
        case _:
            return False


def in_thread(state: Incident, step: str) -> tuple[str, ...]:
    """What stands in the thread of a step and is needed: it is lost with the message that began it."""
    shown = []
    for draft in state.drafts.values():
        if draft.step == step and draft.last is not None:
            number = draft.last.number
            shown += [things.review_thing(draft.id, number), things.publish_thing(draft.id, number)]
    shown += [
        things.preview_thing(each.draft, each.seq) for each in state.previews.values() if each.step == step
    ]
    return tuple(each for each in shown if each in state.posted and comes_back(state, each))


def _is_last(draft: Draft, number: str) -> bool:
    return draft.last is not None and str(draft.last.number) == number


def _partly_out(draft: Draft) -> bool:
    """There are channels left to be marked."""
    return draft.status == "published" and set(draft.current.receipts) != set(draft.current.texts)
