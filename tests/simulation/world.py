"""A night in one process: replicas of the bot, one database, one workspace, one time, one seed.

Each replica is what `bootstrap` makes of a bot (handler, worker's policy, gateway), but for threads, sockets
and true clocks. What happens at its ports is told to `World.boundary`, which may let the replica die there.
"""

from __future__ import annotations

import itertools
import logging
import random
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from unittest import mock

from ecomms_bot.errors import EcommsError
from ecomms_bot.incident.commands import Command
from ecomms_bot.incident.policy import Person, Roster
from ecomms_bot.incident.state import Incident
from ecomms_bot.incident.wording import Rejected
from ecomms_bot.practice.workspace import Workspace
from ecomms_bot.service.carrying import Parts
from ecomms_bot.service.handler import BUDGET_S, Handler, Outcome, Request
from ecomms_bot.service.records import Records, load
from ecomms_bot.service.work import Job, Work, attempt
from ecomms_bot.service.worker import LOOK_EVERY_S, THREADS
from ecomms_bot.slack import calls, cards
from ecomms_bot.slack.cards import View
from ecomms_bot.slack.gateway import Gateway
from ecomms_bot.slack.message import Message
from ecomms_bot.store import tasks
from ecomms_bot.store.deadline import Deadline
from ecomms_bot.store.faults import DatabaseBusy
from tests.simulation.line import Journey, Line
from tests.simulation.storage import Memory, Simulated, fresh
from tests.simulation.strands import Killed, Owner, Scheduler, Signal

START = datetime(2021, 11, 15, 4, 0, tzinfo=UTC)
"""Sun 14 Nov 20:00 PST."""
ANSWER_WITHIN_S = 3.0
PEOPLE = ("mara", "colin", "sven", "pia", "paul", "irene", "eva")
ROLES = {
    "communicator": ("mara", "colin"),
    "sme": ("sven",),
    "pio": ("pia", "paul"),
    "ic": ("irene",),
    "exec": ("eva",),
}


@dataclass(frozen=True)
class SimulatedClock:
    """Incident time can be stepped for all; machine time runs on, the same for all."""

    world: World
    practice: bool = True

    def now(self) -> datetime:
        return START + timedelta(seconds=self.world.scheduler.now) + self.world.step

    def machine(self) -> float:
        return START.timestamp() + self.world.scheduler.now + self.world.machine_step

    def real_delay(self, due: datetime) -> float | None:
        return max(0.0, (due - self.now()).total_seconds())


@dataclass(frozen=True)
class Directory:
    """Everybody is known from the start."""

    people: Roster

    def roster(self) -> Roster:
        return self.people

    def person(self, user: str, *, guest: bool = False) -> Person:
        return self.people.person(user, guest=guest)


@dataclass(frozen=True)
class Acked:
    """What a person was told is done: by which command, and how many entries it made."""

    incident: str
    command_id: str
    entries: int


@dataclass(frozen=True)
class Shown:
    """What a message showed when it was sent: which thing, of the state up to which entry."""

    incident: str
    thing: str
    seq: int


