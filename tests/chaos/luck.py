"""Misfortunes by seed: which one comes when. What each meets is not by seed: processes run as they like."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from ecomms_bot.practice.workspace import Envelope, NotSeen, Workspace
from ecomms_bot.service.clocks import PracticeClock
from tests.chaos.bots import Bots, Slot
from tests.chaos.databases import Shared

LEASE_S = 60.0
STILL_S = LEASE_S + 6.0
"""Longer than the lease of what was in hand."""
CALM_S = 4.0
"""Nothing new begins so shortly before the end."""
ONE_HOUR = timedelta(hours=1)
KINDS = (
    "killed",
    "killed in an opening",
    "pause",
    "slow",
    "429",
    "500",
    "dropped before",
    "dropped after",
    "Slack gone",
    "sockets cut",
    "delivered twice",
    "resent",
    "ack lost",
    "database",
)
SELDOM = {"database", "Slack gone", "sockets cut", "stands still"}
"""While these last nobody gets anything done, so there is one of each; of the database's there are two."""
OF_MUTANTS: Mapping[str, tuple[str, ...]] = {
    "no-look-up": ("posts dropped after", "posts dropped after", "killed"),
    "no-lease": ("slow",),
    "no-uniqueness": ("delivered twice", "resent"),
}
"""What brings out that a safeguard is missing."""
WRITES = ("chat.postMessage", "chat.postMessage", "chat.update", "conversations.create", "views.open", "*")
LEASED = "SELECT lease_owner, key FROM tasks WHERE state = 'leased' AND lease_owner IS NOT NULL"
OPENING = ("/open-conversation", "/post/card", "/invite", "/pin")


@dataclass(frozen=True)
class Misfortune:
    """`at`: true seconds from the beginning. `number` is all the chance it has."""

    at: float
    kind: str
    number: int


def schedule(
    seed: int, seconds: float, kinds: tuple[str, ...] = KINDS, every_s: float = 3.5
) -> list[Misfortune]:
    """Each kind at least once, the clock by an hour both ways; one bot stands still if there is time."""
    chance = random.Random(f"{seed}/luck")  # noqa: S311 - repeatable on purpose
    count = max(len(kinds) + 1, int(seconds / every_s))
    often = [kind for kind in kinds if kind not in SELDOM]
    chosen = [*kinds, *(["database"] if "database" in kinds else [])]
    chosen += [chance.choice(often) for _ in range(count - len(chosen))]
    chance.shuffle(chosen)
    last = seconds - CALM_S
    lines = [
        Misfortune(2.0 + (last - 2.0) * (place + chance.random()) / count, kind, chance.getrandbits(32))
        for place, kind in enumerate(chosen)
    ]
    if kinds == KINDS:
        ways = chance.choice((("an hour ahead", "an hour back"), ("an hour back", "an hour ahead")))
        for way, part in zip((*ways, *ways[::-1]), (0.2, 0.32, 0.7, 0.8), strict=True):
            lines.append(Misfortune(last * part, f"clock {way}", 0))
        if last > STILL_S + 6:
            lines.append(
                Misfortune(chance.uniform(5, last - STILL_S), "stands still", chance.getrandbits(32))
            )
    return sorted(lines, key=lambda each: (each.at, each.kind))


