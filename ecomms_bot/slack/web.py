"""HTTP mode: Slack's requests, verified before anything of them is read, answered by a pool of threads."""

from __future__ import annotations

import io
import logging
import re
import socket
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import waitress
from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_bolt.adapter.wsgi.http_request import WsgiHttpRequest
from slack_sdk.signature import SignatureVerifier
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.task import WSGITask

from ecomms_bot.errors import ConfigurationError
from ecomms_bot.slack.desk import ARRIVED
from ecomms_bot.slack.socket_link import WORKERS
from ecomms_bot.store.deadline import Deadline

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

EVENTS_PATH = "/slack/events"
HEALTH_PATH = "/health"
BODY_MAX = 2_000_000
"""Bytes. The largest that Slack sends is a form of at most 250 KB, three times that when it is encoded."""
CONNECTIONS_MAX = 500
SILENCE_S = 60
"""A connection on which nothing was said for so long is closed."""
LOOK_EVERY_S = 0.01
END_S = 1.0
TOLD_EVERY_S = 60.0
PORT_MAX = 65_535

_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_ADDRESS = re.compile(r"(?:(\[[^\[\]]+\]|[^:\[\]]*):)?([0-9]{1,5})", re.ASCII)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Listen:
    """Where requests are taken; port 0 takes a free one."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """`HOST:PORT`, or a port of this machine alone. Raises ConfigurationError."""
        found = _ADDRESS.fullmatch(text)
        if found is None or int(found[2]) > PORT_MAX:
            raise ConfigurationError(
                f"--http takes an address such as 127.0.0.1:3000, and “{text}” is none. Nothing was started."
            )
        return cls((found[1] or "127.0.0.1").strip("[]"), int(found[2]))

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Door:
    """The WSGI application: lets in what Slack has signed, and answers a load balancer."""

    def __init__(
        self, app: App, signing_secret: str, listening: Callable[[], AbstractContextManager[None]]
    ) -> None:
        self._inside = _Inside(app, EVENTS_PATH)
        self._verifier = SignatureVerifier(signing_secret)
        self._listening = listening
        self._closed_at = float("inf")
        self._told = float("-inf")

    def close(self) -> None:
        """What comes in from now on is sent away; what came in before is answered."""
        self._closed_at = time.monotonic()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path, method = environ.get("PATH_INFO", ""), environ.get("REQUEST_METHOD", "")
        environ.setdefault(ARRIVED, time.monotonic())
        if environ[ARRIVED] > self._closed_at:
            return _plain(start_response, "503 Service Unavailable", method)
        if path == HEALTH_PATH and method in {"GET", "HEAD"}:
            return _plain(start_response, "200 OK", method)
        if path != EVENTS_PATH or method != "POST":
            return _plain(start_response, "404 Not Found", method)
        body: bytes = environ["wsgi.input"].read()
        if not self._signed(environ, body):
            return _plain(start_response, "401 Unauthorized", method)
        environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))
        with self._listening():
            return self._inside(environ, start_response)

    def _signed(self, environ: WSGIEnvironment, body: bytes) -> bool:
        """By Slack, with our secret, in the last five minutes of the machine's clock."""
        timestamp = environ.get("HTTP_X_SLACK_REQUEST_TIMESTAMP", "")
        signature = environ.get("HTTP_X_SLACK_SIGNATURE", "")
        try:
            if (
                signature.isascii()
                and _TIMESTAMP.fullmatch(timestamp)
                and self._verifier.is_valid(body, timestamp, signature)
            ):
                return True
        except UnicodeDecodeError:  # Slack sends UTF-8
            pass
        if time.monotonic() - self._told >= TOLD_EVERY_S:
            self._told = time.monotonic()
            logger.warning(
                "A request was refused, as Slack has not signed it. If it came from Slack, check "
                "SLACK_SIGNING_SECRET and the clock of this machine"
            )
        return False


class _Inside(SlackRequestHandler):
    """Bolt's adapter, which also passes on when a request came in."""

    def dispatch(self, request: WsgiHttpRequest) -> BoltResponse:
        try:
            made = BoltRequest(
                body=request.get_body(), query=request.query_string, headers=request.get_headers()
            )
            made.body[ARRIVED] = request.environ[ARRIVED]
        except (ValueError, TypeError, AttributeError):  # neither a form nor an object
            return BoltResponse(status=400, body="")
        return self.app.dispatch(made)


