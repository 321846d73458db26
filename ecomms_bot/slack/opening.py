"""Opening an incident: what its form sends, and what is asked before anything is written."""

from __future__ import annotations

import base64
import binascii
import copy
import json
import logging
from collections.abc import Collection, Mapping
from http.client import HTTPException
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from slack_sdk.errors import SlackApiError

from ecomms_bot.incident.commands import OpenIncident
from ecomms_bot.incident.effects import ANSWER
from ecomms_bot.incident.entry import IncidentRow
from ecomms_bot.incident.ids import make_id
from ecomms_bot.incident.policy import Act, require
from ecomms_bot.incident.state import Incident
from ecomms_bot.incident.wording import Sentence, When, Who, say
from ecomms_bot.playbook.drills import Drill, TakePart
from ecomms_bot.playbook.model import Playbook
from ecomms_bot.service.handler import Within
from ecomms_bot.service.records import AlreadyOpen, all_of, unless_similar, unless_taken
from ecomms_bot.slack import forms, inputs, names
from ecomms_bot.slack.blocks import button, buttons, section
from ecomms_bot.slack.cards.view import joined
from ecomms_bot.slack.desk import ANSWER_ROOM_S, DIRECT, Desk, deadline_of, user_id
from ecomms_bot.slack.drilling_forms import drill_form
from ecomms_bot.slack.listeners import Click, OtherVersion, Submission, done, errors
from ecomms_bot.slack.message import Message
from ecomms_bot.slack.text import conversation_link, mrkdwn, spoken

Body = dict[str, Any]

LOOK_S = 1.0
"""How long a submission waits for Slack to say whether the bot may be in the conversation."""
PACKED_MAX = 2_000
"""Slack: the value of a button."""

logger = logging.getLogger(__name__)


# --- the form ---


def start(desk: Desk, body: Body, chosen: Playbook) -> Message | None:
    """Open the form, unless a young incident of this hazard is there already: then ask which one is meant."""
    young = similar(desk, body, chosen)
    if young is None:
        _open_form(desk, body, chosen)
    return young


def start_any(desk: Desk, body: Body) -> None:
    """Open the form in which the playbook is still to be chosen; there must be one."""
    _open_form(desk, body, _books(desk)[0], named=False)


def start_drill(desk: Desk, body: Body, drill: Drill) -> None:
    """Open the form that begins a drill."""
    book = _book(desk, drill.take_part.playbook if drill.take_part else "")
    _open_form(desk, body, book, drill=drill.id)


def similar(desk: Desk, body: Body, chosen: Playbook) -> Message | None:
    """The question whether an incident opened in the last 15 minutes is the one that is meant.

    Whether the new one is to be an exercise is not known yet, so only real incidents are asked about; the
    form asks again when it is sent.
    """
    row = desk.records.similar(chosen.hazard, desk.now(), deadline_of(body))
    if row is None:
        return None
    question = say("Use that one, or open another?")
    what = _opened_already(row, desk.office.time_zone)
    row_of_buttons = buttons(
        button("Use that one", names.MORE, names.pack(row.id, "status", ""), "primary"),
        button("Open another", names.OPEN_ANOTHER, names.pack(chosen.id, row.id)),
    )
    text = f"{spoken(what)} {spoken(question)}"
    return Message(text, (section(f"{mrkdwn(what)} {mrkdwn(question)}"), *row_of_buttons))


def _opened_already(row: IncidentRow, zone: str) -> Sentence:
    where = ", in {where}." if row.conversation else "."
    return say(
        "*{name}* was opened at {when} by {who}" + where,
        name=row.name,
        when=When(row.opened_at, zone),
        who=Who(row.opener),
        where=conversation_link(row.conversation or ""),
    )


def open_another(desk: Desk, body: Body, value: tuple[str, ...]) -> None:
    """The form for one more: who pressed this has seen the other one and does not mean it."""
    playbook, seen = value
    _open_form(desk, body, _book(desk, playbook), known=[seen])


def open_again(desk: Desk, body: Body, value: tuple[str, ...]) -> None:
    """The form once more, with all that was typed into it."""
    typed = unpacked(value[0])
    drill = str(typed.get("drill", ""))
    _open_form(desk, body, _book(desk, str(typed.get("playbook", ""))), typed=typed, drill=drill)


