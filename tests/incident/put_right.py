"""Texts that follow others: a flood playbook with a step for corrections, and how they are written."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from functools import cache
from typing import Any

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.events import About, Kind
from ecomms_bot.incident.evolve import replay
from ecomms_bot.incident.rules.following import about, channels_for, following_step
from ecomms_bot.incident.state import Draft, Incident
from ecomms_bot.playbook.drafting import Render, render, text_sha256
from tests.incident.stories import COMMUNICATOR, NO_FACTS, PIO, Facts, Story, flood

CORRECTION: Mapping[str, Any] = {
    "id": "D8",
    "title": "Correction",
    "purpose": "We said something wrong. Say so to the same people.",
    "audience": "everyone who read the wrong text",
    "recurrence": "on-demand",
    "channels": ["internal", "web", "x", "sms"],
    "tier": "CORR",
    "cadence": "severity",
    "fields": ["road", "details"],
    "texts": {
        "correction": {
            "title": "Correction",
            "promises": True,
            "templates": {
                "internal": "We were wrong about {{ road }}. Next update by {{ next_update_at | datetime }}.",
                "web": "Correction, {{ as_of | time }}: {{ road }}. Next by {{ next_update_at | datetime }}.",
                "x": "Correction: {{ road }}. Next update by {{ next_update_at | datetime }}.",
                "sms": "Correction: {{ road }}. Next update by {{ next_update_at | datetime }}.",
            },
        }
    },
}
CORR = {
    "title": "Correction",
    "use": "Putting right what we said wrongly.",
    "roles": ["pio"],
    "target_minutes": 10,
    "second_review_minutes": 15,
}
UNTIL = "Holds until {{ expires_at | datetime }}."


@cache
def correcting_book() -> dict[str, Any]:
    """The flood playbook with a correction, a road sign, and closures that hold until a time."""
    raw = deepcopy(flood().raw)
    raw["tiers"]["CORR"] = CORR
    raw["fields"]["expires_at"] = {
        "type": "datetime",
        "label": "Holds until",
        "example": "2021-11-15T17:00:00-08:00",
        "required": False,
        "past_allowed": False,
    }
    statement = next(step for step in raw["phases"]["during"] if step["id"] == "D3")
    statement["channels"] = [*statement["channels"], "sign"]
    statement["fields"] = [*statement["fields"], "expires_at"]
    templates = statement["texts"]["statement"]["templates"]
    templates["sign"] = "ROAD CLOSED"
    templates["internal"] += f"[[{UNTIL}]]"
    raw["phases"]["during"].append(deepcopy(dict(CORRECTION)))
    return raw


def follow(
    story: Story,
    followed: Draft,
    relation: str = "correction",
    *,
    by: str = COMMUNICATOR,
    facts: Facts = NO_FACTS,
    link: About | None = None,
    revision: int | None = None,
) -> Draft:
    """Submit a text that follows this one, on the channels that the rules name."""
    command = following(story, followed, relation, facts=facts, link=link, revision=revision)
    story.do(command, by)
    return story.state.drafts[command.draft]


def following(
    story: Story,
    followed: Draft,
    relation: str = "correction",
    *,
    facts: Facts = NO_FACTS,
    link: About | None = None,
    revision: int | None = None,
) -> c.SubmitDraft:
    """The command with which a text that follows this one is sent for approval."""
    state = story.state
    number = revision or state.drafts[followed.id].current.number
    link = link or about(state, followed.id, number, relation)
    step, kind = following_step(state, followed.id, relation)
    return linked_submission(story, step.id, kind, link, facts)


def linked_submission(
    story: Story, step: str, kind: Kind, link: About | None, facts: Facts = NO_FACTS
) -> c.SubmitDraft:
    values = story.values(step, kind, facts=facts)
    state = story.state
    only = channels_for(state.step(step).text(kind), link)
    how = Render(values, state.name, state.exercise, state.zone, only=only)
    texts = render(state.book, state.step(step), kind, how)
    return c.SubmitDraft(story.draft_id(step), step, kind, values, texts, text_sha256(texts), about=link)


def texts_of(story: Story, draft: Draft, kind: Kind, values: Facts) -> dict[str, dict[str, str]]:
    """What the playbook makes of these facts on the channels of this draft."""
    state = story.state
    only = channels_for(state.step(draft.step).text(kind), draft.about)
    how = Render(values, state.name, state.exercise, state.zone, only=only)
    return render(state.book, state.step(draft.step), kind, how)


def correct(story: Story, wrong: Draft, *channels: str) -> Draft:
    """Write a correction of this text, have pio approve it, mark it on these channels."""
    draft = story.approve(follow(story, wrong), PIO)
    return story.mark(draft, *channels) if channels else draft


def without(story: Story, type_: str, *places: int) -> Incident:
    """The state once entries of this type were lawfully redacted: all, or those at these places."""
    seqs = [each.seq for each in story.log if each.type == type_]
    gone = {seqs[place] for place in places} if places else set(seqs)
    log = [replace(each, event=None) if each.seq in gone else each for each in story.log]
    return replay(story.state.id, log)
