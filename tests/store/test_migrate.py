from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, make_url, text

from ecomms_bot.errors import DatabaseError
from ecomms_bot.incident.entry import OFFICE, TaskChanges
from ecomms_bot.store import heartbeat, log, people, projections, tasks, triggers
from ecomms_bot.store import migrate as module
from ecomms_bot.store.engine import Database
from ecomms_bot.store.migrate import REVISIONS, migrate, require_current, status
from ecomms_bot.store.redaction import redact
from ecomms_bot.store.tables import metadata
from ecomms_bot.store.verify import verify
from tests.store.samples import at, entries, nonce, open_incident, task
from tests.store.test_projections import FLOOD, POST


def execute(db: Database, statement: str) -> None:
    with db.write() as conn:
        conn.exec_driver_sql(statement)


def test_an_empty_database_is_brought_up_and_can_be_used(empty_url: str) -> None:
    db = Database(empty_url)
    assert status(db) == "empty"
    assert migrate(db) == "empty"
    assert status(db) == "current"
    require_current(db)
    open_incident(db, "i1")
    with db.read() as conn:
        assert triggers.check_triggers(conn) == []
        assert verify(conn).problems == ()
    db.dispose()


def test_migrating_again_changes_nothing(db: Database) -> None:
    before = open_incident(db, "i1")
    assert migrate(db) == "current"
    assert entries(db, "i1") == before


def _migrate(url: str) -> str:
    db = Database(url)
    found = migrate(db)
    db.dispose()
    return found


def test_two_processes_migrate_at_once_and_both_find_it_well(empty_url: str) -> None:
    with get_context("spawn").Pool(2) as pool:
        assert set(pool.map(_migrate, [empty_url] * 2)) <= {"empty", "current"}
    db = Database(empty_url)
    assert status(db) == "current"
    db.dispose()


