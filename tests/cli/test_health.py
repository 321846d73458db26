"""`ecomms health`: what a container asks every 30 seconds."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time

import pytest

from ecomms_bot import bootstrap
from ecomms_bot.store import heartbeat
from ecomms_bot.store.engine import Database
from tests.cli.conftest import Terminal


def beat(db: Database, seconds_ago: float, host: str | None = None) -> None:
    with db.write() as conn:
        heartbeat.beat(conn, host or bootstrap.machine_name(), time.time() - seconds_ago)


def test_a_bot_that_gave_a_sign_of_life_is_healthy(office: Terminal, db: Database) -> None:
    beat(db, 20)
    result = office.run("health")
    assert result.exit_code == 0
    assert result.stdout.startswith("The bot's last sign of life was 2")


@pytest.mark.parametrize("seconds_ago", [61, 3600, -3600])
def test_one_that_did_not_is_not(office: Terminal, db: Database, seconds_ago: float) -> None:
    """A sign of life from the future is none either: the machine's clock was put back."""
    beat(db, seconds_ago)
    said = office.refused("health")
    assert said.startswith("The bot's last sign of life was ")
    assert said.endswith("Look at its output; restart it.")


def test_a_bot_on_another_machine_does_not_count(office: Terminal, db: Database) -> None:
    beat(db, 1, host=f"not-{socket.gethostname()}")
    assert office.refused("health").startswith("No bot runs on this machine with this database.")


def test_it_loads_nothing_of_slack(sqlite_office: Terminal, sqlite_db: Database) -> None:
    beat(sqlite_db, 1)
    loads = "import sys; from ecomms_bot.cli import cli; cli(['health'], standalone_mode=False)"
    shows = "print([name for name in sys.modules if name.startswith(('slack', 'apscheduler', 'alembic'))])"
    environment = {**os.environ, **sqlite_office.env}
    done = subprocess.run(
        [sys.executable, "-c", f"{loads}\n{shows}"],
        env={**environment, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"
