"""How texts read on a screen: mrkdwn without its marks, mentions as names, dates in the reader's zone."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ecomms_bot.practice.workspace.state import Json

TOKEN = re.compile(r"<([^<>]*)>")
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
EMPHASIS = re.compile(r"(?<![\w*_~])([*_~])(?=\S)([^\n]*?\S)\1(?![\w*_~])")
DEEP = 6
"""So often emphasis is looked for in emphasis, as in *_both_*; there are three kinds of it."""
QUOTE = re.compile(r"^(?:&gt;|>) ?", re.MULTILINE)
DATE_FORMAT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who looks at a screen: their zone, the time, and how ids read."""

    tz: str
    now: Callable[[], float]
    user_name: Callable[[str], str]
    channel_name: Callable[[str], str]
    group_name: Callable[[str], str]

    # --- texts -------------------------------------------------------------------------------------------

    def mrkdwn(self, text: str) -> str:
        """A mrkdwn text as it reads: marks gone, tokens resolved, the three entities decoded."""
        out, end = [], 0
        for code in CODE.finditer(text):
            out += [self._formatted(text[end : code.start()]), self._tokens(code.group().strip("`"))]
            end = code.end()
        out.append(self._formatted(text[end:]))
        return decode("".join(out))

    def text(self, thing: Json | None) -> str:
        """A text object. plain_text is shown as it stands: nothing in it is parsed."""
        if not thing:
            return ""
        return self.mrkdwn(thing["text"]) if thing["type"] == "mrkdwn" else str(thing["text"])

    def _formatted(self, text: str) -> str:
        text = QUOTE.sub("", text)
        for _ in range(DEEP):
            text = EMPHASIS.sub(r"\2", text)
        return self._tokens(text)

    def _tokens(self, text: str) -> str:
        return TOKEN.sub(lambda match: self._token(match.group(1)), text)

    def _token(self, token: str) -> str:
        body, _, label = token.partition("|")
        if body.startswith("@"):
            return "@" + (label or self.user_name(body[1:]))
        if body.startswith("#"):
            return "#" + (label or self.channel_name(body[1:]))
        if body.startswith("!date^"):
            return self._date(body.split("^"), label)
        if body.startswith("!subteam^"):
            return label or "@" + self.group_name(body.removeprefix("!subteam^"))
        if body.startswith("!"):
            return "@" + (label or body[1:])
        return label or body

    # --- dates -------------------------------------------------------------------------------------------

    def _date(self, parts: list[str], fallback: str) -> str:
        """The fallback where there is no such moment."""
        if len(parts) < 3 or not parts[1].isdecimal():
            return fallback
        try:
            return self.date(int(parts[1]), parts[2])
        except (ValueError, OverflowError, OSError):
            return fallback

    def date(self, seconds: int, pattern: str) -> str:
        """`{date_short_pretty} at {time}` and the like, in the reader's zone, 24-hour clock."""
        zone = ZoneInfo(self.tz)
        moment = datetime.fromtimestamp(seconds, UTC).astimezone(zone)
        now = datetime.fromtimestamp(self.now(), UTC).astimezone(zone)
        return DATE_FORMAT.sub(lambda match: date_part(match.group(1), moment, now), pattern)

    # --- blocks ------------------------------------------------------------------------------------------

    def blocks(self, blocks: list[Json]) -> str:
        """Everything readable in these blocks, buttons in brackets, one block a paragraph."""
        return "\n".join(part for part in (self._block(block) for block in blocks) if part)

    def _block(self, block: Json) -> str:
        kind = block["type"]
        if kind == "rich_text":
            return "\n".join(self._rich(part) for part in block["elements"])
        if kind == "section":
            parts = [self.text(block.get("text")), *(self.text(field) for field in block.get("fields", []))]
            parts.append(self.element(block["accessory"]) if block.get("accessory") else "")
            return "\n".join(part for part in parts if part)
        if kind in ("actions", "context"):
            return " ".join(self.element(one) for one in block["elements"])
        if kind == "input":
            parts = [self.text(block["label"]), self.element(block["element"]), self.text(block.get("hint"))]
            return "\n".join(part for part in parts if part)
        if kind == "table":
            return "\n".join(" | ".join(self._cell(cell) for cell in row) for row in block["rows"])
        if kind == "markdown":
            return str(block["text"])
        if kind == "image":
            return f"[{block['alt_text']}]"
        return self.text(block.get("text"))  # header; a divider reads as nothing

    def element(self, element: Json) -> str:
        kind = element["type"]
        if kind in ("plain_text", "mrkdwn"):
            return self.text(element)
        if kind == "button":
            return f"[{element['text']['text']}]"
        if kind == "image":
            return f"[{element['alt_text']}]"
        if kind in ("overflow", "radio_buttons", "checkboxes"):
            return " ".join(f"[{self.text(option['text'])}]" for option in element["options"])
        if "placeholder" in element and kind.endswith("select"):
            return f"[{element['placeholder']['text']}]"
        return ""

    def _cell(self, cell: Json) -> str:
        if cell["type"] == "raw_text":
            return str(cell["text"])
        return " ".join(self._rich(part) for part in cell["elements"])

    def _rich(self, part: Json) -> str:
        kind = part["type"]
        if kind == "rich_text_list":
            start = part.get("offset", 0) + 1
            lines = (
                (f"{number}. " if part["style"] == "ordered" else "• ") + self._rich(item)
                for number, item in enumerate(part["elements"], start)
            )
            return "\n".join(lines)
        return "".join(self._inline(one) for one in part["elements"])

    def _inline(self, one: Json) -> str:
        kind = one["type"]
        shown: dict[str, Callable[[], Any]] = {
            "text": lambda: one["text"],
            "link": lambda: one.get("text") or one["url"],
            "emoji": lambda: f":{one['name']}:",
            "user": lambda: "@" + self.user_name(one["user_id"]),
            "channel": lambda: "#" + self.channel_name(one["channel_id"]),
            "usergroup": lambda: "@" + self.group_name(one["usergroup_id"]),
            "broadcast": lambda: "@" + one["range"],
            "color": lambda: one["value"],
            "date": lambda: self.date(one["timestamp"], one["format"]),
        }
        words = str(shown[kind]())
        return f"~{words}~" if one.get("style", {}).get("strike") else words  # without the line it misleads


