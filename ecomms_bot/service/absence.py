"""After a time in which no bot was running: each open incident is told once, before its reminders are."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime

from ecomms_bot.errors import EcommsError
from ecomms_bot.incident.commands import ReturnAfterAway
from ecomms_bot.service.carrying import RECORD_S, Parts
from ecomms_bot.service.handler import BOT, Request
from ecomms_bot.store import heartbeat, projections
from ecomms_bot.store.deadline import Deadline
from ecomms_bot.store.heartbeat import LastSeen

AWAY_S = 120.0
"""Machine time without a sign of life of any bot after which nobody was there."""
TRIES = 5
"""So often an incident that cannot be told is tried again before life goes on without."""

logger = logging.getLogger(__name__)


def elapsed() -> float:
    """Seconds that no setting of the clock changes; a machine that slept has slept through them."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)


class Absence:
    """Asked before each sign of life, while the last one can still be read."""

    def __init__(self, parts: Parts, elapsed: Callable[[], float] = elapsed) -> None:
        self._p, self._elapsed = parts, elapsed
        self._here = float("-inf")
        self._tries = 0

    def beaten(self) -> None:
        """We gave a sign of life."""
        self._here, self._tries = self._elapsed(), 0

    def told(self) -> bool:
        """Tell all open incidents, if nobody was there. False: not all could be; to be asked again soon.

        The command id holds the last sign of life that anybody gave: of replicas that come at once, and after
        a crash in the middle, each incident hears it once.
        """
        if self._elapsed() - self._here < AWAY_S:
            return True  # else somebody only set the machine's clock
        with self._p.db.read() as conn:
            seen, rows = heartbeat.last_seen(conn), projections.open_incidents(conn)
        since = None if seen is None else self._since(seen)
        if seen is None or since is None:
            return True
        command = ReturnAfterAway(since, self._p.clock.now())
        told = [self._tell(row.id, command, f"away/{round(seen.machine * 1000)}") for row in rows]
        self._tries += 1
        return all(told) or self._tries >= TRIES

    def _since(self, seen: LastSeen) -> datetime | None:
        """Since when nobody was there (incident time); None if somebody was.

        A practice clock may have gone on for hours in a minute: after a stop in order it counts as well.
        """
        clock, at = self._p.clock, seen.incident
        if at is None and not clock.practice:
            at = datetime.fromtimestamp(seen.machine, UTC)
        gone = clock.machine() - seen.machine
        if clock.practice and seen.stopped and at is not None:
            gone = max(gone, (clock.now() - at).total_seconds())
        return at if gone > AWAY_S else None

    def _tell(self, incident: str, command: ReturnAfterAway, name: str) -> bool:
        try:
            request = Request(incident, command, f"{incident}/{name}", BOT)
            self._p.handler.handle(request, Deadline.after(RECORD_S))
        except EcommsError as error:
            logger.warning("%s could not be told that nobody was there: %s", incident, error)
            return False
        except Exception:
            logger.exception("%s could not be told that nobody was there", incident)
        return True
