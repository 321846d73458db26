"""`python -m tests.chaos`: one run on one database, its table, and everything that must not be."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from tests.chaos import checker
from tests.chaos.luck import OF_MUTANTS
from tests.chaos.run import Plan, Say, of_mutant, run

CAUGHT_BY = {
    "no-look-up": "messages doubled and not reported as unsure",
    "no-lease": "messages doubled and not reported as unsure",
    "no-uniqueness": "done or decided twice",
}
"""Which count must notice that a safeguard is missing."""


def play(plan: Plan, folder: Path, say: Say) -> dict[str, list[str]]:
    """Run it, print its table, and say what must not be, by its name."""
    found = json.loads(run(plan, folder, say).read_text())
    counts = checker.counted(found)
    say(checker.table(found, counts))
    for name, problems in counts.items():
        for each in problems:
            say(f"{name}: {each}")
    return counts


def main() -> int:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("database", choices=("sqlite", "postgresql"))
    parser.add_argument("seconds", type=float)
    parser.add_argument("seed", type=int)
    parser.add_argument("--mutant", choices=sorted(OF_MUTANTS), help="a bot that lacks a safeguard")
    chosen = parser.parse_args()
    plan = Plan(chosen.database, chosen.seed, chosen.seconds)
    if chosen.mutant:
        plan = of_mutant(chosen.mutant, chosen.database, chosen.seed)
    folder = Path(tempfile.mkdtemp(prefix="ecomms-chaos-"))

    def say(words: str) -> None:
        sys.stdout.write(f"{words}\n")
        sys.stdout.flush()

    counts = play(plan, folder, say)
    say(f"What the bots said, and the evidence, are in {folder}.")
    if chosen.mutant:
        caught = bool(counts[CAUGHT_BY[chosen.mutant]])
        say(f"The bot that lacks a safeguard ({chosen.mutant}) was {'caught' if caught else 'not caught'}.")
        return 0 if caught else 1
    return int(any(counts.values()))


if __name__ == "__main__":
    sys.exit(main())
