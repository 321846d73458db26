"""What the sentences of the log have in common: how texts, steps and promises are called."""

from __future__ import annotations

from collections.abc import Iterable
from functools import singledispatch
from string import Formatter

from ecomms_bot.incident import events as e
from ecomms_bot.incident.state import Incident, Recorded, Revision
from ecomms_bot.incident.wording import Sentence, When, say
from ecomms_bot.playbook.drafting import fingerprint
from ecomms_bot.playbook.model import UnknownStep, UnknownText

REDACTED = say("redacted")
REDACTED_TEXT = "a redacted text"
SHORT = 80
"""Characters of a question by which people know it again."""


@singledispatch
def tell(event: e.Event, _recorded: Recorded, _state: Incident) -> Sentence:
    """What an entry says. `state` is the one after the whole log: it knows the names of steps and texts."""
    msg = f"no words are written down for {type(event).__name__}"
    raise LookupError(msg)


def promise_of(state: Incident, promise_id: str) -> Sentence:
    promise = state.promises.get(promise_id)
    if promise is None or not promise.draft:
        return say("A promise")
    return say("Promise of {promised}", promised=When.of(promise.due))


def revision_of(state: Incident, draft_id: str, number: int, noun: str = "Revision") -> Sentence:
    revision = find(state, draft_id, number)
    title = title_of(state, state.drafts[draft_id].step, revision.kind) if revision else REDACTED_TEXT
    return say(noun + " {number} of {title}", number=number, title=title)


def with_text(said: Sentence, state: Incident, draft_id: str, number: int) -> Sentence:
    """With the fingerprint of the text that it was about, unless that was redacted."""
    revision = find(state, draft_id, number)
    if revision is None or not revision.text_sha256:
        return said
    return with_(said, ", ", say("text {mark}", mark=fingerprint(revision.text_sha256)))


def find(state: Incident, draft_id: str, number: int) -> Revision | None:
    draft = state.drafts.get(draft_id)
    return draft.revision(number) if draft else None


def title_of(state: Incident, step_id: str, kind: e.Kind) -> str:
    """How people call a text: its step's title, or its own where the step has others."""
    try:
        step = state.step(step_id)
        return step.title if step.main.kind == kind else step.text(kind).title
    except (UnknownStep, UnknownText):
        return REDACTED_TEXT


def step_title(state: Incident, step_id: str) -> str:
    return state.step(step_id).title


def and_(words: Iterable[str]) -> str:
    return " and ".join(words)


def with_(first: Sentence, *rest: str | Sentence) -> Sentence:
    """Parts as one sentence, with what stands between them; no two parts use the same name for a value."""
    template, values = first.template, dict(first.values)
    for each in rest:
        template += each if isinstance(each, str) else each.template
        values |= {} if isinstance(each, str) else each.values
    return Sentence(template, values)


def apart(sentence: Sentence, number: int) -> Sentence:
    """The same with names of values that no other of a list of such sentences has."""
    template = ""
    for literal, name, _, _ in Formatter().parse(sentence.template):
        template += literal.replace("{", "{{").replace("}", "}}")
        template += "" if name is None else f"{{{name}_{number}}}"
    return Sentence(template, {f"{name}_{number}": value for name, value in sentence.values.items()})


def with_reason(told: Sentence, reason: str) -> Sentence:
    """With what somebody gave as a reason or a note, if they gave one."""
    return with_(told, ": ", say("{reason}", reason=reason)) if reason else told


def short(text: str) -> str:
    """The beginning of what somebody wrote, on one line, to know it by."""
    line = " ".join(text.split())
    return line if len(line) <= SHORT else line[: SHORT - 1].rstrip() + "…"
