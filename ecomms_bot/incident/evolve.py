"""From one state to the next: what each event means. Never renders, parses or converts; never refuses."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache, singledispatch
from typing import Any, TypeVar

from ecomms_bot.incident import events as e
from ecomms_bot.incident.state import (
    Approval,
    Closing,
    Draft,
    Failure,
    Fired,
    Incident,
    Mark,
    PersonalReminder,
    Promise,
    Recorded,
    Ref,
    Return,
    Revision,
    Snooze,
    StepRun,
    Working,
)
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.model import Playbook

_T = TypeVar("_T")

REDACTED_STEP = ""
"""The step of a draft of which nothing is left but that it was there."""

_ABOUT_A_REVISION = (
    e.ApprovalGiven,
    e.DraftApproved,
    e.ChangesAsked,
    e.DraftDeclined,
    e.MarkedPublished,
    e.PromiseMade,
)


def replay(incident: str, entries: Iterable[Recorded]) -> Incident:
    """The state after all entries of one incident, in order."""
    state = Incident(incident)
    for recorded in entries:
        state = evolve(state, recorded)
    return state


def evolve(state: Incident, recorded: Recorded) -> Incident:
    """The state after one more entry. A redacted entry keeps its place and changes nothing else."""
    event = recorded.event
    changed = event is not None and not event.plumbing
    state = replace(
        state,
        seq=recorded.seq,
        hash=recorded.hash,
        changed_seq=recorded.seq if changed else state.changed_seq,
    )
    return state if event is None else _apply(event, _mend(state, event, recorded), recorded)


@singledispatch
def _apply(event: e.Event, _state: Incident, _recorded: Recorded) -> Incident:
    msg = f"no meaning is written down for {type(event).__name__}"
    raise LookupError(msg)


@_apply.register
def _(event: e.IncidentOpened, state: Incident, recorded: Recorded) -> Incident:
    return replace(
        state,
        name=event.name,
        area=event.area,
        zone=event.zone,
        phase=event.phase,
        severity=event.severity,
        exercise=event.exercise,
        opener=event.opener,
        holder=event.opener,
        roles_configured=event.roles_configured,
        opened_at=recorded.at,
        asked_conversation=event.conversation,
        conversation_name=event.conversation_name,
        playbook_sha256=event.playbook_sha256,
        playbook=_parse_once(json.dumps(event.playbook)),
    )


@_apply.register
def _(event: e.StepStarted, state: Incident, recorded: Recorded) -> Incident:
    run = StepRun(event.step, recorded.at, event.due)
    return replace(state, steps=_with(state.steps, event.step, run))


@_apply.register
def _(event: e.DraftSaved, state: Incident, recorded: Recorded) -> Incident:
    working = Working(event.values, event.author, recorded.at)
    draft = state.drafts.get(event.draft)
    if draft is None:
        return _add_draft(state, _new_draft(event.draft, event.step, event.kind, recorded, working))
    return _change(state, draft, working=working, kind=event.kind, authors=_once(draft.authors, event.author))


@_apply.register
def _(event: e.RevisionSubmitted, state: Incident, recorded: Recorded) -> Incident:
    if event.draft not in state.drafts:
        state = _add_draft(state, _new_draft(event.draft, event.step, event.kind, recorded, None))
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
    )
    return _change(
        state,
        draft,
        status="in review",
        kind=draft.kind if working else event.kind,
        working=working,
        authors=_once(draft.authors, event.author),
        revisions=(*draft.revisions, revision),
        approvals=(),
    )


@_apply.register
def _(event: e.ApprovalGiven, state: Incident, recorded: Recorded) -> Incident:
    draft = state.drafts[event.draft]
    approval = Approval(event.person, frozenset(event.roles), recorded.at, event.without_roles)
    return _change(state, draft, approvals=(*draft.approvals, approval))


@_apply.register
def _(event: e.DraftApproved, state: Incident, recorded: Recorded) -> Incident:
    draft = state.drafts[event.draft]
    approved = replace(
        draft.current, approved_at=recorded.at, approved_seq=recorded.seq, approved_hash=recorded.hash
    )
    return _change(state, draft, status="approved", revisions=(*draft.revisions[:-1], approved))


@_apply.register
def _(event: e.ChangesAsked, state: Incident, recorded: Recorded) -> Incident:
    draft = state.drafts[event.draft]
    back = Return(event.revision, event.person, event.reason, recorded.at)
    return _change(state, draft, status="returned", approvals=(), returns=(*draft.returns, back))


@_apply.register
def _(event: e.DraftDeclined, state: Incident, recorded: Recorded) -> Incident:
    draft = state.drafts[event.draft]
    back = Return(event.revision, event.person, event.reason, recorded.at, declined=True)
    return _change(state, draft, status="declined", approvals=(), returns=(*draft.returns, back))


@_apply.register
def _(event: e.MarkedPublished, state: Incident, recorded: Recorded) -> Incident:
    draft = state.drafts[event.draft]
    new = {receipt.channel: (receipt, event.person) for receipt in event.receipts}
    mark = Mark(recorded.seq, event.revision, event.person, tuple(new), recorded.at)
    revisions = tuple(
        replace(each, receipts={**each.receipts, **new}) if each.number == event.revision else each
        for each in draft.revisions
    )
    status = "published" if revisions[-1].out else draft.status
    return _change(state, draft, status=status, revisions=revisions, marks=(*draft.marks, mark))


@_apply.register
def _(event: e.PromiseMade, state: Incident, recorded: Recorded) -> Incident:
    draft = state.drafts[event.draft]
    revision = draft.revision(event.revision) or draft.current
    promise = Promise(
        id=event.promise,
        draft=event.draft,
        revision=event.revision,
        step=draft.step,
        author=revision.author,
        due=event.due,
        made_at=event.attested_at,
        started_at=recorded.at,
    )
    return replace(state, promises=_with(state.promises, promise.id, promise))


@_apply.register
def _(event: e.PromiseAnswered, state: Incident, _recorded: Recorded) -> Incident:
    promise = replace(
        state.promises[event.promise],
        status="kept" if event.kept else "late",
        late_seconds=event.late_seconds,
        answered_by=event.draft,
    )
    return replace(state, promises=_with(state.promises, promise.id, promise))


@_apply.register
def _(event: e.PromiseWithdrawn, state: Incident, _recorded: Recorded) -> Incident:
    promise = replace(state.promises[event.promise], status="withdrawn")
    return replace(state, promises=_with(state.promises, promise.id, promise))


@_apply.register
def _(event: e.ReminderSet, state: Incident, _recorded: Recorded) -> Incident:
    reminder = PersonalReminder(event.reminder, event.person, event.due, event.text)
    return replace(state, reminders=_with(state.reminders, reminder.id, reminder))


@_apply.register
def _(event: e.ReminderFired, state: Incident, recorded: Recorded) -> Incident:
    return replace(state, fired=_with(state.fired, event.key, Fired(event, recorded.at, recorded.seq)))


@_apply.register
def _(event: e.ReminderSnoozed, state: Incident, _recorded: Recorded) -> Incident:
    snooze = Snooze(event.promise, event.point, event.person, event.minutes, event.until)
    return replace(state, snoozes=_with(state.snoozes, event.promise, snooze))


@_apply.register
def _(event: e.IncidentClosed, state: Incident, recorded: Recorded) -> Incident:
    closing = Closing(event.person, recorded.at, event.note, recorded.seq, recorded.hash)
    return replace(state, closing=closing)


@_apply.register
def _(event: e.Posted, state: Incident, _recorded: Recorded) -> Incident:
    return replace(state, posted=_with(state.posted, event.thing, Ref(event.conversation, event.ts)))


@_apply.register
def _(event: e.EffectFailed, state: Incident, recorded: Recorded) -> Incident:
    failure = Failure(recorded.seq, event.task, event.kind, event.thing, event.problem, event.advice)
    return replace(state, failures=(*state.failures, failure))


def _mend(state: Incident, event: e.Event, recorded: Recorded) -> Incident:
    """Put an empty stand-in where an entry speaks of a text or a step whose own entry was redacted."""
    if isinstance(event, e.DraftSaved | e.RevisionSubmitted) and event.step not in state.steps:
        state = replace(state, steps=_with(state.steps, event.step, StepRun(event.step, recorded.at, None)))
    if isinstance(event, e.PromiseAnswered | e.PromiseWithdrawn) and event.promise not in state.promises:
        zero = Instant.of(recorded.at, state.zone)
        lost = Promise(event.promise, "", 0, REDACTED_STEP, "", zero, recorded.at, recorded.at)
        state = replace(state, promises=_with(state.promises, lost.id, lost))
    if not isinstance(event, _ABOUT_A_REVISION):
        return state
    draft = state.drafts.get(event.draft) or Draft(
        event.draft, REDACTED_STEP, "internal", "in review", (), recorded.at
    )
    if draft.revision(event.revision) is not None:
        return state
    lost_text = Revision(
        number=event.revision,
        author="",
        at=recorded.at,
        kind="internal",
        values={},
        texts={},
        text_sha256=getattr(event, "text_sha256", ""),
        tier="",
        roles=(),
        wanted_by=Instant.of(recorded.at, state.zone),
        next_update=None,
        no_promise_reason="",
        renews=False,
    )
    draft = replace(draft, status="in review", revisions=(*draft.revisions, lost_text), approvals=())
    return replace(state, drafts=_with(state.drafts, draft.id, draft))


@lru_cache(maxsize=64)
def _parse_once(text: str) -> Playbook:
    """The embedded playbook, parsed once per process; a replay of many incidents needs few."""
    return Playbook.parse(json.loads(text))


def _new_draft(draft: str, step: str, kind: e.Kind, recorded: Recorded, working: Working | None) -> Draft:
    authors = (working.author,) if working else ()
    return Draft(draft, step, kind, "drafting", authors, recorded.at, working)


def _add_draft(state: Incident, draft: Draft) -> Incident:
    run = state.steps[draft.step]
    return replace(
        state,
        drafts=_with(state.drafts, draft.id, draft),
        steps=_with(state.steps, run.id, replace(run, drafts=(*run.drafts, draft.id))),
    )


def _change(state: Incident, draft: Draft, **changes: Any) -> Incident:
    return replace(state, drafts=_with(state.drafts, draft.id, replace(draft, **changes)))


def _with(mapping: Mapping[str, _T], key: str, value: _T) -> Mapping[str, _T]:
    return {**mapping, key: value}


def _once(people: tuple[str, ...], person: str) -> tuple[str, ...]:
    return people if person in people else (*people, person)
