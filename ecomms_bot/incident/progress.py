"""How far an incident is: what each step is doing, what comes next, what waits for whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from ecomms_bot.incident.changes import disputed
from ecomms_bot.incident.keys import step_key
from ecomms_bot.incident.policy import missing
from ecomms_bot.incident.standing import flags, followers, left_to_put_right, standing
from ecomms_bot.incident.state import Draft, DraftStatus, Incident, Promise, StepRun
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.model import PROMISING, Step

StepStatus = Literal["to do", "drafting", "in review", "approved", "published", "skipped"]
_OF_DRAFT: Mapping[DraftStatus, StepStatus] = {
    "drafting": "drafting",
    "returned": "drafting",
    "in review": "in review",
    "approved": "approved",
    "published": "published",
}
SOON = timedelta(minutes=15)
"""A promise that falls due within this comes before steps: it is when its first reminder is said."""


def step_status(state: Incident, step_id: str) -> StepStatus:
    """What the step's latest draft is doing; a declined or withdrawn one leaves the step to do again.

    A recurring step whose text went out is to do again once somebody was reminded of its next round.
    """
    run = state.steps.get(step_id)
    if run is None:
        return "to do"
    if run.skipped is not None:
        return "skipped"
    drafts = [state.drafts[draft] for draft in run.drafts]
    found = [_OF_DRAFT[each.status] for each in drafts if each.status in _OF_DRAFT]
    status: StepStatus = found[-1] if found else "to do"
    return "to do" if status == "published" and _called_for_again(state, run) else status


def rounds(state: Incident, run: StepRun) -> int:
    """How many texts of this step went out."""
    return sum(state.drafts[draft].status == "published" for draft in run.drafts)


def step_due(state: Incident, step_id: str) -> Instant | None:
    """When the step's first text, or the next round of a recurring step, is wanted; None if at no time.

    Where the texts promise, the promise is the clock; otherwise, and once a text of another step kept it, the
    playbook's cadence since the last one.
    """
    run = state.steps.get(step_id)
    if run is None or run.skipped is not None or ended_with_its_phase(state, step_id):
        return None
    step, last = state.step(step_id), _last_out(state, run)
    first = run.due if last is None else None
    if step.recurrence != "recurring":
        return first
    promise = owed_by(state, step)
    if promise is not None:
        return min((each for each in (first, promise.due) if each is not None), key=lambda each: each.utc)
    if last is None or _went_silent(state, run):
        return first
    return Instant.of(last + state.book.cadence(step, state.severity), state.zone)


def _out(state: Incident, run: StepRun) -> list[Draft]:
    """The step's texts that went out, in the order in which they were begun."""
    return [state.drafts[draft] for draft in run.drafts if state.drafts[draft].status == "published"]


def _last_out(state: Incident, run: StepRun) -> datetime | None:
    """When the step's last text went out: as attested if the public read it, else when it was marked."""
    return max((each.current.public_at or _marked_at(each) for each in _out(state, run)), default=None)


def _went_silent(state: Incident, run: StepRun) -> bool:
    """Whether its texts promise the next one, and the last of them, or of the incident, promised none."""
    silent = _out(state, run)[-1].current.next_update is None or bool(final_reason(state))
    return state.step(run.id).main.promises and silent


def _marked_at(draft: Draft) -> datetime:
    """When it was said to be out; by what corrected that, if the entry itself was redacted."""
    return (draft.marks or draft.corrections)[-1].at


def owed_by(state: Incident, step: Step) -> Promise | None:
    """The most urgent promise that the next text of this step is to keep."""
    return next((each for each in state.live_promises if keeping_step(state, each) == step), None)


def keeping_step(state: Incident, promise: Promise) -> Step | None:
    """The step whose next text is to keep this promise: the one that made it if it recurs, else the updates.

    A phase without such a step goes on with that of the phase in which the promise was made.
    """
    made_in = next((each for each in state.book.phases.values() if promise.step in _ids(each)), ())
    for steps in (state.book.steps(state.phase), made_in):
        own = next((each for each in steps if each.id == promise.step and _goes_on(each)), None)
        if (found := own or _scheduled(steps)) is not None:
            return found
    return None


def ended_with_its_phase(state: Incident, step_id: str) -> bool:
    """Whether it is a recurring step of another phase that nobody writes on any more."""
    step = state.step(step_id)
    if step.recurrence != "recurring" or step in state.book.steps(state.phase):
        return False
    return state.draft_of(step_id) is None and owed_by(state, step) is None


