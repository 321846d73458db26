"""What can happen in an incident, in the past tense: the entries of its log.

An event holds finished texts and resolved instants; nothing is rendered or converted when it is read again.
Changes are additive only: a new field has a default, an old name stays.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from ecomms_bot.incident.entry import NewEntry
from ecomms_bot.playbook.instant import Instant

Texts = dict[str, dict[str, str]]
"""Channel → language → the exact text."""

FieldValue = str | Instant | None
Kind = Literal["statement", "update", "no-change", "correction", "final", "internal"]
Phase = Literal["before", "during", "after"]


class Event(BaseModel):
    """One entry of the log. `plumbing` entries are hidden from people unless they ask for all."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    plumbing: ClassVar[bool] = False

    def entry(self) -> NewEntry:
        return NewEntry(type(self).__name__, self.model_dump(mode="json"))


class IncidentOpened(Event):
    """The playbook is embedded whole: an edit of its file never changes a running incident or a replay."""

    name: str
    area: str
    zone: str
    phase: Phase
    severity: str
    exercise: bool
    opener: str
    conversation: str | None
    conversation_name: str
    roles_configured: bool
    playbook: dict[str, Any]
    playbook_sha256: str


class StepStarted(Event):
    """A step is under way: its root message is posted. `due` is when it is wanted, if the playbook says."""

    step: str
    due: Instant | None = None


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


class ApprovalGiven(Event):
    """One person's approval of exactly these texts, with the roles they held then."""

    draft: str
    revision: int
    text_sha256: str
    person: str
    roles: tuple[str, ...]
    without_roles: bool = False


class DraftApproved(Event):
    """The approvals of this revision fill its tier, or were overridden: the texts may be handed out."""

    draft: str
    revision: int
    text_sha256: str
    overridden: bool = False


class ApprovalOverridden(Event):
    """pio or ic answers for exactly these texts without the approvals they lack.

    `lacking`: the roles that had not approved. `told`: who hears of it.
    """

    draft: str
    revision: int
    text_sha256: str
    person: str
    roles: tuple[str, ...]
    reason: str
    lacking: tuple[str, ...] = ()
    told: tuple[str, ...] = ()


class SecondReviewGiven(Event):
    """Somebody who neither wrote nor let it out looked at an approved text once more."""

    draft: str
    revision: int
    person: str
    agrees: bool
    note: str = ""


class ApprovalTakenBack(Event):
    """Who approved this revision does not any more. Approved or not, it waits for approval again."""

    draft: str
    revision: int
    person: str


class ChangesAsked(Event):
    """A lead sent the draft back; the approvals of this revision are void."""

    draft: str
    revision: int
    person: str
    reason: str


class DraftDeclined(Event):
    """A lead ended the draft; its step has to be written again."""

    draft: str
    revision: int
    person: str
    reason: str


class Receipt(BaseModel):
    """Who attests that exactly the approved text was posted on a channel, where (`proof`) and when."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    channel: str
    attested_at: AwareDatetime
    proof: str = ""


class MarkedPublished(Event):
    """An approved text went out on these channels (in an exercise: was played)."""

    draft: str
    revision: int
    person: str
    receipts: tuple[Receipt, ...]


class PromiseMade(Event):
    """The next update printed in a published text is now owed to the public."""

    promise: str
    draft: str
    revision: int
    due: Instant
    attested_at: AwareDatetime


class PromiseAnswered(Event):
    """A later release answered the promise: kept if `late_seconds` (attested − promised) is in the grace."""

    promise: str
    draft: str
    revision: int
    attested_at: AwareDatetime
    late_seconds: int
    kept: bool


class PromiseWithdrawn(Event):
    """pio or ic took a promise back, with a reason."""

    promise: str
    person: str
    reason: str


class ReminderSet(Event):
    """Someone asked to be reminded."""

    reminder: str
    person: str
    due: Instant
    text: str


class ReminderFired(Event):
    """A reminder came due and is being said to `to`. `late_seconds` is how long after its time.

    `role` is the role it is for, if any; `stand_in` if that role has no members and others are asked instead.
    """

    key: str
    late_seconds: int
    to: tuple[str, ...]
    role: str = ""
    stand_in: bool = False


class ReminderSnoozed(Event):
    """The last reminder before a promise will be said once more at `until`."""

    promise: str
    point: str
    person: str
    minutes: int
    until: AwareDatetime


class IncidentClosed(Event):
    """The end. `note` says how it ended. `in_error`: it should never have been opened."""

    person: str
    note: str
    in_error: bool = False


class PhaseChanged(Event):
    """Another phase of the playbook began."""

    person: str
    before: Phase
    phase: Phase
    note: str = ""


class SeverityChanged(Event):
    """It is worse or better than before. Printed promises stay as they are; the next ones follow it."""

    person: str
    before: str
    severity: str
    reason: str


class StepSkipped(Event):
    """A step will not be done, or not now. Who writes its text after all takes it up again."""

    step: str
    person: str
    reason: str


class DraftWithdrawn(Event):
    """An author took the draft back before it was out; its step has to be written again."""

    draft: str
    person: str
    reason: str = ""


class ReceiptCorrected(Event):
    """What was said about where and when a text was posted was wrong. `receipt` None: it was not posted."""

    draft: str
    revision: int
    channel: str
    person: str
    reason: str
    receipt: Receipt | None


class PromiseReopened(Event):
    """What answered this promise turned out not to have gone out: the update is owed again."""

    promise: str


class Quoted(BaseModel):
    """The message in Slack that an entry by hand was made from. `author` "" if Slack names nobody."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    conversation: str
    ts: str
    author: str = ""


class NoteAdded(Event):
    """An entry by hand: a call, a decision, what somebody said."""

    note: str
    person: str
    text: str
    quoted: Quoted | None = None


class FactRecorded(Event):
    """What is so, who says it, since when. `name` is a field of the playbook, or a name of its own."""

    fact: str
    person: str
    name: str
    value: str | Instant
    source: str
    as_of: AwareDatetime
    quoted: Quoted | None = None


class QuestionAsked(Event):
    """What the public asks and somebody has to answer."""

    question: str
    person: str
    text: str
    owner: str
    due: Instant | None = None
    quoted: Quoted | None = None


class QuestionAnswered(Event):
    """A question of the public has its answer, or why there is none."""

    question: str
    person: str
    answer: str


class StoodDown(Event):
    """The team rests until the time at which the last public text promises to go on."""

    person: str
    until: Instant


class HandoverOffered(Event):
    """Somebody is asked to run the incident from now on; until they accept nothing changes."""

    handover: str
    person: str
    to: str
    note: str = ""


class HandoverAccepted(Event):
    """The one who was asked runs the incident now."""

    handover: str
    person: str


class ReportAsked(Event):
    """Somebody wants the log as files."""

    plumbing: ClassVar[bool] = True
    report: str
    person: str


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


class Posted(Event):
    """A thing has its first message. `seen` is the entry up to which the message showed the state."""

    plumbing: ClassVar[bool] = True
    thing: str
    conversation: str
    ts: str
    seen: int


class EffectFailed(Event):
    """Something could not be done in Slack; `problem` says it in plain words, `advice` what to do."""

    task: str
    kind: str
    thing: str
    problem: str
    advice: str


EVENTS: dict[str, type[Event]] = {event.__name__: event for event in Event.__subclasses__()}
"""Every event by the name it is stored under."""
