"""What an opening puts up: conversation, card, invitation, steps."""

from __future__ import annotations

from collections.abc import Iterator

from ecomms_bot.incident import things
from ecomms_bot.incident.effects.base import (
    ANSWER,
    INVITE,
    OPEN_CONVERSATION,
    PIN,
    POST,
    ahead,
    arrival_lane,
    post,
    task,
    thread_lane,
)
from ecomms_bot.incident.entry import Task
from ecomms_bot.incident.keys import task_name
from ecomms_bot.incident.state import Incident


def opening(state: Incident) -> Iterator[Task]:
    """One after the other: conversation, card, invitation, pin, first step, answer.

    The answer is there from the beginning; what belongs before it goes ahead by an earlier time.
    """
    if state.conversation is None and not state.open:
        return  # closed before it had one: none is made any more
    lane = arrival_lane(state)
    yield task(state, OPEN_CONVERSATION, lane, "", thing=things.CONVERSATION)
    yield task(state, ANSWER, lane, "")
    if state.conversation is None:
        return
    yield ahead(post(state, things.CARD, lane))
    yield ahead(task(state, INVITE, lane, ""))
    if things.CARD in state.posted:
        lost = len(state.gone.get(things.CARD, ()))
        yield ahead(task(state, PIN, lane, task_name("", lost), thing=things.CARD))


def steps(state: Incident) -> Iterator[Task]:
    """Below the card; if Slack refused that one or somebody deleted it, without it."""
    refused = any(failure.thing == things.CARD and failure.kind == POST for failure in state.failures)
    was_there = things.CARD in state.posted or things.CARD in state.gone
    if state.conversation is None or not (refused or was_there):
        return
    for run in state.steps.values():
        thing = things.step_thing(run.id)
        # One that comes back goes ahead of all that waits for its thread.
        lane = thread_lane(state, run.id) if thing in state.gone else arrival_lane(state)
        yield ahead(post(state, thing, lane))
