"""Slips of the pen: the known word that an unknown one comes nearest to."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

ENOUGH = 0.7
"""How alike two words must be, from 0 to 1. Less, and the guess misleads more often than it helps."""


def nearest(word: str, known: Collection[str]) -> str | None:
    """The known word that is most like this one, whatever its capitals, - and _; None if none is."""
    plain = {_plain(each): each for each in known}
    found = get_close_matches(_plain(word), list(plain), n=1, cutoff=ENOUGH)
    return plain[found[0]] if found else None


def did_you_mean(word: str, known: Collection[str]) -> str:
    """The end of a sentence about an unknown word, such as "; did you mean purpose?"; "" without a guess."""
    guess = nearest(word, known)
    return f"; did you mean {guess}?" if guess else ""


def _plain(word: str) -> str:
    return word.strip().casefold().replace("_", "-")
