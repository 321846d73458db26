"""Outages of a drill: when the message comes that Slack is away, it is, for its practice minutes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from ecomms_bot.practice.luck import OUTAGE, Luck
from ecomms_bot.practice.workspace import Workspace

LOOK_S = 0.25
"""How soon the end is noticed, in true time."""
PAUSE_S = 1.0
"""Before it looks again when that failed."""

logger = logging.getLogger(__name__)

Minutes = Callable[[str, str], int | None]


class Outages:
    """Watches for injects of that kind. `minutes`: how long the inject of this conversation and id lasts.

    None for one that is no outage. The workspace's bell wakes it, and the clock's time ends an outage.
    """

    def __init__(
        self, workspace: Workspace, luck: Luck, now: Callable[[], datetime], minutes: Minutes
    ) -> None:
        self._workspace, self._luck, self._now, self._minutes = workspace, luck, now, minutes
        self.until: datetime | None = None
        self._seen: dict[str, str] = {}  # conversation -> the last message looked at
        self._unread: list[tuple[str, str, str]] = []  # conversation, name, ts: how long is not known yet
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="outages", daemon=True)

    def open(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._closing.set()
        self._workspace.changed()
        if self._thread.is_alive():
            self._thread.join()

    def forget(self) -> None:
        """Somebody ended it by hand."""
        with self._lock:
            self.until = None

    def look(self) -> None:
        """Begin what was announced, and end what is over.

        Raises what reading the minutes raises; that inject is looked at again the next time.
        """
        with self._lock:
            try:
                self._begin()
            finally:  # whatever cannot be read, what is known goes on
                self._switch()

    def _begin(self) -> None:
        self._unread += self._announced()
        while self._unread:
            conversation, name, ts = self._unread[0]
            minutes = self._minutes(conversation, name)
            if minutes is not None:
                end = datetime.fromtimestamp(float(ts), tz=self._now().tzinfo) + timedelta(minutes=minutes)
                self.until = max(end, self.until or end)
            del self._unread[0]  # only now: what was not read is not forgotten

    def _switch(self) -> None:
        if self.until is None:
            return
        over = self._now() >= self.until
        if over:
            self.until = None
        self._luck.switch(OUTAGE.name, on=not over)

    def _announced(self) -> Iterator[tuple[str, str, str]]:
        """Injects that came since the last look: conversation, name, ts."""
        with self._workspace.lock:
            for place in self._workspace.conversations:
                before = self._seen.get(place.id, "")
                for message in reversed(place.messages):
                    if message.ts <= before:
                        break
                    if (name := _inject(message.metadata)) and message.by_app:
                        yield place.id, name, message.ts
                if place.messages:
                    self._seen[place.id] = max(before, place.messages[-1].ts)

    def _watch(self) -> None:
        while True:
            seen = self._workspace.lock.rings
            if self._closing.is_set():  # the ring that comes with it is after `seen`, and wakes us
                return
            try:
                self.look()
            except Exception:  # whatever it is: without this thread no outage would begin or end
                logger.exception(
                    "It could not be read whether Slack is to be away; in a moment it is tried again"
                )
                self._closing.wait(PAUSE_S)
                continue
            self._workspace.lock.wait_for_ring(seen, LOOK_S if self.until is not None else 3600.0)


def _inject(metadata: dict[str, object] | None) -> str:
    """The name of the inject that a message shows, as its metadata says; empty for any other message."""
    payload = (metadata or {}).get("event_payload")
    key = str(payload.get("key", "")) if isinstance(payload, dict) else ""
    kind, _, name = key.rpartition("/post/")[2].partition("@")[0].partition(":")
    return name if kind == "inject" else ""
