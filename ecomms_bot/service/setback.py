"""When the incident clock was set back: what was pointless while it was ahead is still to be said.

A reminder whose time passed together with that of the next one is moot, and its task ends without an entry.
That holds for the time at which it was decided: if the clock says an earlier one now, it is owed again.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from ecomms_bot.errors import EcommsError
from ecomms_bot.incident import effects as kinds
from ecomms_bot.incident.effects import wanted
from ecomms_bot.service.records import load
from ecomms_bot.store import moot
from ecomms_bot.store.deadline import Deadline
from ecomms_bot.store.engine import Database

LONGEST_S = 20.0
"""How long writing may wait for the database: it is not answered to anyone."""
NEVER = datetime.max.replace(tzinfo=UTC)

logger = logging.getLogger(__name__)


class ClockSetBack(EcommsError):
    """The clock was set back while it was being decided."""

    def __init__(self) -> None:
        super().__init__("The clock was set back at this moment. It is decided again by the new time.")


class SetBack:
    """Watches a clock for a worker. Nobody knows what it said before the start, so it may have been later."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._seen = NEVER

    def look(self, now: datetime) -> None:
        """Raises DatabaseError; then the next look does it."""
        if now < self._seen:
            self._revive(now)
        self._seen = now

    def _revive(self, now: datetime) -> None:
        with self._db.read() as conn:
            found = moot.found_ahead(conn, kinds.REMINDER, now)
        for incident, keys in found.items():
            with self._db.write(Deadline.after(LONGEST_S)) as conn:
                owed = wanted(load(conn, incident), now)
                back = moot.revive(conn, [key for key in keys if key in owed])
            if back:
                logger.info("The clock was set back: %s reminders of %s come again", back, incident)
