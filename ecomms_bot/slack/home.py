"""App Home, drawn when somebody opens it and after what they do; at most once, and never in the way."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, nullcontext
from typing import Any

from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from ecomms_bot.service.ports import Clock, Directory
from ecomms_bot.service.records import Records
from ecomms_bot.slack.cards.duty import Off
from ecomms_bot.slack.cards.home import Desktop, home
from ecomms_bot.slack.cards.view import View
from ecomms_bot.store.deadline import Deadline

INCIDENTS_READ = 40
"""Open incidents that one drawing replays; about 5 ms for each 1,000 entries (measured)."""
READ_S = 5.0
HOME_OFF = "not_enabled"

logger = logging.getLogger(__name__)


class HomeTab:
    """Draws each person's Home aside. `workspace` says the address of the workspace, "" if not known.

    `meet` finds out whether somebody is a guest; here it may take its time, and does not raise.

    `off` says who is off duty. `listening` is held from the wish until it is drawn, so that a drill waits.
    """

    def __init__(
        self,
        client: WebClient,
        records: Records,
        directory: Directory,
        clock: Clock,
        *,
        zone: str,
        workspace: Callable[[], str],
        meet: Callable[[str], None],
        listening: Callable[[], AbstractContextManager[None]] = nullcontext,
        off: Callable[[], Off] = dict,
    ) -> None:
        self._off = off
        self._client, self._records, self._directory, self._clock = client, records, directory, clock
        self._zone, self._workspace, self._meet, self._listening = zone, workspace, meet, listening
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="home")
        self._lock = threading.Lock()
        self._readers: set[str] = set()
        self._wished: set[str] = set()

    def opened(self, user: str) -> None:
        """Somebody looks at theirs; from now on it follows what they do."""
        with self._lock:
            self._readers.add(user)
        self._wish(user)

    def acted(self, user: str) -> None:
        """Somebody did something. Who never looked at their Home gets none. Never raises."""
        with self._lock:
            reads = user in self._readers
        if reads:
            self._wish(user)

    def close(self) -> None:
        """Finish the drawing that has begun."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _wish(self, user: str) -> None:
        with self._lock:
            if user in self._wished:
                return
            self._wished.add(user)
        held = ExitStack()
        try:
            held.enter_context(self._listening())
            drawn = self._pool.submit(self._draw, user)
        except Exception:
            held.close()
            with self._lock:
                self._wished.discard(user)
            logger.exception("The Home of %s was not drawn", user)
        else:
            drawn.add_done_callback(lambda _: held.close())

    def _draw(self, user: str) -> None:
        with self._lock:
            self._wished.discard(user)  # what they do from here on asks for another drawing
        try:
            self._meet(user)
            self._client.views_publish(user_id=user, view=home(self._desktop(user)))
        except SlackApiError as error:
            code = error.response.get("error", "refused")
            words = "the Home tab is switched off in the app's settings" if code == HOME_OFF else code
            logger.warning("The Home of %s was not drawn: %s", user, words)
        except Exception as error:  # noqa: BLE001 - it is drawn anew at the next opening
            logger.warning("The Home of %s was not drawn: %s", user, type(error).__name__)

    def _desktop(self, user: str) -> Desktop:
        deadline = Deadline.after(READ_S)
        rows = self._records.open_incidents(deadline)
        nearest = sorted(rows, key=lambda row: (row.promised_at is None, row.promised_at or row.opened_at))
        now, roster = self._clock.now(), self._directory.roster()
        views = [View(self._records.state(row.id, deadline), roster, now) for row in nearest[:INCIDENTS_READ]]
        person = self._directory.person(user)
        return Desktop(person, views, len(rows), now, self._zone, self._workspace(), roster, self._off())


def register(app: App, tab: HomeTab) -> None:
    """Draw it when somebody opens it."""

    @app.event("app_home_opened")
    def opened(event: Mapping[str, Any]) -> None:
        if event.get("tab", "home") == "home":
            tab.opened(str(event["user"]))
