"""10,000 reminders due at one moment, on both databases, beside a bare loop of their claims and appends."""

from __future__ import annotations

import itertools
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from shutil import copyfile

from sqlalchemy import Connection, update

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import effects as kinds
from ecomms_bot.incident.effects import effects
from ecomms_bot.incident.entry import Task, TaskChanges
from ecomms_bot.incident.events import ReminderFired, ReminderSet
from ecomms_bot.incident.evolve import evolve
from ecomms_bot.incident.ids import make_id
from ecomms_bot.incident.state import Ref
from ecomms_bot.incident.things import Place
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.service.alarm import Alarm
from ecomms_bot.service.clocks import SystemClock
from ecomms_bot.service.ports import Notice
from ecomms_bot.service.records import load, recorded
from ecomms_bot.service.work import LEASE_S
from ecomms_bot.service.worker import THREADS, Parts, Worker
from ecomms_bot.store import log, tasks
from ecomms_bot.store.engine import Database
from ecomms_bot.store.migrate import migrate
from ecomms_bot.store.tables import tasks as tasks_table
from tests.bench.measure import Figure
from tests.cli.night import COMMUNICATOR, START, ZONE, Night, flood
from tests.store import postgres_server

INCIDENTS, EACH = 500, 20
DUE = START + timedelta(hours=1)
LOOK_S = 0.05
PATIENCE_S = 1200.0
_numbers = itertools.count()


def figures() -> dict[str, Figure]:
    beside, many = "the same claims and appends, bare", INCIDENTS * EACH
    return {
        "sqlite": Figure(f"{many:,} reminders due at once, SQLite", "s", beside, at_most=3),
        "postgresql": Figure(f"{many:,} reminders due at once, PostgreSQL", "s", beside, at_most=3),
    }


def measure(folder: Path, into: dict[str, Figure]) -> None:
    """One run on both databases."""
    folder.mkdir()
    for name, fresh in (("sqlite", partial(_sqlite, folder)), ("postgresql", _postgres)):
        with fresh() as db:
            bare = bare_loop(db)
        with fresh() as db:
            ours, lost, doubled = drained(db)
        into[name].add(ours, bare)
        into[name].remarks.append(f"{lost} lost, {doubled} doubled")


# --- ours ---


@dataclass
class Silent:
    """The port `Chat`: takes everything at once, and counts."""

    shown: Counter[str] = field(default_factory=Counter)

    def show(self, notice: Notice, place: Place, key: str, *, again: bool) -> Ref:  # noqa: ARG002
        self.shown[key] += 1
        return Ref("D0MARA", f"1.{len(self.shown)}")


def drained(db: Database) -> tuple[float, int, int]:
    """How long the worker takes from the moment at which all are due; how many were lost, and doubled."""
    night, wake, chat = Night(db), threading.Event(), Silent()
    night.now = DUE
    clock = SystemClock(lambda: night.now.timestamp())  # noqa: PLW0108  (as in Night)
    alarm = Alarm(clock, wake)
    worker = Worker(Parts(db, night.handler, night.records, chat, clock, alarm, wake, "bench:1", "bench"))
    night.handler._wake = wake.set  # noqa: SLF001  (Night has nobody to wake)
    alarm.start()
    since = time.monotonic()
    worker.start()
    while _busy(db) or worker.doing:
        time.sleep(LOOK_S)
        if time.monotonic() - since > PATIENCE_S:
            break
    took = time.monotonic() - since
    worker.stop()
    alarm.stop()
    with db.read() as conn:
        fired = conn.exec_driver_sql("SELECT count(*) FROM events WHERE type = 'ReminderFired'").scalar_one()
    said = [times for key, times in chat.shown.items() if f"/{kinds.DM}/" in key or "reminder" in key]
    every = INCIDENTS * EACH
    return took, every - min(fired, len(said)), max(0, fired - every) + sum(times - 1 for times in said)


