"""Nights by seed: people and misfortunes at random, written down as a script before the night begins.

Each line of a script has its own chance, so a line can be left out and the others stay what they are: that
is how a script that fails becomes short. As in swarm testing, each seed has some kinds of misfortune only,
since all at once hide one another.
"""

from __future__ import annotations

import hashlib
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from ecomms_bot.errors import DatabaseError
from ecomms_bot.incident.ids import make_id
from tests.simulation.crowd import Crowd, Press
from tests.simulation.flows import opening
from tests.simulation.line import Journey, Luck
from tests.simulation.promises import broken
from tests.simulation.replica import Replica
from tests.simulation.strands import Killed
from tests.simulation.world import World

INCIDENTS = 4
"""How many are open at once: an hour of the night is as many incident-hours."""
ACTS_AN_HOUR = 24
DUTIES_AN_HOUR = 2
MISFORTUNES_AN_HOUR = 6
CALM_S = 1800.0
"""After the last line nothing goes wrong any more, and everything comes to rest within this time."""
MISFORTUNES = (
    "crash",
    "crash at a boundary",
    "freeze",
    "freeze at a boundary",
    "weather",
    "outage",
    "slow",
    "clock step",
    "locked",
    "commit unknown",
)
UNTOLD = "sent too late by a bot that died"
"""Counted, not checked: such a message may stand twice, and nobody can know."""
LUCKS: tuple[Luck, ...] = ("429", "500", "before", "after", "unreachable")


@dataclass(frozen=True)
class Line:
    """Something that happens at a time (seconds). `number` is all the chance it has."""

    at: float
    kind: str
    number: int

    def __str__(self) -> str:
        return f"{self.at:8.1f} {self.kind} {self.number}"


def script(seed: int, hours: float) -> list[Line]:
    chance = random.Random(seed)  # noqa: S311 - repeatable on purpose
    kinds = chance.sample(MISFORTUNES, chance.randint(2, 6))
    end = hours * 3600.0
    lines = [
        Line(round(chance.uniform(0, end), 1), "act", chance.getrandbits(32))
        for _ in range(int(ACTS_AN_HOUR * hours))
    ]
    lines += [
        Line(round(chance.uniform(0, end), 1), chance.choice(kinds), chance.getrandbits(32))
        for _ in range(int(MISFORTUNES_AN_HOUR * hours))
    ]
    lines += [
        Line(round(chance.uniform(0, end), 1), "duty", chance.getrandbits(32))
        for _ in range(int(DUTIES_AN_HOUR * hours))
    ]
    return sorted(lines, key=lambda line: (line.at, line.number))


