"""Mistakes in a playbook, in words that its author understands, each with the place it stands at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from ecomms_bot.errors import PlaybookError

Path = tuple[str | int, ...]

FIELD_NAME = "^[a-z][a-z0-9_]{0,39}$"
IDENTIFIER = "^[a-z][a-z0-9-]{0,39}$"
STEP_ID = "^[A-Z][A-Za-z0-9-]{0,11}$"
CHOICE_VALUE = "^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$"
ONE_LINE = "^[^\n]+$"

SPELLING = {
    FIELD_NAME: "up to 40 small letters, digits and _, beginning with a letter",
    IDENTIFIER: "up to 40 small letters, digits and -, beginning with a letter",
    STEP_ID: "a capital letter, then up to 11 letters, digits and -",
    CHOICE_VALUE: "up to 40 letters, digits, - and _",
    ONE_LINE: "one line",
}
"""Patterns in words; editors say the same."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong at a path of the data. `inside`: line and column, from 1, in the text there."""

    path: Path
    message: str
    inside: tuple[int, int] | None = None

    def __str__(self) -> str:
        place = " > ".join(str(part + 1) if isinstance(part, int) else part for part in self.path)
        if self.inside:
            place += f", line {self.inside[0]}, column {self.inside[1]}"
        return f"{place}: {self.message}" if place else self.message


class BadPlaybook(PlaybookError):
    """The playbook has mistakes and is not used; the others are."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


def from_pydantic(error: ValidationError) -> tuple[Mistake, ...]:
    """The same mistakes without the vocabulary of a validator, one for each place."""
    found: dict[Path, str] = {}
    for detail in error.errors(include_url=False, include_input=False):
        path, words = _path(detail["loc"]), _words(detail["type"], detail.get("ctx", {}), detail["msg"])
        if path in found:  # several alternatives, and none of them fits
            words = f"{found[path]} or {words.removeprefix('this must be ')}"
        elif detail["type"] == "too_short" and any(place[: len(path)] == path for place in found):
            continue  # nothing is left of a list when its only item is wrong
        found[path] = words
    return tuple(Mistake(path, words) for path, words in found.items())


def _path(loc: Path) -> Path:
    """Pydantic adds steps of its own: a key is marked "[key]", and an alternative is named by its type."""
    inner = {"[key]", "literal['severity']", "constrained-int"}
    return tuple(part for part in loc if part not in inner)


def _words(kind: str, context: Mapping[str, Any], fallback: str) -> str:
    fixed = {
        "missing": "this is missing",
        "extra_forbidden": "this word is not known here",
        "string_type": "this must be text; put it in quotes",
        "int_type": "this must be a whole number",
        "int_parsing": "this must be a whole number",
        "bool_type": "this must be true or false",
        "bool_parsing": "this must be true or false",
        "tuple_type": "this must be a list",
        "mapping_type": "this must be a group of named entries",
        "dict_type": "this must be a group of named entries",
        "model_type": "this must be a group of named entries",
        "model_attributes_type": "this must be a group of named entries",
        "decimal_type": "this must be a number",
        "decimal_parsing": "this must be a number",
    }
    if kind in fixed:
        return fixed[kind]
    match kind:
        case "literal_error":
            return f"this must be one of {context['expected']}"
        case "string_too_long":
            return f"this may have up to {context['max_length']} characters"
        case "string_too_short" | "too_short":
            return "this must not be empty"
        case "string_pattern_mismatch":
            return f"this must be {SPELLING[context['pattern']]}"
        case "greater_than_equal":
            return f"this must be {context['ge']} or more"
        case "less_than_equal":
            return f"this must be {context['le']} or less"
        case _:
            return fallback[:1].lower() + fallback[1:]
