"""A playbook in the terminal: its steps, and what a step asks and says, word for word, with lengths."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from textwrap import wrap

from ecomms_bot.playbook.channels import CHANNELS, Count, count, in_reading_order
from ecomms_bot.playbook.checks import Finding, check
from ecomms_bot.playbook.drafting import Render, fields_for, render
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.longest import longest_counts
from ecomms_bot.playbook.model import MAIN_FIRST, Field, Playbook, Step, StepText
from ecomms_bot.playbook.times import datetime_words
from ecomms_bot.playbook.values import FieldError
from ecomms_bot.workshop.binder import listed, often, span, when
from ecomms_bot.workshop.sampling import Occasion, filled_in, usual_severity

WIDTH = 80
LABELS = 10
"""Columns for what stands before a line."""
SEVERITIES = {"block": "Must be changed", "warn": "Look again", "info": "Hint"}
"""As the preview in Slack says it."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What is shown of a text. `sound`: it fits, and nothing keeps it from being submitted."""

    lines: tuple[str, ...]
    sound: bool


# --- which steps there are --------------------------------------------------------------------------------


def overview(playbook: Playbook, named: str = "") -> Iterator[str]:
    """The steps of a playbook, to choose one. `named`: how it was asked for, its id unless given."""
    steps = [step for steps in playbook.phases.values() for step in steps]
    yield f"{playbook.title} ({playbook.id}): {len(steps)} {'step' if len(steps) == 1 else 'steps'}"
    for phase in ("before", "during", "after"):
        if playbook.steps(phase):
            yield from ("", phase.capitalize())
        for step in playbook.steps(phase):
            yield f"  {step.id:<4} {step.title}"
            by_severity = step.recurrence == "recurring" and step.cadence == "severity"
            how = "as often as the severity asks" if by_severity else often(playbook, step)
            how += f" · {step.tier} {playbook.tiers[step.tier].title}"
            if len(step.texts) > 1:
                how += f" · {listed(text.kind for text in in_order(step))}"
            yield from wrapped(f"{how} · {', '.join(titles(step.channels))}", indent=7)
    if steps:
        yield from ("", f"See what a step says: ecomms preview {named or playbook.id} {steps[0].id}")


def in_order(step: Step) -> list[StepText]:
    """The texts of a step, the one it is there for first."""
    return sorted(step.texts.values(), key=lambda text: MAIN_FIRST.index(text.kind))


def titles(channels: Iterable[str]) -> list[str]:
    return [CHANNELS[channel].title for channel in in_reading_order(channels)]


# --- what a step is ---------------------------------------------------------------------------------------


def heading(playbook: Playbook, step: Step) -> Iterator[str]:
    """What a step is for, how it is approved, and what to do besides writing."""
    tier = playbook.tiers[step.tier]
    yield f"{playbook.title} · {step.id} {step.title}"
    yield ""
    yield from labelled("Why", step.purpose)
    yield from labelled("For", step.audience)
    yield from labelled("When", when(playbook, step))
    approval = f"{step.tier} {tier.title}: {listed(tier.roles)}, within {span(tier.target_minutes)}"
    yield from labelled("Approval", approval)
    if step.required:
        yield from labelled("Required", "the phase ends once it is done, or skipped with a reason")
    yield from listing("To do besides writing", step.checklist)
    yield from listing("To be sure of first", step.verify)
    yield from listing("To tell before the public, and to hear that they know", step.partners)


def listing(title: str, lines: Iterable[str]) -> Iterator[str]:
    lines = tuple(lines)
    if lines:
        yield from ("", title)
    for line in lines:
        yield from wrapped(line, indent=6, first="  [ ] ")


def asked(playbook: Playbook, step: Step, kind: str) -> Iterator[str]:
    """What the form of a text asks, by the names that --set takes."""
    fields = fields_for(playbook, step, kind)
    width = max((len(name) for name, _ in fields), default=0) + 4
    for name, field in fields:
        unit = f" ({field.unit})" if field.unit else ""
        needed = "" if field.required else " · may stay empty"
        yield from wrapped(f"{field.label}{unit}{needed}", indent=width, first=f"  {name}")
        yield from wrapped(_answers(field), indent=width)


def _answers(field: Field) -> str:
    if field.type == "choice":
        return f"one of: {', '.join(f'“{choice.label}”' for choice in field.choices)}"
    if field.type == "datetime":
        return "such as: 14:30, in 45 min, tomorrow 6am" if field.future_allowed else "such as: 14:30"
    return f"such as: {field.example}"


