"""What Slack adds to blocks when it stores them: ids that are missing, and defaults inside text objects."""

from __future__ import annotations

import copy
import secrets
from typing import Any

from ecomms_bot.practice.workspace.state import Json

NO_ACTION_ID = {"image", "plain_text", "mrkdwn"}


def complete_blocks(blocks: list[Json]) -> list[Json]:
    """A copy with a block_id in every block, an action_id in every element, and text defaults filled in."""
    done = copy.deepcopy(blocks)
    for block in done:
        block.setdefault("block_id", short_id())
        for element in elements_of(block):
            element.setdefault("action_id", short_id())
        if block.get("type") != "rich_text":
            complete_texts(block)
    return done


def elements_of(block: Json) -> list[Json]:
    """The interactive elements of a block."""
    kind = block.get("type")
    if kind == "actions":
        found = list(block.get("elements", []))
    elif kind == "section":
        found = [block["accessory"]] if block.get("accessory") else []
    elif kind == "input":
        found = [block["element"]]
    else:
        found = []
    return [element for element in found if element.get("type") not in NO_ACTION_ID]


def complete_texts(node: Any) -> None:
    if isinstance(node, list):
        for child in node:
            complete_texts(child)
    elif isinstance(node, dict):
        if node.get("type") == "plain_text":
            node.setdefault("emoji", True)
        elif node.get("type") == "mrkdwn":
            node.setdefault("verbatim", False)
        for child in node.values():
            complete_texts(child)


def short_id() -> str:
    return secrets.token_urlsafe(4)
