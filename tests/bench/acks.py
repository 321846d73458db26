"""From an envelope to its acknowledgement: beside an app that does nothing, alone and with many in flight."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from ecomms_bot.practice.workspace import Conversation
from tests.bench.arena import BOT, NOOP, ROOT, Arena, arena, at_once, took_ms
from tests.bench.measure import Figure, percentile

ALONE, ROUNDS, IN_FLIGHT = 80, 4, 50
INCIDENTS = 5
OPENINGS = 20
API_S = 0.08
NOTE = "note the bridge stands"
WARM = 8
ENTRY = 800
"""Characters of an entry, about."""


def figures() -> dict[str, Figure]:
    noop = "bolt no-op"
    return {
        "alone": Figure("Ack of a note with its commit, alone, p50", "ms", noop, at_most=0.3),
        "disk": Figure("… what the disk takes of it: one row committed by sqlite3, p50", "ms", noop),
        "spread": Figure(f"… {IN_FLIGHT} in flight in {INCIDENTS} incidents, p99", "ms", noop, at_most=4),
        "one": Figure(f"… {IN_FLIGHT} in flight in one incident, p99", "ms", noop, at_most=4),
        "opening": Figure(f"… while {OPENINGS} incidents are opened, p99", "ms", noop, at_most=4),
        "second": Figure("… while a second process writes, p99", "ms", noop, at_most=4),
        "slowest": Figure("… the slowest of all these (under 1,000)", "ms", noop),
    }


def measure(folder: Path, into: dict[str, Figure]) -> None:
    """One run of all of them."""
    with arena(folder / "noop") as on, on.running(NOOP):
        alone = _alone(on, ["ops-desk"])
        bare = _flights(on, ["ops-desk"])
    with arena(folder / "bot") as on, on.running(BOT):
        homes = [on.opened(number) for number in range(INCIDENTS)]
        into["alone"].add(_alone(on, homes), alone)
        into["disk"].add(_committed(folder / "row.db"), alone)
        on.workspace.faults.delay("*", API_S, times=None)
        took = {"spread": _flights(on, homes), "one": _flights(on, homes[:1])}
        with _opening(on):
            took["opening"] = _flights(on, homes)
        with _second_writer(on):
            took["second"] = _flights(on, homes)
    for name, times in took.items():
        into[name].add(percentile(times, 99), percentile(bare, 99))
    into["slowest"].add(max(max(times) for times in took.values()), max(bare))


def _alone(on: Arena, places: list[Conversation] | list[str]) -> float:
    took = [took_ms(on.types(places[number % len(places)], NOTE)) for number in range(WARM + ALONE)]
    return percentile(took[WARM:], 50)


def _committed(path: Path) -> float:
    """How long SQLite alone takes to keep one row as safely as the bot keeps an entry."""
    conn, took = sqlite3.connect(path, isolation_level=None), list[float]()
    for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "CREATE TABLE rows (text)"):
        conn.execute(statement)
    for _ in range(WARM + ALONE):
        since = time.perf_counter()
        conn.execute("INSERT INTO rows VALUES (?)", (NOTE.ljust(ENTRY),))
        took.append((time.perf_counter() - since) * 1000)
    conn.close()
    return percentile(took[WARM:], 50)


def _flights(on: Arena, places: list[Conversation] | list[str]) -> list[float]:
    work = [partial(on.types, places[number % len(places)], NOTE) for number in range(IN_FLIGHT)]
    return [each for _ in range(ROUNDS) for each in at_once(work)]


@contextmanager
def _opening(on: Arena) -> Iterator[None]:
    """Incidents are opened one after the other from now on; at the end all of them are open."""

    def openings() -> None:
        for number in range(OPENINGS):
            on.submits(on.form(100 + number, who="theo"))

    opener = threading.Thread(target=openings)
    opener.start()
    try:
        yield
    finally:
        opener.join()


@contextmanager
def _second_writer(on: Arena) -> Iterator[None]:
    """Another process that appends to the same database all the time."""
    writer = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.writer", on.database_url], cwd=ROOT, stdout=subprocess.PIPE
    )
    try:
        assert writer.stdout is not None
        writer.stdout.readline()  # it writes
        yield
        assert writer.poll() is None, "the second process must have written until the end"
    finally:
        writer.kill()
        writer.wait()
        if writer.stdout is not None:
            writer.stdout.close()
