"""What is wrong or doubtful about finished texts, before they are submitted. What blocks comes first.

Rules are named as in the list of message checks (L06, L08, L10, L11, L12, L26, L28) or for what they are
about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ecomms_bot.playbook.channels import CHANNELS, count
from ecomms_bot.playbook.drafting import Texts, default_next_update, fields_for, lacks_promise_and_reason
from ecomms_bot.playbook.exercise import bears_mark, is_marked, mark
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.model import Playbook, Step
from ecomms_bot.playbook.templates import fields_in, optional_parts, without_parts
from ecomms_bot.playbook.times import datetime_words
from ecomms_bot.playbook.values import (
    AS_OF,
    INCIDENT_NAME,
    NEXT_UPDATE,
    NO_PROMISE_REASON,
    SKEW,
    Values,
    is_empty,
)

Weight = Literal["block", "warn", "info"]

SMS_PLENTY = 2
"""Messages that one text may take before a warning (rule L12)."""

PLAIN_LETTERS = {
    "–": "-",
    "—": "-",
    "\u2018": "'",
    "’": "'",
    "“": '"',
    "”": '"',
    "…": "...",
    "\u00a0": "a plain space",
}
"""What to write in an SMS for letters that its basic alphabet lacks."""
_PLACEHOLDER = re.compile(r".{0,20}(?:\{\{|\}\}|\{%|%\}|\[\[|\]\]).{0,20}")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend or to know. `words`: what it is about; `instead`: what to write or do."""

    severity: Weight
    rule: str
    channel: str | None
    field: str | None
    words: str
    message: str
    instead: str


def check(
    playbook: Playbook,
    step: Step,
    kind: str,
    texts: Texts,
    values: Values,
    *,
    exercise: bool,
    now: datetime,
    severity: str,
) -> tuple[Finding, ...]:
    """Everything found in these texts at `now` (aware), what blocks first; empty if nothing is found."""
    found = [*_fields(playbook, step, kind, values, now), *_left_out(playbook, step, kind, values)]
    if step.text(kind).promises:
        latest = default_next_update(playbook, step, kind, severity, now)
        found += _promise(kind, values, now, latest)
    for channel, languages in texts.items():
        for text in languages.values():
            found += [
                *_mark(channel, text, exercise=exercise),
                *_placeholders(channel, text),
                *_length(channel, text),
            ]
    order = ("block", "warn", "info")
    return tuple(sorted(found, key=lambda finding: order.index(finding.severity)))


def _fields(playbook: Playbook, step: Step, kind: str, values: Values, now: datetime) -> Iterator[Finding]:
    """Fields that are empty or out of time. The next update has rules of its own."""
    for name, field in fields_for(playbook, step, kind):
        value = values.get(name)
        if name == NEXT_UPDATE:
            continue
        if is_empty(value):
            if field.required:
                message = f"{field.label} is empty."
                yield Finding(
                    "block", "field-empty", None, name, field.label, message, f"For example: {field.example}"
                )
        elif isinstance(value, Instant):
            words = datetime_words(value)
            if not field.past_allowed and value.utc <= now:
                message = f"{field.label} has already passed."
                yield Finding("block", "field-past", None, name, words, message, "Choose a time to come.")
            if not field.future_allowed and value.utc > now + SKEW:
                message = f"{field.label} is still to come."
                yield Finding("block", "field-future", None, name, words, message, "Choose a time up to now.")


def _left_out(playbook: Playbook, step: Step, kind: str, values: Values) -> Iterator[Finding]:
    """Facts that were filled in and that no text prints, since other facts of the same part are empty."""
    printed: set[str] = set()
    dropped: dict[tuple[str, ...], tuple[str, ...]] = {}
    for _, _, source in step.text(kind).all_templates():
        printed |= set(fields_in(without_parts(source)))
        for part in (fields_in(part.source) for part in optional_parts(source)):
            empty = tuple(name for name in part if name != INCIDENT_NAME and is_empty(values.get(name)))
            filled = tuple(name for name in part if name not in empty)
            if not empty:
                printed |= set(filled)
            elif filled:
                dropped[filled] = empty
    for filled, empty in dropped.items():
        lost = [playbook.field(name).label for name in filled if name not in {*printed, INCIDENT_NAME}]
        if lost:
            wanted = _listed([playbook.field(name).label for name in empty])
            verb = "is" if len(lost) == 1 else "are"
            message = f"{_listed(lost)} {verb} not in the texts: fill in {wanted} too."
            yield Finding("warn", "part-left-out", None, empty[0], _listed(lost), message, "")


