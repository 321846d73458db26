"""Texts being written: working copies, revisions, previews."""

from __future__ import annotations

from typing import ClassVar

from ecomms_bot.incident.events.base import Event, FieldValue, Kind, Texts
from ecomms_bot.playbook.instant import Instant


class DraftSaved(Event):
    """A working copy was kept. Who saves becomes an author."""

    draft: str
    step: str
    kind: Kind
    author: str
    values: dict[str, FieldValue]


class RevisionSubmitted(Event):
    """Texts as they are to be approved. `text_sha256` is over the canonical JSON of `texts`."""

    draft: str
    step: str
    kind: Kind
    revision: int
    author: str
    values: dict[str, FieldValue]
    texts: Texts
    text_sha256: str
    tier: str
    roles: tuple[str, ...]
    wanted_by: Instant
    next_update: Instant | None
    no_promise_reason: str = ""
    renews: bool = False


class PreviewAsked(Event):
    """Texts too long for a window are shown in the step's thread, to be submitted from there."""

    plumbing: ClassVar[bool] = True
    draft: str
    step: str
    kind: Kind
    person: str
    values: dict[str, FieldValue]
    texts: Texts
    text_sha256: str


class DraftWithdrawn(Event):
    """An author took the draft back before it was out; its step has to be written again."""

    draft: str
    person: str
    reason: str = ""
