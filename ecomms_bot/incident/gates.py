"""What stands open where an incident goes on to its next phase, or is closed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ecomms_bot.incident.progress import rounds, step_status
from ecomms_bot.incident.standing import standing
from ecomms_bot.incident.state import Draft, Incident
from ecomms_bot.incident.things import question_thing, step_thing
from ecomms_bot.playbook.model import Step, UnknownStep, UnknownText

LEFT_MAX = 500
"""Characters of what is said of one open end."""
ASKED_MAX = 150
"""Characters of a question of the public by which it is named."""


@dataclass(frozen=True, slots=True)
class OpenEnd:
    """Something that nobody will do any more. `needs_reason`: it is not left without a word."""

    thing: str
    what: str
    needs_reason: bool = False


def required_open(state: Incident) -> tuple[Step, ...]:
    """The required steps of the phase that nobody did, skipped, or brought as far as the review.

    A text under way goes on through the change of phase, with its reminders. A step on demand is required
    once somebody started it.
    """
    return tuple(
        step
        for step in _required(state)
        if step_status(state, step.id) in {"to do", "drafting"} and not _was_out(state, step)
    )


def open_ends(state: Incident) -> tuple[OpenEnd, ...]:
    """What a closing leaves behind: required steps, questions, approvals that wait, texts with an end.

    Promises and corrections have a question of their own.
    """
    return (*_steps(state), *_questions(state), *_drafts(state), *_standing(state))


def _required(state: Incident) -> Iterator[Step]:
    """Those of the phase, and of others what was begun."""
    for phase, steps in state.book.phases.items():
        for step in steps:
            begins_by_itself = phase == state.phase and step.recurrence != "on-demand"
            if step.required and (begins_by_itself or step.id in state.steps):
                yield step


def _was_out(state: Incident, step: Step) -> bool:
    run = state.steps.get(step.id)
    return run is not None and rounds(state, run) > 0


def _steps(state: Incident) -> Iterator[OpenEnd]:
    for step in _required(state):
        if step_status(state, step.id) not in {"published", "skipped"} and not _was_out(state, step):
            what = f"{step.title}, a required step, is not done"
            yield OpenEnd(step_thing(step.id), what, needs_reason=True)


def _questions(state: Incident) -> Iterator[OpenEnd]:
    for question in state.open_questions:
        asked = " ".join(question.text.split())[:ASKED_MAX]
        yield OpenEnd(question_thing(question.id), f"The public asks: “{asked}”", needs_reason=True)


def _drafts(state: Incident) -> Iterator[OpenEnd]:
    for draft in state.drafts.values():
        if draft.revisions and draft.status in {"in review", "approved"}:
            says = "waits for approval" if draft.status == "in review" else "is approved and not marked"
            title = _title(state, draft)
            yield OpenEnd(f"draft:{draft.id}", f"{title}, revision {draft.current.number}, {says}")


def _standing(state: Incident) -> Iterator[OpenEnd]:
    for each in standing(state):
        if each.revision.expires is not None:
            thing = f"standing:{each.draft.id}:{each.revision.number}"
            yield OpenEnd(thing, f"{_title(state, each.draft)} is out and holds only for a time")


def _title(state: Incident, draft: Draft) -> str:
    """As the step or, where it has several texts, the text is called; plain where that left the log."""
    try:
        step = state.step(draft.step)
        return step.title if step.main.kind == draft.kind else step.text(draft.kind).title
    except (UnknownStep, UnknownText):
        return "a redacted text"
