"""People at random: each act looks at an incident and does something that somebody in it might do now."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import timedelta

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.events import Kind
from ecomms_bot.incident.gates import open_ends
from ecomms_bot.incident.partners import still_to_hear
from ecomms_bot.incident.policy import missing
from ecomms_bot.incident.state import Draft, Incident
from ecomms_bot.incident.wording import Rejected
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.service.duty import DutyChange
from tests.simulation import writing
from tests.simulation.replica import START
from tests.simulation.world import ROLES, World

WRITERS = ("mara", "colin")
LEADS = ("pia", "paul", "irene", "sven")
TEXTS: tuple[tuple[str, Kind], ...] = (
    ("D1", "statement"),
    ("D3", "statement"),
    ("D4", "update"),
    ("D4", "no-change"),
    ("D4", "final"),
)
Press = tuple[str, c.Command] | None
"""Who sends what; None: this person finds nothing to do."""


class Crowd:
    """`act` is one look of one person at one incident, with its own chance."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._verbs: Mapping[Callable[[Incident, random.Random], Press], int] = {
            self._write: 5,
            self._approve: 7,
            self._publish: 5,
            self._send_back: 1,
            self._take_back: 1,
            self._override: 1,
            self._look_again: 1,
            self._note: 1,
            self._fact: 2,
            self._confirm: 1,
            self._settle: 1,
            self._partner: 4,
            self._talk: 1,
            self._withdraw: 1,
            self._mistaken: 1,
            self._take_down: 1,
            self._rest: 1,
            self._severity: 1,
            self._ask: 1,
            self._answer: 1,
            self._remind_me: 1,
            self._snooze: 1,
            self._hand_over: 1,
            self._accept: 2,
            self._correct: 2,
            self._close: 1,
        }

    def act(self, state: Incident, chance: random.Random) -> Press:
        """What somebody does here now; a few different things are thought of."""
        for verb in chance.choices(list(self._verbs), list(self._verbs.values()), k=6):
            try:
                press = verb(state, chance)
            except Rejected:
                continue
            if press is not None:
                return press
        return None

    def duty(self, chance: random.Random) -> tuple[str, DutyChange]:
        """Somebody goes to sleep, mostly for a while, or is up again."""
        who = chance.choice((*WRITERS, *LEADS))
        by = who if chance.random() < 0.8 else "pia"
        until = Instant.of(self.world.clock.now() + timedelta(minutes=chance.choice((20, 60))), writing.ZONE)
        on = chance.random() < 0.4
        till = until if chance.random() < 0.7 and not on else None
        return by, DutyChange(self.world.who[who], on=on, until=till)

    # --- texts

    def _write(self, state: Incident, chance: random.Random) -> Press:
        step, kind = chance.choice(TEXTS)
        ahead, save = chance.choice((20, 40, 60, 90)), chance.random() < 0.5
        now = self.world.clock.now()
        draft = state.draft_of(step)
        if draft is not None and draft.status == "in review":
            return None
        if draft is not None and draft.working is not None:
            kind = draft.kind
        make = writing.saved if save else writing.submitted
        return chance.choice(WRITERS), make(state, step, kind, now, ahead=ahead)

    def _drafts(self, state: Incident, *statuses: str) -> list[Draft]:
        return [each for each in state.drafts.values() if each.last and each.status in statuses]

    def _approve(self, state: Incident, chance: random.Random) -> Press:
        for draft in self._drafts(state, "in review"):
            lacking = missing(draft.current, draft.approvals)
            if lacking:
                return chance.choice(ROLES[lacking[0]]), writing.approval(draft)
        return None

    def _publish(self, state: Incident, chance: random.Random) -> Press:
        for draft in self._drafts(state, "approved"):
            if not draft.current.receipts:
                late = chance.random() < 0.5
                return chance.choice(WRITERS), writing.published(draft, self.world.clock.now(), late=late)
        return None

    def _send_back(self, state: Incident, chance: random.Random) -> Press:
        for draft in self._drafts(state, "in review"):
            number = draft.current.number
            return chance.choice(LEADS), c.AskForChanges(draft.id, number, "Say which road.")
        return None

    def _take_back(self, state: Incident, chance: random.Random) -> Press:
        for draft in self._drafts(state, "approved"):
            if draft.approvals and not draft.current.receipts:
                person = chance.choice(draft.approvals).person
                return self._handle(person), c.TakeBackApproval(draft.id, draft.current.number)
        return None

    def _override(self, state: Incident, chance: random.Random) -> Press:
        for draft in self._drafts(state, "in review"):
            current = draft.current
            who = chance.choice(("pia", "irene"))
            return who, c.Override(draft.id, current.number, current.text_sha256, "The river rises.")
        return None

    def _look_again(self, state: Incident, chance: random.Random) -> Press:
        for draft in state.drafts.values():
            if draft.overrides and draft.last:
                return chance.choice(LEADS), c.GiveSecondReview(draft.id, draft.current.number, agrees=True)
        return None

    def _correct(self, state: Incident, chance: random.Random) -> Press:
        out = [each for each in state.drafts.values() if each.last and each.current.receipts]
        if not out or state.draft_of("D8") is not None:
            return None
        return chance.choice(WRITERS), writing.corrected(state, chance.choice(out), self.world.clock.now())

    def _partner(self, state: Incident, chance: random.Random) -> Press:
        """Who was told, or is not waited for."""
        for draft in state.drafts.values():
            for partner in still_to_hear(state, draft):
                number = draft.current.number
                if chance.random() < 0.8:
                    heard = c.RecordAcknowledgement(
                        draft.id, number, partner, "Ana Roy", self.world.clock.now()
                    )
                    return chance.choice(WRITERS), heard
                return "pia", c.WaivePartner(draft.id, number, partner, "The river rises.")
        return None

    def _withdraw(self, state: Incident, chance: random.Random) -> Press:
        for draft in self._drafts(state, "in review", "approved"):
            if chance.random() < 0.3 and not draft.current.receipts:
                return self._handle(draft.current.author), c.WithdrawDraft(draft.id, "Another text says it.")
        return None

    def _out(self, state: Incident) -> list[Draft]:
        return [each for each in state.drafts.values() if each.last and each.current.receipts]

    def _mistaken(self, state: Incident, chance: random.Random) -> Press:
        """It was marked as published, and was not posted there."""
        for draft in self._out(state):
            channel = chance.choice(sorted(draft.current.receipts))
            reason = "It was never posted."
            return chance.choice(WRITERS), c.CorrectReceipt(
                draft.id, draft.current.number, channel, reason, None
            )
        return None

    def _take_down(self, state: Incident, chance: random.Random) -> Press:
        for draft in self._out(state):
            channels = tuple(draft.current.receipts)
            return chance.choice(WRITERS), c.EndRelease(
                draft.id, draft.current.number, channels, "It holds no more."
            )
        return None

    # --- all else

    def _note(self, state: Incident, chance: random.Random) -> Press:
        return chance.choice(WRITERS), c.AddNote(f"The river stands at {state.seq} cm.")

    def _fact(self, _state: Incident, chance: random.Random) -> Press:
        until = Instant.of(self.world.clock.now() + timedelta(minutes=45), writing.ZONE)
        value = chance.choice(("Highway 7", "Highway 1"))
        source = chance.choice(("Operations", "The police"))
        return chance.choice(WRITERS), c.RecordFact("road", value, source, until=until)

    def _confirm(self, state: Incident, chance: random.Random) -> Press:
        facts = state.facts.get("road", ())
        return (chance.choice(LEADS), c.VerifyFact("road", facts[-1].id)) if facts else None

    def _settle(self, state: Incident, chance: random.Random) -> Press:
        """Of sources that say different things, which one counts."""
        facts = state.facts.get("road", ())
        if len({each.value for each in facts}) < 2:
            return None
        return chance.choice(LEADS), c.DecideFact("road", chance.choice(facts).id, "They were there.")

    def _talk(self, state: Incident, chance: random.Random) -> Press:
        """Somebody answers in the thread of a text under review."""
        threads = [ref.ts for thing, ref in state.posted.items() if thing.startswith("review:") and ref.ts]
        if not threads:
            return None
        ts = f"{START.timestamp() + self.world.scheduler.now:.6f}"
        return chance.choice(LEADS), c.AddDiscussion(chance.choice(threads), ts, "Which road is it?")

    def _rest(self, state: Incident, _chance: random.Random) -> Press:
        """Until when the team rests, if the last text promised to go on then."""
        return ("pia", c.StandDown(state.live_promises[-1].due)) if state.live_promises else None

    def _severity(self, state: Incident, chance: random.Random) -> Press:
        return chance.choice(("pia", "irene")), c.ChangeSeverity(
            chance.choice(("S1", "S2", "S3")), f"It changed at {state.seq}."
        )

    def _ask(self, state: Incident, chance: random.Random) -> Press:
        due = Instant.of(self.world.clock.now() + timedelta(minutes=20), writing.ZONE)
        owner = self.world.who[chance.choice(LEADS)]
        return chance.choice(WRITERS), c.AskQuestion(f"How deep is it, {state.seq}?", owner, due)

    def _answer(self, state: Incident, chance: random.Random) -> Press:
        if not state.open_questions:
            return None
        return chance.choice(LEADS), c.AnswerQuestion(chance.choice(state.open_questions).id, "Two metres.")

    def _remind_me(self, state: Incident, chance: random.Random) -> Press:
        due = Instant.of(self.world.clock.now() + timedelta(minutes=chance.choice((5, 30))), writing.ZONE)
        return chance.choice(WRITERS), c.SetReminder(due, f"Call the mayor, {state.seq}.")

    def _snooze(self, state: Incident, chance: random.Random) -> Press:
        return (chance.choice(WRITERS), c.Snooze(chance.choice((5, 10)))) if state.live_promises else None

    def _hand_over(self, state: Incident, chance: random.Random) -> Press:
        holder = self._handle(state.holder)
        to = chance.choice(("irene", "paul", "mara"))
        return (holder, c.OfferHandover(self.world.who[to], "Good night.")) if to != holder else None

    def _accept(self, state: Incident, _chance: random.Random) -> Press:
        offered = state.handover
        return (self._handle(offered.to), c.AcceptHandover(offered.id)) if offered else None

    def _close(self, state: Incident, chance: random.Random) -> Press:
        if chance.random() < 0.7:
            return None
        left = {each.thing: "Handed to the morning shift." for each in open_ends(state)}
        return "pia", c.CloseIncident(
            "The road is open again.", withdraw_reason="All is clear.", left_reason="All know.", left=left
        )

    def _handle(self, person: str) -> str:
        return next(handle for handle, each in self.world.who.items() if each == person)