@dataclass
class Luck:
    """Brings the misfortunes about, each in a thread of its own, since they may meet."""

    workspace: Workspace
    bots: Bots
    database: Shared
    clock: PracticeClock
    over: threading.Event
    told: Counter[str] = field(default_factory=Counter)
    lines: list[tuple[float, str]] = field(default_factory=list)
    stumbles: list[str] = field(default_factory=list)
    steps: list[tuple[float, float]] = field(default_factory=list)
    deaths: list[float] = field(default_factory=list)
    _busy: threading.Lock = field(default_factory=threading.Lock)

    def play(self, plan: list[Misfortune]) -> None:
        """Returns when all have begun and all that end by themselves have ended."""
        began = time.monotonic()
        threads = []
        for each in plan:
            if self.over.wait(max(0.0, began + each.at - time.monotonic())):
                break
            thread = threading.Thread(target=self._bring, args=(each,), name=each.kind, daemon=True)
            thread.start()
            threads.append(thread)
        for thread in threads:
            thread.join(STILL_S + 30)

    def _bring(self, each: Misfortune) -> None:
        try:
            name = self._befall(each, random.Random(each.number))  # noqa: S311
        except Exception as error:  # noqa: BLE001 - told at the end: the driver is wrong
            self.stumbles.append(f"{each.kind}: {type(error).__name__}: {error}")
        else:
            if name:
                self.told[name] += 1

    def _begins(self, what: str) -> None:
        self.lines.append((time.monotonic(), what))

    def _befall(self, each: Misfortune, chance: random.Random) -> str:
        self._begins(each.kind)
        if each.kind.startswith("clock "):
            by = ONE_HOUR if each.kind.endswith("ahead") else -ONE_HOUR
            self.clock.push(by)
            self.steps.append((time.monotonic(), by.total_seconds()))
            return each.kind
        return self._how(each)(chance)

    def _how(self, each: Misfortune) -> Callable[[random.Random], str]:
        ways: Mapping[str, Callable[[random.Random], str]] = {
            "killed": self._killed,
            "killed in an opening": self._killed_opening,
            "pause": lambda chance: self._still(chance.uniform(2, 8), "stopped for some seconds"),
            "stands still": lambda _: self._still_in_a_call(),
            "slow": self._slow,
            "429": lambda chance: self._call("rate_limited", "429", chance, chance.randint(1, 3)),
            "500": lambda chance: self._call("server_error", "500", chance, 500),
            "dropped before": lambda chance: self._call("drop_before", "dropped before the work", chance),
            "posts dropped after": lambda _: self._posts_dropped(),
            "dropped after": lambda chance: self._call("drop_after", "dropped after the work", chance),
            "Slack gone": self._gone,
            "sockets cut": self._cut,
            "delivered twice": self._twice,
            "resent": self._again,
            "ack lost": self._ack,
            "database": lambda _: self._database(each.number),
        }
        return ways[each.kind]

    # --- bots

    def _in_hand(self, parts: tuple[str, ...] = ("",), within_s: float = 6.0) -> Slot | None:
        """A bot that has such an effect in hand at this moment."""
        until = time.monotonic() + within_s
        while time.monotonic() < until and not self.over.is_set():
            for owner, key in self.database.rows(LEASED):
                slot = self.bots.of_owner(owner) if any(part in key for part in parts) else None
                if slot is not None and not slot.stopped:
                    return slot
            time.sleep(0.03)
        return None

    def _killed(self, chance: random.Random) -> str:
        with self._busy:
            return self._kill(self._in_hand(), chance, "killed, and started again")

    def _killed_opening(self, chance: random.Random) -> str:
        with self._busy:
            return self._kill(self._in_hand(OPENING, 20.0), chance, "killed in the middle of an opening")

    def _kill(self, slot: Slot | None, chance: random.Random, name: str) -> str:
        free = self.bots.free()
        if slot is None and free:
            slot, name = chance.choice(free), "killed, and started again"
        if slot is None:
            return ""
        self.bots.kill(slot)
        self.deaths.append(time.monotonic())
        self.over.wait(chance.uniform(0.2, 3))
        self.bots.start_one(slot)
        return name

    def _still(self, seconds: float, name: str) -> str:
        slot = self._in_hand()
        if slot is None or len(self.bots.free()) < 2:
            return ""
        self._freeze(slot, seconds)
        return name

    def _still_in_a_call(self) -> str:
        """It stops while Slack has its message and did not answer, and goes on when another took it over."""
        for _ in range(4):
            held = self.workspace.faults.hold("chat.postMessage")
            try:
                held.wait_reached(8.0)
                slot = self._in_hand(("/post/", "/dm/"), 1.0)
                if slot is not None:
                    self.bots.stand_still(slot)
            except NotSeen:
                slot = None
            finally:
                self.workspace.faults.clear(held)
            if slot is not None:
                self._thaw(slot, STILL_S)
                return "stopped for longer than a lease"
        return ""

    def _freeze(self, slot: Slot, seconds: float) -> None:
        self.bots.stand_still(slot)
        self._thaw(slot, seconds)

    def _thaw(self, slot: Slot, seconds: float) -> None:
        """Slack gives up a socket that does not answer; those that live connect again."""
        self.deaths.append(time.monotonic())
        end = time.monotonic() + seconds
        if seconds > 10:
            self.over.wait(6.0)
            self.workspace.drop_connections(abrupt=True)
        self.over.wait(max(0.0, end - time.monotonic()))
        self.deaths.append(time.monotonic())
        self.bots.go_on(slot)

    # --- Slack

    def _slow(self, chance: random.Random) -> str:
        fault = self.workspace.faults.delay("*", chance.uniform(0.5, 2.5), times=None)
        self.over.wait(chance.uniform(2, 5))
        self.workspace.faults.clear(fault)
        return "slow"

    def _call(self, how: str, name: str, chance: random.Random, *more: int) -> str:
        method, times = chance.choice(WRITES), chance.randint(2, 6)
        getattr(self.workspace.faults, how)(method, *more, times=times)
        return name

    def _posts_dropped(self) -> str:
        self.workspace.faults.drop_after("chat.postMessage", times=3)
        return "messages whose answer was dropped"

    def _gone(self, chance: random.Random) -> str:
        """Minutes by the practice clock."""
        faults = [self.workspace.faults.outage()]
        if chance.random() < 0.5:
            faults.append(self.workspace.cut_sockets())
        self.over.wait(chance.uniform(4, 9))
        for fault in faults:
            self.workspace.faults.clear(fault)
        return "gone for minutes"

    def _cut(self, chance: random.Random) -> str:
        fault = self.workspace.cut_sockets()
        self.over.wait(chance.uniform(0.2, 3))
        self.workspace.faults.clear(fault)
        return "sockets cut"

    def _twice(self, chance: random.Random) -> str:
        self.workspace.faults.delivered_twice("*", times=chance.randint(4, 10))
        return "next envelopes delivered twice, to two bots"

    def _again(self, chance: random.Random) -> str:
        old: list[Envelope] = [
            each for each in self.workspace.envelopes[-40:-3] if each.type != "events_api" and each.acked
        ]
        for envelope in chance.sample(old, min(3, len(old))):
            self.workspace.resend(envelope)
        return "earlier envelopes delivered again" if old else ""

    def _ack(self, chance: random.Random) -> str:
        self.workspace.faults.ack_dropped("*", times=chance.randint(1, 3))
        return "acks lost"

    def _database(self, number: int) -> str:
        with self._busy:  # a server that is down already is not stopped once more
            return self.database.befall(number, self.over)
