"""From a command to entries, projections and tasks, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from ecomms_bot.incident import office
from ecomms_bot.incident.commands import Command, Context
from ecomms_bot.incident.decide import decide
from ecomms_bot.incident.effects import effects
from ecomms_bot.incident.entry import NewEntry, Task, TaskChanges
from ecomms_bot.incident.events import Event, IncidentClosed, IncidentOpened
from ecomms_bot.incident.evolve import evolve
from ecomms_bot.incident.policy import Person, Roster
from ecomms_bot.incident.projection import incident_row, release_rows
from ecomms_bot.incident.state import Incident, Recorded
from ecomms_bot.service.company import Company
from ecomms_bot.service.ports import Clock, Directory
from ecomms_bot.service.records import States, recorded
from ecomms_bot.store import log, projections, tasks
from ecomms_bot.store.deadline import Deadline
from ecomms_bot.store.engine import Database
from ecomms_bot.store.faults import AlreadyDone, Conflict, DatabaseBusy

BUDGET_S = 2.2
"""What one command from Slack may take from its receipt, so that an answer comes within Slack's 3 s."""
BOT = Person("bot")
Within = Callable[[Connection], None]
Attach = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Request:
    """A command and who sends it. `within` runs in its transaction; `attach` adds ids to tasks, by kind.

    `ready` is called when all is read and before it is decided: it may wait a moment. What it raises ends it.
    """

    incident: str
    command: Command
    command_id: str
    person: Person
    within: Within | None = None
    ready: Callable[[], None] = lambda: None
    attach: Attach = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The state afterwards and what is new. `duplicate`: it was done before, `new` is what it did then.

    `stirs`: there is more to do now for the worker, or less that is in the way.
    """

    state: Incident
    new: tuple[Recorded, ...]
    duplicate: bool = False
    stirs: bool = False


class Handler:
    """Carries commands out. Safe for threads and for several processes on one database.

    `leaders`: the conversation that the office names for its leaders, or "".
    """

    def __init__(
        self,
        db: Database,
        clock: Clock,
        directory: Directory,
        nonce: Callable[[], str],
        wake: Callable[[], None],
        *,
        leaders: str = "",
        states: States | None = None,
    ) -> None:
        self._db, self._clock, self._directory, self._nonce, self._wake = db, clock, directory, nonce, wake
        self._leaders, self._states = leaders, states or States()
        self._company = Company()

    def handle(self, request: Request, deadline: Deadline | None = None) -> Outcome:
        """Decide and write. Raises Rejected (nothing written), DatabaseBusy and DatabaseError.

        The command id is looked up before deciding and again after a conflict: one that arrives twice is
        answered with what it did, never told that it came second. Those who meet others in their incident
        stand in line from the start: all but one of them would decide in vain.
        """
        deadline = deadline or Deadline.after(BUDGET_S)
        with self._company.joined(request.incident) as others:
            carry_out = self._in_line if others else self._at_once
            if others:  # nobody may wait for anything while others wait behind
                request.ready()
            while True:
                try:
                    return self._told(carry_out(request, deadline))
                except (Conflict, AlreadyDone):
                    if deadline.expired:
                        raise DatabaseBusy from None
                    carry_out = self._in_line

    def _at_once(self, request: Request, deadline: Deadline) -> Outcome:
        """Read and decide while others write. Raises Conflict or AlreadyDone if one of them was first."""
        with self._db.read(deadline) as conn:
            before = self._states.load(conn, request.incident)
            done = recorded(log.by_command(conn, request.command_id))
        if done:
            return Outcome(before, done, duplicate=True)
        request.ready()
        now = self._clock.now()
        new = self._decide(request, before, now)
        if not new and request.within is None:
            return Outcome(before, ())
        with self._db.write(deadline) as conn:
            return self._write(conn, request, before, new, now)

    def _in_line(self, request: Request, deadline: Deadline) -> Outcome:
        """Stand in line for this incident, then read and decide: many at once come through one by one."""
        with self._db.write(deadline) as conn:
            log.hold(conn, request.incident)
            before = self._states.load(conn, request.incident)
            if done := recorded(log.by_command(conn, request.command_id)):
                return Outcome(before, done, duplicate=True)
            now = self._clock.now()
            return self._write(conn, request, before, self._decide(request, before, now), now)

    def _decide(self, request: Request, before: Incident, now: datetime) -> tuple[Event, ...]:
        roster = self._directory.roster()
        person = _as_opened(request.person, before, roster)
        ctx = Context(now, person, request.command_id, roster, self._leaders)
        return decide(before, request.command, ctx)

    def _write(
        self, conn: Connection, request: Request, before: Incident, new: tuple[Event, ...], now: datetime
    ) -> Outcome:
        if request.within is not None:
            request.within(conn)
        return self._append(conn, request, before, new, now) if new else Outcome(before, ())

    def _told(self, outcome: Outcome) -> Outcome:
        """After the commit."""
        if outcome.new and not outcome.duplicate:
            self._states.keep(outcome.state)
        if outcome.stirs:
            self._wake()
        return outcome

    def _append(
        self, conn: Connection, request: Request, before: Incident, new: tuple[Event, ...], now: datetime
    ) -> Outcome:
        written = log.append(
            conn,
            request.incident,
            before.seq,
            [event.entry() for event in new],
            office_entries(request.incident, new),
            at=now,
            actor=request.person.id,
            command_id=request.command_id,
            nonce=self._nonce,
        )
        fresh = recorded(written)
        after = before
        for each in fresh:
            after = evolve(after, each)
        changes = effects(before, after, fresh)
        tasks.apply(conn, _attached(changes, request.attach), now)
        released = None if after.drafts is before.drafts else release_rows(after)
        projections.save(conn, incident_row(after), released)
        return Outcome(after, fresh, stirs=bool(changes.add or changes.cancel))


def _as_opened(person: Person, state: Incident, roster: Roster) -> Person:
    """Without a roles file everybody may do everything, but not in an incident that was opened with one."""
    lost = state.exists and state.roles_configured and not roster.configured
    return replace(person, roles=frozenset()) if lost else person


def office_entries(incident: str, new: tuple[Event, ...]) -> list[NewEntry]:
    """What the registry of all incidents notes: that one exists, and where one was closed."""
    entries: list[NewEntry] = []
    for event in new:
        if isinstance(event, IncidentOpened):
            entries.append(office.incident_registered(incident, log.FIRST_HASH))
        if isinstance(event, IncidentClosed):
            entries.append(office.incident_sealed(incident, log.LAST_SEQ, log.LAST_HASH))
    return entries


def _attached(changes: TaskChanges, attach: Attach) -> TaskChanges:
    def full(task: Task) -> Task:
        return replace(task, ids={**task.ids, **attach[task.kind]}) if task.kind in attach else task

    return replace(changes, add=tuple(full(task) for task in changes.add))
