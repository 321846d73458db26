"""Texts on their way: working copies, revisions, approvals, and how they come back or end."""

from __future__ import annotations

from dataclasses import replace

from ecomms_bot.incident import events as e
from ecomms_bot.incident.meanings.base import apply, change, once, to_do_again, with_
from ecomms_bot.incident.policy import in_sequence, turn
from ecomms_bot.incident.state import (
    Approval,
    Draft,
    Incident,
    Override,
    Recorded,
    Return,
    Revision,
    SecondReview,
    StepRun,
    Stood,
    ThreadPreview,
    Word,
    Working,
)


@apply.register
def _(event: e.DraftSaved, state: Incident, recorded: Recorded) -> Incident:
    working = Working(event.values, event.author, recorded.at)
    state = _taken_up(state, event.step, recorded)
    draft = state.drafts.get(event.draft)
    if draft is None:
        return _add_draft(state, _new_draft(event, recorded, working))
    authors = once(draft.authors, event.author)
    about = event.about or draft.about
    return change(state, draft, working=working, kind=event.kind, authors=authors, about=about)


@apply.register
def _(event: e.RevisionSubmitted, state: Incident, recorded: Recorded) -> Incident:
    state = _taken_up(state, event.step, recorded)
    if event.draft not in state.drafts:
        state = _add_draft(state, _new_draft(event, recorded, None))
    draft = state.drafts[event.draft]
    # New times alone leave a working copy that somebody has begun as it is.
    working = draft.working if event.renews else None
    revision = Revision(
        number=event.revision,
        author=event.author,
        at=recorded.at,
        kind=event.kind,
        values=event.values,
        texts=event.texts,
        text_sha256=event.text_sha256,
        tier=event.tier,
        roles=event.roles,
        wanted_by=event.wanted_by,
        next_update=event.next_update,
        no_promise_reason=event.no_promise_reason,
        renews=event.renews,
        facts={used.name: used.fact for used in event.facts},
        expires=event.expires,
    )
    return change(
        state,
        draft,
        status="in review",
        kind=draft.kind if working else event.kind,
        working=working,
        about=event.about or draft.about,
        authors=once(draft.authors, event.author),
        revisions=(*draft.revisions, revision),
        approvals=(),
        overrides=(),
    )


@apply.register
def _(event: e.PreviewAsked, state: Incident, recorded: Recorded) -> Incident:
    shown = ThreadPreview(
        event.draft,
        event.step,
        event.kind,
        event.person,
        event.values,
        event.texts,
        event.text_sha256,
        recorded.seq,
    )
    return replace(state, previews={**state.previews, shown.seq: shown})


@apply.register
def _(event: e.ApprovalGiven, state: Incident, recorded: Recorded) -> Incident:
    draft = state.drafts[event.draft]
    approval = Approval(event.person, frozenset(event.roles), recorded.at, event.without_roles)
    approvals = (*draft.approvals, approval)
    revision = _passed_on(state, draft.current, approvals, recorded)
    return change(state, draft, approvals=approvals, revisions=(*draft.revisions[:-1], revision))


def _passed_on(
    state: Incident, revision: Revision, approvals: tuple[Approval, ...], recorded: Recorded
) -> Revision:
    """Where roles decide one after the other, somebody is asked next, unless all have decided."""
    if not in_sequence(state, revision) or turn(state, revision, approvals) == len(revision.roles):
        return revision
    return replace(revision, passed_on=(*revision.passed_on, recorded.seq))


@apply.register
def _(event: e.DraftApproved, state: Incident, recorded: Recorded) -> Incident:
    draft = state.drafts[event.draft]
    approved = replace(
        draft.current,
        approved_at=recorded.at,
        approved_seq=recorded.seq,
        approved_hash=recorded.hash,
        taken_back=None,
        overridden=event.overridden,
        let_out_by=_let_out_by(draft),
        second_review=None,
        leaders=event.leaders,
    )
    # Nobody's override was needed where all approvals came after all.
    overrides = draft.overrides if event.overridden else ()
    revisions = (*draft.revisions[:-1], approved)
    return change(state, draft, status="approved", revisions=revisions, overrides=overrides)