def _plain(start_response: StartResponse, status: str, method: str) -> list[bytes]:
    """A word; to HEAD only its length: a kept connection would take more for the next answer."""
    body = status.partition(" ")[2].encode()
    start_response(status, [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [] if method == "HEAD" else [body]


# --- the server ---------------------------------------------------------------------------------------------


class _Arriving(HTTPRequestParser):  # type: ignore[misc]  # waitress has no types
    """Notes when the first bytes of a request came in: it may wait for a free thread."""

    def __init__(self, adjustments: object) -> None:
        super().__init__(adjustments)
        self.arrived = time.monotonic()


class _Task(WSGITask):  # type: ignore[misc]  # as above
    def get_environment(self) -> WSGIEnvironment:
        environ: WSGIEnvironment = super().get_environment()
        environ[ARRIVED] = self.request.arrived
        return environ


class _Channel(HTTPChannel):  # type: ignore[misc]  # as above
    parser_class = _Arriving
    task_class = _Task


class WebServer:
    """Serves the door in threads of its own."""

    def __init__(self, door: Door, listen: Listen) -> None:
        self._door, self.listen = door, listen
        self._server: waitress.server.BaseWSGIServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """The request URL, as this machine sees it."""
        return f"http://{self.listen}{EVENTS_PATH}"

    def start(self) -> None:
        """Returns when the port is open. Raises ConfigurationError if it cannot be had."""
        server = waitress.create_server(
            self._door,
            sockets=[_bound(self.listen)],
            threads=WORKERS,
            connection_limit=CONNECTIONS_MAX,
            channel_timeout=SILENCE_S,
            max_request_body_size=BODY_MAX,
            asyncore_use_poll=True,
            log_socket_errors=False,
            ident=None,
        )
        server.channel_class = _Channel
        self._server = server
        self.listen = Listen(self.listen.host, int(server.effective_port))
        self._thread = threading.Thread(target=server.run, name="slack-web", daemon=True)
        self._thread.start()
        logger.info("Slack's requests are taken at %s", self.url)
        if not _is_loopback(server.effective_host):
            logger.warning(
                "Other machines can reach this port. Only a proxy that ends TLS should: Slack sends to "
                "https:// addresses alone"
            )

    def stop(self, within: Deadline) -> None:
        """Take nothing new, answer who waits, close. Waitress itself drops what is being answered."""
        server, self._server = self._server, None
        if server is None or self._thread is None:
            return
        self._door.close()
        _have_done(server, lambda: wasyncore.dispatcher.close(server))
        while within.remaining() > 0 and _answering(server):
            time.sleep(LOOK_EVERY_S)
        server.task_dispatcher.shutdown(timeout=END_S)
        _have_done(server, lambda: wasyncore.close_all(server._map, ignore_all=True))  # noqa: SLF001
        self._thread.join()


def _have_done(server: waitress.server.BaseWSGIServer, what: Callable[[], None]) -> None:
    """By the thread that serves, which alone may touch connections: it looks when its trigger is pulled.

    Waitress' own `pull_trigger` lets go in between: what closes the trigger may then be done before the pull.
    """
    with server.trigger.lock:
        server.trigger.thunks.append(what)
        server.trigger._physical_pull()  # noqa: SLF001


def _bound(listen: Listen) -> socket.socket:
    try:
        family, *_, address = socket.getaddrinfo(listen.host, listen.port, type=socket.SOCK_STREAM)[0]
        made = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise _cannot_listen(listen, error) from error
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
    except OSError as error:
        made.close()
        raise _cannot_listen(listen, error) from error
    return made


def _cannot_listen(listen: Listen, error: OSError) -> ConfigurationError:
    return ConfigurationError(
        f"Requests cannot be taken at {listen} ({error.strerror}). "
        "Choose another address, such as `ecomms run --http 127.0.0.1:3001`. Nothing was started."
    )


def _is_loopback(host: str) -> bool:
    return host == "::1" or host.startswith("127.")


def _answering(server: waitress.server.BaseWSGIServer) -> bool:
    """Whether a request is coming in or waits for its answer, or an answer for its way out."""
    open_now = list(server.active_channels.values())
    return any(each.request is not None or each.requests or each.total_outbufs_len for each in open_now)
