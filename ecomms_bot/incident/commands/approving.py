"""Decisions about a revision: approvals, overrides, second looks, what sends it back."""

from __future__ import annotations

from dataclasses import dataclass

from ecomms_bot.incident.commands.base import Command


@dataclass(frozen=True, slots=True)
class Approve(Command):
    """Bound to what was on the card when it was clicked."""

    draft: str
    revision: int
    text_sha256: str


@dataclass(frozen=True, slots=True)
class TakeBackApproval(Command):
    draft: str
    revision: int


@dataclass(frozen=True, slots=True)
class Override(Command):
    """Bound to what was on the card, as an approval is."""

    draft: str
    revision: int
    text_sha256: str
    reason: str


@dataclass(frozen=True, slots=True)
class GiveSecondReview(Command):
    draft: str
    revision: int
    agrees: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class AskForChanges(Command):
    draft: str
    revision: int
    reason: str


@dataclass(frozen=True, slots=True)
class Decline(Command):
    draft: str
    revision: int
    reason: str
