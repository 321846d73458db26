"""The Events API: sent, and sent again until the app has acked it or asks to be spared."""

from __future__ import annotations

import secrets
import threading
import time
from typing import TYPE_CHECKING, Any

from ecomms_bot.practice.workspace import messages
from ecomms_bot.practice.workspace.answers import Answer
from ecomms_bot.practice.workspace.scopes import HISTORY
from ecomms_bot.practice.workspace.state import Conversation, Json, StoredMessage
from ecomms_bot.practice.workspace.web import granted
from ecomms_bot.practice.workspace.wire import Envelope

if TYPE_CHECKING:
    from ecomms_bot.practice.workspace.core import Workspace

MESSAGE_EVENTS = {
    "channel": ("message.channels", "channel"),
    "private": ("message.groups", "group"),
    "im": ("message.im", "im"),
    "mpim": ("message.mpim", "mpim"),
}
RETRY_AFTER = (0.0, 60.0, 300.0)  # Slack: at once, after a minute, after five minutes


class Events:
    """`subscribed` are the event types that the app's manifest asked for.

    `echoes`: the app also hears of its own new and changed messages, as at Slack; every app ignores those.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.subscribed = {"app_home_opened"}
        self.echoes = False
        self.retry_after: tuple[float, ...] = RETRY_AFTER
        self._workspace = workspace
        self._threads: list[threading.Thread] = []

    def send(self, event: Json) -> Envelope | None:
        """Begin to deliver an event; None if the app did not subscribe to its type."""
        return self._start(event) if event["type"] in self.subscribed else None

    def _start(self, event: Json) -> Envelope:
        with self._workspace.lock:
            envelope = self._envelope(event)
            self._workspace.wire.envelopes.append(envelope)
        thread = threading.Thread(target=self._deliver, args=(envelope,), name="event", daemon=True)
        self._threads = [*(one for one in self._threads if one.is_alive()), thread]
        thread.start()
        return envelope

    def message(self, conversation: Conversation, message: StoredMessage) -> None:
        """A new message, told to an app that is there and subscribed to messages of such places."""
        if not self._tells(conversation, message.by_app):
            return
        event = messages.as_slack(self._workspace, message, metadata=False)
        root = conversation.message(message.thread_ts) if message.thread_ts else None
        if root is not None:
            event["parent_user_id"] = root.user
        if message.broadcast and root is not None:
            shown = messages.as_slack(self._workspace, root, metadata=False)
            event["root"] = messages.mark_thread(conversation, root, shown)
        elif message.files:
            event |= {"subtype": "file_share", "upload": True}
        self.tell(conversation, event | {"event_ts": message.ts})

    def changed(self, conversation: Conversation, before: Json, message: StoredMessage) -> None:
        """A message says something else than `before`."""
        if self._tells(conversation, message.by_app):
            after = messages.as_slack(self._workspace, message, metadata=False)
            self._tell_of_change(conversation, "message_changed", {"message": after}, before)

    def deleted(self, conversation: Conversation, before: Json, message: StoredMessage) -> None:
        """A message is gone, whoever wrote it. In the place of one with replies Slack puts a notice."""
        if not self._tells(conversation, by_app=False):
            return
        if message.tombstone:
            left = messages.as_slack(self._workspace, message, metadata=False)
            left = messages.mark_thread(conversation, message, left)
            self._tell_of_change(conversation, "message_changed", {"message": left}, before)
        else:
            self._tell_of_change(conversation, "message_deleted", {"deleted_ts": message.ts}, before)

    def tell(self, conversation: Conversation, event: Json) -> Envelope:
        """Begin to deliver an event about messages of a conversation."""
        _, kind = MESSAGE_EVENTS[conversation.kind]
        return self._start({**event, "channel": conversation.id, "channel_type": kind})

    def _tell_of_change(self, conversation: Conversation, subtype: str, what: Json, before: Json) -> None:
        ts = self._workspace.new_ts()
        event = {"type": "message", "subtype": subtype, "hidden": True, "ts": ts, "event_ts": ts}
        self.tell(conversation, {**event, **what, "previous_message": before})

    def _tells(self, conversation: Conversation, by_app: bool) -> bool:  # noqa: FBT001  (as the message says)
        ws = self._workspace
        name, _ = MESSAGE_EVENTS[conversation.kind]
        may = granted(ws).intersection(HISTORY[conversation.kind])
        there = ws.bot.id in conversation.members
        return name in self.subscribed and bool(may) and there and (self.echoes or not by_app)

    def _envelope(self, event: Json) -> Envelope:
        ws = self._workspace
        payload = {
            "token": "practice",
            "team_id": ws.team_id,
            "api_app_id": ws.app_id,
            "event": {"event_ts": ws.new_ts(), **event},
            "type": "event_callback",
            "event_id": "Ev" + secrets.token_hex(5).upper(),
            "event_time": int(ws.now()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": ws.team_id,
                    "user_id": ws.bot.id,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
        }
        return Envelope(envelope_id(), "events_api", payload, _settle, _give_up)

    def _deliver(self, envelope: Envelope) -> None:
        wire = self._workspace.wire
        for wait in (None, *self.retry_after):
            if wait is not None:
                envelope.attempt += 1
                time.sleep(wait)
            if wire.deliver(envelope).ok or envelope.no_retry:
                return


def _settle(envelope: Envelope, _payload: Any) -> Answer:
    return Answer(ok=True, envelope=envelope)


def _give_up(envelope: Envelope, why: str) -> Answer:
    return Answer(ok=False, error=why, envelope=envelope)


def envelope_id() -> str:
    raw = secrets.token_hex(16)
    return "-".join((raw[:8], raw[8:12], raw[12:16], raw[16:20], raw[20:]))