@dataclass
class Night:
    """One script, played. `problems` is empty if every promise held."""

    seed: int
    lines: Sequence[Line]
    problems: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.world = World(seed=self.seed, by_chance=True)
        self.world.plan = self._journey
        self.world.on_boundary = self._at
        self.crowd = Crowd(self.world)
        self.slots: list[str] = [""] * INCIDENTS
        self.travel = random.Random(self.seed + 2)  # noqa: S311
        self._strikes: dict[int, list[tuple[int, str, int]]] = {}
        self._unknown: set[int] = set()
        self._weather: tuple[float, float, tuple[Luck, ...]] = (0.0, 0.0, ())
        self._slow: tuple[float, float] = (0.0, 0.0)

    def play(self) -> Night:
        self.world.play(self._night)
        return self

    @property
    def digest(self) -> str:
        """What happened, to the last detail."""
        with self.world.db.read() as conn:
            entries = conn.exec_driver_sql("SELECT * FROM events ORDER BY incident, seq").all()
            tasks = conn.exec_driver_sql("SELECT * FROM tasks ORDER BY n").all()
            rows = [*entries, *tasks]
        parts = [*self.world.trace, *map(repr, rows)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def _night(self) -> None:
        world = self.world
        for line in self.lines:
            world.scheduler.sleep(max(0.0, line.at - world.scheduler.now))
            world.tell(f"LINE {line}")
            self.counts[line.kind] += 1
            chance = random.Random(line.number)  # noqa: S311
            if line.kind in {"act", "duty"}:
                act = self._act if line.kind == "act" else self._duty
                world.scheduler.spawn(f"{line.kind} {line.number}", partial(act, chance))
            else:
                self._befall(line.kind, chance)
        self._calm_down()
        world.settle(CALM_S)
        self.problems = broken(world)
        self.counts[UNTOLD] += world.untold.total()

    def _calm_down(self) -> None:
        self._strikes.clear()
        self._unknown.clear()
        self._weather, self._slow = (0.0, 0.0, ()), (0.0, 0.0)
        for number in range(1, self.world.replicas + 1):
            self.world.start_again(number)
        self.world.scheduler.sleep(200.0)  # whoever is frozen thaws, whoever waits for an answer has it

    # --- people

    def _act(self, chance: random.Random) -> None:
        world, slot = self.world, chance.randrange(INCIDENTS)
        for _ in range(chance.randint(1, 3)):
            running = [each for each in world.running if each.alive]
            if not running:
                world.scheduler.sleep(chance.uniform(5, 60))
                continue
            replica = chance.choice(running)
            command_id = world.new_command_id()
            incident = self.slots[slot]
            state = world.state(incident) if incident else None
            if state is None or not state.open:
                incident = make_id("i", command_id)
                press: Press = ("mara", opening(f"Highway {slot} {command_id}"))
            else:
                press = self.crowd.act(state, chance)
            if press is None:
                return
            who, command = press
            if chance.random() < 0.15:
                other = chance.choice(running)
                later = chance.uniform(0, 2)
                sent = (who, incident, command, command_id, other)
                world.scheduler.spawn("twice", partial(self._again, later, *sent))
            answer = world.send(who, incident, command, command_id, replica)
            self.counts[answer] += 1
            fresh = state is None or not state.open
            # Whoever got no answer looks whether it is there.
            if fresh and world.state(incident).exists and not self._taken(slot):
                self.slots[slot] = incident
            if answer in {"acked", "refused"}:
                return
            world.scheduler.sleep(chance.uniform(5, 60))

    def _duty(self, chance: random.Random) -> None:
        """The same word again, to whichever replica, until there is an answer."""
        world, command_id = self.world, self.world.new_command_id()
        who, change = self.crowd.duty(chance)
        for _ in range(3):
            if running := [each for each in world.running if each.alive]:
                answer = world.send_duty(who, change, command_id, chance.choice(running))
                self.counts[answer] += 1
                if answer in {"acked", "refused"}:
                    return
            world.scheduler.sleep(chance.uniform(5, 60))

    def _taken(self, slot: int) -> bool:
        return bool(self.slots[slot]) and self.world.state(self.slots[slot]).open

    def _again(self, later: float, *what: object) -> None:
        self.world.scheduler.sleep(later)
        self.counts["delivered twice"] += 1
        self.world.send(*what)  # type: ignore[arg-type]

    # --- misfortunes

    def _befall(self, kind: str, chance: random.Random) -> None:  # noqa: C901 - a line for each misfortune
        world, now = self.world, self.world.scheduler.now
        number = chance.randint(1, world.replicas)
        replica = next((each for each in world.running if each.number == number), None)
        match kind:
            case "crash" if replica:
                self._crash(replica, chance.uniform(1, 200))
            case "freeze" if replica:
                replica.frozen_until = now + chance.uniform(5, 150)
            case "crash at a boundary" | "freeze at a boundary":
                strike = (chance.randint(1, 40), kind, chance.randint(1, 150))
                self._strikes.setdefault(number, []).append(strike)
            case "weather":
                lucks = tuple(chance.sample(LUCKS, chance.randint(1, 3)))
                self._weather = (now + chance.uniform(20, 900), chance.uniform(0.1, 0.6), lucks)
            case "outage":
                self._weather = (now + chance.uniform(60, 1800), 1.0, ("before", "unreachable"))
            case "slow":
                self._slow = (now + chance.uniform(60, 900), chance.uniform(1, 6))
            case "clock step":
                world.step += timedelta(hours=-1 if world.step > timedelta(0) else chance.choice((1, -1)))
                world.changes += 1
            case "locked":
                for each in world.running:
                    each.locked_until = now + chance.uniform(1, 10)
            case "commit unknown":
                self._unknown.add(number)
            case _:
                pass

    def _crash(self, replica: Replica, back_after: float) -> None:
        world, number = self.world, replica.number
        world.kill(replica)
        world.scheduler.at(world.scheduler.now + back_after, lambda: world.start_again(number))

    def _at(self, replica: Replica, what: str) -> None:
        if what == "after a transaction" and replica.number in self._unknown:
            self._unknown.discard(replica.number)
            self.world.tell(f"{replica.name} does not hear of its commit")
            raise DatabaseError("The connection broke while it was being written.")
        waiting = self._strikes.get(replica.number)
        if not waiting:
            return
        left, kind, seconds = waiting.pop(0)
        if left > 1:
            waiting.insert(0, (left - 1, kind, seconds))
        elif kind == "crash at a boundary":
            self._crash(replica, float(seconds))
            raise Killed
        else:
            replica.frozen_until = self.world.scheduler.now + seconds
            self.world.tell(f"{replica.name} stands still for {seconds} s")
            self.world.scheduler.pause()

    def _journey(self, _method: str) -> Journey:
        now, travel = self.world.scheduler.now, self.travel
        until, mean = self._slow
        there, back = (
            (travel.expovariate(1 / mean), travel.expovariate(1 / mean)) if now < until else (0.05, 0.05)
        )
        until, share, lucks = self._weather
        luck: Luck = travel.choice(lucks) if now < until and travel.random() < share else ""
        return Journey(there, back, luck, retry_after=travel.randint(1, 60))


# --- the shortest script that still fails


def shortest(seed: int, lines: Sequence[Line], seconds: float, tell: Callable[[str], None]) -> list[Line]:
    """Leave out what is not needed for the failure, for at most so many seconds of true time."""
    end = time.monotonic() + seconds

    wanted = kinds_of(problems_of(seed, lines))

    def fails(some: Sequence[Line]) -> bool:
        return bool(wanted & kinds_of(problems_of(seed, some)))

    kept, size = list(lines), max(1, len(lines) // 2)
    while time.monotonic() < end:
        start = 0
        while start < len(kept) and time.monotonic() < end:
            fewer = kept[:start] + kept[start + size :]
            if fails(fewer):
                kept = fewer
                tell(f"{len(kept)} lines still fail")
            else:
                start += size
        if size == 1:
            break
        size = max(1, size // 2)
    return kept


def kinds_of(problems: Sequence[str]) -> set[str]:
    """Problems without their ids and numbers: what kind of failure it is."""
    return {" ".join(word for word in each.split() if word.isalpha()) for each in problems}


def problems_of(seed: int, lines: Sequence[Line]) -> list[str]:
    """What goes wrong with this script; also a crash of the simulation itself counts."""
    try:
        return Night(seed, lines).play().problems
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
        return [f"{type(error).__name__}: {error}"]
