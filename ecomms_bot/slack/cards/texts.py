"""The exact texts of a revision, never shortened: what does not fit goes into numbered messages before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ecomms_bot.incident.state import Revision
from ecomms_bot.incident.wording import Sentence, say
from ecomms_bot.playbook.channels import CHANNELS, count
from ecomms_bot.slack.blocks import MESSAGE_MAX, context, pieces, preformatted, section, size
from ecomms_bot.slack.cards.view import compose, in_reading_order, joined, unmarked
from ecomms_bot.slack.message import Block, Message
from ecomms_bot.slack.text import Drawn, escape, flat, mrkdwn

CHARACTERS_MAX = 9000
"""Of texts in one message: Slack refuses from about 13,200 characters in all blocks (bolt-js issue 2509)."""
BLOCKS_MAX = 40
EXERCISE_ROOM = 300
SPOKEN_TEXT_MAX = 600


@dataclass(frozen=True, slots=True)
class _Unit:
    """A piece of a text with the line above it."""

    blocks: tuple[Block, ...]
    characters: int


def shown(
    revision: Revision, title: Sentence, around: Iterable[Block] = ()
) -> tuple[tuple[Block, ...], tuple[Message, ...]]:
    """The blocks of the texts; or a line about them and the messages that hold them, if one cannot.

    `around`: the other blocks of the message, which need room too.
    """
    if not revision.texts:
        return (context("The words of this revision were redacted from the log."),), ()
    units = tuple(_units(revision))
    packed = tuple(_packed(units))
    room = min(CHARACTERS_MAX, MESSAGE_MAX - EXERCISE_ROOM - size(around))
    if len(packed) == 1 and sum(unit.characters for unit in units) <= room:
        return packed[0], ()
    many = len(packed)
    replies = tuple(_reply(title, blocks, number, many) for number, blocks in enumerate(packed, start=1))
    where = "message" if many == 1 else f"{many} messages"
    return (
        section(f"The full texts are in the {where} just before this one. Please read all of it."),
    ), replies


def heading(channel: str, language: str, text: str, *, only_language: bool) -> Sentence:
    """As in "X 243 / 280", with the language where there are several and what the count does not say."""
    counted = count(channel, text)
    title = CHANNELS[channel].title
    sentence = say("*{title}* {count}", title=title, count=counted.text.removeprefix(title).strip())
    if not only_language:
        sentence = joined(
            say("*{title}* ({language})", title=title, language=language),
            say("{count}", count=counted.text.removeprefix(title).strip()),
        )
    detail = counted.detail.partition(", ")[2]  # how many messages stands in the count
    return joined(sentence, say("({detail})", detail=detail)) if detail else sentence


def spoken_text(revision: Revision) -> Sentence | None:
    """The first public text that is short enough to be read aloud with the message."""
    for channel in in_reading_order(revision.texts):
        for text in revision.texts[channel].values():
            if CHANNELS[channel].public and len(text) <= SPOKEN_TEXT_MAX:
                aloud = Drawn(escape(flat(unmarked(text), SPOKEN_TEXT_MAX)))
                return say("On {channel} it says: {text}", channel=CHANNELS[channel].title, text=aloud)
    return None


def _units(revision: Revision) -> Iterator[_Unit]:
    for channel in in_reading_order(revision.texts):
        languages = revision.texts[channel]
        for language, text in languages.items():
            line = heading(channel, language, text, only_language=len(languages) == 1)
            parts = pieces(text)
            for number, part in enumerate(parts, start=1):
                above = (
                    line
                    if number == 1
                    else say(
                        "*{title}*, continued ({n} of {m})",
                        title=CHANNELS[channel].title,
                        n=number,
                        m=len(parts),
                    )
                )
                drawn = mrkdwn(above)
                yield _Unit((section(drawn), preformatted(part)), len(drawn) + len(part))


def _packed(units: tuple[_Unit, ...]) -> Iterator[tuple[Block, ...]]:
    blocks: tuple[Block, ...] = ()
    characters = 0
    for unit in units:
        if blocks and (
            characters + unit.characters > CHARACTERS_MAX or len(blocks) + len(unit.blocks) > BLOCKS_MAX
        ):
            yield blocks
            blocks, characters = (), 0
        blocks, characters = (*blocks, *unit.blocks), characters + unit.characters
    yield blocks


def _reply(title: Sentence, blocks: tuple[Block, ...], number: int, of: int) -> Message:
    line = joined(title, say("texts, {n} of {m}", n=number, m=of), ": ")
    return compose(
        [joined(line, say(". The buttons come in the last message."), "")], [section(mrkdwn(line)), *blocks]
    )
