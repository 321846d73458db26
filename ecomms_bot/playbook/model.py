"""What a playbook is: tiers, fields, steps, texts. `library` reads it; the log embeds it as it was read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

import pydantic
from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

from ecomms_bot.playbook import consistency, mistakes
from ecomms_bot.playbook.channels import SIGN_CHARACTERS

SeverityId = Literal["S1", "S2", "S3", "S4"]
Phase = Literal["before", "during", "after"]
Kind = Literal["statement", "update", "no-change", "correction", "final", "internal"]
FieldType = Literal["text", "long_text", "integer", "decimal", "choice", "datetime", "url", "phone"]
Recurrence = Literal["once", "recurring", "on-demand"]
Role = Literal["sme", "pio", "ic", "exec"]
"""Who may be asked to approve; the other roles have no say about a text."""

MAIN_FIRST: tuple[Kind, ...] = ("statement", "update", "correction", "internal", "no-change", "final")
"""Of several texts of a step, the first of these kinds is what the step is there for."""
PROMISING: frozenset[str] = frozenset({"statement", "update", "no-change", "final"})
"""Kinds of text that say when the next one comes."""

FieldName = Annotated[str, StringConstraints(pattern=mistakes.FIELD_NAME)]
Identifier = Annotated[str, StringConstraints(pattern=mistakes.IDENTIFIER)]
StepId = Annotated[str, StringConstraints(pattern=mistakes.STEP_ID)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=75, pattern=mistakes.ONE_LINE)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Template = Annotated[str, StringConstraints(min_length=1, max_length=10_000)]
Minutes = Annotated[int, pydantic.Field(strict=True, ge=1, le=44_640)]
"""Up to 31 days: the report after an incident is due within weeks."""


class _Missing(KeyError):
    """Something that this playbook does not have was asked for."""

    def __str__(self) -> str:
        return str(self.args[0])


class UnknownStep(_Missing):
    """The playbook has no such step."""


class UnknownField(_Missing):
    """The playbook has no such field."""


class UnknownText(_Missing):
    """The step has no text of that kind."""


class UnknownSeverity(_Missing):
    """The playbook has no such severity."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Severity(_Part):
    title: Line
    meaning: Words
    cadence_minutes: Minutes


class Tier(_Part):
    """How a text is approved: by one different person for each of the roles, wanted within the target."""

    title: Line
    use: Words
    roles: Annotated[tuple[Role, ...], pydantic.Field(min_length=1)]
    target_minutes: Minutes


class Choice(_Part):
    """One allowed answer: the value is kept, the label is what people read, `sign` what road signs show."""

    value: Annotated[str, StringConstraints(pattern=mistakes.CHOICE_VALUE)]
    label: Line
    sign: Annotated[str, StringConstraints(max_length=SIGN_CHARACTERS)] = ""


class Contact(_Part):
    """Whom to reach when everything is down. The printed binder leaves a blank where `phone` is not given."""

    who: Line
    why: Words
    phone: Annotated[str, StringConstraints(max_length=75)] = ""


class Field(_Part):
    """A fact that fills texts. Lengths count characters; times may be kept out of the past or the future.

    `carry`: a new draft begins with what was said last; without it the field starts empty, since what was
    news once is not news again.
    """

    type: FieldType
    label: Line
    unit: str = ""
    hint: str = ""
    example: Words
    required: bool = True
    carry: bool = True
    choices: tuple[Choice, ...] = ()
    max_length: Annotated[int, pydantic.Field(strict=True, ge=1, le=3000)] = 80
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    past_allowed: bool = True
    future_allowed: bool = True

    def label_of(self, value: str) -> str:
        """What people read for a chosen value; one that is not among the choices reads as itself."""
        return next((choice.label for choice in self.choices if choice.value == value), value)

    def sign_of(self, value: str) -> str:
        """What road signs show for a chosen value; "" if they show the label."""
        return next((choice.sign for choice in self.choices if choice.value == value), "")


