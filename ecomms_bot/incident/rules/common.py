"""What several rules ask first."""

from __future__ import annotations

from datetime import datetime

from ecomms_bot.incident.events import Kind
from ecomms_bot.incident.state import Draft, Incident
from ecomms_bot.incident.wording import When, Who, reject
from ecomms_bot.playbook.model import Step, StepText, UnknownStep


def require_open(state: Incident) -> None:
    if not state.exists:
        raise reject("no-incident", "There is no such incident. Use /ecomms start to open one.")
    if state.closing is not None:
        raise reject(
            "closed",
            "{name} was closed by {who} at {when}, so nothing was changed.",
            name=state.name,
            who=Who(state.closing.person),
            when=When(state.closing.at, state.zone),
        )


def require_step(state: Incident, step_id: str) -> Step:
    try:
        return state.step(step_id)
    except UnknownStep:
        raise reject(
            "no-step", "The playbook of {name} has no step {step}.", name=state.name, step=step_id
        ) from None


def require_text(state: Incident, step_id: str, kind: Kind) -> StepText:
    step = require_step(state, step_id)
    if kind not in step.texts:
        raise reject("no-text", "The step {step} has no text of the kind {kind}.", step=step.title, kind=kind)
    return step.texts[kind]


def require_draft(state: Incident, draft_id: str) -> Draft:
    draft = state.drafts.get(draft_id)
    if draft is None:
        raise reject(
            "no-draft", "This draft is not part of {name}. Please use the latest card.", name=state.name
        )
    return draft


def require_reason(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise reject("no-reason", "Please say why, in a sentence the author can act on.", field="reason")
    return reason


def when(state: Incident, moment: datetime) -> When:
    return When(moment, state.zone)
