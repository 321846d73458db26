"""What a step asks people to do and to check besides writing, as much of it as a message or a form holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ecomms_bot.incident.wording import Sentence, say
from ecomms_bot.playbook.model import Step
from ecomms_bot.slack.blocks import context
from ecomms_bot.slack.message import Block
from ecomms_bot.slack.text import escape, flat

ITEMS_MAX, ITEM_MAX = 10, 200
"""Of one list, and characters of each."""
ROOM = 2400
"""Characters of one list as drawn: those of a step, with all that a step says, leave the message one."""


def to_do_and_checks(step: Step) -> Iterator[Sentence]:
    """A line for each, below what the list is."""
    for title, items in _lists(step):
        yield say(f"*{title}:*")
        shown = _shown(items)
        for item in shown:
            yield say("• {item}", item=item)
        if len(items) > len(shown):
            yield say("• {more} more in the playbook", more=len(items) - len(shown))


def in_a_form(step: Step) -> Iterator[Block]:
    """A line of small print for each list."""
    for title, items in _lists(step):
        shown = _shown(items)
        more = [f"{len(items) - len(shown)} more in the playbook"] if len(items) > len(shown) else []
        yield context(f"{title}: " + " · ".join([*map(escape, shown), *more]))


def _lists(step: Step) -> Iterator[tuple[str, Sequence[str]]]:
    if step.checklist:
        yield "To do", step.checklist
    if step.verify:
        yield "Check first", step.verify
    if step.partners:
        yield "Tell before the public", step.partners


def _shown(items: Sequence[str]) -> list[str]:
    shown: list[str] = []
    room = ROOM
    for item in items[:ITEMS_MAX]:
        words = flat(item, ITEM_MAX)
        room -= len(escape(words)) + len(" · ")
        if room < 0:
            break
        shown.append(words)
    return shown
