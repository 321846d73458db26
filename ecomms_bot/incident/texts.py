"""Texts on their way, as the state of an incident holds them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from ecomms_bot.incident.events import About, FieldValue, Kind, Receipt, Texts
from ecomms_bot.playbook.channels import CHANNELS
from ecomms_bot.playbook.instant import Instant

DraftStatus = Literal["drafting", "in review", "returned", "approved", "published", "declined", "withdrawn"]
ENDED: frozenset[DraftStatus] = frozenset({"published", "declined", "withdrawn"})
"""A draft of this status is not written on any more."""


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved the current revision, when (UTC) and with which roles."""

    person: str
    roles: frozenset[str]
    at: datetime
    without_roles: bool = False


@dataclass(frozen=True, slots=True)
class Override:
    """Who lets a revision out without the approvals it was `lacking` then, and why; `seq` is the entry."""

    person: str
    reason: str
    at: datetime
    seq: int
    revision: int
    lacking: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    off_duty: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SecondReview:
    """What somebody found who looked at an approved text once more."""

    person: str
    agrees: bool
    note: str
    at: datetime
    seq: int


@dataclass(frozen=True, slots=True)
class Return:
    """Why a revision came back (or ended, when declined)."""

    revision: int
    person: str
    reason: str
    at: datetime
    declined: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """Channels that someone marked as published at once; `seq` is the entry, `at` its time (UTC)."""

    seq: int
    revision: int
    person: str
    channels: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Word:
    """Who said why, and when (UTC); `seq` is the entry, where that is asked for."""

    person: str
    reason: str
    at: datetime
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Stood:
    """An approval that held from `since` (UTC) until somebody took it back."""

    since: datetime
    until: Word


@dataclass(frozen=True, slots=True)
class Revision:
    """Texts that were submitted, never changed afterwards. `receipts`: channel → proof, and who marked it.

    `approved_seq`, `approved_hash`: the head of the log at the approval. `taken_back`: who took an approval
    back after it was approved; until it is approved again nobody may post it. `stood`: every approval that
    was taken back. `overridden`: it went past the approvals that it lacked. `let_out_by`: who approved or
    overrode it, each time that it was let out. `passed_on`: the entries after which another role decides.
    `facts`: field → the fact of the sheet that it says. `expires`: until when it holds. `ended`: channel →
    who took it down there, and why. `leaders`: the conversation to which the bot hands its text for leaders.
    """

    number: int
    author: str
    at: datetime
    kind: Kind
    values: Mapping[str, FieldValue]
    texts: Texts
    text_sha256: str
    tier: str
    roles: tuple[str, ...]
    wanted_by: Instant
    next_update: Instant | None
    no_promise_reason: str
    renews: bool
    approved_at: datetime | None = None
    approved_seq: int = 0
    approved_hash: str = ""
    taken_back: Word | None = None
    stood: tuple[Stood, ...] = ()
    overridden: bool = False
    let_out_by: tuple[str, ...] = ()
    passed_on: tuple[int, ...] = ()
    second_review: SecondReview | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    expires: Instant | None = None
    ended: Mapping[str, Word] = field(default_factory=dict)
    leaders: str = ""
    receipts: Mapping[str, tuple[Receipt, str]] = field(default_factory=dict)

    @property
    def approved(self) -> bool:
        """It has every approval that it needs, and none was taken back."""
        return self.approved_at is not None and self.taken_back is None

    @property
    def for_public(self) -> bool:
        return any(CHANNELS[channel].public for channel in self.texts)

    @property
    def out(self) -> bool:
        """It went out where it is meant for: to the public, or anywhere if it has no text for the public."""
        return bool(self.receipts) and (self.public_at is not None or not self.for_public)

    @property
    def public_at(self) -> datetime | None:
        """When the public could first read it, as attested (UTC)."""
        return first_public(receipt for receipt, _ in self.receipts.values())


@dataclass(frozen=True, slots=True)
class PartnerWord:
    """A partner knows of a revision, or pio or ic goes on without them (`reason`).

    `by_whom`: who answered for the partner, and how; `said_at` (UTC): when. `seq` is the entry.
    """

    partner: str
    revision: int
    person: str
    recorded_at: datetime
    seq: int
    by_whom: str = ""
    said_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Working:
    """The copy that *Next* keeps."""

    values: Mapping[str, FieldValue]
    author: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Correction:
    """What was said about a receipt, and how it was in truth; `receipt` None: it was not posted there."""

    seq: int
    revision: int
    channel: str
    person: str
    reason: str
    at: datetime
    before: Receipt | None
    receipt: Receipt | None


@dataclass(frozen=True, slots=True)
class Draft:
    """A text on its way to the public: a working copy, revisions, approvals of the last one, receipts.

    `overrides` are those that count for the last revision, `overridden_by` all there ever were. `about`: the
    published text that it follows.
    """

    id: str
    step: str
    kind: Kind
    status: DraftStatus
    authors: tuple[str, ...]
    started_at: datetime
    working: Working | None = None
    revisions: tuple[Revision, ...] = ()
    approvals: tuple[Approval, ...] = ()
    overrides: tuple[Override, ...] = ()
    overridden_by: tuple[Override, ...] = ()
    returns: tuple[Return, ...] = ()
    marks: tuple[Mark, ...] = ()
    withdrawal: Word | None = None
    corrections: tuple[Correction, ...] = ()
    about: About | None = None
    partner_words: tuple[PartnerWord, ...] = ()

    @property
    def receipts(self) -> Mapping[str, tuple[Receipt, str]]:
        """What went out of the last revision: channel → receipt and who marked it."""
        return self.last.receipts if self.last else {}

    @property
    def last(self) -> Revision | None:
        return self.revisions[-1] if self.revisions else None

    @property
    def current(self) -> Revision:
        """The revision that is reviewed, approved or out; only asked of a submitted draft."""
        return self.revisions[-1]

    def revision(self, number: int) -> Revision | None:
        return next((each for each in self.revisions if each.number == number), None)

    @property
    def open(self) -> bool:
        return self.status not in ENDED


@dataclass(frozen=True, slots=True)
class ThreadPreview:
    """Texts shown in the step's thread before they are submitted; `seq` is the entry."""

    draft: str
    step: str
    kind: Kind
    person: str
    values: Mapping[str, FieldValue]
    texts: Texts
    text_sha256: str
    seq: int


def first_public(receipts: Iterable[Receipt]) -> datetime | None:
    """When the first of these receipts for the public is attested (UTC)."""
    return min((each.attested_at for each in receipts if CHANNELS[each.channel].public), default=None)
