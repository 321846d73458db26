"""Waiting for what a thread of the practice does."""

from __future__ import annotations

import time
from collections.abc import Callable

WAIT_S = 20.0
"""Far more than it takes."""


def wait_until(true: Callable[[], object]) -> None:
    until = time.monotonic() + WAIT_S
    while not true():
        assert time.monotonic() < until, "It did not happen."
        time.sleep(0.01)
