"""As `many`, but 10,000 of them: it takes some minutes, so it is measured once, and only if asked for."""

from __future__ import annotations

from pathlib import Path

from tests.bench import many
from tests.bench.measure import Figure

COUNT = 10_000
RUNS = 1


def figures() -> dict[str, Figure]:
    return many.figures(COUNT)


def measure(folder: Path, into: dict[str, Figure]) -> None:
    many.measure(folder, into, COUNT)
