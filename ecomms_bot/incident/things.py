"""Names of what the bot shows in Slack (`kind:id:id…`, the same in log and tasks), and where each belongs."""

from __future__ import annotations

from dataclasses import dataclass

from ecomms_bot.incident.state import Incident

CONVERSATION = "conversation"
CARD = "card"
CLOSING = "closing"
BRIEFING, DRILL_END, DEBRIEF = "briefing", "drill-end", "debrief"
"""Of a drill: what is known when it begins, that it is over, and the debrief as a file."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where to show something: a conversation, a thread in it, a message to edit, or a person's messages."""

    conversation: str = ""
    thread: str = ""
    ts: str = ""
    user: str = ""


def step_thing(step: str) -> str:
    return f"step:{step}"


def review_thing(draft: str, revision: int) -> str:
    return f"review:{draft}:{revision}"


def publish_thing(draft: str, revision: int) -> str:
    return f"publish:{draft}:{revision}"


def partners_thing(draft: str, revision: int) -> str:
    """To who wrote an approved text that is held back: which partners have to know it first."""
    return f"partners:{draft}:{revision}"


def returned_thing(draft: str, revision: int) -> str:
    return f"returned:{draft}:{revision}"


def your_turn_thing(draft: str, seq: int) -> str:
    """Asks who decides next, where roles decide one after the other; `seq` is the entry that passed it on."""
    return f"your-turn:{draft}:{seq}"


def taken_back_thing(draft: str, seq: int) -> str:
    """Stops whoever is about to post a text: its approval was taken back."""
    return f"taken-back:{draft}:{seq}"


def override_thing(draft: str, seq: int) -> str:
    """To all leads: approvals of a text were overridden, and somebody has to look at it once more."""
    return f"override:{draft}:{seq}"


def found_wrong_thing(draft: str, seq: int) -> str:
    """To the author and the leads: who looked at a text once more found it wrong."""
    return f"found-wrong:{draft}:{seq}"


def brief_thing(draft: str, revision: int) -> str:
    """What leaders read, in their own conversation."""
    return f"brief:{draft}:{revision}"


def receipt_thing(draft: str, seq: int) -> str:
    return f"receipt:{draft}:{seq}"


def reminder_thing(key: str) -> str:
    return f"reminder:{key}"


def trouble_thing(seq: int) -> str:
    return f"trouble:{seq}"


def changed_fact_thing(fact: str) -> str:
    """To everybody: sources disagree since this fact, or it is why texts say what counts no more."""
    return f"changed-fact:{fact}"


def inject_thing(inject: str) -> str:
    """Something happens in the drill; people answer in its thread."""
    return f"inject:{inject}"


def turn_thing(seq: int) -> str:
    return f"turn:{seq}"


def away_thing(seq: int) -> str:
    """To everybody: no bot was running for a while, as entry `seq` says, and what came due meanwhile."""
    return f"away:{seq}"


def question_thing(question: str) -> str:
    return f"question:{question}"


def answered_thing(question: str) -> str:
    """To who took a question of the public down: what was answered."""
    return f"answered:{question}"


def handover_thing(handover: str) -> str:
    return f"handover:{handover}"


def report_thing(report: str) -> str:
    return f"report:{report}"


def preview_thing(draft: str, seq: int) -> str:
    return f"preview:{draft}:{seq}"


def split(thing: str) -> tuple[str, tuple[str, ...]]:
    """The kind of a thing and its ids."""
    kind, *ids = thing.split(":")
    return kind, tuple(ids)


def place_of(state: Incident, thing: str, step: str = "") -> Place | None:
    """Where a thing is first posted: the thread of `step` or the conversation; None if not there yet.

    Where somebody deleted the message that began the thread, the conversation takes what belongs there.

    What leaders read goes where the approval says, whatever became of the incident's own conversation.
    """
    kind, ids = split(thing)
    if kind == "brief":
        revision = state.drafts[ids[0]].revision(int(ids[1]))
        return Place(revision.leaders) if revision else None
    if state.conversation is None:
        return None
    if not step:
        return Place(state.conversation)
    root = state.posted.get(step_thing(step))
    if root is None and step_thing(step) in state.gone:
        return Place(state.conversation)
    if root is None or thing == step_thing(step):
        return None
    return Place(root.conversation, thread=root.ts)


def has_thread(state: Incident, step: str) -> bool:
    """Whether the thread of a step was begun. If somebody deleted its first message, that comes back."""
    thing = step_thing(step)
    return thing in state.posted or thing in state.gone


def edit_place(state: Incident, thing: str) -> Place | None:
    """The message that shows a thing now, to be edited."""
    ref = state.posted.get(thing)
    return Place(ref.conversation, ts=ref.ts) if ref else None