def _called_for_again(state: Incident, run: StepRun) -> bool:
    step = state.step(run.id)
    if step.recurrence != "recurring":
        return False
    promise = owed_by(state, step)
    if promise is None:
        return step_key(run.id, rounds(state, run)) in state.fired
    return any(key.startswith(f"promise/{promise.id}/") for key in state.fired)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A draft that waits: for roles to approve it, for its author, or to be published."""

    draft: Draft
    step: Step
    roles: tuple[str, ...]


def waiting(state: Incident) -> tuple[Waiting, ...]:
    """Drafts under way that were submitted, oldest first."""
    return tuple(
        Waiting(draft, state.step(draft.step), missing(draft.current, draft.approvals))
        for draft in state.drafts.values()
        if draft.revisions and draft.open and draft.step in state.steps
    )


class Counts(NamedTuple):
    """Of the `once` steps of a phase: how many are published, how many there are, how many are skipped."""

    done: int
    all: int
    skipped: int


def counts(state: Incident) -> Counts:
    """How far the phase is: its `once` steps."""
    found = [
        step_status(state, step.id) for step in state.book.steps(state.phase) if step.recurrence == "once"
    ]
    return Counts(found.count("published"), len(found), found.count("skipped"))


def next_steps(state: Incident) -> tuple[Step, ...]:
    """Started steps that are to do or being drafted, in the playbook's order.

    Those of the phase, and of others those with a time or with a text that somebody began.
    """
    return tuple(
        step
        for step in _in_order(state)
        if step_status(state, step.id) in {"to do", "drafting"} and _stays(state, step)
    )


def left_open(state: Incident) -> tuple[Step, ...]:
    """Steps of other phases that are not done: those to write, and those whose text is with others."""
    under_way = ("in review", "approved")
    return tuple(
        step
        for step in _in_order(state)
        if step not in state.book.steps(state.phase)
        and (step in next_steps(state) or step_status(state, step.id) in under_way)
    )


def _in_order(state: Incident) -> Iterator[Step]:
    """The steps that were started, through all phases."""
    for steps in state.book.phases.values():
        yield from (step for step in steps if step.id in state.steps)


def _stays(state: Incident, step: Step) -> bool:
    """Whether a started step is still to be done in the phase that it is now."""
    if step in state.book.steps(state.phase) or state.draft_of(step.id) is not None:
        return True
    return step_due(state, step.id) is not None


def update_step(state: Incident) -> Step | None:
    """The step of scheduled updates: of those that recur and promise the first with a no-change text.

    Without such a text it is the first of them; in a phase without any the one that is to keep the next
    promise.
    """
    found = _scheduled(state.book.steps(state.phase))
    promise = next_promise(state)
    return keeping_step(state, promise) if found is None and promise is not None else found


def _scheduled(steps: Sequence[Step]) -> Step | None:
    recurring = [step for step in steps if _goes_on(step)]
    with_no_change = [step for step in recurring if "no-change" in step.texts]
    return next(iter((*with_no_change, *recurring)), None)


def _ids(steps: Sequence[Step]) -> frozenset[str]:
    return frozenset(step.id for step in steps)


def _goes_on(step: Step) -> bool:
    """Whether each of its texts promises the next one."""
    return step.recurrence == "recurring" and step.main.promises


def next_promise(state: Incident) -> Promise | None:
    """The most urgent update owed to the public."""
    return next(iter(state.live_promises), None)


def final_reason(state: Incident) -> str:
    """Why no more updates come, in the words of the final text that the public read last; "" if they do."""
    if state.live_promises:
        return ""
    out = [each for draft in state.drafts.values() for each in draft.revisions if each.public_at is not None]
    last = max(out, key=lambda each: each.public_at or each.at, default=None)
    return last.no_promise_reason if last is not None and last.kind == "final" else ""


UrgentKind = Literal[
    "put-right", "missed", "publish", "returned", "soon", "conflict", "changed", "expired", "step"
]
"""A correction that has not reached everybody; a promise not kept; an approved text to be published; a draft
sent back; a promise that falls due soon; sources that disagree; a fact that published texts say and that
counts no more; a text that stands beyond the time until which it holds; a step."""


@dataclass(frozen=True, slots=True)
class Urgent:
    """Something to do. `draft` is "" where nothing is written yet, `due` None where no time is set.

    `fact` is the name of a fact where it is about one; where sources disagree, `step` is "". `revision`: of
    the published text that holds no more.
    """

    kind: UrgentKind
    step: str
    draft: str = ""
    due: Instant | None = None
    fact: str = ""
    revision: int = 0


def urgent(state: Incident, now: datetime) -> tuple[Urgent, ...]:
    """What there is to do, the most urgent first. A closed incident leaves nothing to do."""
    if not state.open:
        return ()
    owed = [(promise, promise.due.utc <= now) for promise in state.live_promises]
    return (
        *_to_put_right(state),
        *(_to_answer(state, "missed", promise) for promise, missed in owed if missed),
        *_drafts(state, "publish", "approved"),
        *_drafts(state, "returned", "returned"),
        *(
            _to_answer(state, "soon", promise)
            for promise, missed in owed
            if not missed and promise.due.utc - now <= SOON
        ),
        *(Urgent("conflict", "", fact=name) for name in disputed(state)),
        *_changed(state),
        *_expired(state, now),
        *_steps(state),
    )


def _to_put_right(state: Incident) -> Iterator[Urgent]:
    """Who read the wrong words takes them for true until they hear otherwise."""
    for draft in state.drafts.values():
        if draft.status == "published" and left_to_put_right(state, draft):
            yield Urgent("put-right", draft.step, draft.id)


def _expired(state: Incident, now: datetime) -> Iterator[Urgent]:
    """Until a text that follows it is with others."""
    for each in standing(state):
        until, draft = each.revision.expires, each.draft
        after = (other.status for other in followers(state, draft, each.revision))
        if until is not None and until.utc <= now and not {"in review", "approved"}.intersection(after):
            yield Urgent("expired", draft.step, draft.id, until, revision=each.revision.number)


def _changed(state: Incident) -> Iterator[Urgent]:
    """A fact that the public was told and that counts no more, until a text with what counts is on its way.

    It leads to the step that says it, if that goes on, else to the scheduled update.
    """
    flagged, updates = flags(state), update_step(state)
    for name in dict.fromkeys(each.fact.name for each in flagged if each.why != "disputed"):
        texts = [each for each in flagged if each.fact.name == name]
        told = next((each.draft.step for each in texts if each.revision.public_at is not None), None)
        wrong = [each.draft for each in texts]
        if told is None or any(_puts_right(draft, name, wrong) for draft in state.drafts.values()):
            continue
        goes_on = told in state.steps and state.step(told).recurrence == "recurring"
        step = told if goes_on or updates is None else updates.id
        draft = state.draft_of(step)
        yield Urgent("changed", step, draft.id if draft else "", fact=name)


def _puts_right(draft: Draft, name: str, wrong: Sequence[Draft]) -> bool:
    """Whether this draft waits for others, and says what counts."""
    return draft.status in {"in review", "approved"} and name in draft.current.facts and draft not in wrong


def _to_answer(state: Incident, kind: UrgentKind, promise: Promise) -> Urgent:
    """With the text that will keep the promise, the furthest one if several are under way."""
    order: tuple[DraftStatus, ...] = ("approved", "in review", "returned", "drafting")
    under_way = [each for each in state.drafts.values() if each.open and each.kind in PROMISING and each.step]
    draft = min(under_way, key=lambda each: order.index(each.status), default=None)
    if draft is not None:
        return Urgent(kind, draft.step, draft.id, promise.due)
    step = keeping_step(state, promise)
    return Urgent(kind, step.id if step else promise.step, due=promise.due)


def _drafts(state: Incident, kind: UrgentKind, status: DraftStatus) -> Iterator[Urgent]:
    """Drafts of this status, oldest first; of a step that is skipped only what may be out already."""
    for draft in state.drafts.values():
        run = state.steps.get(draft.step)
        if draft.status == status and run is not None and (run.skipped is None or status == "approved"):
            due = draft.current.next_update if status == "approved" else step_due(state, draft.step)
            yield Urgent(kind, draft.step, draft.id, due)


def _steps(state: Incident) -> list[Urgent]:
    """The steps to write on, by when they are due, then in the playbook's order; not what was sent back."""
    found = []
    for step in next_steps(state):
        draft = state.draft_of(step.id)
        if draft is None or draft.status != "returned":
            found.append(Urgent("step", step.id, draft.id if draft else "", step_due(state, step.id)))
    return sorted(found, key=lambda each: (each.due is None, each.due.utc.timestamp() if each.due else 0.0))
