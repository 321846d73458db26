"""The threads that do what is due: a loop that sleeps until it is woken, and a pool. One per process."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from ecomms_bot.errors import EcommsError
from ecomms_bot.service.carrying import ATTEMPTS_UNEXPECTED, MEND_EVERY_S, Parts
from ecomms_bot.service.work import LEASE_S, Job, Work, attempt
from ecomms_bot.store.deadline import Deadline

__all__ = ["ATTEMPTS_UNEXPECTED", "LEASE_S", "LOOK_EVERY_S", "MEND_EVERY_S", "THREADS", "Parts", "Worker"]

THREADS = 8
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
        self._loop = threading.Thread(target=self._run, name="worker", daemon=True)
        self._stopping = threading.Event()
        self._changed = threading.Condition()
        self._doing: set[str] = set()
        self._unbegun: set[str] = set()

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
        self._pool.shutdown(wait=False, cancel_futures=True)
        with self._changed:
            unbegun, self._unbegun = self._unbegun, set()
            self._doing -= unbegun
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
        while not self._stopping.is_set():
            self._wake.wait(LOOK_EVERY_S)
            self._wake.clear()
            if self._stopping.is_set():
                return
            try:
                self._work.beat()
                for job in self._work.due(lambda: THREADS - self.doing):
                    self._start(job)
                self._work.arm()
            except EcommsError as error:
                # We look again in a few seconds; what is due stays due.
                logger.warning("The worker could not look at its tasks: %s", error)
            except Exception:
                logger.exception("The worker stumbled and goes on")

    def _start(self, job: Job) -> None:
        with self._changed:
            if job.key in self._doing:
                return
            self._doing.add(job.key)
            self._unbegun.add(job.key)
        self._pool.submit(self._finish, job)

    def _finish(self, job: Job) -> None:
        done = False
        with self._changed:
            self._unbegun.discard(job.key)
        try:
            done = attempt(job)
        finally:
            with self._changed:
                self._doing.discard(job.key)
                self._changed.notify_all()
            if done:  # else the next look is soon enough; a task that fails must not spin
                self._wake.set()
