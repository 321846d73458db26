"""Letting a text out without the approvals it lacks, and the second look that follows.

Waiting can be worse than an imperfect text: the only way past an approval is this one, in the open.
"""

from __future__ import annotations

from dataclasses import replace

from ecomms_bot.incident.commands import Context, GiveSecondReview, Override
from ecomms_bot.incident.events import ApprovalOverridden, DraftApproved, Event, SecondReviewGiven
from ecomms_bot.incident.leaders import conversation_for
from ecomms_bot.incident.policy import EXEC, IC, PIO, SME, Act, Roster, missing, require
from ecomms_bot.incident.rules.approvals import require_undecided
from ecomms_bot.incident.rules.common import fitting, require_draft, require_open, require_reason, when
from ecomms_bot.incident.state import Draft, Incident, Revision
from ecomms_bot.incident.wording import Who, reject

NEEDED = {"one": 1, "two": 2}
LOOKING = (PIO, IC, EXEC, SME)
"""Whose members are asked for a second look, in this order."""


def override(state: Incident, command: Override, ctx: Context) -> tuple[Event, ...]:
    """One person, or two, as the tier says. The text is bound as in an approval."""
    draft = require_override(state, command.draft, command.revision, ctx)
    if draft.current.text_sha256 != command.text_sha256:
        raise reject(
            "stale", "The text changed after this card. Look at the latest one; nothing was overridden."
        )
    reason = require_reason(command.reason, "Please say why it cannot wait. The log and all leads read it.")
    told = _told(state, draft, ctx)
    overridden = ApprovalOverridden(
        draft=draft.id,
        revision=command.revision,
        text_sha256=command.text_sha256,
        person=ctx.person.id,
        roles=tuple(sorted(ctx.person.roles & {PIO, IC})),
        reason=reason,
        lacking=missing(draft.current, draft.approvals),
        told=told,
        off_duty=tuple(each for each in told if each in ctx.roster.off),
    )
    if len(draft.overrides) + 1 < needed(state, draft.current):
        return (overridden,)
    done = DraftApproved(
        draft=draft.id,
        revision=command.revision,
        text_sha256=command.text_sha256,
        overridden=True,
        leaders=conversation_for(draft.current, ctx.leaders),
    )
    return overridden, done


def require_override(state: Incident, draft_id: str, revision: int, ctx: Context) -> Draft:
    """The draft, if this person may override its approvals now; also asked before the form is opened."""
    require_open(state)
    require(ctx.person, Act.OVERRIDE, state)
    draft = require_draft(state, draft_id)
    last = draft.last
    if last is None or revision != last.number:
        raise reject(
            "stale", "Another revision replaced this text. Look at the latest one; nothing was overridden."
        )
    if draft.status in {"approved", "published"}:
        raise reject(
            "decided", "This text is approved already, so there is nothing to override. Nothing was changed."
        )
    require_undecided(state, draft)
    if not last.texts:
        raise reject("redacted", "The words of this text were redacted from the log. Write a new one.")
    if needed(state, last) == 0:
        raise reject(
            "never",
            "A text of the tier {tier} never goes out without all its approvals. Still needed: {roles}.",
            tier=last.tier,
            roles=", ".join(missing(last, draft.approvals)),
        )
    mine = next((each for each in draft.overrides if each.person == ctx.person.id), None)
    if mine is not None:
        raise reject(
            "yours",
            "You overrode this at {when}. It needs another pio or ic to do the same. Nothing was changed.",
            when=when(state, mine.at),
        )
    return draft


def needed(state: Incident, revision: Revision) -> int:
    """How many people it takes to override the approvals of this text; 0: nobody can."""
    tier = state.book.tiers.get(revision.tier)
    return NEEDED.get(tier.override, 0) if tier else 0


def _told(state: Incident, draft: Draft, ctx: Context) -> tuple[str, ...]:
    """Everybody who leads or was asked hears of it at once; in the place of an empty role who stands in."""
    roles = dict.fromkeys((PIO, IC, *draft.current.roles))
    people = dict.fromkeys(person for role in roles for person in ctx.roster.reach(role, state))
    return tuple(person for person in people if person != ctx.person.id)


def give_second_review(state: Incident, command: GiveSecondReview, ctx: Context) -> tuple[Event, ...]:
    """By a lead who neither wrote, approved nor overrode it: a look from outside."""
    require_open(state)
    draft = require_draft(state, command.draft)
    revision = draft.revision(command.revision)
    if revision is None or not wants_second_review(state, draft, revision):
        raise reject("no-review", "This text does not wait for a second review. Nothing was changed.")
    if revision.second_review is not None:
        given = revision.second_review
        raise reject(
            "decided",
            "{who} reviewed it at {when}. Nothing was changed.",
            who=Who(given.person),
            when=when(state, given.at),
        )
    require(ctx.person, Act.SECOND_REVIEW, state)
    if ctx.person.id in involved(draft, revision):
        raise reject(
            "involved", "You wrote this text or let it out, so somebody else reviews it. Nothing was changed."
        )
    words = "Please say what is wrong, so that it can be put right."
    note = fitting(command.note, "note") if command.agrees else require_reason(command.note, words)
    return (
        SecondReviewGiven(
            draft=draft.id, revision=command.revision, person=ctx.person.id, agrees=command.agrees, note=note
        ),
    )


def wants_second_review(state: Incident, draft: Draft, revision: Revision) -> bool:
    """Whether somebody else has to look, or looked, at this text after it was let out.

    Not at one that nobody may post any more, unless it is out.
    """
    tier = state.book.tiers.get(revision.tier)
    asks = revision.overridden or (tier is not None and tier.second_review_minutes is not None)
    stands = draft.status in {"approved", "published"} and revision is draft.last and revision.approved
    return asks and (stands or bool(revision.receipts))


def unseen(state: Incident, draft: Draft) -> tuple[Revision, ...]:
    """The revisions of this draft that still wait for a second look."""
    wanting = (each for each in draft.revisions if wants_second_review(state, draft, each))
    return tuple(each for each in wanting if each.second_review is None)


def involved(draft: Draft, revision: Revision) -> frozenset[str]:
    """Who cannot look at it from outside: who wrote on it, and who let it out."""
    return frozenset({*draft.authors, *revision.let_out_by})


def lookers(draft: Draft, revision: Revision, roster: Roster) -> tuple[str, tuple[str, ...]]:
    """Whom to ask for a second look: the first role of leads with members without a part in the text.

    Who is on duty; if no lead is, the others all the same. ("", ()) if there are none.
    """
    nobody = not any(roster.on_duty(role) for role in LOOKING)
    there = replace(roster, off=frozenset()) if nobody else roster
    for role in LOOKING:
        if able := tuple(each for each in there.of(role) if each not in involved(draft, revision)):
            return role, able
    return "", ()
