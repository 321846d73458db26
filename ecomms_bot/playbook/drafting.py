"""From the facts of a form to finished texts on every channel, and the hash that an approval names."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from ecomms_bot.playbook import exercise as mark_of_exercise
from ecomms_bot.playbook import templates
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.model import Field, Playbook, Step
from ecomms_bot.playbook.templates import TextTooLong, template_problems
from ecomms_bot.playbook.values import (
    AS_OF,
    COMMON_FIELDS,
    INCIDENT_NAME,
    NEXT_UPDATE,
    NO_PROMISE_REASON,
    FieldError,
    FieldValue,
    Values,
    is_empty,
    parse,
)

__all__ = [
    "COMMON_FIELDS",
    "NO_PROMISE_REASON",
    "FieldError",
    "FieldValue",
    "OptionalPart",
    "Render",
    "TextTooLong",
    "Texts",
    "Values",
    "default_next_update",
    "fields_for",
    "fingerprint",
    "is_empty",
    "optional_parts",
    "parse",
    "parse_all",
    "render",
    "template_problems",
    "text_sha256",
    "words_equal_but_times",
]

Texts = dict[str, dict[str, str]]
"""Finished texts: channel, then language, then the words."""


@dataclass(frozen=True, slots=True)
class Render:
    """What a text is made of. `omit`: ids of optional parts. Times of another zone are told in `zone`.

    `only`: the channels to write for, None for all that the text has.
    """

    values: Values
    incident_name: str
    exercise: bool
    zone: str
    omit: frozenset[str] = frozenset()
    only: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class OptionalPart:
    """A part that the author may drop to shorten one channel's text. `source` is its template."""

    id: str
    channel: str
    language: str
    source: str


def fields_for(playbook: Playbook, step: Step, kind: str) -> tuple[tuple[str, Field], ...]:
    """The fields of a form for this text: those it uses, in the step's order, then the common ones."""
    text = step.text(kind)
    used = {name for _, _, source in text.all_templates() for name in templates.fields_in(source)}
    if text.promises:
        used.add(NEXT_UPDATE)
    if kind == "final":
        used.add(NO_PROMISE_REASON)
    own = [name for name in step.fields if name in used and name not in COMMON_FIELDS]
    common = [name for name in COMMON_FIELDS if name in used and name in playbook.fields]
    return tuple((name, _as_asked(playbook.field(name), name, kind)) for name in own + common)


def _as_asked(field: Field, name: str, kind: str) -> Field:
    """Only a final text may promise nothing; then it must say why (see `parse_all`)."""
    if kind == "final" and name in (NEXT_UPDATE, NO_PROMISE_REASON):
        return field.model_copy(update={"required": False})
    return field


def parse_all(  # noqa: PLR0917 - all of them are needed, and in this order they read as a sentence
    playbook: Playbook,
    step: Step,
    kind: str,
    raws: Mapping[str, str | datetime | None],
    zone: str,
    now: datetime,
) -> tuple[Values, tuple[FieldError, ...]]:
    """Understand a whole form. Every field of it is in the values, those in error as None.

    Fields that this text does not use are left out; a name that the playbook does not know is an error.
    """
    values: dict[str, FieldValue] = {}
    errors = [
        FieldError(n, f"There is no field “{n}” in this playbook.") for n in raws if n not in playbook.fields
    ]
    for name, field in fields_for(playbook, step, kind):
        values[name] = None
        try:
            values[name] = parse(name, field, raws.get(name), zone=zone, now=now)
        except FieldError as error:
            errors.append(error)
    wrong = {error.field for error in errors}
    if kind == "final" and not wrong & {NEXT_UPDATE, NO_PROMISE_REASON} and lacks_promise_and_reason(values):
        message = "Give the time of the next update, or say why none is planned."
        errors.append(FieldError(NO_PROMISE_REASON, message))
    return values, tuple(errors)


def lacks_promise_and_reason(values: Values) -> bool:
    return is_empty(values.get(NEXT_UPDATE)) and is_empty(values.get(NO_PROMISE_REASON))


def default_next_update(playbook: Playbook, step: Step, kind: str, severity: str, now: datetime) -> datetime:
    """When to promise the next text (UTC): now + the tier's target + the cadence, up to full 5 minutes."""
    target = timedelta(minutes=playbook.tiers[playbook.tier_of(step, kind)].target_minutes)
    wanted = now.astimezone(UTC) + target + playbook.cadence(step, severity)
    five = timedelta(minutes=5)
    over = (wanted - wanted.replace(hour=0, minute=0, second=0, microsecond=0)) % five
    return wanted if not over else wanted + five - over


def optional_parts(step: Step, kind: str) -> tuple[OptionalPart, ...]:
    """What the author may drop, with the ids that `Render.omit` takes."""
    return tuple(
        OptionalPart(f"{channel}.{language}.{part.number}", channel, language, part.source)
        for channel, language, source in step.text(kind).all_templates()
        for part in templates.optional_parts(source)
    )


def render(playbook: Playbook, step: Step, kind: str, render: Render) -> Texts:
    """The finished texts, marked in an exercise. Missing values are empty; TextTooLong above 20,000."""
    shown = {
        name: _shown(field, render.values.get(name), render.zone) for name, field in playbook.fields.items()
    }
    shown[INCIDENT_NAME] = render.incident_name
    texts: Texts = {}
    for channel, language, source in step.text(kind).all_templates():
        if render.only is not None and channel not in render.only:
            continue
        prefix = f"{channel}.{language}."
        omit = {int(part.removeprefix(prefix)) for part in render.omit if part.startswith(prefix)}
        text = templates.fill(source, shown, omit)
        texts.setdefault(channel, {})[language] = (
            mark_of_exercise.mark(text, channel) if render.exercise else text
        )
    return texts


def _shown(field: Field, value: FieldValue, zone: str) -> templates.Shown:
    if isinstance(value, Instant):
        return value if value.zone == zone else Instant.of(value.utc, zone)
    if value is not None and field.type == "choice":
        return templates.Label(field.label_of(value), field.sign_of(value))
    return value


def text_sha256(texts: Mapping[str, Mapping[str, str]]) -> str:
    """SHA-256, in hex, of the canonical JSON of the texts as they are: what an approval names."""
    canonical = json.dumps(texts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def fingerprint(sha: str) -> str:
    """The first eight digits of a hash, to compare by eye: "7F3A-91C2"."""
    return f"{sha[:4]}-{sha[4:8]}".upper()


def words_equal_but_times(  # noqa: PLR0917 - as above
    playbook: Playbook,
    step: Step,
    kind: str,
    old_values: Values,
    new_values: Values,
    incident_name: str,
    exercise: bool,  # noqa: FBT001 - part of what a text is made of, as in Render
    zone: str,
    omit: frozenset[str] = frozenset(),
) -> bool:
    """Whether the new facts change no word of this text but the times of the facts and of the next update."""
    times = {name: new_values.get(name) for name in (AS_OF, NEXT_UPDATE)}
    if any(is_empty(old_values.get(name)) != is_empty(time) for name, time in times.items()):
        return False
    new = Render(new_values, incident_name, exercise, zone, omit)
    old = replace(new, values={**old_values, **times})
    return render(playbook, step, kind, old) == render(playbook, step, kind, new)
