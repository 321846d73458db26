"""What went out: marking it as published, and saying how it really was."""

from __future__ import annotations

from dataclasses import dataclass

from ecomms_bot.incident.commands.base import Command
from ecomms_bot.incident.events import Receipt


@dataclass(frozen=True, slots=True)
class MarkPublished(Command):
    """`posted_late`: the person confirms that it was posted although its printed promise had passed."""

    draft: str
    revision: int
    receipts: tuple[Receipt, ...]
    posted_late: bool = False


@dataclass(frozen=True, slots=True)
class CorrectReceipt(Command):
    """`receipt` is how it was in truth; None: the text was not posted on this channel."""

    draft: str
    revision: int
    channel: str
    reason: str
    receipt: Receipt | None


@dataclass(frozen=True, slots=True)
class EndRelease(Command):
    """A published text was taken down on these channels, or changed there, because it holds no more."""

    draft: str
    revision: int
    channels: tuple[str, ...]
    reason: str
