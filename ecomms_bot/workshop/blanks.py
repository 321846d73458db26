"""Templates as people fill them in by hand: words, blanks, and in plain words what may be left out."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from ecomms_bot.playbook.model import Field

NAME_LABEL = "Name of the incident"
"""The one field that no playbook declares."""

CHOICES_INLINE = 64
"""Answers that have more characters together are circled in the list of fields, not in each text."""
MM_PER_CHARACTER = 2.2
SHORTEST_MM, LONGEST_MM = 24, 120
LINE_MM = 150
"""What handwriting needs, and what a sheet has room for."""
MOST_LINES = 5
MM_OF_LABEL = 1.3
"""Of a character of the label under a blank, which stays within the blank."""

_TAG = re.compile(
    r"\{\{ *(?P<field>\w+) *(?:\| *(?P<filter>\w+) *)?\}\}"
    r"|\{% *if +(?P<asked>\w+) *%\}|(?P<else>\{% *else *%\})|(?P<endif>\{% *endif *%\})"
    r"|(?P<open>\[\[)|(?P<close>\]\])"
)
_TIMES: Mapping[str, str] = {
    "time": "time, zone",
    "date": "day",
    "datetime": "day, time, zone",
    "sign": "month, day, time",
}
_WORDS: Mapping[str, Callable[[str], str]] = {
    "upper_first": lambda words: words[:1].upper() + words[1:],
    "lower_first": lambda words: words[:1].lower() + words[1:],
}


@dataclass(frozen=True, slots=True)
class Words:
    """What is said whatever happens."""

    text: str
    is_a = "words"


@dataclass(frozen=True, slots=True)
class Blank:
    """A place to write. `number`: its row in the list of fields. `choices`: to be circled right here.

    `lines` above one: whole lines, as wide as the sheet. `printed`: what the office says there always.
    """

    label: str
    number: int | None = None
    form: str = ""
    choices: tuple[str, ...] = ()
    circled: bool = False
    width_mm: int = SHORTEST_MM
    lines: int = 1
    printed: str = ""
    is_a = "blank"


@dataclass(frozen=True, slots=True)
class Either:
    """What to write if something is known, and what if not."""

    asked: str
    known: tuple[Part, ...]
    unknown: tuple[Part, ...]
    is_a = "either"


@dataclass(frozen=True, slots=True)
class Optional:
    """What is left out if a blank in it stays empty."""

    parts: tuple[Part, ...]
    is_a = "optional"


Part = Words | Blank | Either | Optional


@dataclass(frozen=True, slots=True)
class Facts:
    """The fields of a playbook, their rows in the list of a step, and what of them is known beforehand."""

    fields: Mapping[str, Field]
    numbers: Mapping[str, int]
    known: Mapping[str, str]

    def label(self, name: str) -> str:
        field = self.fields.get(name)
        return NAME_LABEL if field is None else field.label

    def blank(self, name: str, how: str = "") -> Blank:
        """The blank for a field. `how`: the filter of the template."""
        made = blank(self.fields.get(name), self.numbers.get(name), how)
        under = math.ceil(MM_OF_LABEL * len(f"{made.number} {made.label}, {made.form}"))
        return replace(made, printed=self.known.get(name, ""), width_mm=max(made.width_mm, under))


def parts_of(source: str, facts: Facts) -> tuple[Part, ...]:
    """Take a template apart that has no problems."""
    return _Reader(source.strip(), facts).until("")


def divided(parts: Iterable[Part], mark: str) -> Iterator[tuple[Part, ...]]:
    """The parts between marks. A mark inside of an optional part or a condition divides nothing."""
    found: list[Part] = []
    for part in parts:
        if not isinstance(part, Words):
            found.append(part)
            continue
        first, *others = part.text.split(mark)
        found.append(Words(first))
        for other in others:
            yield tuple(found)
            found = [Words(other)]
    yield tuple(found)


def is_said(parts: Iterable[Part]) -> bool:
    """Whether nothing is to be written by hand there."""
    return all(isinstance(part, Words) or (isinstance(part, Blank) and part.printed) for part in parts)


class _Reader:
    def __init__(self, source: str, facts: Facts) -> None:
        self._source, self._at = source, 0
        self._facts = facts
        self.closed_by = ""

    def until(self, *closing: str) -> tuple[Part, ...]:
        """The parts up to one of the closing tags, which is taken too; to the end for ""."""
        found: list[Part] = []
        while tag := _TAG.search(self._source, self._at):
            if tag.start() > self._at:
                found.append(Words(self._source[self._at : tag.start()]))
            self._at = tag.end()
            kind = tag.lastgroup or ""
            if kind in closing:
                self.closed_by = kind
                return tuple(found)
            found.append(self._part(tag))
        if rest := self._source[self._at :]:
            found.append(Words(rest))
            self._at = len(self._source)
        return tuple(found)

    def _part(self, tag: re.Match[str]) -> Part:
        if tag["open"]:
            return Optional(self.until("close"))
        if tag["asked"]:
            known = self.until("else", "endif")
            unknown = self.until("endif") if self.closed_by == "else" else ()
            self.closed_by = ""
            return Either(self._facts.label(tag["asked"]), known, unknown)
        return self._facts.blank(tag["field"], tag["filter"] or "")


def blank(field: Field | None, number: int | None, how: str) -> Blank:
    """As wide as what the field may hold. None: the incident's name."""
    if field is None:
        return Blank(NAME_LABEL, number, width_mm=LONGEST_MM)
    if field.type == "choice":
        return _to_choose(field, number, how)
    if field.type == "datetime":
        form = _TIMES.get(how, _TIMES["datetime"])
        return Blank(field.label, number, form, width_mm=36 if how == "time" else 56)
    form = field.unit or ("capitals" if how == "sign" else "")
    if field.type in {"integer", "decimal"}:
        return Blank(field.label, number, form, width_mm=SHORTEST_MM)
    return _to_write(field, number, form)


def _to_write(field: Field, number: int | None, form: str) -> Blank:
    wanted = field.max_length * MM_PER_CHARACTER
    if wanted > LINE_MM and field.type != "url":
        return Blank(field.label, number, form, lines=min(MOST_LINES, math.ceil(wanted / LINE_MM)))
    return Blank(field.label, number, form, width_mm=round(min(LONGEST_MM, max(SHORTEST_MM, wanted))))


def _to_choose(field: Field, number: int | None, how: str) -> Blank:
    write = _WORDS.get(how, str)
    labels = tuple(
        _on_sign(each.sign or each.label) if how == "sign" else write(each.label) for each in field.choices
    )
    if sum(map(len, labels)) <= CHOICES_INLINE:
        return Blank(field.label, number, choices=labels, circled=True)
    wanted = max(map(len, labels)) * MM_PER_CHARACTER
    width = round(min(LONGEST_MM, max(SHORTEST_MM, wanted)))
    return Blank(field.label, number, "capitals" if how == "sign" else "", width_mm=width)


def _on_sign(label: str) -> str:
    return label.removesuffix(".").upper()


def flat(parts: Iterable[Part]) -> str:
    """In one line of plain words, for where there is no room to write."""
    return " ".join("".join(map(_flat, parts)).split())


def _flat(part: Part) -> str:
    match part:
        case Words(text):
            return text
        case Blank(label, choices=choices, printed=printed):
            return printed or (f" one of {' / '.join(choices)} " if choices else f" {label} ")
        case Either(asked, known, unknown):
            otherwise = f"; if not: {flat(unknown)}" if unknown else ""
            return f" if “{asked}” is known: {flat(known)}{otherwise} "
        case Optional(inner):
            return f" if you can: {flat(inner)} "
