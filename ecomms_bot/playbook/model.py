"""What a playbook is: tiers, fields, steps, texts. `library` reads it; the log embeds it as it was read.

The words below each key are what an author reads of it, in the editor (`ecomms schema`) and in
docs/reference-playbooks.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

import pydantic
from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

from ecomms_bot.playbook import consistency, mending, mistakes, shape
from ecomms_bot.playbook.channels import SIGN_CHARACTERS
from ecomms_bot.playbook.extension import EXTENDS

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
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Severity(_Part):
    """How bad it is, and so how often the public hears from us."""

    title: Line
    """What people call it, such as Major."""
    meaning: Words
    """When to choose it, and what follows. People see it below the title."""
    cadence_minutes: Minutes
    """Minutes from one text to the next, in steps that say `cadence: severity`."""


class Tier(_Part):
    """How a text is approved: by one different person for each of the roles, wanted within the target."""

    title: Line
    """What people call it, such as Facts."""
    use: Words
    """What texts it is for."""
    roles: Annotated[tuple[Role, ...], pydantic.Field(min_length=1)]
    """Who approves: one different person for each, never the author. sme knows the subject, pio leads public
    information, ic leads the response, exec the organisation."""
    target_minutes: Minutes
    """Minutes in which the approval is wanted. The first promised time allows for them."""
    order: Literal["parallel", "sequence"] = "parallel"
    """Whether the roles decide in any order, or one after the other as they are listed."""
    override: Literal["one", "two", "never"] = "one"
    """How many of pio and ic together may let a text out without the approvals it lacks, with a reason."""
    second_review_minutes: Minutes | None = None
    """Minutes after approval in which somebody else looks at the text once more. Always after an override."""


class Choice(_Part):
    """One answer to choose."""

    value: Annotated[str, StringConstraints(pattern=mistakes.CHOICE_VALUE)]
    """A short name for the log. It may stay the same when the label gets better words."""
    label: Line
    """What people choose in the form and read in the texts."""
    sign: Annotated[str, StringConstraints(max_length=SIGN_CHARACTERS)] = ""
    """What a road sign shows in its place. Without it: the label in capitals."""


class Contact(_Part):
    """Whom to reach when everything is down. The list is printed in the binder."""

    who: Line
    """The office or the duty, such as Duty officer of the dams."""
    why: Words
    """What to call about."""
    phone: Annotated[str, StringConstraints(max_length=75)] = ""
    """The number. Without it the binder has a blank to fill in by hand."""


class Field(_Part):
    """A fact that the form asks for and that fills the blanks of texts."""

    type: FieldType
    """What can be typed into it: text is one line, long_text several, datetime a date with a time."""
    label: Line
    """What stands above it in the form."""
    unit: str = ""
    """What a number counts, such as m or homes. Forms show it; texts do not, so write it there too."""
    hint: str = ""
    """One sentence below it in the form: what to write, and what not."""
    example: Words
    """An answer as people should give it. It is shown in the form and fills previews."""
    required: bool = True
    """Whether a text can go out only when it is filled in."""
    carry: bool = True
    """Whether the next form begins with what was said last. Say false for news, which is news only once."""
    choices: tuple[Choice, ...] = ()
    """The answers to choose from, for the type choice and no other."""
    max_length: Annotated[int, pydantic.Field(strict=True, ge=1, le=3000)] = 80
    """The most characters people may type. Texts have to fit when it is full."""
    minimum: Decimal | None = None
    """The smallest number that makes sense."""
    maximum: Decimal | None = None
    """The largest number that makes sense."""
    past_allowed: bool = True
    """Whether a time may have passed already. Say false for what is still to come."""
    future_allowed: bool = True
    """Whether a time may be still to come. Say false for when something was seen or read."""

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
    """What people call this text, such as Update."""
    tier: str | None = None
    """How this text is approved, if not as the step says."""
    templates: Annotated[
        Mapping[str, Annotated[Mapping[str, Template], pydantic.Field(min_length=1)]],
        pydantic.Field(min_length=1),
    ]
    """The words for each channel of the step, with blanks for the facts."""
    promises: bool
    """Whether it says when the next text comes. Without this word it follows from the kind of text."""

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
    """Something to do in a phase."""

    id: StepId
    """A short name that nobody else in the playbook has, such as D1. People can type it."""
    title: Line
    """What people call it, such as Holding statement."""
    purpose: Words
    """Why it is done, so that whoever writes knows. People see it with the step."""
    audience: Words
    """Whom the text is for."""
    recurrence: Recurrence
    """Once in the phase, recurring until the phase ends, or on demand: when something calls for it."""
    channels: Annotated[tuple[str, ...], pydantic.Field(min_length=1)]
    """Where its texts go out."""
    tier: str
    """How its texts are approved: one of the names under `tiers`."""
    due_minutes: Minutes | None = None
    """Minutes from its beginning until it is due. Without it nobody is reminded of a step done once."""
    cadence: Literal["severity"] | Minutes | None = None
    """How long after a text the next one comes: minutes, or `severity` for what the severity asks for."""
    fields: tuple[FieldName, ...] = ()
    """The facts it asks for, in the order of the form. The common ones come by themselves."""
    checklist: tuple[Words, ...] = ()
    """What to do besides writing."""
    verify: tuple[Words, ...] = ()
    """What must be sure before a text is sent."""
    partners: tuple[Line, ...] = ()
    """Whom to tell before the public, such as the city. Its public texts wait until each has acknowledged."""
    required: Annotated[bool, pydantic.Field(strict=True)] = False
    """Whether the phase may end only once it is done, or skipped with a reason."""
    texts: Annotated[Mapping[Kind, StepText], pydantic.Field(min_length=1)]
    """What it says, by the kind of text."""

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
    """Everything to say for one kind of event."""

    schema_version: Literal[1]
    """The version of this format. There is one so far."""
    id: Identifier
    """A short name that no other playbook has. The log keeps it."""
    title: Line
    """What people choose in Slack, such as Flood."""
    hazard: Line
    """What happens. Two incidents of one hazard at once make the bot ask whether they are the same."""
    severities: Mapping[SeverityId, Severity]
    """How bad it can be, from S1, the worst, to S4."""
    tiers: Annotated[Mapping[str, Tier], pydantic.Field(min_length=1)]
    """The ways to approve a text, each under a name of your own, such as T1."""
    fields: Mapping[FieldName, Field]
    """The facts that fill the texts, each under its name."""
    phases: Mapping[Phase, tuple[Step, ...]]
    """The steps to take before, during and after, in their order."""
    contacts: tuple[Contact, ...] = ()
    """Whom to reach when everything is down."""
    offered: Annotated[bool, pydantic.Field(strict=True)] = True
    """Whether people can choose it in Slack. Say false for one that others only extend."""

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> Self:
        """Build a playbook from plain data; BadPlaybook, a PlaybookError, names every mistake plainly."""
        try:
            playbook = cls.model_validate(raw)
        except pydantic.ValidationError as error:
            found = shape.from_pydantic(error, WORDS)
            raise mistakes.BadPlaybook((*found, *cls._beyond_shape(raw, found)), raw) from None
        if found := tuple(consistency.mistakes(playbook)):
            raise mistakes.BadPlaybook(found, raw)
        return playbook

    @classmethod
    def _beyond_shape(cls, raw: Any, found: tuple[mistakes.Mistake, ...]) -> tuple[mistakes.Mistake, ...]:
        """What does not fit together in all that has its right shape, so that people ask only once."""
        try:
            rest = cls.model_validate(mending.mended(raw, found))
        except pydantic.ValidationError:
            return ()
        return tuple(each for each in consistency.mistakes(rest) if not mending.touched(each.path, found))

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


WORDS: shape.Words = {
    "the playbook": (*Playbook.model_fields, EXTENDS),
    "a severity": tuple(Severity.model_fields),
    "a tier": tuple(Tier.model_fields),
    "a field": tuple(Field.model_fields),
    "a choice": tuple(Choice.model_fields),
    "a contact": tuple(Contact.model_fields),
    "a step": tuple(Step.model_fields),
    "a text": tuple(name for name in StepText.model_fields if name != "kind"),
}
"""What each part of a playbook may say, as `shape` calls the parts."""
