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
    Fact,
    Failure,
    Fired,
    Handover,
    Incident,
    Mark,
    PersonalReminder,
    Promise,
    Question,
    Recorded,
    Ref,
    ReportRequest,
    Rest,
    Return,
    Revision,
    Snooze,
    StepRun,
    ThreadPreview,
    Turn,
    Word,
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
    e.ReceiptCorrected,
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
    state = _taken_up(state, event.step)
    draft = state.drafts.get(event.draft)
    if draft is None:
        return _add_draft(state, _new_draft(event.draft, event.step, event.kind, recorded, working))
    return _change(state, draft, working=working, kind=event.kind, authors=_once(draft.authors, event.author))


@_apply.register
def _(event: e.RevisionSubmitted, state: Incident, recorded: Recorded) -> Incident:
    state = _taken_up(state, event.step)
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
    closing = Closing(event.person, recorded.at, event.note, recorded.seq, recorded.hash, event.in_error)
    return replace(state, closing=closing)


@_apply.register
def _(event: e.PhaseChanged, state: Incident, recorded: Recorded) -> Incident:
    turn = Turn(
        recorded.seq, "phase", event.person, recorded.at, event.before, event.phase, reason=event.note
    )
    return replace(state, phase=event.phase, rest=None, turns=(*state.turns, turn))


@_apply.register
def _(event: e.SeverityChanged, state: Incident, recorded: Recorded) -> Incident:
    turn = Turn(
        recorded.seq, "severity", event.person, recorded.at, event.before, event.severity, event.reason
    )
    return replace(state, severity=event.severity, turns=(*state.turns, turn))


@_apply.register
def _(event: e.StepSkipped, state: Incident, recorded: Recorded) -> Incident:
    run = state.steps.get(event.step) or StepRun(event.step, recorded.at, None)
    skipped = Word(event.person, event.reason, recorded.at)
    return replace(state, steps=_with(state.steps, run.id, replace(run, skipped=skipped)))


@_apply.register
def _(event: e.DraftWithdrawn, state: Incident, recorded: Recorded) -> Incident:
    draft = state.drafts.get(event.draft)
    if draft is None:
        return state
    word = Word(event.person, event.reason, recorded.at)
    return _change(state, draft, status="withdrawn", approvals=(), withdrawal=word)


@_apply.register
def _(event: e.ReceiptCorrected, state: Incident, _recorded: Recorded) -> Incident:
    draft = state.drafts[event.draft]
    revisions = tuple(
        replace(each, receipts=_corrected(each.receipts, event)) if each.number == event.revision else each
        for each in draft.revisions
    )
    status = draft.status
    if status in {"published", "approved"} and revisions[-1].number == event.revision:
        status = "published" if revisions[-1].out else "approved"
    state = _change(state, draft, status=status, revisions=revisions)
    at = next(each for each in revisions if each.number == event.revision).public_at
    moved = {
        promise.id: replace(promise, made_at=at)
        for promise in state.promises.values()
        if at is not None and (promise.draft, promise.revision) == (event.draft, event.revision)
    }
    return replace(state, promises={**state.promises, **moved})


def _corrected(
    receipts: Mapping[str, tuple[e.Receipt, str]], event: e.ReceiptCorrected
) -> Mapping[str, tuple[e.Receipt, str]]:
    kept = {channel: each for channel, each in receipts.items() if channel != event.channel}
    return kept if event.receipt is None else {**kept, event.channel: (event.receipt, event.person)}


@_apply.register
def _(event: e.PromiseReopened, state: Incident, _recorded: Recorded) -> Incident:
    promise = replace(state.promises[event.promise], status="live", late_seconds=0, answered_by="")
    return replace(state, promises=_with(state.promises, promise.id, promise))


@_apply.register
def _(event: e.NoteAdded, state: Incident, _recorded: Recorded) -> Incident:
    del event  # it stands in the log; nothing follows from it
    return state


@_apply.register
def _(event: e.FactRecorded, state: Incident, _recorded: Recorded) -> Incident:
    fact = Fact(event.fact, event.name, event.value, event.source, event.person, event.as_of, event.quoted)
    return replace(state, facts=_with(state.facts, event.name, (*state.facts.get(event.name, ()), fact)))


@_apply.register
def _(event: e.QuestionAsked, state: Incident, recorded: Recorded) -> Incident:
    asked = Question(
        event.question, event.person, event.text, event.owner, event.due, recorded.at, event.quoted
    )
    return replace(state, questions=_with(state.questions, asked.id, asked))


@_apply.register
def _(event: e.QuestionAnswered, state: Incident, recorded: Recorded) -> Incident:
    asked = state.questions.get(event.question)
    if asked is None:
        return state
    answered = replace(asked, answered=Word(event.person, event.answer, recorded.at))
    return replace(state, questions=_with(state.questions, asked.id, answered))


@_apply.register
def _(event: e.StoodDown, state: Incident, recorded: Recorded) -> Incident:
    turn = Turn(recorded.seq, "rest", event.person, recorded.at, until=event.until)
    return replace(state, rest=Rest(event.person, event.until, recorded.at), turns=(*state.turns, turn))


@_apply.register
def _(event: e.HandoverOffered, state: Incident, recorded: Recorded) -> Incident:
    offer = Handover(event.handover, event.person, event.to, event.note, recorded.at)
    return replace(state, handovers=_with(state.handovers, offer.id, offer))


@_apply.register
def _(event: e.HandoverAccepted, state: Incident, recorded: Recorded) -> Incident:
    turn = Turn(recorded.seq, "handover", event.person, recorded.at, state.holder, event.person)
    offer = state.handovers.get(event.handover)
    handovers = state.handovers
    if offer is not None:
        handovers = _with(handovers, offer.id, replace(offer, accepted_at=recorded.at))
    return replace(state, holder=event.person, handovers=handovers, turns=(*state.turns, turn))


@_apply.register
def _(event: e.ReportAsked, state: Incident, recorded: Recorded) -> Incident:
    asked = ReportRequest(event.report, event.person, recorded.at)
    return replace(state, reports=_with(state.reports, asked.id, asked))


@_apply.register
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
    if (
        isinstance(event, e.PromiseAnswered | e.PromiseWithdrawn | e.PromiseReopened)
        and event.promise not in state.promises
    ):
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


def _taken_up(state: Incident, step: str) -> Incident:
    """Who writes on a skipped step does it after all."""
    run = state.steps.get(step)
    if run is None or run.skipped is None:
        return state
    return replace(state, steps=_with(state.steps, step, replace(run, skipped=None)))


def _change(state: Incident, draft: Draft, **changes: Any) -> Incident:
    return replace(state, drafts=_with(state.drafts, draft.id, replace(draft, **changes)))


def _with(mapping: Mapping[str, _T], key: str, value: _T) -> Mapping[str, _T]:
    return {**mapping, key: value}


def _once(people: tuple[str, ...], person: str) -> tuple[str, ...]:
    return people if person in people else (*people, person)
