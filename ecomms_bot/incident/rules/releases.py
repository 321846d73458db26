"""Publishing: receipts of what went out, and the promises that this starts and answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from ecomms_bot.incident.commands import Context, MarkPublished
from ecomms_bot.incident.events import Event, MarkedPublished, PromiseAnswered, PromiseMade, Receipt
from ecomms_bot.incident.policy import Act, require
from ecomms_bot.incident.rules.common import require_draft, require_open, when
from ecomms_bot.incident.rules.opening import next_step
from ecomms_bot.incident.state import Draft, Incident, Promise, Revision, first_public
from ecomms_bot.incident.wording import Who, reject

GRACE = timedelta(minutes=5)
"""A promise answered at most this late counts as kept (the domain brief's metric)."""
TICK_OR_RENEW = "If it was posted like this, tick this box. If not, close this and press *Renew times*."
"""Said beside the box that asks whether a text went out after the time it promises."""
KEEPS_PROMISES = frozenset({"statement", "update", "no-change", "final"})


def mark_published(state: Incident, command: MarkPublished, ctx: Context) -> tuple[Event, ...]:
    require_open(state)
    require(ctx.person, Act.MARK, state)
    draft = require_draft(state, command.draft)
    revision = _approved_revision(draft, command.revision)
    receipts = _new_receipts(state, revision, command, ctx)
    marked = MarkedPublished(
        draft=draft.id, revision=revision.number, person=ctx.person.id, receipts=receipts
    )
    at = first_public(receipts)
    if revision.public_at is None:
        _require_not_stale(revision, at, posted_late=command.posted_late)
    goes_out = not revision.out and (at is not None or not revision.for_public)
    steps = next_step(state, ctx) if goes_out else ()
    return (marked, *_promises(state, draft, revision, at), *steps)


def _promises(state: Incident, draft: Draft, revision: Revision, at: datetime | None) -> Iterator[Event]:
    """What this release answers, what it promises, and who answered that already (when it is marked late)."""
    before = revision.public_at
    if at is None or (before is not None and before <= at):
        return
    if revision.kind in KEEPS_PROMISES:
        for promise in state.promises.values():
            if _is_answered(promise, at):
                yield _answered(promise.id, promise.due.utc, draft, revision, at)
    due = revision.next_update
    if due is None or before is not None:
        return
    promise_id = f"{draft.id}-{revision.number}"
    yield PromiseMade(promise=promise_id, draft=draft.id, revision=revision.number, due=due, attested_at=at)
    later = _release_after(state, at)
    if later is not None:
        yield _answered(promise_id, due.utc, *later)


def _is_answered(promise: Promise, at: datetime) -> bool:
    """Made before this release and still owed, or answered late by one that was posted after it."""
    if promise.made_at >= at:
        return False
    answered_at = promise.due.utc + timedelta(seconds=promise.late_seconds)
    return promise.status == "live" or (promise.status == "late" and at < answered_at)


def _answered(promise: str, due: datetime, draft: Draft, revision: Revision, at: datetime) -> PromiseAnswered:
    late = at - due
    return PromiseAnswered(
        promise=promise,
        draft=draft.id,
        revision=revision.number,
        attested_at=at,
        late_seconds=int(late.total_seconds()),
        kept=late <= GRACE,
    )


def _release_after(state: Incident, at: datetime) -> tuple[Draft, Revision, datetime] | None:
    """The first release that was attested after `at` although it was recorded before."""
    found = [
        (draft, revision, revision.public_at)
        for draft in state.drafts.values()
        for revision in draft.revisions
        if revision.kind in KEEPS_PROMISES and revision.public_at is not None and revision.public_at > at
    ]
    return min(found, key=lambda release: release[2], default=None)


def require_approved(state: Incident, draft_id: str, revision: int) -> Draft:
    """The draft, if this revision is its last and approved; asked before a form is opened."""
    require_open(state)
    draft = require_draft(state, draft_id)
    if draft.last is None or draft.last.number != revision:
        raise reject(
            "stale",
            "Another revision replaced this text. Use the latest approved text; nothing was recorded.",
        )
    _approved_revision(draft, revision)
    return draft


def _approved_revision(draft: Draft, number: int) -> Revision:
    """Also one that another revision replaced: if it was posted before that, the log has to say so."""
    revision = draft.revision(number)
    if revision is None or revision.approved_at is None:
        raise reject("not-approved", "This text is not approved, so it cannot be marked as published.")
    return revision


def _require_not_stale(revision: Revision, at: datetime | None, *, posted_late: bool) -> None:
    """Before its first public receipt: a text whose promised time has passed is renewed, unless it is out."""
    due = revision.next_update
    if at is None or due is None or at < due.utc or posted_late:
        return
    raise reject("renew", TICK_OR_RENEW, field="posted_late")


def _new_receipts(
    state: Incident, revision: Revision, command: MarkPublished, ctx: Context
) -> tuple[Receipt, ...]:
    if not command.receipts:
        raise reject("no-channel", "Choose at least one channel where it was posted.", field="channels")
    given = {each.channel: each for each in command.receipts}
    fresh = tuple(each for each in given.values() if each.channel not in revision.receipts)
    if not fresh:
        receipt, person = revision.receipts[command.receipts[0].channel]
        raise reject(
            "marked",
            "Already marked by {who}, posted {when}. Nothing was changed. Close this window.",
            who=Who(person),
            when=when(state, receipt.attested_at),
        )
    for receipt in fresh:
        _require_possible(state, revision, receipt, ctx)
    return fresh


def _require_possible(state: Incident, revision: Revision, receipt: Receipt, ctx: Context) -> None:
    if receipt.channel not in revision.texts:
        raise reject("channel", "There is no approved text for {channel}.", channel=receipt.channel)
    if receipt.attested_at > ctx.now:
        raise reject("future", "The time of posting cannot be in the future.", field="attested_at")
    approved = revision.approved_at or revision.at
    # People give minutes, the log has seconds: the minute of the approval counts as after it.
    if receipt.attested_at < approved.replace(second=0, microsecond=0):
        raise reject(
            "before-approval",
            "The text was approved at {when}; it cannot have been posted before.",
            field="attested_at",
            when=when(state, approved),
        )


def promise_words(promise: Promise) -> str:
    """How a promise stands: live, withdrawn, or as `lateness_words` says."""
    if promise.status in {"kept", "late"}:
        return lateness_words(promise.late_seconds, kept=promise.status == "kept")
    return promise.status


def lateness_words(late_seconds: int, *, kept: bool) -> str:
    """`kept`, `kept, 3 min late` or `late by 14 min`."""
    minutes = max(0, late_seconds) // 60
    if not kept:
        return f"late by {minutes} min"
    return f"kept, {minutes} min late" if minutes else "kept"
