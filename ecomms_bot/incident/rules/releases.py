"""Publishing: receipts of what went out, and the promises that this starts and answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from ecomms_bot.incident.commands import Context, MarkPublished
from ecomms_bot.incident.events import Event, MarkedPublished, PromiseAnswered, PromiseMade, Receipt
from ecomms_bot.incident.policy import Act, require
from ecomms_bot.incident.rules.common import require_draft, require_open, when
from ecomms_bot.incident.rules.opening import next_step
from ecomms_bot.incident.state import Draft, Incident, Promise
from ecomms_bot.incident.wording import Who, reject
from ecomms_bot.playbook.channels import CHANNELS

GRACE = timedelta(minutes=5)
"""A promise answered at most this late counts as kept (the domain brief's metric)."""
KEEPS_PROMISES = frozenset({"statement", "update", "no-change", "final"})


def mark_published(state: Incident, command: MarkPublished, ctx: Context) -> tuple[Event, ...]:
    require_open(state)
    require(ctx.person, Act.MARK, state)
    draft = require_approved(state, command.draft, command.revision)
    receipts = _new_receipts(state, draft, command, ctx)
    marked = MarkedPublished(
        draft=draft.id, revision=command.revision, person=ctx.person.id, receipts=receipts
    )
    first = first_public(receipts)
    if first is None or _public_before(draft) is not None:
        return (marked, *_first_release_starts(state, draft, ctx))
    revision = draft.current
    stale = revision.next_update is not None and first >= revision.next_update.utc
    if stale and not command.posted_late:
        raise reject(
            "renew",
            "The text promises an update by {when}, and that time has passed. If it is not out yet, press "
            "Renew times instead. If it was posted like this, say so below and send again.",
            field="posted_late",
            when=when(state, revision.next_update.utc if revision.next_update else first),
        )
    return (marked, *_promises(state, draft, first), *_first_release_starts(state, draft, ctx))


def first_public(receipts: tuple[Receipt, ...]) -> datetime | None:
    """When the first of these public receipts is attested (UTC)."""
    return min((each.attested_at for each in receipts if CHANNELS[each.channel].public), default=None)


def _promises(state: Incident, draft: Draft, at: datetime) -> Iterator[Event]:
    """What this release answers, what it promises, and who answered that already (when it is marked late)."""
    if draft.current.kind not in KEEPS_PROMISES:
        return
    for promise in state.live_promises:
        if promise.made_at <= at:
            yield _answered(promise.id, promise.due.utc, draft, at)
    due = draft.current.next_update
    if due is None:
        return
    promise_id = f"{draft.id}-{draft.current.number}"
    yield PromiseMade(
        promise=promise_id, draft=draft.id, revision=draft.current.number, due=due, attested_at=at
    )
    later = _release_after(state, at)
    if later is not None:
        yield _answered(promise_id, due.utc, *later)


def _answered(promise: str, due: datetime, draft: Draft, at: datetime) -> PromiseAnswered:
    late = at - due
    return PromiseAnswered(
        promise=promise,
        draft=draft.id,
        revision=draft.current.number,
        attested_at=at,
        late_seconds=int(late.total_seconds()),
        kept=late <= GRACE,
    )


def _release_after(state: Incident, at: datetime) -> tuple[Draft, datetime] | None:
    """The first release that was attested after `at` although it was recorded before."""
    found = [
        (moment, draft)
        for draft in state.drafts.values()
        if draft.last is not None
        and draft.current.kind in KEEPS_PROMISES
        and (moment := _public_before(draft)) is not None
        and moment > at
    ]
    if not found:
        return None
    moment, draft = min(found, key=lambda pair: pair[0])
    return draft, moment


def _public_before(draft: Draft) -> datetime | None:
    return first_public(tuple(receipt for receipt, _ in draft.receipts.values()))


def _first_release_starts(state: Incident, draft: Draft, ctx: Context) -> tuple[Event, ...]:
    return () if draft.receipts else next_step(state, ctx)


def require_approved(state: Incident, draft_id: str, revision: int) -> Draft:
    """The draft, if this revision is its last and approved; also asked before a form is opened."""
    require_open(state)
    draft = require_draft(state, draft_id)
    if draft.last is None or draft.last.number != revision:
        raise reject(
            "stale",
            "Another revision replaced this text. Use the latest approved text; nothing was recorded.",
        )
    if draft.status not in {"approved", "published"}:
        raise reject("not-approved", "This text is not approved, so it cannot be marked as published.")
    return draft


def _new_receipts(state: Incident, draft: Draft, command: MarkPublished, ctx: Context) -> tuple[Receipt, ...]:
    fresh = tuple(each for each in command.receipts if each.channel not in draft.receipts)
    if not command.receipts:
        raise reject("no-channel", "Choose at least one channel where it was posted.", field="channels")
    if not fresh:
        receipt, person = draft.receipts[command.receipts[0].channel]
        raise reject(
            "marked",
            "Already marked by {who}, posted {when}. Nothing was changed.",
            who=Who(person),
            when=when(state, receipt.attested_at),
        )
    approved = draft.current.approved_at or draft.current.at
    for receipt in fresh:
        if receipt.channel not in draft.current.texts:
            raise reject("channel", "There is no approved text for {channel}.", channel=receipt.channel)
        if receipt.attested_at > ctx.now:
            raise reject("future", "The time of posting cannot be in the future.", field="attested_at")
        # People give minutes, the log has seconds: the minute of the approval counts as after it.
        if receipt.attested_at < approved.replace(second=0, microsecond=0):
            raise reject(
                "before-approval",
                "The text was approved at {when}; it cannot have been posted before.",
                field="attested_at",
                when=when(state, approved),
            )
    return fresh


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
