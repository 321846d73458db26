"""What leaders read without asking: the bot itself posts it to the conversation that the office names."""

from __future__ import annotations

from ecomms_bot.incident import things
from ecomms_bot.incident.partners import held_back
from ecomms_bot.incident.state import Draft, Incident, Revision
from ecomms_bot.playbook.channels import LEADERS


def conversation_for(revision: Revision, conversation: str) -> str:
    """Where the bot posts what this text says to leaders; "" if it says them nothing."""
    return conversation if LEADERS in revision.texts else ""


def to_post(state: Incident, draft: Draft, revision: Revision) -> bool:
    """Whether the bot still has to post it.

    It was let out, nobody stopped it since or sent it by hand, and no partner has to know first.
    """
    if not revision.leaders or LEADERS not in revision.texts or not state.open:
        return False
    stands = revision is draft.last and revision.approved and draft.status in {"approved", "published"}
    by_hand = any(LEADERS in mark.channels for mark in draft.marks if mark.revision == revision.number)
    free = stands and not by_hand and not held_back(state, draft)
    return free and things.brief_thing(draft.id, revision.number) not in state.posted


def refused(state: Incident, draft: Draft, revision: Revision) -> bool:
    """Slack did not take it, so that somebody may have to hand it out by hand."""
    thing = things.brief_thing(draft.id, revision.number)
    return any(each.thing == thing for each in state.failures)


def left_to_people(state: Incident, draft: Draft, revision: Revision) -> tuple[str, ...]:
    """The channels that people still have to post: not what the bot posts, unless Slack refused it."""
    bot = to_post(state, draft, revision) and not refused(state, draft, revision)
    return tuple(
        each for each in revision.texts if each not in revision.receipts and not (bot and each == LEADERS)
    )


def stopped(state: Incident, thing: str) -> bool:
    """Whether this is a text for leaders that is not to be posted (any more), or is posted already."""
    found = of_thing(state, thing)
    return found is not None and not to_post(state, *found)


def of_thing(state: Incident, thing: str) -> tuple[Draft, Revision] | None:
    """The text for leaders that a thing shows; None if it shows something else."""
    match things.split(thing):
        case "brief", (draft_id, number):
            draft = state.drafts.get(draft_id)
            revision = (
                next((each for each in draft.revisions if str(each.number) == number), None)
                if draft
                else None
            )
            return (draft, revision) if draft and revision else None
        case _:
            return None
