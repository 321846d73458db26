"""Closing an incident: what its form sends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ecomms_bot.incident.commands import CloseIncident
from ecomms_bot.incident.wording import say
from ecomms_bot.slack import forms, inputs, names
from ecomms_bot.slack.desk import Desk
from ecomms_bot.slack.listeners import Submission, done

Body = dict[str, Any]


def close_incident(desk: Desk, body: Body, view: dict[str, Any]) -> dict[str, Any] | None:
    held, entered = forms.metadata_of(view), inputs.raw_values(view)
    command = CloseIncident(entered["note"] or "", entered.get("withdraw_reason") or "")
    outcome = desk.do(body, held["i"], command, view["id"])
    if outcome.duplicate:
        return done("Done", say("{name} is closed.", name=outcome.state.name), outcome.state)
    return None


SUBMISSIONS: Mapping[str, Submission] = {names.CLOSE_FORM: close_incident}
