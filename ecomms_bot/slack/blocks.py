"""Builders for Block Kit (limits from Slack's block reference), and the mark that an exercise carries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Literal

from ecomms_bot.playbook.exercise import EXERCISE_AFTER, EXERCISE_BEFORE, mark
from ecomms_bot.playbook.exercise import is_marked as text_is_marked
from ecomms_bot.slack.message import Block, Message
from ecomms_bot.slack.text import shorten

SECTION_MAX = 3000
HEADER_MAX = 150
BUTTON_MAX = 75
OPTION_MAX = 75
OVERFLOW_MAX = 5
CONTEXT_MAX = 10
PIECE_MAX = 2900
"""Longest piece of a text that is copied: under the 3,000 that Slack takes in one text."""
MESSAGE_MAX = 13_000
"""Characters in all blocks of a message; Slack refuses from about 13,200 (bolt-js issue 2509)."""
TEXT_MAX = 3900
"""chat.update refuses a `text` over 4,000 characters; the exercise mark has 22."""

_BREAKS = ("\n\n", "\n", ". ", " ")

ButtonStyle = Literal["primary", "danger"]


def words(text: str) -> Block:
    """A mrkdwn object. `verbatim`: Slack makes no links and mentions of its own of what stands in it."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def label(text: str, most: int) -> Block:
    return {"type": "plain_text", "text": shorten(text, most) or " ", "emoji": False}


def section(text: str) -> Block:
    return {"type": "section", "text": words(text)}


def context(*texts: str) -> Block:
    return {"type": "context", "elements": [words(text) for text in texts[:CONTEXT_MAX]]}


def header(text: str) -> Block:
    return {"type": "header", "text": label(text, HEADER_MAX)}


def divider() -> Block:
    return {"type": "divider"}


def buttons(*elements: Block | None) -> tuple[Block, ...]:
    """A row of buttons, or nothing at all when there are none."""
    there = [element for element in elements if element is not None]
    return ({"type": "actions", "elements": there},) if there else ()


def button(
    text: str, action: str, value: str, style: ButtonStyle | None = None, confirm: Block | None = None
) -> Block:
    element: Block = {"type": "button", "text": label(text, BUTTON_MAX), "action_id": action, "value": value}
    if style is not None:
        element["style"] = style
    if confirm is not None:
        element["confirm"] = confirm
    return element


def confirm(title: str, text: str, yes: str, no: str) -> Block:
    return {
        "title": label(title, 100),
        "text": label(text, 300),
        "confirm": label(yes, 30),
        "deny": label(no, 30),
    }


def menu(action: str, options: Iterable[tuple[str, str]], placeholder: str = "More") -> Block:
    """(label, value) pairs to choose from: an overflow menu, or a select of that action for more than 5."""
    offered = [{"text": label(text, OPTION_MAX), "value": value} for text, value in options]
    if len(offered) <= OVERFLOW_MAX:
        return {"type": "overflow", "action_id": action, "options": offered}
    return {
        "type": "static_select",
        "action_id": action,
        "placeholder": label(placeholder, 150),
        "options": offered[:100],
    }


def paragraphs(lines: Iterable[str]) -> tuple[Block, ...]:
    """Lines of mrkdwn in as few sections as hold them. One line must fit into a section."""
    packed: list[str] = []
    for line in lines:
        if packed and len(packed[-1]) + len(line) < SECTION_MAX:
            packed[-1] += f"\n{line}"
        else:
            packed.append(line)
    return tuple(section(text) for text in packed)


def copyable(text: str) -> tuple[Block, ...]:
    """A text exactly as it is, in as many blocks as it needs; the pieces in a row are the text."""
    return tuple(preformatted(piece) for piece in pieces(text))


def preformatted(text: str) -> Block:
    return _rich("rich_text_preformatted", text)


def quote(text: str) -> tuple[Block, ...]:
    """What a person wrote, as they wrote it, never parsed."""
    return tuple(quoted(piece) for piece in pieces(text))


def quoted(piece: str) -> Block:
    return _rich("rich_text_quote", piece)


def _rich(kind: str, text: str) -> Block:
    part = {"type": kind, "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [part]}


def pieces(text: str, most: int = PIECE_MAX) -> tuple[str, ...]:
    """At most `most` characters each, cut after paragraphs where possible; joined they are the text."""
    return tuple(_pieces(text, most))


def _pieces(text: str, most: int) -> Iterator[str]:
    while len(text) > most:
        at = _break(text, most)
        yield text[:at]
        text = text[at:]
    if text:
        yield text


def _break(text: str, most: int) -> int:
    for mark_of_end in _BREAKS:
        at = text.rfind(mark_of_end, 1, most)
        if at > 0 and at + len(mark_of_end) <= most:
            return at + len(mark_of_end)
    return most


def size(blocks: Iterable[Block]) -> int:
    """The characters of all texts in these blocks, as far as Slack counts them."""
    return sum(_size(block) for block in blocks)


def _size(node: object) -> int:
    if isinstance(node, dict):
        return sum(
            len(value) if key == "text" and isinstance(value, str) else _size(value)
            for key, value in node.items()
        )
    return sum(map(_size, node)) if isinstance(node, list) else 0


def _exercise_block(text: str) -> Block:
    return context(f"*{text}*")


EXERCISE_FIRST = _exercise_block(f"{EXERCISE_BEFORE}this is practice, not the real event")
EXERCISE_LAST = _exercise_block(f"this is practice, nothing here goes to the public{EXERCISE_AFTER}")


def exercise(message: Message) -> Message:
    """Mark text, first and last block, and the replies. A marked message stays as it is."""
    if is_marked(message):
        return message
    return replace(
        message,
        text=mark(message.text),
        blocks=(EXERCISE_FIRST, *message.blocks, EXERCISE_LAST),
        replies=tuple(exercise(reply) for reply in message.replies),
    )


def is_marked(message: Message) -> bool:
    """Whether text, first and last block, and all replies carry the mark of an exercise."""
    return (
        text_is_marked(message.text)
        and len(message.blocks) >= 2
        and message.blocks[0] == EXERCISE_FIRST
        and message.blocks[-1] == EXERCISE_LAST
        and all(is_marked(reply) for reply in message.replies)
    )
