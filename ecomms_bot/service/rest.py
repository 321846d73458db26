"""When everything has been done that was to be done now: what a drill waits for instead of sleeping."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from ecomms_bot.service.ports import Clock
from ecomms_bot.service.worker import Worker
from ecomms_bot.store import tasks
from ecomms_bot.store.engine import Database

LOOK_EVERY_S = 0.01
"""Another process may finish the last task, or a personal answer arrive; nobody notifies us of that."""


PATIENCE_S = 35.0
"""A task whose next try is further away waits for a person to mend something; that is rest."""


class Listening:
    """Counts envelopes that are being handled and not answered yet."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = 0

    @contextmanager
    def one(self) -> Iterator[None]:
        with self._lock:
            self._count += 1
        try:
            yield
        finally:
            with self._lock:
                self._count -= 1

    @property
    def count(self) -> int:
        with self._lock:
            return self._count


class Rest:
    """The port `Idle` of a bot in this process."""

    def __init__(self, db: Database, clock: Clock, worker: Worker, listening: Listening) -> None:
        self._db, self._clock, self._worker, self._listening = db, clock, worker, listening

    def wait(self, timeout_s: float) -> bool:
        until = time.monotonic() + timeout_s
        while not self._at_rest():
            if time.monotonic() >= until:
                return False
            self._worker.await_change(LOOK_EVERY_S)
        return True

    def answered(self, timeout_s: float) -> bool:
        """True once no envelope waits for its answer, False after `timeout_s` of machine time."""
        until = time.monotonic() + timeout_s
        while self._listening.count:
            if time.monotonic() >= until:
                return False
            self._worker.await_change(LOOK_EVERY_S)
        return True

    def next_due(self) -> datetime | None:
        with self._db.read() as conn:
            return tasks.next_due(conn)

    def _at_rest(self) -> bool:
        if self._listening.count or self._worker.doing:
            return False
        with self._db.read() as conn:
            soon = self._clock.machine() + PATIENCE_S
            return tasks.busy(conn, self._clock.now(), until=soon) == 0
