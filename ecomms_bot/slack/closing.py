"""Closing an incident: what its form sends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ecomms_bot.incident.commands import CloseIncident
from ecomms_bot.incident.state import Incident
from ecomms_bot.incident.wording import Sentence, say
from ecomms_bot.slack import forms, inputs, names
from ecomms_bot.slack.desk import Desk
from ecomms_bot.slack.listeners import Submission, done

Body = dict[str, Any]


def close_incident(desk: Desk, body: Body, view: dict[str, Any]) -> dict[str, Any] | None:
    held, entered = forms.metadata_of(view), inputs.raw_values(view)
    command = CloseIncident(
        entered["note"] or "",
        entered.get("withdraw_reason") or "",
        in_error=bool(entered.get("in_error")),
        left_reason=entered.get("left_reason") or "",
    )
    outcome = desk.do(body, held["i"], command, view["id"])
    if outcome.duplicate or outcome.state.conversation is None:
        return done("Closed", _closed_words(outcome.state), outcome.state)
    return None


def _closed_words(state: Incident) -> Sentence:
    """For whom no conversation shows it."""
    if state.closing is not None and state.closing.in_error:
        return say("{name} is closed: opened in error. The log keeps it.", name=state.name)
    return say("{name} is closed. The log keeps it.", name=state.name)


SUBMISSIONS: Mapping[str, Submission] = {names.CLOSE_FORM: close_incident}
