"""The triggers that keep the log append-only, whoever writes to the database, and a check that they stand."""

# ruff: noqa: S608  (all SQL here is made of constants; triggers take no parameters)

from __future__ import annotations

from sqlalchemy import Connection, text

from ecomms_bot.incident.entry import OFFICE
from ecomms_bot.store.faults import COMMAND_TAKEN, PLACE_TAKEN, PROTECTED

NEVER_BLANKED = ("ApprovalGiven", "DraftApproved", "IncidentOpened")
"""Types whose payload stays for ever: without them nobody could say what an incident was, or who approved."""

_KEPT = ("incident", "seq", "at", "actor", "command_id", "ordinal", "type", "payload_sha256", "prev", "hash")
_NEVER = ", ".join(f"'{name}'" for name in NEVER_BLANKED)


def install(conn: Connection) -> None:
    """Make the triggers, replacing what bears their names."""
    for statement in _postgresql() if conn.dialect.name == "postgresql" else _sqlite_install():
        conn.exec_driver_sql(statement)


def check_triggers(conn: Connection) -> list[str]:
    """What is missing, altered or switched off, one sentence each; empty when all stand."""
    return _check_postgresql(conn) if conn.dialect.name == "postgresql" else _check_sqlite(conn)


def can_drop_triggers(conn: Connection) -> bool:
    """Whether this user owns the log: then the triggers stop mistakes, not somebody who takes them away."""
    if conn.dialect.name != "postgresql":
        return True
    query = "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass('events')"
    return bool(conn.execute(text(query)).scalar())


# --- SQLite ---

_SAME = " AND ".join(f"NEW.{name} IS OLD.{name}" for name in _KEPT)
_SQLITE = {
    # `IS` and EXISTS are never NULL: a condition that is NULL would let everything through.
    "events_no_update": f"""CREATE TRIGGER events_no_update BEFORE UPDATE ON events
WHEN NOT (
  NEW.payload IS NULL AND OLD.payload IS NOT NULL AND {_SAME}
  AND OLD.incident IS NOT '{OFFICE}' AND OLD.type NOT IN ({_NEVER})
  AND EXISTS (
    SELECT 1 FROM events AS office WHERE office.incident = '{OFFICE}' AND office.type = 'PayloadRedacted'
    AND json_extract(office.payload, '$.incident') = OLD.incident
    AND json_extract(office.payload, '$.seq') = OLD.seq
  )
)
BEGIN SELECT RAISE(ABORT, '{PROTECTED}'); END""",
    "events_no_delete": f"""CREATE TRIGGER events_no_delete BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, '{PROTECTED}'); END""",
    "events_place": f"""CREATE TRIGGER events_place BEFORE INSERT ON events
WHEN EXISTS (SELECT 1 FROM events WHERE incident = NEW.incident AND seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, '{PLACE_TAKEN}'); END""",
    "events_command": f"""CREATE TRIGGER events_command BEFORE INSERT ON events
WHEN EXISTS (SELECT 1 FROM events WHERE command_id = NEW.command_id AND ordinal = NEW.ordinal)
BEGIN SELECT RAISE(ABORT, '{COMMAND_TAKEN}'); END""",
}


def _sqlite_install() -> list[str]:
    return [f"DROP TRIGGER IF EXISTS {name}" for name in _SQLITE] + list(_SQLITE.values())


def _check_sqlite(conn: Connection) -> list[str]:
    query = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'events'")
    return _compare(_SQLITE, {row.name: row.sql for row in conn.execute(query)})


# --- PostgreSQL ---

