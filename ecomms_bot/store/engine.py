"""One database, SQLite or PostgreSQL: connections to read and to write with, each within a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, exc

from ecomms_bot.store import postgres, sqlite
from ecomms_bot.store.address import Address
from ecomms_bot.store.deadline import Deadline
from ecomms_bot.store.faults import DatabaseBusy, translate
from ecomms_bot.store.line import Line

POOL_SIZE = 25
"""Connections at most; one more in flight waits within its time."""
WAIT_S = 10.0
"""How long work without a deadline waits for a connection or a lock; the work itself has no limit then."""


class Database:
    """The database behind `url`. `migrate_url`: the owner of the tables, if that is another PostgreSQL user.

    Nothing is connected until it is used. Raises ConfigurationError for an address that cannot be used.
    """

    def __init__(self, url: str | Address, *, migrate_url: str | None = None) -> None:
        self.address = Address.parse(url)
        self.migrate_address = Address.parse(migrate_url) if migrate_url else self.address
        self.dialect: str = self.address.dialect
        self._slots = threading.BoundedSemaphore(POOL_SIZE)
        self._line = Line(self._connected)
        self._making = threading.Lock()
        self._made: Engine | None = None

    @contextmanager
    def read(self, deadline: Deadline | None = None) -> Iterator[Connection]:
        """A connection that sees one unchanging picture of the database and cannot write.

        Raises DatabaseBusy when the time is over, DatabaseError when the database cannot be used.
        """
        waiting = deadline or Deadline.after(WAIT_S)
        with self._in_words(), self._connected(waiting) as conn:
            if self.dialect == "sqlite":
                sqlite.begin_read(conn, waiting)
            else:
                postgres.begin_read(conn, deadline)
            yield conn
            # Leaving the block rolls back, which for a reader only ends the picture.

    @contextmanager
    def write(self, deadline: Deadline | None = None) -> Iterator[Connection]:
        """One transaction: committed when the block ends, rolled back when it raises.

        On SQLite the writers of this process stand in one line, so that they never meet in the file, and
        those who wait may share one commit: the block ends when it is done.
        Raises as `read`, Conflict when two got into each other's way, LogProtected when a trigger refused.
        """
        waiting = deadline or Deadline.after(WAIT_S)
        if self.dialect == "sqlite":
            with self._in_words(), self._line.write(waiting, deadline) as conn:
                yield conn
            return
        with self._in_words(), self._connected(waiting) as conn:
            postgres.begin_write(conn, waiting, deadline)
            yield conn
            if deadline is not None and deadline.expired:
                raise DatabaseBusy
            conn.commit()

    def checkpoint(self, deadline: Deadline | None = None) -> bool:
        """Empty SQLite's write-ahead file into the database, so that a redacted text is in neither.

        False if a reader stood in the way for too long: then it happens later, when the next one is written.
        """
        if self.dialect != "sqlite":
            return True
        waiting = deadline or Deadline.after(WAIT_S)
        with self._in_words(), self._line.alone(waiting) as conn:
            return sqlite.checkpoint(conn, waiting)

    def dispose(self) -> None:
        """Close the connections; the next use opens new ones."""
        with self._making:
            if self._made is not None:
                self._made.dispose()
                self._made = None

    def _engine(self) -> Engine:
        with self._making:
            if self._made is None:
                self._made = (
                    sqlite.engine(self.address, POOL_SIZE)
                    if self.dialect == "sqlite"
                    else postgres.engine(self.address, POOL_SIZE, WAIT_S)
                )
            return self._made

    @contextmanager
    def _connected(self, deadline: Deadline) -> Iterator[Connection]:
        """SQLAlchemy's pool can only wait a fixed time; here we wait what is left; the pool never does."""
        if not self._slots.acquire(timeout=deadline.remaining()):
            raise DatabaseBusy
        try:
            with self._engine().connect() as conn:
                yield conn
        finally:
            self._slots.release()

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except exc.SQLAlchemyError as error:
            words = translate(error, self.address.shown)
            if words is None:
                raise
            raise words from error