def test_many_threads_migrate_at_once(empty_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = sorted(pool.map(_migrate, [empty_url] * 4))
    assert found == ["current", "current", "current", "empty"]


def test_the_tables_of_the_program_are_those_of_the_migrations(db: Database) -> None:
    with db.read() as conn:
        context = MigrationContext.configure(conn, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_the_list_of_steps_is_that_of_the_files() -> None:
    location = Path(module.__file__).parent / "migrations"
    config = Config()
    config.set_main_option("script_location", str(location))
    steps = ScriptDirectory.from_config(config)
    assert tuple(step.revision for step in reversed(list(steps.walk_revisions()))) == REVISIONS


def test_a_database_without_tables_says_so(empty_url: str) -> None:
    db = Database(empty_url)
    with pytest.raises(DatabaseError, match=r"has no tables yet. Run `ecomms migrate`"):
        require_current(db)
    db.dispose()


def test_a_database_of_a_newer_version_is_left_alone(db: Database) -> None:
    execute(db, "UPDATE alembic_version SET version_num = '9999'")
    assert status(db) == "newer"
    for use in (require_current, migrate):
        with pytest.raises(DatabaseError, match="newer version"):
            use(db)


def test_a_database_of_an_older_version_says_what_to_run(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "REVISIONS", (*REVISIONS, "0099"))
    assert status(db) == "older"
    with pytest.raises(DatabaseError, match=r"older version.*Make a backup, then run `ecomms migrate`"):
        require_current(db)


def test_a_database_of_the_first_version_is_brought_up_with_all_that_is_in_it(empty_url: str) -> None:
    # given a database that the first version made and worked with
    db = Database(empty_url)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_upgrade", _first_version)
        patch.setattr(module, "REVISIONS", ("0001",))
        migrate(db)
    before = open_incident(db, "i1")
    assert status(db) == "older"
    # when it is migrated
    assert migrate(db) == "older"
    # then the log and its protection stand as they were, and the new tables are there
    assert status(db) == "current"
    assert entries(db, "i1") == before
    with db.write() as conn:
        people.keep(conn, {"S1": ["U1"]}, {}, 1.0)
        assert triggers.check_triggers(conn) == []
        assert verify(conn).problems == ()
    db.dispose()


def _first_version(conn: Connection) -> None:
    config = Config(attributes={"connection": conn})
    config.set_main_option("script_location", str(Path(module.__file__).parent / "migrations"))
    command.upgrade(config, "0001")


def test_a_version_table_without_a_version_counts_as_empty(db: Database) -> None:
    execute(db, "DELETE FROM alembic_version")
    assert status(db) == "empty"


def test_sqlite_keeps_the_log_without_rowids(sqlite_db: Database) -> None:
    with sqlite_db.read() as conn:
        wording = conn.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'events'").scalar_one()
    assert "WITHOUT ROWID" in wording


# --- PostgreSQL with an owner of the tables and a user of the bot ---


@pytest.fixture
def bot(empty_postgres_url: str) -> Database:
    """A database that the server's owner migrates, and that the bot uses as the user `bot role`."""
    with psycopg.connect(empty_postgres_url, autocommit=True) as admin:
        if admin.execute("SELECT 1 FROM pg_roles WHERE rolname = 'bot role'").fetchone() is None:
            admin.execute('CREATE ROLE "bot role" LOGIN')
    as_bot = make_url(empty_postgres_url).set(username="bot role").render_as_string()
    return Database(as_bot, migrate_url=empty_postgres_url)


def test_the_bots_user_can_do_all_that_the_bot_does(bot: Database) -> None:
    migrate(bot)
    migrate(bot)
    require_current(bot)

    open_incident(bot, "i1")
    with bot.write() as conn:
        redact(conn, "i1", 2, "names a child", "U", at=at(9), command_id="r", nonce=nonce)
        tasks.apply(conn, TaskChanges(add=(task("a"), task("b", coalesce=True)), cancel=("x",)), at(0))
        claimed = tasks.claim(conn, now=at(0), machine_now=0.0, lease_s=9, owner="w", limit=2)
        assert [tasks.finish(conn, one.key, "w", "ok") for one in claimed] == [True, True]
        projections.save(conn, FLOOD, [POST])
        projections.clear(conn)
        heartbeat.beat(conn, "r1", 1.0)
        heartbeat.beat(conn, "r1", 2.0)
        people.keep(conn, {"S1": ["U1"]}, {"U1": False}, 1.0)
        people.keep(conn, {"S1": ["U2"]}, {"U1": True}, 2.0)
    with bot.read() as conn:
        assert verify(conn).problems == ()
        assert triggers.check_triggers(conn) == []
        assert not triggers.can_drop_triggers(conn)
    bot.dispose()


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE events DISABLE TRIGGER USER",
        "DROP TRIGGER events_no_update ON events",
        "UPDATE events SET actor = 'U-OTHER'",
        "UPDATE events SET payload_sha256 = ''",
        "DELETE FROM events",
        "TRUNCATE events",
        "DROP TABLE events",
        "DELETE FROM tasks",
        "INSERT INTO heads VALUES ('another')",
        "UPDATE alembic_version SET version_num = '0'",
        "CREATE OR REPLACE FUNCTION events_no_delete() RETURNS trigger AS 'BEGIN END' LANGUAGE plpgsql",
        "CREATE TABLE mine (a int)",
    ],
)
def test_the_bots_user_can_do_nothing_else(bot: Database, statement: str) -> None:
    migrate(bot)
    open_incident(bot, "i1")
    with pytest.raises(DatabaseError, match="may not do this"):
        execute(bot, statement)
    bot.dispose()


def test_with_one_address_the_bot_owns_the_log_and_can_say_so(db: Database) -> None:
    with db.read() as conn:
        assert triggers.can_drop_triggers(conn)


def test_rights_given_by_hand_are_taken_back(bot: Database, empty_postgres_url: str) -> None:
    migrate(bot)
    with psycopg.connect(empty_postgres_url, autocommit=True) as admin:
        admin.execute('GRANT ALL ON events TO "bot role"')
    migrate(bot)
    with bot.read() as conn:
        assert rights(conn, "events") == {"SELECT", "INSERT"}
        assert rights(conn, "heads") == {"SELECT", "UPDATE"}
    bot.dispose()


def rights(conn: Connection, table: str) -> set[str]:
    query = text(
        "SELECT privilege_type FROM information_schema.table_privileges"
        " WHERE table_name = :table AND grantee = 'bot role'"
    )
    return set(conn.execute(query, {"table": table}).scalars())


def test_a_user_that_does_not_exist_is_named_and_nothing_is_made(empty_postgres_url: str) -> None:
    url = make_url(empty_postgres_url).set(username="nobody_yet").render_as_string()
    with pytest.raises(DatabaseError, match=r"user nobody_yet.*does not exist"):
        migrate(Database(url, migrate_url=empty_postgres_url))
    owner = Database(empty_postgres_url)
    assert status(owner) == "empty"
    owner.dispose()


def test_office_and_its_lock_are_there_from_the_start(db: Database) -> None:
    with db.read() as conn:
        assert conn.exec_driver_sql("SELECT stream FROM heads").scalars().all() == [OFFICE]
        assert log.head(conn, OFFICE) == (0, "")
