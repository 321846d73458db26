"""Reminders of steps with a due time, and of each round of those that recur."""

from __future__ import annotations

from collections.abc import Iterator

from ecomms_bot.incident.keys import step_key
from ecomms_bot.incident.progress import ended_with_its_phase, owed_by, rounds, step_due
from ecomms_bot.incident.reminders.base import Reminder
from ecomms_bot.incident.state import Incident, StepRun
from ecomms_bot.playbook.instant import Instant


def of_steps(state: Incident) -> Iterator[Reminder]:
    """A step with a due time and no text submitted yet reminds its holder, once; a round of it likewise.

    What falls due while the team rests is said when the rest ends. Where texts promise, the promise reminds.
    """
    for run in state.steps.values():
        if run.skipped is not None or _submitted(state, run) or ended_with_its_phase(state, run.id):
            continue
        number = rounds(state, run)
        due = _round_due(state, run) if number else _first_due(run)
        if due is not None:
            rested = max(due.utc, state.rest.until.utc if state.rest else state.rested_until or due.utc)
            again = max(state.course_seq, run.again_seq, *_last_marks(state, run))
            yield Reminder(step_key(run.id, number), "step", run.id, "due", rested, again=again)


def _last_marks(state: Incident, run: StepRun) -> Iterator[int]:
    """The entries that said last when its texts went out: a round counts from there."""
    for draft in (state.drafts[each] for each in run.drafts):
        yield from (each.seq for each in draft.marks[-1:])
        yield from (each.seq for each in draft.corrections[-1:])


def _submitted(state: Incident, run: StepRun) -> bool:
    """Whether a text of this step is with others, or was."""
    drafts = (state.drafts[draft] for draft in run.drafts)
    return any(each.revisions and each.open for each in drafts)


def _first_due(run: StepRun) -> Instant | None:
    """A time that had passed when the step was to do again is not said any more."""
    passed = run.due is not None and run.again_at is not None and run.due.utc <= run.again_at
    return None if passed else run.due


def _round_due(state: Incident, run: StepRun) -> Instant | None:
    step = state.step(run.id)
    rounds_by_itself = step.recurrence == "recurring" and owed_by(state, step) is None
    return step_due(state, run.id) if rounds_by_itself else None
