"""What a message in Slack says, as plain words, and where it stands: for entries made from it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ecomms_bot.incident.events import Quoted
from ecomms_bot.incident.state import Recorded

_SPECIAL = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
"""Mentions, links and dates (docs.slack.dev, formatting message text); a typed < arrives as &lt;."""
_SCHEME = re.compile(r"^(?:https?://|mailto:|tel:)")


def quoted_of(body: Mapping[str, Any]) -> Quoted:
    """Where the message of a message shortcut stands, and who wrote it."""
    message = body["message"]
    return Quoted(
        conversation=body["channel"]["id"], ts=str(message["ts"]), author=str(message.get("user") or "")
    )


def words_of(message: Mapping[str, Any]) -> str:
    """All that was written, links and mentions as they read, and the names of files; "" if nothing."""
    parts = [str(message.get("text") or "")]
    if not parts[0].strip():
        parts = [str(each.get("fallback") or "") for each in message.get("attachments") or ()]
    parts += [f"File: {each.get('name') or 'without a name'}" for each in message.get("files") or ()]
    return "\n".join(_read(part).strip() for part in parts if part.strip())


def earlier(entries: Iterable[Recorded], quoted: Quoted) -> tuple[int, ...]:
    """The entries that were made from the same message."""
    return tuple(each.seq for each in entries if _place(each) == (quoted.conversation, quoted.ts))


def _place(recorded: Recorded) -> tuple[str, str] | None:
    found = getattr(recorded.event, "quoted", None)
    return (found.conversation, found.ts) if isinstance(found, Quoted) else None


def _read(text: str) -> str:
    plain = _SPECIAL.sub(_special, text)
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _special(found: re.Match[str]) -> str:
    what, label = found.group(1), found.group(2) or ""
    sign, name = what[:1], what[1:]
    if sign in {"@", "#"}:
        return sign + (label.removeprefix(sign) or name)
    if sign == "!":
        return label or f"@{name.partition('^')[0]}"
    if not label or label in {what, _SCHEME.sub("", what)}:
        return what if "://" in what else _SCHEME.sub("", what)
    return f"{label} ({what})"
