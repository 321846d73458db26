"""Texts being written: working copies, revisions, previews."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from ecomms_bot.incident.events.base import Event, FieldValue, Kind, Texts
from ecomms_bot.playbook.instant import Instant


class About(BaseModel):
    """The published text that another one follows, and the channels on which it was read then.

    A correction puts it right and a cancellation takes it back, each on every one of these channels; an
    update takes its place.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
    relation: Literal["update", "correction", "cancellation"]
    draft: str
    revision: int
    channels: tuple[str, ...]


class DraftSaved(Event):
    """A working copy was kept. Who saves becomes an author."""

    draft: str
    step: str
    kind: Kind
    author: str
    values: dict[str, FieldValue]
    about: About | None = None


class UsedFact(BaseModel):
    """A fact of the sheet that a text says, under the name of its field."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
    name: str
    fact: str


class RevisionSubmitted(Event):
    """Texts as they are to be approved. `text_sha256` is over the canonical JSON of `texts`.

    `facts`: what it says of the fact sheet. `expires`: until when it holds, if it says so.
    """

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
    about: About | None = None
    facts: tuple[UsedFact, ...] = ()
    expires: Instant | None = None


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
