"""An incident lived through real commands: what samples are drawn from. No store, no bot, no Slack. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import things
from ecomms_bot.incident.decide import decide
from ecomms_bot.incident.events import About, Event, FieldValue, Kind, Phase, Receipt
from ecomms_bot.incident.evolve import evolve
from ecomms_bot.incident.ids import make_id
from ecomms_bot.incident.policy import Roster
from ecomms_bot.incident.reminders import owed
from ecomms_bot.incident.rules.following import channels_for
from ecomms_bot.incident.state import Draft, Incident, Promise, Recorded
from ecomms_bot.playbook import drafting
from ecomms_bot.playbook.drafting import Render, fields_for, text_sha256
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.values import EXPIRES
from ecomms_bot.slack.cards.view import View

ZONE = "America/Vancouver"
NIGHT = datetime(2021, 11, 15, 4, 0, tzinfo=UTC)
"""Sun 14 Nov, 20:00 PST."""

COMMUNICATOR, COLLEAGUE, SME, PIO, PIO_2, IC = "U0COMM", "U0COLL", "U0SME", "U0PIO", "U0PIO2", "U0IC"
CONVERSATION, LEADERS = "C0FLOOD", "C0LEADERS"
ROSTER = Roster({"communicator": (COMMUNICATOR, COLLEAGUE), "sme": (SME,), "pio": (PIO, PIO_2), "ic": (IC,)})

FACTS: Mapping[str, str] = {
    "hazard_seen": "mudslides",
    "road": "Highway 7",
    "area_description": "between Agassiz and Hope",
    "direction": "both",
    "from_landmark": "Agassiz",
    "to_landmark": "Hope",
    "closure_state": "closed",
    "road_advice": "other-route",
    "not_known_yet": "opening",
    "how_finding_out": "crews-now",
    "news": "Rescue teams are with the trapped drivers.",
    "issuing_source": "B.C. Ministry of Transportation",
    "info_url": "https://www.drivebc.ca",
}
"""What is filled into every text unless something else is given."""


class SampleLife:
    """One incident. Time moves only by `minutes` and `fire_next`; `now` is a UTC moment of the night.

    `raw` and `sha256` are the playbook as the log embeds it. Everything raises Rejected as in life.
    """

    def __init__(
        self,
        raw: Mapping[str, Any],
        sha256: str,
        *,
        name: str = "Highway 7 flooding",
        area: str = "Fraser Valley",
        exercise: bool = False,
        roster: Roster = ROSTER,
        opener: str = COMMUNICATOR,
        conversation: bool = True,
        phase: Phase = "during",
        drill: Mapping[str, Any] | None = None,
    ) -> None:
        self.roster, self.now, self._commands = roster, NIGHT, 0
        self.state = Incident("i7abcdefghij")
        self.log: list[Recorded] = []
        self.do(
            opener,
            c.OpenIncident(
                name=name,
                area=area,
                zone=ZONE,
                phase=phase,
                severity="S2",
                exercise=exercise,
                playbook=raw,
                playbook_sha256=sha256,
                drill=drill,
            ),
        )
        if conversation:
            self.posted(things.CONVERSATION, CONVERSATION, "")

    def minutes(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)

    def do(self, user: str, command: c.Command) -> tuple[Event, ...]:
        """Decide as this person; what happened is evolved. Raises Rejected."""
        self._commands += 1
        ctx = c.Context(self.now, self.roster.person(user), f"c{self._commands}", self.roster, LEADERS)
        new = decide(self.state, command, ctx)
        for event in new:
            recorded = Recorded(
                seq=self.state.seq + 1,
                at=self.now,
                actor=user,
                command_id=ctx.command_id,
                type=type(event).__name__,
                hash=text_sha256({self.state.hash: {str(self.state.seq): type(event).__name__}}),
                event=event,
            )
            self.state = evolve(self.state, recorded)
            self.log.append(recorded)
        return new

    def posted(self, thing: str, conversation: str = CONVERSATION, ts: str = "1.0") -> None:
        self.do("bot", c.RecordPosted(thing, conversation, ts, self.state.seq))

    @property
    def view(self) -> View:
        return View(self.state, self.roster, self.now)

    def draft(self, step: str) -> Draft:
        """The latest draft of a step."""
        return self.state.drafts[self.state.steps[step].drafts[-1]]

    def promise(self) -> Promise:
        return self.state.live_promises[0]

    def instant(self, minutes: float) -> Instant:
        """So many minutes from now, in the zone of the incident."""
        return Instant.of(self.now + timedelta(minutes=minutes), ZONE)

    # --- texts --------------------------------------------------------------------------------------------

    def values(
        self, step: str, kind: Kind, next_update: float | None, changed: Mapping[str, str]
    ) -> dict[str, FieldValue]:
        facts = {**FACTS, **changed}
        found: dict[str, FieldValue] = {
            name: facts.get(name) for name, _ in fields_for(self.state.book, self.state.step(step), kind)
        }
        found["as_of"] = self.instant(-2)
        if "next_update_at" in found:
            found["next_update_at"] = None if next_update is None else self.instant(next_update)
        return found

    def submit(
        self,
        step: str,
        kind: Kind = "statement",
        *,
        by: str = COMMUNICATOR,
        next_update: float | None = 60,
        renews: bool = False,
        about: About | None = None,
        holds: float | None = None,
        **facts: str,
    ) -> Draft:
        """Write a text and submit it; `next_update` and how long it `holds` in minutes from now."""
        state = self.state
        values = self.values(step, kind, next_update, facts)
        if holds is not None:
            values[EXPIRES] = self.instant(holds)
        draft = state.draft_of(step)
        draft_id = draft.id if draft else make_id("d", f"{step}{state.seq}")
        about = draft.about if draft else about
        only = channels_for(state.step(step).text(kind), about)
        how = Render(values, state.name, state.exercise, state.zone, only=only)
        texts = drafting.render(state.book, state.step(step), kind, how)
        if not renews:
            self.do(by, c.SaveDraft(draft_id, step, kind, values, about=about))
        sha256 = text_sha256(texts)
        self.do(by, c.SubmitDraft(draft_id, step, kind, values, texts, sha256, renews, about=about))
        return self.draft(step)

    def save(self, step: str, kind: Kind, *, by: str = COMMUNICATOR, **changed: str) -> Draft:
        draft_id = make_id("d", f"{step}{self.state.seq}")
        self.do(by, c.SaveDraft(draft_id, step, kind, self.values(step, kind, 60, changed)))
        return self.draft(step)

    def approve(self, step: str, *people: str) -> None:
        for person in people:
            draft = self.draft(step)
            self.do(person, c.Approve(draft.id, draft.current.number, draft.current.text_sha256))

    def approve_all(self, step: str) -> None:
        """Approved by one person for each role of its tier."""
        draft = self.draft(step)
        roles = draft.current.roles if self.state.roles_configured else ("pio",)
        self.approve(step, *(self.member(role) for role in roles))

    def member(self, role: str) -> str:
        return next(iter(self.roster.of(role)), PIO)

    def ask_for_changes(self, step: str, reason: str, *, by: str = PIO) -> None:
        draft = self.draft(step)
        self.do(by, c.AskForChanges(draft.id, draft.current.number, reason))

    def decline(self, step: str, reason: str, *, by: str = PIO) -> None:
        draft = self.draft(step)
        self.do(by, c.Decline(draft.id, draft.current.number, reason))

    def mark(
        self,
        step: str,
        *channels: str,
        ago: float = 0,
        by: str = COMMUNICATOR,
        late: bool = False,
        proof: str = "",
    ) -> str:
        """Mark channels as published; the name of the receipt."""
        draft = self.draft(step)
        at = self.now - timedelta(minutes=ago)
        receipts = tuple(Receipt(channel=each, attested_at=at, proof=proof) for each in channels)
        self.do(by, c.MarkPublished(draft.id, draft.current.number, receipts, posted_late=late))
        draft = self.state.drafts[draft.id]
        return things.receipt_thing(draft.id, draft.marks[-1].seq)

    # --- time ---------------------------------------------------------------------------------------------

    def fire(self) -> tuple[str, ...]:
        """Say every reminder that is due by now, as the worker would; their names."""
        due = sorted(owed(self.state).values(), key=lambda each: each.due)
        return tuple(
            things.reminder_thing(each.key)
            for each in due
            if each.due <= self.now and self.do("bot", c.FireReminder(each.key))
        )

    def fire_next(self, late_minutes: float = 0) -> str:
        """Let time pass to the next reminder that is owed, say it (so much late) and name it."""
        first = min(owed(self.state).values(), key=lambda each: each.due)
        self.now = max(self.now, first.due + timedelta(minutes=late_minutes))
        self.do("bot", c.FireReminder(first.key))
        return things.reminder_thing(first.key)

    def close(self, note: str = "The road is open.", *, by: str = PIO, withdraw: str = "") -> None:
        self.do(by, c.CloseIncident(note, withdraw))
