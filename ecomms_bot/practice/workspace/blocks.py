"""Block Kit blocks: what Slack takes in a message, a modal and a Home tab, and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ecomms_bot.practice.workspace import elements, rich_text
from ecomms_bot.practice.workspace.refusals import CallRefused
from ecomms_bot.practice.workspace.shapes import (
    Check,
    Findings,
    boolean,
    listing,
    plain,
    shape,
    string,
    text,
    typed,
    unique,
)
from ecomms_bot.practice.workspace.state import Json

MOST = {"message": 50, "modal": 100, "home": 100}
MESSAGE_CHARACTERS = 13_200  # not documented; seen in the issues of Slack's own libraries
MARKDOWN_CHARACTERS = 12_000
BLOCK_ID: dict[str, Check] = {"block_id": string(255)}


def has_text_or_fields(block: Json, at: str, found: Findings) -> None:
    if "text" not in block and "fields" not in block:
        found.add("missing required field: text", at)


def distinct_actions(block: Json, at: str, found: Findings) -> None:
    unique(block["elements"], "action_id", f"{at}/elements", found)


def one_url_or_file(block: Json, at: str, found: Findings) -> None:
    if ("image_url" in block) == ("slack_file" in block):
        found.add("must have either image_url or slack_file", at)


def rows_alike(block: Json, at: str, found: Findings) -> None:
    if len({len(row) for row in block["rows"]}) > 1:
        found.add("every row must have the same number of cells", f"{at}/rows")


CELL = typed({"raw_text": shape({"text": string(3000)}), "rich_text": shape({"elements": rich_text.parts})})
COLUMN = shape({}, {"align": string(10), "is_wrapped": boolean})

BLOCKS: dict[str, Check] = {
    "section": shape(
        {},
        BLOCK_ID
        | {
            "text": text(3000),
            "fields": listing(text(2000), 10),
            "accessory": elements.accessory,
            "expand": boolean,
        },
        has_text_or_fields,
    ),
    "header": shape({"text": plain(150)}, BLOCK_ID),
    "divider": shape({}, BLOCK_ID),
    "context": shape(
        {
            "elements": listing(
                typed({"plain_text": text(3000), "mrkdwn": text(3000), "image": elements.ELEMENTS["image"]}),
                10,
            )
        },
        BLOCK_ID,
    ),
    "actions": shape({"elements": listing(elements.action, 25)}, BLOCK_ID, distinct_actions),
    "input": shape(
        {"label": plain(2000), "element": elements.field},
        BLOCK_ID | {"hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "image": shape(
        {"alt_text": string(2000)},
        BLOCK_ID
        | {"image_url": string(3000), "slack_file": shape({}, {"id": string(30), "url": string(3000)})}
        | {"title": plain(2000)},
        one_url_or_file,
    ),
    "rich_text": shape({"elements": rich_text.parts}, BLOCK_ID),
    "markdown": shape({"text": string(MARKDOWN_CHARACTERS)}, BLOCK_ID),
    "table": shape(
        {"rows": listing(listing(CELL, 20), 100)},
        BLOCK_ID | {"column_settings": listing(COLUMN, 20)},
        rows_alike,
    ),
}
EVERYWHERE = set(BLOCKS) - {"markdown", "table"}
ON = {"message": set(BLOCKS), "modal": EVERYWHERE, "home": EVERYWHERE | {"table"}}
BY_SURFACE = {surface: listing(typed(BLOCKS, ON[surface]), MOST[surface], least=0) for surface in MOST}


def check_blocks(blocks: Any, at: str, found: Findings) -> None:
    """All that is wrong with these blocks, for the surface that `found` names."""
    BY_SURFACE[found.surface](blocks, at, found)
    if not isinstance(blocks, list):
        return
    unique(blocks, "block_id", at, found)
    if found.problems:
        return
    if sum(bool(element.get("focus_on_load")) for _, element in inputs(blocks)) > 1:
        found.add("focus_on_load may be set on one element only", at)
    if sum(len(block["text"]) for block in blocks if block["type"] == "markdown") > MARKDOWN_CHARACTERS:
        found.add(f"markdown blocks must be less than {MARKDOWN_CHARACTERS + 1} characters in all", at)
    if sum(block["type"] == "table" for block in blocks) > 1:
        found.add("only one table is allowed", at)


def check_message_blocks(blocks: Any) -> list[Json]:
    """The blocks of a message, or the refusal with every place that is wrong."""
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise CallRefused("invalid_blocks_format")
    found = Findings("message")
    check_blocks(blocks, "/blocks", found)
    if found.problems:
        raise CallRefused("invalid_blocks", *found.problems, errors=[one[8:] for one in found.problems])
    if characters(blocks) > MESSAGE_CHARACTERS:
        raise CallRefused("msg_blocks_too_long")
    return blocks


def inputs(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Each input block with its element."""
    for block in blocks:
        if block["type"] == "input":
            yield block, block["element"]


def characters(node: Any) -> int:
    """The characters of all texts in these blocks."""
    if isinstance(node, list):
        return sum(characters(child) for child in node)
    if isinstance(node, dict):
        own = node.get("text")
        rest = sum(
            characters(child) for key, child in node.items() if not (key == "text" and isinstance(own, str))
        )
        return rest + (len(own) if isinstance(own, str) else 0)
    return 0
