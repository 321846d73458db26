"""An incident lived through real commands, its entries kept as the store keeps them. No event is made up."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import effects as fx
from ecomms_bot.incident import things
from ecomms_bot.incident.decide import decide
from ecomms_bot.incident.effects import effects
from ecomms_bot.incident.entry import Task
from ecomms_bot.incident.events import EVENTS, Event, FieldValue, Kind, Receipt
from ecomms_bot.incident.evolve import evolve
from ecomms_bot.incident.ids import make_id
from ecomms_bot.incident.policy import Person, Roster
from ecomms_bot.incident.state import Draft, Incident, Promise, Recorded
from ecomms_bot.playbook.drafting import Render, fields_for, render, text_sha256
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.library import LoadedPlaybook, load_with_source
from ecomms_bot.playbook.values import AS_OF, NEXT_UPDATE, example_of
from tests.books import FLOOD_FILE

ZONE = "America/Vancouver"
NIGHT = datetime(2021, 11, 15, 4, 0, tzinfo=UTC)
"""Sun 14 Nov 20:00 PST."""

COMMUNICATOR, COLLEAGUE, SME, PIO, PIO_2, IC, EXEC = (
    "U-comm",
    "U-coll",
    "U-sme",
    "U-pio",
    "U-pio2",
    "U-ic",
    "U-exec",
)
SME_AND_PIO, OBSERVER, RECORDS, STRANGER, GUEST = "U-both", "U-obs", "U-rec", "U-none", "U-guest"
ROSTER = Roster(
    {
        "communicator": (COMMUNICATOR, COLLEAGUE),
        "sme": (SME, SME_AND_PIO),
        "pio": (PIO, PIO_2, SME_AND_PIO),
        "ic": (IC,),
        "exec": (EXEC,),
        "observer": (OBSERVER,),
        "records": (RECORDS,),
    }
)
NO_ROLES = Roster(configured=False)
CONVERSATION = "C-flood"
Facts = Mapping[str, FieldValue]
NO_FACTS: Facts = {}
PUBLIC = ("web", "x", "sms")


@cache
def flood() -> LoadedPlaybook:
    return load_with_source(FLOOD_FILE)


def flood_with(*changes: Mapping[str, Any]) -> dict[str, Any]:
    """The flood playbook with these changes to D1, D3 and D4, in this order."""
    raw = flood().raw
    during = [{**step, **change} for step, change in zip(raw["phases"]["during"], changes, strict=True)]
    return {**raw, "phases": {"during": during}}


def texts_of(step: str) -> dict[str, Any]:
    """The texts of a step as they stand in the file."""
    steps = flood().raw["phases"]["during"]
    return dict(next(each["texts"] for each in steps if each["id"] == step))


def at(hour: int, minute: int, second: int = 0) -> datetime:
    """A moment of the night by the clock on the wall: 20:00 to 23:59 is 14 Nov, earlier hours are 15 Nov."""
    local = timedelta(days=0 if hour >= 20 else 1, hours=hour - 20, minutes=minute, seconds=second)
    return NIGHT + local


def instant(moment: datetime) -> Instant:
    return Instant.of(moment, ZONE)


class Story:
    """One incident. `now` moves only when a test says so; what is to be done in Slack waits in `pending`."""

    def __init__(self, *, roster: Roster = ROSTER, incident: str = "i7abcdefghij", leaders: str = "") -> None:
        self.roster = roster
        self.leaders = leaders
        self.now = NIGHT
        self.state = Incident(incident)
        self.log: list[Recorded] = []
        self.pending: dict[str, Task] = {}
        self.keys: list[str] = []
        self.cancelled: list[str] = []
        self._count = 0

    # --- commands

    def do(self, command: c.Command, by: str, *, guest: bool = False) -> tuple[Event, ...]:
        """Decide as this person; record, evolve and plan what follows. Raises Rejected."""
        person = Person(by) if by == "bot" else self.roster.person(by, guest=guest)
        self._count += 1
        ctx = c.Context(self.now, person, f"command-{self._count}", self.roster, self.leaders)
        new = decide(self.state, command, ctx)
        self.record(new, by=by, command_id=ctx.command_id)
        return new

    def record(self, new: tuple[Event, ...], *, by: str, command_id: str) -> None:
        """Append events as one transaction."""
        before, fresh = self.state, []
        for event in new:
            entry = event.entry()
            # The log keeps canonical JSON: keys in alphabetical order, times as text.
            payload = json.loads(json.dumps(entry.payload, sort_keys=True, ensure_ascii=False))
            seq = self.state.seq + 1
            link = json.dumps([self.state.hash, seq, entry.type, payload], sort_keys=True)
            recorded = Recorded(
                seq=seq,
                at=self.now,
                actor=by,
                command_id=command_id,
                type=entry.type,
                hash=hashlib.sha256(link.encode()).hexdigest(),
                event=EVENTS[entry.type].model_validate(payload),
            )
            self.state = evolve(self.state, recorded)
            fresh.append(recorded)
        self.log += fresh
        if fresh:
            self._plan(before, fresh)

    def _plan(self, before: Incident, fresh: list[Recorded]) -> None:
        """Keep tasks as the store does: cancel pending ones, add those whose key was never there."""
        changes = effects(before, self.state, fresh)
        for key in changes.cancel:
            if self.pending.pop(key, None):
                self.cancelled.append(key)
        for task in changes.add:
            alike = (task.lane, task.kind)
            waiting = any((each.lane, each.kind) == alike for each in self.pending.values())
            if task.key not in self.keys and not (task.coalesce and waiting):
                self.pending[task.key] = task
            self.keys.append(task.key)

    def open(
        self,
        by: str = COMMUNICATOR,
        *,
        exercise: bool = False,
        severity: str = "S2",
        shown: bool = True,
        playbook: Mapping[str, Any] | None = None,
        drill: Mapping[str, Any] | None = None,
    ) -> Story:
        """Open the incident; `shown`: its conversation, card and first step stand in Slack."""
        command = c.OpenIncident(
            name="Highway 7 mudslides",
            area="between Agassiz and Hope",
            zone=ZONE,
            phase="during",
            severity=severity,
            exercise=exercise,
            playbook=playbook or flood().raw,
            playbook_sha256=flood().sha256,
            drill=drill,
        )
        self.do(command, by)
        if shown:
            self.work()
        return self

    # --- texts

    def values(
        self, step: str, kind: Kind, *, next_update: datetime | None = None, facts: Facts = NO_FACTS
    ) -> dict[str, FieldValue]:
        """The facts of a form: the playbook's examples, as of now, with the next update in an hour."""
        book = self.state.book
        found: dict[str, FieldValue] = {}
        for name, field in fields_for(book, book.step(step), kind):
            if name == AS_OF:
                found[name] = instant(self.now)
            elif name == NEXT_UPDATE:
                found[name] = instant(next_update or self.now + timedelta(hours=1))
            elif field.type == "datetime" or name == "no_promise_reason":
                found[name] = None
            else:
                found[name] = example_of(name, field)
        return {**found, **facts}

    def texts(self, step: str, kind: Kind, values: Mapping[str, FieldValue]) -> dict[str, dict[str, str]]:
        state = self.state
        how = Render(values, state.name, state.exercise, state.zone)
        return render(state.book, state.step(step), kind, how)

    def draft_id(self, step: str) -> str:
        """The draft of this step that is under way, or a new one's id."""
        draft = self.state.draft_of(step)
        return draft.id if draft else make_id("d", f"{step} {self.state.seq}")

    def submission(
        self,
        step: str = "D1",
        kind: Kind = "statement",
        *,
        renews: bool = False,
        next_update: datetime | None = None,
        facts: Facts = NO_FACTS,
    ) -> c.SubmitDraft:
        """The command that asks for approval of what the playbook makes of these facts."""
        values = self.values(step, kind, next_update=next_update, facts=facts)
        texts = self.texts(step, kind, values)
        return c.SubmitDraft(
            self.draft_id(step), step, kind, values, texts, text_sha256(texts), renews=renews
        )

    def submit(
        self,
        step: str = "D1",
        kind: Kind = "statement",
        *,
        by: str = COMMUNICATOR,
        renews: bool = False,
        next_update: datetime | None = None,
        facts: Facts = NO_FACTS,
    ) -> Draft:
        command = self.submission(step, kind, renews=renews, next_update=next_update, facts=facts)
        self.do(command, by)
        return self.state.drafts[command.draft]

    def save(
        self, step: str = "D1", kind: Kind = "statement", *, by: str = COMMUNICATOR, facts: Facts = NO_FACTS
    ) -> Draft:
        draft = self.draft_id(step)
        self.do(c.SaveDraft(draft, step, kind, self.values(step, kind, facts=facts)), by)
        return self.state.drafts[draft]

    def approve(self, draft: Draft, *people: str) -> Draft:
        """Each of these people approves the last revision, in this order."""
        for person in people:
            current = self.state.drafts[draft.id].current
            self.do(c.Approve(draft.id, current.number, current.text_sha256), person)
        return self.state.drafts[draft.id]

    def mark(
        self,
        draft: Draft,
        *channels: str,
        by: str = COMMUNICATOR,
        posted: datetime | None = None,
        late: bool = False,
        revision: int | None = None,
    ) -> Draft:
        """Mark channels (or all for the public) as published, posted now unless said otherwise."""
        receipts = tuple(
            Receipt(channel=each, attested_at=posted or self.now, proof=f"https://example.org/{each}")
            for each in channels or PUBLIC
        )
        number = revision or self.state.drafts[draft.id].current.number
        self.do(c.MarkPublished(draft.id, number, receipts, posted_late=late), by)
        return self.state.drafts[draft.id]

    def publish(
        self,
        step: str = "D1",
        kind: Kind = "statement",
        *,
        posted: datetime | None = None,
        next_update: datetime | None = None,
        facts: Facts = NO_FACTS,
    ) -> Draft:
        """Write, approve by whom its tier asks for, and mark on every public channel."""
        draft = self.submit(step, kind, next_update=next_update, facts=facts)
        people = {"sme": SME, "pio": PIO, "ic": IC, "exec": EXEC}
        self.approve(draft, *(people[role] for role in draft.current.roles))
        return self.mark(draft, posted=posted)

    def promise(self) -> Promise:
        """The one update that is owed."""
        (promise,) = self.state.live_promises
        return promise

    # --- what the worker does

    def work(self) -> None:
        """Show everything that is due now, again and again until nothing is left."""
        while due := [task for task in self.pending.values() if task.kind != fx.REMINDER]:
            for task in due:
                if task.key in self.pending:  # what came before may have cancelled it
                    self.finish(task)

    def finish(self, task: Task) -> None:
        """Slack took it; a first post is recorded with its place."""
        del self.pending[task.key]
        if task.kind == fx.OPEN_CONVERSATION:
            self.do(c.RecordPosted(things.CONVERSATION, CONVERSATION, "", self.state.seq), "bot")
        elif task.kind == fx.POST:
            thing = task.ids["thing"]
            place = things.place_of(self.state, thing, task.ids.get("step", ""))
            where = place.conversation if place else CONVERSATION
            self.do(c.RecordPosted(thing, where, f"{self.state.seq}.0", self.state.seq), "bot")

    def until(self, moment: datetime) -> list[str]:
        """Let time pass: fire each reminder at its time; returns the keys of those that were said."""
        said: list[str] = []
        while due := [task for task in self.reminders() if task.due_at <= moment]:
            self.now = max(self.now, due[0].due_at)
            said += self.fire(due[0])
        self.now = moment
        return said

    def wake_at(self, moment: datetime) -> list[str]:
        """The bot was away until now: all that came due meanwhile is looked at at once, oldest first."""
        self.now = moment
        return [key for task in self.reminders() if task.due_at <= moment for key in self.fire(task)]

    def fire(self, task: Task) -> list[str]:
        """Take the task and ask the rules whether it is still to be said."""
        if self.pending.pop(task.key, None) is None:
            return []
        return [task.ids["reminder"] for _ in self.do(c.FireReminder(task.ids["reminder"]), "bot")]

    def reminders(self) -> list[Task]:
        """Pending reminders, earliest first."""
        return sorted((t for t in self.pending.values() if t.kind == fx.REMINDER), key=lambda t: t.due_at)

    def reminder_times(self, prefix: str = "") -> dict[str, datetime]:
        """When which reminder is planned, by key."""
        return {t.ids["reminder"]: t.due_at for t in self.reminders() if t.ids["reminder"].startswith(prefix)}

    def types(self) -> list[str]:
        """The log of people: names of entries in their order, without plumbing."""
        return [each.type for each in self.log if each.type != "Posted"]
