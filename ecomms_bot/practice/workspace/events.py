"""The Events API: sent, and sent again until the app has acked it or asks to be spared."""

from __future__ import annotations

import secrets
import threading
import time
from typing import TYPE_CHECKING, Any

from ecomms_bot.practice.workspace.answers import Answer
from ecomms_bot.practice.workspace.state import Conversation, Json, StoredMessage
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
    """`subscribed` are the event types that the app's manifest asked for."""

    def __init__(self, workspace: Workspace) -> None:
        self.subscribed = {"app_home_opened"}
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
        """A person's message, told to an app that is there and subscribed to messages of such places."""
        name, kind = MESSAGE_EVENTS[conversation.kind]
        if name not in self.subscribed or self._workspace.bot.id not in conversation.members:
            return
        event: Json = {
            "type": "message",
            "user": message.user,
            "text": message.text,
            "ts": message.ts,
            "event_ts": message.ts,
            "channel": conversation.id,
            "channel_type": kind,
            "team": self._workspace.team_id,
        }
        if message.thread_ts is not None:
            event["thread_ts"] = message.thread_ts
        self._start(event)

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
