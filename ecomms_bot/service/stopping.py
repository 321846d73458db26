"""A stop that ends in time, whatever hangs: what is done on the way is waited for, but not for ever."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from ecomms_bot.store.deadline import Deadline

logger = logging.getLogger(__name__)


def ended(within: Deadline, close: Callable[[], object]) -> bool:
    """Close something, and say whether that came to its end in time. Else it goes on aside. Never raises."""
    fine = threading.Event()

    def run() -> None:
        try:
            close()
        except Exception:
            logger.exception("Something could not be closed")
        fine.set()

    threading.Thread(target=run, name="closing", daemon=True).start()
    return fine.wait(within.remaining())
