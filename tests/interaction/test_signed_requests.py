"""HTTP mode at its edge: what Slack did not sign, or not now, is sent away before anything is read of it."""

from __future__ import annotations

import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from ecomms_bot.practice.workspace import payloads
from ecomms_bot.practice.workspace.request_url import FORM, JSON, Post, signed
from ecomms_bot.slack.socket_link import WORKERS
from ecomms_bot.slack.web import BODY_MAX
from tests.interaction.meeting import Meeting

MINUTE = 60


def post_of(web: Meeting, text: str = "start flood", *, secret: str = "", at: float | None = None) -> Post:
    """A command of Mara's, as Slack would send it."""
    ws = web.on.workspace
    with ws.lock:
        said = payloads.command(ws, ws.user("mara"), ws.conversation("ops-desk"), "/ecomms", text)
    return signed(secret or ws.signing_secret, FORM, urlencode(said).encode(), at=at)


def sent(web: Meeting, post: Post, *, method: str = "POST", path: str = "/slack/events") -> tuple[int, bytes]:
    """Status and body of the answer."""
    assert web.on.bot.web is not None
    parts = urlsplit(web.on.bot.web.url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    try:
        connection.request(method, path, post.body, post.headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_what_slack_signed_is_answered(web: Meeting) -> None:
    assert sent(web, post_of(web)) == (200, b"")
    assert web.called == ["views.open"]


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_request_signed_at_another_time_is_refused(web: Meeting, minutes: int) -> None:
    assert sent(web, post_of(web, at=time.time() + minutes * MINUTE))[0] == 401
    assert web.called == []


def test_a_request_on_its_way_for_four_minutes_is_taken(web: Meeting) -> None:
    assert sent(web, post_of(web, at=time.time() - 4 * MINUTE))[0] == 200


@pytest.mark.parametrize(
    "changed",
    [
        {"X-Slack-Signature": "v0=" + "0" * 64},
        {"X-Slack-Signature": ""},
        {"X-Slack-Signature": "v0=\xe9"},
        {"X-Slack-Request-Timestamp": ""},
        {"X-Slack-Request-Timestamp": "soon"},
        {"X-Slack-Request-Timestamp": "9" * 400},
        {"X-Slack-Signature": None},
        {"X-Slack-Request-Timestamp": None},
    ],
    ids=str,
)
def test_a_wrong_or_missing_signature_is_refused(web: Meeting, changed: dict[str, str | None]) -> None:
    post = post_of(web)
    headers = {name: value for name, value in {**post.headers, **changed}.items() if value is not None}
    assert sent(web, Post(post.body, headers))[0] == 401
    assert web.called == []


def test_another_secret_or_another_body_does_not_fit(web: Meeting) -> None:
    assert sent(web, post_of(web, secret="another"))[0] == 401
    # a body that was heard on the way, with the signature of another one
    help_wanted, start_wanted = post_of(web, "help"), post_of(web)
    assert sent(web, Post(start_wanted.body, help_wanted.headers))[0] == 401
    assert web.called == []


def test_nothing_is_read_of_what_is_not_signed(web: Meeting) -> None:
    # neither broken text nor a challenge nor what only checks TLS gets another answer
    for body in (b"\xff\xfe", b"{", b'{"type": "url_verification", "challenge": "x"}', b"ssl_check=1"):
        assert sent(web, signed("another", JSON, body))[0] == 401
        assert sent(web, Post(body, {"Content-Type": FORM}))[0] == 401


@pytest.mark.parametrize("body", [b"{", b"[1]", b"1", b'"a"'])
def test_signed_nonsense_is_a_bad_request(web: Meeting, body: bytes) -> None:
    assert sent(web, signed(web.on.workspace.signing_secret, JSON, body)) == (400, b"")


def test_a_body_that_slack_would_never_send_is_not_taken_in(web: Meeting) -> None:
    # refused as soon as it is announced: not a byte of it has to be sent
    said = post_of(web).headers | {"Content-Length": str(BODY_MAX + 1)}
    assert sent(web, Post(b"", said))[0] == 413


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/slack/events"),
        ("PUT", "/slack/events"),
        ("POST", "/"),
        ("POST", "/slack/events/"),
        ("POST", "/health"),
        ("GET", "/slack/install"),
    ],
)
def test_there_is_nothing_else_to_be_found(web: Meeting, method: str, path: str) -> None:
    assert sent(web, post_of(web), method=method, path=path)[0] == 404
    assert web.called == []


def test_a_load_balancer_learns_that_it_is_there_and_nothing_more(web: Meeting) -> None:
    assert sent(web, Post(b"", {}), method="GET", path="/health") == (200, b"OK")


def test_who_asks_for_the_head_alone_gets_no_body_on_a_connection_that_is_kept(web: Meeting) -> None:
    assert web.on.bot.web is not None
    listen = web.on.bot.web.listen
    with socket.create_connection((listen.host, listen.port), timeout=10) as line:
        for path in ("/health", "/slack/events"):
            line.sendall(f"HEAD {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        line.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        with line.makefile("rb") as heard:
            said = heard.read()
    # three answers, and a body after the last alone
    parts = said.split(b"\r\n\r\n")
    assert [part[:12] for part in parts[:3]] == [b"HTTP/1.1 200", b"HTTP/1.1 404", b"HTTP/1.1 200"]
    assert parts[3:] == [b"OK"]


def test_the_address_can_be_entered_at_slack(web: Meeting) -> None:
    asked = {"type": "url_verification", "token": "t", "challenge": "3eZbrw1a"}
    post = signed(web.on.workspace.signing_secret, JSON, json.dumps(asked).encode())
    status, body = sent(web, post)
    assert (status, json.loads(body)) == (200, {"challenge": "3eZbrw1a"})


def test_fifty_at_once_are_all_answered(web: Meeting) -> None:
    # given more requests than there are threads, all let go at the same moment
    many = 50
    assert many > WORKERS
    posts, together = [post_of(web, "help") for _ in range(many)], threading.Barrier(many, timeout=60)

    def ask(post: Post) -> tuple[int, Any]:
        together.wait()
        status, body = sent(web, post)
        return status, json.loads(body)["response_type"]

    with ThreadPoolExecutor(many) as pool:
        assert list(pool.map(ask, posts)) == [(200, "ephemeral")] * many
