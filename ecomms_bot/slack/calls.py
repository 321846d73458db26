"""One call to Slack, and what its failure means: to be tried again, or refused for good, in plain words."""

from __future__ import annotations

import http.client
import ipaddress
import json
import logging
import math
import re
import socket
import ssl
import time
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse

from ecomms_bot.errors import ConfigurationError
from ecomms_bot.service.ports import CannotShow, NotYet, TryLater
from ecomms_bot.slack.pace import SHORT_S, Pace
from ecomms_bot.slack.refusals import LIMITED, LOCKED_OUT, MENDABLE, PASSING, REFUSALS

TIMEOUT_S = 10
"""Seconds that one call may wait for Slack."""
BUDGET_S = 30.0
"""Seconds after which one effect begins no further call: the last one ends well within the worker's lease."""
RESPONSE_TIMEOUT_S = 2.0
RETRY_AFTER_MAX_S = 3600.0
RESPONSE_MAX = 10_000
NO_ADDRESS, FILE_REFUSED = "no_address", "file_refused"
"""Not Slack's words but ours, for what has none of its own."""

Answer = Mapping[str, Any]
Method = Callable[..., SlackResponse]

logger = logging.getLogger(__name__)


class Refused(CannotShow):
    """Slack said no for good. `code` is its word for it, `answer` all that it said."""

    def __init__(self, code: str, problem: str, advice: str, answer: Answer | None = None) -> None:
        super().__init__(problem, advice, mendable=code in MENDABLE)
        self.code = code
        self.answer: Answer = answer or {}


def slack_client(token: str, url: str = WebClient.BASE_URL, *, timeout_s: int = TIMEOUT_S) -> WebClient:
    """A client as effects need it: it never repeats a call by itself and never waits long.

    Raises ConfigurationError for a token with something in it that cannot be sent: the error of Python's own
    library would quote it, and slack_sdk would log that.
    """
    if not re.fullmatch(r"[\x21-\x7e]+", token.strip()):
        raise ConfigurationError("The token for Slack has a space or a line break in it. Set it again.")
    client = WebClient(token, base_url=url, timeout=timeout_s, retry_handlers=[])
    if is_loopback(url):
        client.proxy = None  # slack_sdk takes HTTPS_PROXY for any address
    return client


class Calls:
    """The calls of one effect. Each raises TryLater or Refused; after `budget_s` seconds none is begun.

    None is made faster than `pace` allows: then the first raises NotYet, and a later one waits a moment.
    """

    def __init__(self, client: WebClient, budget_s: float = BUDGET_S, pace: Pace | None = None) -> None:
        self.client = client
        self._until = time.monotonic() + budget_s
        self._pace = pace or Pace(time.monotonic, limited=False)
        self._begun = False

    def read(self, method: Method, **arguments: Any) -> Answer:
        """A call that changes nothing, or that may be repeated without harm."""
        return self._call(method, arguments, writes=False)

    def write(self, method: Method, **arguments: Any) -> Answer:
        """A call that is done even if its answer is lost: then TryLater says `maybe_done`."""
        return self._call(method, arguments, writes=True)

    def upload(self, url: str, content: bytes) -> None:
        """Send a file's bytes to the address that Slack gave for them. Nobody sees it before it is shared.

        The address is new at each attempt: who refuses it (Slack, or what keeps files back on the way) will
        refuse the next one too.
        """
        self._require_time()
        status, headers, _ = _post(url, content, "application/octet-stream", TIMEOUT_S, writes=False)
        if status == http.client.OK:
            return
        if status >= http.client.INTERNAL_SERVER_ERROR or status == http.client.REQUEST_TIMEOUT:
            raise TryLater("Slack has trouble of its own at the moment.")
        raise _passing(status, headers, "", writes=False) or _gone(FILE_REFUSED)

    def _require_time(self) -> None:
        if time.monotonic() >= self._until:
            raise TryLater("Slack answers too slowly to do this in one go; the bot goes on shortly.")

    def _require_turn(self, method: str, place: str) -> None:
        if self._pace.closed:
            raise NotYet("The bot stops; this is kept and done at its next start.", retry_after=0.0)
        while wait := self._pace.ask(method, place):
            if not self._begun:
                raise NotYet("Slack takes so many calls and no more; this waits its turn.", retry_after=wait)
            if wait > SHORT_S or time.monotonic() + wait >= self._until:
                raise TryLater(
                    "Slack takes so many calls and no more; the bot goes on shortly.", retry_after=wait
                )
            self._pace.pause(wait)
            if self._pace.closed:
                raise TryLater("The bot stops; this is kept and gone on with at its next start.")

    def _call(self, method: Method, arguments: Mapping[str, Any], *, writes: bool) -> Answer:
        self._require_time()
        name = getattr(method, "__name__", "").replace("_", ".")
        self._require_turn(name, str(arguments.get("channel") or ""))
        self._begun = True
        try:
            response = method(**arguments)
        except SlackApiError as error:
            meaning = _from_response(error.response, writes=writes)
            if isinstance(meaning, TryLater) and meaning.retry_after:
                self._pace.slow_down(name, meaning.retry_after)
            raise meaning from None
        except (OSError, http.client.HTTPException) as error:
            raise _from_network(error, writes=writes) from None
        except (SlackClientError, ValueError) as error:
            # Its text may quote the header with the token, so it goes nowhere.
            logger.error("The call to Slack failed inside this program: %s", type(error).__name__)  # noqa: TRY400
            text = (
                "The call to Slack could not be made, or its answer not be read. The token may be mistyped."
            )
            raise TryLater(text, maybe_done=writes) from None
        return response.data if isinstance(response.data, dict) else {}


