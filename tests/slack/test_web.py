"""HTTP mode: where it listens, when a request's time begins, and how it stops without dropping anybody."""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_bolt import Ack, App
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from ecomms_bot.errors import ConfigurationError
from ecomms_bot.practice.workspace.request_url import FORM, JSON, Post, RequestUrl, Undelivered, signed
from ecomms_bot.service.rest import Listening
from ecomms_bot.slack.desk import ARRIVED
from ecomms_bot.slack.web import Door, Listen, WebServer
from ecomms_bot.store.deadline import Deadline

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
HERE = Listen("127.0.0.1", 0)
PAUSES_S = (0.03, 0.3, 3.0, 10.0)
"""Between the beginning and the end of a request; a busy server may take up the beginning only after some."""

# Each is signed when it is asked for: what was signed more than five minutes ago is refused.


def event() -> Post:
    return signed(SECRET, JSON, b'{"type": "event_callback", "event": {"type": "app_home_opened"}}')


def click() -> Post:
    payload = {"type": "block_actions", "actions": [{"action_id": "press"}]}
    return signed(SECRET, FORM, urlencode({"payload": json.dumps(payload)}).encode())


def command() -> Post:
    return signed(SECRET, FORM, urlencode({"command": "/wait", "user_id": "U1", "team_id": "T1"}).encode())


