"""Partners hear of a text before the public reads it: recorded by a writer, or given up by pio or ic."""

from __future__ import annotations

from ecomms_bot.incident.commands import Context, RecordAcknowledgement, WaivePartner
from ecomms_bot.incident.events import Event, PartnerAcknowledged, PartnerWaived
from ecomms_bot.incident.partners import UNDECIDED_OR_APPROVED, partner_words, partners_of, still_to_hear
from ecomms_bot.incident.policy import Act, require
from ecomms_bot.incident.rules.common import fitting, require_draft, require_open, require_reason, when
from ecomms_bot.incident.state import Draft, Incident, Revision
from ecomms_bot.incident.wording import Who, reject

BY_WHOM_MAX = 150


def record_acknowledgement(
    state: Incident, command: RecordAcknowledgement, ctx: Context
) -> tuple[Event, ...]:
    """From the moment it is submitted on: who waits for approvals can call the partners meanwhile."""
    require_open(state)
    require(ctx.person, Act.PARTNERS, state)
    draft = require_asked(state, command.draft, command.revision, command.partner)
    by_whom = fitting(command.by_whom, "by_whom", BY_WHOM_MAX)
    if not by_whom:
        raise reject(
            "no-name", "Please say who answered for {partner}, and how.", "by_whom", partner=command.partner
        )
    if command.at > ctx.now:
        raise reject("future", "This time is still to come. Give the time at which they answered.", "at")
    return (
        PartnerAcknowledged(
            draft=draft.id,
            revision=command.revision,
            partner=command.partner,
            person=ctx.person.id,
            by_whom=by_whom,
            at=command.at,
        ),
    )


def waive_partner(state: Incident, command: WaivePartner, ctx: Context) -> tuple[Event, ...]:
    """Waiting can be worse: the only way past a partner is this one, in the open."""
    require_open(state)
    require(ctx.person, Act.WAIVE_PARTNER, state)
    draft = require_asked(state, command.draft, command.revision, command.partner)
    reason = require_reason(command.reason, "Please say why it cannot wait for them. The log keeps it.")
    return (
        PartnerWaived(
            draft=draft.id,
            revision=command.revision,
            partner=command.partner,
            person=ctx.person.id,
            reason=reason,
        ),
    )


def require_asked(state: Incident, draft_id: str, revision: int, partner: str = "") -> Draft:
    """The draft, if its text waits for this partner, or for any; also asked before a form is opened."""
    require_open(state)
    draft = require_draft(state, draft_id)
    if draft.last is None or draft.last.number != revision:
        raise reject(
            "stale", "Another revision replaced this text. Use the latest one; nothing was recorded."
        )
    if draft.status not in UNDECIDED_OR_APPROVED:
        raise reject(
            "settled",
            "This text is {status}, so no partner is asked any more. Nothing was recorded.",
            status=draft.status,
        )
    _require_open_question(state, draft, draft.last, partner)
    return draft


def _require_open_question(state: Incident, draft: Draft, revision: Revision, partner: str) -> None:
    heard = partner_words(draft, revision)
    if partner in heard:
        word = heard[partner]
        said = "{who} recorded the word of {partner} at {when} already. Nothing was changed."
        if word.reason:
            said = "{who} decided at {when} to go on without {partner}. Nothing was changed."
        raise reject("heard", said, who=Who(word.person), partner=partner, when=when(state, word.recorded_at))
    if partner and partner not in partners_of(state, draft, revision):
        raise reject(
            "no-partner",
            "{partner} is not a partner of this step, so nothing was recorded.",
            "partner",
            partner=partner,
        )
    if not still_to_hear(state, draft):
        raise reject("none-left", "This text waits for no partner. Nothing was changed.")


def require_heard(state: Incident, draft: Draft, revision: Revision) -> None:
    """Nobody marks what is held back. What went out before another revision came is recorded as it was."""
    missing = still_to_hear(state, draft) if revision is draft.last else ()
    if missing:
        raise reject(
            "partners",
            "This text waits for {partners}. Record that they know it, or let pio or ic go on without them. "
            "Nothing was recorded.",
            partners=", ".join(missing),
        )
