"""Publishing: receipts of what went out, and the promises that this starts and answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ecomms_bot.incident.commands import Context, MarkPublished
from ecomms_bot.incident.events import (
    Event,
    MarkedPublished,
    PromiseAnswered,
    PromiseMade,
    PromiseReopened,
    Receipt,
)
from ecomms_bot.incident.policy import Act, require
from ecomms_bot.incident.rules.common import require_draft, require_open, when
from ecomms_bot.incident.rules.opening import next_step
from ecomms_bot.incident.rules.partnering import require_heard
from ecomms_bot.incident.rules.putting_right import require_proof
from ecomms_bot.incident.state import Draft, Incident, Promise, Revision, first_public
from ecomms_bot.incident.wording import Who, duration, reject

GRACE = timedelta(minutes=5)
"""A promise answered at most this late counts as kept (the domain brief's metric)."""
TICK_OR_RENEW = "If it was posted like this, tick this box. If not, close this and press *Renew times*."
"""Said beside the box that asks whether a text went out after the time it promises."""
KEEPS_PROMISES = frozenset({"statement", "update", "no-change", "final"})
Receipts = Mapping[str, tuple[Receipt, str]]
"""Channel → what is attested, and who marked it."""


@dataclass(frozen=True, slots=True)
class Release:
    """A text that the public could read from `at` on (UTC, as attested); `marked`: the entry that said so."""

    at: datetime
    marked: int
    draft: str
    revision: int


def mark_published(state: Incident, command: MarkPublished, ctx: Context) -> tuple[Event, ...]:
    require_open(state)
    require(ctx.person, Act.MARK, state)
    draft = require_draft(state, command.draft)
    revision = _approved_revision(draft, command.revision)
    require_heard(state, draft, revision)
    receipts = _new_receipts(state, draft, revision, command, ctx)
    marked = MarkedPublished(
        draft=draft.id, revision=revision.number, person=ctx.person.id, receipts=receipts
    )
    at = first_public(receipts)
    if revision.public_at is None:
        _require_not_stale(revision, at, posted_late=command.posted_late)
    goes_out = not revision.out and (at is not None or not revision.for_public)
    steps = next_step(state, draft.step, ctx) if goes_out else ()
    new = {receipt.channel: (receipt, ctx.person.id) for receipt in receipts}
    after = with_receipts(state, draft, revision, {**revision.receipts, **new})
    promised = _promised(after, draft, revision, at)
    return (marked, *settled(state, after), *promised, *steps)


def with_receipts(state: Incident, draft: Draft, revision: Revision, receipts: Receipts) -> Incident:
    """The state as if this revision had these receipts."""
    changed = replace(revision, receipts=receipts)
    revisions = tuple(changed if each.number == changed.number else each for each in draft.revisions)
    return replace(state, drafts={**state.drafts, draft.id: replace(draft, revisions=revisions)})


def settled(before: Incident, after: Incident) -> Iterator[Event]:
    """What changed receipts mean for the promises there are: answered, by another text than before, or owed.

    It follows from all receipts, in whatever order they came: the first text that came out after a promise
    answers it. What a withdrawn promise asked for is asked no more.
    """
    had, out = tuple(_releases(before)), tuple(_releases(after))
    for promise in after.promises.values():
        if promise.status != "withdrawn":
            was = _answer(_public_from(before, promise), had)
            yield from _settled(promise, was, _answer(_public_from(after, promise), out))


def _settled(promise: Promise, was: Release | None, now: Release | None) -> Iterator[Event]:
    if promise.status == "live":
        if now is not None:
            yield _answered(promise.id, promise.due.utc, now)
        return
    if was == now:
        return
    if now is None:
        yield PromiseReopened(promise=promise.id)
        return
    recorded_at = promise.due.utc + timedelta(seconds=promise.late_seconds)
    # If no text answered it, that receipt was redacted: what is recorded stands, unless this came earlier.
    if was is not None or now.at < recorded_at:
        yield _answered(promise.id, promise.due.utc, now)


def _releases(state: Incident) -> Iterator[Release]:
    """Every text that is out and keeps promises."""
    for draft in state.drafts.values():
        for revision in draft.revisions:
            if revision.kind in KEEPS_PROMISES and revision.public_at is not None:
                marks = (mark.seq for mark in draft.marks if mark.revision == revision.number)
                yield Release(
                    revision.public_at, min(marks, default=state.seq + 1), draft.id, revision.number
                )


def _answer(made_at: datetime, out: Iterable[Release]) -> Release | None:
    """The first that came out after `made_at`; of two at the same moment, the one marked first."""
    later = (release for release in out if release.at > made_at)
    return min(later, key=lambda release: (release.at, release.marked), default=None)


def _public_from(state: Incident, promise: Promise) -> datetime:
    """When the public could first read this promise, as the receipts of its text say."""
    draft = state.drafts.get(promise.draft)
    revision = draft.revision(promise.revision) if draft else None
    return (revision.public_at if revision else None) or promise.made_at


def _promised(state: Incident, draft: Draft, revision: Revision, at: datetime | None) -> Iterator[Event]:
    """What this release promises, once it is public, and who answered that already (when marked late)."""
    due = revision.next_update
    if due is None or at is None or revision.public_at is not None:
        return
    promise = f"{draft.id}-{revision.number}"
    yield PromiseMade(promise=promise, draft=draft.id, revision=revision.number, due=due, attested_at=at)
    by = _answer(at, _releases(state))
    if by is not None:
        yield _answered(promise, due.utc, by)


def _answered(promise: str, due: datetime, by: Release) -> PromiseAnswered:
    late = by.at - due
    return PromiseAnswered(
        promise=promise,
        draft=by.draft,
        revision=by.revision,
        attested_at=by.at,
        late_seconds=int(late.total_seconds()),
        kept=late <= GRACE,
    )


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
        raise reject(
            "not-approved",
            "This text is not approved, so it cannot be marked as published. Nothing was recorded.",
        )
    return revision


def _require_not_stale(revision: Revision, at: datetime | None, *, posted_late: bool) -> None:
    """Before its first public receipt: a text whose promised time has passed is renewed, unless it is out."""
    due = revision.next_update
    if at is None or due is None or at < due.utc or posted_late:
        return
    raise reject("renew", TICK_OR_RENEW, field="posted_late")


def _new_receipts(
    state: Incident, draft: Draft, revision: Revision, command: MarkPublished, ctx: Context
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
        require_possible(state, revision, receipt, ctx)
        require_proof(draft, receipt)
    return fresh


def require_possible(state: Incident, revision: Revision, receipt: Receipt, ctx: Context) -> None:
    """An approved text cannot have been posted before it was approved, nor later than now."""
    if receipt.channel not in revision.texts:
        raise reject(
            "channel",
            "There is no approved text for {channel}, so nothing was recorded.",
            channel=receipt.channel,
        )
    if receipt.attested_at > ctx.now:
        raise reject(
            "future", "This time is still to come. Give the time at which it was posted.", field="attested_at"
        )
    approved = revision.approved_at or revision.at
    # People give minutes, the log has seconds: the minute of the approval counts as after it.
    if any(_minute(each.since) <= receipt.attested_at <= each.until.at for each in revision.stood):
        return
    stopped = revision.taken_back
    if stopped is not None and receipt.attested_at > stopped.at:
        raise reject(
            "taken-back",
            "{who} took the approval back at {when}. If it was posted after that, take it down, or have it "
            "approved again first. Nothing was recorded.",
            field="attested_at",
            who=Who(stopped.person),
            when=when(state, stopped.at),
        )
    if receipt.attested_at < _minute(approved):
        if revision.stood and receipt.attested_at > revision.stood[-1].until.at:
            raise reject(
                "between",
                "The approval was taken back at {back} and given again at {when}. Correct the time; if it "
                "was posted between, say so in a note. Nothing was recorded.",
                field="attested_at",
                back=when(state, revision.stood[-1].until.at),
                when=when(state, approved),
            )
        raise reject(
            "before-approval",
            "The text was approved at {when}, so it cannot have been posted before. Correct the time.",
            field="attested_at",
            when=when(state, approved),
        )


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def promise_words(promise: Promise) -> str:
    """How a promise stands: live, withdrawn, or as `lateness_words` says."""
    if promise.status in {"kept", "late"}:
        return lateness_words(promise.late_seconds, kept=promise.status == "kept")
    return promise.status


def lateness_words(late_seconds: int, *, kept: bool) -> str:
    """`kept`, `kept, 3 min late` or `late by 14 min`."""
    late = timedelta(seconds=max(0, late_seconds))
    if not kept:
        return f"late by {duration(late)}"
    return f"kept, {duration(late)} late" if late >= timedelta(minutes=1) else "kept"
