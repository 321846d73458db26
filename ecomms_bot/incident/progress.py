"""How far an incident is: what each step is doing, what comes next, what waits for whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ecomms_bot.incident.policy import missing
from ecomms_bot.incident.state import Draft, DraftStatus, Incident, Promise
from ecomms_bot.playbook.model import Step

StepStatus = Literal["to do", "drafting", "in review", "approved", "published"]
_OF_DRAFT: Mapping[DraftStatus, StepStatus] = {
    "drafting": "drafting",
    "returned": "drafting",
    "in review": "in review",
    "approved": "approved",
    "published": "published",
}


def step_status(state: Incident, step_id: str) -> StepStatus:
    """What the step's latest draft is doing; a declined one leaves the step to do again."""
    run = state.steps.get(step_id)
    drafts = [state.drafts[draft] for draft in run.drafts] if run else []
    return next((_OF_DRAFT[draft.status] for draft in reversed(drafts) if draft.status in _OF_DRAFT), "to do")


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


def counts(state: Incident) -> tuple[int, int]:
    """How many `once` steps of the phase are published, of how many."""
    once = [step for step in state.book.steps(state.phase) if step.recurrence == "once"]
    return sum(step_status(state, step.id) == "published" for step in once), len(once)


def next_steps(state: Incident) -> tuple[Step, ...]:
    """Started steps of the phase that are to do or being drafted, in the playbook's order."""
    return tuple(
        step
        for step in state.book.steps(state.phase)
        if step.id in state.steps and step_status(state, step.id) in {"to do", "drafting"}
    )


def update_step(state: Incident) -> Step | None:
    """The step of scheduled updates: the recurring one with a no-change text, else the first recurring."""
    recurring = [step for step in state.book.steps(state.phase) if step.recurrence == "recurring"]
    with_no_change = [step for step in recurring if "no-change" in step.texts]
    return next(iter((*with_no_change, *recurring)), None)


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