def _open_form(
    desk: Desk,
    body: Body,
    chosen: Playbook,
    *,
    named: bool = True,
    typed: Mapping[str, Any] | None = None,
    known: Collection[str] = (),
    drill: str = "",
) -> None:
    require(desk.person(body), Act.OPEN, Incident(""))
    conversation = body.get("channel_id") or (body.get("channel") or {}).get("id", "")
    held = {"url": body.get("response_url", ""), "conversation": conversation, "known": list(known)}
    if drill:
        held["drill"] = drill
    desk.open_view(body, _form(desk, chosen, held, named=named, typed=typed))


def _form(
    desk: Desk,
    chosen: Playbook,
    held: Mapping[str, Any],
    *,
    named: bool = True,
    typed: Mapping[str, Any] | None = None,
    similar: Sentence | None = None,
) -> forms.View:
    """The form for an incident; where `held` names a drill, the form that begins it."""
    zone = desk.office.time_zone
    if not held.get("drill"):
        return forms.open_incident(
            _books(desk), chosen, zone=zone, held=held, named=named, typed=typed, similar=similar
        )
    drill, part = _drill(desk, held["drill"])
    return drill_form(drill, part, chosen, zone=zone, held=held, typed=typed, similar=similar)


def _drill(desk: Desk, name: str) -> tuple[Drill, TakePart]:
    drill = desk.drills().get(name)
    if drill is None or drill.take_part is None:
        raise OtherVersion
    return drill, drill.take_part


def _books(desk: Desk) -> list[Playbook]:
    return [loaded.playbook for loaded in desk.library.playbooks.values()]


def _book(desk: Desk, playbook: str) -> Playbook:
    loaded = desk.library.playbooks.get(playbook)
    if loaded is None:
        raise OtherVersion
    return loaded.playbook


# --- what it sends ---


def open_incident(desk: Desk, body: Body, view: dict[str, Any]) -> dict[str, Any] | None:
    """Opens it; a second submission of the same form names what the first one opened."""
    held = forms.metadata_of(view)
    entered = {**_fixed(desk, held), **inputs.raw_values(view)}
    if not _is_zone(entered["zone"]):
        return errors(zone="Write the time zone of the place like America/Vancouver.")
    if entered["mode"] not in {"live", "exercise"}:
        return errors(mode="Choose live or exercise; it cannot be changed later.")
    here = entered["conversation"] == "here"
    if here and (refused := _refused_here(desk, body, entered, held)):
        return errors(conversation=refused)
    command = _command(desk, entered, held["conversation"] if here else None)
    attach = {ANSWER: {"url": held.get("url", ""), "user": user_id(body)}}
    incident = make_id("i", view["id"])
    within = _within(desk, incident, entered, held, command)
    try:
        outcome = desk.do(body, incident, command, view["id"], attach=attach, within=within)
    except AlreadyOpen as there:
        return _asks_about(desk, view, entered, held, there.row)
    if outcome.duplicate:
        return done("Done", _opened_words(outcome.state), outcome.state)
    return None


def _fixed(desk: Desk, held: Mapping[str, Any]) -> dict[str, Any]:
    """What a drill leaves nobody to choose."""
    if not held.get("drill"):
        return {}
    drill, part = _drill(desk, held["drill"])
    return {"drill": drill.id, "mode": "exercise", "playbook": part.playbook}


def _command(desk: Desk, entered: Mapping[str, Any], conversation: str | None) -> OpenIncident:
    loaded = desk.library.playbooks[entered["playbook"]]
    drill = _drill(desk, entered["drill"])[0] if entered.get("drill") else None
    return OpenIncident(
        name=entered["name"] or "",
        area=entered["area"] or "",
        zone=entered["zone"].strip(),
        phase=entered["phase"],
        severity=entered["severity"],
        exercise=entered["mode"] == "exercise",
        playbook=loaded.raw,
        playbook_sha256=loaded.sha256,
        conversation=conversation,
        drill=drill.model_dump(mode="json") if drill else None,
    )


def _within(
    desk: Desk, incident: str, entered: Mapping[str, Any], held: Mapping[str, Any], command: OpenIncident
) -> Within:
    """What must hold in the very transaction that opens it, since two people may press Open at once."""
    checks: list[Within] = []
    if command.conversation is not None:
        checks.append(unless_taken(incident, command.conversation, exercise=command.exercise))
    if not entered.get("another"):
        hazard = desk.library.playbooks[entered["playbook"]].playbook.hazard
        known = held.get("known") or ()
        checks.append(
            unless_similar(incident, hazard, exercise=command.exercise, now=desk.now(), known=known)
        )
    return all_of(checks)


