"""Envelopes to the app, over its sockets or its request URL, acks back, and what happens when none comes."""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ecomms_bot.practice.workspace.answers import Answer
from ecomms_bot.practice.workspace.bell import Bell
from ecomms_bot.practice.workspace.faults import Faults
from ecomms_bot.practice.workspace.request_url import Post, RequestUrl, Undelivered
from ecomms_bot.practice.workspace.state import Json

OVER_HTTP = 0  # in place of a connection's number
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
    give_up: Callable[[Envelope, str], Answer]  # why ("timeout", "no connection", …): what the person sees
    user: str | None = None
    accepts_payload: bool = False
    sent: list[tuple[float, int]] = field(default_factory=list)  # (machine time, link), one per delivery
    acks: list[Ack] = field(default_factory=list)
    outcome: Answer | None = None
    deaf: bool = False  # a fault: acks of this delivery are lost
    attempt: int = 0  # of events: how often it was sent again
    failed: str = ""  # why the last delivery failed
    no_retry: bool = False  # the app asked not to send it again (HTTP only)

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
            message["retry_reason"] = self.failed if self.attempt else ""
        return message


@dataclass(slots=True)
class Link:
    """One WebSocket of the app. `send` and `close` may be called from any thread and do not block."""

    number: int
    send: Callable[[str], None]
    close: Callable[[bool], None]  # True: without a closing handshake
    leaving: bool = False  # it was asked to connect anew: nothing goes here while another is open


class Wire:
    """The open connections, and every envelope that was sent. All under the workspace's lock.

    With a `request_url` everything goes there and no socket gets anything, as while HTTP mode is on at Slack.
    """

    def __init__(self, changed: Bell, faults: Faults, ack_timeout: float) -> None:
        self.links: list[Link] = []
        self.envelopes: list[Envelope] = []
        self.tickets: set[str] = set()  # of addresses handed out and not yet used: each opens one connection
        self.ack_timeout = ack_timeout
        self.request_url: RequestUrl | None = None
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
        """Ask the app to connect anew (`warning`, `refresh_requested`), or to stop (`link_disabled`).

        A connection that was asked gets no more envelopes once a newer one is open. With `link_disabled`
        (Socket Mode was switched off) all are closed.
        """
        with self._changed:
            for link in list(self.links):
                link.send(json.dumps(disconnect(reason)))
                link.leaving = True
        if reason == "link_disabled":
            self.drop()

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
                self._give_up(envelope, "no connection")
            elif self._faults.for_envelope("delivered_twice", envelope.type, envelope.kind):
                self._send(envelope)
            done = self._changed.wait_for(lambda: envelope.outcome, self.ack_timeout)
            answer = done or self._give_up(envelope, "timeout")
            self._changed.ring()
            return answer

    def receive(self, link: Link, message: Any) -> None:
        """An ack from the app. Only the first one that comes in time changes what the person sees."""
        envelope_id = message.get("envelope_id") if isinstance(message, dict) else None
        with self._changed:
            envelope = next((one for one in reversed(self.envelopes) if one.id == envelope_id), None)
            if envelope is None:
                return
            self._acked(envelope, message.get("payload") if envelope.accepts_payload else None, link.number)

    def _acked(self, envelope: Envelope, payload: Any, link: int) -> None:
        envelope.acks.append(Ack(time.monotonic(), payload, link))
        if envelope.outcome is None and not envelope.deaf:
            envelope.outcome = envelope.settle(envelope, payload)
        self._changed.ring()

    def _give_up(self, envelope: Envelope, why: str) -> Answer:
        envelope.failed = why
        envelope.outcome = envelope.give_up(envelope, why)
        return envelope.outcome

    def _send(self, envelope: Envelope) -> bool:
        if self.request_url is not None:
            envelope.sent.append((time.monotonic(), OVER_HTTP))
            sent = (self.request_url, envelope, self.request_url.prepare(envelope))
            threading.Thread(target=self._post, args=sent, name="request", daemon=True).start()
            return True
        if not self.links:
            return False
        staying = [link for link in self.links if not link.leaving] or self.links
        link = staying[next(self._turn) % len(staying)]
        envelope.sent.append((time.monotonic(), link.number))
        link.send(json.dumps(envelope.wire()))
        return True

    def _post(self, url: RequestUrl, envelope: Envelope, post: Post) -> None:
        try:
            payload = url.deliver(envelope, post)
        except Undelivered as failure:
            with self._changed:
                envelope.no_retry = envelope.no_retry or failure.no_retry
                if envelope.outcome is None and not envelope.deaf:
                    self._give_up(envelope, failure.reason)
                self._changed.ring()
            return
        with self._changed:
            self._acked(envelope, payload, OVER_HTTP)


def disconnect(reason: str) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "practice"}}
