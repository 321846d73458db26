"""SQLite as this project uses it: one file, WAL, every commit on the disk before it counts."""

from __future__ import annotations

import os
import sqlite3
import time
from typing import Any

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event, exc

from ecomms_bot.errors import ConfigurationError
from ecomms_bot.store.address import Address
from ecomms_bot.store.deadline import Deadline
from ecomms_bot.store.faults import DatabaseBusy

# recursive_triggers: else the delete that hides in INSERT OR REPLACE would go past the triggers of the log.
# secure_delete: what is redacted is overwritten in the file, not just unlinked.
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA recursive_triggers = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA foreign_keys = ON",
)
LOOK_S = 0.002
"""How soon a writer looks again whether another process is done."""
_OPEN_S = 1.0
"""How long opening a new connection waits for a lock (changing to WAL, the first time, needs one)."""


def engine(address: Address, size: int) -> Engine:
    """Raises ConfigurationError when the file's directory is not there and cannot be made."""
    _make_private(address)
    made = create_engine(
        address.url,
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0,
        hide_parameters=True,
        # None: this module says BEGIN itself; the driver would begin late, and never IMMEDIATE.
        connect_args={"timeout": _OPEN_S, "isolation_level": None},
    )
    event.listen(made, "connect", _prepare)
    return made


def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
    try:
        for pragma in _PRAGMAS:
            connection.execute(pragma)
    except sqlite3.Error:
        connection.close()  # the pool forgets a connection that was never ready
        raise


def _make_private(address: Address) -> None:
    """Make the file (0600), if need be its directory (0700). SQLite gives -wal and -shm its mode."""
    directory = address.path.parent
    try:
        if directory.parent.is_dir() and not directory.exists():
            directory.mkdir(mode=0o700)
        os.close(os.open(address.path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise ConfigurationError(
            f"The database file {address.path} cannot be opened ({error.strerror}). Nothing was started. Make"
            " its directory, or correct the database address in the settings."
        ) from error


def begin_read(conn: Connection, deadline: Deadline) -> None:
    _prepare_for(conn, deadline, query_only="ON")
    conn.exec_driver_sql("BEGIN")


def begin_write(conn: Connection, deadline: Deadline) -> None:
    """Another process may be writing: SQLite itself looks again ever more seldom, at last after 100 ms."""
    _prepare_for(conn, deadline, query_only="OFF", waits=False)
    while True:
        try:
            # IMMEDIATE: take the write lock here. Who begins as a reader cannot wait for it later.
            conn.exec_driver_sql("BEGIN IMMEDIATE")
        except exc.OperationalError as error:
            if deadline.expired or "locked" not in str(error.orig):
                raise
            time.sleep(LOOK_S)
        else:
            return


def checkpoint(conn: Connection, deadline: Deadline) -> bool:
    """False if a reader stood in the way until the deadline."""
    _prepare_for(conn, deadline, query_only="OFF")
    return bool(conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0] == 0)


def _prepare_for(conn: Connection, deadline: Deadline, *, query_only: str, waits: bool = True) -> None:
    """Past SQLAlchemy, which takes ten times as long for these as SQLite does."""
    if deadline.expired:
        raise DatabaseBusy
    raw: Any = conn.connection.dbapi_connection
    raw.execute(f"PRAGMA busy_timeout = {int(deadline.remaining() * 1000) if waits else 0}")
    raw.execute(f"PRAGMA query_only = {query_only}")
