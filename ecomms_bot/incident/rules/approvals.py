"""Reviewing: approve, ask for changes, decline. A decision is bound to one revision and its exact texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ecomms_bot.incident import changes
from ecomms_bot.incident.commands import Approve, AskForChanges, Context, Decline, TakeBackApproval
from ecomms_bot.incident.events import (
    ApprovalGiven,
    ApprovalTakenBack,
    ChangesAsked,
    DraftApproved,
    DraftDeclined,
    Event,
)
from ecomms_bot.incident.leaders import conversation_for
from ecomms_bot.incident.policy import (
    Act,
    Person,
    filled,
    helps,
    missing,
    require,
    require_read,
    turn,
    usable_roles,
)
from ecomms_bot.incident.rules.common import require_draft, require_open, require_reason, when
from ecomms_bot.incident.rules.facts import disputed_in
from ecomms_bot.incident.state import Approval, Draft, Incident, Override
from ecomms_bot.incident.wording import Rejected, Sentence, Value, Who, any_of, reject, say

OUT_ALREADY = "This text is out already. If it is wrong, a new text has to say so. Nothing was changed."


def approve(state: Incident, command: Approve, ctx: Context) -> tuple[Event, ...]:
    draft = require_review(state, command.draft, command.revision, ctx, approving=True)
    if draft.current.text_sha256 != command.text_sha256:
        raise reject(
            "stale", "The text changed after this card. Look at the latest one; your click was not counted."
        )
    roles = usable_roles(ctx.person, state, draft.current)
    _require_gain(state, draft, ctx.person)
    _require_turn(state, draft, ctx.person)
    _require_undisputed(state, draft, ctx)
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
    done = DraftApproved(
        draft=draft.id,
        revision=command.revision,
        text_sha256=command.text_sha256,
        leaders=conversation_for(draft.current, ctx.leaders),
    )
    return given, done


def _require_undisputed(state: Incident, draft: Draft, ctx: Context) -> None:
    """Since it was sent sources may have come to disagree: that is decided first, or overridden."""
    name = next(iter(disputed_in(state, draft.current.values)), None)
    if name is not None:
        raise reject(
            "disputed",
            "Sources disagree since this was sent: {sides}? Decide under /ecomms facts, then approve it or "
            "ask for changes. Your click was not counted.",
            sides=changes.sides_told(state, name, ctx.now),
        )


def take_back(state: Incident, command: TakeBackApproval, ctx: Context) -> tuple[Event, ...]:
    """Until it is out: what people can read is put right by a correction, not by silence."""
    require_open(state)
    draft = require_draft(state, command.draft)
    if draft.last is None or command.revision != draft.last.number:
        raise reject(
            "stale", "Another revision replaced this text, and your approval with it. Nothing was changed."
        )
    if draft.current.receipts:
        raise reject("decided", OUT_ALREADY)
    require_undecided(state, draft)
    if ctx.person.id not in {each.person for each in _answering(draft)}:
        given = tuple(Who(each.person) for each in _answering(draft))
        raise reject(
            "not-yours",
            "You did not approve this text: {who} did. Nothing was changed."
            if given
            else "Nobody has approved this text. Nothing was changed.",
            who=given,
        )
    require(ctx.person, Act.TAKE_BACK, state, draft)
    return (ApprovalTakenBack(draft=draft.id, revision=command.revision, person=ctx.person.id),)


def ask_for_changes(state: Incident, command: AskForChanges, ctx: Context) -> tuple[Event, ...]:
    draft = require_review(state, command.draft, command.revision, ctx)
    reason = require_reason(command.reason)
    return (ChangesAsked(draft=draft.id, revision=command.revision, person=ctx.person.id, reason=reason),)


def decline(state: Incident, command: Decline, ctx: Context) -> tuple[Event, ...]:
    draft = require_review(state, command.draft, command.revision, ctx)
    reason = require_reason(command.reason)
    return (DraftDeclined(draft=draft.id, revision=command.revision, person=ctx.person.id, reason=reason),)


def require_review(
    state: Incident, draft_id: str, revision: int, ctx: Context, *, approving: bool = False
) -> Draft:
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
    if draft.status in {"approved", "published"}:
        raise _approved_already(state, draft, ctx.person) if approving else _too_late(draft, ctx.person)
    require_undecided(state, draft)
    _require_reviewer(state, draft, ctx)
    return draft


def _approved_already(state: Incident, draft: Draft, person: Person) -> Rejected:
    mine = _approval_of(draft, person)
    if mine is not None:
        return reject("yours", "You approved this at {when}. Nothing was changed.", when=when(state, mine.at))
    return reject(
        "decided",
        "Already approved by {who} at {when}. Nothing was changed.",
        who=tuple(Who(each.person) for each in _answering(draft)),
        when=when(state, draft.current.approved_at or draft.current.at),
    )


def _too_late(draft: Draft, person: Person) -> Rejected:
    """For who wants to stop a text that is approved: what still helps."""
    author = draft.current.author
    if draft.status == "published":
        return reject("decided", OUT_ALREADY)
    if author in {"", person.id}:
        return reject(
            "decided",
            "This text is approved already and may be out. To stop it, write a new revision now: that takes "
            "the approval away.",
        )
    return reject(
        "decided",
        "This text is approved already and may be out. To stop it, tell {author} now: a new revision takes "
        "the approval away.",
        author=Who(author),
    )


def _answering(draft: Draft) -> tuple[Approval | Override, ...]:
    """Who stands for this revision: with an approval, or with an override."""
    return (*draft.approvals, *draft.overrides)


def _approval_of(draft: Draft, person: Person) -> Approval | None:
    return next((each for each in draft.approvals if each.person == person.id), None)


def require_undecided(state: Incident, draft: Draft) -> None:
    """Raises Rejected for a draft that was withdrawn, sent back or declined."""
    if draft.status == "withdrawn" and draft.withdrawal is not None:
        raise reject(
            "decided",
            "{who} withdrew this draft at {when}. Your click was not counted.",
            who=Who(draft.withdrawal.person),
            when=when(state, draft.withdrawal.at),
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
        others = _others(state, draft, ctx)
        template = f"You wrote on this draft, so someone else decides: {others.template}. "
        raise reject("author", template + "Your click was not counted.", None, **others.values)
    if usable_roles(ctx.person, state, draft.current):
        return
    require_read(ctx.person, roles)
    on_duty = _deciders(roles, draft, ctx.roster.of)
    if people := on_duty or _deciders(roles, draft, ctx.roster.all_of):
        raise reject(
            "role",
            "Only {roles} can decide on this (on duty: {people}). Your click was not counted."
            if on_duty
            else "Only {roles} can decide on this, and none of them is on duty now: {people}. Your click was "
            "not counted.",
            roles=any_of(roles),
            people=people,
        )
    raise reject("role", "Only {roles} can decide on this. Your click was not counted.", roles=any_of(roles))


def _deciders(roles: Iterable[str], draft: Draft, of: Callable[[str], tuple[str, ...]]) -> tuple[Who, ...]:
    """Each of them once, without who wrote it."""
    people = dict.fromkeys(each for role in roles for each in of(role))
    return tuple(Who(each) for each in people if each not in draft.authors)


def _others(state: Incident, draft: Draft, ctx: Context) -> Sentence:
    """Who can decide on what somebody else wrote: people with the role that is still open."""
    if not state.roles_configured:
        return say("anyone who did not write it")
    parts: list[str] = []
    values: dict[str, Value] = {}
    for role in missing(draft.current, draft.approvals):
        people = _deciders((role,), draft, ctx.roster.of) or _deciders((role,), draft, ctx.roster.all_of)
        parts.append(f"{{{role}_people}} ({{{role}}})" if people else f"{{{role}}}")
        values |= {role: role, f"{role}_people": people}
    return Sentence(" and ".join(parts), values)


def _require_turn(state: Incident, draft: Draft, person: Person) -> None:
    """In a tier whose roles decide one after the other, the next one is the first that is missing."""
    if not helps(state, draft, usable_roles(person, state, draft.current)):
        raise reject(
            "turn",
            "It is not your turn yet: {role} decides first. You are asked after that. Your click was not "
            "counted.",
            role=draft.current.roles[turn(state, draft.current, draft.approvals)],
        )


def _require_gain(state: Incident, draft: Draft, person: Person) -> None:
    mine = _approval_of(draft, person)
    have = filled(draft.current.roles, draft.approvals)
    waiting = any_of(list(dict.fromkeys(missing(draft.current, draft.approvals))))
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
