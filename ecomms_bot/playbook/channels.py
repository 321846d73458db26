"""Where the public reads a text and how long it may be there. Preview, modal and check count alike."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ecomms_bot.playbook.exercise import EXERCISE_PAGE, SIGN
from ecomms_bot.playbook.weight import weighted_length

Unit = Literal["characters", "messages", "pages"]

LEADERS = "leaders"
"""What leaders read without asking: the bot posts it where `ecomms.yaml` names their conversation."""

SIGN_LINES, SIGN_CHARACTERS, SIGN_PAGES = 3, 18, 2
"""What drivers can read at speed: MUTCD 2L.05 allows two pages of three lines of up to 20 characters; many
signs on the road have room for 18."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A place for texts. `limit` counts `unit`s; None: as long as a text may be at all."""

    id: str
    title: str
    public: bool
    unit: Unit
    limit: int | None


@dataclass(frozen=True, slots=True)
class Count:
    """The length of a text on a channel. `switches`: the characters that halve what an SMS holds.

    `excess` says what of a text that is over does not fit.
    """

    used: int
    limit: int | None
    unit: Unit
    text: str
    over: bool
    detail: str = ""
    switches: str = ""
    excess: str = ""


CHANNELS: Mapping[str, Channel] = {
    channel.id: channel
    for channel in (
        Channel("internal", "Internal", public=False, unit="characters", limit=None),
        Channel(LEADERS, "Leaders", public=False, unit="characters", limit=None),
        Channel("web", "Web", public=True, unit="characters", limit=None),
        # docs.x.com/fundamentals/counting-characters: 280, weighted; every address counts 23
        Channel("x", "X", public=True, unit="characters", limit=280),
        # Rule L12: more than two messages is a warning, more than four is too many
        Channel("sms", "SMS", public=True, unit="messages", limit=4),
        Channel(SIGN, "Road sign", public=True, unit="pages", limit=SIGN_PAGES),
    )
}


def in_reading_order(channels: Iterable[str]) -> tuple[str, ...]:
    """The short public texts first, what is for staff last: X, SMS, Web, Internal, Leaders."""
    order = list(CHANNELS)

    def place(channel: str) -> tuple[bool, bool, int]:
        known = CHANNELS[channel]
        return known.limit is None, not known.public, order.index(channel)

    return tuple(sorted(channels, key=place))


# 3GPP 23.038: the basic alphabet costs one place each, the extension two (an escape and the character).
GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENSION = frozenset("^{}\\[~]|€\f")


def count(channel_id: str, text: str) -> Count:
    """Count `text` as the channel counts it; an unknown channel raises KeyError."""
    channel = CHANNELS[channel_id]
    match channel.id:
        case "sms":
            return _count_sms(channel, text)
        case "sign":
            return _count_sign(channel, text)
        case "x":
            used = weighted_length(text)
        case _:
            used = len(text)
    over = channel.limit is not None and used > channel.limit
    limit = "characters" if channel.limit is None else f"/ {channel.limit}"
    shown = f"{channel.title} {used} {limit}"
    return Count(used, channel.limit, channel.unit, shown, over, excess=_too_much(channel, used))


def _too_much(channel: Channel, used: int) -> str:
    """By how much a text is too long, as the end of a sentence; "" if it fits."""
    if channel.limit is None or used <= channel.limit:
        return ""
    excess = used - channel.limit
    unit = channel.unit.removesuffix("s") if excess == 1 else channel.unit
    return f"the text is {excess} {unit} too long."


def _count_sign(channel: Channel, text: str) -> Count:
    """Pages stand apart by an empty line. Those that mark an exercise come on top of the limit."""
    pages = [page.splitlines() for page in re.split(r"\n[ \t]*\n\s*", text.strip())]
    marks = sum(page == [EXERCISE_PAGE] for page in (pages[0], pages[-1])) if len(pages) > 1 else 0
    used = len(pages) - marks
    excess = _too_much(channel, used) or next(_too_big(pages), "")
    longest = max(len(line) for page in pages for line in page) if text.strip() else 0
    many = f"{used} {'page' if used == 1 else 'pages'}" + (
        f", {marks} more for the exercise" if marks else ""
    )
    return Count(
        used,
        channel.limit,
        channel.unit,
        text=f"{channel.title} {used} / {channel.limit} pages",
        over=bool(excess),
        detail=f"{many}, longest line {longest} / {SIGN_CHARACTERS} characters",
        excess=excess,
    )


def _too_big(pages: Iterable[Sequence[str]]) -> Iterator[str]:
    for number, lines in enumerate(pages, start=1):
        if len(lines) > SIGN_LINES:
            yield f"page {number} has {len(lines)} lines; a sign shows {SIGN_LINES}."
        for line in lines:
            if len(line) > SIGN_CHARACTERS:
                yield f"“{line}” has {len(line)} characters; a line of a sign holds {SIGN_CHARACTERS}."


def _count_sms(channel: Channel, text: str) -> Count:
    switches = "".join(dict.fromkeys(c for c in text if c not in GSM_BASIC and c not in GSM_EXTENSION))
    if switches:
        sizes = [len(c.encode("utf-16-le", "surrogatepass")) // 2 for c in text]
        used = _messages(sizes, alone=70, joined=67)
        alphabet = f"UCS-2 because of {' '.join(switches)}"
    else:
        sizes = [2 if c in GSM_EXTENSION else 1 for c in text]
        used = _messages(sizes, alone=160, joined=153)
        alphabet = "GSM-7"
    noun = "message" if used == 1 else "messages"
    return Count(
        used,
        channel.limit,
        channel.unit,
        text=f"{channel.title} {used} / {channel.limit} messages",
        over=channel.limit is not None and used > channel.limit,
        detail=f"{used} {noun}, {sum(sizes)} characters, {alphabet}",
        switches=switches,
        excess=_too_much(channel, used),
    )


def _messages(sizes: Iterable[int], *, alone: int, joined: int) -> int:
    """How many messages carry characters of these sizes; a character of two places is never split."""
    sizes = list(sizes)
    if sum(sizes) <= alone:
        return 1
    messages, filled = 1, 0
    for size in sizes:
        if filled + size > joined:
            messages, filled = messages + 1, 0
        filled += size
    return messages
