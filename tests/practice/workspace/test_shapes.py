"""Whatever an app sends, Block Kit's checks answer with a refusal and never stumble."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecomms_bot.practice.workspace import CallRefused
from ecomms_bot.practice.workspace.blocks import BLOCKS, check_message_blocks
from ecomms_bot.practice.workspace.elements import ELEMENTS
from ecomms_bot.practice.workspace.normal import complete_blocks
from ecomms_bot.practice.workspace.rich_text import INLINE, PARTS
from ecomms_bot.practice.workspace.shapes import Findings, boolean, listing, shape, string
from ecomms_bot.practice.workspace.view_rules import check_view

KINDS = st.sampled_from([*BLOCKS, *ELEMENTS, *PARTS, *INLINE, "plain_text", "mrkdwn", "modal", "home"])
WORDS = "type text elements element label options value accessory fields block_id action_id rows blocks title"
KEYS = st.sampled_from(WORDS.split())
SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | KINDS
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=20,
)


@settings(max_examples=150)
@given(st.lists(ANYTHING, max_size=3) | ANYTHING)
def test_any_blocks_are_taken_or_refused(blocks: Any) -> None:
    try:
        taken = check_message_blocks(blocks)
    except CallRefused:
        return
    assert all(block["block_id"] for block in complete_blocks(taken))


@settings(max_examples=100)
@given(ANYTHING)
def test_any_view_is_taken_or_refused(view: Any) -> None:
    with suppress(CallRefused):
        assert check_view(view, ("modal", "home"))["blocks"] == view["blocks"]


@pytest.mark.parametrize(
    ("check", "value", "problem"),
    [
        (string(3), 5, "must be a string"),
        (boolean, "true", "must be a boolean"),
        (listing(boolean, 2), "words", "must be an array"),
        (shape({}), "words", "must be an object"),
        (shape({"a": boolean}), {"a": None}, "missing required field: a"),
        (shape({}, {"a": boolean}), {"a": None}, "must be a boolean"),
    ],
)
def test_what_is_not_even_of_the_right_kind(check: Any, value: Any, problem: str) -> None:
    found = Findings("message")
    check(value, "/it", found)
    assert [one.partition(" [json")[0] for one in found.problems] == [f"[ERROR] {problem}"]
