"""A night in one process: replicas of the bot, one database, one workspace, one time, one seed.

What happens at the ports of a replica is told to `World.boundary`, which may let the replica die there.
"""

from __future__ import annotations

import itertools
import logging
import random
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from unittest import mock

from ecomms_bot.errors import EcommsError
from ecomms_bot.incident.commands import Command
from ecomms_bot.incident.entry import OFFICE
from ecomms_bot.incident.policy import Roster
from ecomms_bot.incident.state import Incident
from ecomms_bot.incident.wording import Rejected
from ecomms_bot.practice.workspace import Workspace
from ecomms_bot.service import absence, work
from ecomms_bot.service.duty import DutyChange
from ecomms_bot.service.handler import BUDGET_S, Request
from ecomms_bot.service.records import load
from ecomms_bot.slack import calls
from ecomms_bot.store import tasks
from ecomms_bot.store.deadline import Deadline
from tests.simulation.line import Journey
from tests.simulation.replica import START, Replica, Sent, Shown, SimulatedClock
from tests.simulation.storage import Memory, fresh
from tests.simulation.strands import Killed, Scheduler, Signal

ANSWER_WITHIN_S = 3.0
BEAT_S = 45.0
"""Between two signs of life. Bots give more, which are most of what an idle hour would cost here."""
PEOPLE = ("mara", "colin", "sven", "pia", "paul", "irene", "eva")
ROLES = {
    "communicator": ("mara", "colin"),
    "sme": ("sven",),
    "pio": ("pia", "paul"),
    "ic": ("irene",),
    "exec": ("eva",),
}


@dataclass(frozen=True)
class Acked:
    """What a person was told is done: by which command, and how many entries it made."""

    incident: str
    command_id: str
    entries: int


@dataclass
class World:
    """`chance` None: nothing is left to chance, for runs that are the same up to where something is done."""

    seed: int = 0
    replicas: int = 2
    by_chance: bool = False
    trace: list[str] = field(default_factory=list)
    acked: list[Acked] = field(default_factory=list)
    shown: dict[tuple[str, str], Shown] = field(default_factory=dict)
    untold: Counter[str] = field(default_factory=Counter)
    """Messages by key that came too late, of bots that died before they could say so: nobody knows."""
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
        self.leaders = self.workspace.add_conversation("leaders", ["pia", "irene", "eva"]).id
        self.workspace.conversation("leaders").members.append(self.workspace.bot.id)
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

    def note_call(self, sent: Sent, method: str, values: dict[str, Any], result: dict[str, Any]) -> None:
        """A call has arrived at Slack."""
        replica, key = sent.replica, sent.key
        place = result.get("channel", values.get("channel"))
        self.tell(f"{replica.name} {method} {place} {result.get('ts', '')} {result.get('error', '')}")
        if method in {"chat.postMessage", "chat.update"} and result["ok"] and isinstance(sent.drawn, Shown):
            self.shown[str(result["channel"]), str(result["ts"])] = sent.drawn
        if method == "chat.postMessage" and result["ok"] and self._taken_over(key, replica):
            if replica.alive:
                replica.late.append(key)
            else:
                self.untold[key] += 1

    def _taken_over(self, key: str, replica: Replica) -> bool:
        """Whether somebody else has it in hand, or had: this one stood still for longer than its lease."""
        with self.db.read() as conn:
            task = tasks.get(conn, key)
        return task is not None and (task.state != "leased" or task.lease_owner != replica.name)

    # --- what befalls replicas

    def kill(self, replica: Replica) -> None:
        """As a power cut does. Whoever kills the replica it runs in raises Killed itself."""
        self.tell(f"{replica.name} dies")
        with self.db.read() as conn:
            rows = [tasks.get(conn, key) for key in replica.late]
        self.untold.update(row.key for row in rows if row is not None and not row.unsure)
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

    def send(self, who: str, incident: str, command: Command, command_id: str, replica: Replica) -> str:
        """Deliver one envelope, and wait for its answer as a person does: acked, refused, failed or lost."""
        request = Request(incident, command, command_id, self.roster.person(self.who[who]))

        def handle() -> int:
            return len(replica.handler.handle(request, self._budget()).new)

        what = f"{who} {type(command).__name__}"
        return self._deliver(what, handle, Acked(incident, command_id, 0), replica)

    def send_duty(self, who: str, change: DutyChange, command_id: str, replica: Replica) -> str:
        """The same for who is on duty, which the office keeps."""

        def handle() -> int:
            person = self.roster.person(self.who[who])
            return int(replica.duty.change(change, person, self.roster, command_id, self._budget()).new)

        return self._deliver(f"{who} duty", handle, Acked(OFFICE, command_id, 0), replica)

    def _budget(self) -> Deadline:
        return Deadline.after(BUDGET_S, clock=self.monotonic)

    def _deliver(self, what: str, handle: Callable[[], int], acked: Acked, replica: Replica) -> str:
        answered, said = Signal(self.scheduler), list[tuple[str, int]]()

        def listen() -> None:
            try:
                new = handle()
            except Rejected as error:
                said.append(("refused", 0))
                self.tell(f"refused {what}: {error}")
            except EcommsError as error:
                said.append(("failed", 0))
                self.tell(f"failed {what}: {error}")
            else:
                said.append(("acked", new))
            answered.set()

        self.scheduler.spawn(what, listen, replica)
        answered.wait(ANSWER_WITHIN_S)
        answer, new = said[0] if said else ("lost", 0)
        self.tell(f"{what} {acked.incident}: {answer}")
        if new:
            self.acked.append(replace(acked, entries=new))
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
                mock.patch.object(absence, "time", slow),
                mock.patch.object(work, "BEAT_S", BEAT_S),
                mock.patch.object(work, "time", SimpleNamespace(sleep=self.scheduler.sleep)),
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
