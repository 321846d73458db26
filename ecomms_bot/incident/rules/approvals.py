"""Reviewing: approve, ask for changes, decline. A decision is bound to one revision and its exact texts."""

from __future__ import annotations

from ecomms_bot.incident.commands import Approve, AskForChanges, Context, Decline
from ecomms_bot.incident.events import ApprovalGiven, ChangesAsked, DraftApproved, DraftDeclined, Event
from ecomms_bot.incident.policy import Person, filled, usable_roles
from ecomms_bot.incident.rules.common import require_draft, require_open, require_reason, when
from ecomms_bot.incident.state import Approval, Draft, Incident
from ecomms_bot.incident.wording import Who, any_of, reject


def approve(state: Incident, command: Approve, ctx: Context) -> tuple[Event, ...]:
    draft = require_review(state, command.draft, command.revision, ctx)
    if draft.current.text_sha256 != command.text_sha256:
        raise reject(
            "stale", "The text changed after this card. Look at the latest one; your click was not counted."
        )
    roles = usable_roles(ctx.person, state, draft.current)
    _require_gain(state, draft, ctx.person)
    given = ApprovalGiven(
        draft=draft.id,
        revision=command.revision,
        text_sha256=command.text_sha256,
        person=ctx.person.id,
        roles=tuple(sorted(roles)),
        without_roles=not state.roles_configured,
    )
    approvals = (*draft.approvals, Approval(ctx.person.id, roles, ctx.now, given.without_roles))
    if len(filled(draft.current.roles, approvals)) < len(draft.current.roles):
        return (given,)
    done = DraftApproved(draft=draft.id, revision=command.revision, text_sha256=command.text_sha256)
    return given, done


def ask_for_changes(state: Incident, command: AskForChanges, ctx: Context) -> tuple[Event, ...]:
    draft = require_review(state, command.draft, command.revision, ctx)
    reason = require_reason(command.reason)
    return (ChangesAsked(draft=draft.id, revision=command.revision, person=ctx.person.id, reason=reason),)


def decline(state: Incident, command: Decline, ctx: Context) -> tuple[Event, ...]:
    draft = require_review(state, command.draft, command.revision, ctx)
    reason = require_reason(command.reason)
    return (DraftDeclined(draft=draft.id, revision=command.revision, person=ctx.person.id, reason=reason),)


def require_review(state: Incident, draft_id: str, revision: int, ctx: Context) -> Draft:
    """The draft, if this person may decide on this revision now; also asked before a form is opened."""
    require_open(state)
    draft = require_draft(state, draft_id)
    last = draft.last
    if last is None or revision > last.number:
        raise reject("no-draft", "This draft was not submitted yet. Your click was not counted.")
    if revision < last.number:
        raise reject(
            "stale",
            "This is revision {old}; revision {new} replaced it at {when}. Decide on that one; "
            "your click was not counted.",
            old=revision,
            new=last.number,
            when=when(state, last.at),
        )
    _require_undecided(state, draft)
    _require_reviewer(state, draft, ctx)
    return draft


def _require_undecided(state: Incident, draft: Draft) -> None:
    if draft.status in {"approved", "published"}:
        last = draft.approvals[-1]
        raise reject(
            "decided",
            "Already approved by {who} at {when}. Nothing was changed.",
            who=tuple(Who(each.person) for each in draft.approvals),
            when=when(state, last.at),
        )
    if draft.status in {"returned", "declined"}:
        back = draft.returns[-1]
        raise reject(
            "decided",
            "Declined by {who} at {when} (“{reason}”). Your click was not counted."
            if back.declined
            else "Sent back by {who} at {when} (“{reason}”). Your click was not counted.",
            who=Who(back.person),
            when=when(state, back.at),
            reason=back.reason,
        )


def _require_reviewer(state: Incident, draft: Draft, ctx: Context) -> None:
    if ctx.person.guest:
        raise reject("guest", "Guests cannot approve. Please ask a full member of this workspace.")
    roles = draft.current.roles
    if ctx.person.id in draft.authors:
        raise reject(
            "author",
            "You wrote on this draft, so someone else has to decide on it ({roles}). "
            "Your click was not counted.",
            roles=any_of(roles),
        )
    if usable_roles(ctx.person, state, draft.current):
        return
    people = tuple(Who(each) for role in roles for each in ctx.roster.of(role) if each not in draft.authors)
    if people:
        raise reject(
            "role",
            "Only {roles} can decide on this: {people}. Your click was not counted.",
            roles=any_of(roles),
            people=tuple(dict.fromkeys(people)),
        )
    raise reject("role", "Only {roles} can decide on this. Your click was not counted.", roles=any_of(roles))


def _require_gain(state: Incident, draft: Draft, person: Person) -> None:
    mine = next((each for each in draft.approvals if each.person == person.id), None)
    have = filled(draft.current.roles, draft.approvals)
    waiting = any_of([role for role in draft.current.roles if role not in have])
    if mine is not None:
        raise reject(
            "yours",
            "You approved this at {when}. Still needed: {waiting}.",
            when=when(state, mine.at),
            waiting=waiting,
        )
    roles = usable_roles(person, state, draft.current)
    candidate = (*draft.approvals, Approval(person.id, roles, draft.current.at, not state.roles_configured))
    if len(filled(draft.current.roles, candidate)) > len(have):
        return
    first = next(each for each in draft.approvals if each.roles & roles)
    raise reject(
        "filled",
        "Already approved by {who} at {when}. Still needed: {waiting}.",
        who=Who(first.person),
        when=when(state, first.at),
        waiting=waiting,
    )
