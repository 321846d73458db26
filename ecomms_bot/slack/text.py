"""Words as Slack draws them. What people typed mentions nobody, links nowhere and stays in its line.

Three ways to write a sentence: `mrkdwn` for blocks, `spoken` for a message's `text` (notifications, screen
readers; Slack parses it like mrkdwn), `plain` for plain_text objects, which Slack does not parse.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from string import Formatter

from ecomms_bot.incident.wording import Sentence, Value, When, Who
from ecomms_bot.incident.wording import duration as duration  # noqa: PLC0414 - cards take it from here
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.times import zone_word

VALUE_MAX = 500
"""The most characters of one typed value in a sentence. Approved texts never go through here."""
SPOKEN_MAX = 300

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_SIGNS = {"*": "", "✅ ": "", "⚠️ ": "", "↩️ ": "", "• ": "", " · ": ", ", " → ": " for "}
"""What is drawn but not read aloud, in templates only: typed words stay as they are."""

_USER = re.compile(r"[UW][A-Z0-9]+")
_CONVERSATION = re.compile(r"[CDG][A-Z0-9]+")
_LINE_BREAKERS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_FENCE = re.compile("`{3,}")
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"
_ELLIPSIS = "…"
_JOINER = "\u2060"
"""Has no width and separates nothing."""


class Drawn(str):
    """A finished piece of mrkdwn, such as a link to a conversation. Typed words only when escaped."""

    __slots__ = ()


def escape(text: str) -> str:
    """The three characters that Slack asks to escape (docs.slack.dev, formatting message text)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def flat(text: str, most: int = VALUE_MAX) -> str:
    """Typed words on one line, at most so long; right-to-left words cannot turn the rest of it around."""
    line = _LINE_BREAKERS.sub(" ", _DIRECTIONS.sub("", text)).strip()
    line = shorten(_FENCE.sub("'''", line), most)
    if any(unicodedata.bidirectional(letter) in {"R", "AL"} for letter in line):
        return f"{_ISOLATE}{line}{_END_ISOLATE}"
    return line


def shorten(text: str, most: int) -> str:
    """At most `most` characters, cut between words where there is a space, with an ellipsis."""
    if len(text) <= most:
        return text
    room = text[: most - 1]
    at = room.rfind(" ")
    return (room[:at] if at > most // 2 else room).rstrip() + _ELLIPSIS


def listed(items: Iterable[str], last: str = "and") -> str:
    """As in "X, Web and SMS"."""
    *first, end = tuple(items) or ("",)
    return f"{', '.join(first)} {last} {end}" if first else end


def every(span: timedelta) -> str:
    """As in "every 30 min", "every hour", "every 3 h", "every day", "every 2 weeks"."""
    named = {timedelta(hours=1): "hour", timedelta(days=1): "day", timedelta(weeks=1): "week"}
    weeks, rest = divmod(span, timedelta(weeks=1))
    return f"every {named.get(span) or (duration(span) if rest else f'{weeks} weeks')}"


def mention(user_id: str) -> str:
    """A mention that notifies. Actors without a Slack account (`os:LOGIN`, the bot) are named instead."""
    if _USER.fullmatch(user_id):
        return f"<@{user_id}>"
    return escape(_named(user_id))


def conversation_link(conversation: str) -> Drawn:
    if _CONVERSATION.fullmatch(conversation):
        return Drawn(f"<#{conversation}>")
    return Drawn(escape(flat(conversation)))


def clock(when: When) -> str:
    """As in "Sun 14 Nov, 20:05 PST": date, time and zone, where Slack draws no date."""
    instant = Instant.of(when.at, when.zone)
    there = instant.local
    return (
        f"{DAYS[there.weekday()]} {there.day} {MONTHS[there.month - 1]}, {there:%H:%M} {zone_word(instant)}"
    )


def date(when: When) -> str:
    """A moment, drawn by Slack in each reader's own zone, as in "today at 20:05"."""
    return _date(when, clock(when))


def _date(when: When, fallback: str) -> str:
    """The fallback is for what cannot draw dates; it names date, time and zone."""
    return f"<!date^{int(when.at.timestamp())}^{{date_short_pretty}} at {{time}}|{fallback}>"


def draw(value: Value, most: int = VALUE_MAX) -> str:
    """A value in mrkdwn."""
    if isinstance(value, Drawn):
        return value
    if isinstance(value, Who):
        return mention(value.id)
    if isinstance(value, When):
        return date(value)
    if isinstance(value, tuple):
        return ", ".join(mention(each.id) for each in value)
    return escape(flat(str(value), most))


def mrkdwn(sentence: Sentence, most: int = VALUE_MAX) -> str:
    """A sentence for a block. `*` in its template makes bold."""
    line = _write(sentence, lambda value: draw(value, most), lambda when: _date(when, _on(when)))
    return _unquoted(line)


def spoken(sentence: Sentence) -> str:
    """A sentence for a message's `text`: dates in words, no formatting; Slack reads mentions as names."""

    def say(value: Value) -> str:
        return escape(clock(value)) if isinstance(value, When) else draw(value, SPOKEN_MAX)

    return _unquoted(_ended(_write(_unmarked(sentence), say, lambda when: escape(_on(when)))))


def plain(sentence: Sentence, names: Mapping[str, str] | None = None) -> str:
    """A sentence for a plain_text object, or a terminal: nothing escaped. `names`: user id → name."""
    known = names or {}
    return _write(_unmarked(sentence), _plain_drawing(known), _on)


def _write(sentence: Sentence, draw: Callable[[Value], str], draw_at: Callable[[When], str]) -> str:
    """The sentence; an "at" before a moment is left to `draw_at`: Slack's own words for a day have one."""
    parts: list[str] = []
    for literal, name, _, _ in Formatter().parse(sentence.template):
        value = "" if name is None else sentence.values[name]
        if isinstance(value, When) and f" {literal}".endswith(" at "):
            parts += literal.removesuffix("at "), draw_at(value)
        else:
            parts += literal, draw(value)
    return "".join(parts)


def _on(when: When) -> str:
    return f"on {clock(when)}"


def _plain_drawing(names: Mapping[str, str]) -> Callable[[Value], str]:
    def name(who: Who) -> str:
        return f"@{flat(names[who.id])}" if who.id in names else _named(who.id)

    def say(value: Value) -> str:
        if isinstance(value, Who):
            return name(value)
        if isinstance(value, When):
            return clock(value)
        if isinstance(value, tuple):
            return ", ".join(name(each) for each in value)
        return flat(str(value))

    return say


def _named(actor: str) -> str:
    if actor == "bot":
        return "the bot"
    if actor.startswith("os:"):
        return f"{flat(actor[3:])} (at the terminal)"
    return flat(actor)


def _unquoted(line: str) -> str:
    """A `>` at the beginning of a line, even escaped, would make a quotation of it."""
    return f"{_JOINER}{line}" if line.startswith("&gt;") else line


def _ended(sentence: str) -> str:
    """Screen readers pause at a full stop."""
    ended = sentence.endswith((".", "?", "!", ":", ",", "…", ")"))
    address = "://" in sentence.rpartition(" ")[2]
    return sentence if ended or address or not sentence else f"{sentence}."


def _unmarked(sentence: Sentence) -> Sentence:
    template = sentence.template
    for sign, words in _SIGNS.items():
        template = template.replace(sign, words)
    return Sentence(template, sentence.values)
