"""The mark that keeps an exercise from being taken for real: 22 GSM-7 characters around every text."""

from __future__ import annotations

EXERCISE_BEFORE = "EXERCISE - "
EXERCISE_AFTER = " - EXERCISE"


def mark(text: str) -> str:
    return f"{EXERCISE_BEFORE}{text}{EXERCISE_AFTER}"


def is_marked(text: str) -> bool:
    """Whether both marks stand there; one word in the middle of the two does not count twice."""
    long_enough = len(text) >= len(EXERCISE_BEFORE) + len(EXERCISE_AFTER)
    return long_enough and text.startswith(EXERCISE_BEFORE) and text.endswith(EXERCISE_AFTER)
