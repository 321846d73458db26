"""Databases for the tests: each test has fresh ones, migrated, on SQLite and on PostgreSQL."""

from __future__ import annotations

import itertools
import os
import random
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from slack_sdk.socket_mode.builtin import connection, internals
from sqlalchemy import make_url
from uvicorn.protocols.websockets import websockets_sansio_impl

from ecomms_bot.store.engine import Database
from ecomms_bot.store.migrate import migrate
from tests.store import postgres_server

SWITCHING_PROTOCOLS = 101
RULES = {Path(__file__).parent / room for room in ("incident", "playbook")}
"""The tests that must cover their rooms whole, without help from others."""
_RUN = pytest.StashKey[tuple[Path, int]]()
_numbers = itertools.count()


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # the one process that all workers of a run belong to
        config.stash[_RUN] = postgres_server.open_run()
        if quick := postgres_server.quick_disk():
            os.environ.setdefault(
                "PYTEST_DEBUG_TEMPROOT", quick
            )  # below it is `tmp_path`, of the workers too


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent in RULES:
            item.add_marker("rules")


def pytest_unconfigure(config: pytest.Config) -> None:
    if _RUN in config.stash:
        postgres_server.close_run(*config.stash[_RUN])


@pytest.fixture(scope="session", autouse=True)
def _sockets_of_libraries() -> Iterator[None]:
    """Bots that live on while other tests run do not disturb these.

    Hypothesis takes any draw from Python's shared generator for a mistake of the test at hand: sockets get a
    generator of their own. And Slack's client leaves the socket of a refused handshake to the garbage
    collector, whose warning would fail whatever test runs then: it is closed.
    """

    def closing(sock: socket.socket) -> tuple[Any, ...]:
        try:
            answer: tuple[Any, ...] = parse(sock)
        except BaseException:
            sock.close()
            raise
        if answer[0] != SWITCHING_PROTOCOLS:
            sock.close()
        return answer

    parse = vars(connection)["_parse_handshake_response"]
    with pytest.MonkeyPatch.context() as patch:
        for sockets in (internals, websockets_sansio_impl):
            patch.setattr(sockets, "random", random.Random())  # noqa: S311 - masks frames on loopback
        patch.setattr(connection, "_parse_handshake_response", closing)
        yield


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """The server's own database, from which others are made; nothing is kept in it."""
    return postgres_server.server_url()


@pytest.fixture(scope="session")
def _postgres_template(postgres_url: str) -> str:
    name = f"template_{os.getpid()}"
    _administer(postgres_url, f"CREATE DATABASE {name}")
    database = Database(_named(postgres_url, name))
    migrate(database)
    database.dispose()
    return name


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.db"
    database = Database(f"sqlite:///{path}")
    migrate(database)
    database.dispose()
    return path


@pytest.fixture
def empty_postgres_url(postgres_url: str) -> Iterator[str]:
    """A database of its own without any table."""
    yield from _fresh(postgres_url, "template0")


@pytest.fixture
def postgres_database_url(postgres_url: str, _postgres_template: str) -> Iterator[str]:
    """A migrated database of its own."""
    yield from _fresh(postgres_url, _postgres_template)


@pytest.fixture
def sqlite_url(tmp_path: Path, _sqlite_template: Path) -> str:
    """A migrated database of its own."""
    shutil.copy(_sqlite_template, tmp_path / "ecomms.db")
    return f"sqlite:///{tmp_path / 'ecomms.db'}"


@pytest.fixture
def sqlite_db(sqlite_url: str) -> Iterator[Database]:
    yield from _open(sqlite_url)


@pytest.fixture
def postgres_db(postgres_database_url: str) -> Iterator[Database]:
    yield from _open(postgres_database_url)


@pytest.fixture(params=["sqlite", "postgresql"])
def db_url(request: pytest.FixtureRequest) -> str:
    """The address of a migrated database: the test runs once on each kind."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_database_url"
    return str(request.getfixturevalue(name))


@pytest.fixture
def db(db_url: str) -> Iterator[Database]:
    """A migrated database: the test runs once on each kind."""
    yield from _open(db_url)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database that nobody has migrated: the test runs once on each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ecomms.db'}"
    return str(request.getfixturevalue("empty_postgres_url"))


def _open(url: str) -> Iterator[Database]:
    database = Database(url)
    yield database
    database.dispose()


def _fresh(postgres_url: str, template: str) -> Iterator[str]:
    name = f"test_{os.getpid()}_{next(_numbers)}"
    _administer(postgres_url, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield _named(postgres_url, name)
    _administer(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


def _named(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(hide_password=False)


def _administer(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())
