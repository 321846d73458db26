"""From starting a process to its connection, and the memory it holds when it is idle."""

from __future__ import annotations

import time
from pathlib import Path

from tests.bench.arena import BOT, NOOP, Running, arena
from tests.bench.measure import Figure

IDLE_S = 2.0


def figures() -> dict[str, Figure]:
    return {
        "start": Figure("From start to connected", "s", "bolt no-op", at_most=4),
        "cpu": Figure("… of the processor's time", "s", "bolt no-op"),
        "memory": Figure("Memory (RSS), idle on SQLite", "MB", "bolt no-op", at_most=3),
    }


def measure(folder: Path, into: dict[str, Figure]) -> None:
    """One run; database and compiled modules are there, as at every start but the first."""
    with arena(folder / "noop") as on:
        with on.running(NOOP):
            pass
        with on.running(NOOP) as noop:
            bare, bare_cpu, bare_memory = noop.up_s, noop.cpu_s, _idle(noop)
    with arena(folder / "bot") as on:
        with on.running(BOT):
            pass
        with on.running(BOT) as bot:
            into["start"].add(bot.up_s, bare)
            into["cpu"].add(bot.cpu_s, bare_cpu)
            into["memory"].add(_idle(bot), bare_memory)


def _idle(running: Running) -> float:
    time.sleep(IDLE_S)
    return running.rss_mb
