"""One incident from its opening to its closing, flow by flow, by people who try again until they are told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.events import Kind
from ecomms_bot.incident.gates import open_ends
from ecomms_bot.incident.ids import make_id
from ecomms_bot.incident.partners import still_to_hear
from ecomms_bot.incident.state import Draft, Incident
from ecomms_bot.playbook.instant import Instant
from tests.simulation import writing
from tests.simulation.world import World

PATIENCE_S = 10.0
"""How long somebody whose command failed waits before they look again."""
TRIES = 30
BOOK_SHA256 = "0" * 64
Build = Callable[[Incident], c.Command | None]
"""What somebody who sees this state sends; None: there is nothing left to do."""


def opening(name: str = "Highway 7 mudslides", *, exercise: bool = False) -> c.OpenIncident:
    return c.OpenIncident(
        name=name,
        area="between Agassiz and Hope",
        zone=writing.ZONE,
        phase="during",
        severity="S2",
        exercise=exercise,
        playbook=writing.night_book(),
        playbook_sha256=BOOK_SHA256,
    )


@dataclass
class Life:
    """The flows, in the order of a night. Each ends when what it is about is done."""

    world: World
    incident: str = ""

    def press(self, who: str, build: Build) -> None:
        """Send it, and unless it was acked look again: it may have been done all the same."""
        world = self.world
        for number in range(TRIES):
            command = build(world.state(self.incident))
            if command is None:
                return
            if running := [each for each in world.running if each.alive]:
                replica = running[number % len(running)]
                answer = world.send(who, self.incident, command, world.new_command_id(), replica)
                if answer == "acked":
                    return
                if answer == "refused":
                    raise AssertionError(f"{type(command).__name__} was refused: {world.trace[-3:]}")
            world.scheduler.sleep(PATIENCE_S)
        raise AssertionError("nobody could do it")

    @property
    def state(self) -> Incident:
        return self.world.state(self.incident)

    def last(self) -> Draft:
        return list(self.state.drafts.values())[-1]

    # --- flows

    def open(self) -> None:
        """Whoever got no answer looks whether it is there before they open it again."""
        world = self.world
        first = "command-open"
        self.incident = make_id("i", first)
        for number in range(TRIES):
            if world.state(self.incident).exists:
                return
            if running := [each for each in world.running if each.alive]:
                replica = running[number % len(running)]
                answer = world.send("mara", self.incident, opening(), first, replica)
                if answer == "acked":
                    return
            world.scheduler.sleep(PATIENCE_S)

    def draft(self) -> None:
        now = self.world.clock.now
        self.press("mara", lambda s: None if s.draft_of("D1") else writing.saved(s, "D1", "statement", now()))
        self.press(
            "mara",
            lambda s: (
                None
                if (draft := s.draft_of("D1")) and draft.revisions
                else writing.submitted(s, "D1", "statement", now())
            ),
        )

    def approve(self) -> None:
        for who in ("sven", "pia", "irene"):
            self.press(who, lambda s, who=who: self._approval(s, who))  # type: ignore[misc]

    def _approval(self, state: Incident, who: str) -> c.Command | None:
        draft = list(state.drafts.values())[-1]
        mine = set(self.world.roster.person(self.world.who[who]).roles)
        wanted = draft.status == "in review" and mine & set(draft.current.roles)
        mine_given = any(each.person == self.world.who[who] for each in draft.approvals)
        return writing.approval(draft) if wanted and not mine_given else None

    def publish(self) -> None:
        def build(state: Incident) -> c.Command | None:
            draft = list(state.drafts.values())[-1]
            done = draft.current.receipts
            return None if done else writing.published(draft, self.world.clock.now())

        self.press("mara", build)

    def remind(self) -> None:
        """Both reminders before the promise."""
        (promise,) = self.state.live_promises
        self.world.until(promise.due.utc - timedelta(minutes=4))

    def escalate(self) -> None:
        """At the promised time to the pio, ten minutes later to the ic."""
        (promise,) = self.state.live_promises
        self.world.until(promise.due.utc + timedelta(minutes=11))

    def correct(self) -> None:
        """What was published was wrong; said, approved and published in the place of it."""
        now = self.world.clock.now
        (wrong,) = self.state.drafts

        def build(state: Incident) -> c.Command | None:
            return None if len(state.drafts) > 1 else writing.corrected(state, state.drafts[wrong], now())

        self.press("colin", build)
        self.approve()
        self.publish()

    def facts(self) -> None:
        """Two sources disagree, somebody decides, and somebody who was there confirms it."""
        until = Instant.of(self.world.clock.now() + timedelta(hours=1), writing.ZONE)
        for value, source in (("Highway 7", "Operations"), ("Highway 1", "The police")):
            told = c.RecordFact("road", value, source, until=until)
            self.press("colin", lambda s, told=told: None if _said(s, told.source) else told)  # type: ignore[misc]
        self.press("pia", _decision)
        self.press("sven", _confirmation)

    def partners(self) -> None:
        """A text that two partners hear of before the public does."""
        self._submit("D3", "statement")
        self.approve()

        def build(state: Incident) -> c.Command | None:
            draft, now = list(state.drafts.values())[-1], self.world.clock.now()
            for partner in still_to_hear(state, draft):
                return c.RecordAcknowledgement(draft.id, draft.current.number, partner, "Ana Roy", now)
            return None

        self.press("mara", build)
        self.press("mara", build)
        self.publish()

    def leaders(self) -> None:
        """A text that the bot itself posts where leaders read."""
        self._submit("D4", "update")
        self.approve()
        self.publish()

    def _submit(self, step: str, kind: Kind) -> None:
        def build(state: Incident) -> c.Command | None:
            if any(each.step == step for each in state.drafts.values()):
                return None
            return writing.submitted(state, step, kind, self.world.clock.now())

        self.press("mara", build)

    def hand_over(self) -> None:
        who = self.world.who
        self.press("mara", lambda s: None if s.handover else c.OfferHandover(who["irene"], "Good night."))
        self.press(
            "irene",
            lambda s: c.AcceptHandover(s.handover.id) if s.handover and s.holder != who["irene"] else None,
        )

    def close(self) -> None:
        def build(state: Incident) -> c.Command | None:
            left = {each.thing: "Handed to the morning shift." for each in open_ends(state)}
            closing = c.CloseIncident(
                "The road is open again.", withdraw_reason="All is clear.", left_reason="All know.", left=left
            )
            return closing if state.open else None

        self.press("pia", build)


def _decision(state: Incident) -> c.Command | None:
    first = state.facts["road"][0].id
    return None if "road" in state.decided else c.DecideFact("road", first, "They were there.")


def _confirmation(state: Incident) -> c.Command | None:
    first = state.facts["road"][0]
    return None if first.verified else c.VerifyFact("road", first.id)


def _said(state: Incident, source: str) -> bool:
    return any(each.source == source for each in state.facts.get("road", ()))


FLOWS: dict[str, Callable[[Life], None]] = {
    "open": Life.open,
    "draft": Life.draft,
    "approve": Life.approve,
    "publish": Life.publish,
    "remind": Life.remind,
    "escalate": Life.escalate,
    "correct": Life.correct,
    "facts": Life.facts,
    "partners": Life.partners,
    "leaders": Life.leaders,
    "hand over": Life.hand_over,
    "close": Life.close,
}
