"""What is asked before a phase is left or an incident closed: a word for what is not done. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ecomms_bot.incident.gates import LEFT_MAX, OpenEnd, open_ends
from ecomms_bot.incident.progress import step_status
from ecomms_bot.incident.state import Incident
from ecomms_bot.incident.wording import Sentence, say
from ecomms_bot.playbook.model import Step
from ecomms_bot.slack.blocks import context, section
from ecomms_bot.slack.inputs import ask, text_input
from ecomms_bot.slack.message import Block
from ecomms_bot.slack.text import listed, mrkdwn

LEFT, STEP, OTHERS = "left/", "step/", "left/*"
"""What the names of these fields begin with; the last is the one for all that have none of their own."""
FIELDS_MAX = 12
"""Open ends with a field each. A form that nobody reads to its end asks nothing."""
NOTE_MAX = 500


def left_fields(state: Incident, *, all_optional: bool) -> list[Block]:
    """A line for each open end. `all_optional`: it may turn out that it was opened by mistake."""
    ends = open_ends(state)
    shown, others = ends[:FIELDS_MAX], ends[FIELDS_MAX:]
    fields = [_left(f"{LEFT}{each.thing}", each.what, each, all_optional=all_optional) for each in shown]
    if others:
        needy = next((each for each in others if each.needs_reason), others[0])
        fields.append(_left(OTHERS, f"And {len(others)} more", needy, all_optional=all_optional))
    if not fields:
        return []
    return [context("Of what stands open, say: done, handed to whom, or why not."), *fields]


def _left(name: str, what: str, end: OpenEnd, *, all_optional: bool) -> Block:
    return ask(name, what, text_input(LEFT_MAX), optional=all_optional or not end.needs_reason)


def left_said(state: Incident, entered: Mapping[str, Any]) -> dict[str, str]:
    """What was said of each open end, by its name."""
    said = {
        name.removeprefix(LEFT): words or ""
        for name, words in entered.items()
        if name.startswith(LEFT) and name != OTHERS
    }
    others = entered.get(OTHERS) or ""
    return {each.thing: others for each in open_ends(state)} | said


def has_field(name: str | None) -> bool:
    """Whether a refusal is about an open end."""
    return name is not None and name.startswith(LEFT)


def phase_blocks(state: Incident, phase: str, required: Sequence[Step], note: str) -> list[Block]:
    """One line for each required step that is not done, below what goes on by itself."""
    first = say(
        "*{name}* goes from *{before}* to *{after}*. Say of each required step why it is skipped; or close "
        "this and do it first.",
        name=state.name,
        before=state.phase,
        after=phase,
    )
    return [
        section(mrkdwn(first)),
        *(context(mrkdwn(each)) for each in _goes_on(state, required)),
        *(ask(f"{STEP}{each.id}", f"Why {each.title} is skipped", text_input(LEFT_MAX)) for each in required),
        ask("note", "What everybody should know", text_input(NOTE_MAX, note), optional=True),
    ]


def reasons_given(entered: Mapping[str, Any]) -> dict[str, str]:
    """Step → why it is skipped."""
    return {name.removeprefix(STEP): words or "" for name, words in entered.items() if name.startswith(STEP)}


def _goes_on(state: Incident, required: Sequence[Step]) -> Iterator[Sentence]:
    """What else is open in this phase, in one line."""
    done = {"published", "skipped"}
    left = [
        f"{step.title} ({status})"
        for step in state.book.steps(state.phase)
        if step.id in state.steps and step not in required
        if (status := step_status(state, step.id)) not in done
    ]
    if left:
        yield say("Open as well, and going on: {steps}", steps=listed(left))
