"""Reading: from entries of the log to events and states."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime, timedelta

from pydantic import ValidationError
from sqlalchemy import Connection

from ecomms_bot.errors import DatabaseError
from ecomms_bot.incident.entry import OFFICE, Entry, IncidentRow
from ecomms_bot.incident.events import EVENTS, Event
from ecomms_bot.incident.evolve import evolve, replay
from ecomms_bot.incident.state import Incident, Recorded
from ecomms_bot.incident.wording import Rejected, reject, say
from ecomms_bot.store import log, projections
from ecomms_bot.store.deadline import Deadline
from ecomms_bot.store.engine import Database
from ecomms_bot.store.verify import verify


class NewerEntry(DatabaseError):
    """While bots are updated one by one, or after going back: an entry that only a newer version knows.

    Nothing may be decided without it.
    """

    def __init__(self, entry: Entry) -> None:
        super().__init__(
            f"Entry {entry.seq} of this incident, {entry.type}, was written by another version of ecomms-bot."
            " This one cannot read it, so nothing was changed. Please try again: another bot may answer."
            " Whoever runs the bots should bring all of them to the newest version."
        )


def recorded(entries: Iterable[Entry]) -> tuple[Recorded, ...]:
    """The events of entries, in their order; office entries have none and are left out. Raises NewerEntry."""
    return tuple(
        Recorded(
            seq=entry.seq,
            at=entry.at,
            actor=entry.actor,
            command_id=entry.command_id,
            type=entry.type,
            hash=entry.hash,
            event=_event(entry),
        )
        for entry in entries
        if entry.incident != OFFICE
    )


def _event(entry: Entry) -> Event | None:
    """None: it was lawfully redacted."""
    try:
        event = EVENTS[entry.type]
        return None if entry.payload is None else event.model_validate(entry.payload)
    except (KeyError, ValidationError):
        raise NewerEntry(entry) from None


def load(conn: Connection, incident: str) -> Incident:
    """The state of an incident on an open connection; one that does not exist has seq 0."""
    return replay(incident, recorded(log.read(conn, incident)))


STATES = 64
"""So many open incidents are kept in mind at most; the one that was asked for longest ago goes first."""


class States:
    """The last state seen of each open incident, so that only what is new has to be read and replayed.

    The log decides: a state is used if its last entry still stands in the log with its hash, and goes on with
    the entries after it, whichever replica wrote them. Only entries of closed incidents can be redacted,
    which no hash tells, so of those nothing is kept: they are read from the beginning each time.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Incident] = OrderedDict()
        self._lock = threading.Lock()

    def load(self, conn: Connection, incident: str) -> Incident:
        """As the function `load`."""
        with self._lock:
            before = self._kept.get(incident)
        state = None if before is None else _continued(conn, before)
        if state is None:
            state = load(conn, incident)
        self.keep(state)
        return state

    def keep(self, state: Incident) -> None:
        """Go on from here the next time. A state that was never committed does no harm: the log tells."""
        with self._lock:
            self._kept.pop(state.id, None)
            if state.open:
                self._kept[state.id] = state
            while len(self._kept) > STATES:
                self._kept.popitem(last=False)


def _continued(conn: Connection, state: Incident) -> Incident | None:
    """The state after what was written since; None if it has to be read from the beginning."""
    entries = recorded(log.read_after(conn, state.id, state.seq - 1))
    if not entries or (entries[0].seq, entries[0].hash) != (state.seq, state.hash):
        return None
    for each in entries[1:]:
        state = evolve(state, each)
    return state if state.open else None


def unless_taken(incident: str, conversation: str, *, exercise: bool) -> Callable[[Connection], None]:
    """For the transaction of an opening in a conversation that is there: Rejected if it cannot be used.

    One open incident to a conversation; and texts of an exercise never stand among real ones. `incident` is
    the one that is being opened: if it is there, its form arrived twice, and the log says so in a moment.
    """

    def check(conn: Connection) -> None:
        log.hold_office(conn)  # who opens at the same moment waits here, and then sees us
        taken = projections.incident_by_conversation(conn, conversation)
        if taken is None or taken.id == incident:
            return
        if taken.closed_at is None:
            raise reject(
                "taken",
                "{name} is open in this conversation. Choose a new conversation.",
                field="conversation",
                name=taken.name,
            )
        if taken.exercise != exercise:
            was, now = (
                ("an exercise", "a live incident") if taken.exercise else ("a live incident", "an exercise")
            )
            raise reject(
                "other-mode",
                "This conversation belonged to {was}, {name}, so {now} cannot use it. "
                "Choose a new conversation.",
                field="conversation",
                was=was,
                name=taken.name,
                now=now,
            )

    return check


