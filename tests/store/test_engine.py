"""Connections, each within its time; what people are told when the database is busy, wrong or not there."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event

import psycopg
import pytest
from sqlalchemy import exc, make_url, text

from ecomms_bot.errors import DatabaseError
from ecomms_bot.incident.entry import OFFICE, TaskChanges
from ecomms_bot.store import engine, log, tasks
from ecomms_bot.store.deadline import Deadline
from ecomms_bot.store.engine import Database
from ecomms_bot.store.faults import Conflict, DatabaseBusy, DatabaseUnreachable
from tests.store.samples import append, at, entries, nonce, note, open_incident, task

PATIENCE_S = 60.0


class Clock:
    """Machine time that moves only when told to."""

    now = 100.0

    def __call__(self) -> float:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += seconds


def test_a_deadline_counts_down_and_stops_at_zero() -> None:
    clock = Clock()
    deadline = Deadline.after(2.2, clock)
    assert deadline.remaining() == pytest.approx(2.2)
    clock.pass_by(2)
    assert deadline.remaining() == pytest.approx(0.2)
    assert not deadline.expired
    clock.pass_by(2)
    assert deadline.remaining() == 0
    assert deadline.expired


def test_the_machine_clock_is_the_monotonic_one() -> None:
    assert 0 < Deadline.after(60).remaining() <= 60


# --- within the time ---


@contextmanager
def held(db: Database, statement: str) -> Iterator[None]:
    """Another process has locked what `statement` locks, and keeps it as long as it takes."""
    if db.dialect == "sqlite":
        other = sqlite3.connect(db.address.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")
        other.close()
    else:
        with psycopg.connect(db.address.url.set(drivername="postgresql").render_as_string()) as connection:
            connection.execute(statement.encode())
            yield


def write_office(db: Database, deadline: Deadline | None = None) -> None:
    with db.write(deadline) as conn:
        assert log.head(conn, "i1")[0] == 4
        log.append_office(conn, [note("a")], at=at(0), actor="U", command_id="c", nonce=nonce)


def test_a_writer_gives_up_in_time_when_another_process_holds_the_lock(db: Database) -> None:
    # the other does not let go before the writer gives up
    open_incident(db, "i1")
    deadline = Deadline.after(0.05)
    with held(db, "SELECT * FROM heads FOR UPDATE"), pytest.raises(DatabaseBusy, match="Nothing was written"):
        write_office(db, deadline)
    assert deadline.expired  # it was the deadline that ended the wait, and no shorter limit
    assert len(entries(db, OFFICE)) == 1


def test_a_writer_goes_on_when_the_other_process_is_done(sqlite_db: Database) -> None:
    open_incident(sqlite_db, "i1")
    with ThreadPoolExecutor(1) as pool:
        with held(sqlite_db, ""):
            writer = pool.submit(write_office, sqlite_db, Deadline.after(20))
            with pytest.raises(TimeoutError):
                writer.result(0.02)
        writer.result(20)
    assert len(entries(sqlite_db, OFFICE)) == 2


def test_readers_do_not_wait_for_a_writer(db: Database) -> None:
    open_incident(db, "i1")
    with held(db, "SELECT * FROM heads FOR UPDATE"), db.read(Deadline.after(5)) as conn:
        assert len(log.read(conn, "i1")) == 4


def test_each_statement_gets_what_is_left_not_what_there_was(postgres_db: Database) -> None:
    def limits() -> set[object]:
        return {conn.execute(text(f"SHOW {name}")).scalar() for name in ("lock_timeout", "statement_timeout")}

    clock = Clock()
    with postgres_db.write(Deadline.after(60, clock)) as conn:
        assert limits() == {"1min"}
        clock.pass_by(59)
        assert limits() == {"1s"}
        clock.pass_by(0.75)
        assert limits() == {"250ms"}
    with postgres_db.write(Deadline.after(3, clock)) as conn:
        assert limits() == {"3s"}


def test_a_slow_statement_is_ended_by_the_deadline(postgres_db: Database) -> None:
    with pytest.raises(DatabaseBusy), postgres_db.write(Deadline.after(0.05)) as conn:
        conn.execute(text("SELECT pg_sleep(60)"))
    with pytest.raises(DatabaseBusy), postgres_db.read(Deadline.after(0.05)) as conn:
        conn.execute(text("SELECT pg_sleep(60)"))


def test_nothing_is_committed_after_the_time(db: Database) -> None:
    clock = Clock()
    open_incident(db, "i1")
    with pytest.raises(DatabaseBusy), db.write(Deadline.after(2.2, clock)) as conn:
        clock.pass_by(append(conn, "i1", 4, note("too late"))[0].seq)  # an append that took 5 seconds
    assert len(entries(db, "i1")) == 4


def test_no_statement_begins_after_the_time(postgres_db: Database) -> None:
    clock = Clock()

    def work() -> None:
        with postgres_db.write(Deadline.after(2.2, clock)) as conn:
            clock.pass_by(3)
            conn.execute(text("SELECT pg_sleep(60)"))

    with pytest.raises(DatabaseBusy):
        work()


def test_no_block_begins_after_the_time(db: Database) -> None:
    clock = Clock()
    deadline = Deadline.after(2.2, clock)
    clock.pass_by(3)
    with pytest.raises(DatabaseBusy), db.write(deadline) as conn:
        append(conn, "i1", 0, note("too late"))
    with pytest.raises(DatabaseBusy), db.read(deadline) as conn:
        log.read(conn, "i1")
    assert entries(db, "i1") == []


def test_the_line_of_writers_in_this_process_waits_no_longer_than_the_deadline(sqlite_db: Database) -> None:
    release, inside = Event(), Event()

    def write() -> None:
        with sqlite_db.write():
            inside.set()
            assert release.wait(PATIENCE_S)

    with ThreadPoolExecutor(1) as pool:
        writer = pool.submit(write)
        assert inside.wait(PATIENCE_S)
        with pytest.raises(DatabaseBusy), sqlite_db.write(Deadline.after(0.02)):
            pass
        release.set()
        writer.result(PATIENCE_S)
    with sqlite_db.write(Deadline.after(5)) as conn:  # and the line is free again
        append(conn, "i1", 0, note("a"))


def test_the_line_for_a_connection_waits_no_longer_than_the_deadline(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ExitStack() as readers:
        for _ in range(engine.POOL_SIZE):
            readers.enter_context(db.read())
        with pytest.raises(DatabaseBusy), db.read(Deadline.after(0.02)):
            pass
    with db.read(Deadline.after(5)) as conn:
        assert log.head(conn, "i1") == (0, "")


def test_a_refused_or_failed_block_gives_its_connection_back(db: Database) -> None:
    for number in range(engine.POOL_SIZE + 1):
        with pytest.raises(Conflict), db.write() as conn:
            append(conn, "i1", 7, note("a"), command=str(number))
    open_incident(db, "i1")


def test_work_without_a_deadline_waits_for_a_lock_only_so_long(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_incident(db, "i1")
    monkeypatch.setattr(engine, "WAIT_S", 0.05)
    with held(db, "SELECT * FROM heads FOR UPDATE"), pytest.raises(DatabaseBusy):
        write_office(db)


def test_a_read_without_a_deadline_does_not_hang_behind_a_table_that_somebody_locked(
    postgres_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "WAIT_S", 0.05)
    # given somebody who locked a table by hand, and forgot it
    with held(postgres_db, "LOCK TABLE tasks"):
        with pytest.raises(DatabaseBusy, match="is busy at the moment"), postgres_db.read() as conn:
            tasks.next_due(conn)
        # what does not need the table is read as ever
        assert entries(postgres_db, "i1") == []


@pytest.mark.parametrize(
    ("options", "limit"),
    [
        ("", "10s"),
        ("-c work_mem=8MB", "10s"),
        ("-c lock_timeout=3s", "3s"),  # whoever sets up the database has a reason
    ],
)
def test_a_connection_waits_for_a_lock_as_long_as_its_address_says_or_ten_seconds(
    postgres_database_url: str, options: str, limit: str
) -> None:
    url = make_url(postgres_database_url)
    db = Database(
        url.update_query_dict({"options": options} if options else {}).render_as_string(hide_password=False)
    )

    def limit_of_a_read() -> object:
        with db.read() as conn:
            return conn.execute(text("SHOW lock_timeout")).scalar()

    assert limit_of_a_read() == limit
    # and so it is again when a transaction with a shorter limit has ended
    for block in (db.read, db.write):
        with block(Deadline.after(1)):
            pass
        assert limit_of_a_read() == limit
    db.dispose()


def test_work_without_a_deadline_may_itself_take_its_time(postgres_db: Database) -> None:
    for block in (postgres_db.read, postgres_db.write):
        with block() as conn:
            assert conn.execute(text("SHOW statement_timeout")).scalar() == "0"


def test_a_deadlock_is_a_conflict_so_that_the_loser_tries_again(postgres_db: Database) -> None:
    with postgres_db.write() as conn:
        tasks.apply(conn, TaskChanges(add=(task("a"), task("b"))), at(0))
    both = [Event(), Event()]

    def lock(mine: int, order: tuple[str, str]) -> str:
        try:
            with postgres_db.write() as conn:
                tasks.take(conn, order[0])
                both[mine].set()
                assert both[1 - mine].wait(PATIENCE_S)
                tasks.take(conn, order[1])
        except Conflict:
            return "conflict"
        return "done"

    with ThreadPoolExecutor(2) as pool:
        outcomes = pool.map(lock, [0, 1], [("a", "b"), ("b", "a")], timeout=PATIENCE_S)
        assert sorted(outcomes) == ["conflict", "done"]


# --- what a reader sees ---


def test_emptying_the_write_ahead_file_says_whether_a_reader_stood_in_the_way(sqlite_db: Database) -> None:
    open_incident(sqlite_db, "i1")
    with sqlite_db.read() as conn:
        log.read(conn, "i1")
        assert not sqlite_db.checkpoint(Deadline.after(0.02))
    assert sqlite_db.checkpoint()


def test_postgresql_has_no_such_file(postgres_db: Database) -> None:
    assert postgres_db.checkpoint()


def test_a_reader_cannot_write(db: Database) -> None:
    with pytest.raises(DatabaseError, match="only be read"), db.read() as conn:
        append(conn, "i1", 0, note("a"))
    open_incident(db, "i1")  # and the connection that refused is a writer's again
    assert len(entries(db, "i1")) == 4


def test_a_reader_sees_one_moment_however_long_it_reads(db: Database) -> None:
    open_incident(db, "i1", notes=0)
    with db.read() as conn:
        assert log.head(conn, "i1")[0] == 1
        with db.write() as other:
            append(other, "i1", 1, note("meanwhile"))
        assert log.head(conn, "i1")[0] == 1
    assert len(entries(db, "i1")) == 2


def test_writers_see_what_was_committed_while_they_waited_whatever_the_servers_default(
    postgres_db: Database,
) -> None:
    name = postgres_db.address.url.database
    with postgres_db.write() as conn:
        conn.execute(text(f"ALTER DATABASE {name} SET default_transaction_isolation = 'serializable'"))
    postgres_db.dispose()
    with postgres_db.write() as conn:
        assert conn.execute(text("SHOW transaction_isolation")).scalar() == "read committed"


# --- SQLite's file ---


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_file_and_its_companions_are_private_and_so_is_a_directory_made_for_them(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        db = Database(f"sqlite:///{tmp_path}/data/ecomms.db")
        with db.write() as conn:
            conn.exec_driver_sql("CREATE TABLE t (a)")
        assert {path.name: mode(path) for path in (tmp_path / "data").iterdir()} == {
            "ecomms.db": 0o600,
            "ecomms.db-wal": 0o600,
            "ecomms.db-shm": 0o600,
        }
        assert mode(tmp_path / "data") == 0o700
        db.dispose()
    finally:
        os.umask(before)


def test_sqlite_writes_to_the_disk_before_a_commit_counts_and_forgets_what_is_redacted(
    sqlite_db: Database,
) -> None:
    expected = {
        "journal_mode": "wal",
        "synchronous": 2,
        "recursive_triggers": 1,
        "secure_delete": 1,
        "foreign_keys": 1,
    }
    with sqlite_db.read() as conn:
        found = {name: conn.exec_driver_sql(f"PRAGMA {name}").scalar() for name in expected}
    assert found == expected


# --- connections that break, and mistakes ---


def test_a_restart_of_the_server_between_two_uses_is_not_noticed(postgres_db: Database) -> None:
    open_incident(postgres_db, "i1")
    with psycopg.connect(postgres_db.address.url.set(drivername="postgresql").render_as_string()) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert len(entries(postgres_db, "i1")) == 4


def test_a_connection_that_breaks_in_the_middle_keeps_nothing_and_is_explained(postgres_db: Database) -> None:
    def work() -> None:
        with postgres_db.write() as conn:
            append(conn, "i1", 0, note("a"))
            conn.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(DatabaseUnreachable, match="connection broke"):
        work()
    assert entries(postgres_db, "i1") == []


def test_a_mistake_of_ours_keeps_its_own_error(db: Database) -> None:
    with pytest.raises(ZeroDivisionError), db.read():
        _ = 1 // 0
    for statement, says in (("SELEKT 1", "syntax error"), ("SELECT :forgotten", "forgotten")):
        with pytest.raises(exc.StatementError, match=says), db.read() as conn:
            conn.execute(text(statement))


def test_a_closed_database_opens_again(db: Database) -> None:
    open_incident(db, "i1")
    db.dispose()
    db.dispose()
    assert len(entries(db, "i1")) == 4


def test_neither_psycopg_nor_alembic_is_loaded_where_they_are_not_used(sqlite_url: str) -> None:
    program = (
        "import sys; from ecomms_bot.store import log, migrate; from ecomms_bot.store.engine import Database;"
        f" db = Database({sqlite_url!r}); migrate.require_current(db);"
        " print(sorted({'psycopg', 'alembic', 'psycopg_binary'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
