"""`seeds SEED HOURS` plays nights by chance (`make simulate`), `exhaustive` a crash at every boundary.

`exhaustive every NUMBER FIRST` tries every so many, `exhaustive FLOW NUMBER FATE` plays one and prints
all that happened; `case FILE` plays a kept script.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.simulation import cases
from tests.simulation.exhaustive import FATES, Exhaustive
from tests.simulation.flows import FLOWS
from tests.simulation.swarm import INCIDENTS, MISFORTUNES, UNTOLD, Night, problems_of, script, shortest

NIGHT_HOURS = 3.0
SHRINK_S = 300.0
JOBS = 2


def exhaustive(run: Exhaustive) -> int:
    report = run.run()
    if run.only:
        print("\n".join(run.world.trace))
    print("\n".join(report.lines()))
    return 1 if report.failures else 0


def one(seed: int) -> tuple[int, list[str], Counter[str]]:
    """One night of a seed: its problems, and what happened in it."""
    try:
        night = Night(seed, script(seed, NIGHT_HOURS)).play()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
        return seed, [f"{type(error).__name__}: {error}"], Counter()
    return seed, night.problems, night.counts


def seeds(first: int, hours: float) -> int:
    """As many nights as make so many incident-hours; the first one that fails is made short."""
    began, counts = time.monotonic(), Counter[str]()
    nights = max(1, round(hours / (NIGHT_HOURS * INCIDENTS)))
    with ProcessPoolExecutor(JOBS) as pool:
        for number, (seed, problems, happened) in enumerate(pool.map(one, range(first, first + nights)), 1):
            counts += happened
            if problems:
                pool.shutdown(cancel_futures=True)
                return _failed(seed, problems)
            if number % 10 == 0:
                print(f"{number} nights of {nights}", flush=True)
    took = (time.monotonic() - began) / 60
    played = nights * NIGHT_HOURS * INCIDENTS
    shown = (*MISFORTUNES, "delivered twice", "lost", "failed", UNTOLD)
    told = ", ".join(f"{kind} {counts[kind]}" for kind in shown)
    print(f"{played:.0f} incident-hours in {took:.1f} minutes, {counts['acked']} acked: no promise broken")
    print(f"Misfortunes: {told}")
    return 0


def _failed(seed: int, problems: list[str]) -> int:
    print(f"Seed {seed} fails:", *problems[:10], sep="\n    ")
    print("Looking for the shortest script that fails in the same way ...", flush=True)
    lines = shortest(seed, script(seed, NIGHT_HOURS), SHRINK_S, lambda told: print(f"    {told}", flush=True))
    print(cases.written(seed, lines, problems_of(seed, lines)[0]))
    return 1


def _say(what: str) -> None:
    print(what, flush=True)


def main(arguments: list[str]) -> int:
    match arguments:
        case ["exhaustive"]:
            return exhaustive(Exhaustive(tell=_say))
        case ["exhaustive", "every", every, first]:
            return exhaustive(Exhaustive(every=int(every), first=int(first), tell=_say))
        case ["exhaustive", flow, number, fate] if flow in FLOWS and fate in FATES:
            return exhaustive(Exhaustive(only=(flow, int(number), fate)))
        case ["seeds", first, hours]:
            return seeds(int(first), float(hours))
        case ["case", name]:
            problems = problems_of(*cases.read(Path(name)))
            print("\n".join(problems) or "No promise is broken.")
            return 1 if problems else 0
        case _:
            print(__doc__)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
