"""Addresses that cannot be used, databases that are not there: one plain sentence each, never a password."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from ecomms_bot.errors import ConfigurationError, DatabaseError
from ecomms_bot.store import log
from ecomms_bot.store.engine import Database
from ecomms_bot.store.faults import DatabaseBusy, DatabaseUnreachable


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "cannot be read"),
        ("ecomms.db", "cannot be read"),
        ("postgresql://maya:s3cret@host:port/ecomms", "cannot be read"),
        ("postgresql://maya:s3c/r@et@host:54x/ecomms", "cannot be read"),
        ("mysql://maya:s3cret@host/ecomms", r"\(mysql\) are not known"),
        ("postgresql+asyncpg://maya:s3cret@host/ecomms", "are not known"),
        ("postgresql://maya:s3cret@host", "names no database"),
        ("sqlite://", "would forget everything"),
        ("sqlite:///:memory:", "would forget everything"),
        ("sqlite://ecomms.db", "three slashes"),
        ("sqlite:///file:ecomms.db?uri=true", "three slashes"),
        ("sqlite:///ecomms.db?timeout=9", "three slashes"),
    ],
)
def test_an_address_that_cannot_be_used_is_explained_without_its_password(url: str, says: str) -> None:
    with pytest.raises(ConfigurationError, match=says) as caught:
        Database(url)
    assert "s3c" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_the_address_that_is_shown_has_no_password(scheme: str) -> None:
    db = Database(
        f"{scheme}://maya:s3cret@db.example/ecomms", migrate_url=f"{scheme}://owner:s3cret@db.example/ecomms"
    )
    assert db.dialect == "postgresql"
    assert db.address.shown == "ecomms at db.example"
    assert (db.address.user, db.migrate_address.user) == ("maya", "owner")
    assert "s3cret" not in repr(db.address)


def test_a_server_that_is_not_there_is_explained(tmp_path: Path) -> None:
    with socket.socket() as unused:  # bound, but nobody listens
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        db = Database(f"postgresql://maya:s3cret@127.0.0.1:{port}/ecomms")
        with (
            pytest.raises(DatabaseUnreachable, match=r"ecomms at 127.0.0.1 cannot be reached") as caught,
            db.read(),
        ):
            pass
    assert "s3cret" not in str(caught.value)


def test_a_wrong_password_is_explained(postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute("DROP ROLE IF EXISTS guarded")
        admin.execute("CREATE ROLE guarded LOGIN PASSWORD 'right'")
    for password in (":wr0ng", ""):
        db = Database(postgres_url.replace("postgres@", f"guarded{password}@"))
        with (
            pytest.raises(DatabaseUnreachable, match="does not accept this user and password") as caught,
            db.read(),
        ):
            pass
        assert "wr0ng" not in str(caught.value)


def test_a_user_that_does_not_exist_is_explained(postgres_url: str) -> None:
    db = Database(postgres_url.replace("postgres@", "no_such_user@"))
    with pytest.raises(DatabaseUnreachable, match="does not accept this user and password"), db.read():
        pass


def test_a_server_that_takes_no_more_connections_is_busy(postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute("DROP ROLE IF EXISTS crowded")
        admin.execute("CREATE ROLE crowded LOGIN CONNECTION LIMIT 0")
    db = Database(postgres_url.replace("postgres@", "crowded@"))
    with pytest.raises(DatabaseBusy), db.read():
        pass


def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with (
        pytest.raises(ConfigurationError, match="needs the Python package psycopg"),
        Database("postgresql:///e").read(),
    ):
        pass


def test_a_part_of_the_address_that_nobody_knows_is_named(postgres_url: str) -> None:
    db = Database(postgres_url + "&sslmood=on")
    with pytest.raises(ConfigurationError, match="sslmood"), db.read():
        pass


def test_a_database_that_does_not_exist_is_named(postgres_url: str) -> None:
    db = Database(make_url(postgres_url).set(database="no_such").render_as_string())
    with pytest.raises(DatabaseError, match="There is no database no_such"), db.read():
        pass


def test_a_missing_directory_is_named_and_not_made_up(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path}/no/such/ecomms.db")
    with pytest.raises(ConfigurationError, match=r"no/such/ecomms.db cannot be opened"), db.read():
        pass
    assert not (tmp_path / "no").exists()


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "ecomms.db").write_text("This is not a database at all. " * 100)
    db = Database(f"sqlite:///{tmp_path}/ecomms.db")
    with pytest.raises(DatabaseError, match=r"ecomms.db is not a database"), db.read():
        pass


def test_a_database_without_tables_says_what_to_run(empty_url: str) -> None:
    db = Database(empty_url)
    with pytest.raises(DatabaseError, match="ecomms migrate"), db.read() as conn:
        log.read(conn, "i1")
    db.dispose()
