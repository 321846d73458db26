"""The log defends itself in the database, also against somebody who writes there with other tools."""

from __future__ import annotations

import pytest

from ecomms_bot.incident.entry import OFFICE, NewEntry
from ecomms_bot.store import log, triggers
from ecomms_bot.store.engine import Database
from ecomms_bot.store.faults import AlreadyDone, Conflict, LogProtected
from ecomms_bot.store.migrate import migrate
from tests.store.samples import append, at, entries, nonce, note, open_incident, without_triggers

COLUMNS = "incident, seq, at, actor, command_id, ordinal, type, payload, payload_sha256, prev, hash"


def execute(db: Database, *statements: str) -> None:
    """In one transaction, as with another tool."""
    with db.write() as conn:
        for statement in statements:
            conn.exec_driver_sql(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET actor = 'U-OTHER' WHERE incident = 'i1' AND seq = 2",
        "UPDATE events SET payload = '{}' WHERE incident = 'i1' AND seq = 2",
        "UPDATE events SET payload = NULL WHERE incident = 'i1' AND seq = 2",
        "UPDATE events SET payload = NULL",
        "UPDATE events SET seq = 99 WHERE incident = 'i1' AND seq = 4",
        "DELETE FROM events WHERE incident = 'i1' AND seq = 4",
        "DELETE FROM events",
    ],
)
def test_nothing_in_the_log_is_changed_or_removed(db: Database, statement: str) -> None:
    before = open_incident(db, "i1")
    with pytest.raises(LogProtected, match="append-only"):
        execute(db, statement)
    assert entries(db, "i1") == before


def test_the_log_is_not_truncated(postgres_db: Database) -> None:
    before = open_incident(postgres_db, "i1")
    for statement in ("TRUNCATE events", "TRUNCATE events, tasks CASCADE"):
        with pytest.raises(LogProtected):
            execute(postgres_db, statement)
    assert entries(postgres_db, "i1") == before


@pytest.mark.parametrize("verb", ["INSERT", "INSERT OR REPLACE", "INSERT OR IGNORE"])
@pytest.mark.parametrize("recursive", ["ON", "OFF"])
def test_sqlite_replaces_no_entry_at_its_place(sqlite_db: Database, verb: str, recursive: str) -> None:
    # also for somebody who comes with other settings of SQLite than ours
    before = open_incident(sqlite_db, "i1")
    again = f"{verb} INTO events VALUES ('i1', 2, '', 'U', 'new', 0, 'T', '{{}}', '', '', '')"
    with pytest.raises(Conflict):
        execute(sqlite_db, f"PRAGMA recursive_triggers = {recursive}", again)
    assert entries(sqlite_db, "i1") == before


@pytest.mark.parametrize("verb", ["INSERT", "INSERT OR REPLACE", "INSERT OR IGNORE"])
@pytest.mark.parametrize("recursive", ["ON", "OFF"])
def test_sqlite_moves_no_command_to_another_place(sqlite_db: Database, verb: str, recursive: str) -> None:
    before = open_incident(sqlite_db, "i1")
    again = f"{verb} INTO events VALUES ('i1', 5, '', 'U', 'i1-after-1', 0, 'T', '{{}}', '', '', '')"
    with pytest.raises(AlreadyDone):
        execute(sqlite_db, f"PRAGMA recursive_triggers = {recursive}", again)
    assert entries(sqlite_db, "i1") == before


def test_postgresql_updates_no_entry_by_way_of_an_insert(postgres_db: Database) -> None:
    before = open_incident(postgres_db, "i1")
    upsert = f"INSERT INTO events ({COLUMNS}) SELECT {COLUMNS} FROM events WHERE incident = 'i1' AND seq = 2"
    for target in ("(incident, seq)", "(command_id, ordinal)"):
        with pytest.raises((Conflict, AlreadyDone)):
            execute(postgres_db, f"{upsert} ON CONFLICT {target} DO UPDATE SET actor = 'U-OTHER'")
    assert entries(postgres_db, "i1") == before


# --- what a redaction in office allows, and what it does not ---


def redacted_in_office(db: Database, incident: str, seq: int) -> None:
    with db.write() as conn:
        entry = NewEntry(
            "PayloadRedacted", {"incident": incident, "seq": seq, "reason": "\ud7ff 'x' \"y\"", "by": "U"}
        )
        log.append_office(conn, [entry], at=at(9), actor="U", command_id=f"r-{incident}-{seq}", nonce=nonce)


