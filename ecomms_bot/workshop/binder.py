"""A playbook on paper, for when everything is down: one HTML page that needs neither network nor script."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from ecomms_bot.incident.policy import role_title
from ecomms_bot.playbook.channels import CHANNELS, SIGN_CHARACTERS, SIGN_LINES, SIGN_PAGES, in_reading_order
from ecomms_bot.playbook.exercise import EXERCISE_AFTER, EXERCISE_BEFORE, SIGN
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.model import MAIN_FIRST, Field, Phase, Playbook, Step, StepText
from ecomms_bot.playbook.templates import fields_in
from ecomms_bot.playbook.times import date_words, datetime_words, time_words
from ecomms_bot.playbook.values import COMMON_FIELDS, INCIDENT_NAME, example_of
from ecomms_bot.settings import Office
from ecomms_bot.workshop.blanks import NAME_LABEL, Facts, Part, Words, divided, is_said, parts_of
from ecomms_bot.workshop.signs import SignPage, sign_pages

Paper = Literal["A4", "Letter"]
PAPERS: tuple[Paper, ...] = ("A4", "Letter")
MADE_BY = "ecomms print"
"""Stands in every binder as its generator, so that a file can be known for one."""

LOG_SHEETS = 4
ROWS: Mapping[Paper, int] = {"A4": 24, "Letter": 21}
"""Rows of a log sheet: what one page holds."""
EMPTY_CONTACTS = 6
TWO_COLUMNS = 20
"""Choices with more characters take a line each."""
PHASES: Mapping[Phase, str] = {
    "before": "Before: while there is time to prepare",
    "during": "During: while it happens",
    "after": "After: until all is put right",
}
LANGUAGES: Mapping[str, str] = {"en": "English", "fr": "French"}
OVERRIDDEN_BY: Mapping[str, str] = {
    "one": "pio or ic, with a reason",
    "two": "two people, each pio or ic, with a reason",
    "never": "it waits all the same",
}
"""Who may let a text of a tier out without its approvals."""
LIMITS: Mapping[str, str] = {
    "x": "Up to {limit} characters. A web address counts 23, an emoji 2.",
    "sms": "Up to {limit} messages of 153 characters (a single one: 160). A ’ “ ê or – halves that.",
    SIGN: f"Up to {SIGN_PAGES} pages of {SIGN_LINES} lines of {SIGN_CHARACTERS} characters.",
}


@dataclass(frozen=True, slots=True)
class Printing:
    """What a binder is made of. `sha256` names the version of the playbook; `at` is when it is printed."""

    playbook: Playbook
    sha256: str
    office: Office
    at: Instant
    paper: Paper = "A4"
    exercise: bool = False


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A line of the list of fields of a step."""

    number: int
    field: Field | None
    label: str
    zone: str
    printed: str

    @property
    def required(self) -> bool:
        return self.field is None or self.field.required

    @property
    def short(self) -> bool:
        """Whether its choices can stand in two columns."""
        return self.field is not None and max(len(each.label) for each in self.field.choices) <= TWO_COLUMNS

    @property
    def example(self) -> str:
        """As people would write it: a time in words, the label of a choice."""
        if self.field is None:
            return ""
        if self.field.type == "datetime":
            value = example_of(self.label, self.field, self.zone)
            return datetime_words(value) if isinstance(value, Instant) else self.field.example
        return self.field.label_of(self.field.example)


@dataclass(frozen=True, slots=True)
class ChannelBox:
    """A text for one channel in one language. `pages`: only for road signs."""

    title: str
    language: str
    language_title: str
    limit: str
    stanzas: tuple[tuple[Part, ...], ...]
    pages: tuple[SignPage, ...]


@dataclass(frozen=True, slots=True)
class TextSheet:
    """A text of a step with all that its approval and its publication leave behind."""

    text: StepText
    tier: str
    tier_title: str
    target: str
    roles: tuple[str, ...]
    boxes: tuple[ChannelBox, ...]
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StepSheet:
    step: Step
    when: str
    approval: str
    channels: str
    rows: tuple[FieldRow, ...]
    texts: tuple[TextSheet, ...]


def html(printing: Printing) -> str:
    """The whole binder as one page of HTML; every word of the playbook and the office is escaped."""
    playbook, office = printing.playbook, printing.office
    return _template().render(
        printing=printing,
        playbook=playbook,
        organisation=office.organisation,
        version=printing.sha256[:8],
        printed=f"{date_words(printing.at)}, {printing.at.local.year}, {time_words(printing.at)}",
        zone=printing.at.zone,
        overridden_by=OVERRIDDEN_BY,
        contacts=[*office.contacts, *playbook.contacts],
        empty_contacts=EMPTY_CONTACTS,
        roles=sorted({role for tier in playbook.tiers.values() for role in tier.roles}, key=_ROLES.index),
        phases=[
            (phase, PHASES[phase], _sheets(printing, phase)) for phase in PHASES if playbook.steps(phase)
        ],
        log_sheets=LOG_SHEETS,
        log_rows=ROWS[printing.paper],
        generator=MADE_BY,
    )


