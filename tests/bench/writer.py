"""A second process on the same database: an entry, in a transaction of its own, 50 times a second."""

from __future__ import annotations

import itertools
import sys
import time

from ecomms_bot.store.engine import Database
from tests.bench.measure import say
from tests.store.samples import append, note

PAUSE_S = 0.02


def main() -> None:
    db = Database(sys.argv[1])
    for number in itertools.count():
        with db.write() as conn:
            append(conn, "iwriter", number, note(f"Note {number}"))
        if number == 0:
            say("It writes")
        time.sleep(PAUSE_S)


if __name__ == "__main__":
    main()