# The table is named in full (TG_TABLE_SCHEMA): a temporary `events` of the caller must not be looked at.
# json, not jsonb: jsonb refuses texts that json and the log can hold; one of them would end all redactions.
_BODIES = {
    "events_no_update": f"""
DECLARE redacted boolean;
BEGIN
  IF NEW.payload IS NULL AND OLD.payload IS NOT NULL
    AND ROW({", ".join(f"NEW.{name}" for name in _KEPT)})
      IS NOT DISTINCT FROM ROW({", ".join(f"OLD.{name}" for name in _KEPT)})
    AND OLD.incident <> '{OFFICE}' AND OLD.type NOT IN ({_NEVER})
  THEN
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.%I'
      ' WHERE incident = ''{OFFICE}'' AND type = ''PayloadRedacted'''
      ' AND payload::json ->> ''incident'' = $1 AND payload::json ->> ''seq'' = $2)',
      TG_TABLE_SCHEMA, TG_TABLE_NAME) INTO redacted USING OLD.incident, OLD.seq::text;
    IF redacted THEN RETURN NEW; END IF;
  END IF;
  RAISE EXCEPTION '{PROTECTED}' USING ERRCODE = 'restrict_violation';
END""",
    "events_no_delete": f"""
BEGIN
  RAISE EXCEPTION '{PROTECTED}' USING ERRCODE = 'restrict_violation';
END""",
    "events_place": f"""
DECLARE taken boolean;
BEGIN
  EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.%I WHERE incident = $1 AND seq = $2)',
    TG_TABLE_SCHEMA, TG_TABLE_NAME) INTO taken USING NEW.incident, NEW.seq;
  IF taken THEN RAISE EXCEPTION '{PLACE_TAKEN}' USING ERRCODE = 'unique_violation'; END IF;
  RETURN NEW;
END""",
    "events_command": f"""
DECLARE taken boolean;
BEGIN
  EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.%I WHERE command_id = $1 AND ordinal = $2)',
    TG_TABLE_SCHEMA, TG_TABLE_NAME) INTO taken USING NEW.command_id, NEW.ordinal;
  IF taken THEN RAISE EXCEPTION '{COMMAND_TAKEN}' USING ERRCODE = 'unique_violation'; END IF;
  RETURN NEW;
END""",
}
_BODIES["events_no_truncate"] = _BODIES["events_no_delete"]
_WHEN = {
    "events_no_update": "BEFORE UPDATE ON {table} FOR EACH ROW",
    "events_no_delete": "BEFORE DELETE ON {table} FOR EACH ROW",
    "events_no_truncate": "BEFORE TRUNCATE ON {table} FOR EACH STATEMENT",
    "events_place": "BEFORE INSERT ON {table} FOR EACH ROW",
    "events_command": "BEFORE INSERT ON {table} FOR EACH ROW",
}


def _postgresql() -> list[str]:
    statements: list[str] = []
    for name, body in _BODIES.items():
        when = _WHEN[name].format(table="events")
        statements += [
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql"
            f" SET search_path = pg_catalog AS $body${body}$body$".replace("%", "%%"),
            f"CREATE OR REPLACE TRIGGER {name} {when} EXECUTE FUNCTION {name}()",
        ]
    return statements


def _check_postgresql(conn: Connection) -> list[str]:
    query = text(
        "SELECT t.tgname, t.tgenabled, f.prosrc, pg_get_triggerdef(t.oid) AS wording"
        " FROM pg_trigger AS t JOIN pg_proc AS f ON f.oid = t.tgfoid"
        " WHERE t.tgrelid = to_regclass('events') AND NOT t.tgisinternal"
    )
    found = {
        row.tgname: (
            row.prosrc if row.tgenabled == "O" and _when(row.wording) == _WHEN.get(row.tgname) else ""
        )
        for row in conn.execute(query)
    }
    return _compare(_BODIES, found)


def _when(wording: str) -> str:
    """The part about when it fires, of `CREATE TRIGGER name BEFORE UPDATE ON events FOR … EXECUTE …`."""
    words = wording.partition(" EXECUTE ")[0].split()[3:]
    words[words.index("ON") + 1] = "{table}"
    return " ".join(words)


def _compare(expected: dict[str, str], found: dict[str, str]) -> list[str]:
    problems: list[str] = []
    for name, wording in expected.items():
        if name not in found:
            problems.append(f"The trigger {name}, which protects the log, is missing.")
        elif found[name] != wording:
            problems.append(f"The trigger {name}, which protects the log, was altered or switched off.")
    return problems
