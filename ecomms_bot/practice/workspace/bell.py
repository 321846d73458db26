"""The lock of a workspace, and the bell that rings at every change."""

from __future__ import annotations

import threading


class Bell(threading.Condition):
    """A re-entrant lock; `ring` tells everybody who waits that something is different now."""

    def __init__(self) -> None:
        super().__init__(threading.RLock())
        self.rings = 0

    def ring(self) -> None:
        with self:
            self.rings += 1
            self.notify_all()

    def wait_for_ring(self, seen: int, timeout: float) -> None:
        """Until it has rung since `rings` was `seen`, or the timeout (true time, seconds) has passed."""
        with self:
            self.wait_for(lambda: self.rings != seen, timeout)
