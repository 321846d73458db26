"""Scripts that failed once, kept as files: first the seed and what went wrong, then the script."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from tests.simulation.swarm import Line

FOLDER = Path(__file__).parent / "cases"
_LINE = re.compile(r"\s*(?P<at>[\d.]+) (?P<kind>[a-z ]+) (?P<number>\d+)")


def read(path: Path) -> tuple[int, list[Line]]:
    """The seed and the script."""
    first, *lines = path.read_text().splitlines()
    seed = re.match(r"# seed (\d+)", first)
    found = [_LINE.fullmatch(line) for line in lines]
    if seed is None or None in found:
        raise ValueError(f"{path.name} is no script of a night")
    script = [Line(float(m["at"]), m["kind"], int(m["number"])) for m in found if m]
    return int(seed[1]), script


def written(seed: int, lines: Sequence[Line], why: str) -> str:
    return "\n".join([f"# seed {seed}: {why}", *map(str, lines), ""])
