"""The exact texts of a revision, never shortened: what does not fit goes into numbered messages before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ecomms_bot.incident.events import Texts
from ecomms_bot.incident.state import Revision
from ecomms_bot.incident.wording import Sentence, say
from ecomms_bot.playbook.channels import CHANNELS, count, in_reading_order
from ecomms_bot.playbook.exercise import PAGE_BREAK, SIGN, unmarked
from ecomms_bot.playbook.times import datetime_words
from ecomms_bot.slack.blocks import MESSAGE_MAX, context, pieces, preformatted, section
from ecomms_bot.slack.cards.view import compose, joined
from ecomms_bot.slack.message import Block, Message
from ecomms_bot.slack.text import Drawn, escape, flat, mrkdwn

CHARACTERS_MAX = 9000
BLOCKS_MAX = 40
"""Of texts in one message. What stands around them has the rest, so that it never decides where they go."""
AROUND_MAX = MESSAGE_MAX - CHARACTERS_MAX - 300
"""Characters around the texts; the mark of an exercise takes less than the 300."""
SPOKEN_TEXT_MAX = 600


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of a text, with the line above it if there is one."""

    blocks: tuple[Block, ...]
    characters: int


def shown(texts: Texts, title: Sentence) -> tuple[tuple[Block, ...], tuple[Message, ...]]:
    """The blocks of the texts; or a line about them and the messages that hold them, if one cannot.

    Which of the two follows from the texts alone: an edit never promises messages that were not posted.
    """
    if not texts:
        return (context("The words of this revision were redacted from the log."),), ()
    parts = tuple(packed(_units(texts)))
    if len(parts) == 1:
        return parts[0], ()
    many = len(parts)
    replies = tuple(_reply(title, blocks, number, many) for number, blocks in enumerate(parts, start=1))
    line = f"The full texts are in the {many} messages just before this one. Please read all of them."
    return (section(line),), replies


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
    detail = counted.detail.partition(", ")[2]  # how many messages or pages stands in the count
    if detail:
        sentence = joined(sentence, say("({detail})", detail=detail))
    if channel == SIGN and PAGE_BREAK in text:
        return joined(sentence, say("An empty line begins the next page."), ". ")
    return sentence


def what_it_says(revision: Revision) -> Sentence:
    """The promise in the text, as it is printed there, or why there is none."""
    if revision.next_update is not None:
        return say("*Says:* next update by {when}.", when=datetime_words(revision.next_update))
    if revision.no_promise_reason:
        return say("*Says:* no more updates, because: {reason}", reason=revision.no_promise_reason)
    if not revision.for_public:
        return say("*For staff only.* It promises the public nothing.")
    return say("*Says:* nothing about a next update.")


def spoken_text(revision: Revision) -> Sentence | None:
    """The first public text that is short enough to be read aloud with the message.

    A road sign is read only where there is nothing else for the public: its few words say too little.
    """
    public = [each for each in in_reading_order(revision.texts) if CHANNELS[each].public]
    for channel in [each for each in public if each != SIGN] or public:
        for text in revision.texts[channel].values():
            if len(text) <= SPOKEN_TEXT_MAX:
                words, place = unmarked(text, channel), CHANNELS[channel].title
                if channel == SIGN:
                    words, place = words.replace(PAGE_BREAK, ". "), "a road sign"
                aloud = Drawn(escape(flat(words, SPOKEN_TEXT_MAX)))
                return say("On {place} it says: {text}", place=place, text=aloud)
    return None


def _units(texts: Texts) -> Iterator[Unit]:
    for channel in in_reading_order(texts):
        languages = texts[channel]
        for language, text in languages.items():
            first = heading(channel, language, text, only_language=len(languages) == 1)
            parts = pieces(text)
            for number, part in enumerate(parts, start=1):
                line = mrkdwn(first if number == 1 else _continued(channel, number, len(parts)))
                yield Unit((section(line), preformatted(part)), len(line) + len(part))


def _continued(channel: str, number: int, of: int) -> Sentence:
    return say("*{title}*, continued ({n} of {m})", title=CHANNELS[channel].title, n=number, m=of)


def packed(units: Iterable[Unit]) -> Iterator[tuple[Block, ...]]:
    """The blocks of these units, as many in each message as Slack takes; one message at least."""
    blocks: tuple[Block, ...] = ()
    characters = 0
    for unit in units:
        fits = characters + unit.characters <= CHARACTERS_MAX and len(blocks) + len(unit.blocks) <= BLOCKS_MAX
        if blocks and not fits:
            yield blocks
            blocks, characters = (), 0
        blocks, characters = (*blocks, *unit.blocks), characters + unit.characters
    yield blocks


def _reply(title: Sentence, blocks: tuple[Block, ...], number: int, of: int) -> Message:
    line = joined(title, say("texts, {n} of {m}.", n=number, m=of), ": ")
    aloud = say("The last message says what to do with them.")
    return compose([line, aloud], [section(mrkdwn(line)), *blocks])