class StepText(_Part):
    """One text of a step, on every channel and in every language it is written for."""

    kind: Kind
    title: Line
    tier: str | None = None
    templates: Annotated[
        Mapping[str, Annotated[Mapping[str, Template], pydantic.Field(min_length=1)]],
        pydantic.Field(min_length=1),
    ]
    promises: bool

    @model_validator(mode="before")
    @classmethod
    def _fill_in(cls, raw: Any) -> Any:
        """A plain template is English; whether a text promises follows from its kind, unless it says."""
        if not isinstance(raw, Mapping):
            return raw
        whole = {"promises": raw.get("kind") in PROMISING, **raw}
        if isinstance(templates := raw.get("templates"), Mapping):
            whole["templates"] = {k: {"en": v} if isinstance(v, str) else v for k, v in templates.items()}
        return whole

    def all_templates(self) -> Iterator[tuple[str, str, str]]:
        """Each template as (channel, language, source)."""
        for channel, languages in self.templates.items():
            for language, source in languages.items():
                yield channel, language, source


class Step(_Part):
    """Something to do in a phase. `due_minutes` counts from its start, `cadence` from one text to the next.

    `checklist`: what to do besides writing; `verify`: what must be sure before the text is sent.
    """

    id: StepId
    title: Line
    purpose: Words
    audience: Words
    recurrence: Recurrence
    channels: Annotated[tuple[str, ...], pydantic.Field(min_length=1)]
    tier: str
    due_minutes: Minutes | None = None
    cadence: Literal["severity"] | Minutes | None = None
    fields: tuple[FieldName, ...] = ()
    checklist: tuple[Words, ...] = ()
    verify: tuple[Words, ...] = ()
    texts: Annotated[Mapping[Kind, StepText], pydantic.Field(min_length=1)]

    @model_validator(mode="before")
    @classmethod
    def _name_texts(cls, raw: Any) -> Any:
        """In YAML the kind of a text is the word it stands under."""
        if isinstance(raw, Mapping) and isinstance(texts := raw.get("texts"), Mapping):
            named = {
                k: {"kind": k, **text} if isinstance(text, Mapping) else text for k, text in texts.items()
            }
            return {**raw, "texts": named}
        return raw

    @property
    def main(self) -> StepText:
        """The text that the step is there for. By kind, since the log keeps no order of names."""
        return min(self.texts.values(), key=lambda text: MAIN_FIRST.index(text.kind))

    def text(self, kind: str) -> StepText:
        """The text of that kind; UnknownText if the step has none."""
        for text in self.texts.values():
            if text.kind == kind:
                return text
        raise UnknownText(f"step {self.id} has no text of the kind {kind}")


class Playbook(_Part):
    """Everything to say for one kind of event. `offered`: false for one that others only extend."""

    schema_version: Literal[1]
    id: Identifier
    title: Line
    hazard: Line
    severities: Mapping[SeverityId, Severity]
    tiers: Annotated[Mapping[str, Tier], pydantic.Field(min_length=1)]
    fields: Mapping[FieldName, Field]
    phases: Mapping[Phase, tuple[Step, ...]]
    contacts: tuple[Contact, ...] = ()
    offered: Annotated[bool, pydantic.Field(strict=True)] = True

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> Self:
        """Build a playbook from plain data; BadPlaybook, a PlaybookError, names every mistake plainly."""
        try:
            playbook = cls.model_validate(raw)
        except pydantic.ValidationError as error:
            raise mistakes.BadPlaybook(mistakes.from_pydantic(error)) from None
        if found := tuple(consistency.mistakes(playbook)):
            raise mistakes.BadPlaybook(found)
        return playbook

    def steps(self, phase: str) -> tuple[Step, ...]:
        """The steps of a phase in their order; none if the playbook says nothing about it."""
        return next((steps for name, steps in self.phases.items() if name == phase), ())

    def step(self, step_id: str) -> Step:
        """The step of that id in whichever phase; UnknownStep if there is none."""
        for steps in self.phases.values():
            for step in steps:
                if step.id == step_id:
                    return step
        raise UnknownStep(f"the playbook {self.title} has no step {step_id}")

    def field(self, name: str) -> Field:
        """The field of that name; UnknownField if there is none."""
        try:
            return self.fields[name]
        except KeyError:
            raise UnknownField(f"the playbook {self.title} has no field {name}") from None

    def tier_of(self, step: Step, kind: str) -> str:
        """The name of the tier that approves this text."""
        return step.text(kind).tier or step.tier

    def cadence(self, step: Step, severity: str) -> timedelta:
        """How long after a text the next one comes: the step's own minutes, else those of the severity."""
        if isinstance(step.cadence, int):
            return timedelta(minutes=step.cadence)
        for name, level in self.severities.items():
            if name == severity:
                return timedelta(minutes=level.cadence_minutes)
        raise UnknownSeverity(f"the playbook {self.title} has no severity {severity}")
