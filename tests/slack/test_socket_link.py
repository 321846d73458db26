"""Socket Mode: when an envelope's time begins, a new socket, and a stop."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest
from slack_bolt import App, BoltRequest, BoltResponse
from slack_sdk import WebClient
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from ecomms_bot.practice.workspace import Workspace, WorkspaceServer
from ecomms_bot.practice.workspace import server as serving
from ecomms_bot.service.rest import Listening
from ecomms_bot.slack.desk import ARRIVED
from ecomms_bot.slack.socket_link import SocketLink, Stamping, hang_up
from ecomms_bot.store.deadline import Deadline

WAITED_S = 1.5
WAIT_S = 20.0


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
    handler.note(json.dumps({"envelope_id": "e-1", "type": "slash_commands"}))
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


# --- a new socket, and a stop -----------------------------------------------------------------------------


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> Iterator[WorkspaceServer]:
    """A Slack that sends nothing by itself for a long time, so that nothing wakes who reads."""
    monkeypatch.setattr(serving, "PING_SECONDS", 60.0)
    with WorkspaceServer(Workspace()) as running:
        running.workspace.add_user("mara")
        running.workspace.add_conversation("ops", ["mara"])
        yield running


class Slow:
    """An app whose only command waits until it may go on."""

    def __init__(self, server: WorkspaceServer) -> None:
        self.listening, self.begun, self.released = Listening(), threading.Event(), threading.Event()
        client = WebClient(server.workspace.bot_token, base_url=server.url)
        self.app = App(client=client, token_verification_enabled=False, process_before_response=True)
        self.app.command("/ecomms")(self._heard)
        self.link = SocketLink(self.app, server.workspace.app_token, server.url, self.listening.one)
        self.link.connect()
        server.workspace.wait_connected()

    def _heard(self, ack: Any) -> None:
        self.begun.set()
        self.released.wait(WAIT_S)
        ack("done")


def test_when_slack_asks_for_a_new_socket_people_are_heard_as_before(quiet: WorkspaceServer) -> None:
    # Given a bot that is connected
    bot, ws = Slow(quiet), quiet.workspace
    bot.released.set()
    ws.wire.ack_timeout = 2.0
    # when Slack asks for a new socket, and somebody commands something in that moment
    ws.refresh_connections()
    ws.wait_for(lambda: len(ws.connections) == 1, WAIT_S, "the new socket in place of the old one")
    answer = ws.person("mara").command("ops", "/ecomms", "help")
    # then they are answered, not told after 2 s that it failed while it is done a second later.
    assert (answer.ok, answer.text) == (True, "done")
    bot.link.close()


def test_what_was_begun_before_a_stop_is_answered_and_nothing_is_begun_after(quiet: WorkspaceServer) -> None:
    # Given a bot with a command in hand
    bot, ws = Slow(quiet), quiet.workspace
    ws.wire.ack_timeout = WAIT_S
    answers: list[Any] = []

    def command() -> None:
        answers.append(ws.person("mara").command("ops", "/ecomms", "help"))

    first = threading.Thread(target=command)
    first.start()
    assert bot.begun.wait(WAIT_S)
    bot.begun.clear()
    # when it takes nothing new any more, and another comes in
    bot.link.hush(Deadline.after(1))
    ws.wire.ack_timeout = 0.5
    late = ws.person("mara").command("ops", "/ecomms", "help")
    # then the late one was not begun, and its author is told so; the first one is answered.
    assert late.error == '/ecomms failed with the error "operation_timeout"'
    assert not bot.begun.is_set()
    bot.released.set()
    first.join(WAIT_S)
    assert [each.text for each in answers] == ["done"]
    bot.link.close()


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
