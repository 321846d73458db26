"""A crash at every boundary of every flow: one undisturbed night, and from each boundary a fork.

The undisturbed run stops before and after each transaction and each call to Slack. There it forks: the child
takes the misfortune, plays the flow to its end as people would, waits until everything has come to rest and
checks all promises; the parent goes on as if nothing had happened. So nothing is played twice.
"""

from __future__ import annotations

import gc
import json
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from ecomms_bot.errors import DatabaseError
from tests.simulation.flows import FLOWS, Life
from tests.simulation.promises import broken
from tests.simulation.replica import Replica
from tests.simulation.strands import Killed
from tests.simulation.world import World

Fate = Literal["the other goes on", "power cut", "stands still", "the answer is lost", "commit unknown"]
FATES: tuple[Fate, ...] = (
    "the other goes on",
    "power cut",
    "stands still",
    "the answer is lost",
    "commit unknown",
)
STILL_S = 100.0
"""Longer than a lease: who goes on then finds that others have done it."""
BACK_AFTER_S = 20.0
"""Shorter than a lease: who comes back finds what it had leased still held."""
CHILD_S = 120


def _can_be(fate: Fate, what: str) -> bool:
    """Whether this can befall a replica there."""
    match fate:
        case "the answer is lost":
            return what.startswith("after ") and what != "after a transaction"
        case "commit unknown":
            return what == "after a transaction"
        case _:
            return True


class AnswerLost(ConnectionResetError):
    """The call was done, and nobody hears of it."""


@dataclass(frozen=True)
class Failure:
    flow: str
    number: int
    what: str
    fate: Fate
    problems: tuple[str, ...]

    def __str__(self) -> str:
        lines = "\n    ".join(self.problems)
        return f"{self.flow}, boundary {self.number} ({self.what}), {self.fate}:\n    {lines}"


@dataclass
class Report:
    boundaries: Counter[str] = field(default_factory=Counter)
    tried: int = 0
    runs: int = 0
    failures: list[Failure] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        for flow in FLOWS:
            yield f"{flow:10} {self.boundaries[flow]:4} boundaries"
        yield f"{'all':10} {self.boundaries.total():4} boundaries"
        yield f"{'tried':10} {self.tried:4} boundaries, {self.runs} misfortunes"
        yield from map(str, self.failures)


@dataclass
class Exhaustive:
    """`only`: (flow, number, fate) of the one boundary to try, without a fork; None tries all.

    `every`, `first`: of all boundaries every so many, beginning with the first, second, …
    """

    only: tuple[str, int, Fate] | None = None
    every: int = 1
    first: int = 1
    jobs: int = 2
    tell: Callable[[str], None] = lambda _: None
    report: Report = field(default_factory=Report)

    def __post_init__(self) -> None:
        self.world = World()
        self.world.on_boundary = self._at
        self.life = Life(self.world)
        self.flow = ""
        self.struck = False
        self._children: dict[int, tuple[int, str, int, str, Fate]] = {}
        self._pipe = -1

    def run(self) -> Report:
        self.world.play(self._script)
        while self._children:
            self._collect()
        return self.report

    def _script(self) -> None:
        for flow, play in FLOWS.items():
            self.flow = flow
            play(self.life)
            self.world.settle()
            problems = broken(self.world)
            if self.struck:
                self._end(problems)
                return
            self.tell(f"{flow}: {self.report.boundaries[flow]} boundaries")
            if problems:
                self.report.failures.append(Failure(flow, 0, "undisturbed", FATES[0], tuple(problems)))
                return

    def _at(self, replica: Replica, what: str) -> None:
        if self.struck or not self.flow:
            return
        self.report.boundaries[self.flow] += 1
        number = self.report.boundaries[self.flow]
        if self.only is None and (self.report.boundaries.total() - self.first) % self.every:
            return
        self.report.tried += 1
        for fate in FATES:
            if not _can_be(fate, what):
                continue
            if self.only is not None:
                if self.only == (self.flow, number, fate):
                    self._strike(replica, fate)
                continue
            self.report.runs += 1
            if self._fork(number, f"{what} by {self.world.scheduler.current.name}", fate):
                self._strike(replica, fate)
                return  # whoever stands still goes on in the child

    def _strike(self, replica: Replica, fate: Fate) -> None:
        self.struck = True
        world = self.world
        world.tell(f"STRUCK: {fate}")
        match fate:
            case "the answer is lost":
                raise AnswerLost
            case "commit unknown":
                raise DatabaseError("The connection broke while it was being written.")
            case "stands still":
                replica.frozen_until = world.scheduler.now + STILL_S
                world.scheduler.pause()
            case _:
                self._kill(replica, fate)

    def _kill(self, replica: Replica, fate: Fate) -> None:
        world = self.world
        dying = list(world.running) if fate == "power cut" else [replica]
        for each in dying:
            world.kill(each)
        if fate == "power cut":
            world.scheduler.at(world.scheduler.now + BACK_AFTER_S, lambda: world.start_again(1))
        raise Killed

    # --- forks

    def _fork(self, number: int, what: str, fate: Fate) -> bool:
        """True in the child."""
        while len(self._children) >= self.jobs:
            self._collect()
        read, write = os.pipe()
        gc.freeze()  # else the child would copy every page on which something is counted
        child = os.fork()
        if child == 0:
            gc.disable()
            os.close(read)
            self._pipe = write
            signal.alarm(CHILD_S)
            return True
        os.close(write)
        self._children[child] = (read, self.flow, number, what, fate)
        return False

    def _end(self, problems: list[str]) -> None:
        if self._pipe < 0:
            self.report.failures += (
                [Failure(*self.only[:2], "", self.only[2], tuple(problems))]
                if (self.only and problems)
                else []
            )
            return
        os.write(self._pipe, json.dumps([each[:400] for each in problems[:8]]).encode())
        os._exit(0)

    def _collect(self) -> None:
        child, status = os.wait()
        read, flow, number, what, fate = self._children.pop(child)
        with os.fdopen(read, "rb") as pipe:
            said = pipe.read()
        problems = json.loads(said) if said and status == 0 else [f"the run broke off ({status})"]
        if problems:
            failure = Failure(flow, number, what, fate, tuple(problems))
            self.report.failures.append(failure)
            self.tell(str(failure))
