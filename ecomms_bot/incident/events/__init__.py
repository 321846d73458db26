"""What can happen in an incident, in the past tense: the entries of its log.

An event holds finished texts and resolved instants; nothing is rendered or converted when it is read again.
Changes are additive only: a new field has a default, an old name stays.
"""

from __future__ import annotations

from ecomms_bot.incident.events.approving import (
    ApprovalGiven,
    ApprovalOverridden,
    ApprovalTakenBack,
    ChangesAsked,
    DraftApproved,
    DraftDeclined,
    SecondReviewGiven,
)
from ecomms_bot.incident.events.base import Event, FieldValue, Kind, Phase, Texts
from ecomms_bot.incident.events.course import (
    HandoverAccepted,
    HandoverOffered,
    IncidentClosed,
    IncidentOpened,
    Left,
    PhaseChanged,
    SeverityChanged,
    StepSkipped,
    StepStarted,
    StoodDown,
)
from ecomms_bot.incident.events.discussing import DiscussionAdded, DiscussionChanged, DiscussionDeleted
from ecomms_bot.incident.events.drilling import DrillEnded, InjectGiven
from ecomms_bot.incident.events.noting import (
    FactDecided,
    FactRecorded,
    FactVerified,
    NoteAdded,
    QuestionAnswered,
    QuestionAsked,
    Quoted,
    ReportAsked,
)
from ecomms_bot.incident.events.partnering import PartnerAcknowledged, PartnerWaived
from ecomms_bot.incident.events.plumbing import EffectFailed, Posted, PostGone
from ecomms_bot.incident.events.releasing import (
    MarkedPublished,
    PromiseAnswered,
    PromiseMade,
    PromiseReopened,
    PromiseWithdrawn,
    Receipt,
    ReceiptCorrected,
    ReleaseEnded,
)
from ecomms_bot.incident.events.reminding import CameDue, ReminderFired, ReminderSet, ReminderSnoozed, WasAway
from ecomms_bot.incident.events.writing import (
    About,
    DraftSaved,
    DraftWithdrawn,
    PreviewAsked,
    RevisionSubmitted,
    UsedFact,
)

__all__ = [
    "EVENTS",
    "About",
    "ApprovalGiven",
    "ApprovalOverridden",
    "ApprovalTakenBack",
    "CameDue",
    "ChangesAsked",
    "DiscussionAdded",
    "DiscussionChanged",
    "DiscussionDeleted",
    "DraftApproved",
    "DraftDeclined",
    "DraftSaved",
    "DraftWithdrawn",
    "DrillEnded",
    "EffectFailed",
    "Event",
    "FactDecided",
    "FactRecorded",
    "FactVerified",
    "FieldValue",
    "HandoverAccepted",
    "HandoverOffered",
    "IncidentClosed",
    "IncidentOpened",
    "InjectGiven",
    "Kind",
    "Left",
    "MarkedPublished",
    "NoteAdded",
    "PartnerAcknowledged",
    "PartnerWaived",
    "Phase",
    "PhaseChanged",
    "PostGone",
    "Posted",
    "PreviewAsked",
    "PromiseAnswered",
    "PromiseMade",
    "PromiseReopened",
    "PromiseWithdrawn",
    "QuestionAnswered",
    "QuestionAsked",
    "Quoted",
    "Receipt",
    "ReceiptCorrected",
    "ReleaseEnded",
    "ReminderFired",
    "ReminderSet",
    "ReminderSnoozed",
    "ReportAsked",
    "RevisionSubmitted",
    "SecondReviewGiven",
    "SeverityChanged",
    "StepSkipped",
    "StepStarted",
    "StoodDown",
    "Texts",
    "UsedFact",
    "WasAway",
]

EVENTS: dict[str, type[Event]] = {event.__name__: event for event in Event.__subclasses__()}
"""Every event by the name it is stored under."""
