"""Texts for leaders, in their own conversation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ecomms_bot.incident import things
from ecomms_bot.incident.effects.base import post
from ecomms_bot.incident.entry import Task
from ecomms_bot.incident.leaders import to_post
from ecomms_bot.incident.state import Incident


def briefs(state: Incident) -> Iterator[Task]:
    """Each in a lane of its own: what Slack refuses is told for each of them.

    Its key names the entry that let it out: a text that was stopped and is let out again is posted then.
    """
    for draft in state.drafts.values():
        revision = draft.last
        if revision is not None and to_post(state, draft, revision):
            thing = things.brief_thing(draft.id, revision.number)
            task = post(state, thing, f"{state.id}/{thing}")
            yield replace(task, key=f"{task.key}/{revision.approved_seq}")