SIMILAR_FOR = timedelta(minutes=15)
"""So soon after one another, two incidents of one hazard are likely to be the same one."""


class AlreadyOpen(Rejected):
    """There is a young incident of this hazard; nothing was written. `row` is that one."""

    def __init__(self, row: IncidentRow) -> None:
        super().__init__("similar", say("{name} was opened a moment ago. Use that one.", name=row.name))
        self.row = row


def unless_similar(
    incident: str, hazard: str, *, exercise: bool, now: datetime, known: Collection[str]
) -> Callable[[Connection], None]:
    """For the transaction of an opening: AlreadyOpen if there is one like it that nobody has seen yet.

    `incident` is the one that is being opened, as in `unless_taken`. `known`: the ids of those that the
    person saw and does not mean. `now`: incident time.
    """

    def check(conn: Connection) -> None:
        log.hold_office(conn)  # who opens at the same moment waits here, and then sees us
        found = _similar(projections.open_incidents(conn), hazard, now, exercise=exercise)
        row = next((each for each in found if each.id not in {incident, *known}), None)
        if row is not None:
            raise AlreadyOpen(row)

    return check


def all_of(checks: Iterable[Callable[[Connection], None]]) -> Callable[[Connection], None]:
    """These checks one after the other, in one transaction."""
    every = tuple(checks)

    def check(conn: Connection) -> None:
        for each in every:
            each(conn)

    return check


def _similar(
    rows: Iterable[IncidentRow], hazard: str, now: datetime, *, exercise: bool
) -> Iterator[IncidentRow]:
    """An exercise is no reason to ask about a live incident, nor the reverse."""
    for row in rows:
        if row.hazard == hazard and row.exercise == exercise and row.opened_at > now - SIMILAR_FOR:
            yield row


class Records:
    """What anyone may read of incidents, each answer from one picture of the database."""

    def __init__(self, db: Database, states: States | None = None) -> None:
        self._db, self._states = db, states or States()

    def state(self, incident: str, deadline: Deadline | None = None) -> Incident:
        with self._db.read(deadline) as conn:
            return self._states.load(conn, incident)

    def history(
        self, incident: str, deadline: Deadline | None = None
    ) -> tuple[Incident, tuple[Recorded, ...]]:
        """The state and all its entries."""
        with self._db.read(deadline) as conn:
            entries = recorded(log.read(conn, incident))
        return replay(incident, entries), entries

    def checked(
        self, incident: str, deadline: Deadline | None = None
    ) -> tuple[Incident, tuple[Recorded, ...], tuple[str, ...]]:
        """The state, all its entries, and what is wrong with the log of it: nothing, if it is verified.

        Reads the whole log, so not for listeners.
        """
        with self._db.read(deadline) as conn:
            entries = recorded(log.read(conn, incident))
            found = verify(conn, {incident: log.head(conn, incident)}).problems
        problems = tuple(str(each) for each in found if each.stream in {incident, OFFICE})
        return replay(incident, entries), entries, problems

    def open_incidents(self, deadline: Deadline | None = None) -> list[IncidentRow]:
        with self._db.read(deadline) as conn:
            return list(projections.open_incidents(conn))

    def all_incidents(self, deadline: Deadline | None = None) -> list[IncidentRow]:
        """Newest first."""
        with self._db.read(deadline) as conn:
            return projections.all_incidents(conn)

    def similar(
        self, hazard: str, now: datetime, deadline: Deadline | None = None, *, exercise: bool = False
    ) -> IncidentRow | None:
        """The newest open incident of this hazard, if it was opened less than 15 minutes ago."""
        return next(_similar(self.open_incidents(deadline), hazard, now, exercise=exercise), None)

    def in_conversation(self, conversation: str, deadline: Deadline | None = None) -> IncidentRow | None:
        """The incident of a conversation, an open one first."""
        with self._db.read(deadline) as conn:
            return projections.incident_by_conversation(conn, conversation)

    def open_there(self, conversation: str, deadline: Deadline | None = None) -> list[IncidentRow]:
        """The open incidents of a conversation."""
        with self._db.read(deadline) as conn:
            return projections.open_in_conversation(conn, conversation)

    def row(self, incident: str, deadline: Deadline | None = None) -> IncidentRow | None:
        """What lists know of this incident; None if there is no such incident."""
        with self._db.read(deadline) as conn:
            return projections.incident(conn, incident)
