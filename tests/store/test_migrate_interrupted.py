"""Whatever happens in the middle of a migration, the tables are those of before or those of after."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, event, inspect

from ecomms_bot.store import engine, migrate
from ecomms_bot.store.engine import Database
from ecomms_bot.store.faults import DatabaseBusy
from ecomms_bot.store.verify import verify
from tests.store.samples import entries, open_incident
from tests.store.test_migrate import _first_version

ROOT = Path(__file__).parents[2]


class Crash(BaseException):
    """The machine dies here."""


class Power:
    """Counts the statements of every connection, and fails before the one whose turn it is."""

    def __init__(self) -> None:
        self.fails_before = 0
        self.seen = 0

    def __call__(self, _conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        self.seen += 1
        if self.seen == self.fails_before:
            raise Crash(statement)


@pytest.fixture
def power() -> Iterator[Power]:
    made = Power()
    event.listen(Engine, "before_cursor_execute", made)
    yield made
    event.remove(Engine, "before_cursor_execute", made)


def tables(url: str) -> set[str]:
    db = Database(url)
    with db.read() as conn:
        found = set(inspect(conn).get_table_names())
    db.dispose()
    return found


def crashes_at_every_statement(url: str, power: Power, stands: Callable[[], None]) -> int:
    """Migrate, cut off before the first statement, the second, and so on, until it comes through."""
    for statements in range(1, 1000):
        power.seen, power.fails_before = 0, statements
        db = Database(url)
        try:
            migrate.migrate(db)
        except Crash:
            pass
        else:
            return statements - 1
        finally:
            power.fails_before = 0
            db.dispose()
        stands()
    raise AssertionError("it never came to an end")


def test_an_empty_database_stays_empty_until_all_tables_stand(empty_url: str, power: Power) -> None:
    def nothing_is_there() -> None:
        assert tables(empty_url) == set()

    assert crashes_at_every_statement(empty_url, power, nothing_is_there) > 20
    db = Database(empty_url)
    migrate.require_current(db)
    open_incident(db, "i1")
    with db.read() as conn:
        assert verify(conn).problems == ()
    db.dispose()


def test_an_older_database_stays_as_it_was_until_it_is_of_this_version(empty_url: str, power: Power) -> None:
    # given a database that the first version made and worked with
    db = Database(empty_url)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrate, "_upgrade", _first_version)
        patch.setattr(migrate, "REVISIONS", ("0001",))
        migrate.migrate(db)
    log = open_incident(db, "i1")
    before = tables(empty_url)

    def all_is_as_before() -> None:
        assert tables(empty_url) == before
        assert migrate.status(db) == "older"
        assert entries(db, "i1") == log

    assert crashes_at_every_statement(empty_url, power, all_is_as_before) > 5
    migrate.require_current(db)
    assert entries(db, "i1") == log
    assert tables(empty_url) > before
    db.dispose()


KILLED = """
import os, signal, sys
from ecomms_bot.store import migrate, triggers
from ecomms_bot.store.engine import Database
triggers.install = lambda conn: os.kill(os.getpid(), signal.SIGKILL)
migrate.migrate(Database(sys.argv[1]))
"""


def test_a_process_killed_in_the_middle_leaves_nothing_and_the_next_one_does_it(empty_url: str) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, empty_url], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    assert tables(empty_url) == set()
    db = Database(empty_url)
    assert migrate.migrate(db) == "empty"
    db.dispose()


# --- two at once ---


def test_who_comes_second_waits_and_finds_all_done(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # given one that is in the middle of it
    inside, go_on = threading.Event(), threading.Event()
    upgrade = vars(migrate)["_upgrade"]

    def slowly(conn: Any) -> None:
        inside.set()
        assert go_on.wait(20)
        upgrade(conn)

    monkeypatch.setattr(migrate, "_upgrade", slowly)
    found: dict[str, str] = {}

    def runs(name: str) -> threading.Thread:
        def run() -> None:
            db = Database(empty_url)
            found[name] = migrate.migrate(db)
            db.dispose()

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    first = runs("first")
    assert inside.wait(20)
    # when another begins
    second = runs("second")
    second.join(0.05)
    assert found == {}
    # then it goes on when the first is done
    go_on.set()
    first.join(20)
    second.join(20)
    assert found == {"first": "empty", "second": "current"}


def test_who_waits_too_long_says_so_and_changes_nothing(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    holder = Database(empty_url)
    other = Database(empty_url)
    with holder.write() as conn:
        if holder.dialect == "postgresql":
            conn.exec_driver_sql(f"SELECT pg_advisory_xact_lock({vars(migrate)['_LOCK']})")
        monkeypatch.setattr(engine, "WAIT_S", 0.05)
        with pytest.raises(
            DatabaseBusy, match=r"Somebody else brings .* Nothing was changed\. Run `ecomms migrate`"
        ):
            migrate.migrate(other)
    assert tables(empty_url) == set()
    for each in (holder, other):
        each.dispose()


def test_no_other_program_of_the_server_holds_the_lock_up(empty_postgres_url: str) -> None:
    # given somebody who took a lock with another number, in the same database
    with psycopg.connect(empty_postgres_url) as somebody:
        somebody.execute("SELECT pg_advisory_xact_lock(1)")
        db = Database(empty_postgres_url)
        assert migrate.migrate(db) == "empty"
        db.dispose()
