"""HTTP mode: commands, interactions and events as signed posts to the app's request URL on this machine."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPMessage
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from ecomms_bot.practice.workspace.refusals import WorkspaceError

if TYPE_CHECKING:
    from ecomms_bot.practice.workspace.wire import Envelope

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
AGENT = "Slackbot 1.0 (+https://api.slack.com/robots)"
RETRY_REASONS = {"timeout": "http_timeout", "no connection": "connection_failed"}
"""What Slack's header says of a delivery that failed; other reasons go by the same name."""


class Undelivered(WorkspaceError):
    """The app did not answer with 2xx. `reason`: timeout, connection_failed or http_error."""

    def __init__(self, reason: str, *, status: int | None = None, no_retry: bool = False) -> None:
        super().__init__(f"The app did not take this: {reason} {status or ''}".rstrip())
        self.reason, self.status, self.no_retry = reason, status, no_retry


@dataclass(frozen=True)
class Post:
    """One signed request, ready to be sent."""

    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True)
class RequestUrl:
    """Where the app takes requests. `timeout` in seconds of true time, as of Slack: 3."""

    url: str
    signing_secret: str = field(repr=False)
    timeout: float = 3.0

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme != "http" or parts.hostname not in LOOPBACK:
            raise WorkspaceError(
                "The built-in workspace sends to http:// addresses of this machine only. Nothing was sent."
            )

    def check(self) -> None:
        """As Slack does when somebody enters the address: the app has to give a challenge back."""
        challenge = secrets.token_hex(16)
        asked = {"token": "practice", "challenge": challenge, "type": "url_verification"}
        _, answer = self.send(signed(self.signing_secret, JSON, json.dumps(asked).encode()))
        if parsed(answer) not in (challenge, {"challenge": challenge}):
            raise WorkspaceError(f"{self.url} did not give the challenge back, so it was not taken.")

    def prepare(self, envelope: Envelope) -> Post:
        """Commands are forms, interactions a form with one field `payload`, events JSON."""
        if envelope.type == "events_api":
            again = (
                {
                    "X-Slack-Retry-Num": str(envelope.attempt),
                    "X-Slack-Retry-Reason": RETRY_REASONS.get(envelope.failed, envelope.failed),
                }
                if envelope.attempt
                else {}
            )
            return signed(self.signing_secret, JSON, json.dumps(envelope.payload).encode(), again)
        fields = envelope.payload
        if envelope.type == "interactive":
            fields = {"payload": json.dumps(envelope.payload)}
        return signed(self.signing_secret, FORM, urlencode(fields).encode())

    def deliver(self, envelope: Envelope, post: Post) -> Any:
        """What the app answered, as a socket's ack would carry it. Raises Undelivered."""
        headers, body = self.send(post)
        if not envelope.accepts_payload or not body:
            return None
        if headers.get_content_type() == JSON:
            try:
                return json.loads(body)
            except ValueError:
                raise Undelivered("http_error", status=200) from None
        return {"text": body.decode(errors="replace")}

    def send(self, post: Post) -> tuple[HTTPMessage, bytes]:
        """Send it over a connection of its own. Raises Undelivered."""
        parts = urlsplit(self.url)
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=self.timeout)
        try:
            connection.request("POST", parts.path, post.body, post.headers)
            # Closed here: a connection that ends with its answer leaves the socket to the answer alone.
            with connection.getresponse() as answer:
                headers, body = answer.headers, answer.read()
        except TimeoutError:
            raise Undelivered("timeout") from None
        except (OSError, HTTPException):
            raise Undelivered("connection_failed") from None
        finally:
            connection.close()
        if not 200 <= answer.status < 300:
            no_retry = headers.get("X-Slack-No-Retry") == "1"
            raise Undelivered("http_error", status=answer.status, no_retry=no_retry)
        return headers, body


def signed(
    secret: str, kind: str, body: bytes, more: dict[str, str] | None = None, *, at: float | None = None
) -> Post:
    """`at`: when it is signed, in seconds since 1970; now, unless it is said."""
    stamp = str(int(time.time() if at is None else at))
    return Post(
        body,
        {
            "Content-Type": kind,
            "User-Agent": AGENT,
            "Accept": "application/json,*/*",
            "Connection": "close",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signature(secret, stamp, body),
            **(more or {}),
        },
    )


def signature(secret: str, stamp: str, body: bytes) -> str:
    digest = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256)
    return f"v0={digest.hexdigest()}"


def parsed(body: bytes) -> Any:
    """JSON, or text."""
    try:
        return json.loads(body)
    except ValueError:
        return body.decode(errors="replace")
