"""The line to Slack: tried until it stands, whether Slack is there at start or not."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol

from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from ecomms_bot.errors import EcommsError
from ecomms_bot.store.deadline import Deadline

FIRST_WAIT_S, MOST_WAIT_S = 1.0, 30.0
HANG_S = 0.5
REFRESH_S = 60.0
"""How often the members of user groups are read again, and new people looked up."""

EVENT_AGAIN_S = 600.0
"""Slack delivers an event that it thinks was lost three times more, the last time after six minutes."""
EVENTS_MAX = 10_000

logger = logging.getLogger(__name__)


class NotConnected(EcommsError):
    """Slack has not said yet who the bot is. Nothing was changed; try again in a moment."""

    def __init__(self) -> None:
        super().__init__("The bot is still connecting to Slack. Nothing was changed; try again in a moment.")


class Repeats:
    """Remembers for ten minutes which events came in, and which of them are still at work.

    Of many at once, the oldest are forgotten first.
    """

    def __init__(self) -> None:
        self._seen: OrderedDict[str, float] = OrderedDict()
        self._at_work: set[str] = set()
        self._lock = threading.Lock()

    def first(self, event_id: str) -> bool:
        """Whether this event comes in for the first time. To be asked once for each delivery.

        If so it is at work, until `done` or `forget` is told.
        """
        now = time.monotonic()
        with self._lock:
            while self._seen and now - next(iter(self._seen.values())) > EVENT_AGAIN_S:
                self._seen.popitem(last=False)
            if event_id in self._seen:
                return False
            if len(self._seen) >= EVENTS_MAX:
                self._seen.popitem(last=False)
            self._seen[event_id] = now
            self._at_work.add(event_id)
            return True

    def is_done(self, event_id: str) -> bool:
        """Whether it was dealt with. Not so while it is at work: that may still fail."""
        with self._lock:
            return event_id in self._seen and event_id not in self._at_work

    def done(self, event_id: str) -> None:
        """It was dealt with."""
        with self._lock:
            self._at_work.discard(event_id)

    def forget(self, event_id: str) -> None:
        """It was not dealt with, so that it is new when it comes again."""
        with self._lock:
            self._at_work.discard(event_id)
            self._seen.pop(event_id, None)


class Link(Protocol):
    """What carries Slack's envelopes to the app, where the app has to call for them."""

    def connect(self) -> None:
        """Raises whatever keeps it from standing; it is called again later."""

    def hush(self, within: Deadline) -> None:
        """Take nothing new. Returns when what came in before is being dealt with; then it can be answered."""

    def close(self) -> None: ...


class SlackLine:
    """Knows who the bot is, connects the link, and refreshes what the bot knows of people.

    In HTTP mode there is no link: Slack calls us.
    """

    def __init__(
        self, client: WebClient, *, refresh: Callable[[WebClient], None], connected: Callable[[], None]
    ) -> None:
        self._client, self._refresh, self._connected = client, refresh, connected
        self._identity: AuthorizeResult | None = None
        self._link: Link | None = None
        self._stopping = threading.Event()
        self._up = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, link: Link | None) -> None:
        """Begin to connect; returns at once."""
        self._link = link
        self._thread = threading.Thread(target=self._keep, name="slack-line", daemon=True)
        self._thread.start()

    def hush(self, within: Deadline) -> None:
        """Take nothing new from Slack, and still answer what came in."""
        self._stopping.set()
        if self._link is not None:
            self._link.hush(within)

    def stop(self) -> None:
        """Waits for the call to Slack that is being made, if there is one."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(HANG_S)
        if self._link is not None:
            self._link.close()  # though a call to Slack may still hang
        if self._thread is not None:
            self._thread.join()
        if self._link is not None:
            self._link.close()  # that call may have been the one that connects

    @property
    def known(self) -> bool:
        """Whether Slack ever said who the bot is, in this process."""
        return self._identity is not None

    def wait_until_up(self, timeout_s: float) -> bool:
        return self._up.wait(timeout_s)

    def identity(self) -> AuthorizeResult:
        """Who the bot is at Slack. Raises NotConnected before the first connection."""
        if self._identity is None:
            raise NotConnected
        return self._identity

    def workspace(self) -> str:
        """The address of the workspace, to make links to messages; "" before the first connection."""
        return (self._identity.url or "") if self._identity is not None else ""

    def bot_user(self) -> str:
        return self.identity().bot_user_id or ""

    def _keep(self) -> None:
        wait = FIRST_WAIT_S
        while not self._stopping.is_set():
            try:
                self._connect()
            except Exception as error:  # noqa: BLE001 - whatever it is, the line must come up later
                logger.warning("No connection to Slack yet (%s); next try in %.0f s", _reason(error), wait)
                self._stopping.wait(wait)
                wait = min(wait * 2, MOST_WAIT_S)
                continue
            self._up.set()
            self._see_to("What a connection calls for", self._connected)
            logger.info("Connected to Slack")
            break
        while not self._stopping.wait(REFRESH_S):
            self._see_to("Who has which role", lambda: self._refresh(self._client))

    def _see_to(self, what: str, do: Callable[[], None]) -> None:
        """Whatever comes of it, the next time comes: else roles would stay as they are until a restart."""
        try:
            do()
        except Exception:
            logger.exception("%s was not seen to", what)

    def _connect(self) -> None:
        if self._identity is None:
            answer = self._client.auth_test()
            self._identity = AuthorizeResult.from_auth_test_response(
                auth_test_response=answer, bot_token=self._client.token
            )
        self._refresh(self._client)
        if self._link is not None:
            self._link.connect()


def _reason(error: Exception) -> str:
    """Why, without any token: Slack's own word, or the kind of error."""
    if isinstance(error, SlackApiError):
        return str(error.response.get("error", "refused"))
    return type(error).__name__