def _listed(labels: list[str]) -> str:
    *first, last = labels
    return f"{', '.join(first)} and {last}" if first else last


def _promise(kind: str, values: Values, now: datetime, latest_moment: datetime) -> Iterator[Finding]:
    """The promise is there, is still to come, and comes as soon as the severity asks for."""
    next_update, as_of = values.get(NEXT_UPDATE), values.get(AS_OF)
    latest = Instant.of(latest_moment, _zone(next_update, as_of))
    if not isinstance(next_update, Instant):
        if kind != "final":
            message = "The text does not say when the next update comes."
            instead = f"Promise a time, such as {datetime_words(latest)}."
            yield Finding("block", "L06-next-update", None, NEXT_UPDATE, "", message, instead)
        elif lacks_promise_and_reason(values):
            message = "The last text gives neither a next update nor a reason why there is none."
            instead = "Give a time, or say why no more updates are planned."
            yield Finding("block", "L06-next-update", None, NO_PROMISE_REASON, "", message, instead)
        return
    words, instead = datetime_words(next_update), f"Choose a later time, such as {datetime_words(latest)}."
    if next_update.utc <= now:
        message = "The next update is promised for a time that has already passed."
        yield Finding("block", "L08-promise-past", None, NEXT_UPDATE, words, message, instead)
    elif isinstance(as_of, Instant) and next_update.utc <= as_of.utc:
        message = "The next update is promised for a time that is not after the time of the facts."
        yield Finding("block", "L08-promise-past", None, NEXT_UPDATE, words, message, instead)
    elif next_update.utc > latest.utc:
        message = "The next update is later than the severity of this incident asks for."
        instead = f"Promise {datetime_words(latest)} or earlier, unless people know why they wait longer."
        yield Finding("warn", "promise-beyond-cadence", None, NEXT_UPDATE, words, message, instead)


def _zone(*values: object) -> str:
    return next((value.zone for value in values if isinstance(value, Instant)), "UTC")


def _mark(channel: str, text: str, *, exercise: bool) -> Iterator[Finding]:
    title = CHANNELS[channel].title
    if exercise and not is_marked(text, channel):
        message = f"{title}: this is an exercise, and the text does not say so at its start and end."
        instead = mark("…", channel)
        yield Finding("block", "L28-exercise-mark", channel, None, text[:40], message, instead)
    if not exercise and bears_mark(text, channel):
        message = f"{title}: this incident is live, and the text calls itself an exercise."
        yield Finding("block", "L28-exercise-mark", channel, None, "EXERCISE", message, "Take the word out.")


def _placeholders(channel: str, text: str) -> Iterator[Finding]:
    for match in _PLACEHOLDER.finditer(text):
        message = f"{CHANNELS[channel].title}: a blank was not filled in."
        yield Finding(
            "block", "L26-placeholder", channel, None, match.group(), message, "Fill it in or take it out."
        )


def _length(channel: str, text: str) -> Iterator[Finding]:
    counted = count(channel, text)
    title = CHANNELS[channel].title
    if counted.over:
        message = f"{title}: {counted.excess}"
        rule = "L12-sms-segments" if counted.unit == "messages" else "L10-length"
        instead = "Shorten a field or leave out an optional part."
        yield Finding("block", rule, channel, None, counted.text, message, instead)
    elif counted.unit == "messages" and counted.used > SMS_PLENTY:
        message = f"{title}: the text takes {counted.used} messages; {SMS_PLENTY} are plenty."
        yield Finding("warn", "L12-sms-segments", channel, None, counted.detail, message, "Shorten a field.")
    if counted.switches:
        shown = " ".join(counted.switches)
        message = f"{title}: {shown} cut the length of a message from 160 characters to 70."
        known = [f"{PLAIN_LETTERS[c]} for {c}" for c in counted.switches if c in PLAIN_LETTERS]
        instead = f"Write {', '.join(known)}." if known else "Use plain letters if the words allow it."
        yield Finding("warn", "L11-sms-encoding", channel, None, shown, message, instead)
