"""What this worker did after its lease had gone to another, as a process that stood still for minutes does.

Slack cannot be told that a call is out of date. The same message may stand twice: who came too late knows
where its own stands, and when the other one is done and did not find that one, both are there, so it is
unsure. And a card may show again what it showed before the other one drew it: then it is drawn once more.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from ecomms_bot.errors import EcommsError
from ecomms_bot.incident.entry import Task, TaskChanges
from ecomms_bot.store import doubt, tasks
from ecomms_bot.store.engine import Database
from ecomms_bot.store.tasks import ClaimedTask

logger = logging.getLogger(__name__)


class Overtaken:
    """Safe for threads. Forgotten with the process: then nobody can tell any more."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._lock = threading.Lock()
        self._waiting: dict[str, Callable[[Connection], bool]] = {}

    def note(self, key: str, outcome: str | None) -> None:
        """It may stand twice. `outcome`: where ours stands; None: we do not know whether it does."""
        logger.info("%s was taken over by another worker, and may have been done twice", key)
        self._see_to(key, partial(doubt.cast, key=key, outcome=outcome))

    def draw_again(self, task: ClaimedTask, now: datetime) -> None:
        """It may show how it was. `now`: incident time; each attempt asks for this once."""
        logger.info("%s was taken over by another worker, and is done once more", task.key)
        key = f"{task.key}/late/{task.attempts}"
        fresh = Task(key, task.incident, task.kind, task.lane, now, task.ids, coalesce=True)
        self._see_to(key, partial(_add, task=fresh))

    def _see_to(self, key: str, what: Callable[[Connection], bool]) -> None:
        with self._lock:
            self._waiting[key] = what
        self.look()

    def look(self) -> None:
        """See to each; what cannot be seen to yet is, at the next look."""
        with self._lock:
            waiting = dict(self._waiting)
        for key, what in waiting.items():
            try:
                with self._db.write() as conn:
                    over = what(conn)
            except EcommsError as error:
                logger.warning("That %s came too late could not be written down yet: %s", key, error)
                continue
            if over:
                with self._lock:
                    self._waiting.pop(key, None)


def _add(conn: Connection, task: Task) -> bool:
    tasks.apply(conn, TaskChanges(add=(task,)), task.due_at)
    return True
