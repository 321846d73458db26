"""`ecomms migrate` makes the tables, and can be repeated."""

from __future__ import annotations

from ecomms_bot.store.engine import Database
from tests.cli.conftest import Terminal
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
