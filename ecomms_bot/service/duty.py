"""Who is off duty until when: kept in the office stream, and known here without asking the database."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from ecomms_bot.errors import EcommsError
from ecomms_bot.incident import office
from ecomms_bot.incident.entry import OFFICE, Entry, Payload
from ecomms_bot.incident.policy import Act, Person, Roster, require
from ecomms_bot.incident.rules.common import fitting
from ecomms_bot.incident.state import Incident
from ecomms_bot.incident.wording import Who, reject
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.service.handler import BUDGET_S
from ecomms_bot.service.ports import Clock
from ecomms_bot.store import log
from ecomms_bot.store.deadline import Deadline
from ecomms_bot.store.engine import Database
from ecomms_bot.store.faults import Conflict, DatabaseBusy

NOTE_MAX = 200
CHANGED = "DutyChanged"
"""The entry of the office stream, as `incident.office` makes it."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OffDuty:
    """Somebody is off duty: until when (None: until they say that they are on again), who said so, when."""

    person: str
    until: Instant | None
    by: str
    since: datetime
    note: str = ""

    def at(self, now: datetime) -> bool:
        return self.until is None or now < self.until.utc


@dataclass(frozen=True, slots=True)
class DutyChange:
    """What is asked for. `until` and `note` are for going off."""

    person: str
    on: bool
    until: Instant | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """How it stands now: off duty, or None for on duty. `new`: it was otherwise before."""

    now: OffDuty | None
    new: bool


@dataclass(frozen=True, slots=True)
class _Known:
    """What was said up to the entry `seen`: the last word about each person."""

    seen: int = 0
    said: Mapping[str, OffDuty | None] = field(default_factory=dict)

    def after(self, entries: Iterable[Entry]) -> _Known:
        seen, said = self.seen, dict(self.said)
        for entry in entries:
            if entry.seq > seen and entry.payload is not None:
                seen, said[str(entry.payload["person"])] = entry.seq, read_duty(entry.payload, entry.at)
        return _Known(seen, said)

    def off(self, now: datetime) -> Mapping[str, OffDuty]:
        return {each.person: each for each in self.said.values() if each is not None and each.at(now)}


class Duty:
    """Safe for threads. Only `refresh` and `change` ask the database."""

    def __init__(self, db: Database, clock: Clock, nonce: log.Nonce) -> None:
        self._db, self._clock, self._nonce = db, clock, nonce
        self._lock = threading.Lock()
        self._known = _Known()

    def off(self) -> Mapping[str, OffDuty]:
        """Who is off duty at this moment. A time that has passed needs no word and no restart."""
        return self._known.off(self._clock.now())

    def refresh(self) -> None:
        """Learn what other replicas wrote. Never raises: what was known stays."""
        try:
            with self._db.read() as conn:
                read = log.of_type(conn, OFFICE, CHANGED, self._known.seen)
            self._note(read)
        except EcommsError as error:
            logger.warning("Who is on duty could not be read, so what was known stays: %s", error)

    def change(
        self,
        change: DutyChange,
        person: Person,
        roster: Roster,
        command_id: str,
        deadline: Deadline | None = None,
    ) -> Changed:
        """Note it in the log; the same command twice, or what is so already, is written once.

        Raises Rejected (nothing written) and DatabaseError.
        """
        note = fitting(change.note, "note", NOTE_MAX)
        deadline = deadline or Deadline.after(BUDGET_S)
        while True:
            try:
                return self._change(replace(change, note=note), person, roster, command_id, deadline)
            except Conflict:
                if deadline.expired:
                    raise DatabaseBusy from None

    def _change(
        self, change: DutyChange, person: Person, roster: Roster, command_id: str, deadline: Deadline
    ) -> Changed:
        with self._db.write(deadline) as conn:
            log.hold_office(conn)  # of two replicas at the same moment the second sees what the first wrote
            before = self._known
            # Also what another writer wrote in the same transaction, which may yet be lost with it. So all
            # of this stays here until the block has ended.
            learnt = log.of_type(conn, OFFICE, CHANGED, before.seen)
            stands = before.after(learnt).off(self._clock.now()).get(change.person)
            new = True
            if not log.by_command(conn, command_id):
                self._require(change, person, roster)
                new = not _said(stands, change)
                if new:
                    learnt += self._append(conn, change, person, command_id)
        self._note(learnt)
        return Changed(self.off().get(change.person), new=new)

    def _append(
        self, conn: Connection, change: DutyChange, person: Person, command_id: str
    ) -> tuple[Entry, ...]:
        entry = office.duty_changed(
            change.person, person.id, on=change.on, until=change.until, note=change.note
        )
        return log.append_office(
            conn, [entry], at=self._clock.now(), actor=person.id, command_id=command_id, nonce=self._nonce
        )

    def _require(self, change: DutyChange, person: Person, roster: Roster) -> None:
        """Anyone with a role for themselves, pio and ic for others; and only who is asked anything at all."""
        require(person, Act.DUTY if change.person == person.id else Act.DUTY_OF_OTHERS, Incident(""))
        if not roster.configured:
            raise reject(
                "no-roles",
                "No roles are set in ecomms.yaml, so everybody is asked and nobody can be off duty. Nothing "
                "was changed.",
            )
        about = roster.person(change.person)
        if not about.roles and not about.unread:
            raise reject(
                "no-role",
                "{who} has no role in ecomms.yaml, so nothing is asked of them. Nothing was changed.",
                field="person",
                who=Who(change.person),
            )
        if change.until is not None and change.until.utc <= self._clock.now():
            raise reject(
                "past",
                "That time has passed. Give one that is still to come, or none: then it is until further "
                "notice.",
                field="until",
            )

    def _note(self, entries: Iterable[Entry]) -> None:
        """Know these from now on. For what is committed only: nothing takes it back."""
        with self._lock:
            self._known = self._known.after(entries)


def read_duty(payload: Payload, at: datetime) -> OffDuty | None:
    """What an entry says; None: on duty."""
    if payload["on"]:
        return None
    until = None if payload["until"] is None else Instant.model_validate(payload["until"])
    return OffDuty(payload["person"], until, payload["by"], at, payload["note"])


def _said(known: OffDuty | None, change: DutyChange) -> bool:
    """Whether it is so already. Who said it, and when, makes no difference."""
    if known is None:
        return change.on
    return not change.on and (known.until, known.note) == (change.until, change.note)
