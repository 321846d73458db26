"""What a drill shows: the briefing, its injects one after the other, the end with the debrief."""

from __future__ import annotations

from collections.abc import Iterator

from ecomms_bot.incident import things
from ecomms_bot.incident.effects.base import REPORT, ahead, arrival_lane, post, task
from ecomms_bot.incident.entry import Task
from ecomms_bot.incident.state import Incident


def briefing(state: Incident) -> Iterator[Task]:
    """Below the card and before the first step."""
    if state.drill is not None and state.conversation is not None and things.CARD in state.posted:
        yield ahead(post(state, things.BRIEFING, arrival_lane(state)))


def drill(state: Incident) -> Iterator[Task]:
    """The debrief goes as a file to the conversation, and to who began the drill."""
    if state.drill is None or state.conversation is None:
        return
    lane = f"{state.id}/drill"
    for inject in state.injects:
        yield post(state, things.inject_thing(inject), lane)
    if state.drill_ended is not None:
        yield post(state, things.DRILL_END, lane)
        yield task(state, REPORT, lane, things.DEBRIEF, thing=things.DEBRIEF)
        own = f"{things.DEBRIEF}/{state.opener}"
        yield task(
            state, REPORT, f"{state.id}/{REPORT}/{state.opener}", own, thing=things.DEBRIEF, user=state.opener
        )
