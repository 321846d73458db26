"""The night of a flood in a real database: incidents that were lived through real commands."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import things
from ecomms_bot.incident.events import FieldValue, Receipt, Texts
from ecomms_bot.incident.ids import make_id
from ecomms_bot.incident.policy import Person, Roster
from ecomms_bot.incident.state import Incident
from ecomms_bot.playbook.drafting import Render, fields_for, render, text_sha256
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.library import LoadedPlaybook, load_with_source
from ecomms_bot.service.clocks import SystemClock
from ecomms_bot.service.handler import Handler, Outcome, Request
from ecomms_bot.service.records import Records
from ecomms_bot.store.engine import Database
from tests.books import FLOOD_FILE

ZONE = "America/Vancouver"
START = datetime(2021, 11, 15, 4, 0, tzinfo=UTC)
"""Sun 14 Nov 20:00 PST."""
COMMUNICATOR, PIO, IC = "U0MARA", "U0PIA", "U0IRENE"
ROSTER = Roster({"communicator": (COMMUNICATOR,), "pio": (PIO,), "ic": (IC,)})

_numbers = itertools.count(1)


@cache
def flood() -> LoadedPlaybook:
    return load_with_source(FLOOD_FILE)


class _People:
    """The port `Directory`, with the people of this night."""

    def roster(self) -> Roster:
        return ROSTER

    def person(self, user: str, *, guest: bool = False) -> Person:
        return ROSTER.person(user, guest=guest)


class Night:
    """A bot's handler on a database, and a clock that moves when told to."""

    def __init__(self, db: Database) -> None:
        self.db, self.now = db, START
        self.people, self.records = _People(), Records(db)
        clock = SystemClock(lambda: self.now.timestamp())  # noqa: PLW0108  (`self.now` moves)
        nonces = itertools.count()
        self.handler = Handler(db, clock, self.people, lambda: f"nonce-{next(nonces)}", lambda: None)

    def do(self, incident: str, command: c.Command, by: str) -> Outcome:
        person = Person("bot") if by == "bot" else ROSTER.person(by)
        return self.handler.handle(Request(incident, command, f"command-{next(_numbers)}", person))

    def later(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)

    def state(self, incident: str) -> Incident:
        return self.records.state(incident)

    def open(
        self,
        name: str = "Highway 7 slides",
        *,
        exercise: bool = False,
        conversation: str = "C0FLOOD",
        playbook: Mapping[str, Any] | None = None,
    ) -> str:
        """Open an incident whose conversation and card stand in Slack; gives its id."""
        incident = make_id("i", name)
        command = c.OpenIncident(
            name=name,
            area="between Agassiz and Hope",
            zone=ZONE,
            phase="during",
            severity="S2",
            exercise=exercise,
            playbook=playbook or flood().raw,
            playbook_sha256=flood().sha256,
        )
        self.do(incident, command, COMMUNICATOR)
        for thing, ts in ((things.CONVERSATION, ""), (things.CARD, "1.1"), (things.step_thing("D1"), "1.2")):
            seen = self.state(incident).seq
            self.do(incident, c.RecordPosted(thing, conversation, ts, seen), "bot")
        return incident

    def save(self, incident: str, draft: str = "d1", **facts: str) -> None:
        """*Next*: a working copy of the holding statement."""
        self.do(incident, c.SaveDraft(draft, "D1", "statement", self.facts(incident, **facts)), COMMUNICATOR)

    def show(self, incident: str, draft: str = "d1", **facts: str) -> None:
        """What was saved last, shown whole in the thread."""
        values, texts = self.texts(incident, **facts)
        sha256 = text_sha256(texts)
        self.do(incident, c.ShowTexts(draft, "D1", "statement", values, texts, sha256), COMMUNICATOR)

    def submit(self, incident: str, draft: str = "d1", **facts: str) -> None:
        values, texts = self.texts(incident, **facts)
        sha256 = text_sha256(texts)
        self.do(incident, c.SubmitDraft(draft, "D1", "statement", values, texts, sha256), COMMUNICATOR)

    def texts(self, incident: str, **facts: str) -> tuple[Mapping[str, FieldValue], Texts]:
        """The facts of the holding statement, and what the playbook makes of them."""
        values = self.facts(incident, **facts)
        state = self.state(incident)
        how = Render(values, incident_name=state.name, exercise=state.exercise, zone=ZONE)
        return values, render(state.book, state.step("D1"), "statement", how)

    def approve(self, incident: str, draft: str = "d1") -> None:
        revision = self.state(incident).drafts[draft].current
        self.do(incident, c.Approve(draft, revision.number, revision.text_sha256), PIO)

    def publish(self, incident: str, draft: str = "d1") -> None:
        revision = self.state(incident).drafts[draft].current
        receipts = tuple(Receipt(channel=name, attested_at=self.now, proof="seen") for name in ("x", "web"))
        self.do(incident, c.MarkPublished(draft, revision.number, receipts), COMMUNICATOR)

    def close(self, incident: str, note: str = "The road is open again.") -> None:
        self.do(incident, c.CloseIncident(note, withdraw_reason="All is clear."), PIO)

    def facts(self, incident: str, **facts: str) -> Mapping[str, FieldValue]:
        """The examples of the playbook, times of this night, and what is said otherwise."""
        book = self.state(incident).book
        times = {
            "as_of": Instant.of(self.now, ZONE),
            "next_update_at": Instant.of(self.now + timedelta(minutes=65), ZONE),
        }
        asked = fields_for(book, book.step("D1"), "statement")
        return {name: times.get(name) or facts.get(name, field.example) for name, field in asked}


def lived(db: Database, name: str = "Highway 7 slides", *, exercise: bool = False) -> str:
    """A whole incident: written, submitted, approved, published, closed. Gives its id.

    Entry 2 starts the step, 3 to 5 are plumbing, 6 is a working copy, 7 the revision, 8 and 9 its approval.
    """
    night = Night(db)
    incident = night.open(name, exercise=exercise)
    night.later(5)
    night.save(incident)
    night.submit(incident)
    night.later(3)
    night.approve(incident)
    night.later(2)
    night.publish(incident)
    night.later(30)
    night.close(incident)
    return incident


def still_open(db: Database, name: str = "Highway 5 flooding", conversation: str = "C0FIVE") -> str:
    """An incident with a working copy."""
    night = Night(db)
    night.later(60)
    incident = night.open(name, conversation=conversation)
    night.save(incident)
    return incident
