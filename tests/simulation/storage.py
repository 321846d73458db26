"""The database of a simulation: SQLite in memory, one for all replicas, each transaction a port."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Protocol

from sqlalchemy import Connection, Engine, StaticPool, create_engine, event

from ecomms_bot.store import sqlite
from ecomms_bot.store.deadline import Deadline
from ecomms_bot.store.engine import Database
from ecomms_bot.store.migrate import migrate


class Ports(Protocol):
    """What a replica is told of its transactions: before and after. Both may switch, and both may raise."""

    def before_read(self) -> None: ...

    def before_write(self) -> None: ...

    def after_write(self) -> None: ...


class Memory(Database):
    """Without ports: how the simulation itself looks in."""

    def __init__(self, engine: Engine) -> None:
        super().__init__("sqlite:///simulated.db")  # a name; nothing of it is opened
        self._shared = engine

    def _engine(self) -> Engine:
        return self._shared


class Simulated(Memory):
    """As one replica sees it."""

    def __init__(self, engine: Engine, ports: Ports) -> None:
        super().__init__(engine)
        self._ports = ports

    @contextmanager
    def read(self, deadline: Deadline | None = None) -> Iterator[Connection]:
        self._ports.before_read()
        with super().read(deadline) as conn:
            yield conn

    @contextmanager
    def write(self, deadline: Deadline | None = None) -> Iterator[Connection]:
        self._ports.before_write()
        with super().write(deadline) as conn:
            yield conn
        self._ports.after_write()


def fresh() -> Engine:
    """A database with the tables of this version."""
    engine = _empty()
    _raw(engine).deserialize(_migrated())
    return engine


def _empty() -> Engine:
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"isolation_level": None})
    event.listen(engine, "connect", vars(sqlite)["_prepare"])
    return engine


@cache
def _migrated() -> bytes:
    engine = _empty()
    migrate(Memory(engine))
    return _raw(engine).serialize()


def _raw(engine: Engine) -> sqlite3.Connection:
    with engine.connect() as conn:
        raw = conn.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    return raw
