"""Make the tables, bring them up to date, and say how far they are."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, inspect, text

from ecomms_bot.errors import DatabaseError
from ecomms_bot.store import triggers
from ecomms_bot.store.engine import Database
from ecomms_bot.store.faults import DatabaseBusy

REVISIONS = ("0001", "0002")
"""All steps in order, as a test makes sure. Here, so that the bot starts without loading alembic."""

Status = Literal["current", "empty", "older", "newer"]

_NEWER = (
    "This database was made by a newer version of ecomms-bot. Nothing was started or changed. Install that"
    " version, or name another database."
)
_SAY: dict[Status, str] = {
    "empty": "This database has no tables yet. Run `ecomms migrate` first.",
    "older": "This database was made by an older version of ecomms-bot. Nothing was started. Make a backup,"
    " then run `ecomms migrate`.",
    "newer": _NEWER,
}

_BUSY = (
    "Somebody else brings this database up to date at the moment, or works in it for long. Nothing was"
    " changed. Run `ecomms migrate` again when they are done."
)
_LOCK = 0x65636F6D6D73  # "ecomms"
# The bot's PostgreSQL user gets this and nothing more, when the tables belong to another user.
# FOR UPDATE on heads asks for the right to update it.
_RIGHTS = {
    "events": "SELECT, INSERT, UPDATE (payload)",
    "heads": "SELECT, UPDATE",
    "tasks": "SELECT, INSERT, UPDATE",
    "incidents": "SELECT, INSERT, UPDATE, DELETE",
    "releases": "SELECT, INSERT, UPDATE, DELETE",
    "heartbeats": "SELECT, INSERT, DELETE",
    "user_groups": "SELECT, INSERT, UPDATE",
    "people": "SELECT, INSERT, UPDATE",
    "alembic_version": "SELECT",
}


def status(db: Database) -> Status:
    """How the tables stand to this version of the program."""
    with db.read() as conn:
        return _status(conn)


def require_current(db: Database) -> None:
    """Raises DatabaseError, with what to do, unless the tables are those of this version."""
    found = status(db)
    if found != "current":
        raise DatabaseError(_SAY[found])


def migrate(db: Database) -> Status:
    """Bring the tables up to date and set the rights; returns what was found. Safe to repeat, also at once.

    Of several at once the first does it and the others wait. All of it is one transaction: whatever happens
    on the way, the tables are those of before or those of this version. Raises DatabaseError when the
    database is of a newer version, or when a trigger of the log does not stand; DatabaseBusy after 10 s.
    """
    owner = db if db.migrate_address is db.address else Database(db.migrate_address)
    try:
        with owner.write() as conn:
            if conn.dialect.name == "postgresql":
                # SQLite's write lock does the same: of two that migrate at once, the second finds all done.
                conn.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            found = _status(conn)
            if found == "newer":
                raise DatabaseError(_NEWER)
            if found != "current":
                _upgrade(conn)
            _grant(conn, db)
            if problems := triggers.check_triggers(conn):
                raise DatabaseError(
                    " ".join(problems) + " Restore the database from a backup, and find out who did this."
                )
    except DatabaseBusy:
        raise DatabaseBusy(_BUSY) from None
    finally:
        if owner is not db:
            owner.dispose()
    return found


def _status(conn: Connection) -> Status:
    if not inspect(conn).has_table("alembic_version"):
        return "empty"
    found = conn.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if found is None:
        return "empty"
    if found not in REVISIONS:
        return "newer"
    return "current" if found == REVISIONS[-1] else "older"


def _upgrade(conn: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": conn})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    command.upgrade(config, "head")


def _grant(conn: Connection, db: Database) -> None:
    """Give the bot's own PostgreSQL user its rights, if it is not the owner of the tables."""
    bot = db.address.user
    if db.dialect != "postgresql" or bot is None or bot == db.migrate_address.user:
        return
    if conn.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": bot}).first() is None:
        raise DatabaseError(
            f"The PostgreSQL user {bot}, with which the bot is to work, does not exist. Nothing was changed."
            " Create it, then run `ecomms migrate` again."
        )
    name = conn.dialect.identifier_preparer.quote_identifier(bot)
    schema = conn.dialect.identifier_preparer.quote_identifier(
        conn.execute(text("SELECT current_schema()")).scalar_one()
    )
    conn.exec_driver_sql(f"GRANT USAGE ON SCHEMA {schema} TO {name}")
    for table, rights in _RIGHTS.items():
        conn.exec_driver_sql(f"REVOKE ALL ON {table} FROM {name}")
        conn.exec_driver_sql(f"GRANT {rights} ON {table} TO {name}")
