"""What people write in threads, and messages that somebody deletes, as Slack tells of them.

Slack tells of every message in every conversation that the bot is in: most are put aside without a look into
the database, and what is left needs an open incident in its conversation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt import App

from ecomms_bot.incident.commands import (
    AddDiscussion,
    ChangeDiscussion,
    Command,
    DeleteDiscussion,
    RecordGone,
)
from ecomms_bot.incident.policy import Person
from ecomms_bot.incident.state import Incident
from ecomms_bot.service.handler import BOT, Request
from ecomms_bot.slack.desk import Desk, deadline_of
from ecomms_bot.slack.names import TOMBSTONE
from ecomms_bot.slack.quoting import words_of

Event = Mapping[str, Any]

WRITTEN = {"", "file_share", "me_message", "thread_broadcast"}
"""Subtypes of messages that somebody wrote; all others tell of joining, new topics and the like."""
CHANGED, DELETED = "message_changed", "message_deleted"


@dataclass(frozen=True, slots=True)
class Heard:
    """What an event may mean for the incident of its conversation. `command` None: message `ts` is gone."""

    conversation: str
    ts: str
    person: Person
    command: Command | None = None


def register(app: App, desk: Desk) -> None:
    """Keep what belongs to an incident. Everything else is acknowledged and forgotten."""

    @app.event("message")
    def listen(event: Event, body: Mapping[str, Any]) -> None:
        found = heard(event) if desk.office.discussion else None
        if found is None:
            return
        row = desk.records.in_conversation(found.conversation, deadline_of(body))
        if row is None or row.closed_at is not None:
            return
        command = found.command or _gone(desk.state(body, row.id), found.ts)
        request = Request(row.id, command, str(body["event_id"]), found.person)
        desk.handler.handle(request, deadline_of(body))


def heard(event: Event) -> Heard | None:
    """What is worth a look into the database: replies in threads, and what was deleted."""
    conversation, kind = str(event.get("channel") or ""), str(event.get("subtype") or "")
    if kind == DELETED:
        return _deleted(conversation, str(event.get("deleted_ts") or ""), event.get("previous_message"))
    message = event.get("message") if kind == CHANGED else event
    if not isinstance(message, Mapping):
        return None
    ts = str(message.get("ts") or "")
    if kind == CHANGED and message.get("subtype") == TOMBSTONE:
        return _deleted(conversation, ts, event.get("previous_message"))
    if kind not in {CHANGED, *WRITTEN} or not _is_reply(message) or _by_app(message):
        return None
    words = words_of(message) or "(nothing that can be read as words)"
    thread = str(message["thread_ts"])
    command = ChangeDiscussion(ts, words) if kind == CHANGED else AddDiscussion(thread, ts, words)
    return Heard(conversation, ts, Person(str(message["user"])), command)


def _deleted(conversation: str, ts: str, before: Any) -> Heard | None:
    """A message of the bot, or a reply; Slack does not say who deleted it, and not always what it was."""
    known = isinstance(before, Mapping)
    if known and not _by_app(before) and not _is_reply(before):
        return None
    return Heard(conversation, ts, BOT) if ts else None


def _is_reply(message: Event) -> bool:
    """The first message of a thread names itself as its thread."""
    thread = message.get("thread_ts")
    return bool(thread) and thread != message.get("ts")


def _by_app(message: Event) -> bool:
    return bool(message.get("bot_id")) or message.get("subtype") == "bot_message" or not message.get("user")


def _gone(state: Incident, ts: str) -> Command:
    """Something that the bot showed, or what somebody said."""
    thing = next((thing for thing, ref in state.posted.items() if ref.ts == ts), None)
    return DeleteDiscussion(ts) if thing is None else RecordGone(thing, ts)
