"""From the form to a conversation with its card, with a Web API that takes 80 ms for each call."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from ecomms_bot.practice.stage import COMMAND
from tests.bench.acks import API_S
from tests.bench.arena import BOT, NOOP, Arena, arena
from tests.bench.measure import Figure

TIMES = 5


def figures() -> dict[str, Figure]:
    beside = "bolt: create, invite, post"
    return {
        "time": Figure("An opening until its card is to be seen", "ms", beside),
        "calls": Figure("… calls until then (at most 3)", "calls", beside, at_most=1),
    }


def measure(folder: Path, into: dict[str, Figure]) -> None:
    """One run: the median of a few openings."""
    with arena(folder / "noop") as on, on.running(NOOP):
        on.workspace.faults.delay("*", API_S, times=None)
        bare = [_seen(on, lambda: on.person().command("ops-desk", COMMAND, "open")) for _ in range(TIMES)]
    with arena(folder / "bot") as on, on.running(BOT):
        ours = []
        on.workspace.faults.delay("*", API_S, times=None)
        for number in range(TIMES):
            person = on.form(number)
            ours.append(_seen(on, partial(on.submits, person)))
            on.rest()
    middle = TIMES // 2
    into["time"].add(sorted(ms for ms, _ in ours)[middle], sorted(ms for ms, _ in bare)[middle])
    into["calls"].add(sorted(n for _, n in ours)[middle], sorted(n for _, n in bare)[middle])


def _seen(on: Arena, act: Callable[[], object]) -> tuple[float, int]:
    """How long until the person sees a first message in a new conversation, and after how many calls."""
    known, before, since = set(on.workspace.channels), len(on.workspace.calls), time.monotonic()
    act()
    me = on.person().id

    def first() -> bool:
        with on.workspace.lock:
            new = [place for place in on.workspace.channels.values() if place.id not in known]
            return any(me in place.members and place.messages for place in new)

    on.workspace.wait_for(first, what="the card")
    seen = time.monotonic()
    calls = [call for call in on.workspace.calls[before:] if call.method != "response_url"]
    return (seen - since) * 1000, len(calls)