def _asks_about(
    desk: Desk, view: Mapping[str, Any], entered: Mapping[str, Any], held: Mapping[str, Any], row: IncidentRow
) -> dict[str, Any]:
    """The same form, with the one that is there already on top, and a box for who means another."""
    what = _opened_already(row, desk.office.time_zone)
    how = say(
        "Nothing was opened yet. To use that one, close this form and go there. To open another, tick the "
        "box and press *Open*."
    )
    fresh = _form(desk, _book(desk, entered["playbook"]), held, similar=joined(what, how))
    return {"response_action": "update", "view": {**fresh, "blocks": inputs.filled_in(view, fresh["blocks"])}}


def _opened_words(state: Incident) -> Sentence:
    return say(
        "{name} is open already: {mode}, {severity}. Nothing was opened twice, "
        "and what was changed in this form since was not kept.",
        name=state.name,
        mode="an exercise" if state.exercise else "live",
        severity=state.severity,
    )


# --- this conversation ---


def _refused_here(desk: Desk, body: Body, entered: Mapping[str, Any], held: Mapping[str, Any]) -> str | None:
    """Why the incident cannot live in this conversation, as far as Slack says it in time; else None."""
    conversation = held["conversation"]
    if conversation.startswith(DIRECT):
        return "An incident cannot live in direct messages. Choose a new conversation."
    match _look(desk, body, conversation):
        case "is_archived":
            return "This conversation is archived. Choose a new conversation."
        case "channel_not_found":
            again = _offer_again(desk, entered, held)
            return _how_to_invite(desk) + again
        case _:
            return None


def _how_to_invite(desk: Desk) -> str:
    name = desk.bot_name()
    who = f"@{name}" if name else "and the bot's name"
    return (
        "I am not in this conversation and cannot join a private one. Choose a new conversation; or close "
        f"this, type /invite {who}, "
    )


def _offer_again(desk: Desk, entered: Mapping[str, Any], held: Mapping[str, Any]) -> str:
    """A button under the command that brings the form back with all that was typed; says what to do then."""
    url, value = held.get("url", ""), packed(entered)
    if not url or len(value) > PACKED_MAX:
        return f"and type {names.COMMAND} start again."
    words = say(
        "I am not in this conversation yet. Type */invite {bot}*, then press *Open again*: the form comes "
        "back with what you typed. Nothing was opened so far.",
        bot=f"@{desk.bot_name()}" if desk.bot_name() else "and the bot's name",
    )
    row = buttons(button("Open again", names.OPEN_AGAIN, value, "primary"))
    exercise = entered["mode"] == "exercise"
    message = desk.personal(Message(spoken(words), (section(mrkdwn(words)), *row)), exercise=exercise)
    desk.answers.say(url, message, exercise=exercise)
    return "and press Open again in the message under your command."


def _look(desk: Desk, body: Body, conversation: str) -> str:
    """Slack's word against the bot in this conversation; "" if it may, or if Slack does not say in time."""
    client = copy.copy(desk.views)
    deadline = deadline_of(body)
    left = LOOK_S if deadline is None else min(LOOK_S, deadline.remaining() - ANSWER_ROOM_S)
    if left <= 0:
        return ""
    client.timeout = left  # type: ignore[assignment] # any number of seconds
    try:
        found = client.conversations_info(channel=conversation)
    except SlackApiError as error:
        return str(error.response.get("error", ""))
    except (OSError, HTTPException, ValueError) as error:
        logger.info("Slack did not say in time whether the bot may be there: %s", type(error).__name__)
        return ""
    channel: Mapping[str, Any] = found.get("channel") or {}
    return "is_archived" if channel.get("is_archived") else ""


def packed(entered: Mapping[str, Any]) -> str:
    """What was typed, as the value of a button."""
    kept = {name: value for name, value in entered.items() if isinstance(value, str)}
    return base64.urlsafe_b64encode(json.dumps(kept, ensure_ascii=False).encode()).decode()


def unpacked(value: str) -> dict[str, Any]:
    """The reverse of `packed`. Raises OtherVersion."""
    try:
        typed = json.loads(base64.urlsafe_b64decode(value.encode()))
    except (binascii.Error, ValueError):
        raise OtherVersion from None
    if not isinstance(typed, dict):
        raise OtherVersion
    return typed


def _is_zone(name: str | None) -> bool:
    try:
        return bool(name) and ZoneInfo((name or "").strip()) is not None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


CLICKS: Mapping[str, tuple[Click, int]] = {
    names.OPEN_ANOTHER: (open_another, 2),
    names.OPEN_AGAIN: (open_again, 1),
}
SUBMISSIONS: Mapping[str, Submission] = {names.OPEN_FORM: open_incident}
