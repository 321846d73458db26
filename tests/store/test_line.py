"""The writers of one process on SQLite: who waits for the same disk shares a commit, and nothing else."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from sqlalchemy import event, exc

from ecomms_bot.store import line
from ecomms_bot.store.deadline import Deadline
from ecomms_bot.store.engine import Database
from ecomms_bot.store.faults import Conflict, DatabaseBusy
from tests.store.samples import append, entries, note

PATIENCE_S = 60.0


@dataclass
class Queue:
    """Writers that came while the first one was at it, in this order."""

    db: Database
    pool: ThreadPoolExecutor
    commits: list[int] = field(default_factory=list)
    writers: list[Future[None]] = field(default_factory=list)

    def joins(self, work: Callable[[], None]) -> Future[None]:
        """Somebody comes and waits; gives what becomes of it."""
        self.writers.append(self.pool.submit(work))
        waiting = vars(vars(self.db)["_line"])["_waiting"]
        until = time.monotonic() + PATIENCE_S
        while len(waiting) < len(self.writers):
            assert time.monotonic() < until, "nobody waits in the line"
            threading.Event().wait(0.001)
        return self.writers[-1]

    def writes(self, incident: str, after: int = 0) -> Future[None]:
        def work() -> None:
            with self.db.write() as conn:
                append(conn, incident, after, note("a"))
            assert self.commits  # nobody is told before it is on the disk

        return self.joins(work)


@contextmanager
def queue(db: Database, first: Callable[[], None] = lambda: None) -> Iterator[Queue]:
    """While the block lasts, one writes, at its end `first`. After it all of them have ended."""
    with db.read():
        pass  # the engine is there
    gate, inside = threading.Event(), threading.Event()

    def hold() -> None:
        with db.write() as conn:
            append(conn, "i-first", 0, note("a"))
            inside.set()
            assert gate.wait(PATIENCE_S)
            first()

    with ThreadPoolExecutor(8) as pool:
        waiting = Queue(db, pool)
        event.listen(vars(db)["_made"], "commit", lambda _: waiting.commits.append(1))
        holder = pool.submit(hold)
        assert inside.wait(PATIENCE_S)
        yield waiting
        gate.set()
        for each in [holder, *waiting.writers]:
            each.exception(PATIENCE_S)
    waiting.writers.insert(0, holder)


@pytest.fixture(autouse=True)
def _for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is, the first does not stop waiting for the others."""
    monkeypatch.setattr(line, "SHARED_S", PATIENCE_S)


def test_those_who_wait_share_one_commit_and_see_what_the_others_wrote(sqlite_db: Database) -> None:
    with queue(sqlite_db) as waiting:
        for after in range(3):
            waiting.writes("i1", after)  # each goes on where the one before ended
    assert [each.exception() for each in waiting.writers] == [None] * 4
    assert len(waiting.commits) == 1
    assert len(entries(sqlite_db, "i1")) == 3
    assert len(entries(sqlite_db, "i-first")) == 1


def test_who_is_refused_keeps_nothing_and_the_others_keep_all(sqlite_db: Database) -> None:
    def half() -> None:
        with sqlite_db.write() as conn:
            append(conn, "i2", 0, note("written, and then given up"))
            append(conn, "i1", 7, note("in a place that is not the next"))

    with queue(sqlite_db) as waiting:
        waiting.writes("i1")
        refused = waiting.joins(half)
        waiting.writes("i1", 1)
    assert isinstance(refused.exception(), Conflict)
    assert len(waiting.commits) == 1
    assert [len(entries(sqlite_db, each)) for each in ("i-first", "i1", "i2")] == [1, 2, 0]


def test_when_the_first_is_refused_the_others_begin_anew(sqlite_db: Database) -> None:
    def refuse() -> None:
        raise Conflict

    with queue(sqlite_db, refuse) as waiting:
        waiting.writes("i1")
        waiting.writes("i1", 1)
    assert [type(each.exception()) for each in waiting.writers] == [Conflict, type(None), type(None)]
    assert [len(entries(sqlite_db, each)) for each in ("i-first", "i1")] == [0, 2]


def test_a_commit_that_fails_is_told_to_everyone_in_it(sqlite_db: Database) -> None:
    with sqlite_db.write() as conn:
        conn.exec_driver_sql("CREATE TABLE one (id INTEGER PRIMARY KEY)")
        conn.exec_driver_sql("CREATE TABLE two (one REFERENCES one DEFERRABLE INITIALLY DEFERRED)")

    def owe() -> None:  # what only the commit can refuse
        with sqlite_db.write() as conn:
            conn.exec_driver_sql("INSERT INTO two VALUES (1)")

    with queue(sqlite_db) as waiting:
        waiting.writes("i1")
        waiting.joins(owe)
    assert all(isinstance(each.exception(), exc.IntegrityError) for each in waiting.writers)
    assert [len(entries(sqlite_db, each)) for each in ("i-first", "i1")] == [0, 0]
    with sqlite_db.write() as conn:  # and the next one writes as ever
        append(conn, "i1", 0, note("a"))


def test_when_all_that_was_written_is_lost_everyone_is_told(sqlite_db: Database) -> None:
    def lose() -> None:  # as SQLite does by itself when the disk is full
        with sqlite_db.write() as conn:
            conn.exec_driver_sql("ROLLBACK")
            raise DatabaseBusy

    with queue(sqlite_db) as waiting:
        waiting.writes("i1")
        waiting.joins(lose)
        waiting.writes("i2")
    first, second, third, fourth = (each.exception() for each in waiting.writers)
    assert isinstance(first, exc.OperationalError)
    assert isinstance(second, exc.OperationalError)
    assert isinstance(third, DatabaseBusy)
    assert fourth is None
    assert [len(entries(sqlite_db, each)) for each in ("i-first", "i1", "i2")] == [0, 0, 1]


def test_whose_time_is_over_is_left_out_and_holds_nobody_up(sqlite_db: Database) -> None:
    times = iter((5.0, 60.0, 60.0))
    late = Deadline(50.0, lambda: next(times))  # the turn comes, but too late

    def write_late() -> None:
        with sqlite_db.write(late) as conn:
            append(conn, "i2", 0, note("a"))

    with queue(sqlite_db) as waiting:
        waiting.writes("i1")
        out = waiting.joins(write_late)
        waiting.writes("i1", 1)
    assert isinstance(out.exception(), DatabaseBusy)
    assert [len(entries(sqlite_db, each)) for each in ("i1", "i2")] == [2, 0]


def test_after_a_while_nobody_is_taken_in_any_more(
    sqlite_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "SHARED_S", 0.0)
    with queue(sqlite_db) as waiting:
        for after in range(3):
            waiting.writes("i1", after)
    assert len(waiting.commits) == 4


def test_the_write_ahead_file_is_emptied_between_two_writers(sqlite_db: Database) -> None:
    emptied_ones = list[bool]()
    with queue(sqlite_db) as waiting:
        waiting.writes("i1")
        emptied = waiting.joins(lambda: emptied_ones.append(sqlite_db.checkpoint()))
        waiting.writes("i1", 1)
    assert emptied.exception() is None
    assert emptied_ones == [True]
    assert len(waiting.commits) == 2
    assert len(entries(sqlite_db, "i1")) == 2
