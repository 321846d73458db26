"""PostgreSQL through psycopg 3, with every wait inside the time that is left."""

from __future__ import annotations

from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event, text

from ecomms_bot.errors import ConfigurationError
from ecomms_bot.store.address import Address
from ecomms_bot.store.deadline import Deadline
from ecomms_bot.store.faults import DatabaseBusy

_CONNECT = {
    "connect_timeout": "2",  # seconds; the least that psycopg takes
    "tcp_user_timeout": "2000",  # ms; a server that fell silent is noticed, not waited for
    "keepalives_idle": "2",  # s; while an answer is awaited, nothing else would notice
    "keepalives_interval": "1",
    "keepalives_count": "2",
    "application_name": "ecomms-bot",
}
_IDLE_MS = 15_000
"""A process frozen inside a transaction loses it after this time: it may hold what everybody waits for."""
_SLACK_MS = 100
"""A statement's limit is set again only when it is this much too long: setting it costs a round trip."""

_LIMITS = text(
    "SELECT set_config('lock_timeout', :lock, true), set_config('statement_timeout', :statement, true),"
    " set_config('idle_in_transaction_session_timeout', :idle, true)"
)
_WAIT = (
    "SELECT set_config('lock_timeout', %s, false) WHERE current_setting('lock_timeout') = '0'"  # none set yet
)


def engine(address: Address, size: int, wait_s: float) -> Engine:
    """Its connections wait `wait_s` for a lock, unless a transaction, or the address, says otherwise."""
    try:
        import psycopg  # noqa: F401  (asked for here, to say in words that it is missing)
    except ImportError as error:
        raise ConfigurationError(
            "PostgreSQL needs the Python package psycopg. Install it, or use an SQLite database."
        ) from error
    made = create_engine(
        address.url,
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0,
        pool_pre_ping=True,
        isolation_level="READ COMMITTED",  # whatever the server's default: who waited sees what was committed
        hide_parameters=True,
        connect_args={name: value for name, value in _CONNECT.items() if name not in address.url.query},
    )
    event.listen(made, "before_cursor_execute", _within_time)
    event.listen(made, "connect", partial(_limit_locks, wait_s=wait_s))
    return made


def _limit_locks(raw: Any, _record: Any, *, wait_s: float) -> None:
    """Once for each connection, so that a read without a deadline costs no more than its own statements.

    Not among the options of the address: there it would hide PGOPTIONS, and poolers refuse it.
    """
    raw.autocommit = True  # else it would open a transaction, and be lost with it
    raw.execute(_WAIT, (str(int(wait_s * 1000)),))
    raw.autocommit = False


def begin_read(conn: Connection, deadline: Deadline | None) -> None:
    """REPEATABLE READ: all statements of one reader see the same moment, as on SQLite.

    Without a deadline it may take its time, but it waits for a lock no longer than any connection does.
    """
    conn.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    if deadline is not None:
        _limit(conn, deadline, deadline)


def begin_write(conn: Connection, waiting: Deadline, deadline: Deadline | None) -> None:
    _limit(conn, waiting, deadline)


def _limit(conn: Connection, waiting: Deadline, deadline: Deadline | None) -> None:
    if waiting.expired:
        raise DatabaseBusy
    lock = _ms(waiting)
    conn.execute(
        _LIMITS,
        {"lock": str(lock), "statement": str(_ms(deadline) if deadline else 0), "idle": str(_IDLE_MS)},
    )
    if deadline is not None:
        conn.execution_options(ecomms_deadline=deadline)
        conn.info["ecomms_limit_ms"] = lock


def _within_time(
    conn: Connection, _cursor: Any, _statement: str, _parameters: Any, _context: Any, _many: Any
) -> None:
    deadline = conn.get_execution_options().get("ecomms_deadline")
    if deadline is None:
        return
    if deadline.expired:
        raise DatabaseBusy
    left = _ms(deadline)
    if conn.info["ecomms_limit_ms"] - left > _SLACK_MS:
        raw = conn.connection.cursor()
        raw.execute(
            "SELECT set_config('lock_timeout', %s, true), set_config('statement_timeout', %s, true)",
            (str(left), str(left)),
        )
        raw.close()
        conn.info["ecomms_limit_ms"] = left


def _ms(deadline: Deadline) -> int:
    """At least 1: to PostgreSQL, 0 means no limit."""
    return max(1, int(deadline.remaining() * 1000))
