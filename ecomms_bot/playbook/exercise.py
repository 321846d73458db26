"""The mark that keeps an exercise from being taken for real: 22 GSM-7 characters around every text.

A road sign shows pages, and few characters: there the mark is a first and a last page of its own.
"""

from __future__ import annotations

EXERCISE_BEFORE = "EXERCISE - "
EXERCISE_AFTER = " - EXERCISE"
SIGN = "sign"
PAGE_BREAK = "\n\n"
EXERCISE_PAGE = "EXERCISE"


def mark(text: str, channel: str = "") -> str:
    before, after = _marks(channel)
    return f"{before}{text}{after}"


def is_marked(text: str, channel: str = "") -> bool:
    """Whether both marks stand there; one word in the middle of the two does not count twice."""
    before, after = _marks(channel)
    return len(text) >= len(before) + len(after) and text.startswith(before) and text.endswith(after)


def bears_mark(text: str, channel: str = "") -> bool:
    """Whether any of the two marks stands there, as it must not in a live incident."""
    before, after = _marks(channel)
    return text.startswith(before) or text.endswith(after)


def unmarked(text: str, channel: str = "") -> str:
    """The words of a text without the marks that it has."""
    before, after = _marks(channel)
    return text.removeprefix(before).removesuffix(after)


def _marks(channel: str) -> tuple[str, str]:
    if channel == SIGN:
        return EXERCISE_PAGE + PAGE_BREAK, PAGE_BREAK + EXERCISE_PAGE
    return EXERCISE_BEFORE, EXERCISE_AFTER