# --- what a text says -------------------------------------------------------------------------------------


def preview(playbook: Playbook, step: Step, kind: str, occasion: Occasion) -> Preview:
    """The finished words of a text on every channel, and what was found in them."""
    values, errors = filled_in(playbook, step, kind, occasion)
    texts = render(
        playbook,
        step,
        kind,
        Render(values, occasion.incident, exercise=occasion.exercise, zone=occasion.zone),
    )
    findings = check(
        playbook,
        step,
        kind,
        texts,
        values,
        exercise=occasion.exercise,
        now=occasion.now,
        severity=usual_severity(playbook),
    )
    refused = {error.field for error in errors}
    findings = tuple(finding for finding in findings if finding.field not in refused)
    shown = [
        line
        for channel in in_reading_order(texts)
        for language, text in texts[channel].items()
        for line in as_published(count(channel, text), text, language if len(texts[channel]) > 1 else "")
    ]
    said = [line for error in errors for line in _refusal(playbook, error)]
    said += [line for finding in findings for line in _finding(finding)]
    blocked = bool(errors) or any(finding.severity == "block" for finding in findings)
    top = [*_title(playbook, step, kind), *asked(playbook, step, kind), ""]
    return Preview((*top, *shown, *(said or ["Nothing to mend."])), sound=not blocked)


def longest(playbook: Playbook, step: Step, kind: str) -> Preview:
    """The text on every channel with each field at its longest, marked as an exercise."""
    counts = longest_counts(playbook, step, kind)
    shown: list[str] = []
    over: list[str] = []
    for channel in in_reading_order({channel for channel, _ in counts}):
        languages = [language for where, language in counts if where == channel]
        for language in languages:
            counted, text = counts[channel, language]
            shown += as_published(counted, text, language if len(languages) > 1 else "")
            if counted.over:
                over += wrapped(f"{SEVERITIES['block']}: {CHANNELS[channel].title}: {counted.excess}")
    return Preview((*_title(playbook, step, kind), *shown, *(over or ["Every text fits."])), sound=not over)


def _title(playbook: Playbook, step: Step, kind: str) -> tuple[str, ...]:
    text = step.text(kind)
    tier = playbook.tier_of(step, kind)
    approval = "" if tier == step.tier else f" · approval {tier} {playbook.tiers[tier].title}"
    return "", f"{kind.upper()}: {text.title}{approval}", ""


def as_published(counted: Count, text: str, language: str = "") -> Iterator[str]:
    """A text as it is, with nothing beside it, so that it can be copied; its length stands above."""
    title = counted.text + (f" [{language}]" if language else "")
    detail = counted.detail.partition(", ")[2]  # how many messages stands in the count
    yield from wrapped(f"{title} ({detail})" if detail else title)
    yield from ("-" * WIDTH, *text.splitlines(), "-" * WIDTH, "")


def _refusal(playbook: Playbook, error: FieldError) -> Iterator[str]:
    hint = playbook.field(error.field).hint
    words = f"{SEVERITIES['block']}: {error.field}: {error.message}"
    yield from wrapped(f"{words} {hint}".rstrip(), indent=2, first="")


def _finding(finding: Finding) -> Iterator[str]:
    words = f"{SEVERITIES[finding.severity]}: {finding.message} {finding.instead}"
    yield from wrapped(words.rstrip(), indent=2, first="")


def on_what(occasion: Occasion) -> Iterator[str]:
    """For what the texts below are made, so that nobody takes them for approved ones."""
    now = datetime_words(Instant.of(occasion.now, occasion.zone))
    mode = "an exercise" if occasion.exercise else "a live incident"
    words = f"Tried at {now}, for “{occasion.incident}”, {mode}. Nobody has approved these texts."
    yield from wrapped(words)


# --- lines ------------------------------------------------------------------------------------------------


def labelled(label: str, words: str) -> Iterator[str]:
    yield from wrapped(words, indent=LABELS, first=label)


def wrapped(words: str, indent: int = 0, first: str | None = None) -> Iterator[str]:
    """Words in lines of 80 columns; `first` stands before the first line."""
    start = " " * indent if first is None else first and first.ljust(indent)
    yield from wrap(
        words,
        WIDTH,
        initial_indent=start,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
