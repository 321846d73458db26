"""What a person or the clock asks for, in the imperative. Times are resolved and texts rendered before."""

from __future__ import annotations

from ecomms_bot.incident.commands.approving import (
    Approve,
    AskForChanges,
    Decline,
    GiveSecondReview,
    Override,
    TakeBackApproval,
)
from ecomms_bot.incident.commands.base import Command, Context
from ecomms_bot.incident.commands.course import (
    AcceptHandover,
    ChangePhase,
    ChangeSeverity,
    CloseIncident,
    OfferHandover,
    OpenIncident,
    SkipStep,
    StandDown,
    StartStep,
)
from ecomms_bot.incident.commands.discussing import AddDiscussion, ChangeDiscussion, DeleteDiscussion
from ecomms_bot.incident.commands.noting import (
    AddNote,
    AnswerQuestion,
    AskQuestion,
    AskReport,
    DecideFact,
    RecordFact,
    VerifyFact,
)
from ecomms_bot.incident.commands.partnering import RecordAcknowledgement, WaivePartner
from ecomms_bot.incident.commands.plumbing import RecordFailure, RecordGone, RecordPosted
from ecomms_bot.incident.commands.releasing import CorrectReceipt, EndRelease, MarkPublished
from ecomms_bot.incident.commands.reminding import FireReminder, ReturnAfterAway, SetReminder, Snooze
from ecomms_bot.incident.commands.writing import SaveDraft, ShowTexts, SubmitDraft, WithdrawDraft

__all__ = [
    "AcceptHandover",
    "AddDiscussion",
    "AddNote",
    "AnswerQuestion",
    "Approve",
    "AskForChanges",
    "AskQuestion",
    "AskReport",
    "ChangeDiscussion",
    "ChangePhase",
    "ChangeSeverity",
    "CloseIncident",
    "Command",
    "Context",
    "CorrectReceipt",
    "DecideFact",
    "Decline",
    "DeleteDiscussion",
    "EndRelease",
    "FireReminder",
    "GiveSecondReview",
    "MarkPublished",
    "OfferHandover",
    "OpenIncident",
    "Override",
    "RecordAcknowledgement",
    "RecordFact",
    "RecordFailure",
    "RecordGone",
    "RecordPosted",
    "ReturnAfterAway",
    "SaveDraft",
    "SetReminder",
    "ShowTexts",
    "SkipStep",
    "Snooze",
    "StandDown",
    "StartStep",
    "SubmitDraft",
    "TakeBackApproval",
    "VerifyFact",
    "WaivePartner",
    "WithdrawDraft",
]
