"""The line to Slack: when an envelope's time begins, who waits for an answer, which events came before."""

from __future__ import annotations

import json
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any, cast

import pytest
from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from ecomms_bot.practice.workspace import WorkspaceServer
from ecomms_bot.service.handler import BUDGET_S
from ecomms_bot.service.rest import Listening
from ecomms_bot.slack import connection
from ecomms_bot.slack.app import build_app
from ecomms_bot.slack.connection import EVENT_AGAIN_S, NotConnected, Repeats, Stamping, hang_up
from ecomms_bot.slack.desk import ARRIVED, Desk, deadline_of

WAITED_S = 1.5


class Overheard:
    """In place of the bolt app: keeps what it was handed."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.logger = logging.getLogger("overheard")
        self.client = WebClient(base_url="http://127.0.0.1:1/api/")
        self.listening = Listening()
        self.counted: list[int] = []

    def dispatch(self, request: BoltRequest) -> BoltResponse:
        self.bodies.append(request.body)
        self.counted.append(self.listening.count)
        return BoltResponse(status=404)


def test_an_envelope_is_stamped_when_it_comes_in(monkeypatch: pytest.MonkeyPatch) -> None:
    # Given an envelope that came in and then waited for a free worker
    heard = Overheard()
    handler = Stamping(cast("App", heard), "xapp-1-x", heard.client)
    for note in handler.client.on_message_listeners:
        note(json.dumps({"envelope_id": "e-1", "type": "slash_commands"}))
    came_in = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: came_in + WAITED_S)
    # when it is handled, it carries the time it came in;
    handler.handle(handler.client, SocketModeRequest("slash_commands", "e-1", {"command": "/ecomms"}))
    assert heard.bodies[0][ARRIVED] <= came_in
    # one that was never noted counts from now.
    handler.handle(handler.client, SocketModeRequest("slash_commands", "e-2", {"command": "/ecomms"}))
    assert heard.bodies[1][ARRIVED] == came_in + WAITED_S


def test_a_stop_waits_for_an_envelope_until_it_is_acked() -> None:
    heard = Overheard()
    handler = Stamping(cast("App", heard), "xapp-1-x", heard.client, heard.listening.one)
    handler.handle(handler.client, SocketModeRequest("slash_commands", "e-1", {"command": "/ecomms"}))
    assert heard.counted == [1]
    assert heard.listening.count == 0


def test_an_event_is_new_once_in_ten_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    repeats = Repeats()
    assert [repeats.first(each) for each in ("Ev1", "Ev2", "Ev1")] == [True, True, False]
    # Slack's last try comes six minutes after the first
    now += 6 * 60
    assert not repeats.first("Ev1")
    now += EVENT_AGAIN_S
    assert repeats.first("Ev1")


def test_an_event_that_could_not_be_dealt_with_is_new_again() -> None:
    # given somebody opens their Home while the bot does not know yet who it is
    known, drawn = threading.Event(), list[str]()

    def identity() -> AuthorizeResult:
        if not known.is_set():
            raise NotConnected
        return AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-1", bot_user_id="U0")

    home = SimpleNamespace(opened=drawn.append, acted=str)
    desk = cast("Desk", SimpleNamespace(meet=str, home=home))
    app = build_app(desk, WebClient(base_url="http://127.0.0.1:1/api/"), identity, Repeats())

    def deliver(kind: str = "app_home_opened", event_id: str = "Ev1") -> int:
        event = {"type": kind, "user": "U1", "tab": "home"}
        body = {"type": "event_callback", "team_id": "T1", "event_id": event_id, "event": event}
        return app.dispatch(BoltRequest(body=body, mode="socket_mode")).status

    # then Slack is asked to send it again: once it can be dealt with, it is, and once
    assert (deliver(), drawn) == (503, [])
    known.set()
    assert (deliver(), deliver(), drawn) == (200, 200, ["U1"])
    # what nobody listens to is not sent again
    assert deliver("reaction_added", "Ev2") == 200
    # and if a listener fails, the event comes again too
    home.opened = lambda _user: 1 / 0
    assert deliver(event_id="Ev3") == 503
    home.opened = drawn.append
    assert (deliver(event_id="Ev3"), drawn) == (200, ["U1", "U1"])


def test_of_too_many_events_the_oldest_are_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "EVENTS_MAX", 3)
    repeats = Repeats()
    for event in ("Ev1", "Ev2", "Ev3", "Ev4"):
        assert repeats.first(event)
    assert [repeats.first(each) for each in ("Ev4", "Ev3", "Ev2")] == [False, False, False]
    assert repeats.first("Ev1")


def test_of_the_same_event_at_once_one_is_the_first() -> None:
    repeats, together = Repeats(), threading.Barrier(8, timeout=60)

    def ask(_: int) -> bool:
        together.wait()
        return repeats.first("Ev1")

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(ask, range(8))) == [False] * 7 + [True]


def test_what_waited_has_only_the_rest_of_its_time() -> None:
    # Given an app, and a body that came in some time ago
    desk = cast("Desk", SimpleNamespace(meet=str, home=None))
    client = WebClient(base_url="http://127.0.0.1:1/api/")
    app = build_app(desk, client, lambda: pytest.fail("no identity is needed"), Repeats())
    [measure] = [each for each in app._middleware_list if "measure" in each.name]  # noqa: SLF001
    body: dict[str, Any] = {"user_id": "U1", ARRIVED: time.monotonic() - WAITED_S}
    request = BoltRequest(body=body, mode="socket_mode")
    # when it is measured, what is left is the budget less the wait.
    measure.process(req=request, resp=BoltResponse(status=200), next=lambda: BoltResponse(status=200))
    deadline = deadline_of(request.body)
    assert deadline is not None
    assert deadline.remaining() <= BUDGET_S - WAITED_S
    assert ARRIVED not in request.body


# --- hanging up -------------------------------------------------------------------------------------------


class LooksAway(logging.Filter):
    """Holds the reader up between the word that it begins to read and its beginning."""

    def __init__(self, client: SocketModeClient) -> None:
        super().__init__()
        self._client = client
        self.begins = threading.Event()

    def filter(self, record: logging.LogRecord) -> bool:
        if record.getMessage().startswith("Starting to receive"):
            self.begins.set()
            while not self._client.current_session_state.terminated:
                time.sleep(0.001)
        return True


def test_a_stop_in_the_moment_in_which_the_socket_is_read_first_is_a_stop(
    workspace_server: WorkspaceServer,
) -> None:
    # Given a bot that has just connected, and is about to read
    web = WebClient(base_url=workspace_server.url)
    client = Stamping(cast("App", Overheard()), workspace_server.workspace.app_token, web).client
    client.logger = logging.getLogger("reader")
    client.logger.setLevel(logging.INFO)
    reader = LooksAway(client)
    client.logger.addFilter(reader)
    client.connect()
    assert reader.begins.wait(5)
    # when it is stopped in that moment
    stopping = threading.Thread(target=hang_up, args=(client,), daemon=True)
    stopping.start()
    stopping.join(10)
    # then it ends, with its socket closed.
    assert not stopping.is_alive()
    assert not client.is_connected()


def test_a_client_that_stumbles_while_it_is_closed_is_closed_again() -> None:
    class Stumbling:
        def __init__(self) -> None:
            self.current_session_state = SimpleNamespace(terminated=False)
            self.tries = 0

        def close(self) -> None:
            self.tries += 1
            if self.tries == 1:
                raise AttributeError

    client = Stumbling()
    hang_up(cast("SocketModeClient", client))
    assert client.tries == 2