class Replica(Owner):
    """One process. When it dies, the next one of its machine has another name, as it has another pid."""

    def __init__(self, world: World, number: int, life: int) -> None:
        super().__init__(f"{number}:{life}")
        self.world, self.number, self.life = world, number, life
        self.doing: set[str] = set()
        self.rung = Signal(world.scheduler)
        self.locked_until = 0.0
        self.beating = False
        self._alarm = itertools.count()
        self._armed = -1
        self.db = Simulated(world.engine, self)
        self.clock = SimulatedClock(world)
        directory = Directory(world.roster)
        self.handler = Handler(self.db, self.clock, directory, world.nonce, self.rung.set)
        self.records = Records(self.db)
        line = Line(
            world.workspace,
            plan=lambda method: world.plan(method),  # noqa: PLW0108 - a run may set another plan later
            sleep=self.sleep,
            asked=self.asked,
            answered=self.answered,
        )
        gateway = Gateway(
            line,
            state=self.records.state,
            checked=self.records.checked,
            names=lambda _client, people: {each: each for each in people},
            roster=directory.roster,
            now=self.clock.now,
            bot_user=lambda: world.workspace.bot.id,
            render=self.draw,
        )
        host = f"host-{number}"
        parts = Parts(
            self.db, self.handler, self.records, gateway, self.clock, self, threading.Event(), self.name, host
        )
        self.work = Work(parts)
        world.scheduler.spawn(f"{self.name} worker", self._run, self)

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

    def answered(self, method: str, values: dict[str, Any], result: dict[str, Any]) -> None:
        self.world.note_call(self, method, values, result, self.world.scheduler.current.drawn)
        self.world.boundary(self, f"after {method}")

    def sleep(self, seconds: float) -> None:
        self.world.scheduler.sleep(seconds)

    def draw(self, thing: str, view: View, *, kind: str, user: str) -> Message:
        """Draw it, and remember of which state, for what this strand sends next."""
        self.world.scheduler.current.drawn = Shown(view.state.id, thing, view.state.seq)
        return cards.render(thing, view, kind=kind, user=user)


