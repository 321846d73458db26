"""Reminders all due at one moment, on both databases, beside a bare loop of their claims and appends."""

from __future__ import annotations

import itertools
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from shutil import copyfile

from sqlalchemy import Connection, update

from ecomms_bot.incident import effects as kinds
from ecomms_bot.incident.effects import effects
from ecomms_bot.incident.entry import Task, TaskChanges
from ecomms_bot.incident.events import ReminderFired, ReminderSet
from ecomms_bot.incident.evolve import evolve
from ecomms_bot.incident.state import Ref
from ecomms_bot.incident.things import Place
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.service.alarm import Alarm
from ecomms_bot.service.clocks import SystemClock
from ecomms_bot.service.ports import Notice
from ecomms_bot.service.records import load, recorded
from ecomms_bot.service.work import LEASE_S
from ecomms_bot.service.worker import THREADS, Parts, Worker
from ecomms_bot.store import tasks
from ecomms_bot.store.engine import Database
from ecomms_bot.store.migrate import migrate
from ecomms_bot.store.tables import tasks as tasks_table
from tests.bench.filled import kept, opened, written
from tests.bench.measure import Figure
from tests.cli.night import COMMUNICATOR, START, ZONE, Night
from tests.store import postgres_server

COUNT, EACH = 500, 20
"""Reminders in all, and in one incident."""
DUE = START + timedelta(hours=1)
LOOK_S = 0.05
PATIENCE_S = 1800.0
_numbers = itertools.count()


def figures(count: int = COUNT) -> dict[str, Figure]:
    beside = "the same claims and appends, bare"
    return {
        "sqlite": Figure(f"{count:,} reminders due at once, SQLite", "s", beside, at_most=3),
        "postgresql": Figure(f"{count:,} reminders due at once, PostgreSQL", "s", beside, at_most=3),
    }


def measure(folder: Path, into: dict[str, Figure], count: int = COUNT) -> None:
    """One run on both databases."""
    folder.mkdir()
    for name, fresh in (
        ("sqlite", partial(_sqlite, folder, count)),
        ("postgresql", partial(_postgres, count)),
    ):
        with fresh() as db:
            bare = bare_loop(db)
        with fresh() as db:
            ours, lost, doubled = drained(db, count)
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


def drained(db: Database, count: int) -> tuple[float, int, int]:
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
    return took, count - min(fired, len(said)), max(0, fired - count) + sum(times - 1 for times in said)


def _busy(db: Database) -> bool:
    with db.read() as conn:
        return tasks.busy(conn, DUE) > 0


# --- barely ---


def bare_loop(db: Database) -> float:
    """Each reminder taken, its entry and its message's task written; each message claimed and ended."""
    night, since = Night(db), time.monotonic()
    night.now = DUE
    with db.read() as conn:
        due = tasks.due(conn, DUE, {kinds.REMINDER})
    for row in due:
        with db.write() as conn:
            assert tasks.take(conn, row.key, now=DUE)
            entry = ReminderFired(key=row.ids["reminder"], late_seconds=0, to=(COMMUNICATOR,)).entry()
            written(conn, night, row.incident, [entry], row.key)
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
def _sqlite(folder: Path, count: int) -> Iterator[Database]:
    path = folder / f"many-{next(_numbers)}.db"
    copyfile(kept(folder.parent / f"many-{count}.db", partial(fill, count=count)), path)
    db = Database(f"sqlite:///{path}")
    yield db
    db.dispose()


@contextmanager
def _postgres(count: int) -> Iterator[Database]:
    directory, held = postgres_server.open_run()
    try:
        db = Database(postgres_server.server_url())
        migrate(db)
        fill(Night(db), count)
        yield db
        db.dispose()
    finally:
        postgres_server.close_run(directory, held)


def fill(night: Night, count: int) -> None:
    """So many reminders, all for the same moment, and nothing else left to do."""
    for number in range(count // EACH):
        incident = opened(night, number)
        with night.db.write() as conn:
            _set_reminders(conn, incident, night)
    with night.db.write() as conn:
        ours = tasks_table.c.key.contains("/reminder/personal/")
        conn.execute(update(tasks_table).where(~ours).values(state="done"))


def _set_reminders(conn: Connection, incident: str, night: Night) -> None:
    before = after = load(conn, incident)
    due = Instant.of(DUE, ZONE)
    new = [
        ReminderSet(reminder=f"r{number}", person=COMMUNICATOR, due=due, text="Call the mayor").entry()
        for number in range(EACH)
    ]
    fresh = recorded(written(conn, night, incident, new, f"reminders-{incident}"))
    for each in fresh:
        after = evolve(after, each)
    tasks.apply(conn, effects(before, after, fresh), night.now)
