"""The threads that do what is due: a loop that sleeps until it is woken, and a pool. One per process."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from ecomms_bot.errors import EcommsError
from ecomms_bot.service.carrying import ATTEMPTS_UNEXPECTED, MEND_EVERY_S, Parts
from ecomms_bot.service.work import LEASE_S, Job, Work, attempt
from ecomms_bot.store.deadline import Deadline

__all__ = ["ATTEMPTS_UNEXPECTED", "LEASE_S", "LOOK_EVERY_S", "MEND_EVERY_S", "THREADS", "Parts", "Worker"]

THREADS = 8
"""Effects at the same time; each waits for Slack most of its time."""
INSIDE = 2
"""Reminders at the same time. They have their own threads, so that neither waits behind the other."""
PAUSE_S = 0.01
"""From one look to the next, while there are things under way: what ends or begins in it is seen by one."""
ARMED_EVERY_S = 0.25
"""While there is always more to do, the alarm is set no oftener."""
LOOK_EVERY_S = 5.0
"""The worker looks at its tasks this often in any case: for what another replica brought, for a clock that
was set. Waited for on the monotonic clock, so that setting the machine's clock does not stop it."""

logger = logging.getLogger(__name__)


class Worker:
    """A loop that sleeps until it is woken, then does all that is due, lanes side by side."""

    def __init__(self, parts: Parts, *, connected: Callable[[], bool] = lambda: True) -> None:
        self._wake = parts.wake
        self._work = Work(parts, connected=connected)
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="effect")
        self._inside = ThreadPoolExecutor(INSIDE, thread_name_prefix="reminder")
        self._loop = threading.Thread(target=self._run, name="worker", daemon=True)
        self._stopping = threading.Event()
        self._changed = threading.Condition()
        self._doing: dict[str, Job] = {}
        self._unbegun: set[str] = set()
        self._armed = float("-inf")

    def start(self) -> None:
        self._loop.start()
        self._wake.set()

    def rest(self) -> None:
        """Begin nothing new."""
        self._stopping.set()
        self._wake.set()

    def stop(self, within: Deadline | None = None) -> bool:
        """Begin nothing new, and finish what is being done; False if that takes longer than `within`.

        What has not begun is given back. What still waits for an answer from Slack is left to its lease: who
        comes next looks whether it was done.
        """
        within = within or Deadline.after(float("inf"))
        self.rest()
        if self._loop.is_alive():
            self._loop.join(min(within.remaining(), threading.TIMEOUT_MAX))
        for pool in (self._pool, self._inside):
            pool.shutdown(wait=False, cancel_futures=True)
        with self._changed:
            unbegun, self._unbegun = self._unbegun, set()
            for key in unbegun:
                del self._doing[key]
            finished = self._changed.wait_for(
                lambda: not self._doing, min(within.remaining(), threading.TIMEOUT_MAX)
            )
        self._work.sign_off(unbegun)
        return finished and not self._loop.is_alive()

    @property
    def doing(self) -> int:
        """How many effects and reminders are being done in this process."""
        with self._changed:
            return len(self._doing)

    def await_change(self, timeout_s: float) -> None:
        """Return when something was finished, or after the timeout."""
        with self._changed:
            self._changed.wait(timeout_s)

    def _run(self) -> None:
        soon, looked = False, float("-inf")
        while not self._stopping.is_set():
            self._wake.wait(ARMED_EVERY_S if soon else LOOK_EVERY_S)
            if self.doing:
                self._stopping.wait(looked + PAUSE_S - time.monotonic())
            self._wake.clear()
            if self._stopping.is_set():
                return
            looked = time.monotonic()
            try:
                soon = self._look()
            except EcommsError as error:
                # We look again in a few seconds; what is due stays due.
                logger.warning("The worker could not look at its tasks: %s", error)
            except Exception:
                logger.exception("The worker stumbled and goes on")

    def _look(self) -> bool:
        """Begin what is due, and set the alarm; True if that is put off, so that we look again soon."""
        self._work.beat()
        begun = [self._start(job) for job in self._work.due(self._free)]
        if any(begun) and time.monotonic() - self._armed < ARMED_EVERY_S:
            return True
        self._work.arm()
        self._armed = time.monotonic()
        return False

    def _free(self) -> int:
        with self._changed:
            return THREADS - sum(not job.inside for job in self._doing.values())

    def _start(self, job: Job) -> bool:
        """False if it is a reminder that is being decided already.

        An effect that was claimed again is always begun: what was done with it stands in the database, and
        its thread is at its end. Who left it out would keep the claim, and nobody would do it.
        """
        with self._changed:
            if job.inside and job.key in self._doing:
                return False
            self._doing[job.key] = job
            self._unbegun.add(job.key)
        (self._inside if job.inside else self._pool).submit(self._finish, job)
        return True

    def _finish(self, job: Job) -> None:
        done = False
        with self._changed:
            if self._doing.get(job.key) is not job:  # given back by a stop, or claimed again since
                return
            self._unbegun.discard(job.key)
        try:
            done = attempt(job)
        finally:
            with self._changed:
                if self._doing.get(job.key) is job:
                    del self._doing[job.key]
                self._changed.notify_all()
            if done:  # else the next look is soon enough; a task that fails must not spin
                self._wake.set()
