"""From a state and a command to events, or Rejected: the one entrance to the rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.effects import EDIT
from ecomms_bot.incident.events import EffectFailed, Event, Posted
from ecomms_bot.incident.rules import (
    approvals,
    course,
    discussing,
    drafts,
    facts,
    gone,
    leaders,
    notes,
    opening,
    overriding,
    partnering,
    putting_right,
    receipts,
    releases,
    reminding,
    returned,
    steps,
)
from ecomms_bot.incident.state import Incident

Rule = Callable[[Incident, Any, c.Context], tuple[Event, ...]]


def decide(state: Incident, command: c.Command, ctx: c.Context) -> tuple[Event, ...]:
    """The events that carry the command out; `()` when there is nothing to do. Raises Rejected."""
    return RULES[type(command)](state, command, ctx)


def _record_posted(state: Incident, command: c.RecordPosted, ctx: c.Context) -> tuple[Event, ...]:
    if command.thing in state.posted:
        return ()
    posted = Posted(thing=command.thing, conversation=command.conversation, ts=command.ts, seen=command.seen)
    return posted, *leaders.handed_out(state, command, ctx)


def _record_failure(state: Incident, command: c.RecordFailure, _ctx: c.Context) -> tuple[Event, ...]:
    # An edit of the same thing fails again with every change: said once, and listed by doctor each time.
    told = {(each.kind, each.thing) for each in state.failures}
    if command.kind == EDIT and (EDIT, command.thing) in told:
        return ()
    return (
        EffectFailed(
            task=command.task,
            kind=command.kind,
            thing=command.thing,
            problem=command.problem,
            advice=command.advice,
        ),
    )


RULES: Mapping[type[c.Command], Rule] = {
    c.OpenIncident: opening.open_incident,
    c.StartStep: opening.start_step,
    c.SaveDraft: drafts.save_draft,
    c.SubmitDraft: drafts.submit_draft,
    c.Approve: approvals.approve,
    c.TakeBackApproval: approvals.take_back,
    c.Override: overriding.override,
    c.GiveSecondReview: overriding.give_second_review,
    c.AskForChanges: approvals.ask_for_changes,
    c.Decline: approvals.decline,
    c.RecordAcknowledgement: partnering.record_acknowledgement,
    c.WaivePartner: partnering.waive_partner,
    c.MarkPublished: releases.mark_published,
    c.SetReminder: reminding.set_reminder,
    c.Snooze: reminding.snooze,
    c.FireReminder: reminding.fire_reminder,
    c.ReturnAfterAway: returned.return_after_away,
    c.CloseIncident: opening.close_incident,
    c.ChangePhase: course.change_phase,
    c.ChangeSeverity: course.change_severity,
    c.StandDown: course.stand_down,
    c.OfferHandover: course.offer_handover,
    c.AcceptHandover: course.accept_handover,
    c.SkipStep: steps.skip_step,
    c.WithdrawDraft: drafts.withdraw_draft,
    c.ShowTexts: drafts.show_texts,
    c.CorrectReceipt: receipts.correct_receipt,
    c.EndRelease: putting_right.end_release,
    c.AddNote: notes.add_note,
    c.RecordFact: facts.record_fact,
    c.VerifyFact: facts.verify_fact,
    c.DecideFact: facts.decide_fact,
    c.AskQuestion: notes.ask_question,
    c.AnswerQuestion: notes.answer_question,
    c.AskReport: notes.ask_report,
    c.RecordPosted: _record_posted,
    c.RecordFailure: _record_failure,
    c.RecordGone: gone.record_gone,
    c.AddDiscussion: discussing.add_discussion,
    c.ChangeDiscussion: discussing.change_discussion,
    c.DeleteDiscussion: discussing.delete_discussion,
}
