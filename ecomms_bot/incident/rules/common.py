"""What several rules ask first."""

from __future__ import annotations

from datetime import datetime

from ecomms_bot.incident.events import Kind
from ecomms_bot.incident.state import Draft, Incident
from ecomms_bot.incident.wording import When, Who, reject, visible
from ecomms_bot.playbook.model import Step, StepText, UnknownStep

WORDS_MAX = 3000
"""The most that a field of a form takes (Slack, plain_text_input)."""


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
            "no-step",
            "The playbook of {name} has no step {step}, so nothing was changed.",
            name=state.name,
            step=step_id,
        ) from None


def require_text(state: Incident, step_id: str, kind: Kind) -> StepText:
    step = require_step(state, step_id)
    if kind not in step.texts:
        raise reject(
            "no-text",
            "The step {step} has no text of the kind {kind}, so nothing was kept.",
            step=step.title,
            kind=kind,
        )
    return step.texts[kind]


def require_draft(state: Incident, draft_id: str) -> Draft:
    draft = state.drafts.get(draft_id)
    if draft is None:
        raise reject(
            "no-draft", "This draft is not part of {name}. Please use the latest card.", name=state.name
        )
    return draft


def require_reason(
    reason: str, words: str = "Please say why, in a sentence the author can act on.", most: int = WORDS_MAX
) -> str:
    """The reason without blanks around it; `words` ask for it beside its field."""
    if not (reason := fitting(reason, "reason", most)):
        raise reject("no-reason", words, field="reason")
    return reason


def fitting(words: str, field: str, most: int = WORDS_MAX) -> str:
    """The words without blanks around them. Raises Rejected beside the field if they are too many."""
    words = without_blanks(words)
    if len(words) > most:
        raise reject(
            "too-long",
            "That is {many} characters; at most {most} are kept. Please shorten it.",
            field=field,
            many=len(words),
            most=most,
        )
    return words


def whole(text: str) -> str:
    """The text with “�” for halves of characters, which no file can hold."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def without_blanks(text: str) -> str:
    """The words without white space around them; "" if nobody would see any of it."""
    text = whole(text).strip()
    return text if visible(text).strip() else ""


def needed(text: str, most: int, field: str, ask: str) -> str:
    """Words that have to be there, without white space around them; `ask` asks for them, beside the field."""
    text = without_blanks(text)
    if not text:
        raise reject(field, ask + ".", field=field)
    if len(text) > most:
        raise reject(
            field,
            ask + ", in up to {most} characters. This has {have}; nothing was recorded yet.",
            field=field,
            most=most,
            have=len(text),
        )
    return text


def when(state: Incident, moment: datetime) -> When:
    return When(moment, state.zone)