def test_a_payload_that_office_names_can_be_blanked_and_nothing_else_of_it(db: Database) -> None:
    open_incident(db, "i1")
    redacted_in_office(db, "i1", 2)
    for statement in (
        "UPDATE events SET payload = NULL, actor = 'U-OTHER' WHERE incident = 'i1' AND seq = 2",
        "UPDATE events SET payload = '{}' WHERE incident = 'i1' AND seq = 2",
        "UPDATE events SET payload = NULL WHERE incident = 'i1' AND seq = 3",
        "UPDATE events SET payload = NULL WHERE incident = 'i1'",
    ):
        with pytest.raises(LogProtected):
            execute(db, statement)

    execute(db, "UPDATE events SET payload = NULL WHERE incident = 'i1' AND seq = 2")
    assert [entry.payload is None for entry in entries(db, "i1")] == [False, True, False, False]
    # and it cannot be filled again
    with pytest.raises(LogProtected):
        execute(db, "UPDATE events SET payload = '{}' WHERE incident = 'i1' AND seq = 2")


@pytest.mark.parametrize("type", triggers.NEVER_BLANKED)
def test_openings_and_approvals_are_never_blanked(db: Database, type: str) -> None:
    with db.write() as conn:
        append(conn, "i1", 0, NewEntry(type, {"who": "U1"}))
    redacted_in_office(db, "i1", 1)
    with pytest.raises(LogProtected):
        execute(db, "UPDATE events SET payload = NULL WHERE incident = 'i1' AND seq = 1")


def test_office_is_never_blanked(db: Database) -> None:
    redacted_in_office(db, OFFICE, 1)
    with pytest.raises(LogProtected):
        execute(db, "UPDATE events SET payload = NULL WHERE incident = 'office'")


def test_an_entry_of_an_incident_that_looks_like_a_redaction_allows_nothing(db: Database) -> None:
    with db.write() as conn:
        append(conn, "i1", 0, note("a"), NewEntry("PayloadRedacted", {"incident": "i1", "seq": 1}))
    with pytest.raises(LogProtected):
        execute(db, "UPDATE events SET payload = NULL WHERE incident = 'i1' AND seq = 1")


def test_a_temporary_table_of_the_same_name_does_not_deceive_postgresql(postgres_db: Database) -> None:
    open_incident(postgres_db, "i1")
    with pytest.raises(LogProtected):
        execute(
            postgres_db,
            "CREATE TEMPORARY TABLE events AS SELECT * FROM public.events",
            "INSERT INTO pg_temp.events SELECT 'office', 99, at, actor, 'x', 0, 'PayloadRedacted',"
            " '{\"incident\": \"i1\", \"seq\": 2}', '', '', '' FROM public.events LIMIT 1",
            "UPDATE public.events SET payload = NULL WHERE incident = 'i1' AND seq = 2",
        )


# --- whether they stand ---


def test_all_triggers_stand_after_a_migration(db: Database) -> None:
    with db.read() as conn:
        assert triggers.check_triggers(conn) == []


def test_a_missing_trigger_is_named(db: Database) -> None:
    where = " ON events" if db.dialect == "postgresql" else ""
    execute(db, f"DROP TRIGGER events_no_delete{where}")
    with db.read() as conn:
        assert triggers.check_triggers(conn) == [
            "The trigger events_no_delete, which protects the log, is missing."
        ]


def test_triggers_that_are_switched_off_or_dropped_are_named(db: Database) -> None:
    with db.write() as conn:
        without_triggers(conn)
    with db.read() as conn:
        assert len(triggers.check_triggers(conn)) == (5 if db.dialect == "postgresql" else 4)


def test_a_trigger_that_was_made_harmless_is_named(db: Database) -> None:
    with db.write() as conn:
        if db.dialect == "postgresql":
            conn.exec_driver_sql(
                "CREATE OR REPLACE FUNCTION events_no_delete() RETURNS trigger LANGUAGE plpgsql"
                " AS 'BEGIN RETURN OLD; END'"
            )
        else:
            conn.exec_driver_sql("DROP TRIGGER events_no_delete")
            conn.exec_driver_sql(
                "CREATE TRIGGER events_no_delete BEFORE DELETE ON events BEGIN SELECT 1; END"
            )
    with db.read() as conn:
        assert triggers.check_triggers(conn) == [
            "The trigger events_no_delete, which protects the log, was altered or switched off."
        ]


def test_a_trigger_that_fires_at_another_time_is_named(postgres_db: Database) -> None:
    with postgres_db.write() as conn:
        conn.exec_driver_sql("DROP TRIGGER events_no_delete ON events")
        conn.exec_driver_sql(
            "CREATE TRIGGER events_no_delete BEFORE DELETE ON events FOR EACH ROW WHEN (OLD.seq > 99)"
            " EXECUTE FUNCTION events_no_delete()"
        )
    with postgres_db.read() as conn:
        assert triggers.check_triggers(conn) == [
            "The trigger events_no_delete, which protects the log, was altered or switched off."
        ]


def test_migrate_says_so_when_a_trigger_does_not_stand(db: Database) -> None:
    with db.write() as conn:
        without_triggers(conn)
    with pytest.raises(Exception, match="events_no_update"):
        migrate(db)
