"""How long things take on this machine, beside the same work done barely in the same run. Run: make bench.

Printed to be read, never asserted. Names of groups as arguments measure only those.
"""

from __future__ import annotations

import logging
import sys
import tempfile
import time
from pathlib import Path

from tests.bench import acks, full, opening, pieces, starting
from tests.bench.measure import RUNS, say, table

GROUPS = {"starting": starting, "acks": acks, "opening": opening, "full": full}


def main(chosen: list[str]) -> None:
    logging.disable(logging.WARNING)  # a workspace of exercises has fewer leads than tiers
    since = time.monotonic()
    wanted = {name: GROUPS[name] for name in chosen or GROUPS if name in GROUPS}
    figures = {name: group.figures() for name, group in wanted.items()}
    with tempfile.TemporaryDirectory() as made:
        for run in range(RUNS):
            for name, group in wanted.items():
                say(f"Run {run + 1} of {RUNS}: {name}")
                group.measure(Path(made) / f"{name}-{run}", figures[name])
    for line in table([figure for each in figures.values() for figure in each.values()]):
        say(line)
    if not chosen or "pieces" in chosen:
        say("")
        pieces.main()
    say(f"All of it took {time.monotonic() - since:.0f} s.")


if __name__ == "__main__":
    main(sys.argv[1:])
