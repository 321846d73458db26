"""The fields of a modal: asking for words, choices and times, and reading back what was entered. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from ecomms_bot.slack.message import Block

INPUT_MAX = 3000
DESCRIPTION_MAX = 75
_USER = re.compile(r"[UW][A-Z0-9]+")
VALUE = "value"
"""The action id of the one input in a block; the block's id is the field's name."""


def ask(block_id: str, label: str, element: Block, *, hint: str = "", optional: bool = False) -> Block:
    """One field of a modal."""
    block: Block = {
        "type": "input",
        "block_id": block_id,
        "label": plain_text(label),
        "element": {
            key: value for key, value in {**element, "action_id": VALUE}.items() if value is not None
        },
    }
    if hint:
        block["hint"] = plain_text(hint)
    if optional:
        block["optional"] = True
    return block


def text_input(most: int, initial: object = None, *, multiline: bool = False) -> Block:
    element: Block = {"type": "plain_text_input", "max_length": min(most, INPUT_MAX)}
    if multiline:
        element["multiline"] = True
    if isinstance(initial, str) and initial:
        element["initial_value"] = initial
    return element


def moment_input(initial: datetime | None) -> Block:
    element: Block = {"type": "datetimepicker"}
    if initial is not None:
        element["initial_date_time"] = int(initial.timestamp())
    return element


def person_input(initial: str = "") -> Block:
    """`initial` is the id of a person in Slack; anybody else (the bot, who sat at the terminal) is nobody."""
    element: Block = {"type": "users_select"}
    if _USER.fullmatch(initial):
        element["initial_user"] = initial
    return element


def select_input(options: Sequence[Block], initial: object = None) -> Block:
    return _chosen({"type": "static_select", "options": list(options)}, initial)


def radio_input(options: Sequence[Block], initial: object = None) -> Block:
    return _chosen({"type": "radio_buttons", "options": list(options)}, initial)


def _chosen(element: Block, value: object) -> Block:
    """Slack wants the very option of the list, so it is looked up by its value."""
    found = next((each for each in element["options"] if each["value"] == value), None)
    return {**element, "initial_option": found} if found else element


def option(text: str, value: str, description: str = "") -> Block:
    made: Block = {"text": plain_text(text[:DESCRIPTION_MAX]), "value": value}
    if description:
        made["description"] = plain_text(_short(description))
    return made


def _short(text: str) -> str:
    return text if len(text) <= DESCRIPTION_MAX else text[: DESCRIPTION_MAX - 1].rstrip() + "…"


def plain_text(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": False}


def raw_values(view: Mapping[str, Any]) -> dict[str, Any]:
    """What was entered, by block id: text, a value, a list of them, a person, an aware moment (UTC)."""
    return {
        block_id: _entered(entry)
        for block_id, actions in view["state"]["values"].items()
        for entry in actions.values()
    }


def input_blocks(view: Mapping[str, Any]) -> list[str]:
    """The ids of the blocks that can carry an error."""
    return [block["block_id"] for block in view["blocks"] if block["type"] == "input"]


def filled_in(view: Mapping[str, Any], blocks: Sequence[Block]) -> list[Block]:
    """The blocks with what was entered in `view` already in them, so that a changed modal loses no word."""
    entered = raw_values(view) if "state" in view else {}
    return [
        {**block, "element": _holding(block["element"], entered[block["block_id"]])}
        if block["type"] == "input" and block.get("block_id") in entered
        else block
        for block in blocks
    ]


def _entered(entry: Mapping[str, Any]) -> Any:
    match entry["type"]:
        case "static_select" | "radio_buttons":
            chosen = entry.get("selected_option")
            return chosen["value"] if chosen else None
        case "users_select":
            return entry.get("selected_user")
        case "checkboxes":
            return [each["value"] for each in entry.get("selected_options") or ()]
        case "datetimepicker":
            seconds = entry.get("selected_date_time")
            return datetime.fromtimestamp(seconds, UTC) if seconds is not None else None
        case _:
            return entry.get("value")


def _holding(element: Block, value: Any) -> Block:
    empty = {key: each for key, each in element.items() if not key.startswith("initial_")}
    match element["type"]:
        case "static_select" | "radio_buttons":
            return _chosen(empty, value)
        case "users_select":
            return {**empty, **person_input(value or "")}
        case "checkboxes":
            ticked = [each for each in element["options"] if each["value"] in value]
            return {**empty, "initial_options": ticked} if ticked else empty
        case "datetimepicker":
            return {**empty, **moment_input(value)}
        case _:
            return {**empty, "initial_value": value} if value else empty
