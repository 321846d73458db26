"""Whom a message calls: people, user groups and whole conversations that are marked up in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ecomms_bot.practice.workspace.state import Conversation, Json

if TYPE_CHECKING:
    from ecomms_bot.practice.workspace.directory import Directory

MARKUP = re.compile(r"<(@[UW][A-Z0-9]+|!subteam\^S[A-Z0-9]+|!here|!channel|!everyone)(?:\|[^<>]*)?>")
RANGES = ("here", "channel", "everyone")


def mentioned(ws: Directory, conversation: Conversation, text: str, blocks: list[Json]) -> frozenset[str]:
    """The ids of all people who are called, in the text or in a block, whether they are there or not.

    Strict: a mention in the text beside blocks counts, and so does one in code; Slack may let these pass.
    """
    found: set[str] = set()
    for name in (*in_markup(text), *in_blocks(blocks)):
        if name in RANGES:
            found.update(conversation.members)
        elif name in ws.groups:
            found.update(ws.groups[name].members)
        else:
            found.add(name)
    return frozenset(found)


def in_markup(text: str) -> Iterator[str]:
    """Ids of people and user groups, and `here`, `channel`, `everyone`."""
    for match in MARKUP.finditer(text):
        yield match.group(1).removeprefix("!subteam^").lstrip("@!")


def in_blocks(node: Any) -> Iterator[str]:
    """The same of mrkdwn, Markdown and rich text; nothing is parsed in plain_text."""
    if isinstance(node, list):
        for child in node:
            yield from in_blocks(child)
    elif isinstance(node, dict):
        kind = node.get("type")
        if kind in ("mrkdwn", "markdown"):
            yield from in_markup(str(node.get("text", "")))
        elif kind in ("user", "usergroup", "broadcast"):
            yield str(node.get("user_id") or node.get("usergroup_id") or node.get("range"))
        elif kind != "plain_text":
            for child in node.values():
                yield from in_blocks(child)


def notified(conversation: Conversation, author: str, called: frozenset[str]) -> frozenset[str]:
    """Whom a new message tells of itself: who is called and is there, and everybody in direct messages.

    Slack also tells those who take part in a thread, which is not played.
    """
    there = frozenset(conversation.members) - {author}
    return there if conversation.kind in ("im", "mpim") else there & called
