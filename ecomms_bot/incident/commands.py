"""What a person or the clock asks for, in the imperative. Times are resolved and texts rendered before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ecomms_bot.incident.events import FieldValue, Kind, Phase, Quoted, Receipt, Texts
from ecomms_bot.incident.policy import Person, Roster
from ecomms_bot.playbook.instant import Instant


@dataclass(frozen=True, slots=True)
class Context:
    """What a decision may look at besides the state. `now` is UTC, incident time."""

    now: datetime
    person: Person
    command_id: str
    roster: Roster


class Command:
    """Something asked of one incident."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class OpenIncident(Command):
    """`conversation` None makes a new one; otherwise the id of the one to use."""

    name: str
    area: str
    zone: str
    phase: Phase
    severity: str
    exercise: bool
    playbook: Mapping[str, Any]
    playbook_sha256: str
    conversation: str | None = None


@dataclass(frozen=True, slots=True)
class StartStep(Command):
    step: str


@dataclass(frozen=True, slots=True)
class SaveDraft(Command):
    """Keep a working copy. `draft` is the id its form was opened with.

    `seen`: the mark of the copy that the form was opened on (`rules.drafts.kept_mark`), None if not known.
    """

    draft: str
    step: str
    kind: Kind
    values: Mapping[str, FieldValue]
    seen: str | None = None


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


@dataclass(frozen=True, slots=True)
class MarkPublished(Command):
    """`posted_late`: the person confirms that it was posted although its printed promise had passed."""

    draft: str
    revision: int
    receipts: tuple[Receipt, ...]
    posted_late: bool = False


@dataclass(frozen=True, slots=True)
class SetReminder(Command):
    due: Instant
    text: str


@dataclass(frozen=True, slots=True)
class Snooze(Command):
    """`promise` empty: the most urgent one of this incident."""

    minutes: int
    promise: str = ""


@dataclass(frozen=True, slots=True)
class FireReminder(Command):
    """The clock says that this reminder is due."""

    key: str


@dataclass(frozen=True, slots=True)
class CloseIncident(Command):
    """`withdraw_reason`: why promises that are still live are taken back (pio or ic only).

    `in_error`: it should never have been opened; only where nothing was published.
    """

    note: str
    withdraw_reason: str = ""
    in_error: bool = False


@dataclass(frozen=True, slots=True)
class ChangePhase(Command):
    phase: Phase
    note: str = ""


@dataclass(frozen=True, slots=True)
class ChangeSeverity(Command):
    severity: str
    reason: str


@dataclass(frozen=True, slots=True)
class SkipStep(Command):
    step: str
    reason: str


@dataclass(frozen=True, slots=True)
class WithdrawDraft(Command):
    draft: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CorrectReceipt(Command):
    """`receipt` is how it was in truth; None: the text was not posted on this channel."""

    draft: str
    revision: int
    channel: str
    reason: str
    receipt: Receipt | None


@dataclass(frozen=True, slots=True)
class AddNote(Command):
    text: str
    quoted: Quoted | None = None


@dataclass(frozen=True, slots=True)
class RecordFact(Command):
    """`name` is a field of the playbook (and `value` of its type), or any other name with words."""

    name: str
    value: str | Instant
    source: str
    quoted: Quoted | None = None


@dataclass(frozen=True, slots=True)
class AskQuestion(Command):
    """`owner` is the id of who has to answer, by `due`."""

    text: str
    owner: str
    due: Instant | None = None
    quoted: Quoted | None = None


@dataclass(frozen=True, slots=True)
class AnswerQuestion(Command):
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class StandDown(Command):
    """Rest until then; only if the last public text promised to go on at exactly this minute."""

    until: Instant


@dataclass(frozen=True, slots=True)
class OfferHandover(Command):
    to: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class AcceptHandover(Command):
    handover: str


@dataclass(frozen=True, slots=True)
class AskReport(Command):
    """The log as files, to whoever asks."""


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
class RecordPosted(Command):
    """The worker says where a thing stands now. `seen`: the entry up to which it showed the state."""

    thing: str
    conversation: str
    ts: str
    seen: int


@dataclass(frozen=True, slots=True)
class RecordFailure(Command):
    """The worker says that something could not be done."""

    task: str
    kind: str
    thing: str
    problem: str
    advice: str
