"""What an unknown word may have been meant for."""

from __future__ import annotations

import pytest

from ecomms_bot.playbook.nearest import did_you_mean, nearest

KNOWN = ("purpose", "due_minutes", "no-change", "T0", "T1", "web")


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("purpos", "purpose"),
        ("Purpose", "purpose"),
        ("due-minutes", "due_minutes"),
        (" no_change", "no-change"),
        ("T10", "T1"),
        ("pio", None),
        ("", None),
    ],
)
def test_the_nearest_word_is_guessed_if_it_is_near(word: str, meant: str | None) -> None:
    assert nearest(word, KNOWN) == meant
    assert did_you_mean(word, KNOWN) == (f"; did you mean {meant}?" if meant else "")
