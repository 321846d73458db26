"""What must fit together in a playbook beyond its shape: names that are used exist, promises are printed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from ecomms_bot.playbook.channels import CHANNELS
from ecomms_bot.playbook.mistakes import Mistake, Path
from ecomms_bot.playbook.nearest import did_you_mean
from ecomms_bot.playbook.templates import RESERVED, certain_fields, fields_in, find_problems
from ecomms_bot.playbook.values import (
    AS_OF,
    COMMON_FIELDS,
    EXPIRES,
    INCIDENT_NAME,
    NEXT_UPDATE,
    NO_PROMISE_REASON,
    FieldError,
    example_of,
)

if TYPE_CHECKING:
    from ecomms_bot.playbook.model import Field, Playbook, Step, StepText

NEW_FIELD = "; say what it is under fields, at the top of the file"
SEVERITIES = ("S1", "S2", "S3", "S4")
CHOICE_WORDS_MAX = 75
"""Slack, option object: the description below a choice."""
WITHOUT_PROMISE = frozenset({"sms", "sign"})
"""A short message may leave the next update to the page it links to (rule L06); a sign has no room for it."""


def mistakes(playbook: Playbook) -> Iterator[Mistake]:
    """Every mistake of a playbook whose shape is right."""
    missing = [name for name in SEVERITIES if name not in playbook.severities]
    if missing:
        yield Mistake(("severities",), f"{', '.join(missing)} must be here too")
    for name, field in playbook.fields.items():
        yield from _of_field(("fields", name), name, field)
    yield from _of_promise(playbook)
    seen: dict[str, str] = {}
    for phase, steps in playbook.phases.items():
        for n, step in enumerate(steps):
            path: Path = ("phases", phase, n)
            if step.id in seen:
                yield Mistake(
                    (*path, "id"), f"there is already a step {step.id} in the phase {seen[step.id]}"
                )
            seen.setdefault(step.id, phase)
            yield from _of_step(path, playbook, step)


def too_long_to_read(playbook: Playbook) -> Iterator[Mistake]:
    """What Slack would cut off in a list of choices. Asked of files only: a log may hold older playbooks."""
    for name, severity in playbook.severities.items():
        if len(severity.meaning) > CHOICE_WORDS_MAX:
            message = f"this may have up to {CHOICE_WORDS_MAX} characters; people would not see the rest"
            yield Mistake(("severities", name, "meaning"), message)


def _of_field(path: Path, name: str, field: Field) -> Iterator[Mistake]:
    if name in RESERVED:
        yield Mistake(path, f"a field cannot be called {name}, which means something in templates")
    values = [choice.value for choice in field.choices]
    if (field.type == "choice") != bool(values):
        needs = "the answers of a field of type choice are listed here"
        mistaken = "only a field of type choice has choices; say type: choice, or take them out"
        yield Mistake((*path, "choices"), mistaken if values else needs)
        return
    if len(set(values)) != len(values):
        yield Mistake((*path, "choices"), "two choices have the same value")
    if not (field.past_allowed or field.future_allowed):
        yield Mistake(path, "a time that may be neither past nor future cannot be given")
    try:
        example_of(name, field)
    except FieldError as error:
        yield Mistake((*path, "example"), f"the example would be refused: {_mended(field, error.message)}")


_GOOD = {
    "integer": '"40"',
    "decimal": '"3.5"',
    "datetime": '"2021-11-15T08:30:00-08:00", the date, the time and how far its zone is from UTC',
    "url": "https://www.drivebc.ca",
    "phone": "1-800-550-4997",
}
"""Examples that are taken."""


def _mended(field: Field, message: str) -> str:
    """Forms show the field's example when they refuse an answer; here it is the one that is refused."""
    said, mark, _ = message.partition(f", for example: {field.example.removesuffix('.')}")
    return f"{said}; write it such as {_GOOD[field.type]}" if mark and field.type in _GOOD else message


