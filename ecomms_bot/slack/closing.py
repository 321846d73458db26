"""Closing an incident, or a phase of it: what their forms send."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ecomms_bot.incident.commands import ChangePhase, CloseIncident
from ecomms_bot.incident.rules.course import still_required
from ecomms_bot.incident.state import Incident
from ecomms_bot.incident.wording import Rejected, Sentence, say
from ecomms_bot.slack import forms, inputs, names
from ecomms_bot.slack.desk import Desk
from ecomms_bot.slack.gate_forms import has_field, left_said, phase_blocks, reasons_given
from ecomms_bot.slack.listeners import Submission, done
from ecomms_bot.slack.text import mrkdwn

Body = dict[str, Any]


def close_incident(desk: Desk, body: Body, view: dict[str, Any]) -> dict[str, Any] | None:
    held, entered = forms.metadata_of(view), inputs.raw_values(view)
    state = desk.state(body, held["i"])
    command = CloseIncident(
        entered["note"] or "",
        entered.get("withdraw_reason") or "",
        in_error=bool(entered.get("in_error")),
        left_reason=entered.get("left_reason") or "",
        left=left_said(state, entered),
    )
    try:
        outcome = desk.do(body, held["i"], command, view["id"])
    except Rejected as rejected:
        if not has_field(rejected.field) or rejected.field in inputs.input_blocks(view):
            raise
        return _asks_about_more(state, view, desk.now(), rejected)
    if outcome.duplicate or outcome.state.conversation is None:
        return done("Closed", _closed_words(outcome.state), outcome.state)
    return None


def _asks_about_more(
    state: Incident, view: Mapping[str, Any], now: datetime, rejected: Rejected
) -> dict[str, Any]:
    """Something opened while the form did: the same form with a line for it, and every word still there."""
    fresh = forms.close_form(state, now)
    drawn = {**fresh, "blocks": inputs.filled_in(view, fresh["blocks"])}
    shown = forms.with_problem(drawn, mrkdwn(rejected.sentence), above=rejected.field)
    return {"response_action": "update", "view": shown}


def change_phase(desk: Desk, body: Body, view: dict[str, Any]) -> dict[str, Any] | None:
    """On to the next phase, with a word for each required step that is not done."""
    held, entered = forms.metadata_of(view), inputs.raw_values(view)
    command = ChangePhase(held["p"], entered["note"] or "", reasons_given(entered))
    outcome = desk.do(body, held["i"], command, view["id"])
    if outcome.duplicate or outcome.state.conversation is None:
        words = say(
            "*{name}* is in the phase *{phase}* now.", name=outcome.state.name, phase=outcome.state.phase
        )
        return done("Phase", words, outcome.state)
    return None


def phase_form(state: Incident, phase: str, note: str = "") -> forms.View:
    """Asks why each required step that is not done is left behind."""
    return forms.modal(
        names.PHASE_FORM,
        "Next phase",
        phase_blocks(state, phase, still_required(state, phase), note),
        submit="Change phase",
        metadata={"i": state.id, "p": phase},
        exercise=state.exercise,
    )


def _closed_words(state: Incident) -> Sentence:
    """For whom no conversation shows it."""
    if state.closing is not None and state.closing.in_error:
        return say("{name} is closed: opened in error. The log keeps it.", name=state.name)
    return say("{name} is closed. The log keeps it.", name=state.name)


SUBMISSIONS: Mapping[str, Submission] = {names.CLOSE_FORM: close_incident, names.PHASE_FORM: change_phase}
