"""What went out: receipts and their corrections, promises to the public."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ecomms_bot.incident import events as e
from ecomms_bot.incident.meanings.base import apply, change, with_
from ecomms_bot.incident.state import (
    Correction,
    Draft,
    DraftStatus,
    Incident,
    Mark,
    Promise,
    Recorded,
    Revision,
    Word,
    first_public,
)


@apply.register
def _(event: e.MarkedPublished, state: Incident, recorded: Recorded) -> Incident:
    draft = state.drafts[event.draft]
    new = {receipt.channel: (receipt, event.person) for receipt in event.receipts}
    mark = Mark(recorded.seq, event.revision, event.person, tuple(new), recorded.at)
    revisions = tuple(
        _marked(each, new) if each.number == event.revision else each for each in draft.revisions
    )
    status = "published" if revisions[-1].out else draft.status
    state = change(state, draft, status=status, revisions=revisions, marks=(*draft.marks, mark))
    if state.rest is None or first_public(event.receipts) is None:
        return state
    # Who speaks to the public is not resting any more.
    rested = min(recorded.at, state.rest.until.utc)
    return replace(state, rest=None, rested_until=rested, course_seq=recorded.seq)


def _marked(revision: Revision, new: Mapping[str, tuple[e.Receipt, str]]) -> Revision:
    """Where it was taken down and is posted after all, it stands again."""
    ended = {channel: word for channel, word in revision.ended.items() if channel not in new}
    return replace(revision, receipts={**revision.receipts, **new}, ended=ended)


@apply.register
def _(event: e.ReceiptCorrected, state: Incident, recorded: Recorded) -> Incident:
    draft = state.drafts[event.draft]
    revisions = tuple(
        replace(each, receipts=_corrected(each.receipts, event)) if each.number == event.revision else each
        for each in draft.revisions
    )
    status = draft.status
    if status in {"published", "approved"} and revisions[-1].number == event.revision:
        status = "published" if revisions[-1].out else _before_it_was_out(draft)
    corrections = (*draft.corrections, _correction(draft, event, recorded))
    state = change(state, draft, status=status, revisions=revisions, corrections=corrections)
    at = next(each for each in revisions if each.number == event.revision).public_at
    moved = {
        promise.id: replace(promise, made_at=at)
        for promise in state.promises.values()
        if at is not None and (promise.draft, promise.revision) == (event.draft, event.revision)
    }
    return replace(state, promises={**state.promises, **moved})


@apply.register
def _(event: e.ReleaseEnded, state: Incident, recorded: Recorded) -> Incident:
    draft = state.drafts[event.draft]
    ended = dict.fromkeys(event.channels, Word(event.person, event.reason, recorded.at, recorded.seq))
    revisions = tuple(
        replace(each, ended={**each.ended, **ended}) if each.number == event.revision else each
        for each in draft.revisions
    )
    return change(state, draft, revisions=revisions)


@apply.register
def _(event: e.PromiseMade, state: Incident, recorded: Recorded) -> Incident:
    draft = state.drafts[event.draft]
    revision = draft.revision(event.revision) or draft.current
    # The same text may turn out not to be out, and go out after all: then it promises anew.
    earlier = state.promises.get(event.promise)
    promise = Promise(
        id=event.promise,
        draft=event.draft,
        revision=event.revision,
        step=draft.step,
        author=revision.author,
        due=event.due,
        made_at=event.attested_at,
        started_at=recorded.at,
        reopened=earlier.reopened + 1 if earlier else 0,
    )
    return _owed(state, promise)


@apply.register
def _(event: e.PromiseAnswered, state: Incident, _recorded: Recorded) -> Incident:
    promise = replace(
        state.promises[event.promise],
        status="kept" if event.kept else "late",
        late_seconds=event.late_seconds,
        answered_by=event.draft,
    )
    return replace(state, promises=with_(state.promises, promise.id, promise))


@apply.register
def _(event: e.PromiseWithdrawn, state: Incident, _recorded: Recorded) -> Incident:
    promise = replace(state.promises[event.promise], status="withdrawn")
    return replace(state, promises=with_(state.promises, promise.id, promise))


@apply.register
def _(event: e.PromiseReopened, state: Incident, recorded: Recorded) -> Incident:
    promise = state.promises[event.promise]
    anew = replace(
        promise,
        status="live",
        late_seconds=0,
        answered_by="",
        started_at=recorded.at,
        reopened=promise.reopened + 1,
    )
    return _owed(state, anew)


def _before_it_was_out(draft: Draft) -> DraftStatus:
    """It may have been marked after it was approved no more: then nobody may post it now."""
    if draft.withdrawal is not None:
        return "withdrawn"
    back = next((each for each in draft.returns if each.revision == draft.current.number), None)
    if back is not None:
        return "declined" if back.declined else "returned"
    return "approved" if draft.current.approved else "in review"


def _owed(state: Incident, promise: Promise) -> Incident:
    """Its reminders begin from the start: none of them was put off."""
    snoozes = {of: each for of, each in state.snoozes.items() if of != promise.id}
    return replace(state, promises=with_(state.promises, promise.id, promise), snoozes=snoozes)


def _correction(draft: Draft, event: e.ReceiptCorrected, recorded: Recorded) -> Correction:
    revision = draft.revision(event.revision)
    before = revision.receipts.get(event.channel) if revision else None
    return Correction(
        seq=recorded.seq,
        revision=event.revision,
        channel=event.channel,
        person=event.person,
        reason=event.reason,
        at=recorded.at,
        before=before[0] if before else None,
        receipt=event.receipt,
    )


def _corrected(
    receipts: Mapping[str, tuple[e.Receipt, str]], event: e.ReceiptCorrected
) -> Mapping[str, tuple[e.Receipt, str]]:
    kept = {channel: each for channel, each in receipts.items() if channel != event.channel}
    return kept if event.receipt is None else {**kept, event.channel: (event.receipt, event.person)}
