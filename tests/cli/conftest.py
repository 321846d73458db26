"""A terminal for the tests: runs `ecomms` in a folder of its own, and reads every word for secrets."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ecomms_bot.cli import cli
from ecomms_bot.settings import VARIABLES
from ecomms_bot.store.engine import Database

SECRETS = ("hunter2", "xoxb-1-very-secret", "xapp-1-very-secret")
"""A password and the tokens: the tests use these and no others."""
TOKENS = {"SLACK_BOT_TOKEN": "xoxb-1-very-secret", "SLACK_APP_TOKEN": "xapp-1-very-secret"}


@dataclass
class Terminal:
    """`env`: the environment of the commands, which know no other setting."""

    folder: Path
    env: dict[str, str] = field(default_factory=dict)

    def run(self, *words: str, answer: str | None = None, **env: str) -> Result:
        """Run `ecomms` with these words. What it did not expect is raised here."""
        whole: dict[str, str | None] = {**dict.fromkeys(VARIABLES), **self.env, **env}
        result = CliRunner().invoke(cli, words, input=answer, env=whole, prog_name="ecomms")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        said = result.output + result.stderr
        assert [secret for secret in SECRETS if secret in said] == []
        assert "Traceback" not in said
        return result

    def refused(self, *words: str, **env: str) -> str:
        """What it says on stderr when it refuses: nothing else is said, and the exit code is 1."""
        result = self.run(*words, **env)
        assert (result.exit_code, result.stdout) == (1, "")
        return result.stderr.strip()


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """In an empty folder, with nothing set."""
    folder = tmp_path / "desk"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return Terminal(folder)


@pytest.fixture
def office(terminal: Terminal, db_url: str) -> Terminal:
    """With a migrated database of each kind, the one of the fixture `db`."""
    terminal.env["ECOMMS_DATABASE_URL"] = db_url
    return terminal


@pytest.fixture
def sqlite_office(terminal: Terminal, sqlite_db: Database) -> Terminal:
    """With a migrated SQLite database, the one of the fixture `sqlite_db`."""
    terminal.env["ECOMMS_DATABASE_URL"] = f"sqlite:///{sqlite_db.address.path}"
    return terminal


@pytest.fixture(autouse=True)
def _output_as_before() -> Iterator[None]:
    """`ecomms run` decides what its whole process writes; in a test the process goes on with other tests."""
    root, hook = logging.getLogger(), threading.excepthook
    every = [root, *(each for each in root.manager.loggerDict.values() if isinstance(each, logging.Logger))]
    levels, handlers = {each: each.level for each in every}, root.handlers[:]
    yield
    for each in (*every, *map(logging.getLogger, list(root.manager.loggerDict))):
        each.setLevel(levels.get(each, logging.NOTSET))
    root.handlers[:] = handlers
    logging.captureWarnings(capture=False)
    threading.excepthook = hook
