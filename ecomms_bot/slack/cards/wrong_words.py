"""The words that a correction puts right, beside the new ones, so that nobody has to look for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ecomms_bot.incident.standing import puts_right
from ecomms_bot.incident.state import Draft, Revision
from ecomms_bot.incident.wording import Sentence, say
from ecomms_bot.playbook.channels import in_reading_order
from ecomms_bot.playbook.exercise import unmarked
from ecomms_bot.slack.cards.following import followed
from ecomms_bot.slack.cards.view import View, channel_names
from ecomms_bot.slack.message import Block
from ecomms_bot.slack.text import flat, shorten

SHOWN = (300, 120)
"""Characters of an old text; fewer where there is little room. New texts are never shortened."""
SPOKEN = 120

Words = Mapping[str, tuple[str, ...]]
"""What it said, and on which channels it said just that."""


def wrong_words(
    view: View, draft: Draft, revision: Revision, room: int
) -> tuple[list[Block], list[Sentence]]:
    """Parts of a rich text in at most `room` characters, and the same to be read aloud."""
    found = followed(view.state, draft.about) if draft.about else None
    if draft.about is None or found is None or not puts_right(draft.about):
        return [], []
    wrong, old = found
    words: dict[str, tuple[str, ...]] = {}
    for channel, text in _words(old, revision):
        words[text] = (*words.get(text, ()), channel)
    if not words:
        return [], []
    where = f"Its whole words are in the thread of {view.title(wrong.step, old.kind)}."
    channels = channel_names(channel for several in words.values() for channel in several)
    heading = f"Until now it says something else on {channels}. {where}"
    first = next(iter(words))
    aloud = "Until now it says on {channels}: {text}"
    said = [say(aloud, channels=channel_names(words[first]), text=flat(first, SPOKEN))]
    for most in SHOWN:
        parts = list(_drawn(words, most, where))
        if _length(parts) <= room:
            return parts, said
    parts = [_line(heading)]
    return (parts, said) if _length(parts) <= room else ([], said)


def _words(old: Revision, revision: Revision) -> Iterator[tuple[str, str]]:
    """On the channels that have both texts; where none has, all of the old one."""
    both = [each for each in in_reading_order(old.texts) if each in revision.texts and each in old.receipts]
    for channel in both or [each for each in in_reading_order(old.texts) if each in old.receipts]:
        for text in old.texts[channel].values():
            yield channel, unmarked(text, channel)


def _drawn(words: Words, most: int, where: str) -> Iterator[Block]:
    folded = False
    for text, channels in words.items():
        folded = folded or len(text) > most
        yield _line(f"Until now it says on {channel_names(channels)}:")
        yield {"type": "rich_text_quote", "elements": [{"type": "text", "text": shorten(text, most) or " "}]}
    if folded:
        yield _line(where)


def _line(words: str) -> Block:
    return {"type": "rich_text_section", "elements": [{"type": "text", "text": words}]}


def _length(parts: list[Block]) -> int:
    return sum(len(each["text"]) for part in parts for each in part["elements"])
