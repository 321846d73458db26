"""Opening an incident: what the form sends, and what is asked before anything is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ecomms_bot.incident.commands import OpenIncident
from ecomms_bot.incident.effects import ANSWER
from ecomms_bot.incident.ids import make_id
from ecomms_bot.incident.state import Incident
from ecomms_bot.incident.wording import Sentence, say
from ecomms_bot.service.records import unless_taken
from ecomms_bot.slack import forms, inputs, names
from ecomms_bot.slack.desk import Desk, user_id
from ecomms_bot.slack.listeners import Click, Submission, done, errors

Body = dict[str, Any]


def open_incident(desk: Desk, body: Body, view: dict[str, Any]) -> dict[str, Any] | None:
    """Opens it; a second submission of the same form names what the first one opened."""
    entered, held = inputs.raw_values(view), forms.metadata_of(view)
    loaded = desk.library.playbooks[entered["playbook"]]
    if not _is_zone(entered["zone"]):
        return errors(zone="Write the time zone of the place like America/Vancouver.")
    incident = make_id("i", view["id"])
    here = entered["conversation"] == "here"
    if entered["mode"] not in {"live", "exercise"}:
        return errors(mode="Choose live or exercise; it cannot be changed later.")
    exercise = entered["mode"] == "exercise"
    command = OpenIncident(
        name=entered["name"] or "",
        area=entered["area"] or "",
        zone=entered["zone"].strip(),
        phase=entered["phase"],
        severity=entered["severity"],
        exercise=exercise,
        playbook=loaded.raw,
        playbook_sha256=loaded.sha256,
        conversation=held["conversation"] if here else None,
    )
    attach = {ANSWER: {"url": held.get("url", ""), "user": user_id(body)}}
    free = unless_taken(held["conversation"], exercise=exercise) if here else None
    outcome = desk.do(body, incident, command, view["id"], attach=attach, within=free)
    if outcome.duplicate:
        return done("Done", _opened_words(outcome.state), outcome.state)
    return None


def _opened_words(state: Incident) -> Sentence:
    return say(
        "{name} is open already: {mode}, {severity}. Nothing was opened twice, "
        "and what was changed in this form since was not kept.",
        name=state.name,
        mode="an exercise" if state.exercise else "live",
        severity=state.severity,
    )


CLICKS: Mapping[str, tuple[Click, int]] = {}
SUBMISSIONS: Mapping[str, Submission] = {names.OPEN_FORM: open_incident}


def _is_zone(name: str | None) -> bool:
    try:
        return bool(name) and ZoneInfo((name or "").strip()) is not None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
