"""An incident lived through real commands, for tests of what people see: no event is made by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from datetime import timedelta
from typing import Any

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import things
from ecomms_bot.incident.events import Kind
from ecomms_bot.incident.policy import Roster
from ecomms_bot.incident.state import Draft, Incident
from ecomms_bot.incident.timeline import lines
from ecomms_bot.playbook.drafting import text_sha256
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.library import load_with_source
from ecomms_bot.slack.cards import answers, render
from ecomms_bot.slack.message import Message
from ecomms_bot.slack.sample_life import (
    COLLEAGUE,
    COMMUNICATOR,
    CONVERSATION,
    FACTS,
    IC,
    NIGHT,
    PIO,
    PIO_2,
    ROSTER,
    SME,
    ZONE,
    SampleLife,
)
from tests.books import FLOOD_FILE

__all__ = [
    "COLLEAGUE",
    "COMMUNICATOR",
    "CONVERSATION",
    "FACTS",
    "FLOOD",
    "IC",
    "NIGHT",
    "NO_ROLES",
    "PIO",
    "PIO_2",
    "ROSTER",
    "SME",
    "ZONE",
    "Life",
    "bent",
    "every_message",
    "every_thing",
    "whole_life",
]

FLOOD = load_with_source(FLOOD_FILE)
NO_ROLES = Roster(configured=False)


def bent(change: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """The flood playbook with something changed."""
    raw = deepcopy(FLOOD.raw)
    change(raw)
    return raw


class Life(SampleLife):
    """One incident of the flood playbook, or of `raw`."""

    def __init__(
        self,
        *,
        name: str = "Highway 7 flooding",
        area: str = "Fraser Valley",
        exercise: bool = False,
        roster: Roster = ROSTER,
        opener: str = COMMUNICATOR,
        raw: Mapping[str, Any] | None = None,
        conversation: bool = True,
    ) -> None:
        super().__init__(
            raw or FLOOD.raw,
            text_sha256({"raw": {"": json.dumps(raw)}}) if raw else FLOOD.sha256,
            name=name,
            area=area,
            exercise=exercise,
            roster=roster,
            opener=opener,
            conversation=conversation,
        )

    def published(self, step: str, kind: Kind = "statement", *, next_update: float | None = 60) -> Draft:
        """A text from writing to all channels, a few minutes apart."""
        texts = self.submit(step, kind, next_update=next_update).current.texts
        self.minutes(3)
        self.approve_all(step)
        self.minutes(2)
        self.mark(step, *texts)
        return self.draft(step)


def whole_life(
    *,
    name: str = "Highway 7 flooding",
    area: str = "Fraser Valley",
    exercise: bool = False,
    roster: Roster = ROSTER,
    raw: Mapping[str, Any] | None = None,
    reason: str = "Which side of Hope?",
) -> Life:
    """A night with everything in it that is ever shown, before it is closed."""
    life = Life(name=name, area=area, exercise=exercise, roster=roster, raw=raw)
    life.fire_next()
    life.submit("D1")
    life.ask_for_changes("D1", reason, by=life.member("pio"))
    life.minutes(3)
    life.submit("D1", area_description="just west of Hope")
    life.approve_all("D1")
    life.fire_next()
    life.mark("D1", "x", "web")
    life.fire_next()
    life.fire_next()
    life.submit("D4", "update", next_update=30)
    life.fire_next()
    life.fire_next(late_minutes=2)
    life.approve_all("D4")
    life.minutes(6)
    life.fire()
    life.minutes(60)
    life.fire()
    life.submit("D4", "update", next_update=40, renews=True)
    life.approve_all("D4")
    life.mark("D4", "internal", "x")
    life.submit("D3")
    life.decline("D3", reason, by=life.member("pio"))
    life.submit("D3")
    due = Instant.of(life.now + timedelta(minutes=1), ZONE)
    life.do(COMMUNICATOR, c.SetReminder(due, reason[:500].strip()))
    life.fire_next()
    life.do("bot", c.RecordFailure("k", "pin", "card", reason, reason))
    return life


def every_message(life: Life) -> Iterator[tuple[str, Message]]:
    """Every message that this incident ever shows, now and once more after closing it, each with its name."""
    for thing in every_thing(life.state):
        yield thing, render(thing, life.view)
        if thing.startswith(("reminder", "trouble")):
            yield f"{thing} as dm", render(thing, life.view, kind="dm", user=COMMUNICATOR)
    yield "answer", render("", life.view, kind="answer", user=COMMUNICATOR)
    timeline = lines(life.state, life.log)
    yield "status", answers.status(life.view, timeline)
    yield "log", answers.log_lines(life.view, timeline)
    if life.state.open:
        life.close(life.state.name * 40, by=life.member("pio"), withdraw="It is over.")
        yield from every_message(life)


def every_thing(state: Incident) -> Iterator[str]:
    yield things.CARD
    for step in state.steps:
        yield things.step_thing(step)
    for draft in state.drafts.values():
        for revision in draft.revisions:
            yield things.review_thing(draft.id, revision.number)
            if revision.approved_at is not None:
                yield things.publish_thing(draft.id, revision.number)
        for back in draft.returns:
            yield things.returned_thing(draft.id, back.revision)
        for each in draft.marks:
            yield things.receipt_thing(draft.id, each.seq)
    for key in state.fired:
        yield things.reminder_thing(key)
    for failure in state.failures:
        yield things.trouble_thing(failure.seq)
    if state.closing is not None:
        yield things.CLOSING
