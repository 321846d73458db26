"""A database with 100,000 entries in 1,000 incidents: a command in it and in an empty one, and verify."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from shutil import copyfile

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.events import NoteAdded
from ecomms_bot.store import log
from ecomms_bot.store.engine import Database
from ecomms_bot.store.migrate import migrate
from ecomms_bot.store.verify import verify
from tests.bench.acks import NOTE, WARM
from tests.bench.arena import BOT, arena, took_ms
from tests.bench.filled import id_of, kept, opened, written
from tests.bench.measure import Figure, percentile
from tests.cli.night import COMMUNICATOR, Night

INCIDENTS, ENTRIES = 1_000, 100_000
TIMES = 100
BATCH = 4
WHO = COMMUNICATOR


def figures() -> dict[str, Figure]:
    return {
        "command": Figure("A note typed at 100,000 entries in 1,000 incidents", "ms", "at 0", at_most=1.2),
        "elsewhere": Figure("… in one of the 1,000 that nobody asked for lately", "ms", "at 0"),
        "verify": Figure(
            "Entries verified in a second", "", "sqlite3, json, SHA-256: the chain alone", at_least=0.5
        ),
    }


def measure(folder: Path, into: dict[str, Figure]) -> None:
    """One run. The full database is made once."""
    folder.mkdir()
    full = folder / "full.db"
    copyfile(kept(folder.parent / "filled.db", _fill), full)
    with (
        arena(folder / "empty") as empty,
        arena(folder / "bot", database_url=f"sqlite:///{full}") as on,
        empty.running(BOT),
        on.running(BOT),
    ):
        pairs = [(empty, empty.opened(0)), (on, on.opened(0))]
        took: dict[int, list[float]] = {0: [], 1: []}
        for number in range((WARM + TIMES) // BATCH):  # in turns, so that a noisy moment is one for both
            for place, (where, home) in enumerate(pairs):
                times = [took_ms(where.types(home, NOTE)) for _ in range(BATCH)]
                took[place] += times if number * BATCH >= WARM else []
    into["command"].add(percentile(took[1], 50), percentile(took[0], 50))
    into["elsewhere"].add(_elsewhere(full), _handled(folder))
    into["verify"].add(_per_second(full, _verified), _per_second(full, _bare_chain))


def _fill(night: Night) -> None:
    """With nothing left to do."""
    for number in range(INCIDENTS):
        incident = opened(night, number)
        with night.db.write() as conn:
            seq, _ = log.head(conn, incident)
            notes = [
                NoteAdded(note=f"n{each}", person=WHO, text=f"Note {each}").entry()
                for each in range(ENTRIES // INCIDENTS - seq)
            ]
            written(conn, night, incident, notes, f"notes-{number}")
    with night.db.write() as conn:
        conn.exec_driver_sql("UPDATE tasks SET state = 'done' WHERE state = 'pending'")
        conn.exec_driver_sql("UPDATE incidents SET seq = (SELECT max(seq) FROM events WHERE incident = id)")


def _elsewhere(path: Path) -> float:
    """A note without Slack, each in another incident: all of its 100 entries are read."""
    incidents = [id_of(number) for number in range(WARM + TIMES)]
    return _notes(path, incidents)


def _handled(folder: Path) -> float:
    """A note without Slack, always in the same young incident."""
    path = folder / "handled.db"
    db = Database(f"sqlite:///{path}")
    migrate(db)
    incident = Night(db).open()
    db.dispose()
    return _notes(path, [incident] * (WARM + TIMES))


def _notes(path: Path, incidents: list[str]) -> float:
    db = Database(f"sqlite:///{path}")
    night, took = Night(db), []
    for incident in incidents:
        since = time.perf_counter()
        night.do(incident, c.AddNote("The bridge stands"), WHO)
        took.append((time.perf_counter() - since) * 1000)
    db.dispose()
    return percentile(took[WARM:], 50)


def _per_second(path: Path, check: Callable[[Path], int]) -> float:
    since = time.perf_counter()
    return check(path) / (time.perf_counter() - since)


def _verified(path: Path) -> int:
    db = Database(f"sqlite:///{path}")
    with db.read() as conn:
        found = verify(conn)
    db.dispose()
    assert not found.problems, found.problems[:3]
    return found.entries


def _bare_chain(path: Path) -> int:
    """The same hashes of the same bytes, and nothing else."""
    conn, count = sqlite3.connect(path), 0
    columns = "incident, seq, at, actor, command_id, ordinal, type"
    prev = ""
    for payload, hash, *linked in conn.execute(
        f"SELECT payload, hash, {columns} FROM events ORDER BY incident, seq"
    ):
        digest = hashlib.sha256(payload.encode()).hexdigest()
        before = "" if linked[1] == 1 else prev
        text = json.dumps([1, before, *linked, digest], ensure_ascii=False, separators=(",", ":"))
        prev = hashlib.sha256(text.encode()).hexdigest()
        assert prev == hash
        count += 1
    conn.close()
    return count
