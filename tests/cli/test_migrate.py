"""`ecomms migrate` makes the tables, and can be repeated."""

from __future__ import annotations

import pytest

from ecomms_bot.store.engine import Database
from tests.cli.conftest import TOKENS, Terminal
from tests.store.samples import tamper


def test_migrate_makes_the_tables_once(terminal: Terminal, empty_url: str) -> None:
    terminal.env["ECOMMS_DATABASE_URL"] = empty_url
    first, second = (terminal.run("migrate").stdout for _ in range(2))
    assert first == "The tables were made; the triggers that protect the log stand.\n"
    assert second == "The tables were up to date; the triggers that protect the log stand.\n"
    assert terminal.run("log", "list").exit_code == 0


def test_migrate_says_when_the_log_is_not_protected(office: Terminal, db: Database) -> None:
    tamper(db)
    said = office.refused("migrate")
    assert "events_no_delete" in said
    assert said.endswith("Restore the database from a backup, and find out who did this.")


WORK = [("run",), ("log", "list"), ("log", "verify"), ("due",), ("rebuild",), ("drill",)]
"""What works with the tables; each in a program of another version than the tables."""


def of_version(office: Terminal, version: str) -> None:
    """The tables were made by that version of the program."""
    db = Database(office.env["ECOMMS_DATABASE_URL"])
    with db.write() as conn:
        conn.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{version}'")
    db.dispose()


@pytest.mark.parametrize("words", [*WORK, ("migrate",)], ids=" ".join)
def test_an_older_program_leaves_tables_of_a_newer_version_alone(
    office: Terminal, words: tuple[str, ...]
) -> None:
    of_version(office, "9999")
    said = office.refused(*words, **TOKENS)
    assert said.startswith("This database was made by a newer version of ecomms-bot.")
    assert "Install that version" in said


@pytest.mark.parametrize("words", WORK, ids=" ".join)
def test_a_newer_program_does_not_work_with_tables_of_an_older_version(
    office: Terminal, words: tuple[str, ...]
) -> None:
    of_version(office, "0001")
    said = office.refused(*words, **TOKENS)
    assert said.startswith("This database was made by an older version of ecomms-bot. Nothing was started.")
    assert said.endswith("Make a backup, then run `ecomms migrate`.")
