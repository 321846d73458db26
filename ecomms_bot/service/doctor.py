"""Is everything there that the bot needs? A line for each: ok, look (worth knowing), wrong (to be mended)."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, text

from ecomms_bot.errors import EcommsError
from ecomms_bot.incident import effects as kinds
from ecomms_bot.incident import things
from ecomms_bot.incident.entry import IncidentRow
from ecomms_bot.incident.policy import Roster, unfillable
from ecomms_bot.incident.timeline import THINGS
from ecomms_bot.playbook.library import Library, shipped_folder
from ecomms_bot.service.ports import Clock
from ecomms_bot.settings import Settings
from ecomms_bot.store import heartbeat, migrate, projections, tasks, triggers
from ecomms_bot.store.engine import Database
from ecomms_bot.store.tasks import TaskRow

State = Literal["ok", "look", "wrong"]


class NotMadeYet(EcommsError):
    """There is no database yet; the first start makes it."""


ALIVE_S = 60
"""A sign of life older than this is none; the bot gives one every 15 s."""
TROUBLES_SHOWN = 20

_DID = {
    kinds.POST: "posting",
    kinds.EDIT: "bringing up to date",
    kinds.DM: "telling a person of",
    kinds.PIN: "pinning",
    kinds.OPEN_CONVERSATION: "making or joining",
    kinds.INVITE: "inviting people to the conversation",
    kinds.ANSWER: "answering who opened the incident",
    kinds.REMINDER: "saying a reminder",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line."""

    state: State
    subject: str
    words: str


@dataclass(frozen=True, slots=True)
class SlackLook:
    """What asking Slack gave. `unknown`: roles whose members only Slack knows, and did not say."""

    finding: Finding
    roster: Roster
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Patient:
    """What is looked at. `database` and `slack` may find that theirs is gone; only `database` may raise."""

    settings: Settings
    host: str
    clock: Callable[[], Clock]
    database: Callable[[], Database]
    slack: Callable[[], SlackLook]


def examine(patient: Patient) -> Iterator[Finding]:
    """All findings, one after the other. Never raises EcommsError: what cannot be looked at is a finding."""
    settings = patient.settings
    yield from _tokens(settings)
    yield from _clock(patient)
    looked = patient.slack()
    yield looked.finding
    library = Library.from_folder(settings.playbooks or shipped_folder())
    yield from _playbooks(library, settings)
    yield from _roles(library, looked, settings)
    try:
        db = patient.database()
    except EcommsError as error:
        yield Finding("look" if isinstance(error, NotMadeYet) else "wrong", "database", str(error))
        return
    try:
        yield from _database(db, patient)
    except EcommsError as error:
        yield Finding("wrong", "database", str(error))
    finally:
        db.dispose()


# --- settings ---


def _tokens(settings: Settings) -> Iterator[Finding]:
    second, mode = ("SIGNING_SECRET", "HTTP mode") if settings.for_http else ("APP_TOKEN", "Socket Mode")
    try:
        _ = settings.signed() if settings.for_http else settings.tokens()
    except EcommsError as error:
        yield Finding("wrong", "tokens", str(error))
    else:
        yield Finding("ok", "tokens", f"SLACK_BOT_TOKEN and SLACK_{second} are set, for {mode}.")


def _clock(patient: Patient) -> Iterator[Finding]:
    if patient.settings.clock is None:
        yield Finding("ok", "clock", "The system's clock.")
        return
    try:
        now = patient.clock().now()
    except EcommsError as error:
        yield Finding("wrong", "clock", str(error))
        return
    yield Finding(
        "look",
        "clock",
        f"A practice clock, where it is {now:%Y-%m-%d %H:%M} UTC. For real incidents unset ECOMMS_CLOCK.",
    )


def _playbooks(library: Library, settings: Settings) -> Iterator[Finding]:
    if settings.playbooks is not None and not settings.playbooks.is_dir():
        there_is_none = f"There is no folder {settings.playbooks}, so no incident can be opened."
        yield Finding("wrong", "playbooks", f"{there_is_none} Correct ECOMMS_PLAYBOOKS, or unset it.")
        return
    for problem in library.problems:
        yield Finding("wrong", "playbooks", str(problem))
    if library.playbooks:
        names = ", ".join(sorted(loaded.playbook.title for loaded in library.playbooks.values()))
        yield Finding("ok", "playbooks", f"Can be used: {names}.")
    elif not library.problems:
        yield Finding(
            "wrong", "playbooks", "There is no playbook in the folder, so no incident can be opened."
        )


