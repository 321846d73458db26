"""One process of the bot: what `bootstrap` makes of it, but for threads, sockets and true clocks."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from ecomms_bot.errors import EcommsError
from ecomms_bot.incident.policy import Person, Roster
from ecomms_bot.service.carrying import Parts
from ecomms_bot.service.duty import Duty
from ecomms_bot.service.handler import Handler
from ecomms_bot.service.records import Records, States
from ecomms_bot.service.work import Job, Work, attempt
from ecomms_bot.service.worker import LOOK_EVERY_S, THREADS
from ecomms_bot.slack import cards
from ecomms_bot.slack.cards import View
from ecomms_bot.slack.gateway import Gateway
from ecomms_bot.slack.message import Message
from ecomms_bot.slack.pace import Pace
from ecomms_bot.store.faults import DatabaseBusy
from tests.simulation.line import Line, Way
from tests.simulation.storage import Simulated
from tests.simulation.strands import Owner, Signal

if TYPE_CHECKING:
    from tests.simulation.world import World

START = datetime(2021, 11, 15, 4, 0, tzinfo=UTC)
"""Sun 14 Nov 20:00 PST."""


@dataclass(frozen=True)
class SimulatedClock:
    """Incident time can be stepped for all; machine time runs on, the same for all."""

    world: World
    practice: bool = False

    def now(self) -> datetime:
        return START + timedelta(seconds=self.world.scheduler.now) + self.world.step

    def machine(self) -> float:
        return START.timestamp() + self.world.scheduler.now + self.world.machine_step

    def real_delay(self, due: datetime) -> float | None:
        return max(0.0, (due - self.now()).total_seconds())


@dataclass(frozen=True)
class Directory:
    """Everybody is known from the start; who is off duty, as far as this replica was told."""

    people: Roster
    duty: Duty

    def roster(self) -> Roster:
        return replace(self.people, off=frozenset(self.duty.off()))

    def person(self, user: str, *, guest: bool = False) -> Person:
        return self.people.person(user, guest=guest)


@dataclass(frozen=True)
class Shown:
    """What a message showed when it was sent: which thing, of the state up to which entry."""

    incident: str
    thing: str
    seq: int


@dataclass(frozen=True)
class Sent:
    """By which replica, for the effect of which key, and what it had drawn for it."""

    replica: Replica
    key: str
    drawn: object


class Turn(Pace):
    """Slack's limits, kept as a bot keeps them; who waits for a turn sleeps in the simulation."""

    def __init__(self, replica: Replica) -> None:
        super().__init__(replica.world.monotonic)
        self._replica = replica

    def pause(self, seconds: float) -> None:
        self._replica.sleep(seconds)


class Replica(Owner):
    """One process. When it dies, the next one of its machine has another name, as it has another pid."""

    def __init__(self, world: World, number: int, life: int) -> None:
        super().__init__(f"{number}:{life}")
        self.world, self.number, self.life = world, number, life
        self.doing: set[str] = set()
        self.late: list[str] = []
        """What it sent when another had taken it over."""
        self.rung = Signal(world.scheduler)
        self.locked_until = 0.0
        self.beating = False
        self._alarm = itertools.count()
        self._armed = -1
        self.db = Simulated(world.engine, self)
        self.clock = SimulatedClock(world)
        self.duty = Duty(self.db, self.clock, world.nonce)
        directory, states = Directory(world.roster, self.duty), States()
        self.handler = Handler(
            self.db, self.clock, directory, world.nonce, self.rung.set, leaders=world.leaders, states=states
        )
        self.records = Records(self.db, states)
        way = Way(
            plan=lambda method: world.plan(method),  # noqa: PLW0108 - a run may set another plan later
            sleep=self.sleep,
            at=lambda seconds, do: world.scheduler.at(world.scheduler.now + seconds, do),
            asked=self.asked,
            sends=self.sends,
            answered=self.answered,
        )
        gateway = Gateway(
            Line(world.workspace, way),
            state=self.records.state,
            checked=self.records.checked,
            names=lambda _client, people: {each: each for each in people},
            roster=directory.roster,
            now=self.clock.now,
            bot_user=lambda: world.workspace.bot.id,
            render=self.draw,
            pace=Turn(self),
        )
        own = (threading.Event(), self.name, self.name, self.is_gone, self.duty.refresh)
        self.work = Work(Parts(self.db, self.handler, self.records, gateway, self.clock, self, *own))
        world.scheduler.spawn(f"{self.name} worker", self._run, self)

    def is_gone(self, name: str) -> bool:
        """An earlier process of this machine; what runs on another one nobody can tell."""
        return name.partition(":")[0] == str(self.number) and name != self.name

    # --- the shell: what `service.worker` does with threads

    def _run(self) -> None:
        seen, rung = -1, True
        while True:
            try:
                self.beating = True
                self.work.beat()
                self.beating = False
                # A look at tasks that nobody changed since the last one finds nothing: the alarm rings for
                # what comes due. Leaving it out makes an idle hour cheap and changes nothing else.
                if rung or self.world.changes != seen:
                    seen = self.world.changes
                    for job in self.work.due(lambda: THREADS - len(self.doing)):
                        self._start(job)
                    self.work.arm()
            except EcommsError as error:
                self.beating, seen = False, -1
                self.world.tell(f"{self.name} could not look: {error}")
            rung = self.rung.wait(LOOK_EVERY_S)

    def _start(self, job: Job) -> None:
        if job.key not in self.doing:
            self.doing.add(job.key)
            self.world.scheduler.spawn(f"{self.name} {job.key}", lambda: self._finish(job), self)

    def _finish(self, job: Job) -> None:
        done = False
        try:
            done = attempt(job)
        finally:
            self.doing.discard(job.key)
            if done:
                self.rung.set()

    def arm(self, due: datetime | None, in_seconds: float | None = None) -> None:
        """The alarm: rings once, at the earlier of the two."""
        delays = [None if due is None else self.clock.real_delay(due), in_seconds]
        delay = min((each for each in delays if each is not None), default=None)
        self._armed = mine = next(self._alarm)
        if delay is not None:
            self.world.scheduler.at(
                self.world.scheduler.now + delay,
                lambda: self.rung.set() if self.alive and self._armed == mine else None,
            )

    # --- ports

    def before_read(self) -> None:
        self.world.scheduler.pause()

    def before_write(self) -> None:
        if self.locked_until > self.world.scheduler.now:
            self.sleep(0.5)
            raise DatabaseBusy
        if not self.beating:
            self.world.boundary(self, "before a transaction")
        self.sleep(0.001)

    def after_write(self) -> None:
        if not self.beating:
            self.world.changes += 1
            self.world.boundary(self, "after a transaction")
        self.world.scheduler.pause()

    def asked(self, method: str) -> None:
        self.world.boundary(self, f"before {method}")

    def sends(self, method: str) -> Callable[[dict[str, Any], dict[str, Any]], None]:
        strand = self.world.scheduler.current
        sent = Sent(self, strand.name.removeprefix(f"{self.name} "), strand.drawn)
        return lambda values, result: self.world.note_call(sent, method, values, result)

    def answered(self, method: str) -> None:
        self.world.boundary(self, f"after {method}")

    def sleep(self, seconds: float) -> None:
        self.world.scheduler.sleep(seconds)

    def draw(self, thing: str, view: View, *, kind: str, user: str) -> Message:
        """Draw it, and remember of which state, for what this strand sends next."""
        self.world.scheduler.current.drawn = Shown(view.state.id, thing, view.state.seq)
        return cards.render(thing, view, kind=kind, user=user)
