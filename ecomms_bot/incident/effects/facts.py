"""What the conversation is told of facts: where sources disagree, and what texts say that counts no more."""

from __future__ import annotations

from collections.abc import Iterator

from ecomms_bot.incident import things
from ecomms_bot.incident.changes import told
from ecomms_bot.incident.effects.base import post
from ecomms_bot.incident.entry import Task
from ecomms_bot.incident.state import Incident


def changed_facts(state: Incident) -> Iterator[Task]:
    """Once for each; what was put right before anybody could read of it is not said any more."""
    if state.conversation is not None and state.open:
        for fact in told(state):
            yield post(state, things.changed_fact_thing(fact), f"{state.id}/talk")
