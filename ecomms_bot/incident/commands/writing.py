"""Texts being written: working copies, revisions, previews."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ecomms_bot.incident.commands.base import Command
from ecomms_bot.incident.events import About, FieldValue, Kind, Texts


@dataclass(frozen=True, slots=True)
class SaveDraft(Command):
    """Keep a working copy. `draft` is the id its form was opened with.

    `seen`: the mark of the copy that the form was opened on (`rules.drafts.kept_mark`), None if not known.
    `about`: the published text that it follows; what a draft began with stays.
    """

    draft: str
    step: str
    kind: Kind
    values: Mapping[str, FieldValue]
    seen: str | None = None
    about: About | None = None


@dataclass(frozen=True, slots=True)
class SubmitDraft(Command):
    """Ask for approval of exactly these texts. `renews`: only the times of the approved revision change.

    `seen`: the mark of the copy that was previewed, None if not known.
    """

    draft: str
    step: str
    kind: Kind
    values: Mapping[str, FieldValue]
    texts: Texts
    text_sha256: str
    renews: bool = False
    seen: str | None = None
    about: About | None = None


@dataclass(frozen=True, slots=True)
class ShowTexts(Command):
    """Show these texts of a kept draft in its step's thread, to be submitted from there."""

    draft: str
    step: str
    kind: Kind
    values: Mapping[str, FieldValue]
    texts: Texts
    text_sha256: str


@dataclass(frozen=True, slots=True)
class WithdrawDraft(Command):
    draft: str
    reason: str = ""
