"""How long texts can become: every field filled with what takes the most room."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice, product

from ecomms_bot.playbook.channels import CHANNELS, GSM_BASIC, GSM_EXTENSION, Count, count
from ecomms_bot.playbook.drafting import Render, fields_for, render
from ecomms_bot.playbook.exercise import SIGN, mark
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.model import Field, Playbook, Step
from ecomms_bot.playbook.templates import FILTERS, MAX_OUTPUT, asked_fields
from ecomms_bot.playbook.times import datetime_words
from ecomms_bot.playbook.values import INCIDENT_NAME, INCIDENT_NAME_MAX, FieldValue, Values

ZONE = "America/Vancouver"
LATEST = Instant.of(datetime(2021, 9, 29, 19, 45, tzinfo=UTC), ZONE)
"""The longest time in words: "Wed., Sept. 29, 12:45 p.m. PDT"."""
NAME = "W" * INCIDENT_NAME_MAX
FILLINGS_MAX = 64
"""Of optional fields filled and empty; a text with more conditions is measured with the first of these."""
SMS_SIZE, ADDRESS = 305, 23
"""What two messages hold at least, and what any address counts on X."""


def longest_value(field: Field, channel: str = "") -> FieldValue:
    """The value of a field that takes the most room in a text; on signs choices have words of their own."""
    match field.type:
        case "choice" if channel == SIGN:
            return max(field.choices, key=lambda choice: len(choice.sign or choice.label)).value
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


def longest_counts(playbook: Playbook, step: Step, kind: str) -> dict[tuple[str, str], tuple[Count, str]]:
    """For each (channel, language): the longest text in an exercise, counted, and its words.

    Over 20,000 characters, which no text may have, TextTooLong.
    """
    return {
        (channel, language): longest_text(playbook, step, kind, channel, language)
        for channel, language, _ in step.text(kind).all_templates()
    }


def longest_text(playbook: Playbook, step: Step, kind: str, channel: str, language: str) -> tuple[Count, str]:
    """The longest text on one channel in an exercise, counted, and its words. TextTooLong as above."""
    text = step.text(kind)
    source = text.templates[channel][language]
    alone = text.model_copy(update={"templates": {channel: {language: source}}})
    one = step.model_copy(update={"texts": {kind: alone}})
    found = []
    for values in _fillings(dict(fields_for(playbook, one, kind)), source, channel):
        made = Render(values, NAME, exercise=True, zone=ZONE)
        words = render(playbook, one, kind, made)[channel][language]
        found.append((count(channel, words), words))
    return max(found, key=lambda each: (each[0].over, each[0].used, len(each[1])))


def _fillings(fields: Mapping[str, Field], source: str, channel: str) -> Iterator[Values]:
    """All fields at their longest; then without those that conditions rest on, as these have other words."""
    whole = {name: longest_value(field, channel) for name, field in fields.items()}
    asked = asked_fields(source)
    optional = [name for name, field in fields.items() if not field.required and name in asked]
    for chosen in islice(product((True, False), repeat=len(optional)), FILLINGS_MAX):
        empty = {name: None for name, filled in zip(optional, chosen, strict=True) if not filled}
        yield {**whole, **empty}


_PIECE = re.compile(
    r"\{\{[ ]*(?P<field>[a-z][a-z0-9_]*)[ ]*(?:\|[ ]*(?P<filter>[a-z_]+)[ ]*)?\}\}"
    r"|\{%[ ]*(?P<word>if|else|endif)[^%]*%\}|\[\[|\]\]"
)
_LIKE_ADDRESS = re.compile(r"\w\.[A-Za-z]{2}")


def literal(source: str) -> str:
    """The words of a template itself, without fields, conditions and brackets."""
    return _PIECE.sub("", source)


def fits_surely(fields: Mapping[str, Field], source: str, channel: str) -> bool:
    """Whether a text fits whatever is filled in, by adding up what can stand in it.

    Quick, and on the safe side: of a text for which it says no, the longest must be counted.
    """
    own = literal(source)
    room = len(mark("", channel)) + _most(source, fields, channel)
    match channel:
        case "x":
            return room + _weighing_more(own) <= (CHANNELS[channel].limit or 0)
        case "sms":
            return not set(own) - GSM_BASIC and room <= SMS_SIZE
        case _:
            return CHANNELS[channel].limit is None and room <= MAX_OUTPUT


def _most(source: str, fields: Mapping[str, Field], channel: str) -> int:
    """The characters of a template, of each condition those of the longer way through it."""
    ways = [(0, 0)]  # of the whole and of each condition that is open: the way before its else, this way
    end = 0
    for piece in _PIECE.finditer(source):
        before, now = ways.pop()
        now += piece.start() - end
        end = piece.end()
        match piece["word"]:
            case "if":
                ways += [(before, now), (0, 0)]
            case "else":
                ways.append((now, 0))
            case "endif":
                outer, around = ways.pop()
                ways.append((outer, around + max(before, now)))
            case _:
                ways.append((before, now + _room(fields, channel, piece["field"], piece["filter"])))
    return ways[0][1] + len(source) - end


def _room(fields: Mapping[str, Field], channel: str, name: str | None, filter_name: str | None) -> int:
    """The characters that a field takes at most; a bracket takes none."""
    if name is None:
        return 0
    if name == INCIDENT_NAME:
        return len(NAME)
    field = fields[name]
    match field.type:
        case "choice":
            return max(_weight(choice.label, channel) for choice in field.choices)
        case "url" if channel == "x":
            return ADDRESS
        case "datetime":
            return _TIMES.get(filter_name or "", _TIMES[""])
        case _:
            return len(str(longest_value(field)))


_TIMES = {name: len(apply(LATEST)) for name, (apply, types) in FILTERS.items() if "datetime" in types}
_TIMES[""] = len(datetime_words(LATEST))


def _weighing_more(words: str) -> int:
    """What X may count beyond the characters: other alphabets double, and all that looks like an address."""
    return sum(not each.isascii() for each in words) + ADDRESS * len(_LIKE_ADDRESS.findall(words))


def _weight(words: str, channel: str) -> int:
    if channel == "sms" and set(words) - GSM_BASIC:
        return SMS_SIZE + 1
    return len(words) + (_weighing_more(words) if channel == "x" else 0)


def switching(words: str) -> str:
    """The letters that the basic alphabet of SMS lacks, each once."""
    return "".join(dict.fromkeys(each for each in words if each not in GSM_BASIC | GSM_EXTENSION))
