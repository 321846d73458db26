"""What can go wrong in the store, in words for people, and how the drivers' errors become these words."""

from __future__ import annotations

import re
import sqlite3

from sqlalchemy import exc

from ecomms_bot.errors import ConfigurationError, DatabaseError, EcommsError


class DatabaseBusy(DatabaseError):
    """The database had no time for this within the given time."""

    def __init__(
        self, text: str = "The database is busy at the moment. Nothing was written; please try again shortly."
    ) -> None:
        super().__init__(text)


class DatabaseUnreachable(DatabaseError):
    """The database cannot be reached or does not let us in. Nothing was written."""


class LogProtected(DatabaseError):
    """A trigger refused to change what is in the log."""


class LogDamaged(DatabaseError):
    """An entry cannot be read; the text names it."""


class Conflict(EcommsError):
    """Somebody else wrote at this place first: reload and decide again."""

    def __init__(
        self, text: str = "Somebody else wrote here at the same moment. Nothing was kept; please try again."
    ) -> None:
        super().__init__(text)


class AlreadyDone(EcommsError):
    """The command is in the log already: look up what it did."""

    def __init__(self, text: str = "This was recorded already. Nothing was written a second time.") -> None:
        super().__init__(text)


PROTECTED = "ecomms: the log is append-only"
"""Begins the message of the triggers that refuse changes."""
PLACE_TAKEN = "ecomms: place taken"
"""The message of the trigger that refuses a second entry at one (incident, seq)."""
COMMAND_TAKEN = "ecomms: command already recorded"
"""The message of the trigger that refuses a second entry for one (command_id, ordinal)."""

_MIGRATE = "The database does not have the expected tables. Nothing was written. Run `ecomms migrate` first."
_LOG_PROTECTED = "The log is append-only: what is in it cannot be changed or removed. Nothing was written."

# https://www.postgresql.org/docs/current/errcodes-appendix.html
_PG_BUSY = {"55P03", "57014", "53300", "25P03", "25P04"}
_PG_RETRY = {"40001", "40P01", "23505"}
_NOT_LET_IN = re.compile(
    'authentication failed|no password supplied|no pg_hba.conf entry|role ".*" does not exist'
)
_TOO_MANY = re.compile("too many clients|too many connections|connection slots are reserved")
_NO_DATABASE = re.compile('database ".*" does not exist')
_PG_WORDS = {
    "42501": "The user of the database {where} may not do this. Nothing was written. Run `ecomms migrate`,"
    " which sets the rights, with the owner of the tables in ECOMMS_MIGRATE_URL.",
    "42P01": _MIGRATE,
    "42703": _MIGRATE,
    "53100": "The disk of the database server at {where} is full. Nothing was written. Free some space.",
    "25006": "The database at {where} can only be read at the moment. Nothing was written.",
}

_SQLITE_WORDS = {
    "no such table": _MIGRATE,
    "no such column": _MIGRATE,
    "unable to open": "The database file {where} cannot be opened. Check that its directory is there.",
    "readonly": "The database file {where} can only be read. Nothing was written. Check who owns it.",
    "full": "The disk with the database file {where} is full. Nothing was written. Free some space.",
    "not a database": "The file {where} is not a database. Check the address, or restore a backup.",
    "malformed": "The database file {where} is damaged. Nothing was written. Restore it from a backup.",
    "could not decode": "The database file {where} is damaged. Restore it from a backup.",
    "disk i/o": "The disk with the database file {where} reports an error. Nothing was written.",
}


def translate(error: exc.SQLAlchemyError, where: str) -> EcommsError | None:
    """Turn what a driver raised into words; None if it is a mistake of ours, which keeps its traceback.

    `where` names the database without its password.
    """
    if not isinstance(error, exc.DBAPIError) or error.orig is None:
        return None
    if isinstance(error.orig, sqlite3.Error):
        return _from_sqlite(error.orig, where)
    return _from_postgresql(error, where)


def _from_sqlite(cause: sqlite3.Error, where: str) -> EcommsError | None:
    text = str(cause)
    if isinstance(cause, sqlite3.IntegrityError):
        return _from_constraint(text)
    if "locked" in text or "busy" in text:
        return DatabaseBusy()
    for part, words in _SQLITE_WORDS.items():
        if part in text.lower():
            return DatabaseError(words.format(where=where))
    return None


def _from_postgresql(error: exc.DBAPIError, where: str) -> EcommsError | None:
    state = getattr(error.orig, "sqlstate", None)
    text = str(error.orig)
    if state is None:
        return _without_a_code(error, text, where)
    if state in _PG_BUSY:
        return DatabaseBusy()
    if state == "23001":
        return LogProtected(_LOG_PROTECTED)
    if state in _PG_RETRY:
        return _from_constraint(text) or Conflict()
    if state in _PG_WORDS:
        return DatabaseError(_PG_WORDS[state].format(where=where))
    return _broken(where) if isinstance(error, exc.OperationalError | exc.InterfaceError) else None


def _without_a_code(error: exc.DBAPIError, text: str, where: str) -> EcommsError | None:
    """What fails while connecting has only words; so has a connection that breaks."""
    if _TOO_MANY.search(text):
        return DatabaseBusy()
    if _NOT_LET_IN.search(text):
        return DatabaseUnreachable(
            f"The database {where} does not accept this user and password. Nothing was written."
            " Correct the database address in the settings."
        )
    if _NO_DATABASE.search(text):
        return DatabaseError(f"There is no database {where}. Create it, or correct the address.")
    if error.statement is None and isinstance(error, exc.ProgrammingError):
        return ConfigurationError(
            f"The database address of {where} has a part that PostgreSQL does not know: {text.strip()}."
            " Correct it in the settings."
        )
    return _broken(where) if isinstance(error, exc.OperationalError | exc.InterfaceError) else None


def _broken(where: str) -> DatabaseUnreachable:
    return DatabaseUnreachable(
        f"The database {where} cannot be reached, or the connection broke. Please try again shortly."
        " If it stays so, whoever runs the bot should check that the server runs and"
        " that the database address in the settings is right."
    )


def _from_constraint(text: str) -> EcommsError | None:
    """What a refused insert would have broken; the constraint's name or the trigger's words say it."""
    if PROTECTED in text:
        return LogProtected(_LOG_PROTECTED)
    if COMMAND_TAKEN in text or "events_command" in text or "events.command_id" in text:
        return AlreadyDone()
    if PLACE_TAKEN in text or "events_pkey" in text or "events.incident" in text:
        return Conflict()
    return None