def _busy(db: Database) -> bool:
    with db.read() as conn:
        return tasks.busy(conn, DUE) > 0


# --- barely ---


def bare_loop(db: Database) -> float:
    """Each reminder taken, its entry and its message's task written; each message claimed and ended."""
    since = time.monotonic()
    with db.read() as conn:
        due = tasks.due(conn, DUE, {kinds.REMINDER})
    for row in due:
        with db.write() as conn:
            assert tasks.take(conn, row.key, now=DUE)
            seq, _ = log.head(conn, row.incident)
            entry = ReminderFired(key=row.ids["reminder"], late_seconds=0, to=(COMMUNICATOR,)).entry()
            log.append(
                conn,
                row.incident,
                seq,
                [entry],
                at=DUE,
                actor="bot",
                command_id=row.key,
                nonce=lambda: "0" * 32,
            )
            key = f"{row.incident}/{kinds.DM}/{row.key}"
            task = Task(key, row.incident, kinds.DM, key, DUE, {"thing": f"reminder:{row.key}"})
            tasks.apply(conn, TaskChanges((task,), ()), DUE)
    while claimed := _claim(db):
        for message in claimed:
            with db.write() as conn:
                assert tasks.finish(conn, message.key, "bare:1", "C:1", now=DUE)
    return time.monotonic() - since


def _claim(db: Database) -> list[tasks.ClaimedTask]:
    with db.write() as conn:
        return tasks.claim(
            conn, now=DUE, machine_now=time.time(), lease_s=LEASE_S, owner="bare:1", limit=THREADS
        )


# --- the databases ---


@contextmanager
def _sqlite(folder: Path) -> Iterator[Database]:
    path = folder / f"many-{next(_numbers)}.db"
    copyfile(_filled_sqlite(folder.parent), path)
    db = Database(f"sqlite:///{path}")
    yield db
    db.dispose()


@cache
def _filled_sqlite(folder: Path) -> Path:
    path = folder / "many.db"
    db = Database(f"sqlite:///{path}")
    migrate(db)
    fill(db)
    db.checkpoint()
    db.dispose()
    sqlite3.connect(path).close()
    return path


@contextmanager
def _postgres() -> Iterator[Database]:
    directory, held = postgres_server.open_run()
    try:
        db = Database(postgres_server.server_url())
        migrate(db)
        fill(db)
        yield db
        db.dispose()
    finally:
        postgres_server.close_run(directory, held)


def fill(db: Database) -> None:
    """Incidents with their reminders, all for the same moment, and nothing else left to do."""
    night = Night(db)
    for number in range(INCIDENTS):
        incident = make_id("i", f"many {number}")
        command = c.OpenIncident(
            f"Slide {number}",
            "",
            ZONE,
            "during",
            "S2",
            exercise=True,
            playbook=flood().raw,
            playbook_sha256=flood().sha256,
        )
        night.do(incident, command, COMMUNICATOR)
        with db.write() as conn:
            _set_reminders(conn, incident, night)
    with db.write() as conn:
        ours = tasks_table.c.key.contains("/reminder/personal/")
        conn.execute(update(tasks_table).where(~ours).values(state="done"))


def _set_reminders(conn: Connection, incident: str, night: Night) -> None:
    before = load(conn, incident)
    due = Instant.of(DUE, ZONE)
    new = [
        ReminderSet(reminder=f"r{number}", person=COMMUNICATOR, due=due, text="Call the mayor").entry()
        for number in range(EACH)
    ]
    nonces = itertools.count()
    written = log.append(
        conn,
        incident,
        before.seq,
        new,
        at=night.now,
        actor=COMMUNICATOR,
        command_id=f"reminders-{incident}",
        nonce=lambda: f"{next(nonces):032}",
    )
    after = before
    fresh = recorded(written)
    for each in fresh:
        after = evolve(after, each)
    tasks.apply(conn, effects(before, after, fresh), night.now)
