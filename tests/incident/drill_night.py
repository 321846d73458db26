"""A drill that people take part in, lived through to its end: every kind of inject, and what came of each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import things
from ecomms_bot.incident.events import Quoted
from tests.incident.put_right import correct, correcting_book
from tests.incident.stories import COLLEAGUE, COMMUNICATOR, IC, PIO, PIO_2, SME, Story, at, flood


def inject(name: str, minute: int, answer: str = "reply", **more: Any) -> dict[str, Any]:
    """One that comes at this minute and asks for this answer."""
    return {
        "id": name,
        "minute": minute,
        "kind": "call",
        "who": "Duty hydrologist, by phone",
        "says": f"This is {name}.",
        "answer": answer,
        "within": 10,
        "teaches": f"What {name} teaches.",
        **more,
    }


def drill(*injects: Mapping[str, Any], minutes: int = 50, **targets: int) -> dict[str, Any]:
    """A drill of the flood playbook, as its file says it."""
    return {
        "schema_version": 1,
        "id": "river-night",
        "title": "A river night",
        "about": "The river rises, and numbers do not fit.",
        "take_part": {
            "playbook": "flood",
            "severity": "S2",
            "incident": "Chilliwack River rising",
            "minutes": minutes,
            "briefing": "You speak for the ministry. Write the holding statement first.",
            "targets": targets,
            "injects": list(injects),
        },
    }


ALL_KINDS = drill(
    inject("gauge", 4, "fact", of="gauge_level_m", says="The gauge reads 6.8 m & rises."),
    inject("rumour", 8, kind="rumour", who="A post on X"),
    inject("statement", 10, "text", of=["D1"], within=12),
    inject("which-way", 20, "question", kind="question", who="Call centre"),
    inject("two-numbers", 24, "fact", kind="number"),
    inject("worse", 30, "escalate", kind="press", who="A reporter, by phone"),
    inject("wrong-word", 34, "correction", of="D1", kind="map", who="City GIS"),
    inject("no-slack", 44, kind="outage", minutes=10, who="IT", within=15),
)
"""Every kind of answer; the last one is left."""


def begin(story: Story, of: Mapping[str, Any], *, playbook: Mapping[str, Any] | None = None) -> Story:
    """Open the exercise of this drill; its conversation, card and briefing stand in Slack."""
    command = c.OpenIncident(
        name="Chilliwack River rising",
        area="",
        zone="America/Vancouver",
        phase="during",
        severity="S2",
        exercise=True,
        playbook=playbook or flood().raw,
        playbook_sha256=flood().sha256,
        drill=of,
    )
    story.do(command, COMMUNICATOR)
    story.work()
    return story


def thread(story: Story, name: str) -> str:
    """The message of an inject, in whose thread people answer."""
    return story.state.posted[things.inject_thing(name)].ts


def reply(story: Story, name: str, text: str, by: str = COLLEAGUE) -> None:
    story.do(c.AddDiscussion(thread(story, name), f"{story.state.seq}.5", text), by)


def on(story: Story, moment: Any) -> None:
    """Let time pass, and show what comes at its time."""
    while due := [task.due_at for task in story.reminders() if task.due_at <= moment]:
        story.until(due[0])
        story.work()
    story.until(moment)
    story.work()


@cache
def drill_night() -> Story:
    """From 20:00 to 20:50 and a little longer; read it, but do not go on with it."""
    story = begin(Story(), ALL_KINDS, playbook=correcting_book())
    on(story, at(20, 6))
    story.do(c.RecordFact("gauge_level_m", "6.8", "the hydrologist"), COMMUNICATOR)
    on(story, at(20, 9))
    reply(story, "rumour", "We look into it.")
    on(story, at(20, 12))
    draft = story.submit("D1", next_update=at(20, 40))
    story.do(c.AskForChanges(draft.id, 1, "Say which road."), PIO)
    on(story, at(20, 14))
    draft = story.approve(story.submit("D1", by=COLLEAGUE, next_update=at(20, 40)), PIO)
    on(story, at(20, 16))
    story.mark(draft)
    on(story, at(20, 23))
    story.do(c.AskQuestion("Which way is open?", SME), COMMUNICATOR)
    on(story, at(20, 26))
    quoted = Quoted(conversation="C-flood", ts=thread(story, "two-numbers"))
    story.do(c.AddNote("Two numbers, we ask.", quoted), COMMUNICATOR)
    story.do(c.RecordFact("homes", "1100", "the city"), COMMUNICATOR)
    on(story, at(20, 31))
    story.do(c.ChangeSeverity("S1", "A reporter knows of people in there."), PIO_2)
    on(story, at(20, 36))
    correct(story, draft, "x")
    on(story, at(20, 38))
    update = story.approve(story.submit("D4", "update", next_update=at(21, 30)), SME, PIO)
    story.mark(update)
    story.work()
    on(story, at(20, 58))
    (question,) = story.state.questions
    left = {f"question:{question}": "asked in the debrief"}
    over = "The drill is over."
    story.do(c.CloseIncident("Drilled.", withdraw_reason=over, left_reason=over, left=left), IC)
    story.work()
    return story
