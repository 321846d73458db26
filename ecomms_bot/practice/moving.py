"""Moving the practice clock while the bot works in another process: on, faster, never past a due time."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

SPEEDS = (0.0, 1.0, 10.0, 60.0)
"""Practice seconds in a second; 0 stands still."""
PATIENCE_S = 20.0
"""True time for the bot to do what is due at one stop. Then the clock goes on: so would the real one."""
SLICE_S = 0.25
STRIDE = timedelta(minutes=1)
"""How far it goes at once while something due long ago is still not done."""
PAUSE_S = 1.0
"""Before it is tried again to set the clock, when that failed."""

logger = logging.getLogger(__name__)


class Mover:
    """Sets the practice clock, and nobody else does. Pushing takes a while, in a thread of its own.

    `next_due`: when something comes due (UTC), perhaps in the past. `rested`: waits so many seconds (true
    time) for the bot to have done what is due now. `reached` is told each stop. `changed`: of every change.
    """

    def __init__(
        self,
        clock: Any,
        *,
        next_due: Callable[[], datetime | None],
        rested: Callable[[float], bool],
        reached: Callable[[datetime], None] = lambda _: None,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._clock, self._next_due, self._rested = clock, next_due, rested
        self._reached, self._changed = reached, changed
        self.speed = 1.0
        self._target: datetime | None = None
        self._lock = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="clock", daemon=True)

    def open(self, starts: datetime, speed: float = 1.0) -> None:
        self.speed = speed
        self._clock.set(starts, speed)
        self._thread.start()

    def close(self) -> None:
        with self._lock:
            self._closing = True
            self._lock.notify_all()
        if self._thread.is_alive():
            self._thread.join()

    @property
    def now(self) -> datetime:
        now: datetime = self._clock.now()
        return now

    @property
    def target(self) -> datetime | None:
        """Where it is being moved to; None when it runs by itself."""
        return self._target

    def run(self, speed: float) -> None:
        """Run so fast from now on; while it is being moved, from then on. 0 stands still, here and now."""
        with self._lock:
            self.speed = speed
            if speed == 0:
                self._target = None
            if self._target is None:
                self._clock.set(self.now, speed)
        self._changed()

    def push(self, by: timedelta) -> None:
        """Go on by this much, past what comes due on the way, one after the other. Returns at once."""
        with self._lock:
            self._target = (self._target or self.now) + by
            self._lock.notify_all()
        self._changed()

    def _work(self) -> None:
        while True:
            with self._lock:
                self._lock.wait_for(lambda: self._closing or self._target is not None)
                if self._closing:
                    return
            try:
                self._go_on()
            except Exception:  # whatever it is: without this thread the clock would stand still for ever
                logger.exception(
                    "The practice clock could not be moved further, and runs on from where it is"
                )
                self._give_up()

    def _go_on(self) -> None:
        """To the next stop, and wait there."""
        with self._lock:
            target = self._target
            if target is None or self._closing:
                return
            stop = self._stop(target)
            self._clock.set(stop.astimezone(UTC), 0.0)
        self._changed()
        self._wait()
        self._reached(stop)
        with self._lock:
            if self._target is not None and stop >= self._target:
                self._target = None
                self._clock.set(self.now, self.speed)
        self._changed()

    def _give_up(self) -> None:
        """Have it run by itself again; tried until it does, for the disk may be full."""
        with self._lock:
            self._target = None
        while not self._closing:
            try:
                with self._lock:
                    if self._target is None:  # else it is being pushed again already, and goes on with that
                        self._clock.set(self.now, self.speed)
                self._changed()
            except Exception:
                logger.exception("The practice clock stands still; in a moment it is tried again")
                with self._lock:
                    self._lock.wait_for(lambda: self._closing, PAUSE_S)
            else:
                return

    def _stop(self, target: datetime) -> datetime:
        due, now = self._next_due(), self.now
        if due is None or due >= target:
            return target
        return due if due > now else min(target, now + STRIDE)

    def _wait(self) -> None:
        for _ in range(int(PATIENCE_S / SLICE_S)):
            if self._rested(SLICE_S) or self._closing:
                return
