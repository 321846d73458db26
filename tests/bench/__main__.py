"""How long things take on this machine, beside the same work done barely in the same run. Run: make bench.

Printed to be read, never asserted. Names of groups as arguments measure only those, and some take so long
that they are measured only then.
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import time
from pathlib import Path

from tests.bench import acks, full, late, many, most, opening, page, pieces, starting
from tests.bench.measure import RUNS, say, table

GROUPS = {
    "starting": starting,
    "acks": acks,
    "opening": opening,
    "full": full,
    "late": late,
    "many": many,
    "most": most,
    "page": page,
}
LONG = {"most"}


def main(chosen: list[str]) -> None:
    if unknown := set(chosen) - {*GROUPS, "pieces"}:
        raise SystemExit(f"There is no group {', '.join(sorted(unknown))}: {', '.join([*GROUPS, 'pieces'])}.")
    logging.disable(logging.WARNING)  # a workspace of exercises has fewer leads than tiers
    since = time.monotonic()
    wanted = {
        name: GROUPS[name] for name in chosen or GROUPS if name in GROUPS and (chosen or name not in LONG)
    }
    figures = {name: group.figures() for name, group in wanted.items()}
    with tempfile.TemporaryDirectory() as made:
        _compile_into(Path(made) / "compiled")
        for run in range(RUNS):
            for name, group in wanted.items():
                if run < getattr(group, "RUNS", RUNS):
                    say(f"{time.monotonic() - since:4.0f} s  run {run + 1} of {RUNS}: {name}")
                    group.measure(Path(made) / f"{name}-{run}", figures[name])
    for line in table([figure for each in figures.values() for figure in each.values()]):
        say(line)
    if not chosen or "pieces" in chosen:
        say("")
        pieces.main()
    say(f"All of it took {time.monotonic() - since:.0f} s.")


def _compile_into(folder: Path) -> None:
    """Every process started here keeps what it compiled: what is installed is compiled, bot and libraries."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(folder)


if __name__ == "__main__":
    main(sys.argv[1:])
