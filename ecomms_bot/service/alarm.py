"""The alarm clock that wakes the worker at the earliest due time; the tasks are the store."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

from ecomms_bot.service.ports import Clock


class Alarm:
    """Sets `wake`, and does nothing else. All waits are machine time."""

    def __init__(self, clock: Clock, wake: threading.Event) -> None:
        self._clock, self._wake = clock, wake
        # Its default grace of one second drops late jobs silently; a late alarm must still ring, once.
        self._scheduler = BackgroundScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True}
        )
        self._lock = threading.Lock()

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
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
