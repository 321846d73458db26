"""What a reader sees of a message: its words, its buttons, the texts that can be copied."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ecomms_bot.slack.message import Block, Message

_DATE = re.compile(r"<!date\^\d+\^[^|]+\|([^>]+)>")


def drawn(message: Message) -> str:
    """All mrkdwn and plain words of the blocks, as they are sent, one line for each text."""
    return "\n".join(text for block in message.blocks for text in _texts(block))


def words(message: Message) -> str:
    """The same as it reads: dates by their fallback, entities undone, bold marks gone."""
    return readable(drawn(message)).replace("*", "")


def readable(text: str) -> str:
    text = _DATE.sub(r"\1", text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def copied(message: Message) -> list[str]:
    """The preformatted texts, in order."""
    return list(_rich(message, "rich_text_preformatted"))


def quoted(message: Message) -> list[str]:
    return list(_rich(message, "rich_text_quote"))


def buttons(message: Message) -> dict[str, tuple[str, str]]:
    """Label → (action, value)."""
    return {
        element["text"]["text"]: (element["action_id"], element["value"])
        for element in _elements(message)
        if element["type"] == "button"
    }


def style_of(message: Message, label: str) -> str:
    """How a button stands out: "primary", "danger" or not at all."""
    found = [each for each in _elements(message) if each.get("text", {}).get("text") == label]
    return str(found[0].get("style", ""))


def choices(message: Message) -> dict[str, str]:
    """Label → value of every option of every menu."""
    return {
        option["text"]["text"]: option["value"]
        for element in _elements(message)
        for option in element.get("options", ())
    }


def _elements(message: Message) -> Iterator[Block]:
    for block in message.blocks:
        if block["type"] == "actions":
            yield from block["elements"]


def _rich(message: Message, kind: str) -> Iterator[str]:
    for block in message.blocks:
        if block["type"] == "rich_text":
            for part in block["elements"]:
                if part["type"] == kind:
                    yield "".join(each["text"] for each in part["elements"])


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if node.get("type") in {"button", "overflow", "static_select"}:
            return
        for key, value in node.items():
            if key == "text" and isinstance(value, str):
                yield value
            else:
                yield from _texts(value)
    elif isinstance(node, list | tuple):
        for each in node:
            yield from _texts(each)
