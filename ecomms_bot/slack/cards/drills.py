"""The list of drills that people can take part in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ecomms_bot.incident.wording import Sentence, say
from ecomms_bot.playbook.drills import Drill
from ecomms_bot.slack import names
from ecomms_bot.slack.blocks import button, section
from ecomms_bot.slack.cards.view import compose, joined
from ecomms_bot.slack.message import Message
from ecomms_bot.slack.text import mrkdwn, shorten

SHOWN_MAX = 20
"""Drills with a button; a message takes 50 blocks."""
ABOUT_MAX = 300


def drills(found: Sequence[Drill]) -> Message:
    """Each with its button; nothing begins before the form that it opens is sent."""
    first = say(
        "Drills to take part in: *{n}*. Each is an exercise from its first message to its last.", n=len(found)
    )
    listed = list(_lines(found[:SHOWN_MAX]))
    blocks = [section(mrkdwn(first))]
    for drill, line in listed:
        press = button("Start…", names.START_DRILL, drill.id)
        blocks.append({**section(mrkdwn(line, ABOUT_MAX)), "accessory": press})
    said = [first, *(line for _, line in listed)]
    if len(found) > SHOWN_MAX:
        more = say(
            "and {more} more: type {how} and its name.",
            more=len(found) - SHOWN_MAX,
            how=f"{names.COMMAND} drill",
        )
        said.append(more)
        blocks.append(section(mrkdwn(more)))
    return compose(said, blocks)


def _lines(found: Sequence[Drill]) -> Iterator[tuple[Drill, Sentence]]:
    for drill in found:
        part = drill.take_part
        if part is None:
            continue
        line = say(
            "*{title}* ({name}) · {minutes} min · {many} injects · playbook {book}",
            title=drill.title,
            name=drill.id,
            minutes=part.minutes,
            many=len(part.injects),
            book=part.playbook,
        )
        about = say("{about}", about=shorten(drill.about, ABOUT_MAX))
        yield drill, joined(line, about, "\n") if drill.about else line
