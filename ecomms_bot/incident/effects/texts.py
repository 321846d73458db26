"""What is shown of texts on their way: reviews, publish messages, receipts, overrides, previews."""

from __future__ import annotations

from collections.abc import Iterator

from ecomms_bot.incident import things
from ecomms_bot.incident.effects.base import post, thread_lane
from ecomms_bot.incident.entry import Task
from ecomms_bot.incident.partners import called_after_approval, unheard
from ecomms_bot.incident.rules.drafts import newest_preview
from ecomms_bot.incident.state import Draft, Incident


def drafts(state: Incident) -> Iterator[Task]:
    for draft in state.drafts.values():
        if not things.has_thread(state, draft.step):
            continue
        for thing in _things_of(state, draft):
            yield post(state, thing, thread_lane(state, draft.step), step=draft.step)


def overrides(state: Incident) -> Iterator[Task]:
    """In the conversation, where all leads see it at once."""
    if state.conversation is not None:
        for draft in state.drafts.values():
            for override in draft.overridden_by:
                yield post(state, things.override_thing(draft.id, override.seq), f"{state.id}/talk")


def _things_of(state: Incident, draft: Draft) -> Iterator[str]:
    for revision in draft.revisions:
        yield things.review_thing(draft.id, revision.number)
        if called_after_approval(state, draft, revision):
            yield things.partners_thing(draft.id, revision.number)
        if revision.approved_at is not None and not unheard(state, draft, revision):
            yield things.publish_thing(draft.id, revision.number)
        for seq in revision.passed_on:
            yield things.your_turn_thing(draft.id, seq)
        for stood in revision.stood:
            yield things.taken_back_thing(draft.id, stood.until.seq)
        if revision.second_review is not None and not revision.second_review.agrees:
            yield things.found_wrong_thing(draft.id, revision.second_review.seq)
    for back in draft.returns:
        yield things.returned_thing(draft.id, back.revision)
    for mark in draft.marks:
        yield things.receipt_thing(draft.id, mark.seq)


def previews(state: Incident) -> Iterator[Task]:
    """Of several previews of one draft only the newest is worth posting."""
    for preview in state.previews.values():
        newest = newest_preview(state, preview.draft) == preview
        if newest and things.has_thread(state, preview.step):
            thing = things.preview_thing(preview.draft, preview.seq)
            yield post(state, thing, thread_lane(state, preview.step), step=preview.step)