class Slow:
    """An app with one command, `/wait`, that is answered when the test says so."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.reached, self.released = threading.Event(), threading.Event()
        self.listening = Listening()
        self.app = App(
            client=WebClient(base_url="http://127.0.0.1:1/api/"),
            token_verification_enabled=False,
            request_verification_enabled=False,
            authorize=lambda: AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-1"),
            process_before_response=True,
        )
        self.app.command("/wait")(self._wait)
        self.app.event("app_home_opened")(self._heard)
        self.app.action("press")(self._heard)

    def _wait(self, ack: Ack, body: dict[str, Any]) -> None:
        self.bodies.append(body)
        self.reached.set()
        self.released.wait(10)
        ack("done")

    def _heard(self, ack: Ack, body: dict[str, Any]) -> None:
        self.bodies.append(body)
        ack()


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def served(slow: Slow) -> Iterator[WebServer]:
    with serving(slow.app, slow.listening.one) as server:
        yield server
        slow.released.set()


@contextmanager
def serving(
    app: App, listening: Callable[[], AbstractContextManager[None]] = nullcontext
) -> Iterator[WebServer]:
    server = WebServer(Door(app, SECRET, listening), HERE)
    server.start()
    try:
        yield server
    finally:
        server.stop(Deadline.after(1))


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as made:
        yield made


def ask(server: WebServer, post: Callable[[], Post] = command) -> bytes:
    """The body of the answer. Raises Undelivered, as it was for Slack."""
    return RequestUrl(server.url, SECRET, timeout=10).send(post())[1]


# --- where ---


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("127.0.0.1:3000", "127.0.0.1:3000"),
        ("3000", "127.0.0.1:3000"),
        (":3000", "127.0.0.1:3000"),
        ("0.0.0.0:80", "0.0.0.0:80"),
        ("[::1]:3000", "[::1]:3000"),
        ("bot.example:0", "bot.example:0"),
    ],
)
def test_an_address_is_a_host_and_a_port_or_a_port_of_this_machine(text: str, shown: str) -> None:
    assert str(Listen.parse(text)) == shown


@pytest.mark.parametrize("text", ["", "here", "127.0.0.1", "127.0.0.1:", "::1:3000", "a:65536", "http://a:1"])
def test_what_is_no_address_is_named(text: str) -> None:
    with pytest.raises(ConfigurationError, match="Nothing was started") as caught:
        Listen.parse(text)
    assert f"“{text}”" in str(caught.value)


def test_a_taken_port_or_an_unknown_host_is_said_plainly(slow: Slow, served: WebServer) -> None:
    for listen in (served.listen, Listen("no-such-host.invalid", 0)):
        with pytest.raises(ConfigurationError, match="Requests cannot be taken at"):
            WebServer(Door(slow.app, SECRET, nullcontext), listen).start()


def test_the_log_says_where_and_warns_when_others_can_reach_it(
    slow: Slow, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "ecomms_bot.slack.web")
    with serving(slow.app) as server:
        assert caplog.messages == [f"Slack's requests are taken at {server.url}"]
    caplog.clear()
    # any address of this machine but loopback; nobody can reach this one from outside either
    everywhere = WebServer(Door(slow.app, SECRET, nullcontext), Listen("0.0.0.0", 0))  # noqa: S104
    everywhere.start()
    everywhere.stop(Deadline.after(1))
    assert "a proxy that ends TLS" in caplog.messages[1]


def test_what_slack_did_not_sign_is_told_once_a_minute(
    served: WebServer, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        with pytest.raises(Undelivered, match="401"):
            ask(served, lambda: signed("another", FORM, b"command=/wait&text=hunter2"))
    (told,) = caplog.messages
    assert "SLACK_SIGNING_SECRET and the clock of this machine" in told
    assert "hunter2" not in told


# --- when ---


@pytest.mark.parametrize("made", [event, click, command])
def test_the_time_of_a_request_begins_with_its_first_byte(
    slow: Slow, served: WebServer, made: Callable[[], Post]
) -> None:
    slow.released.set()
    assert any(arrived_before_its_end(slow, served, made(), pause) for pause in PAUSES_S)


def arrived_before_its_end(slow: Slow, server: WebServer, post: Post, pause: float) -> bool:
    """Whether a request whose end comes later than its beginning arrived with its beginning."""
    head = "".join(f"{name}: {value}\r\n" for name, value in post.headers.items())
    with socket.create_connection((server.listen.host, server.listen.port), timeout=60) as caller:
        began = time.monotonic()
        caller.sendall(f"POST /slack/events HTTP/1.1\r\nHost: x\r\n{head}".encode())
        time.sleep(pause)
        later = time.monotonic()
        caller.sendall(f"Content-Length: {len(post.body)}\r\n\r\n".encode() + post.body)
        assert caller.recv(1000).split()[1] == b"200"
    arrived: float = slow.bodies[-1][ARRIVED]
    assert began <= arrived
    return arrived < later


# --- the end ---


def test_a_stop_answers_who_waits_and_takes_nothing_new(
    slow: Slow, served: WebServer, pool: ThreadPoolExecutor
) -> None:
    # given one request being answered, and a connection that a proxy keeps open
    kept = HTTPConnection(served.listen.host, served.listen.port, timeout=10)
    kept.request("GET", "/health")
    assert kept.getresponse().read() == b"OK"
    waiting = pool.submit(ask, served)
    assert slow.reached.wait(10)
    assert slow.listening.count == 1
    # when it is stopped
    stopping = pool.submit(served.stop, Deadline.after(10))
    # then nobody can connect any more, and who is still connected is sent elsewhere
    until_refused(served)
    kept.request("GET", "/health")
    assert kept.getresponse().status == 503
    kept.close()
    assert not stopping.done()
    # but who waited gets the answer
    slow.released.set()
    assert waiting.result(10) == b"done"
    stopping.result(10)
    assert slow.listening.count == 0


def test_a_stop_does_not_wait_for_ever(
    slow: Slow, served: WebServer, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ecomms_bot.slack.web.END_S", 0.01)
    waiting: Future[bytes] = pool.submit(ask, served)
    assert slow.reached.wait(10)
    served.stop(Deadline.after(0.01))
    with pytest.raises(Undelivered, match="connection_failed"):
        waiting.result(10)
    slow.released.set()


def test_a_stop_before_the_start_and_a_second_one_do_nothing(slow: Slow) -> None:
    server = WebServer(Door(slow.app, SECRET, nullcontext), HERE)
    server.stop(Deadline.after(1))
    server.start()
    server.stop(Deadline.after(1))
    server.stop(Deadline.after(1))


def until_refused(server: WebServer) -> None:
    """The port is closed by the thread that serves, a moment after it was asked to."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            socket.create_connection((server.listen.host, server.listen.port)).close()
        except ConnectionRefusedError:
            return
        except ConnectionResetError:
            pass  # it was closed just then, with this connection in its queue
        time.sleep(0.005)
    raise AssertionError("the port is still open")
