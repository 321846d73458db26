"""Socket Mode: envelopes to the app's connections, acks back, and what happens when none comes."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ecomms_bot.practice.workspace.answers import Answer
from ecomms_bot.practice.workspace.bell import Bell
from ecomms_bot.practice.workspace.faults import Faults
from ecomms_bot.practice.workspace.state import Json

MAX_CONNECTIONS = 10  # Slack: "up to 10 open WebSocket connections"


@dataclass(frozen=True, slots=True)
class Ack:
    at: float  # machine time, seconds
    payload: Any
    link: int


@dataclass(slots=True)
class Envelope:
    """A command, click, submission or event on its way to the app, with what became of it."""

    id: str
    type: str  # slash_commands, interactive, events_api
    payload: Json
    settle: Callable[[Envelope, Any], Answer]  # what an ack does to the person's screen; called once per wait
    give_up: Callable[[Envelope, str], Answer]  # "timeout" or "no connection": what the person sees
    user: str | None = None
    accepts_payload: bool = False
    sent: list[tuple[float, int]] = field(default_factory=list)  # (machine time, link), one per delivery
    acks: list[Ack] = field(default_factory=list)
    outcome: Answer | None = None
    deaf: bool = False  # a fault: acks of this delivery are lost
    attempt: int = 0  # of events: how often it was sent again

    @property
    def kind(self) -> str:
        """The envelope's type, or for interactive ones the payload's (`block_actions`, `view_submission`)."""
        return str(self.payload.get("type", self.type)) if self.type == "interactive" else self.type

    @property
    def acked(self) -> bool:
        return bool(self.acks)

    @property
    def ack(self) -> Any:
        """The payload of the first ack, None if there was none."""
        return self.acks[0].payload if self.acks else None

    @property
    def latency(self) -> float | None:
        """Seconds of machine time from the first sending to the first ack."""
        return self.acks[0].at - self.sent[0][0] if self.acks and self.sent else None

    def wire(self) -> Json:
        message: Json = {
            "envelope_id": self.id,
            "type": self.type,
            "payload": self.payload,
            "accepts_response_payload": self.accepts_payload,
        }
        if self.type == "events_api":
            message["retry_attempt"] = self.attempt
            message["retry_reason"] = "timeout" if self.attempt else ""
        return message


@dataclass(slots=True)
class Link:
    """One WebSocket of the app. `send` and `close` may be called from any thread and do not block."""

    number: int
    send: Callable[[str], None]
    close: Callable[[bool], None]  # True: without a closing handshake


class Wire:
    """The open connections, and every envelope that was sent. All under the workspace's lock."""

    def __init__(self, changed: Bell, faults: Faults, ack_timeout: float) -> None:
        self.links: list[Link] = []
        self.envelopes: list[Envelope] = []
        self.tickets: set[str] = set()  # of addresses handed out and not yet used: each opens one connection
        self.ack_timeout = ack_timeout
        self._changed = changed
        self._faults = faults
        self._numbers = itertools.count(1)
        self._turn = itertools.count()

    # --- connections -------------------------------------------------------------------------------------

    def attach(self, send: Callable[[str], None], close: Callable[[bool], None], app_id: str) -> Link:
        """A new connection; it is greeted before anything else is sent over it."""
        with self._changed:
            link = Link(next(self._numbers), send, close)
            if len(self.links) >= MAX_CONNECTIONS:
                link.send(json.dumps(disconnect("too_many_websockets")))
                link.close(False)  # noqa: FBT003  (with a closing handshake)
                return link
            hello = {
                "type": "hello",
                "num_connections": len(self.links) + 1,
                "debug_info": {"host": "practice", "build_number": 1, "approximate_connection_time": 3600},
                "connection_info": {"app_id": app_id},
            }
            link.send(json.dumps(hello))
            self.links.append(link)
            self._changed.ring()
            return link

    def detach(self, link: Link) -> None:
        with self._changed:
            if link in self.links:
                self.links.remove(link)
            self._changed.ring()

    def announce_disconnect(self, reason: str) -> None:
        """Ask the app to connect anew (`warning`, `refresh_requested`), or to stop (`link_disabled`)."""
        with self._changed:
            for link in list(self.links):
                link.send(json.dumps(disconnect(reason)))

    def drop(self, *, abrupt: bool = False) -> None:
        """Close every connection from this side, as a failing network or a restart of Slack would."""
        with self._changed:
            links, self.links = self.links, []
            for link in links:
                link.close(abrupt)
            self._changed.ring()

    # --- envelopes ---------------------------------------------------------------------------------------

    def deliver(self, envelope: Envelope) -> Answer:
        """Send it to one connection and wait for the ack or the end of patience; never sends it twice."""
        with self._changed:
            if envelope not in self.envelopes:
                self.envelopes.append(envelope)
            envelope.outcome = None
            envelope.deaf = self._faults.for_envelope("ack_dropped", envelope.type, envelope.kind)
            if not self._send(envelope):
                envelope.outcome = envelope.give_up(envelope, "no connection")
            elif self._faults.for_envelope("delivered_twice", envelope.type, envelope.kind):
                self._send(envelope)
            done = self._changed.wait_for(lambda: envelope.outcome is not None, self.ack_timeout)
            if not done:
                envelope.outcome = envelope.give_up(envelope, "timeout")
            self._changed.ring()
            assert envelope.outcome is not None
            return envelope.outcome

    def receive(self, link: Link, message: Any) -> None:
        """An ack from the app. Only the first one that comes in time changes what the person sees."""
        envelope_id = message.get("envelope_id") if isinstance(message, dict) else None
        with self._changed:
            envelope = next((one for one in reversed(self.envelopes) if one.id == envelope_id), None)
            if envelope is None:
                return
            payload = message.get("payload") if envelope.accepts_payload else None
            envelope.acks.append(Ack(time.monotonic(), payload, link.number))
            if envelope.outcome is None and not envelope.deaf:
                envelope.outcome = envelope.settle(envelope, payload)
            self._changed.ring()

    def _send(self, envelope: Envelope) -> bool:
        if not self.links:
            return False
        link = self.links[next(self._turn) % len(self.links)]
        envelope.sent.append((time.monotonic(), link.number))
        link.send(json.dumps(envelope.wire()))
        return True


def disconnect(reason: str) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "practice"}}