def _of_promise(playbook: Playbook) -> Iterator[Mistake]:
    """The fields that promises rest on must be there and be what the rules take them for."""
    next_update = playbook.fields.get(NEXT_UPDATE)
    if next_update is None:
        yield Mistake(("fields",), f"{NEXT_UPDATE} must be here: it is the promise that every text makes")
    elif next_update.type != "datetime" or next_update.past_allowed or not next_update.required:
        message = "the next update must be of type datetime, required, with past_allowed: false"
        yield Mistake(("fields", NEXT_UPDATE), message)
    if (expires := playbook.fields.get(EXPIRES)) and (expires.type != "datetime" or expires.past_allowed):
        message = "the time until which a text holds must be of type datetime, with past_allowed: false"
        yield Mistake(("fields", EXPIRES), message)
    if (as_of := playbook.fields.get(AS_OF)) and (as_of.type != "datetime" or as_of.future_allowed):
        yield Mistake(
            ("fields", AS_OF), "the time of the facts must be of type datetime, with future_allowed: false"
        )
    if INCIDENT_NAME in playbook.fields:
        yield Mistake(("fields", INCIDENT_NAME), "the incident has its name; leave this field out")
    if NO_PROMISE_REASON not in playbook.fields and any(
        text.kind == "final"
        for steps in playbook.phases.values()
        for step in steps
        for text in step.texts.values()
    ):
        yield Mistake(("fields",), f"{NO_PROMISE_REASON} must be here, since there is a final text")


def _of_step(path: Path, playbook: Playbook, step: Step) -> Iterator[Mistake]:
    yield from _tier_known((*path, "tier"), playbook, step.tier)
    for n, channel in enumerate(step.channels):
        if channel not in CHANNELS:
            yield Mistake((*path, "channels", n), _unknown("channel", channel, CHANNELS))
    for n, name in enumerate(step.fields):
        if name not in playbook.fields:
            guess = did_you_mean(name, playbook.fields)
            yield Mistake((*path, "fields", n), f"there is no field {name}{guess or NEW_FIELD}")
    for kind, text in step.texts.items():
        yield from _of_text((*path, "texts", kind), playbook, step, text)


def _tier_known(path: Path, playbook: Playbook, tier: str) -> Iterator[Mistake]:
    if tier not in playbook.tiers:
        yield Mistake(path, _unknown("tier", tier, playbook.tiers))


def _unknown(what: str, name: str, known: Collection[str]) -> str:
    """With the known names, as they are few."""
    return f"there is no {what} {name}; there are {', '.join(known)}{did_you_mean(name, known)}"


def _of_text(path: Path, playbook: Playbook, step: Step, text: StepText) -> Iterator[Mistake]:
    if text.tier is not None:
        yield from _tier_known((*path, "tier"), playbook, text.tier)
    declared = {name: str(field.type) for name, field in playbook.fields.items()} | {"incident_name": "text"}
    for channel, language, source in text.all_templates():
        place = (*path, "templates", channel)
        if channel not in step.channels:
            said = f"the step does not go to the channel {channel}; list it under the step's channels"
            yield Mistake(place, f"{said}, or take this text out")
            continue
        problems = find_problems(source, declared)
        for problem in problems:
            yield Mistake((*place, language), problem.message, (problem.line, problem.column))
        if not problems and channel in CHANNELS:
            yield from _of_uses((*place, language), playbook, step, text, source)
            if text.promises and CHANNELS[channel].public and channel not in WITHOUT_PROMISE:
                yield from _of_printed_promise((*place, language), text, source)


def _of_uses(path: Path, playbook: Playbook, step: Step, text: StepText, source: str) -> Iterator[Mistake]:
    """Fields that a template uses must be asked for, and be such as its tier allows."""
    cleared = (text.tier or step.tier) == "T0"
    for name in fields_in(source):
        if name not in step.fields and name not in (INCIDENT_NAME, *COMMON_FIELDS):
            yield Mistake(path, f"this uses the field {name}; list it under the step's fields")
        elif name == NO_PROMISE_REASON and text.kind != "final":
            yield Mistake(path, f"only a final text uses {name}")
        elif cleared and name in playbook.fields and playbook.fields[name].type == "long_text":
            yield Mistake(path, f"a text of tier T0 has bounded fields only; {name} is a long text")


def _of_printed_promise(path: Path, text: StepText, source: str) -> Iterator[Mistake]:
    """A promise counts by what the public can read, so no template may leave it out."""
    if text.kind != "final":
        if NEXT_UPDATE not in certain_fields(source):
            yield Mistake(path, f"this promises an update, so it must always print {NEXT_UPDATE}")
        return
    for name in (NEXT_UPDATE, NO_PROMISE_REASON):
        if name not in fields_in(source):
            yield Mistake(path, f"a final text must be able to print {name}")
