"""How long texts can become: every field filled with what takes the most room."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice, product

from ecomms_bot.playbook.channels import Count, count
from ecomms_bot.playbook.drafting import Render, fields_for, render
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.model import Field, Playbook, Step
from ecomms_bot.playbook.templates import asked_fields
from ecomms_bot.playbook.values import FieldValue, Values

ZONE = "America/Vancouver"
LATEST = Instant.of(datetime(2021, 9, 29, 19, 45, tzinfo=UTC), ZONE)
"""The longest time in words: "Wed., Sept. 29, 12:45 p.m. PDT"."""
NAME = "W" * 60
"""An incident's name may have 60 characters."""
FILLINGS_MAX = 64
"""Of optional fields filled and empty; a text with more conditions is measured with the first of these."""


def longest_value(field: Field) -> FieldValue:
    """The value of a field that takes the most room in a text."""
    match field.type:
        case "choice":
            return max(field.choices, key=lambda choice: len(choice.label)).value
        case "datetime":
            return LATEST
        case "url":
            return "https://www.example.ca/".ljust(field.max_length, "a")[: field.max_length]
        case "integer":
            return _longest_number(field, "9" * 15)
        case "decimal":
            return _longest_number(field, "9" * 6 + ".99")
        case "phone":
            return "+1 250 555 0199 99".ljust(20, "9")[: field.max_length]
        case _:
            return "N" * field.max_length


def _longest_number(field: Field, unbounded: str) -> str:
    """The longer of the bounds, with decimals as people type them."""
    digits = [f"{bound:f}" for bound in (field.minimum, field.maximum) if bound is not None]
    if not digits:
        return unbounded
    longest = max(digits, key=len)
    return f"{longest}.99" if field.type == "decimal" and "." not in longest else longest


def fillings(playbook: Playbook, step: Step, kind: str) -> Iterator[Values]:
    """All fields at their longest; then without those that conditions rest on, as these have other words."""
    fields = fields_for(playbook, step, kind)
    whole = {name: longest_value(field) for name, field in fields}
    sources = [source for _, _, source in step.text(kind).all_templates()]
    asked = frozenset().union(*map(asked_fields, sources))
    optional = [name for name, field in fields if not field.required and name in asked]
    for chosen in islice(product((True, False), repeat=len(optional)), FILLINGS_MAX):
        empty = {name: None for name, filled in zip(optional, chosen, strict=True) if not filled}
        yield {**whole, **empty}


def longest_counts(playbook: Playbook, step: Step, kind: str) -> dict[tuple[str, str], tuple[Count, str]]:
    """For each (channel, language): the longest text in an exercise, counted, and its words."""
    found: dict[tuple[str, str], tuple[Count, str]] = {}
    for values in fillings(playbook, step, kind):
        made = Render(values, NAME, exercise=True, zone=ZONE)
        for channel, languages in render(playbook, step, kind, made).items():
            for language, text in languages.items():
                counted = count(channel, text)
                before = found.get((channel, language))
                if before is None or _room(counted, text) > _room(*before):
                    found[channel, language] = counted, text
    return found


def _room(counted: Count, text: str) -> tuple[bool, int, int]:
    return counted.over, counted.used, len(text)
