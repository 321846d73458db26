"""What each thing in Slack shows, reduced to what tells one look from another: what differs is edited."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from ecomms_bot.incident import things
from ecomms_bot.incident.drilling import running
from ecomms_bot.incident.fact_faces import fact_faces
from ecomms_bot.incident.leaders import refused, to_post
from ecomms_bot.incident.partners import held_back, partner_words, still_to_hear, unheard
from ecomms_bot.incident.policy import missing
from ecomms_bot.incident.progress import step_due, step_status
from ecomms_bot.incident.reminders import said_expired, said_outdated, said_overdue, said_stalled
from ecomms_bot.incident.rules.drafts import preview_stands
from ecomms_bot.incident.rules.overriding import unseen
from ecomms_bot.incident.standing import followers, left_to_put_right, where_it_stands
from ecomms_bot.incident.state import (
    Draft,
    Failure,
    Incident,
    Mark,
    Override,
    Revision,
    StepRun,
    ThreadPreview,
)

REPORT, EDIT = "report", "edit"


def faces(state: Incident) -> dict[str, Hashable]:
    """Thing → its look."""
    shown: dict[str, Hashable] = {things.CARD: _card_face(state)}
    for run in state.steps.values():
        shown[things.step_thing(run.id)] = _step_face(state, run)
    for draft in state.drafts.values():
        for revision in draft.revisions:
            shown |= dict(_revision_faces(state, draft, revision))
        for override in draft.overridden_by:
            shown[things.override_thing(draft.id, override.seq)] = _override_face(state, draft, override)
        for mark in draft.marks:
            shown[things.receipt_thing(draft.id, mark.seq)] = _receipt_face(state, draft, mark)
    for given in state.injects.values():
        shown[things.inject_thing(given.id)] = (given.answered, running(state))
    for preview in state.previews.values():
        shown[things.preview_thing(preview.draft, preview.seq)] = _preview_face(state, preview)
    for thing, look in fact_faces(state):
        shown[thing] = (shown.get(thing), look)
    return shown


def _revision_faces(state: Incident, draft: Draft, revision: Revision) -> Iterator[tuple[str, Hashable]]:
    last, looked = revision is draft.last, revision.second_review
    status, receipts = draft.status if last else "", tuple(revision.receipts)
    given = (len(draft.approvals), len(draft.overrides)) if last else (0, 0)
    heard = (last, tuple(partner_words(draft, revision)), unheard(state, draft, revision))
    review = (last, status, given, looked, receipts, heard, state.open)
    yield things.review_thing(draft.id, revision.number), review
    if revision.approved_at is not None:
        outdated = last and said_outdated(state, draft)
        by_bot = (to_post(state, draft, revision), refused(state, draft, revision))
        after = _what_came_after(state, draft, revision)
        publish = (last, draft.status, receipts, outdated, looked, by_bot, after, state.open)
        yield things.publish_thing(draft.id, revision.number), publish
        held = (status, heard, receipts, outdated, state.open)
        yield things.partners_thing(draft.id, revision.number), held
    for stood in revision.stood:
        stopped = (last, status, bool(receipts), revision.approved, state.open)
        yield things.taken_back_thing(draft.id, stood.until.seq), stopped
    for seq in revision.passed_on:
        asked = (status == "in review" and seq == revision.passed_on[-1], state.open)
        yield things.your_turn_thing(draft.id, seq), asked


def _override_face(state: Incident, draft: Draft, override: Override) -> Hashable:
    revision = draft.revision(override.revision)
    looked = revision and (revision.second_review, bool(revision.receipts), revision is draft.last)
    return draft.status, override in draft.overrides, looked, state.open


def _step_face(state: Incident, run: StepRun) -> Hashable:
    latest = state.drafts[run.drafts[-1]].status if run.drafts else ""
    due = step_due(state, run.id)
    # A recurring step says how often it comes, and that may be as the severity says.
    pace = state.severity if state.step(run.id).recurrence == "recurring" else ""
    held = any(held_back(state, state.drafts[each]) for each in run.drafts)
    left = tuple(left_to_put_right(state, state.drafts[each]) for each in run.drafts)
    return (
        step_status(state, run.id),
        latest,
        len(run.drafts),
        due and due.utc,
        pace,
        held,
        left,
        state.open,
    )


def _receipt_face(state: Incident, draft: Draft, mark: Mark) -> Hashable:
    revision = draft.revision(mark.revision)
    receipts = revision.receipts if revision else {}
    now = tuple(receipts[each][0].model_dump_json() if each in receipts else "" for each in mark.channels)
    corrected = sum(each.revision == mark.revision for each in draft.corrections)
    newest = mark is [each for each in draft.marks if each.revision == mark.revision][-1]
    return now, corrected, newest, revision and _what_came_after(state, draft, revision), state.open


def _what_came_after(state: Incident, draft: Draft, revision: Revision) -> Hashable:
    """What follows a published text, where it was taken down or holds no more, whom it left out."""
    following = tuple(
        (each.id, each.open, tuple(channel for one in each.revisions for channel in one.receipts))
        for each in followers(state, draft, revision)
    )
    expired = _expired_on(state, draft, revision)
    return following, tuple(revision.ended), left_to_put_right(state, draft), expired


def _expired_on(state: Incident, draft: Draft, revision: Revision) -> tuple[str, ...]:
    """Where a text still stands that was said to hold no more."""
    return where_it_stands(state, draft, revision) if said_expired(state, draft, revision) else ()


def _preview_face(state: Incident, preview: ThreadPreview) -> Hashable:
    draft = state.drafts.get(preview.draft)
    if draft is None:
        return None
    sent = tuple(each.number for each in draft.revisions if each.text_sha256 == preview.text_sha256)
    return preview_works(state, preview), sent, draft.open, state.open


def preview_works(state: Incident, preview: ThreadPreview) -> bool:
    """Whether its words can still be submitted: nobody changed, submitted or ended the draft since."""
    return state.open and preview_stands(state, preview)


def _card_face(state: Incident) -> Hashable:
    return (
        state.severity,
        state.phase,
        state.holder,
        tuple((run, step_status(state, run), step_due(state, run)) for run in state.steps),
        tuple(
            (
                draft.id,
                draft.status,
                len(draft.revisions),
                missing(draft.current, draft.approvals) if draft.revisions else (),
                said_outdated(state, draft),
                said_stalled(state, draft),
                still_to_hear(state, draft),
                left_to_put_right(state, draft),
                tuple((each.number, _expired_on(state, draft, each)) for each in draft.revisions),
                tuple(each.number for each in unseen(state, draft)),
            )
            for draft in state.drafts.values()
        ),
        tuple((promise.id, said_overdue(state, promise.id)) for promise in state.live_promises),
        tuple((each.id, each.due) for each in state.open_questions),
        state.rest,
        state.handover and state.handover.id,
        len(troubles(state)),
        (len(state.injects), state.drill_ended is not None),
        state.open,
    )


def troubles(state: Incident) -> tuple[Failure, ...]:
    """What could not be done, as the card counts it.

    Not its own failed edits, else telling of one would be the next edit, without end; nor what concerns one
    person alone.
    """
    return tuple(
        each
        for each in state.failures
        if each.kind != REPORT and (each.kind, each.thing) != (EDIT, things.CARD)
    )
