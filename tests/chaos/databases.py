"""The database that the bots share, and what befalls it: locked from outside, or its server started again."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

import psycopg

from tests.store.postgres_server import OWNER, _programs, _unprivileged, quick_disk

LOCKED_S = 10.0
READY_S = 60.0


class Shared(Protocol):
    """What the bots keep everything in."""

    name: str
    url: str

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Read past the bots; nothing while it cannot be read."""

    def befall(self, number: int, over: threading.Event) -> str:
        """Its misfortune; says which. `over`: it is to end early."""


class Sqlite:
    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._path = folder / "ecomms.db"
        self.url = f"sqlite:///{self._path}"

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        try:
            with closing(sqlite3.connect(f"file:{self._path}?mode=ro", uri=True, timeout=2)) as conn:
                return conn.execute(query).fetchall()
        except sqlite3.Error:
            return []

    def befall(self, number: int, over: threading.Event) -> str:
        """Another program, such as a backup, holds the lock for ten seconds."""
        del number
        with closing(sqlite3.connect(self._path, timeout=5, isolation_level=None)) as conn:
            while not over.is_set():
                try:
                    conn.execute("BEGIN IMMEDIATE")
                except (
                    sqlite3.OperationalError
                ):  # a bot was stopped while it wrote, and holds the lock itself
                    continue
                over.wait(LOCKED_S)
                conn.execute("ROLLBACK")
                return "SQLite locked for 10 s"
        return ""


class Postgres:
    """A server of its own: the one that all tests share must not be stopped."""

    name = "postgresql"

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._data = directory / "data"
        self._user = _unprivileged()
        self._programs = _programs(directory, self._user)
        self._server: subprocess.Popen[bytes] | None = None
        self._fast = False
        self.url = f"postgresql://{OWNER}@/postgres?host={directory}"

    def make(self) -> None:
        self._data.mkdir()
        if self._user is not None:
            for path in (self._directory, self._data):
                os.chown(path, self._user, -1)
        made = ("-D", self._data, "-U", OWNER, "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync")
        with (self._directory / "initdb.log").open("w") as log:
            subprocess.run(
                [self._programs / "initdb", *made], user=self._user, cwd=self._directory, env=_ENVIRONMENT,
                check=True, stdout=log, stderr=log,
            )  # fmt: skip
        self.start()

    def start(self) -> None:
        """A commit is in the files of the system when it is acknowledged: only the machine could lose it."""
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": self._directory,
            "max_connections": 200,
            "shared_buffers": "32MB",
            "fsync": "off",
            "synchronous_commit": "on",
            "full_page_writes": "off",
        }
        command = [str(self._programs / "postgres"), "-D", str(self._data)]
        command += [f"--{name}={value}" for name, value in settings.items()]
        with (self._directory / "server.log").open("a") as log:
            self._server = subprocess.Popen(
                command, user=self._user, cwd=self._directory, env=_ENVIRONMENT, stdout=log, stderr=log
            )
        until = time.monotonic() + READY_S
        while True:
            with suppress(psycopg.Error), self._connected():
                return
            assert self._server.poll() is None, (self._directory / "server.log").read_text()
            assert time.monotonic() < until, "the server does not come up"
            time.sleep(0.05)

    def stop(self, how: signal.Signals) -> None:
        assert self._server is not None
        self._server.send_signal(how)
        try:
            self._server.wait(20)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with suppress(psycopg.Error), self._connected() as conn:
            return conn.execute(query.encode()).fetchall()
        return []

    def befall(self, number: int, over: threading.Event) -> str:
        """Restarted in turn: immediate (as after a crash, with recovery), and fast (it says goodbye)."""
        self._fast, immediate = not self._fast, not self._fast
        self.stop(signal.SIGQUIT if immediate else signal.SIGINT)
        over.wait(1.0 + number % 3)
        self.start()
        return f"PostgreSQL restarted, {'immediate' if immediate else 'fast'}"

    def _connected(self) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(
            host=str(self._directory), user=OWNER, dbname="postgres", autocommit=True, connect_timeout=2
        )


_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


@contextmanager
def shared(name: str, folder: Path) -> Iterator[Shared]:
    """`sqlite` or `postgresql`."""
    if name == "sqlite":
        yield Sqlite(folder)
        return
    with tempfile.TemporaryDirectory(
        prefix="ecomms-chaos-", dir=quick_disk(), ignore_cleanup_errors=True
    ) as place:
        directory = Path(place)
        directory.chmod(0o755)  # the server may run as another user
        server = Postgres(directory)
        server.make()
        try:
            yield server
        finally:
            server.stop(signal.SIGINT)
