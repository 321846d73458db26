"""Who looks: how ids, dates and links read to one person."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from markupsafe import Markup, escape

from ecomms_bot.practice.workspace.person import Person
from ecomms_bot.practice.workspace.render import Reader

SAFE = re.compile(r"(?:https?://|mailto:)[^\s]+\Z", re.IGNORECASE)
EMOJI = {
    "bell": "🔔",
    "calendar": "📅",
    "exclamation": "❗",
    "eyes": "👀",
    "hourglass_flowing_sand": "⏳",
    "information_source": "ℹ️",  # noqa: RUF001  (the sign is meant)
    "large_green_circle": "🟢",
    "large_yellow_circle": "🟡",
    "lock": "🔒",
    "mega": "📣",
    "memo": "📝",
    "no_entry": "⛔",
    "ok": "🆗",
    "pencil2": "✏️",
    "pushpin": "📌",
    "red_circle": "🔴",
    "rotating_light": "🚨",
    "thumbsup": "👍",
    "warning": "⚠️",
    "wave": "👋",
    "white_check_mark": "✅",
    "x": "❌",
}
CODE = re.compile(r":([a-z0-9_+-]+):")


@dataclass(frozen=True, slots=True)
class Look:
    """`me`: the id of who looks, to mark their own name. `address`: where a conversation is that they see."""

    reader: Reader
    me: str = ""
    address: Callable[[str], str | None] = lambda _: None

    def user(self, identity: str, label: str = "") -> Markup:
        """A person's name as a mention; one's own stands out."""
        mine = " bk-me" if identity == self.me else ""
        return Markup('<span class="bk-mention{}">@{}</span>').format(
            mine, label or self.reader.user_name(identity)
        )

    def called(self, name: str) -> Markup:
        """A user group or everybody."""
        return Markup('<span class="bk-mention">@{}</span>').format(name)

    def channel(self, identity: str, label: str = "") -> Markup:
        name = label or self.reader.channel_name(identity)
        where = self.address(identity)
        if where is None:
            return Markup('<span class="bk-mention">#{}</span>').format(name)
        return Markup('<a class="bk-mention" href="{}">#{}</a>').format(where, name)

    def date(self, seconds: int, pattern: str, label: str, address: str = "") -> Markup:
        """In the reader's zone; the fallback if there is no such moment."""
        try:
            shown = self.reader.date(seconds, pattern)
            whole = self.reader.date(seconds, "{date_long}, {time}")
            moment = datetime.fromtimestamp(seconds, UTC).isoformat()
        except (ValueError, OverflowError, OSError):
            return escape(label)
        drawn = Markup('<time datetime="{}" title="{} ({})">{}</time>').format(
            moment, whole, self.reader.tz, shown
        )
        return link(address, drawn) if address else drawn


def look_of(person: Person) -> Look:
    """How this person looks at a screen; links to conversations keep who they look as."""

    def address(identity: str) -> str | None:
        place = person.workspace.channels.get(identity)
        if place is None or (place.private and person.id not in place.members):
            return None
        return "/?" + urlencode({"as": person.user.handle, "in": place.id})

    return Look(person.reader, person.id, address)


def link(address: str, shown: str) -> Markup:
    """Only to the web and to mail; anything else stays words."""
    if not SAFE.match(address):
        return escape(shown)
    return Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>').format(address, shown)


def emoji(text: str) -> Markup:
    """Escaped, with the names of known emoji drawn as the signs that they are."""
    out, end = [], 0
    for match in CODE.finditer(text):
        if match.group(1) in EMOJI:
            out += [escape(text[end : match.start()]), sign(match.group(1))]
            end = match.end()
    out.append(escape(text[end:]))
    return Markup("").join(out)


def sign(name: str) -> Markup:
    if name not in EMOJI:
        return escape(f":{name}:")
    return Markup('<span role="img" aria-label="{}">{}</span>').format(name.replace("_", " "), EMOJI[name])
