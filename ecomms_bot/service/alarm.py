"""The alarm clock that wakes the worker at the earliest due time; the tasks are the store."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

from ecomms_bot.service.ports import Clock

FOLLOW_S = 0.05
"""How soon a practice clock that another process pushed is noticed."""


class Alarm:
    """Sets `wake`, and does nothing else. All waits are machine time."""

    def __init__(self, clock: Clock, wake: threading.Event) -> None:
        self._clock, self._wake = clock, wake
        # Its default grace of one second drops late jobs silently; a late alarm must still ring, once.
        self._scheduler = BackgroundScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True}
        )
        self._lock = threading.Lock()
        self._stopped = threading.Event()

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        self._stopped.set()
        # Without a job first: one that rings while the scheduler stops would end its thread with an error.
        self._scheduler.remove_all_jobs()
        self._scheduler.shutdown(wait=False)

    def arm(self, due: datetime | None, in_seconds: float | None = None) -> None:
        """Ring at `due` (incident time) or after `in_seconds`, whichever is first; None for neither."""
        delays = [self._clock.real_delay(due) if due else None, in_seconds]
        delay = min((each for each in delays if each is not None), default=None)
        with self._lock:
            if delay is None:
                with suppress(JobLookupError):  # it rang a moment ago, or was never armed
                    self._scheduler.remove_job("due")
                return
            at = datetime.fromtimestamp(self._clock.machine(), UTC) + timedelta(seconds=delay)
            self._scheduler.add_job(self._wake.set, "date", run_date=at, id="due", replace_existing=True)

    def nudge(self) -> None:
        """The clock was pushed: look now."""
        self._wake.set()

    def follow(self, file: Path) -> None:
        """Look each time another process sets the practice clock in `file`, until `stop`."""
        seen = _stamp(file)

        def look() -> None:
            nonlocal seen
            while not self._stopped.wait(FOLLOW_S):
                if (now := _stamp(file)) != seen:
                    seen = now
                    self._wake.set()

        threading.Thread(target=look, name="practice-clock", daemon=True).start()


def _stamp(file: Path) -> tuple[int, int] | None:
    """What is different after each setting; None while there is no such file."""
    with suppress(OSError):
        status = file.stat()
        return status.st_ino, status.st_mtime_ns
    return None