def _roles(library: Library, looked: SlackLook, settings: Settings) -> Iterator[Finding]:
    """Texts that nobody could approve in the night."""
    if not settings.office.roles:
        yield Finding(
            "look", "roles", "None are set: any one person approves for all. Name people in ecomms.yaml."
        )
        return
    if not library.playbooks:
        yield Finding("look", "roles", "They are set. Without a playbook there is nothing to approve yet.")
        return
    if looked.unknown:
        names = ", ".join(looked.unknown)
        yield Finding(
            "look",
            "roles",
            f"Who belongs to {names} only Slack knows, so it is not certain that every text can be approved.",
        )
        return
    lacking = [
        f"{loaded.playbook.title}: nobody is left to approve tier {tier_id} as {', '.join(missing)}."
        for loaded in library.playbooks.values()
        for tier_id, tier in loaded.playbook.tiers.items()
        if (missing := unfillable(tier.roles, looked.roster))
    ]
    for line in lacking:
        yield Finding("wrong", "roles", f"{line} Name more people under roles in ecomms.yaml.")
    if not lacking:
        yield Finding("ok", "roles", "Every tier of every playbook can be approved.")


# --- database ---


def _database(db: Database, patient: Patient) -> Iterator[Finding]:
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
        yield _sign_of_life(conn, patient, rows)
        yield from _effects(tasks.troubled(conn), rows)


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


def _sign_of_life(conn: Connection, patient: Patient, rows: dict[str, IncidentRow]) -> Finding:
    now = patient.clock().machine()
    here, anywhere = heartbeat.age(conn, patient.host, now), heartbeat.age(conn, None, now)
    if here is not None and abs(here) < ALIVE_S:
        return Finding("ok", "bot", f"It runs on this machine; last sign of life {max(here, 0):.0f} s ago.")
    if anywhere is not None and abs(anywhere) < ALIVE_S:
        return Finding("ok", "bot", f"It runs elsewhere; last sign of life {max(anywhere, 0):.0f} s ago.")
    still_open = sum(row.closed_at is None for row in rows.values())
    # A bot that stops in order takes its sign of life along.
    last = "" if anywhere is None else f": the last sign of life was {_ago(anywhere)} ago"
    said = f"No bot runs with this database{last}."
    if still_open:
        return Finding("wrong", "bot", f"{said} Open incidents: {still_open}. Start it with `ecomms run`.")
    return Finding("look", "bot", f"{said} No incident is open. Start it with `ecomms run`.")


def _ago(seconds: float) -> str:
    minutes = round(abs(seconds) / 60)
    return f"{minutes} min" if minutes < 180 else f"{round(minutes / 60)} h"


# --- effects ---


def _effects(troubled: list[TaskRow], rows: dict[str, IncidentRow]) -> Iterator[Finding]:
    """What was not done in Slack, or perhaps twice, or is being tried for long."""
    if not troubled:
        yield Finding("ok", "effects", "All that was to be done in Slack was done, or is not due yet.")
    for task in troubled[:TROUBLES_SHOWN]:
        yield _effect(task, rows.get(task.incident))
    if len(troubled) > TROUBLES_SHOWN:
        yield Finding("look", "effects", f"And {len(troubled) - TROUBLES_SHOWN} more of this kind.")


def _effect(task: TaskRow, row: IncidentRow | None) -> Finding:
    still_open = row is not None and row.closed_at is None
    where = f"{row.name} ({task.incident})" if row else task.incident
    since = f"{task.done_at or task.due_at:%Y-%m-%d %H:%M} UTC"
    what = f"{where}: {_what(task)}"
    said = f" {task.outcome}" if task.outcome and task.state != "done" else ""
    if task.state == "failed":
        state: State = "wrong" if still_open else "look"
        return Finding(state, "effects", f"{what} was given up at {since}.{said} {_HOW[task.state]}")
    if task.state == "done":
        return Finding("look", "effects", f"{what} was done at {since}, perhaps twice. {_HOW[task.state]}")
    tried = f"was to be done at {since}; attempts: {task.attempts}."
    state = "wrong" if task.attempts >= tasks.MANY_ATTEMPTS else "look"
    return Finding(state, "effects", f"{what} {tried}{said} {_HOW['pending']}")


_HOW = {
    "failed": "Do it by hand, or tell people in the conversation.",
    "done": "Look there, and delete what is too much.",
    "pending": "It is tried again by itself; if this stays, look at the bot's output and at Slack.",
}


def _what(task: TaskRow) -> str:
    """What it was, in words: `posting the card`."""
    kind, ids = things.split(task.ids.get("thing", ""))
    did = _DID.get(task.kind, task.kind)
    if not kind:
        return did
    name = THINGS.get(kind, kind)
    return f"{did} the {name}" + (f" {ids[0]}" if kind == "step" else "")
