"""Steps that will not be done."""

from __future__ import annotations

from ecomms_bot.incident.commands import Context, SkipStep
from ecomms_bot.incident.events import Event, StepSkipped
from ecomms_bot.incident.policy import Act, require
from ecomms_bot.incident.rules.common import require_open, require_reason, require_step, when
from ecomms_bot.incident.rules.opening import next_step
from ecomms_bot.incident.state import Incident
from ecomms_bot.incident.wording import Who, reject
from ecomms_bot.playbook.model import Step


def skip_step(state: Incident, command: SkipStep, ctx: Context) -> tuple[Event, ...]:
    """A working copy is kept: who writes on takes the step up again. The next step in turn begins."""
    require_open(state)
    require(ctx.person, Act.SKIP, state)
    step = require_step(state, command.step)
    run = state.steps.get(step.id)
    if run is None:
        raise reject("not-started", "{step} has not begun, so there is nothing to skip.", step=step.title)
    if run.skipped is not None:
        raise reject(
            "skipped",
            "{who} skipped {step} at {when} already. Nothing was changed.",
            who=Who(run.skipped.person),
            step=step.title,
            when=when(state, run.skipped.at),
        )
    _require_no_text_on_its_way(state, step)
    reason = require_reason(command.reason, "Please say why this step is skipped.")
    return (StepSkipped(step=step.id, person=ctx.person.id, reason=reason), *next_step(state, step.id, ctx))


def _require_no_text_on_its_way(state: Incident, step: Step) -> None:
    drafts = [state.drafts[draft] for draft in state.steps[step.id].drafts]
    for draft in drafts:
        if draft.status in {"in review", "approved"}:
            raise reject(
                "under-way",
                "A text of {step} is {status}. Let its author withdraw it first, then skip the step.",
                step=step.title,
                status=draft.status,
            )
        if draft.status == "published" and step.recurrence == "once":
            raise reject(
                "done",
                "The text of {step} is {out} already, so there is nothing to skip.",
                step=step.title,
                out="played" if state.exercise else "published",
            )
