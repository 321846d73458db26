"""Putting right what the public read: proof for each channel, texts taken down, and nobody left untold."""

from __future__ import annotations

from ecomms_bot.incident.commands import Context, EndRelease
from ecomms_bot.incident.events import Event, Receipt, ReleaseEnded
from ecomms_bot.incident.policy import IC, PIO, Act, may, require
from ecomms_bot.incident.rules.common import require_draft, require_open, require_reason, when, without_blanks
from ecomms_bot.incident.rules.following import title_of
from ecomms_bot.incident.standing import left_to_put_right, puts_right
from ecomms_bot.incident.state import Draft, Incident, Revision
from ecomms_bot.incident.wording import Who, reject
from ecomms_bot.playbook.channels import CHANNELS, in_reading_order

REASON_MAX = 500


def end_release(state: Incident, command: EndRelease, ctx: Context) -> tuple[Event, ...]:
    """What was taken down stays in the log. It tells nobody: see `standing.left_to_put_right`."""
    draft, revision = require_ending(state, command.draft, command.revision, ctx)
    if not command.channels:
        raise reject("no-channel", "Choose at least one channel where it was taken down.", field="channels")
    for channel in command.channels:
        if channel not in revision.receipts:
            raise reject(
                "channel",
                "This text is not marked as posted on {channel}, so nothing can be taken down there.",
                field="channels",
                channel=_title(channel),
            )
    reason = require_reason(
        command.reason, "Please say why it holds no more, or what was done about it.", REASON_MAX
    )
    fresh = in_reading_order({each for each in command.channels if each not in revision.ended})
    if not fresh:
        word = revision.ended[command.channels[0]]
        raise reject(
            "ended",
            "{who} said at {when} already that it was taken down there: “{reason}”. Nothing was changed.",
            who=Who(word.person),
            when=when(state, word.at),
            reason=word.reason,
        )
    return (
        ReleaseEnded(
            draft=draft.id, revision=revision.number, person=ctx.person.id, channels=fresh, reason=reason
        ),
    )


def require_ending(state: Incident, draft_id: str, number: int, ctx: Context) -> tuple[Draft, Revision]:
    """The revision, if it is out and this person may say that it was taken down; also asked before a form."""
    require_open(state)
    require(ctx.person, Act.END_RELEASE, state)
    draft = require_draft(state, draft_id)
    revision = draft.revision(number)
    if revision is None or not revision.receipts:
        raise reject(
            "no-receipt", "This text is not marked as posted anywhere, so there is nothing to take down."
        )
    return draft, revision


def require_proof(draft: Draft, receipt: Receipt) -> None:
    """What puts something right counts on a public channel only with a link, or words of who saw it."""
    wanted = draft.about is not None and puts_right(draft.about) and CHANNELS[receipt.channel].public
    if wanted and not without_blanks(receipt.proof):
        raise reject(
            "no-proof",
            "Give proof for {channel}: a link, or who saw it there. Until then it counts as not put right.",
            field=f"proof-{receipt.channel}",
            channel=_title(receipt.channel),
        )


def unfinished(state: Incident) -> tuple[Draft, ...]:
    """Corrections and cancellations that are out somewhere, and not yet where others read the wrong text."""
    return tuple(
        draft
        for draft in state.drafts.values()
        if any(each.receipts for each in draft.revisions) and left_to_put_right(state, draft)
    )


def require_put_right(state: Incident, left_reason: str, ctx: Context) -> None:
    """Before closing: everybody was told who read the wrong text, or pio or ic say why some are not."""
    left = unfinished(state)
    if not left:
        return
    if not left_reason:
        raise reject(
            "not-put-right",
            "{title} has not reached {channels} yet, where the old words were read, so the incident stays "
            "open. Post and mark it there, or let pio or ic say why it is left.",
            field="left_reason",
            title=title_of(state, left[0]),
            channels=channels_left(state, left[0]),
        )
    if not may(ctx.person, Act.LEAVE_WRONG, state):
        holders = ctx.roster.nearest(PIO, IC)
        raise reject(
            "not-allowed",
            "Only pio or ic may leave a correction unfinished. "
            + ("Ask {who}. " if holders else "Nobody holds these roles now. ")
            + "The incident stays open.",
            field="left_reason",
            who=tuple(Who(each) for each in holders),
        )


def channels_left(state: Incident, draft: Draft) -> str:
    """As in "X, SMS"."""
    return ", ".join(_title(each) for each in left_to_put_right(state, draft))


def _title(channel: str) -> str:
    return CHANNELS[channel].title if channel in CHANNELS else channel
