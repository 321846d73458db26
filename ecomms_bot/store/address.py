"""The address of a database, checked before anything is opened, and the form of it that may be shown."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy import URL, exc, make_url

from ecomms_bot.errors import ConfigurationError

_EXAMPLES = "sqlite:////var/lib/ecomms/ecomms.db or postgresql://user:password@host/database"
_SCHEMES = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}


@dataclass(frozen=True, slots=True, repr=False)
class Address:
    """Where the database is. `shown` is safe to print: it has no password."""

    url: URL
    dialect: Literal["sqlite", "postgresql"]
    shown: str

    def __repr__(self) -> str:
        return f"Address({self.shown})"

    @classmethod
    def parse(cls, text: str | Address) -> Address:
        """Raises ConfigurationError naming what works; never repeats the text, which may hold a password."""
        if isinstance(text, Address):
            return text
        try:
            url = make_url(text.strip())
        except (exc.ArgumentError, ValueError):
            # `from None`: the parser's own message may repeat a part of the password.
            raise ConfigurationError(
                f"The database address cannot be read. It looks like {_EXAMPLES}."
            ) from None
        scheme = _SCHEMES.get(url.drivername)
        if scheme is None:
            raise ConfigurationError(
                f"Databases of this kind ({url.drivername}) are not known. Use {_EXAMPLES}."
            )
        url = url.set(drivername=scheme)
        return cls._sqlite(url) if scheme == "sqlite" else cls._postgresql(url)

    @classmethod
    def _sqlite(cls, url: URL) -> Address:
        if url.host or url.username or url.query or (url.database or "").startswith("file:"):
            raise ConfigurationError(
                "The address of an SQLite database is `sqlite:///` and a path, nothing else: three slashes"
                " before a path from here, four before one from the root (sqlite:////var/lib/ecomms/ecomms.db)."
            )
        if not url.database or url.database == ":memory:":
            raise ConfigurationError(
                f"A database in memory would forget everything. Name a file, such as {_EXAMPLES}."
            )
        return cls(url, "sqlite", url.database)

    @classmethod
    def _postgresql(cls, url: URL) -> Address:
        if not url.database:
            raise ConfigurationError(f"The database address names no database. It looks like {_EXAMPLES}.")
        host = url.host or str(url.query.get("host", "")) or "this machine"
        return cls(url, "postgresql", f"{url.database} at {host}")

    @property
    def path(self) -> Path:
        """The file of an SQLite database."""
        assert self.url.database
        return Path(self.url.database)

    @property
    def user(self) -> str | None:
        """The PostgreSQL user."""
        return self.url.username
