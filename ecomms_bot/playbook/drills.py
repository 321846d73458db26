"""What a drill is that people take part in: what is known when it begins, and what comes when.

`drill_files` reads it; the log of the incident embeds it, so that an edit of its file changes no running one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self, get_args

import pydantic
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from ecomms_bot.playbook import mistakes, shape
from ecomms_bot.playbook.mistakes import BadPlaybook, Mistake
from ecomms_bot.playbook.model import Identifier, Line, Playbook, SeverityId, Step, UnknownStep
from ecomms_bot.playbook.nearest import did_you_mean
from ecomms_bot.playbook.values import INCIDENT_NAME_MAX

InjectKind = Literal["call", "rumour", "number", "map", "question", "press", "outage"]
AnswerKind = Literal["reply", "fact", "text", "correction", "question", "escalate"]
INJECT_KINDS: tuple[InjectKind, ...] = get_args(InjectKind)
ANSWER_KINDS: tuple[AnswerKind, ...] = get_args(AnswerKind)
RECORDED = ("zone", "starts", "office", "people", "scenes")
"""Words of a drill that `ecomms drill` plays by itself, with made-up people (see `practice.script`)."""

SAYS_MAX = 1500
"""Characters of what an inject says: Slack shows a message of that length whole."""

DrillMinute = Annotated[int, Field(strict=True, ge=0, le=480)]
"""A drill takes a working day at the most."""
Span = Annotated[int, Field(strict=True, ge=1, le=480)]
Percent = Annotated[int, Field(strict=True, ge=0, le=100)]
Said = Annotated[str, StringConstraints(min_length=1, max_length=SAYS_MAX)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=500)]


def _as_list(given: Any) -> Any:
    return [given] if isinstance(given, str) else given


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Inject(_Part):
    """Something that happens in the drill at its minute: the bot posts it, and people react."""

    id: Identifier
    """A short name that no other inject of this drill has. The log keeps it."""
    minute: DrillMinute
    """When it comes: minutes from the beginning of the drill."""
    kind: InjectKind
    """What it is. With `outage` people act as if Slack were away; in the practice workspace it is."""
    who: Line
    """Who says it, and how, such as Duty hydrologist, by phone."""
    says: Said
    """What they say, word for word."""
    answer: AnswerKind = "reply"
    """What counts as an answer: a reply in its thread, or a fact, a text sent for approval, a correction, a
    question written down, or word passed on to a lead."""
    of: Annotated[tuple[str, ...], BeforeValidator(_as_list)] = ()
    """Which one: with `fact` the field, with `text` or `correction` the step; several, if any of them counts.
    Without it the next one of its kind."""
    within: Span = 10
    """Minutes in which an answer is wanted."""
    minutes: Span | None = None
    """With `outage`: how long it lasts."""
    teaches: Words
    """What is to be learned from it. People read it in the debrief, not before."""


class Targets(_Part):
    """What a good drill looks like; the debrief says what was reached."""

    first_message: Span = 20
    """Minutes until the first public text is marked as published."""
    promises_kept: Percent = 100
    """Percent of the promised updates that came in time."""
    answers: Percent = 80
    """Percent of the injects that were answered in time."""


class TakePart(_Part):
    """A drill that people take part in, with the bot as it is at work."""

    playbook: Identifier
    """The id of the playbook it is worked with."""
    severity: SeverityId
    """How bad it is when it begins."""
    incident: Annotated[str, StringConstraints(min_length=1, max_length=INCIDENT_NAME_MAX)]
    """The name proposed for the incident."""
    minutes: Annotated[int, Field(strict=True, ge=5, le=480)]
    """How long it takes. Then the bot says so, and shows the debrief."""
    briefing: Said
    """What is known when it begins, and who the people are that take part."""
    targets: Targets = Targets()
    injects: Annotated[tuple[Inject, ...], Field(min_length=1, max_length=40)]
    """What happens, in the order of the minutes."""

    def inject(self, name: str) -> Inject | None:
        return next((each for each in self.injects if each.id == name), None)


class Head(_Part):
    """What every drill says of itself."""

    schema_version: Literal[1]
    """The version of this format. There is one so far."""
    id: Annotated[str, StringConstraints(pattern=mistakes.DRILL_ID)]
    """A short name that no other drill has, such as the name of its file."""
    title: Line
    """What people call it."""
    about: Annotated[str, StringConstraints(max_length=1000)] = ""
    """What it is about, for whoever chooses one."""
    sources: tuple[str, ...] = ()
    """Where its facts are from."""


class Drill(Head):
    """A drill as people take part in it. The recorded play that its file may hold too is not looked at."""

    take_part: TakePart | None = None

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> Self:
        """Build a drill from plain data; BadPlaybook names every mistake plainly."""
        own = {name: value for name, value in raw.items() if name not in RECORDED}
        try:
            drill = cls.model_validate(own)
        except pydantic.ValidationError as error:
            raise BadPlaybook(shape.from_pydantic(error, WORDS), raw) from None
        found = list(_senseless(drill))
        if drill.take_part is None and "scenes" not in raw:
            found.append(Mistake((), "a drill needs take_part, for people, or scenes to play by itself"))
        if found:
            raise BadPlaybook(found, raw)
        return drill


WORDS: shape.Words = {
    "the drill": (*Drill.model_fields, *RECORDED),
    "take_part": tuple(TakePart.model_fields),
    "the targets": tuple(Targets.model_fields),
    "an inject": tuple(Inject.model_fields),
}
"""What each part of a drill may say, as `shape` calls the parts."""


def _senseless(drill: Drill) -> Iterator[Mistake]:
    """What is well formed and does not fit together, each with its place."""
    if drill.take_part is None:
        return
    seen: dict[str, int] = {}
    before = 0
    for number, inject in enumerate(drill.take_part.injects):
        here: mistakes.Path = ("take_part", "injects", number)
        if inject.id in seen:
            yield Mistake((*here, "id"), f"{inject.id} is the name of inject {seen[inject.id] + 1} already")
        seen.setdefault(inject.id, number)
        if inject.minute < before:
            message = f"minute {inject.minute} is before minute {before}, which stands above it"
            yield Mistake((*here, "minute"), message)
        before = max(before, inject.minute)
        if inject.minute >= drill.take_part.minutes:
            message = f"the drill ends at minute {drill.take_part.minutes}, so this would never come"
            yield Mistake((*here, "minute"), message)
        yield from _of_inject(inject, here)


def _of_inject(inject: Inject, here: mistakes.Path) -> Iterator[Mistake]:
    if inject.kind == "outage" and inject.minutes is None:
        yield Mistake((*here, "kind"), "an outage says how long it lasts, such as minutes: 10")
    if inject.kind != "outage" and inject.minutes is not None:
        yield Mistake((*here, "minutes"), "only an outage lasts; the time for an answer is within")
    if inject.of and inject.answer not in _OF:
        yield Mistake(
            (*here, "of"), f"only {_listed(_OF)} can say of what; the answer here is a {inject.answer}"
        )


_OF = ("fact", "text", "correction")


def _listed(words: tuple[str, ...]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}"


def mistakes_with(drill: Drill, playbook: Playbook | None, known: tuple[str, ...] = ()) -> Iterator[Mistake]:
    """What does not fit the playbook it names. None: there is no such playbook among the `known`."""
    if (part := drill.take_part) is None:
        return
    if playbook is None:
        message = f"there is no playbook {part.playbook}{did_you_mean(part.playbook, known)}"
        yield Mistake(("take_part", "playbook"), message)
        return
    if part.severity not in playbook.severities:
        has = ", ".join(playbook.severities)
        message = f"the playbook {playbook.id} has no severity {part.severity}; it has {has}"
        yield Mistake(("take_part", "severity"), message)
    for number, inject in enumerate(part.injects):
        for place, name in enumerate(inject.of):
            if words := _unknown(inject, name, playbook):
                yield Mistake(("take_part", "injects", number, "of", place), words)


def _unknown(inject: Inject, name: str, playbook: Playbook) -> str:
    if inject.answer == "fact":
        guess = did_you_mean(name, playbook.fields)
        return "" if name in playbook.fields else f"the playbook {playbook.id} has no field {name}{guess}"
    if _step(playbook, name) is not None:
        return ""
    known = [step.id for steps in playbook.phases.values() for step in steps]
    return f"the playbook {playbook.id} has no step {name}{did_you_mean(name, known)}"


def _step(playbook: Playbook, name: str) -> Step | None:
    try:
        return playbook.step(name)
    except UnknownStep:
        return None
