"""What the bot showed and somebody deleted in Slack, and what of it people still need: that comes back."""

from __future__ import annotations

from ecomms_bot.incident import things
from ecomms_bot.incident.drilling import running
from ecomms_bot.incident.keys import AGAIN
from ecomms_bot.incident.partners import held_back
from ecomms_bot.incident.state import Draft, Incident

AGAIN_MAX = 3
"""So often one thing is posted again; whoever deletes it once more seems to mean it."""
GONE = "gone"
"""The kind of trouble when it is deleted once more."""


def name_of_post(state: Incident, thing: str) -> str | None:
    """What the task is called that posts a thing now; None if it stands there again, or is not needed.

    A task's name is used once. A text that was out can turn out not to be, and then what was deleted
    meanwhile is needed after all: that is another task than one that was cancelled when it went out.
    """
    lost = len(state.gone.get(thing, ()))
    if not lost:
        return thing
    if thing in state.posted or lost > AGAIN_MAX or not comes_back(state, thing):
        return None
    kind, ids = things.split(thing)
    corrected = len(state.drafts[ids[0]].corrections) if kind in {"review", "publish"} else 0
    return f"{thing}{AGAIN}{lost}" + (f".{corrected}" if corrected else "")


def comes_back(state: Incident, thing: str) -> bool:
    """Whether people cannot do without it: the card, the steps, what is to be decided, posted or answered."""
    if not state.open:
        return False
    kind, ids = things.split(thing)
    if kind in {things.CARD, "step"}:
        return True
    if kind == "inject":
        return running(state)
    draft = state.drafts.get(ids[0]) if ids else None
    if draft is None or draft.last is None or str(draft.last.number) not in ids[1:]:
        return False
    match kind:
        case "review":
            return draft.status in {"in review", "approved"}
        case "partners":
            return held_back(state, draft)
        case "publish":
            return draft.open or _partly_out(draft)
        case _:
            return False


def in_thread(state: Incident, step: str) -> tuple[str, ...]:
    """What stands in the thread of a step and is needed: it is lost with the message that began it."""
    shown = []
    for draft in state.drafts.values():
        if draft.step == step and draft.last is not None:
            number = draft.last.number
            shown += [things.review_thing(draft.id, number), things.publish_thing(draft.id, number)]
            shown.append(things.partners_thing(draft.id, number))
    return tuple(each for each in shown if each in state.posted and comes_back(state, each))


def _partly_out(draft: Draft) -> bool:
    """There are channels left to be marked."""
    return draft.status == "published" and set(draft.current.receipts) != set(draft.current.texts)
