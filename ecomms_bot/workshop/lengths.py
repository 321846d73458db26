"""How long every text of a playbook is, by channel: with the examples, and at its longest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ecomms_bot.playbook.channels import CHANNELS, Count, count, in_reading_order
from ecomms_bot.playbook.drafting import Render, fields_for, render
from ecomms_bot.playbook.longest import ZONE, longest_counts
from ecomms_bot.playbook.model import Playbook, Step
from ecomms_bot.playbook.values import NEXT_UPDATE, example_of
from ecomms_bot.workshop.preview import in_order

NAME = "Highway 7 flooding"
LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class Length:
    """Of one text on one channel, marked as an exercise. `most`: with every field at its longest."""

    step: Step
    kind: str
    channel: str
    language: str
    usual: Count
    most: Count


def lengths(playbook: Playbook, steps: Iterable[Step]) -> Iterator[Length]:
    """Of every text of these steps, in their order."""
    for step in steps:
        for text in in_order(step):
            usual = _examples(playbook, step, text.kind)
            most = longest_counts(playbook, step, text.kind)
            for channel in in_reading_order(text.templates):
                for language in text.templates[channel]:
                    counted, _ = most[channel, language]
                    yield Length(step, text.kind, channel, language, usual[channel, language], counted)


def _examples(playbook: Playbook, step: Step, kind: str) -> dict[tuple[str, str], Count]:
    values = {name: example_of(name, field, ZONE) for name, field in fields_for(playbook, step, kind)}
    if kind == "final":
        values[NEXT_UPDATE] = None  # it says why no more updates come
    texts = render(playbook, step, kind, Render(values, NAME, exercise=True, zone=ZONE))
    return {
        (channel, language): count(channel, text)
        for channel, languages in texts.items()
        for language, text in languages.items()
    }


def rows(playbook: Playbook, steps: Iterable[Step]) -> Iterator[tuple[str, ...]]:
    """A line for each text and language: step, text, then a cell for each of `columns`."""
    found: dict[tuple[str, str, str], dict[str, Length]] = {}
    for each in lengths(playbook, steps):
        found.setdefault((each.step.id, each.kind, each.language), {})[each.channel] = each
    for (step_id, kind, language), of in found.items():
        title = kind if language == LANGUAGE else f"{kind} [{language}]"
        yield step_id, title, *(_cell(of[channel]) if channel in of else "" for channel in columns())


def columns() -> tuple[str, ...]:
    return in_reading_order(CHANNELS)


def header() -> tuple[str, ...]:
    return "Step", "Text", *(CHANNELS[channel].title for channel in columns())


def _cell(each: Length) -> str:
    """As in "243 → 279"; for SMS "210 → 290 (2)", with the messages that the longest takes."""
    words = f"{_size(each.usual)} → {_size(each.most)}"
    if each.most.unit == "messages":
        words += f" ({each.most.used})"
    return f"{words} over" if each.most.over else words


def _size(counted: Count) -> str:
    """Characters; of an SMS all of its messages'; of a sign pages and the characters of its longest line."""
    match counted.unit:
        case "messages":
            return _number(r"(\d+) characters", counted)
        case "pages":
            line = _number(r"longest line (\d+)", counted)
            return f"{counted.used}×{line}"
        case _:
            return str(counted.used)


def _number(pattern: str, counted: Count) -> str:
    found = re.search(pattern, counted.detail)
    assert found is not None, counted.detail
    return found[1]


LEGEND = (
    "With the examples → at the longest, both with the mark of an exercise. X, Web and Internal: characters"
    " (X holds 280). SMS: characters and, at the longest, messages (2 are plenty, 4 the most). Road sign:"
    " pages × characters of the longest line (2 × 18 at most, the mark not counted)."
)


def table(playbook: Playbook, steps: Iterable[Step]) -> Iterator[str]:
    """The rows with their header, in columns, closer together than on a page."""
    close = (
        tuple(cell.replace(" → ", "→").replace(" (", "(") for cell in row) for row in rows(playbook, steps)
    )
    every = [header(), *close]
    used = [n for n in range(len(every[0])) if any(row[n] for row in every[1:])]
    widths = {n: max(len(row[n]) for row in every) for n in used}
    for row in every:
        yield "  ".join(row[n].ljust(widths[n]) for n in used).rstrip()
