"""People who take part in a drill: a team that does what each inject asks for, and one that does nothing.

Texts are written with the examples of their fields: here it counts that something is done, not what it says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from ecomms_bot.incident.ids import make_id
from ecomms_bot.playbook.drills import AnswerKind, Inject, TakePart
from ecomms_bot.playbook.model import Kind
from ecomms_bot.playbook.values import NEXT_UPDATE
from ecomms_bot.practice.stage import Stage, stage
from ecomms_bot.practice.workspace import Message
from ecomms_bot.slack import names
from tests.scenario.acting import FIRST_EVENING, OFFICE, ZONE, Actor, Case
from tests.scenario.test_shipped import EVERYBODY, MEMBERS, begin, fill_in

FIRST, PROMISED = "D1", timedelta(minutes=30)
"""The step of the first text, in every playbook that ships; how long after it the next is promised."""
UPDATES: Mapping[str, str] = {"flood": "D4", "wildfire": "D4", "closure": "D6", "school-closure": "D6"}
"""The step of each playbook whose texts keep promises."""


@contextmanager
def team(folder: Path, playbooks: Path | None = None) -> Iterator[Stage]:
    """An office with somebody for each role."""
    with stage(
        folder,
        EVERYBODY,
        starts=FIRST_EVENING,
        zone=ZONE,
        database_url=f"sqlite:///{folder / 'ecomms.db'}",
        office=OFFICE,
        playbooks=playbooks,
    ) as made:
        made.workspace.add_conversation("ops-desk", list(EVERYBODY))
        yield made


def begins(on: Stage, drill: str, who: str = "mara") -> Played:
    """`/ecomms drill NAME`, and the form as it is filled in already."""
    actor = Actor(on, who)
    reply = actor.types(f"drill {drill}")
    modal = actor.person.modal
    assert modal is not None, reply.words
    sent = actor.submits({"area": "All of it", "conversation": "new"})
    assert sent.answer.closed, sent.words
    return Played(Case(on, make_id("i", modal.id), on.now))


@dataclass
class Played:
    """A drill under way."""

    case: Case
    answered: list[str] = field(default_factory=list)

    @property
    def part(self) -> TakePart:
        drill = self.case.state.drill
        assert drill is not None
        assert drill.take_part is not None
        return drill.take_part

    def to_minute(self, minute: int) -> None:
        opened = self.case.state.opened_at
        assert opened is not None
        for _ in self.case.on.until(opened + timedelta(minutes=minute)):
            pass

    def message(self, inject: Inject) -> Message:
        """What everybody reads of it."""
        number = self.part.injects.index(inject)
        return self.case.messages("inject")[number]

    # --- ways to play -------------------------------------------------------------------------------------

    def well(self) -> None:
        """The first text at once, each inject answered after a minute as it asks for, each promise kept."""
        injects = self.part.injects
        if not any(FIRST in inject.of for inject in injects):
            self.to_minute(1)
            self.publishes(FIRST)
        for number, inject in enumerate(injects):
            self.to_minute(inject.minute + (inject.minutes or 1))
            ANSWERS[inject.answer](self, inject)
            self.answered.append(inject.id)
            following = injects[number + 1].minute if number + 1 < len(injects) else self.part.minutes
            self.keeps_what_comes_due(following + 2)
        self.to_minute(self.part.minutes)

    def talking(self) -> None:
        """Somebody says something about each inject, in its thread, and nobody does anything else."""
        for inject in self.part.injects:
            self.to_minute(inject.minute + (inject.minutes or 1))
            replies(self, inject)
        self.to_minute(self.part.minutes)

    def late(self) -> None:
        """Each inject is answered, a minute later than it was wanted."""
        for inject in sorted(self.part.injects, key=lambda each: each.minute + each.within):
            self.to_minute(inject.minute + inject.within + 1)
            ANSWERS[inject.answer](self, inject)
        self.to_minute(self.part.minutes)

    def badly(self) -> None:
        """Nobody does anything."""
        self.to_minute(self.part.minutes)

    # --- what people do -----------------------------------------------------------------------------------

    def keeps_what_comes_due(self, minute: int) -> None:
        """An update, if one is promised before this minute."""
        opened = self.case.state.opened_at
        assert opened is not None
        until = opened + timedelta(minutes=minute)
        if any(each.due.utc <= until for each in self.case.state.live_promises):
            self.publishes(UPDATES[self.part.playbook], "update")

    def sends(self, fields: Mapping[str, Any] | None = None) -> None:
        """The form in front of Mara, with the examples of its fields, as far as the review."""
        mara = self.case.actor("mara")
        modal = mara.person.modal
        assert modal is not None
        fill_in(self.case, modal)
        mara.person.fill(dict(fields or {}))
        answer = mara.person.submit()
        assert answer.pushed, answer.errors or answer.error
        sent = mara.submits()
        assert sent.answer.closed, sent.words

    def publishes(self, name: str, kind: Kind | None = None) -> None:
        """Written, approved by one person for each role of its tier, marked everywhere."""
        case, step = self.case, self.case.state.step(name)
        begin(case, step)
        button = names.pack(case.id, name, kind or step.main.kind)
        case.actor("mara").person.click(case.last("step", name), names.WRITE, button)
        self.sends({NEXT_UPDATE: case.on.now + PROMISED})
        for role in case.draft(name).current.roles:
            assert case.approves(MEMBERS[role], name).ok
        for _ in step.partners if case.draft(name).current.for_public else ():
            case.clicks("mara", case.last("partners", name), "Acknowledged…")
            assert case.submits("mara", by_whom="Ana Roy, by phone").answer.closed
        marked = case.marks("mara", name)
        assert marked.answer.closed, marked.words


def replies(played: Played, inject: Inject) -> None:
    played.case.actor("theo").person.say(
        played.case.conversation, "We call them, and say when we know more.", thread=played.message(inject)
    )
    played.case.on.heard()


def records(played: Played, inject: Inject) -> None:
    """The number with its source."""
    case = played.case
    name = inject.of[0] if inject.of else "doors"
    known = case.state.book.fields.get(name)
    value = known.example if known is not None and known.type == "text" else 7
    between = "" if known is not None else " ="
    told = case.types("dale", f"facts {name}{between} {value}, {inject.who}")
    assert case.state.fact(name) is not None, told.words


def writes(played: Played, inject: Inject) -> None:
    played.publishes(inject.of[0])


def corrects(played: Played, inject: Inject) -> None:
    """From the first text that is out to the correction under review."""
    del inject
    case = played.case
    case.clicks("mara", case.last("publish", FIRST), "Correct…")
    played.sends()


def asks(played: Played, inject: Inject) -> None:
    """Taken down from the message, in the form that stands below it."""
    case = played.case
    case.clicks("theo", played.message(inject), "Add to the log…")
    case.actor("theo").person.fill({"What it is": "A question of the public"})
    asked = case.submits("theo", **{"Who finds the answer": "dale"})
    assert asked.answer.closed, asked.words


def escalates(played: Played, inject: Inject) -> None:
    higher = {"S4": "S3", "S3": "S2", "S2": "S1"}[played.case.state.severity]
    raised = played.case.types("irene", f"severity {higher} {inject.who} says that it is worse")
    assert played.case.state.severity == higher, raised.words


ANSWERS: Mapping[AnswerKind, Callable[[Played, Inject], None]] = {
    "reply": replies,
    "fact": records,
    "text": writes,
    "correction": corrects,
    "question": asks,
    "escalate": escalates,
}
