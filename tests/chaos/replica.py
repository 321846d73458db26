"""`ecomms run`, if need be with a mutation: `python -m tests.chaos.replica [--mutant NAME]`."""

from __future__ import annotations

import argparse

from ecomms_bot.cli import cli
from tests.chaos.mutants import MUTANTS


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--mutant", choices=sorted(MUTANTS))
    chosen = parser.parse_args().mutant
    if chosen:
        MUTANTS[chosen]()
    cli(["run"], prog_name="ecomms")


if __name__ == "__main__":
    main()
