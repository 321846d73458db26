"""`python -m tests.simulation exhaustive`, and by seed (`make simulate SEED=… HOURS=…`)."""

from __future__ import annotations

import sys
import time

from tests.simulation.exhaustive import Exhaustive


def main(arguments: list[str]) -> int:
    began = time.monotonic()
    if arguments[:1] == ["exhaustive"]:
        only = (arguments[1], int(arguments[2]), arguments[3]) if len(arguments) > 1 else None
        exhaustive = Exhaustive(only=only, tell=print)  # type: ignore[arg-type]
        report = exhaustive.run()
        if only:
            print("\n".join(exhaustive.world.trace))
        print("\n".join(report.lines()))
        print(f"{time.monotonic() - began:.0f} s")
        return 1 if report.failures else 0
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
