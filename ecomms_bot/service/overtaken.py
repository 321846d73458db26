"""What this worker did after its lease had gone to another, as a process that stood still for minutes does.

Slack cannot be told that a call is out of date, so the same message may stand twice. Who came too late knows
where its own stands; when the other one is done, and did not find that one, both are there: it is unsure.
"""

from __future__ import annotations

import logging
import threading

from ecomms_bot.errors import EcommsError
from ecomms_bot.store import doubt
from ecomms_bot.store.engine import Database

logger = logging.getLogger(__name__)


class Overtaken:
    """Safe for threads. Forgotten with the process: then nobody can tell any more."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._lock = threading.Lock()
        self._waiting: dict[str, str | None] = {}

    def note(self, key: str, outcome: str | None) -> None:
        """`outcome`: where ours stands; None: we do not know whether it does."""
        logger.info("%s was taken over by another worker, and may have been done twice", key)
        with self._lock:
            self._waiting[key] = outcome
        self.look()

    def look(self) -> None:
        """Ask of each whether the other worker is done; of those that are not, the next look does."""
        with self._lock:
            waiting = dict(self._waiting)
        for key, outcome in waiting.items():
            try:
                with self._db.write() as conn:
                    over = doubt.cast(conn, key, outcome)
            except EcommsError as error:
                logger.warning("Whether %s was done twice could not be written down yet: %s", key, error)
                continue
            if over:
                with self._lock:
                    self._waiting.pop(key, None)
