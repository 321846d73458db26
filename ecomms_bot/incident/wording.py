"""Sentences that people read, kept apart from how a medium writes people, times and places.

The core says `say("Already approved by {who} at {when}.", who=Who("U1"), when=When(...))`. Slack draws a
mention and a date in the reader's own zone, a terminal a name and a clock time. Only the template is trusted
text: every plain value is escaped by the medium. A template is also what a translation will be looked up by.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from string import Formatter
from typing import TypeAlias
from zoneinfo import ZoneInfo

from ecomms_bot.errors import EcommsError
from ecomms_bot.playbook.instant import Instant


@dataclass(frozen=True, slots=True)
class Who:
    """A person, by the id the medium knows them by."""

    id: str


@dataclass(frozen=True, slots=True)
class When:
    """A moment (UTC), to be drawn in the incident's IANA zone where the reader's own is not known."""

    at: datetime
    zone: str

    @classmethod
    def of(cls, instant: Instant) -> When:
        return cls(instant.utc, instant.zone)


Value: TypeAlias = str | int | Who | When | tuple[Who, ...]


@dataclass(frozen=True)
class Sentence:
    """A template and the values in it."""

    template: str
    values: Mapping[str, Value]

    def write(self, draw: Callable[[Value], str]) -> str:
        """The sentence with each value drawn by the medium."""
        parts: list[str] = []
        for literal, name, _, _ in Formatter().parse(self.template):
            parts.append(literal)
            if name is not None:
                parts.append(draw(self.values[name]))
        return "".join(parts)

    def __str__(self) -> str:
        return self.write(plain)


def say(template: str, **values: Value) -> Sentence:
    """A sentence, its values by name."""
    return Sentence(template, values)


def plain(value: Value) -> str:
    """How a terminal or a file writes a value: ids as they are, times with date and zone."""
    if isinstance(value, Who):
        return value.id
    if isinstance(value, When):
        return local(value).strftime("%-d %b %Y %H:%M %Z")
    if isinstance(value, tuple):
        return ", ".join(plain(each) for each in value)
    return str(value)


_WIDTHLESS = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")


def visible(words: str) -> str:
    """Without the characters that nobody sees, which come along when words are copied from elsewhere."""
    return _WIDTHLESS.sub("", words)


def any_of(words: Sequence[str]) -> str:
    """Words (at least one) as in: sme, pio or ic."""
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " or " + words[-1]


def local(when: When) -> datetime:
    """The moment on the clocks of its zone."""
    return when.at.astimezone(ZoneInfo(when.zone))


class Rejected(EcommsError):
    """A command that the rules refuse. Nothing was written; `sentence` is what the person reads."""

    def __init__(self, code: str, sentence: Sentence, field: str | None = None) -> None:
        super().__init__(str(sentence))
        self.code = code
        self.sentence = sentence
        self.field = field


def reject(code: str, template: str, /, field: str | None = None, **values: Value) -> Rejected:
    """The error to raise: `code` is for programs and tests, the template for the person."""
    return Rejected(code, say(template, **values), field)


def duration(span: timedelta) -> str:
    """As in "12 min", "16 h 30 min", "2 days 3 h"; full minutes."""
    minutes = int(span.total_seconds()) // 60
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    if days:
        return f"{days} day{'s' if days > 1 else ''}" + (f" {hours} h" if hours else "")
    if hours:
        return f"{hours} h" + (f" {minutes} min" if minutes else "")
    return f"{minutes} min"
