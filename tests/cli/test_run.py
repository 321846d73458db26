"""`ecomms run` as a process of its own: it starts with or without Slack, tells no secrets, and ends."""

from __future__ import annotations

import ctypes
import logging
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ecomms_bot.cli.common import place
from ecomms_bot.cli.running import BOLT, Discreet, Line, _thread_died, secrets_of
from ecomms_bot.practice.workspace import Workspace, WorkspaceServer
from ecomms_bot.settings import VARIABLES, from_environment
from tests.cli.conftest import SECRETS, TOKENS, Terminal

LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (INFO|WARNING|ERROR) [\w.]+: \S")
PATIENCE_S = 60

Start = Callable[..., "Running"]


class Running:
    """A process, and what it has written to stderr so far."""

    def __init__(self, folder: Path, env: dict[str, str], *words: str) -> None:
        clean = {name: value for name, value in os.environ.items() if name not in VARIABLES}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ecomms_bot", "run", *words],
            cwd=folder,
            env={**clean, "PYTHONPATH": os.pathsep.join(sys.path), **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.said = ""
        # If it hangs, the test ends all the same, and fails.
        self._guard = threading.Timer(PATIENCE_S, self.process.kill)
        self._guard.start()

    def until(self, words: str) -> str:
        """Read until a line has these words; gives the line."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said += line
            if words in line:
                return line
        raise AssertionError(f"it ended without saying {words!r}:\n{self.said}")

    def end(self, number: signal.Signals) -> int:
        """Ask it to end; gives its exit code."""
        self.process.send_signal(number)
        out, rest = self.process.communicate()
        self.said += rest
        assert out == ""
        return self.process.returncode

    def close(self) -> None:
        self._guard.cancel()
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[Running] = []

    def begin(*words: str, **env: str) -> Running:
        started.append(Running(tmp_path, env, *words))
        return started[-1]

    yield begin
    for each in started:
        each.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_runs_without_slack_and_ends_in_order(
    start: Start, tmp_path: Path, number: signal.Signals
) -> None:
    bot = start(SLACK_API_URL="http://127.0.0.1:1/api/", **TOKENS)
    first = bot.until("ecomms-bot ")
    assert "Slack at http://127.0.0.1:1/api/ by Socket Mode, database ecomms.db" in first
    bot.until("No connection to Slack yet")
    assert bot.end(number) == 0
    assert bot.said.rstrip().endswith("Stopped")
    assert [line for line in bot.said.splitlines() if not LINE.match(line)] == []
    # and nothing is said but by the bot itself: one line for each try
    assert {line.split()[2] for line in bot.said.splitlines()} <= {
        "ecomms_bot.cli.running:",
        "ecomms_bot.slack.connection:",
    }
    tries = [line for line in bot.said.splitlines() if "slack.connection" in line]
    assert len(tries) == sum("next try in" in line for line in tries)
    assert [secret for secret in SECRETS if secret in bot.said] == []
    assert "Traceback" not in bot.said
    assert (tmp_path / "ecomms.db").stat().st_mode & 0o777 == 0o600


def test_a_signal_that_reaches_another_of_its_threads_ends_it_too(start: Start) -> None:
    # Given a bot whose main thread sleeps
    bot = start(SLACK_API_URL="http://127.0.0.1:1/api/", **TOKENS)
    bot.until("No connection to Slack yet")
    pid = bot.process.pid
    other = max(int(task.name) for task in Path(f"/proc/{pid}/task").iterdir())
    assert other != pid
    # when the kernel hands SIGTERM to one of the others, which wakes nobody
    assert ctypes.CDLL(None).tgkill(pid, other, signal.SIGTERM) == 0
    # then it stops in order all the same.
    bot.until("Stopped")
    assert bot.process.wait(PATIENCE_S) == 0


def test_it_is_healthy_once_it_works(start: Start, terminal: Terminal, postgres_database_url: str) -> None:
    # Given a bot in a workspace, with a password in the address of its database
    address = postgres_database_url.replace("postgres@", "postgres:hunter2@")
    with WorkspaceServer(Workspace()) as server:
        tokens = (server.workspace.bot_token, server.workspace.app_token)
        bot = start(
            SLACK_API_URL=server.url,
            SLACK_BOT_TOKEN=tokens[0],
            SLACK_APP_TOKEN=tokens[1],
            ECOMMS_DATABASE_URL=address,
        )
        # When it has connected
        bot.until("Connected to Slack")
        server.workspace.wait_connected()
        # Then it gives signs of life, it ends when asked, and none of its lines had a secret
        assert terminal.run("health", ECOMMS_DATABASE_URL=address).exit_code == 0
        assert bot.end(signal.SIGTERM) == 0
    # and once it has ended in order, nobody takes it for one that runs
    assert "No bot runs" in terminal.run("health", ECOMMS_DATABASE_URL=address).stderr
    assert [secret for secret in (*tokens, "hunter2") if secret in bot.said] == []
    assert "Traceback" not in bot.said


def test_in_http_mode_slack_reaches_it_and_no_app_token_is_needed(start: Start) -> None:
    # Given a bot that was told to listen, on a free port
    with WorkspaceServer(Workspace()) as server:
        ws = server.workspace
        ws.add_user("mara")
        ws.add_conversation("ops", ["mara"])
        bot = start(
            "--http",
            "127.0.0.1:0",
            SLACK_API_URL=server.url,
            SLACK_BOT_TOKEN=ws.bot_token,
            SLACK_SIGNING_SECRET=ws.signing_secret,
        )
        assert " by HTTP, database ecomms.db" in bot.until("ecomms-bot ")
        url = bot.until("Slack's requests are taken at").split()[-1]
        bot.until("Connected to Slack")
        # When Slack sends there what people type
        ws.deliver_to(url)
        answer = ws.person("mara").command("ops", "/ecomms", "help")
        # Then it answers, opens no socket, and ends when asked
        assert "/ecomms start" in (answer.text or "")
        assert ws.connections == []
        assert ws.calls_of("apps.connections.open") == []
        assert bot.end(signal.SIGTERM) == 0
    assert bot.said.rstrip().endswith("Stopped")
    assert [secret for secret in (ws.bot_token, ws.signing_secret) if secret in bot.said] == []
    assert [line for line in bot.said.splitlines() if not LINE.match(line)] == []


def test_http_mode_says_what_it_lacks_before_it_starts(terminal: Terminal) -> None:
    assert terminal.refused("run", "--http", **TOKENS).endswith("then start again.")
    assert "--http takes an address" in terminal.refused("run", "--http", "here", **TOKENS)
    assert "SLACK_SIGNING_SECRET is not set" in terminal.refused("run", "--http", **TOKENS)
    assert not (terminal.folder / "ecomms.db").exists()


def test_the_doctor_knows_what_http_mode_needs(terminal: Terminal) -> None:
    given = {"SLACK_BOT_TOKEN": TOKENS["SLACK_BOT_TOKEN"], "SLACK_API_URL": "http://127.0.0.1:1/api/"}
    secret = {"SLACK_SIGNING_SECRET": "0123456789abcdef0123456789abcdef"}
    assert "SLACK_SIGNING_SECRET are set, for HTTP mode." in terminal.run("doctor", **given, **secret).output
    assert "SLACK_APP_TOKEN is not set." in terminal.run("doctor", **given).output


def test_a_port_that_is_taken_is_said_before_anything_works(terminal: Terminal) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        here = f"127.0.0.1:{taken.getsockname()[1]}"
        secret = {"SLACK_SIGNING_SECRET": "0123456789abcdef0123456789abcdef"}
        result = terminal.run("run", "--http", here, **TOKENS, **secret)
    assert result.exit_code == 1
    assert f"Requests cannot be taken at {here} (Address already in use)." in result.stderr


# --- what it may print ---


def written(message: str, *secrets: str, error: Exception | None = None) -> str:
    info = (type(error), error, None) if error else None
    record = logging.LogRecord("ecomms_bot", logging.WARNING, __file__, 1, message, None, info)
    return Discreet(secrets).format(record)


@pytest.mark.parametrize(
    "secret",
    [
        "xoxb-777-888-abcDEF",
        "xapp-777-A1-2-ff",
        "xoxp-777",
        "xoxe.xoxb-777-abc",
        "postgresql://me:hunter2@db/x",
        "hunter2",
    ],
)
def test_no_line_has_a_secret(secret: str) -> None:
    for said in (
        written(f"before {secret} after", "hunter2"),
        written("x", "hunter2", error=OSError(secret)),
    ):
        assert "777" not in said
        assert "hunter2" not in said
    assert written(f"before {secret} after", "hunter2").endswith(" after")


def test_a_broken_line_is_told_in_one_line_of_ours_and_only_once_it_stood() -> None:
    def told(message: str, level: int = logging.ERROR, name: str = BOLT, at: float = 0.0) -> str | None:
        record = logging.LogRecord(name, level, __file__, 1, message, None, None)
        record.created = at
        return record.getMessage() if line.filter(record) else None

    line = Line()
    words = "The line to Slack is broken; it is tried again until it stands"
    assert told("on_error invoked (session id: s_1, error: ConnectionError)") is None
    line.up = lambda: True
    assert told("As you gave `client` as well, `token` will be unused.", logging.WARNING) is None
    assert [told("on_error invoked", at=at) for at in (0.0, 30.0, 61.0)] == [words, None, words]
    # over HTTP there is no line that could break: what bolt calls an error is one
    line.socket = False
    assert told("Failed to send a response", at=61.0) == "Failed to send a response"
    assert told("Request refused", logging.INFO, at=61.0) is None
    line.socket = True
    # a mistake of ours in a listener, and every other line, stay as they are
    assert told("Failed to run a message listener: oops", at=62.0) == "Failed to run a message listener: oops"
    assert told("Stopped", logging.INFO, "ecomms_bot") == "Stopped"


def test_a_thread_that_dies_is_told_of_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """Python itself would write it past the log, and so past what hides secrets."""
    error = OSError("gone")
    _thread_died(threading.ExceptHookArgs((OSError, error, None, None)))
    _thread_died(threading.ExceptHookArgs((SystemExit, SystemExit(), None, None)))
    assert [(each.getMessage(), each.exc_info and each.exc_info[1]) for each in caplog.records] == [
        ("A thread ended unexpectedly", error)
    ]


def test_ordinary_words_stay() -> None:
    said = written("Connected to https://slack.com/api/ as bot@office", "")
    assert said.endswith("WARNING ecomms_bot: Connected to https://slack.com/api/ as bot@office")


def test_the_secrets_are_those_of_the_settings() -> None:
    url = "postgresql://me:hunter%32@db/x"
    settings = from_environment(
        {
            **TOKENS,
            "SLACK_SIGNING_SECRET": "hunter3\n",
            "ECOMMS_DATABASE_URL": url,
            "ECOMMS_MIGRATE_URL": "sqlite:///x.db",
        }
    )
    assert {"hunter2", "hunter3", url, *TOKENS.values()} <= set(secrets_of(settings))


def test_an_address_of_slack_is_shown_without_a_login() -> None:
    assert place("https://me:hunter2@proxy:8443/api/") == "https://proxy:8443/api/"