def decode(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def date_part(name: str, moment: datetime, now: datetime) -> str:
    """One token of a date format; an unknown one stays as it is."""
    day = f"{moment:%B} {ordinal(moment.day)}"
    short = f"{moment:%b} {ordinal(moment.day)}"
    this_year = moment.year == now.year
    relative = relative_day(moment.date(), now.date())
    year = "" if this_year else f", {moment.year}"
    parts = {
        "date_num": f"{moment:%Y-%m-%d}",
        "date_slash": f"{moment:%m/%d/%Y}",
        "date": f"{day}{year}",
        "date_pretty": relative or f"{day}{year}",
        "date_short": f"{short}, {moment.year}",
        "date_short_pretty": relative or f"{short}, {moment.year}",
        "date_long": f"{moment:%A}, {day}, {moment.year}",
        "date_long_full": f"{moment:%A}, {day}, {moment.year}",
        "date_long_pretty": relative or f"{moment:%A}, {day}, {moment.year}",
        "time": f"{moment:%H:%M}",
        "time_secs": f"{moment:%H:%M:%S}",
        "ago": ago(now - moment),
    }
    return parts.get(name, "{" + name + "}")


def relative_day(day: date, today: date) -> str | None:
    return {-1: "yesterday", 0: "today", 1: "tomorrow"}.get((day - today).days)


def ordinal(day: int) -> str:
    ending = "th" if 11 <= day % 100 <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


def ago(passed: timedelta) -> str:
    minutes = int(abs(passed.total_seconds()) // 60)
    size, unit = next(
        ((s, u) for s, u in ((1440, "day"), (60, "hour"), (1, "minute")) if minutes >= s), (1, "minute")
    )
    count = minutes // size
    told = f"{count} {unit}{'' if count == 1 else 's'}"
    return f"in {told}" if passed < timedelta(0) else f"{told} ago"
