"""Mistakes in a playbook, in words that its author understands, each with the place it stands at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ecomms_bot.errors import PlaybookError

Path = tuple[str | int, ...]
Weight = Literal["wrong", "look"]
"""Wrong: the file is not used until it is mended. Look: it is used as it is, and its author should look."""

FIELD_NAME = "^[a-z][a-z0-9_]{0,39}$"
IDENTIFIER = "^[a-z][a-z0-9-]{0,39}$"
DRILL_ID = "^[a-z0-9-]{1,60}$"
STEP_ID = "^[A-Z][A-Za-z0-9-]{0,11}$"
CHOICE_VALUE = "^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$"
ONE_LINE = "^[^\n]+$"

SPELLING = {
    FIELD_NAME: "up to 40 small letters, digits and _, beginning with a letter",
    IDENTIFIER: "up to 40 small letters, digits and -, beginning with a letter",
    DRILL_ID: "up to 60 small letters, digits and -",
    STEP_ID: "a capital letter, then up to 11 letters, digits and -",
    CHOICE_VALUE: "up to 40 letters, digits, - and _",
    ONE_LINE: "one line",
}
"""Patterns in words; editors say the same."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong, or to look at, at a path of the data.

    `inside`: line and column, from 1, in the text there. `at`: those in the file, where they are known.
    """

    path: Path
    message: str
    inside: tuple[int, int] | None = None
    weight: Weight = "wrong"
    at: tuple[int, int] | None = None

    def __str__(self) -> str:
        return self.words(None)

    def words(self, raw: object) -> str:
        """With its place in words; steps of the data `raw` are called by their ids."""
        place = place_in_words(self.path, raw)
        if self.inside:
            place += f", line {self.inside[0]}, column {self.inside[1]}"
        return f"{place}: {self.message}" if place else self.message


def place_in_words(path: Path, raw: object = None) -> str:
    """Such as "phases > during > D4 > texts > update > templates > x".

    Items of lists are called by what names them (a step's id, a choice's value), else by their number.
    """
    parts: list[str] = []
    for part in path:
        if isinstance(raw, str):  # a template without a language: "en" stands nowhere in the file
            break
        inner: Any = None
        if isinstance(part, int):
            inner = raw[part] if isinstance(raw, list) and part < len(raw) else None
            parts.append(_name_of(inner) or str(part + 1))
        else:
            inner = raw.get(part) if isinstance(raw, Mapping) else None
            parts.append(part)
        raw = inner
    return " > ".join(parts)


def _name_of(item: object) -> str:
    """What an item of a list is called in its file."""
    if not isinstance(item, Mapping) or "at" in item:  # of a drill's scenes, many are of one person
        return ""
    return next((name for key in ("id", "value", "who") if isinstance(name := item.get(key), str)), "")


@dataclass(frozen=True, slots=True)
class Finding:
    """A mistake with its place in a file. Lines and columns count from 1."""

    weight: Weight
    file: str
    line: int
    column: int
    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.words}"

    @property
    def words(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


class BadPlaybook(PlaybookError):
    """The playbook has mistakes and is not used; the others are."""

    def __init__(self, mistakes: Iterable[Mistake], raw: object = None) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(mistake.words(raw) for mistake in self.mistakes))
