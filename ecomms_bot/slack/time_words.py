"""Which of the words that somebody typed are the time: a date, a clock time or both, in either order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_WEEKDAY = r"(?P<weekday>mon|tue|wed|thu|fri|sat|sun)(?:s|r|rs|nes|ur)?(?:day)?\b\.?"
_MONTH = (
    r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"(?:uary|ruary|ch|il|e|y|ust|t|tember|ober|ember)?\b\.?"
)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\b(?![:.]\d)"
_YEAR = r"(?:,?\s+(?P<year>\d{4})\b(?![:.]\d))?"
_ALONE = r"(?![\w:/]|\.\d)"


def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(words, re.IGNORECASE)


_LINK = _pattern(r"(?:[\s,]+(?:at|on)\b)?[\s,]*")
DATES = (
    _pattern(r"(?P<iso>\d{4}-\d{1,2}-\d{1,2})(?:T(?=\d)|(?![\w-]))"),
    _pattern(r"(?P<slashed>\d{1,4}/\d{1,2}(?:/\d{1,4})?)(?![\w/])"),
    _pattern(r"(?P<today>today|tonight)\b|(?P<tomorrow>tomorrow|tmrw)\b"),
    _pattern(rf"(?:{_WEEKDAY}[\s,]+)?(?:the\s+)?{_DAY}\s*(?:of\s+)?{_MONTH}{_YEAR}"),
    _pattern(rf"(?:{_WEEKDAY}[\s,]+)?{_MONTH}\s*(?:the\s+)?{_DAY}{_YEAR}"),
    _pattern(rf"(?:(?P<next>next)\s+|this\s+)?{_WEEKDAY}"),
)
CLOCKS = (
    _pattern(r"(?P<noon>noon|midday)\b|(?P<midnight>midnight)\b"),
    _pattern(r"(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d\d))?\s*(?P<half>[ap])(?:\.m\.|m\b)"),
    _pattern(rf"(?P<hour>\d{{1,2}})[:.h](?P<minute>\d\d){_ALONE}"),
    _pattern(rf"(?P<hour>\d{{1,2}})(?P<h>h){_ALONE}"),
    _pattern(rf"(?P<digits>[012]\d[0-5]\d)(?:\s*hrs?\b|{_ALONE})"),
    _pattern(rf"(?P<bare>\d{{1,2}})(?:\s*o['’]?\s?clock\b|{_ALONE})"),
)
_ZONE = re.compile(
    r"\s*\(?(?P<zone>(?:UTC|GMT)(?:[+-]\d{1,2}(?::\d\d)?)?|(?:[PMCEANH]|AK|NZ|AE)[SD]T|BST|CES?T|IST|JST)\b\)?"
)
_MINUTES, _HOURS, _DAYS = "(?:minutes?|mins?)", "(?:hours?|hrs?)", "days?"
SPANS = (
    _pattern(r"in\s+(?P<hours>\d{1,3})h(?P<minutes>[0-5]\d)\b"),
    _pattern(
        rf"in\s+(?P<hours>\d{{1,4}})\s*(?:{_HOURS}|h)\b"
        rf"(?:,?\s+(?:and\s+)?(?P<minutes>\d{{1,2}})\s*(?:{_MINUTES}|m)\b)?"
    ),
    _pattern(rf"in\s+(?P<minutes>\d{{1,5}})\s*(?:{_MINUTES}|m)\b"),
    _pattern(rf"in\s+(?P<days>\d{{1,3}})\s*(?:{_DAYS}|d)\b"),
    _pattern(r"in\s+(?P<half_hour>half\s+an\s+hour)\b|in\s+(?P<hour>an\s+hour)\b"),
    _pattern(rf"(?P<minutes>\d{{1,5}})\s*{_MINUTES}\b|(?P<hours>\d{{1,2}})\s*hours?\b"),
)

Parts = dict[str, str]
"""The named parts that were found, in lower case, without those that were not."""


@dataclass(frozen=True, slots=True)
class TimeWords:
    """`date`, `clock` and `span` by their named parts; the first two also as they were typed."""

    date: Parts
    clock: Parts
    span: Parts
    zone: str
    date_typed: str
    clock_typed: str
    rest: str


def find(words: str) -> TimeWords | None:
    """The time that these words begin with, and what comes after it; None if they begin with none."""
    if (span := _first(SPANS, words, 0)) is not None:
        return TimeWords({}, {}, _parts(span), "", "", "", _rest(words, span.end()))
    start = _linked(f" {words}", 0) - 1
    date, clock = _first(DATES, words, start), None
    if date is not None:
        clock = _first(CLOCKS, words, _linked(words, date.end()))
    elif (clock := _first(CLOCKS, words, start)) is not None:
        date = _first(DATES, words, _linked(words, _zoned(words, clock.end())[1]))
    found = [each for each in (date, clock) if each is not None]
    if not found:
        return None
    zone, end = _zoned(words, clock.end()) if clock is not None else ("", 0)
    if not zone and clock is not None:
        zone, end = _zoned(words, max(each.end() for each in found))
    end = max(end, *(each.end() for each in found))
    return TimeWords(
        date=_parts(date),
        clock=_parts(clock),
        span={},
        zone=zone,
        date_typed=_typed(date),
        clock_typed=_typed(clock),
        rest=_rest(words, end),
    )


def _first(patterns: Sequence[re.Pattern[str]], words: str, at: int) -> re.Match[str] | None:
    return next((found for each in patterns if (found := each.match(words, at))), None)


def _linked(words: str, at: int) -> int:
    found = _LINK.match(words, at)
    return found.end() if found else at


def _zoned(words: str, at: int) -> tuple[str, int]:
    found = _ZONE.match(words, at)
    return (found["zone"], found.end()) if found else ("", at)


def _parts(found: re.Match[str] | None) -> Parts:
    every = found.groupdict() if found else {}
    return {name: part.lower() for name, part in every.items() if part is not None}


def _typed(found: re.Match[str] | None) -> str:
    return found.group().strip(" ,") if found else ""


def _rest(words: str, end: int) -> str:
    return words[end:].lstrip(" ,:;–-\n\t").rstrip()
