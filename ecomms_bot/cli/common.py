"""What the commands share: settings, the database, who sits at the terminal, words that are safe to print."""

from __future__ import annotations

import os
import pwd
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ecomms_bot.errors import ConfigurationError

if TYPE_CHECKING:
    from ecomms_bot.incident.policy import Act, Person
    from ecomms_bot.service.office import Signature
    from ecomms_bot.settings import Settings
    from ecomms_bot.store.address import Address
    from ecomms_bot.store.engine import Database

_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

SIGNAL_S = 0.5
"""How often a process wakes up that only waits for a signal. Python acts on one between two steps of the main
thread: what comes as that falls asleep, or to another thread, is seen when it wakes."""


def settings() -> Settings:
    """Raises ConfigurationError."""
    from ecomms_bot.settings import from_environment

    _require_address(os.environ.get("SLACK_API_URL", ""))
    return from_environment(os.environ)


def _require_address(url: str) -> None:
    """Python's own complaint about half an address would come without a word of what to do."""
    try:
        _ = urlsplit(url).port
    except ValueError:
        raise ConfigurationError(
            "SLACK_API_URL cannot be read. It should be an address that begins with https://."
        ) from None


@contextmanager
def database(of: Settings) -> Iterator[Database]:
    """The database with the tables of this version. Raises ConfigurationError and DatabaseError."""
    from ecomms_bot import bootstrap
    from ecomms_bot.store import migrate

    db = bootstrap.database_of(of)
    require_file(db.address)
    try:
        migrate.require_current(db)
        yield db
    finally:
        db.dispose()


def require_file(address: Address) -> None:
    """Looking must not make an empty database. Raises ConfigurationError when an SQLite file is not there."""
    if address.dialect == "sqlite" and not address.path.exists():
        raise ConfigurationError(
            f"There is no database file {address.path}. Check ECOMMS_DATABASE_URL, or make a new one with"
            " `ecomms migrate`."
        )


def person() -> Person:
    """Who sits at the terminal: `os:` and the login, with the roles of the terminal."""
    from ecomms_bot.incident.policy import TERMINAL_ROLES, Person

    return Person(f"os:{login()}", TERMINAL_ROLES)


def allow(act: Act) -> None:
    """Raises Rejected unless the permissions table lets the terminal do this."""
    from ecomms_bot.incident.policy import require
    from ecomms_bot.incident.state import Incident

    require(person(), act, Incident(""))


def login() -> str:
    """The name by which the machine knows this user; not $LOGNAME, which anybody can set, as it is logged."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def signature(of: Settings) -> Signature:
    """For one thing that is done to the log."""
    from ecomms_bot import bootstrap
    from ecomms_bot.service.office import Signature

    now = bootstrap.clock_of(of).now()
    return Signature(person(), now, bootstrap.new_command_id("terminal"), bootstrap.nonce)


def shown(text: str) -> str:
    """Without what a terminal would obey: escape sequences and marks that turn the direction of writing."""
    return _UNSEEN.sub("\ufffd", text)


def place(url: str) -> str:
    """An address without whatever else may stand in it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def utc(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
