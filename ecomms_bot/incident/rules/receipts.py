"""Correcting what was said about where and when a text was posted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from ecomms_bot.incident.commands import Context, CorrectReceipt
from ecomms_bot.incident.events import Event, PromiseWithdrawn, Receipt, ReceiptCorrected
from ecomms_bot.incident.policy import IC, PIO, Act, may, require
from ecomms_bot.incident.rules.common import require_draft, require_open, when
from ecomms_bot.incident.rules.putting_right import require_proof
from ecomms_bot.incident.rules.releases import require_possible, settled, with_receipts
from ecomms_bot.incident.state import Draft, Incident, Promise, Revision
from ecomms_bot.incident.wording import Who, reject
from ecomms_bot.playbook.channels import CHANNELS

REASON_MAX = 500


def correct_receipt(state: Incident, command: CorrectReceipt, ctx: Context) -> tuple[Event, ...]:
    """The promises then stand as they follow from all receipts as they are now."""
    draft, revision = require_receipts(state, command.draft, command.revision, ctx)
    recorded, _ = _require_receipt(revision, command.channel)
    reason = _reason(command.reason)
    receipt = _receipt(state, revision, command, recorded, ctx)
    if receipt is not None:
        require_proof(draft, receipt)
    if receipt == recorded:
        return ()
    receipts = {channel: each for channel, each in revision.receipts.items() if channel != command.channel}
    if receipt is not None:
        receipts[command.channel] = receipt, ctx.person.id
    corrected = ReceiptCorrected(
        draft=draft.id,
        revision=revision.number,
        channel=command.channel,
        person=ctx.person.id,
        reason=reason,
        receipt=receipt,
    )
    after = with_receipts(state, draft, revision, receipts)
    withdrawn = tuple(_withdrawn(state, after.drafts[draft.id], revision, reason, ctx))
    gone = {each.promise: replace(after.promises[each.promise], status="withdrawn") for each in withdrawn}
    after = replace(after, promises={**after.promises, **gone})
    return (corrected, *withdrawn, *settled(state, after))


def require_receipts(state: Incident, draft_id: str, number: int, ctx: Context) -> tuple[Draft, Revision]:
    """The revision, if it was marked anywhere and this person may correct that; asked before a form opens."""
    require_open(state)
    require(ctx.person, Act.MARK, state)
    draft = require_draft(state, draft_id)
    revision = draft.revision(number)
    if revision is None or not revision.receipts:
        raise reject(
            "no-receipt", "This text is not marked as published anywhere, so there is nothing to correct."
        )
    return draft, revision


def _require_receipt(revision: Revision, channel: str) -> tuple[Receipt, str]:
    found = revision.receipts.get(channel)
    if found is None:
        raise reject(
            "no-receipt",
            "This text is not marked as posted on {channel}, so there is nothing to correct. Choose another.",
            field="channel",
            channel=CHANNELS[channel].title if channel in CHANNELS else channel,
        )
    return found


def _receipt(
    state: Incident, revision: Revision, command: CorrectReceipt, recorded: Receipt, ctx: Context
) -> Receipt | None:
    """As it is to be recorded. People give minutes: the same minute leaves the recorded time as it is."""
    given = command.receipt
    if given is None:
        return None
    if given.channel != command.channel:
        raise reject(
            "channel", "A correction stays on its channel. To mark another, use the text's own message."
        )
    if _minute(given.attested_at) == _minute(recorded.attested_at):
        return given.model_copy(update={"attested_at": recorded.attested_at})
    require_possible(state, revision, given, ctx)
    return given


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _reason(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise reject("no-reason", "Say what was wrong, so that the log explains itself.", field="reason")
    if len(reason) > REASON_MAX:
        raise reject(
            "reason",
            "Say what was wrong in up to {most} characters. Nothing was changed.",
            field="reason",
            most=REASON_MAX,
        )
    return reason


def _withdrawn(
    state: Incident, corrected: Draft, before: Revision, reason: str, ctx: Context
) -> Iterator[PromiseWithdrawn]:
    """What a text promised that, as it turns out, the public never read. Only pio or ic may take it back."""
    after = corrected.revision(before.number)
    if before.public_at is None or (after is not None and after.public_at is not None):
        return
    for promise in state.promises.values():
        mine = (promise.draft, promise.revision) == (corrected.id, before.number)
        if mine and promise.status != "withdrawn":
            _require_withdrawal(state, promise, ctx)
            yield PromiseWithdrawn(promise=promise.id, person=ctx.person.id, reason=reason)


def _require_withdrawal(state: Incident, promise: Promise, ctx: Context) -> None:
    if may(ctx.person, Act.WITHDRAW_PROMISE, state):
        return
    holders = ctx.roster.nearest(PIO, IC)
    ask = "Ask {who}." if holders else "Nobody holds these roles now."
    raise reject(
        "not-allowed",
        "This text promised an update by {when}. If it was never public, the promise goes too, and only pio "
        "or ic may take a promise back. " + ask + " Nothing was changed.",
        when=when(state, promise.due.utc),
        who=tuple(Who(each) for each in holders),
    )
