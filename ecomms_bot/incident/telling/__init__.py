"""A sentence for each type of entry, by subject."""

from __future__ import annotations

from ecomms_bot.incident.telling import (
    course,
    discussing,
    drilling,
    following,
    notes,
    partnering,
    plumbing,
    releases,
    reminding,
    texts,
)
from ecomms_bot.incident.telling.base import REDACTED, tell
from ecomms_bot.incident.telling.plumbing import THINGS

__all__ = [
    "REDACTED",
    "THINGS",
    "course",
    "discussing",
    "drilling",
    "following",
    "notes",
    "partnering",
    "plumbing",
    "releases",
    "reminding",
    "tell",
    "texts",
]