def respond(url: str, body: Mapping[str, Any]) -> None:
    """Post once to a response URL, waiting at most 2 s. Refused: it is used up, expired or none at all."""
    kind = "application/json; charset=utf-8"
    status, headers, content = _post(url, json.dumps(body).encode(), kind, RESPONSE_TIMEOUT_S, writes=True)
    _judge(status, headers, content)


def _post(url: str, data: bytes, kind: str, timeout_s: float, *, writes: bool) -> tuple[int, Any, bytes]:
    """Status, headers and the beginning of what an address that Slack gave answers."""
    if not _may_post_to(url):
        raise _gone(NO_ADDRESS)
    request = urllib.request.Request(url, data, {"Content-Type": kind})  # noqa: S310 - the scheme is checked
    own = [urllib.request.ProxyHandler({})] if is_loopback(url) else []
    opener = urllib.request.build_opener(_NoRedirect, *own)
    try:
        with opener.open(request, timeout=timeout_s) as response:
            return response.status, response.headers, response.read(RESPONSE_MAX)
    except HTTPError as error:
        with error:
            return error.code, error.headers, _rest(error)
    except (OSError, http.client.HTTPException) as error:
        raise _from_network(error, writes=writes) from None
    except ValueError:
        raise _gone(NO_ADDRESS) from None


def is_loopback(url: str) -> bool:
    """Whether the address is on this machine."""
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        """Follow none: what was written for one person goes to Slack and nowhere else."""


def _may_post_to(url: str) -> bool:
    """Whether it is an address, and an encrypted one unless it is on this machine."""
    if not re.fullmatch(r"[\x21-\x7e]+", url):
        return False
    try:
        parts = urlsplit(url)
        _ = parts.port  # refuses what is no port
    except ValueError:
        return False
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(url)))


def _rest(error: HTTPError) -> bytes:
    try:
        return error.read(RESPONSE_MAX)
    except (OSError, http.client.HTTPException):
        return b""


def _judge(status: int, headers: Any, content: bytes) -> None:
    """A response URL answers `ok`, or JSON like the Web API, or only a status."""
    try:
        answer = json.loads(content)
    except ValueError:
        answer = {}
    code = str(answer.get("error", "")) if isinstance(answer, dict) else ""
    if status == http.client.OK and not code:
        return
    meaning = _passing(status, headers, code, writes=True)
    if meaning is None and status >= http.client.INTERNAL_SERVER_ERROR and not code:
        meaning = TryLater("Slack has trouble of its own at the moment.", maybe_done=True)
    raise meaning or _gone(code or str(status))


def _gone(code: str) -> Refused:
    return Refused(
        code, "Slack no longer takes this personal answer.", "Type /ecomms status for the current state."
    )


def _from_network(error: Exception, *, writes: bool) -> TryLater:
    logger.warning("Slack cannot be reached: %s", type(error).__name__)
    text = "Slack cannot be reached at the moment, or does not answer."
    return TryLater(text, maybe_done=writes and not _never_left(error))


def _never_left(error: Exception) -> bool:
    """Whether the connection did not even stand, so that nothing can have been done."""
    reason = error.reason if isinstance(error, URLError) else None
    return isinstance(reason, ConnectionRefusedError | socket.gaierror | ssl.SSLCertVerificationError)


def _from_response(response: SlackResponse, *, writes: bool) -> TryLater | Refused:
    answer: Answer = response.data if isinstance(response.data, dict) else {}
    code = str(answer.get("error", ""))
    status = response.status_code
    passing = _passing(status, response.headers, code, writes=writes)
    if passing is not None:
        return passing
    if status >= http.client.INTERNAL_SERVER_ERROR or not re.fullmatch(r"[a-z0-9_]{1,80}", code):
        # Not Slack's own words: a proxy's page, or half an answer.
        return TryLater("Slack has trouble of its own at the moment.", maybe_done=writes)
    where = (answer.get("response_metadata") or {}).get("messages", "")
    logger.warning("Slack refused a call: %s %s", code, where)
    if code == "missing_scope":
        return _missing_scope(answer)
    problem, advice = REFUSALS.get(code) or (
        f"Slack refused this, with the word {code}.",
        "Tell whoever runs the bot. Nothing is lost: the log has it.",
    )
    return Refused(code, problem, advice, answer)


def _passing(status: int, headers: Any, code: str, *, writes: bool) -> TryLater | None:
    """What time or an administrator mends; the task is kept."""
    if status == http.client.TOO_MANY_REQUESTS or code in LIMITED:
        return TryLater("Slack asks the bot to slow down.", retry_after=_retry_after(headers))
    if code in LOCKED_OUT:
        text = (
            "Slack does not let the bot in. An administrator can check its token and install the app again; "
            "what was to be shown is kept until then."
        )
        return TryLater(text)
    if code in PASSING:
        return TryLater("Slack has trouble of its own at the moment.", maybe_done=writes)
    return None


def _missing_scope(answer: Answer) -> Refused:
    needed = str(answer.get("needed") or "")
    scope = needed if re.fullmatch(r"[a-z0-9_.:,-]{1,200}", needed) else "that this needs"
    return Refused(
        "missing_scope",
        f"The bot does not have the permission {scope} in Slack.",
        "Ask a Slack administrator to add it to the app and to install the app again.",
        answer,
    )


def _retry_after(headers: Any) -> float | None:
    """The seconds that Slack asks to wait, within reason."""
    found = next((value for name, value in dict(headers).items() if name.lower() == "retry-after"), None)
    try:
        seconds = float(found) if found is not None else math.nan
    except (TypeError, ValueError):
        return None
    return None if math.isnan(seconds) else min(max(seconds, 0.0), RETRY_AFTER_MAX_S)
