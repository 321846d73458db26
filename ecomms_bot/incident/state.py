"""The state of one incident, computed from its log and from nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ecomms_bot.incident.events import Event, Phase
from ecomms_bot.incident.factsheet import counting
from ecomms_bot.incident.parts import (
    Away,
    Closing,
    DrillEnd,
    Fact,
    FactDecision,
    Failure,
    Fired,
    Given,
    Handover,
    PersonalReminder,
    Promise,
    Question,
    Reaction,
    ReportRequest,
    Rest,
    Said,
    Snooze,
    StepRun,
    Turn,
    Verification,
)
from ecomms_bot.incident.texts import (
    ENDED,
    Approval,
    Correction,
    Draft,
    DraftStatus,
    Mark,
    Override,
    PartnerWord,
    Return,
    Revision,
    SecondReview,
    Stood,
    ThreadPreview,
    Word,
    Working,
    first_public,
)
from ecomms_bot.playbook.drills import Drill
from ecomms_bot.playbook.model import Playbook, Step

__all__ = [
    "ENDED",
    "Approval",
    "Away",
    "Closing",
    "Correction",
    "Draft",
    "DraftStatus",
    "DrillEnd",
    "Fact",
    "FactDecision",
    "Failure",
    "Fired",
    "Given",
    "Handover",
    "Incident",
    "Mark",
    "Override",
    "PartnerWord",
    "PersonalReminder",
    "Promise",
    "Question",
    "Reaction",
    "Recorded",
    "Ref",
    "ReportRequest",
    "Rest",
    "Return",
    "Revision",
    "Said",
    "SecondReview",
    "Snooze",
    "StepRun",
    "Stood",
    "ThreadPreview",
    "Turn",
    "Verification",
    "Word",
    "Working",
    "first_public",
]


@dataclass(frozen=True, slots=True)
class Ref:
    """Where a thing stands in Slack. `ts` is empty for a conversation.

    `unsure`: it may stand there twice. `found`: an earlier attempt put it there, with what was so then.
    """

    conversation: str
    ts: str = ""
    unsure: bool = False
    found: bool = False


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event with its place in the log. `event` is None once its content was lawfully redacted."""

    seq: int
    at: datetime
    actor: str
    command_id: str
    type: str
    hash: str
    event: Event | None


@dataclass(frozen=True)
class Incident:
    """One incident. `seq` 0 is one that does not exist yet.

    `rested_until`: when the last rest ended (UTC). `course_seq`: the last entry that changed the pace of its
    steps (phase, severity, a rest or its end).
    `gone`: thing → where it stood until somebody deleted it there, each time. `discussion`: what was said in
    the threads of texts under review and of injects, by the message in Slack. `drill`: the one that people
    take part in, `injects` what came of it, in that order.
    """

    id: str
    seq: int = 0
    hash: str = ""
    changed_seq: int = 0
    name: str = ""
    area: str = ""
    zone: str = "UTC"
    phase: Phase = "during"
    severity: str = ""
    exercise: bool = False
    opener: str = ""
    holder: str = ""
    roles_configured: bool = True
    opened_at: datetime | None = None
    asked_conversation: str | None = None
    conversation_name: str = ""
    playbook_sha256: str = ""
    playbook: Playbook | None = None
    drill: Drill | None = None
    injects: Mapping[str, Given] = field(default_factory=dict)
    drill_ended: DrillEnd | None = None
    posted: Mapping[str, Ref] = field(default_factory=dict)
    gone: Mapping[str, tuple[Ref, ...]] = field(default_factory=dict)
    discussion: Mapping[str, Said] = field(default_factory=dict)
    steps: Mapping[str, StepRun] = field(default_factory=dict)
    drafts: Mapping[str, Draft] = field(default_factory=dict)
    promises: Mapping[str, Promise] = field(default_factory=dict)
    reminders: Mapping[str, PersonalReminder] = field(default_factory=dict)
    fired: Mapping[str, Fired] = field(default_factory=dict)
    snoozes: Mapping[str, Snooze] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()
    facts: Mapping[str, tuple[Fact, ...]] = field(default_factory=dict)
    decided: Mapping[str, FactDecision] = field(default_factory=dict)
    questions: Mapping[str, Question] = field(default_factory=dict)
    handovers: Mapping[str, Handover] = field(default_factory=dict)
    rest: Rest | None = None
    rested_until: datetime | None = None
    course_seq: int = 0
    turns: tuple[Turn, ...] = ()
    away: tuple[Away, ...] = ()
    reports: Mapping[str, ReportRequest] = field(default_factory=dict)
    previews: Mapping[int, ThreadPreview] = field(default_factory=dict)
    closing: Closing | None = None

    def at_entry(self, seq: int, head: str, changed_seq: int) -> Incident:
        """The same as of this entry. All of a replay comes here, and `replace` takes ten times as long."""
        moved = object.__new__(Incident)
        moved.__dict__.update(self.__dict__, seq=seq, hash=head, changed_seq=changed_seq)
        return moved

    def resting(self, now: datetime) -> bool:
        """Whether the team was stood down until later than `now` (UTC)."""
        return self.rest is not None and now < self.rest.until.utc

    @property
    def exists(self) -> bool:
        return self.seq > 0

    @property
    def open(self) -> bool:
        return self.exists and self.closing is None

    @property
    def book(self) -> Playbook:
        """The playbook it was opened with; only asked of an incident that exists."""
        if self.playbook is None:
            msg = f"incident {self.id} was never opened"
            raise LookupError(msg)
        return self.playbook

    @property
    def conversation(self) -> str | None:
        """The id of its conversation, once there is one."""
        ref = self.posted.get("conversation")
        return ref.conversation if ref else None

    def step(self, step_id: str) -> Step:
        return self.book.step(step_id)

    @property
    def live_promises(self) -> tuple[Promise, ...]:
        """Those still owed, the most urgent first."""
        live = [promise for promise in self.promises.values() if promise.status == "live"]
        return tuple(sorted(live, key=lambda promise: promise.due.utc))

    @property
    def open_questions(self) -> tuple[Question, ...]:
        """What the public still waits for, the most urgent first; those without a time last."""
        waiting = [question for question in self.questions.values() if question.open]
        return tuple(
            sorted(waiting, key=lambda each: (each.due is None, each.due.utc if each.due else each.asked_at))
        )

    @property
    def handover(self) -> Handover | None:
        """The newest offer, if it is not accepted yet."""
        newest = next(reversed(list(self.handovers.values())), None)
        return newest if newest is not None and newest.accepted_at is None else None

    def fact(self, name: str) -> Fact | None:
        """What counts under this name now; of several that disagree, what was recorded last."""
        return counting(self.facts.get(name, ()), self.decided.get(name))

    def draft_of(self, step_id: str) -> Draft | None:
        """The draft of this step that is under way, if any."""
        run = self.steps.get(step_id)
        under_way = [self.drafts[draft] for draft in run.drafts if self.drafts[draft].open] if run else []
        return under_way[-1] if under_way else None
