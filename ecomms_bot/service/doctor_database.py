"""The database, the protection of the log, the bot's sign of life: what the doctor says of them."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import Connection, text

from ecomms_bot.incident.entry import IncidentRow
from ecomms_bot.service.doctor_effects import look_at_effects
from ecomms_bot.service.findings import Finding
from ecomms_bot.store import heartbeat, migrate, projections, tasks, triggers
from ecomms_bot.store.engine import Database


def look_at_database(db: Database, host: str, machine: Callable[[], float]) -> Iterator[Finding]:
    """`host` is the name of this machine. Raises DatabaseError."""
    found = migrate.status(db)
    with db.read() as conn:
        yield Finding("ok", "database", f"{db.address.shown}, {_version(conn)}.")
        if db.dialect == "sqlite":
            yield from _file(db.address.path)
        if found != "current":
            yield Finding("look" if found == "empty" else "wrong", "tables", _STATUS[found])
            return
        yield from _protection(conn)
        rows = {row.id: row for row in projections.all_incidents(conn)}
        yield _sign_of_life(conn, host, machine(), rows)
        yield from look_at_effects(tasks.troubled(conn), rows)


_STATUS: dict[migrate.Status, str] = {
    "empty": "There are none yet; the first start makes them.",
    "older": "They are of an older version. Make a backup, then run `ecomms migrate`.",
    "newer": "They are of a newer version. Install that version of ecomms-bot.",
}


def _version(conn: Connection) -> str:
    if conn.dialect.name == "postgresql":
        return "PostgreSQL " + str(conn.execute(text("SHOW server_version")).scalar_one())
    return "SQLite " + str(conn.execute(text("SELECT sqlite_version()")).scalar_one())


def _file(path: Path) -> Iterator[Finding]:
    mode = stat.S_IMODE(path.stat().st_mode)
    advice = f"Run: chmod 600 {path}"
    if mode & 0o022:
        yield Finding("wrong", "file", f"Other users of this machine can change {path}. {advice}")
    elif mode & 0o055:
        yield Finding("wrong", "file", f"Other users of this machine can read {path}. {advice}")
    else:
        yield Finding("ok", "file", "Only its owner can read and change it.")


def _protection(conn: Connection) -> Iterator[Finding]:
    problems = triggers.check_triggers(conn)
    for problem in problems:
        advice = "Restore the database from a backup, find out who did this, and run `ecomms log verify`."
        yield Finding("wrong", "log", f"{problem} {advice}")
    if not problems:
        yield Finding(
            "ok", "log", "The triggers that protect it stand. `ecomms log verify` checks every entry."
        )
    if conn.dialect.name == "postgresql" and _owns_tables(conn):
        yield Finding(
            "look",
            "log",
            "The bot's database user owns the tables, so only the triggers protect the log. Give the bot a"
            " user of its own, and name the owner in ECOMMS_MIGRATE_URL.",
        )


def _owns_tables(conn: Connection) -> bool:
    query = (
        "SELECT pg_has_role(current_user, relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass('events')"
    )
    return bool(conn.execute(text(query)).scalar())


def _sign_of_life(conn: Connection, host: str, now: float, rows: dict[str, IncidentRow]) -> Finding:
    here, anywhere = heartbeat.age(conn, host, now), heartbeat.age(conn, None, now)
    for age in (here, anywhere):
        if age is not None and abs(age) < heartbeat.ALIVE_S:
            return Finding(
                "ok", "bot", f"{_who(conn, host, now)}; last sign of life {max(age, 0):.0f} s ago."
            )
    still_open = sum(row.closed_at is None for row in rows.values())
    # A bot that stops in order takes its sign of life along.
    last = "" if anywhere is None else f": the last sign of life was {_ago(anywhere)} ago"
    said = f"No bot runs with this database{last}."
    if still_open:
        return Finding("wrong", "bot", f"{said} Open incidents: {still_open}. Start it with `ecomms run`.")
    return Finding("look", "bot", f"{said} No incident is open. Start it with `ecomms run`.")


def _who(conn: Connection, host: str, now: float) -> str:
    here, elsewhere = heartbeat.running(conn, host, now)
    if here + elsewhere == 1:
        return "It runs on this machine" if here else "It runs elsewhere"
    return f"{here + elsewhere} of it run, {here} on this machine"


def _ago(seconds: float) -> str:
    minutes = round(abs(seconds) / 60)
    return f"{minutes} min" if minutes < 180 else f"{round(minutes / 60)} h"
