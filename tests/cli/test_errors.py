"""Whatever is missing or wrong: one plain sentence and what to do, exit code 1, no traceback, no secret."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from ecomms_bot.store.engine import Database
from tests.cli.conftest import TOKENS, Terminal

READERS = (
    ("log", "list"),
    ("log", "show", "i1"),
    ("log", "verify"),
    ("log", "export", "i1"),
    ("log", "redact", "i1", "2", "--reason", "A name was in it.", "--yes"),
    ("rebuild",),
    ("health",),
)
EVERY = (*READERS, ("migrate",), ("run",))
UNREACHABLE = "postgresql://ecomms:hunter2@127.0.0.1:1/ecomms"
BAD_ADDRESSES = (
    "not an address hunter2",
    "mysql://ecomms:hunter2@db/ecomms",
    "postgresql://ecomms:hunter2@db:port/ecomms",
    "postgresql://ecomms:hunter2@db/",
    "sqlite://ecomms:hunter2@db/x",
    "sqlite://",
)


def is_plain(said: str) -> bool:
    """Sentences that begin and end as sentences do."""
    return said[:1].isupper() and said.endswith(".") and "!" not in said and "Error" not in said


# --- the database ---


@pytest.mark.parametrize("command", EVERY, ids=" ".join)
@pytest.mark.parametrize("address", BAD_ADDRESSES)
def test_an_address_that_cannot_be_a_database(
    terminal: Terminal, command: tuple[str, ...], address: str
) -> None:
    said = terminal.refused(*command, ECOMMS_DATABASE_URL=address, **TOKENS)
    assert is_plain(said)
    assert "address" in said or "database" in said.lower()


@pytest.mark.parametrize("command", EVERY, ids=" ".join)
def test_a_database_that_cannot_be_reached(terminal: Terminal, command: tuple[str, ...]) -> None:
    said = terminal.refused(*command, ECOMMS_DATABASE_URL=UNREACHABLE, **TOKENS)
    assert said == (
        "The database ecomms at 127.0.0.1 cannot be reached, or the connection broke. Please try again"
        " shortly. If it stays so, whoever runs the bot should check that the server runs and that the"
        " database address in the settings is right."
    )


@pytest.mark.parametrize("address", [UNREACHABLE, *BAD_ADDRESSES])
def test_an_owner_of_the_tables_that_cannot_be_reached(terminal: Terminal, address: str) -> None:
    assert is_plain(terminal.refused("migrate", ECOMMS_MIGRATE_URL=address))


@pytest.mark.parametrize("address", [UNREACHABLE, *BAD_ADDRESSES])
def test_a_drill_into_a_database_that_cannot_be_used(terminal: Terminal, address: str) -> None:
    assert is_plain(terminal.refused("drill", ECOMMS_DATABASE_URL=address))


def test_a_wrong_password(terminal: Terminal, postgres_database_url: str) -> None:
    with psycopg.connect(postgres_database_url, autocommit=True) as admin:
        if admin.execute("SELECT 1 FROM pg_roles WHERE rolname = 'guarded'").fetchone() is None:
            admin.execute("CREATE ROLE guarded LOGIN PASSWORD 'right'")
    guarded = make_url(postgres_database_url).set(username="guarded", password="hunter2")
    address = guarded.render_as_string(hide_password=False)
    assert "does not accept this user and password" in terminal.refused(
        "log", "list", ECOMMS_DATABASE_URL=address
    )


@pytest.mark.parametrize("command", READERS, ids=" ".join)
def test_a_database_file_that_is_not_there_is_not_made_by_looking(
    terminal: Terminal, command: tuple[str, ...]
) -> None:
    said = terminal.refused(*command)
    assert said.startswith("There is no database file ecomms.db.")
    assert is_plain(said)
    assert list(terminal.folder.iterdir()) == []


@pytest.mark.parametrize("command", [("migrate",), ("run",)], ids=" ".join)
def test_a_folder_that_is_not_there(terminal: Terminal, command: tuple[str, ...]) -> None:
    missing = f"sqlite:///{terminal.folder}/not/there/ecomms.db"
    said = terminal.refused(*command, ECOMMS_DATABASE_URL=missing, **TOKENS)
    assert "cannot be opened" in said
    assert is_plain(said)


@pytest.mark.parametrize("command", READERS, ids=" ".join)
def test_a_database_without_tables(empty_url: str, terminal: Terminal, command: tuple[str, ...]) -> None:
    if empty_url.startswith("sqlite"):
        Path(empty_url.removeprefix("sqlite:///")).touch()
    said = terminal.refused(*command, ECOMMS_DATABASE_URL=empty_url)
    assert "Run `ecomms migrate` first." in said
    assert is_plain(said)


@pytest.mark.parametrize("command", [*READERS[:-1], ("run",), ("migrate",)], ids=" ".join)
def test_a_database_of_a_newer_version(
    sqlite_office: Terminal, sqlite_db: Database, command: tuple[str, ...]
) -> None:
    with sqlite_db.write() as conn:
        conn.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    said = sqlite_office.refused(*command, **TOKENS)
    assert said.startswith("This database was made by a newer version of ecomms-bot.")


def test_a_file_that_is_no_database(terminal: Terminal) -> None:
    (terminal.folder / "ecomms.db").write_text("hunter2 " * 500)
    assert "is not a database" in terminal.refused("log", "list")


# --- Slack ---


def test_a_token_that_is_missing(terminal: Terminal) -> None:
    assert terminal.refused("run").startswith(
        "SLACK_BOT_TOKEN is not set. Set it to the bot's token (xoxb-…)"
    )
    bot_only = {"SLACK_BOT_TOKEN": TOKENS["SLACK_BOT_TOKEN"]}
    assert terminal.refused("run", **bot_only).startswith("SLACK_APP_TOKEN is not set.")


def test_tokens_that_were_mixed_up(terminal: Terminal) -> None:
    mixed = {"SLACK_BOT_TOKEN": TOKENS["SLACK_APP_TOKEN"], "SLACK_APP_TOKEN": TOKENS["SLACK_BOT_TOKEN"]}
    assert terminal.refused("run", **mixed).startswith("SLACK_BOT_TOKEN and SLACK_APP_TOKEN are swapped")


@pytest.mark.parametrize(
    "address",
    [
        "slack.com",
        "ftp://slack.com",
        "http://slack.com/api/",
        "https://ecomms:hunter2@[::1",
        "https://slack.com:hunter2/",
    ],
)
@pytest.mark.parametrize("command", [("run",), ("log", "list")], ids=" ".join)
def test_an_address_that_cannot_be_slack(terminal: Terminal, command: tuple[str, ...], address: str) -> None:
    said = terminal.refused(*command, SLACK_API_URL=address, **TOKENS)
    assert said.startswith("SLACK_API_URL ")
    assert is_plain(said)


def test_a_practice_clock_with_the_real_slack(terminal: Terminal) -> None:
    said = terminal.refused("run", ECOMMS_CLOCK="clock.json", **TOKENS)
    assert "Slack is not on this machine" in said


# --- files ---


@pytest.mark.parametrize("command", EVERY, ids=" ".join)
def test_a_configuration_that_is_named_and_not_there(terminal: Terminal, command: tuple[str, ...]) -> None:
    said = terminal.refused(*command, ECOMMS_CONFIG="office.yaml", **TOKENS)
    assert said == "ECOMMS_CONFIG names office.yaml, and there is no such file."


def test_a_configuration_with_a_mistake(terminal: Terminal) -> None:
    (terminal.folder / "ecomms.yaml").write_text("time_zone: Canada/Winnipeg2\nrole: {}\n")
    said = terminal.refused("run", **TOKENS)
    assert "time_zone: “Canada/Winnipeg2” is not a time zone" in said
    assert "role: there is no such setting" in said


def test_playbooks_that_are_not_there(terminal: Terminal) -> None:
    said = terminal.refused("run", ECOMMS_PLAYBOOKS="nowhere", **TOKENS)
    assert "There is no playbook that can be used. Nothing was started." in said
    assert "nowhere" in said


def test_a_drill_that_is_not_there(terminal: Terminal) -> None:
    said = terminal.refused("drill", "night.yaml")
    assert said.startswith("There is no drill night.yaml.")


def test_a_drill_with_a_mistake_is_named_with_its_place(terminal: Terminal) -> None:
    (terminal.folder / "night.yaml").write_text("schema_version: 1\nid: [oops\n")
    assert "night.yaml:" in terminal.refused("drill", "night.yaml")


def test_a_folder_for_the_drill_that_cannot_be_made(terminal: Terminal) -> None:
    (terminal.folder / "taken").touch()
    said = terminal.refused("drill", "--out", "taken/here")
    assert said.startswith("The folder taken/here cannot be made")


# --- usage ---


@pytest.mark.parametrize(
    "words",
    [
        ("fly",),
        ("log", "redact", "i1"),
        ("log", "redact", "i1", "zero", "--reason", "x"),
        ("log", "redact", "i1", "2"),
        ("log", "verify", "--head", "i1"),
        ("log", "verify", "--head", "=1:abcdef"),
        ("log", "show"),
        ("run", "now"),
    ],
    ids=" ".join,
)
def test_what_was_typed_wrongly_ends_with_2(terminal: Terminal, words: tuple[str, ...]) -> None:
    result = terminal.run(*words)
    assert result.exit_code == 2
    assert result.stderr.startswith("Usage: ecomms")


def test_ctrl_c_is_quiet(sqlite_office: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_db: Database) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("ecomms_bot.service.office.rebuild", interrupted)
    result = sqlite_office.run("rebuild")
    assert (result.exit_code, result.output) == (130, "")


def test_it_tells_its_version_and_its_commands(terminal: Terminal) -> None:
    assert terminal.run("--version").stdout.startswith("ecomms, version ")
    said = terminal.run("--help").stdout
    for command in ("run", "drill", "log", "rebuild", "migrate", "doctor", "health"):
        assert f"\n  {command} " in said
