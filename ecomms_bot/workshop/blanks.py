"""Templates as people fill them in by hand: words, blanks, and in plain words what may be left out."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from ecomms_bot.playbook.model import Field
from ecomms_bot.playbook.values import INCIDENT_NAME

NAME_LABEL = "Name of the incident"
"""The one field that no playbook declares."""

CHOICES_INLINE = 64
"""Answers that have more characters together are circled in the list of fields, not in each text."""
MM_PER_CHARACTER = 2.2
SHORTEST_MM, LONGEST_MM = 24, 84
LINE_MM = 150
"""What handwriting needs, and what a sheet has room for."""

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

    `lines` above one: whole lines, as wide as the sheet.
    """

    label: str
    number: int | None = None
    form: str = ""
    choices: tuple[str, ...] = ()
    circled: bool = False
    width_mm: int = SHORTEST_MM
    lines: int = 1
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


def parts_of(source: str, fields: Mapping[str, Field], numbers: Mapping[str, int]) -> tuple[Part, ...]:
    """Take a template apart that has no problems. `numbers`: the rows of the fields in their list."""
    return _Reader(source.strip(), fields, numbers).until("")


class _Reader:
    def __init__(self, source: str, fields: Mapping[str, Field], numbers: Mapping[str, int]) -> None:
        self._source, self._at = source, 0
        self._fields, self._numbers = fields, numbers
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
            return Either(label_of(tag["asked"], self._fields), known, unknown)
        name = tag["field"]
        return blank(name, self._fields.get(name), self._numbers.get(name), tag["filter"] or "")


def label_of(name: str, fields: Mapping[str, Field]) -> str:
    field = fields.get(name)
    return NAME_LABEL if field is None else field.label


def blank(name: str, field: Field | None, number: int | None = None, how: str = "") -> Blank:
    """A blank for a field, as wide as what it may hold. `how`: the filter of the template."""
    if field is None:
        label = NAME_LABEL if name == INCIDENT_NAME else name
        return Blank(label, number, width_mm=LONGEST_MM)
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
    if wanted > LONGEST_MM * 1.5:
        return Blank(field.label, number, form, lines=min(6, math.ceil(wanted / LINE_MM)))
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
        case Blank(label, choices=choices):
            return f" {' / '.join(choices) or label} "
        case Either(asked, known, unknown):
            otherwise = f"; if not: {flat(unknown)}" if unknown else ""
            return f" if “{asked}” is known: {flat(known)}{otherwise} "
        case Optional(inner):
            return f" if there is room: {flat(inner)} "
