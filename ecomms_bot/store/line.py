"""The writers of one process on SQLite: one after the other, and those who wait share one commit.

SQLite lets one write at a time, and a commit waits for the disk, longer than all that is written in it takes.
So who is done leaves the transaction open for the next in line, if there is one, and the last of them commits
for all. Nobody returns before the commit, and what one of them could not write is undone alone.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from sqlalchemy import Connection

from ecomms_bot.store import sqlite
from ecomms_bot.store.deadline import Deadline
from ecomms_bot.store.faults import DatabaseBusy

SHARED_S = 0.02
"""So long after its begin a transaction takes somebody else in: who was first waits no longer for them."""


class Line:
    """First come, first served. `connect` gives a connection within the time, until the block ends."""

    def __init__(self, connect: Callable[[Deadline], AbstractContextManager[Connection]]) -> None:
        self._connect = connect
        self._lock = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._taken = False
        self._shared: _Shared | None = None

    @contextmanager
    def write(self, waiting: Deadline, deadline: Deadline | None) -> Iterator[Connection]:
        """As `Database.write`."""
        self._enter(waiting)
        try:
            if self._shared is None:
                self._shared = self._begun(waiting)
            shared = self._shared
            with shared.part(waiting) as conn:
                yield conn
                if deadline is not None and deadline.expired:
                    raise DatabaseBusy
        finally:
            self._pass_on()
        shared.over.wait()
        if shared.error is not None:
            raise shared.error

    @contextmanager
    def alone(self, waiting: Deadline) -> Iterator[Connection]:
        """A connection without a transaction, while nobody of this process writes."""
        self._enter(waiting)
        try:
            self._end()
            with self._connect(waiting) as conn:
                yield conn
        finally:
            self._pass_on()

    def _enter(self, waiting: Deadline) -> None:
        with self._lock:
            if not self._taken:
                self._taken = True
                return
            turn = threading.Event()
            self._waiting.append(turn)
        if turn.wait(waiting.remaining()):
            return
        with self._lock:
            if turn in self._waiting:
                self._waiting.remove(turn)
                raise DatabaseBusy
        # It came at the last moment: what is late is refused below, and the turn passed on.

    def _begun(self, waiting: Deadline) -> _Shared:
        with ExitStack() as closing:
            conn = closing.enter_context(self._connect(waiting))
            sqlite.begin_write(conn, waiting)
            return _Shared(conn, time.monotonic() + SHARED_S, closing.pop_all())

    def _pass_on(self) -> None:
        """The turn is the next one's, with the open transaction; without anybody for that, it ends here."""
        if self._shared is not None and self._shared.takes_more and self._let_in():
            return
        try:
            self._end()
        finally:
            self._let_in(or_free=True)

    def _let_in(self, *, or_free: bool = False) -> bool:
        """Give the turn to who waits longest. False if nobody does: then it is free, if that is wanted."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
                return True
            self._taken = not or_free
            return False

    def _end(self) -> None:
        shared, self._shared = self._shared, None
        if shared is not None:
            shared.end()


class _Shared:
    """One transaction of several writers, each of whom has the connection in turn."""

    def __init__(self, conn: Connection, until: float, closing: ExitStack) -> None:
        self._conn, self._until, self._closing = conn, until, closing
        self._kept = 0
        self._spoilt = False
        self.error: Exception | None = None
        self.over = threading.Event()

    @property
    def takes_more(self) -> bool:
        return not self._spoilt and time.monotonic() < self._until

    @contextmanager
    def part(self, waiting: Deadline) -> Iterator[Connection]:
        """Of one writer. If it raises, what the others wrote stays."""
        if not self._kept:
            try:
                yield self._conn
            except BaseException:
                self._spoilt = True
                raise
        else:
            if waiting.expired:
                raise DatabaseBusy
            self._conn.exec_driver_sql("SAVEPOINT part")
            try:
                yield self._conn
            except BaseException:
                self._undo()
                raise
            self._conn.exec_driver_sql("RELEASE part")
        self._kept += 1

    def _undo(self) -> None:
        try:
            self._conn.exec_driver_sql("ROLLBACK TO part")
            self._conn.exec_driver_sql("RELEASE part")
        except Exception as error:  # noqa: BLE001 - as when the disk is full: SQLite undid all of it
            self._spoilt, self.error = True, error

    def end(self) -> None:
        """Commit, or leave the reason why not in `error`."""
        try:
            with self._closing:
                self._commit()
        except Exception as error:  # noqa: BLE001 - each who has a part in it raises it
            self.error = self.error or error
        finally:
            self.over.set()

    def _commit(self) -> None:
        if not self._kept or self.error is not None:
            return
        try:
            self._conn.commit()
        except Exception:
            self._conn.invalidate()  # SQLAlchemy takes it for ended, and would give it out again as it is
            raise
