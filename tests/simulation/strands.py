"""One thing after the other, in an order that a seed decides: strands that switch only where they say so.

A strand is a greenlet. It runs until it pauses, sleeps or waits, so between two such places nothing else
happens; time is a number that moves only when nobody has anything to do. Strands belong to an owner (a
replica, or nobody): an owner that dies takes its strands along wherever they stand, and one that is frozen
stands still with all of them.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from greenlet import getcurrent, greenlet


class Killed(BaseException):
    """Its owner died. Not an Exception: a process that is killed runs no handler of its own."""


@dataclass(eq=False)
class Owner:
    """Whose strands live and die together. `frozen_until`: seconds of the scheduler's time."""

    name: str
    alive: bool = True
    frozen_until: float = 0.0


@dataclass(eq=False)
class Strand:
    name: str
    owner: Owner | None
    run: greenlet
    turn: int = 0  # a timer counts only if the strand has not run since it was set
    drawn: object = None  # what it drew last, for what it sends next


@dataclass(eq=False)
class Signal:
    """Set by one strand, waited for by another; waiting takes it back."""

    scheduler: Scheduler
    is_set: bool = False
    waiting: Strand | None = None

    def set(self) -> None:
        self.is_set = True
        if self.waiting is not None:
            self.scheduler.make_ready(self.waiting)
            self.waiting = None

    def wait(self, seconds: float) -> bool:
        """Whether it was set within this time."""
        if not self.is_set:
            self.waiting = self.scheduler.current
            self.scheduler.sleep(seconds)
            self.waiting = None
        was, self.is_set = self.is_set, False
        return was


@dataclass
class Scheduler:
    """Runs strands. `chance` decides who is next; without it, whoever has waited longest."""

    chance: random.Random | None = None
    now: float = 0.0
    _ready: list[Strand] = field(default_factory=list)
    _timers: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    _strands: list[Strand] = field(default_factory=list)
    _running: dict[greenlet, Strand] = field(default_factory=dict)
    _number: int = 0
    _hub: greenlet = field(default_factory=getcurrent)

    # --- for strands

    @property
    def current(self) -> Strand:
        return self._running[getcurrent()]

    def pause(self) -> None:
        """Let others go first."""
        self._ready.append(self.current)
        self._leave()

    def sleep(self, seconds: float) -> None:
        me = self.current
        turn = me.turn
        self.at(self.now + seconds, lambda: self.make_ready(me) if me.turn == turn else None)
        self._leave()

    def _leave(self) -> None:
        owner = self.current.owner
        if owner is not None and not owner.alive:
            raise Killed
        self._hub.switch()

    # --- for everybody

    def spawn(self, name: str, run: Callable[[], None], owner: Owner | None = None) -> Strand:
        def guarded() -> None:
            try:
                run()
            except Killed:
                pass
            finally:
                self._forget(strand)

        strand = Strand(name, owner, greenlet(guarded, parent=self._hub))
        self._strands.append(strand)
        self._running[strand.run] = strand
        self._ready.append(strand)
        return strand

    def _forget(self, strand: Strand) -> None:
        if strand in self._strands:
            self._strands.remove(strand)
            del self._running[strand.run]

    def make_ready(self, strand: Strand) -> None:
        if strand in self._strands and strand not in self._ready:
            self._ready.append(strand)

    def at(self, time: float, do: Callable[[], None]) -> None:
        self._number += 1
        heapq.heappush(self._timers, (time, self._number, do))

    def kill(self, owner: Owner) -> None:
        """Its strands run no further. The one that says so of its own owner must raise Killed."""
        owner.alive = False

    def run(self, done: Callable[[], bool], until: float = float("inf")) -> None:
        """Until `done`, nothing is left to do, or the time is over."""
        self._hub = getcurrent()
        for strand in self._strands:
            strand.run.parent = self._hub
        while not done():
            self._bury()
            if self._ready:
                self._step()
            elif self._timers and self._timers[0][0] <= until:
                self.now, _, do = heapq.heappop(self._timers)
                do()
            else:
                self.now = max(self.now, min(until, self.now if until == float("inf") else until))
                return

    def end(self) -> None:
        """Let go of all that still runs."""
        for strand in list(self._strands):
            strand.owner = strand.owner or Owner("nobody")
            strand.owner.alive = False
        self._bury()

    def _step(self) -> None:
        number = 0 if self.chance is None else self.chance.randrange(len(self._ready))
        strand = self._ready.pop(number)
        if strand.owner is not None and strand.owner.frozen_until > self.now:
            self.at(strand.owner.frozen_until, lambda: self.make_ready(strand))
            return
        strand.turn += 1
        strand.run.switch()

    def _bury(self) -> None:
        for strand in [each for each in self._strands if each.owner and not each.owner.alive]:
            if strand in self._ready:
                self._ready.remove(strand)
            if strand.run:  # begun: what it holds in memory is let go of
                strand.run.throw(Killed)
            self._forget(strand)
