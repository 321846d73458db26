"""What stands between an owed update and the public, and the button that helps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ecomms_bot.incident.partners import still_to_hear
from ecomms_bot.incident.progress import keeping_step
from ecomms_bot.incident.rules.releases import KEEPS_PROMISES
from ecomms_bot.incident.state import Draft, Promise
from ecomms_bot.incident.wording import Sentence, Who, say
from ecomms_bot.slack.cards.asking import asked
from ecomms_bot.slack.cards.partners import onward_button
from ecomms_bot.slack.cards.publishing import stale
from ecomms_bot.slack.cards.view import (
    View,
    called,
    joined,
    no_change_button,
    out_word,
    renew_button,
    write_button,
)
from ecomms_bot.slack.message import Block
from ecomms_bot.slack.text import listed

CONTINUE = "Write draft"
"""The label that goes on with what was begun, whatever its kind."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """The text that would keep the promise, and what it waits for."""

    draft: Draft
    sentence: Sentence
    waits_for: Literal["writing", "approval", "marking"]


def in_the_way(view: View) -> Obstacle | None:
    """The draft nearest to the public that would answer a promise; None when nobody has begun one."""
    under_way = [
        draft
        for draft in view.state.drafts.values()
        if draft.open and draft.kind in KEEPS_PROMISES and draft.step
    ]
    order = ("approved", "in review", "returned", "drafting")
    nearest = min(under_way, key=lambda draft: order.index(draft.status), default=None)
    return _obstacle(view, nearest) if nearest else None


def _obstacle(view: View, draft: Draft) -> Obstacle:
    title = say("*{title}*", title=view.of(draft))
    revision = draft.last
    if revision is None or draft.status == "drafting":
        begun = say(
            "is being written by {who} since {when}.",
            who=Who(draft.authors[0]),
            when=view.when(draft.started_at),
        )
        return Obstacle(draft, joined(title, begun), "writing")
    title = say("*{title}*, revision {n}", title=view.of(draft, revision), n=revision.number)
    if draft.status == "approved":
        at = view.when(revision.approved_at or revision.at)
        words = say("is approved since {when} and not marked as {out}.", when=at, out=out_word(view))
        if left := still_to_hear(view.state, draft):
            words = say("is approved since {when} and waits for {partners}.", when=at, partners=listed(left))
        return Obstacle(draft, joined(title, words), "marking")
    if draft.status == "in review":
        whom = asked(view, draft)
        since = view.when(revision.at)
        words = say("waits for approval by {roles} since {when}", roles=whom.needed, when=since)
        if whom.users:
            words = joined(words, called(whom.users), ": ")
        thread = say(". It is in the thread of {step}.", step=view.state.step(draft.step).title)
        return Obstacle(draft, joined(joined(title, words), thread, ""), "approval")
    back = draft.returns[-1]
    words = say(
        "came back from {who} at {when}; no new revision yet.", who=Who(back.person), when=view.when(back.at)
    )
    return Obstacle(draft, joined(title, words), "writing")


def way_out(view: View, promise: Promise, obstacle: Obstacle | None) -> tuple[Block, ...]:
    """The buttons that bring the owed update nearer; none to approve: a lead approves only words they see."""
    if obstacle is None:
        step = keeping_step(view.state, promise)
        if step is None:
            return ()
        write = write_button(view, step.id, step.main.kind, primary=True)
        return (write, no_change_button(view, step.id)) if "no-change" in step.texts else (write,)
    draft = obstacle.draft
    if obstacle.waits_for == "marking":
        late = stale(view, draft)
        mark = onward_button(view, draft, primary=not late)
        return (renew_button(view, draft), mark) if late else (mark,)
    if obstacle.waits_for == "writing":
        return (write_button(view, draft.step, draft.kind, CONTINUE, primary=True),)
    return ()