_ROLES = ("pio", "ic", "sme", "exec")


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("ecomms_bot.workshop", "paper"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(span=span, role=role_title, every=every, is_said=is_said)
    return environment.get_template("binder.html")


def _sheets(printing: Printing, phase: Phase) -> tuple[StepSheet, ...]:
    return tuple(step_sheet(printing, step) for step in printing.playbook.steps(phase))


def step_sheet(printing: Printing, step: Step) -> StepSheet:
    playbook = printing.playbook
    rows = tuple(_rows(printing, step))
    numbers = {name: row.number for name, row in zip(_names(step), rows, strict=True)}
    facts = Facts(playbook.fields, numbers, known(printing))
    kinds = sorted(step.texts.values(), key=lambda text: MAIN_FIRST.index(text.kind))
    tier = playbook.tiers[step.tier]
    return StepSheet(
        step=step,
        when=when(playbook, step),
        approval=f"{step.tier} {tier.title}: {listed(tier.roles)}, within {span(tier.target_minutes)}",
        channels=listed(CHANNELS[each].title for each in in_reading_order(step.channels)),
        rows=rows,
        texts=tuple(_text_sheet(printing, step, text, facts) for text in kinds),
    )


def _names(step: Step) -> list[str]:
    """The fields to be filled in for a step: the incident's name, its own, then the common ones it prints."""
    used = {
        name
        for text in step.texts.values()
        for _, _, source in text.all_templates()
        for name in fields_in(source)
    }
    own = [name for name in step.fields if name not in COMMON_FIELDS]
    common = [name for name in COMMON_FIELDS if name in used]
    return [*([INCIDENT_NAME] if INCIDENT_NAME in used else []), *own, *common]


def known(printing: Printing) -> Mapping[str, str]:
    """What the office says in every text, if the fields of the playbook take it."""
    said = {"issuing_source": printing.office.organisation, "info_url": printing.office.info_url}
    fields = printing.playbook.fields
    return {
        name: words
        for name, words in said.items()
        if name in fields and len(words) <= fields[name].max_length
    }


def _rows(printing: Printing, step: Step) -> Iterable[FieldRow]:
    for number, name in enumerate(_names(step), start=1):
        field = None if name == INCIDENT_NAME else printing.playbook.field(name)
        yield FieldRow(
            number,
            field,
            NAME_LABEL if field is None else field.label,
            printing.at.zone,
            known(printing).get(name, ""),
        )


def _text_sheet(printing: Printing, step: Step, text: StepText, facts: Facts) -> TextSheet:
    name = printing.playbook.tier_of(step, text.kind)
    tier = printing.playbook.tiers[name]
    channels = in_reading_order(text.templates)
    boxes = (
        _box(printing.exercise, channel, language, source, facts)
        for channel in channels
        for language, source in text.templates[channel].items()
    )
    return TextSheet(
        text=text,
        tier=name,
        tier_title=tier.title,
        target=span(tier.target_minutes),
        roles=tier.roles,
        boxes=tuple(boxes),
        channels=tuple(CHANNELS[channel].title for channel in channels),
    )


def _box(exercise: bool, channel: str, language: str, source: str, facts: Facts) -> ChannelBox:  # noqa: FBT001
    parts = parts_of(source, facts)
    pages = sign_pages(parts, exercise=exercise) if channel == SIGN else ()
    if exercise and channel != SIGN:
        parts = (Words(EXERCISE_BEFORE), *parts, Words(EXERCISE_AFTER))
    return ChannelBox(
        title=CHANNELS[channel].title,
        language=language,
        language_title=LANGUAGES.get(language, language),
        limit=LIMITS.get(channel, "").format(limit=CHANNELS[channel].limit),
        stanzas=tuple(divided(parts, "\n\n")),
        pages=pages,
    )


def when(playbook: Playbook, step: Step) -> str:
    """When a step is due and how often it comes round, in words."""
    words = often(playbook, step)
    if step.due_minutes:
        first = "first " if step.recurrence == "recurring" else ""
        words += f", {first}within {span(step.due_minutes)}"
    return words[:1].upper() + words[1:]


def often(playbook: Playbook, step: Step) -> str:
    """How often a step comes round, in words."""
    match step.recurrence:
        case "once":
            return "once"
        case "on-demand":
            return "whenever it is needed"
        case _ if isinstance(step.cadence, int):
            return every(step.cadence)
        case _:
            each = (f"{name} {every(level.cadence_minutes)}" for name, level in playbook.severities.items())
            return f"again and again, by severity: {', '.join(each)}"


def every(minutes: int) -> str:
    """As in "every 30 min", "every hour", "every 3 hours", "every day"."""
    return f"every {span(minutes).removeprefix('1 ')}"


def span(minutes: int) -> str:
    """As in "30 min", "1 hour", "2 hours 30 min", "14 days"."""
    days, rest = divmod(minutes, 24 * 60)
    hours, left = divmod(rest, 60)
    named = ((days, "day"), (hours, "hour"))
    words = [f"{number} {word}{'' if number == 1 else 's'}" for number, word in named if number]
    return " ".join([*words, *([f"{left} min"] if left else [])])


def listed(words: Iterable[str]) -> str:
    """As in "sme, pio and ic"."""
    every_one: Sequence[str] = tuple(words)
    *first, last = every_one
    return f"{', '.join(first)} and {last}" if first else last
