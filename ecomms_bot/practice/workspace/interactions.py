"""From a payload to an envelope: what the app's ack, or its absence, means to the person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecomms_bot.practice.workspace import messages, payloads, views
from ecomms_bot.practice.workspace.answers import (
    CLICK_TROUBLE,
    COMMAND_BAD_ANSWER,
    COMMAND_TIMEOUT,
    COMMAND_UNREACHABLE,
    MODAL_TROUBLE,
    Answer,
)
from ecomms_bot.practice.workspace.events import envelope_id
from ecomms_bot.practice.workspace.refusals import CallRefused
from ecomms_bot.practice.workspace.state import Conversation, Json, User, View
from ecomms_bot.practice.workspace.wire import Envelope

if TYPE_CHECKING:
    from ecomms_bot.practice.workspace.core import Workspace


def command(ws: Workspace, user: User, place: Conversation, payload: Json) -> Envelope:
    """The ack may carry an answer, shown to this person (or, `in_channel`, to all)."""

    def settle(envelope: Envelope, ack: Any) -> Answer:
        return answer_command(ws, user, place, envelope, ack)

    def give_up(envelope: Envelope, why: str) -> Answer:
        told = COMMAND_TIMEOUT if why == "timeout" else COMMAND_UNREACHABLE
        return Answer(ok=False, error=told.format(command=payload["command"]), envelope=envelope)

    return Envelope(envelope_id(), "slash_commands", payload, settle, give_up, user.id, accepts_payload=True)


def answer_command(ws: Workspace, user: User, place: Conversation, envelope: Envelope, ack: Any) -> Answer:
    answer = Answer(ok=True, envelope=envelope)
    if not ack or not isinstance(ack, dict) or not (ack.get("text") or ack.get("blocks")):
        return answer
    try:
        content = messages.check_content(
            ack.get("text"), ack.get("blocks"), attachments=ack.get("attachments")
        )
    except CallRefused as refusal:
        told = COMMAND_BAD_ANSWER.format(command=envelope.payload["command"], code=refusal.code)
        return Answer(ok=False, error=told, refusal=refusal, envelope=envelope)
    answer.in_channel = ack.get("response_type") == "in_channel"
    seen = messages.add(ws, place, content, ephemeral_to=None if answer.in_channel else user.id)
    answer.text, answer.blocks = seen.text, seen.blocks
    return answer


def click(user: User, payload: Json) -> Envelope:
    """Clicks, choices and shortcuts: an ack says that it was received, nothing more."""

    def settle(envelope: Envelope, _ack: Any) -> Answer:
        return Answer(ok=True, envelope=envelope)

    def give_up(envelope: Envelope, _why: str) -> Answer:
        return Answer(ok=False, error=CLICK_TROUBLE, envelope=envelope)

    return Envelope(envelope_id(), "interactive", payload, settle, give_up, user.id)


def submission(ws: Workspace, user: User, view: View) -> Envelope:
    def settle(envelope: Envelope, ack: Any) -> Answer:
        return views.settle(ws, view, envelope, ack)

    def give_up(envelope: Envelope, _why: str) -> Answer:
        return Answer(
            ok=False, error=MODAL_TROUBLE, envelope=envelope
        )  # the modal stays, with all that was typed

    payload = payloads.submission(ws, user, view)
    return Envelope(envelope_id(), "interactive", payload, settle, give_up, user.id, accepts_payload=True)


def closing(ws: Workspace, user: User, view: View, *, cleared: bool) -> Envelope:
    def settle(envelope: Envelope, _ack: Any) -> Answer:
        return Answer(ok=True, closed=True, envelope=envelope)

    def give_up(envelope: Envelope, _why: str) -> Answer:
        return Answer(ok=True, closed=True, envelope=envelope)  # the person notices nothing

    payload = payloads.closing(ws, user, view, cleared=cleared)
    return Envelope(envelope_id(), "interactive", payload, settle, give_up, user.id)


def by_hand(ws: Workspace, user: User, payload: Json) -> Envelope:
    """A payload of a test's own making; a submission of an open view acts on that view."""
    if "command" in payload:
        return command(ws, user, ws.conversation(payload["channel_id"]), payload)
    if payload.get("type") == "view_submission":
        made = submission(ws, user, ws.views[payload["view"]["id"]])
        made.payload = payload
        return made
    return click(user, payload)
