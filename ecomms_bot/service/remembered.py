"""What Slack said last of user groups and guests, kept in the database for a start while Slack is away."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence

from ecomms_bot.errors import EcommsError
from ecomms_bot.store import people
from ecomms_bot.store.engine import Database

logger = logging.getLogger(__name__)


class Remembered:
    """`machine`: seconds since the epoch. Nothing here raises: with Slack there, roles work without it."""

    def __init__(self, db: Database, machine: Callable[[], float]) -> None:
        self._db, self._machine = db, machine

    def recall(self) -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, bool]]:
        """User group → its members; person → whether they were a guest."""
        try:
            with self._db.read() as conn:
                groups, guests = people.groups(conn), people.guests(conn)
        except EcommsError as error:
            logger.warning("Who was in the user groups last could not be read: %s", error)
            return {}, {}
        return {group: each.members for group, each in groups.items()}, guests

    def keep(self, groups: Mapping[str, Sequence[str]], guests: Mapping[str, bool]) -> None:
        """Put what Slack said now in the place of what it said before."""
        if not groups and not guests:
            return
        try:
            with self._db.write() as conn:
                people.keep(conn, groups, guests, self._machine())
        except EcommsError as error:
            logger.warning("Who is in the user groups could not be kept: %s", error)
