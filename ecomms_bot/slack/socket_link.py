"""Socket Mode: Slack's own client, with what people would notice of it put right (slack_sdk 3.47)."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.builtin.connection import Connection
from slack_sdk.socket_mode.request import SocketModeRequest

from ecomms_bot.slack.desk import ARRIVED
from ecomms_bot.store.deadline import Deadline

WORKERS = 20
"""Envelopes handled at the same time in this process."""
WATCH_S = 1.0
"""How often the socket is looked after. The client gives one up that broke without a word after four times
this without a sign of life; with the adapter's own 10 s nobody would be heard for 50."""
AGAIN_S = 0.02
HUSH_S = 0.5
"""How long a stop waits for the reader of the socket."""
WAITS_S = 3.0
"""So long Slack waits for an answer; what came in earlier is not waited for any more."""
CLOSINGS = 3
"""How often it is tried to close Slack's client; what is closed by then stays so."""
ARRIVED_MAX = 10_000
_ENVELOPE = re.compile(r'"envelope_id"\s*:\s*"([^"]+)"')


class Stamping(SocketModeHandler):
    """Notes when each envelope came in: what waits for a free worker has used up some of its time already."""

    def __init__(
        self,
        app: App,
        app_token: str,
        web_client: WebClient,
        listening: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        super().__init__(app, app_token, web_client=web_client, concurrency=WORKERS, ping_interval=WATCH_S)
        self._arrived: dict[str, float] = {}
        self._listening = listening
        _note_first(self.client, self.note)
        _leave_at_once(self.client)

    def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]
        with self._listening():  # bolt's own middleware is done before the listener begins
            req.payload[ARRIVED] = self._arrived.pop(req.envelope_id, time.monotonic())
            super().handle(client, req)

    def note(self, message: str) -> None:
        """An envelope came in."""
        if len(self._arrived) >= ARRIVED_MAX:  # there are messages of Slack that nobody handles
            self._arrived.clear()
        if found := _ENVELOPE.search(message):
            self._arrived[found[1]] = time.monotonic()

    @property
    def waiting(self) -> bool:
        """Whether an envelope came in that nobody handles yet, and that Slack still waits for."""
        return any(time.monotonic() - each < WAITS_S for each in list(self._arrived.values()))

    def hush(self, within: Deadline) -> None:
        """Read nothing more. Returns when what was read is in hand, or `within` is over.

        What is in hand can still be answered.
        """
        client, until = self.client, time.monotonic() + min(HUSH_S, within.remaining())
        client.auto_reconnect_enabled = False
        runner = client.current_session_runner
        runner.event.set()
        while runner.is_alive() and time.monotonic() < until:
            client.current_session_state.terminated = True
            if client.current_session is not None:
                _wake_reader(client.current_session)
            time.sleep(AGAIN_S)
        while self.waiting and within.remaining() > 0:
            time.sleep(AGAIN_S)


class SocketLink:
    """A `Link`. The handler is made at the first try: making it asks Slack for an address."""

    def __init__(
        self,
        app: App,
        app_token: str,
        api_url: str,
        listening: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._app, self._token, self._api_url, self._listening = app, app_token, api_url, listening
        self._handler: Stamping | None = None

    def connect(self) -> None:
        if self._handler is None:
            # Its own client: connecting must not wait behind a slow call of an effect.
            web = WebClient(base_url=self._api_url, timeout=10, retry_handlers=[])
            self._handler = Stamping(self._app, self._token, web, self._listening)
        self._handler.connect()  # type: ignore[no-untyped-call] # bolt's adapter has no types

    def hush(self, within: Deadline) -> None:
        if self._handler is not None:
            self._handler.hush(within)

    def close(self) -> None:
        if self._handler is not None:
            hang_up(self._handler.client)


def hang_up(client: SocketModeClient) -> None:
    """Close it, and wait for its threads and for what they have in hand.

    By itself it can wait for ever: its reader may take back the word that it is to end, if it begins to read
    in that moment. So it is told again and again.
    """
    closing = threading.Thread(target=_close, args=(client,), name="hanging-up", daemon=True)
    closing.start()
    while closing.is_alive():
        client.current_session_state.terminated = True
        closing.join(AGAIN_S)


def _close(client: SocketModeClient) -> None:
    for _ in range(CLOSINGS):  # it stumbles when the other side closes the socket in the same moment
        with suppress(AttributeError, OSError):
            client.close()
            return


def _note_first(client: SocketModeClient, note: Callable[[str], None]) -> None:
    """Tell of each message before somebody can handle it; the client's own listeners hear of it after."""
    enqueue = client.enqueue_message

    def noted(message: str) -> None:
        note(message)
        enqueue(message)

    vars(client)["enqueue_message"] = noted


def _leave_at_once(client: SocketModeClient) -> None:
    """Close each of its sockets without waiting for the reader, which may be inside a call for 3 s.

    By itself it waits, also when Slack asks for a new socket, as it does every hour or so. In those 3 s
    nobody is heard, and whoever commands something is told that it failed, though it is done a moment later.
    """
    connect = client.connect

    def connected() -> None:
        connect()
        session = client.current_session
        if session is not None:
            disconnect = session.disconnect

            def at_once() -> None:
                _wake_reader(session)
                disconnect()

            vars(session)["disconnect"] = at_once

    vars(client)["connect"] = connected


def _wake_reader(session: Connection) -> None:
    """The reader finds that nothing more comes; what is said by us still goes out."""
    if (sock := session.sock) is not None:
        with suppress(OSError):
            socket.socket.shutdown(sock, socket.SHUT_RD)  # not SSLSocket's own, which forgets its keys