def _let_out_by(draft: Draft) -> tuple[str, ...]:
    approved = (each.person for each in draft.approvals)
    overrode = (each.person for each in draft.overrides)
    return tuple(dict.fromkeys((*draft.current.let_out_by, *approved, *overrode)))


@apply.register
def _(event: e.ApprovalTakenBack, state: Incident, recorded: Recorded) -> Incident:
    draft = state.drafts[event.draft]
    left = tuple(each for each in draft.approvals if each.person != event.person)
    revision = draft.current
    if revision.approved_at is not None and revision.approved:
        word = Word(event.person, "", recorded.at, recorded.seq)
        stood = (*revision.stood, Stood(revision.approved_at, word))
        revision = replace(revision, taken_back=word, stood=stood)
    revisions = (*draft.revisions[:-1], _passed_on(state, revision, left, recorded))
    # Who overrode what was lacking counted on the approvals that were there.
    counts = left == draft.approvals
    overrides = tuple(each for each in draft.overrides if counts and each.person != event.person)
    return change(state, draft, status="in review", approvals=left, overrides=overrides, revisions=revisions)


@apply.register
def _(event: e.ApprovalOverridden, state: Incident, recorded: Recorded) -> Incident:
    draft = state.drafts[event.draft]
    override = Override(
        event.person,
        event.reason,
        recorded.at,
        recorded.seq,
        event.revision,
        event.lacking,
        event.told,
        event.off_duty,
    )
    said = (*draft.overridden_by, override)
    return change(state, draft, overrides=(*draft.overrides, override), overridden_by=said)


@apply.register
def _(event: e.SecondReviewGiven, state: Incident, recorded: Recorded) -> Incident:
    draft = state.drafts[event.draft]
    review = SecondReview(event.person, event.agrees, event.note, recorded.at, recorded.seq)
    revisions = tuple(
        replace(each, second_review=review) if each.number == event.revision else each
        for each in draft.revisions
    )
    return change(state, draft, revisions=revisions)


@apply.register
def _(event: e.ChangesAsked, state: Incident, recorded: Recorded) -> Incident:
    draft = state.drafts[event.draft]
    back = Return(event.revision, event.person, event.reason, recorded.at)
    return change(state, draft, status="returned", approvals=(), overrides=(), returns=(*draft.returns, back))


@apply.register
def _(event: e.DraftDeclined, state: Incident, recorded: Recorded) -> Incident:
    draft = state.drafts[event.draft]
    back = Return(event.revision, event.person, event.reason, recorded.at, declined=True)
    state = to_do_again(state, draft.step, recorded)
    return change(state, draft, status="declined", approvals=(), overrides=(), returns=(*draft.returns, back))


@apply.register
def _(event: e.DraftWithdrawn, state: Incident, recorded: Recorded) -> Incident:
    draft = state.drafts.get(event.draft)
    if draft is None:
        return state
    word = Word(event.person, event.reason, recorded.at)
    state = to_do_again(state, draft.step, recorded)
    return change(state, draft, status="withdrawn", approvals=(), overrides=(), withdrawal=word)


@apply.register
def _(event: e.StepSkipped, state: Incident, recorded: Recorded) -> Incident:
    run = state.steps.get(event.step) or StepRun(event.step, recorded.at, None)
    skipped = Word(event.person, event.reason, recorded.at)
    return replace(state, steps=with_(state.steps, run.id, replace(run, skipped=skipped)))


def _new_draft(
    event: e.DraftSaved | e.RevisionSubmitted, recorded: Recorded, working: Working | None
) -> Draft:
    authors = (working.author,) if working else ()
    draft = Draft(event.draft, event.step, event.kind, "drafting", authors, recorded.at, working)
    return replace(draft, about=event.about)


def _add_draft(state: Incident, draft: Draft) -> Incident:
    run = state.steps[draft.step]
    return replace(
        state,
        drafts=with_(state.drafts, draft.id, draft),
        steps=with_(state.steps, run.id, replace(run, drafts=(*run.drafts, draft.id))),
    )


def _taken_up(state: Incident, step: str, recorded: Recorded) -> Incident:
    """Who writes on a skipped step does it after all."""
    run = state.steps.get(step)
    return state if run is None or run.skipped is None else to_do_again(state, step, recorded)