@dataclass
class World:
    """`chance` None: nothing is left to chance, for runs that are the same up to where something is done."""

    seed: int = 0
    replicas: int = 2
    by_chance: bool = False
    trace: list[str] = field(default_factory=list)
    acked: list[Acked] = field(default_factory=list)
    shown: dict[tuple[str, str], Shown] = field(default_factory=dict)
    surprises: list[str] = field(default_factory=list)
    changes: int = 0
    step: timedelta = timedelta()
    machine_step: float = 0.0
    plan: Callable[[str], Journey] = field(default=lambda _method: Journey())
    on_boundary: Callable[[Replica, str], None] = field(default=lambda _replica, _what: None)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)  # noqa: S311 - repeatable on purpose
        self.scheduler = Scheduler(random.Random(self.seed + 1) if self.by_chance else None)  # noqa: S311
        self.engine = fresh()
        self.db = Memory(self.engine)
        self.workspace = Workspace(now=lambda: START.timestamp() + self.scheduler.now, machine=self.monotonic)
        ids = {handle: self.workspace.add_user(handle).id for handle in PEOPLE}
        self.who = ids
        self.roster = Roster({role: tuple(ids[each] for each in people) for role, people in ROLES.items()})
        self.clock = SimulatedClock(self)
        self._numbers = itertools.count(1)
        self.running: list[Replica] = [Replica(self, number, 1) for number in range(1, self.replicas + 1)]

    # --- time, ids, news

    def monotonic(self) -> float:
        return self.scheduler.now

    def nonce(self) -> str:
        return self.chance.randbytes(16).hex()

    def tell(self, what: str) -> None:
        self.trace.append(f"{self.scheduler.now:.3f} {what}")

    def boundary(self, replica: Replica, what: str) -> None:
        if not replica.alive:
            raise Killed
        self.tell(f"{replica.name} {what}: {self.scheduler.current.name}")
        self.on_boundary(replica, what)

    def note_call(
        self, replica: Replica, method: str, values: dict[str, Any], result: dict[str, Any], drawn: object
    ) -> None:
        place = result.get("channel", values.get("channel"))
        self.tell(f"{replica.name} {method} {place} {result.get('ts', '')} {result.get('error', '')}")
        if method in {"chat.postMessage", "chat.update"} and result["ok"] and isinstance(drawn, Shown):
            self.shown[str(result["channel"]), str(result["ts"])] = drawn

    # --- what befalls replicas

    def kill(self, replica: Replica) -> None:
        """As a power cut does. Whoever kills the replica it runs in raises Killed itself."""
        self.tell(f"{replica.name} dies")
        self.scheduler.kill(replica)
        self.running.remove(replica)

    def start(self, number: int) -> Replica:
        """Another process on the machine of this number."""
        life = int(self.scheduler.now * 1000) + 2
        replica = Replica(self, number, life)
        self.tell(f"{replica.name} starts")
        self.running.append(replica)
        return replica

    def start_again(self, number: int) -> None:
        """Unless it runs."""
        if all(each.number != number for each in self.running):
            self.start(number)

    # --- people

    def state(self, incident: str) -> Incident:
        with self.db.read() as conn:
            return load(conn, incident)

    def send(
        self, who: str, incident: str, command: Command, command_id: str, replica: Replica
    ) -> tuple[str, Outcome | None]:
        """Deliver one envelope, and wait for its answer as a person does: acked, refused, failed or lost."""
        answered = Signal(self.scheduler)
        said: list[tuple[str, Outcome | None]] = []
        request = Request(incident, command, command_id, self.roster.person(self.who[who]))

        def listen() -> None:
            try:
                outcome = replica.handler.handle(request, Deadline.after(BUDGET_S, clock=self.monotonic))
            except Rejected as error:
                said.append(("refused", None))
                self.tell(f"refused {type(command).__name__}: {error}")
            except EcommsError as error:
                said.append(("failed", None))
                self.tell(f"failed {type(command).__name__}: {error}")
            else:
                said.append(("acked", outcome))
            answered.set()

        self.scheduler.spawn(f"{who} {type(command).__name__}", listen, replica)
        answered.wait(ANSWER_WITHIN_S)
        answer = said[0] if said else ("lost", None)
        self.tell(f"{who} {type(command).__name__} {incident}: {answer[0]}")
        if answer[0] == "acked" and answer[1] is not None and answer[1].new:
            self.acked.append(Acked(incident, command_id, len(answer[1].new)))
        return answer

    def new_command_id(self) -> str:
        return f"command-{next(self._numbers)}"

    # --- rest

    def at_rest(self) -> bool:
        """Whether nothing is being done, and nothing that is due waits for a turn or a retry."""
        if any(replica.doing for replica in self.running):
            return False
        with self.db.read() as conn:
            return tasks.busy(conn, self.clock.now()) == 0

    def settle(self, at_most_s: float = 3600.0) -> None:
        """For a strand: until nothing is left that is due."""
        end = self.scheduler.now + at_most_s
        while not self.at_rest() and self.scheduler.now < end:
            self.scheduler.sleep(1.0)

    def until(self, moment: datetime) -> None:
        """For a strand: until this incident time."""
        self.scheduler.sleep(max(0.0, (moment - self.clock.now()).total_seconds()))

    def play(self, script: Callable[[], None]) -> None:
        """Run this script to its end."""
        done: list[bool] = []

        def play() -> None:
            script()
            done.append(True)

        with self.replaced():
            self.scheduler.spawn("script", play)
            try:
                self.scheduler.run(lambda: bool(done))
            finally:
                self.scheduler.end()

    @contextmanager
    def replaced(self) -> Iterator[None]:
        """While it runs: chance, waiting and what nobody foresaw come from here and go here."""
        handler = _Surprises(self.surprises)
        logger = logging.getLogger("ecomms_bot")
        level = logger.level
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        propagate, logger.propagate = logger.propagate, False
        slow = SimpleNamespace(monotonic=self.monotonic)
        try:
            with (
                mock.patch.object(secrets, "token_bytes", self.chance.randbytes),
                mock.patch.object(secrets, "token_hex", lambda size=16: self.chance.randbytes(size).hex()),
                mock.patch.object(calls, "time", slow),
            ):
                yield
        finally:
            logger.removeHandler(handler)
            logger.setLevel(level)
            logger.propagate = propagate


class _Surprises(logging.Handler):
    """Keeps what was logged with a traceback: nobody foresaw it."""

    def __init__(self, kept: list[str]) -> None:
        super().__init__()
        self._kept = kept

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info or record.levelno >= logging.ERROR:
            self._kept.append(logging.Formatter().format(record))
