"""The people of the scenarios at work: each line of a test reads like what somebody does.

Everything goes through the built-in workspace: a click is an envelope over a WebSocket, a message a call over
HTTP. Incident time stands still but for `Case.clock` and `Case.later`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ecomms_bot.incident.ids import make_id
from ecomms_bot.incident.state import Draft, Incident, Recorded
from ecomms_bot.practice.playing import thing_of
from ecomms_bot.practice.script import Member
from ecomms_bot.practice.stage import COMMAND, Stage, stage
from ecomms_bot.practice.workspace import Answer, Conversation, Message, Modal, Person
from ecomms_bot.practice.workspace.state import StoredMessage
from tests.books import FOLDER

ZONE = "America/Vancouver"
VANCOUVER = ZoneInfo(ZONE)
FIRST_EVENING = datetime(2021, 11, 14, 20, 0, tzinfo=VANCOUVER)
SPRING = 3
"""The month in which the clocks go forward."""
OFFICE = {"organisation": "B.C. Ministry of Transportation", "info_url": "https://www.drivebc.ca"}
PEOPLE: Mapping[str, Member] = {
    "mara": Member(name="Mara Lund", roles=("communicator",)),
    "theo": Member(name="Theo Brandt", roles=("communicator",)),
    "dale": Member(name="Dale Ito", roles=("sme",)),
    "pia": Member(name="Pia Sohal", roles=("pio",)),
    "irene": Member(name="Irene Wall", roles=("ic",)),
    "otto": Member(name="Otto Reyes", roles=("observer",)),
}
GUEST = "gina"
NAME = "Highway 7 slides"
CLOCK = re.compile(r"[0-2]\d:[0-5]\d")

HOLDING = {
    "hazard_seen": "mudslides",
    "road": "Highway 7",
    "area_description": "between Agassiz and Hope",
    "not_known_yet": "trapped",
    "how_finding_out": "crews-now",
}
CLOSURE = {
    "hazard_seen": "mudslides",
    "road": "Highway 7",
    "direction": "both",
    "from_landmark": "Agassiz",
    "to_landmark": "Hope",
    "closure_state": "closed",
    "road_advice": "turn-back",
}
UPDATE = {
    "hazard_seen": "mudslides",
    "road": "Highway 7",
    "area_description": "between Agassiz and Hope",
    "closure_state": "closed",
    "news": "Rescue teams are on the way.",
    "road_advice": "other-route",
}
FIELDS: Mapping[str, Mapping[str, str]] = {"D1": HOLDING, "D3": CLOSURE, "D4": UPDATE}
"""What the people of a test write in each step unless it says otherwise."""


@contextmanager
def office(
    folder: Path,
    *,
    database_url: str | None = None,
    roles: bool = True,
    roles_of: Mapping[str, tuple[str, ...]] | None = None,
    deputies: Mapping[str, Sequence[str]] | None = None,
    playbooks: Path = FOLDER,
) -> Iterator[Stage]:
    """A bot at work in its workspace, with everybody in the conversation ops-desk, and one guest.

    `roles_of`: people who hold other roles than usual. `deputies`: role → who stands in for its members.
    """
    people = {
        handle: Member(name=member.name, roles=(roles_of or {}).get(handle, member.roles))
        for handle, member in PEOPLE.items()
    }
    with stage(
        folder,
        people,
        starts=FIRST_EVENING,
        zone=ZONE,
        database_url=database_url or f"sqlite:///{folder / 'ecomms.db'}",
        office=OFFICE,
        playbooks=playbooks,
        roles=roles,
        deputies=deputies,
    ) as made:
        made.workspace.add_user(GUEST, name="Gina Guest", tz=ZONE, restricted=True)
        made.workspace.add_conversation("ops-desk", [*PEOPLE, GUEST])
        yield made


def next_evening(on: Stage) -> None:
    """Eight in the evening of the next day, so that a test can say `20:15`; always in winter, so `PST`."""
    tomorrow = on.now.astimezone(VANCOUVER) + timedelta(days=1)
    if SPRING <= tomorrow.month < FIRST_EVENING.month:
        tomorrow = FIRST_EVENING.replace(year=tomorrow.year)
    on.set(tomorrow.replace(hour=20, minute=0, second=0, microsecond=0))


def person(on: Stage, handle: str) -> Person:
    return on.workspace.person(handle)


@dataclass(frozen=True)
class Reply:
    """What a person gets back: the end of the interaction, and the personal messages that came with it."""

    answer: Answer
    messages: Sequence[Message]
    modal: Modal | None = field(default=None, repr=False, compare=False)

    @property
    def ok(self) -> bool:
        return self.answer.ok

    @property
    def words(self) -> str:
        """All that the person reads of it: errors beside fields, Slack's own errors, personal messages."""
        told = [self.answer.error or "", *self.answer.errors.values()]
        return "\n".join([*(each for each in told if each), *(each.plain() for each in self.messages)])

    @property
    def screen(self) -> str:
        """The words, and the form that is open after them: what a test says when it went otherwise."""
        form = f"In the form:\n{self.modal.plain()}" if self.modal else "No form is open."
        return f"{self.words}\n{form}"


@dataclass
class Actor:
    """One person doing things; what comes back is theirs alone."""

    on: Stage
    handle: str

    @property
    def person(self) -> Person:
        return person(self.on, self.handle)

    @property
    def id(self) -> str:
        return self.person.id

    def personal(self) -> list[Message]:
        """What only this person sees, wherever it is."""
        with self.on.workspace.lock:
            places = [
                place
                for place in self.on.workspace.channels.values()
                if any(message.ephemeral_to == self.id for message in place.messages)
            ]
        mine = [
            self.person.all_messages(place, only=lambda each: bool(each.ephemeral_to)) for place in places
        ]
        return [each for of_place in mine for each in of_place]

    def reply(self, answer: Answer, seen: Sequence[Message]) -> Reply:
        """The answer with the personal messages that are new since `seen`, once the bot has come to rest."""
        self.on.settle()
        known = {message.ts for message in seen}
        new = [message for message in self.personal() if message.ts not in known]
        return Reply(answer, new, self.person.modal)

    def types(self, text: str, place: Conversation | str = "ops-desk") -> Reply:
        """`/ecomms …` in a conversation."""
        seen = self.personal()
        return self.reply(self.person.command(place, COMMAND, text), seen)

    def clicks(self, message: Message, label: str) -> Reply:
        seen = self.personal()
        return self.reply(self.person.click(message, label), seen)

    def submits(self, fields: Mapping[str, Any] | None = None) -> Reply:
        """Fill in the modal in front of the person and press its submit button."""
        seen = self.personal()
        if fields:
            self.person.fill(dict(fields))
        return self.reply(self.person.submit(), seen)

    def leaves(self) -> None:
        """Close every modal that is open."""
        while self.person.modal is not None:
            self.person.close_modal()


@dataclass
class Case:
    """One incident, and everything that people do in it."""

    on: Stage
    id: str
    evening: datetime
    extra: dict[str, Any] = field(default_factory=dict)

    def actor(self, handle: str) -> Actor:
        return Actor(self.on, handle)

    # --- what is so ---------------------------------------------------------------------------------------

    @property
    def state(self) -> Incident:
        return self.on.bot.records.state(self.id)

    @property
    def conversation(self) -> Conversation:
        """Where the incident is at home."""
        found = self.state.conversation
        assert found is not None, "the incident has no conversation yet"
        return self.on.workspace.conversation(found)

    def entries(self, *types: str) -> list[Recorded]:
        """The log, or those of its entries that are of these types."""
        _, entries = self.on.bot.records.history(self.id)
        return [entry for entry in entries if not types or entry.type in types]

    def draft(self, step: str = "D1") -> Draft:
        """The step's newest draft."""
        return self.state.drafts[self.state.steps[step].drafts[-1]]

    def messages(self, kind: str = "", step: str = "") -> list[Message]:
        """What everybody sees in the conversation and its threads, as it is now; only of one kind or step."""
        root = self.state.posted[f"step:{step}"].ts if step else None

        def wanted(each: StoredMessage) -> bool:
            there = root is None or root in (each.ts, each.thread_ts)
            return there and each.by_app and not each.ephemeral_to and kind in ("", thing_of(each)[0])

        return person(self.on, "otto").all_messages(self.conversation, only=wanted)

    def last(self, kind: str, step: str = "") -> Message:
        found = self.messages(kind, step)
        assert found, f"nobody sees any {kind} {step}"
        return found[-1]

    def dms(self, handle: str) -> list[Message]:
        """The direct messages to this person about this incident."""
        return [each for each in person(self.on, handle).dms() if self.id in str(each.metadata)]

    # --- time ---------------------------------------------------------------------------------------------

    def at(self, clock: str) -> datetime:
        """`20:15` of this evening (or of the night after it) as a moment."""
        hour, minute = (int(part) for part in clock.split(":"))
        moment = self.evening.replace(hour=hour, minute=minute)
        return moment if moment >= self.evening else moment + timedelta(days=1)

    def clock(self, clock: str) -> None:
        """It becomes `20:15`; what comes due on the way is done at its time."""
        for _ in self.on.until(self.at(clock)):
            pass

    def later(self, **span: float) -> None:
        self.on.push(**span)

    # --- what people do -----------------------------------------------------------------------------------

    def types(self, who: str, text: str) -> Reply:
        """`/ecomms …` in the incident's conversation."""
        return self.actor(who).types(text, self.conversation)

    def clicks(self, who: str, message: Message, label: str) -> Reply:
        return self.actor(who).clicks(message, label)

    def writes(self, who: str, step: str = "D1", label: str = "", **fields: Any) -> Reply:
        """Press Write draft in the step's thread, fill the form in, press Next."""
        if step not in self.state.steps:
            self.starts(who, step)
        root = self.last("step", step)
        wanted = (label or "Write").casefold()
        chosen = next(each for each in root.buttons if wanted in each.casefold())
        pressed = self.clicks(who, root, chosen)
        if self.actor(who).person.modal is None:
            return pressed
        known = FIELDS.get(step, {}) if self.draft_is_new(step) else {}
        return self.actor(who).submits(self.entered({**known, **fields}, who))

    def draft_is_new(self, step: str) -> bool:
        draft = self.state.draft_of(step)
        return draft is None or draft.working is None

    def entered(self, fields: Mapping[str, Any], who: str) -> dict[str, Any]:
        """Fields that the form in front of this person has; clock times of fields for times as moments."""
        modal = self.actor(who).person.modal
        assert modal is not None
        there = {block.get("block_id") for block in modal.blocks}
        return {
            name: self.at(value) if isinstance(value, str) and CLOCK.fullmatch(value) else value
            for name, value in fields.items()
            if name in there or name not in UPDATE
        }

    def submits(self, who: str, **fields: Any) -> Reply:
        return self.actor(who).submits(fields)

    def sends(self, who: str, step: str = "D1", label: str = "", **fields: Any) -> Message:
        """Write and submit for approval; the review that this asks for."""
        written = self.writes(who, step, label, **fields)
        assert written.answer.pushed, written.screen
        sent = self.submits(who)
        assert sent.answer.closed, sent.screen
        return self.last("review", step)

    def approves(self, who: str, step: str = "D1") -> Reply:
        return self.clicks(who, self.last("review", step), "Approve")

    def sends_back(self, who: str, reason: str, step: str = "D1", label: str = "Ask for changes") -> Reply:
        self.clicks(who, self.last("review", step), label)
        return self.submits(who, reason=reason)

    def opens_mark(self, who: str, step: str = "D1") -> Reply:
        """Press Mark as published (or played) below the approved texts."""
        message = self.last("publish", step)
        return self.clicks(who, message, next(each for each in message.buttons if each.startswith("Mark as")))

    def marks(self, who: str, step: str = "D1", **fields: Any) -> Reply:
        """On every channel that is left, unless it is said which."""
        self.opens_mark(who, step)
        return self.actor(who).submits(self.entered({"channels": self.unmarked(who), **fields}, who))

    def unmarked(self, who: str) -> list[str]:
        """The channels that the form in front of this person offers."""
        modal = self.actor(who).person.modal
        assert modal is not None
        return modal.options("channels")

    def publishes(self, who: str = "mara", step: str = "D1", label: str = "", **fields: Any) -> None:
        """From the form to the receipt, with the approvals that the step asks for."""
        self.sends(who, step, label, **fields)
        for role in self.draft(step).current.roles:
            self.approves({"sme": "dale", "pio": "pia", "ic": "irene"}[role], step)
        marked = self.marks(who, step)
        assert marked.answer.closed, marked.screen

    def starts(self, who: str, step: str) -> Reply:
        """Choose a step from the card's menu, and put its form away."""
        title = self.state.step(step).title
        reply = self.clicks(who, self.last("card"), f"Start: {title}")
        if (form := self.actor(who).person.opened_by(reply.answer)) is not None:
            form.close()
        return reply

    def closes(self, who: str = "pia", **fields: Any) -> Reply:
        self.types(who, "close")
        return self.submits(who, **fields)


def starts_form(on: Stage, who: str = "mara", place: Conversation | str = "ops-desk") -> Actor:
    """`/ecomms start flood`: the opening form in front of somebody, who means another one than is there."""
    actor = Actor(on, who)
    reply = actor.types("start flood", place)
    if reply.messages and "Open another" in reply.messages[-1].buttons:
        actor.clicks(reply.messages[-1], "Open another")
    assert actor.person.modal is not None, reply.words
    return actor


def filled(name: str = NAME, *, live: bool = False, here: bool = False, **fields: Any) -> dict[str, Any]:
    """The opening form as most tests fill it in."""
    return {
        "name": name,
        "area": "Highway 7 between Agassiz and Hope",
        "severity": "S2",
        "mode": "live" if live else "exercise",
        "conversation": "here" if here else "new",
        **fields,
    }


def opens(
    on: Stage,
    who: str = "mara",
    name: str = NAME,
    *,
    live: bool = False,
    here: bool = False,
    place: Conversation | str = "ops-desk",
    **fields: Any,
) -> Case:
    """Open an incident, from the command to the posted first step."""
    actor = starts_form(on, who, place)
    modal = actor.person.modal
    assert modal is not None
    reply = actor.submits(filled(name, live=live, here=here, **fields))
    if reply.answer.updated:  # there is one already, and this is another
        reply = actor.submits({"another": ["yes"]})
    assert reply.answer.closed, reply.screen
    return Case(on, make_id("i", modal.id), on.now.astimezone(VANCOUVER))


@contextmanager
def lost_ack(on: Stage, kind: str) -> Iterator[None]:
    """The next acknowledgement of this kind is lost: Slack shows its own error, what was done stays done."""
    patience, on.workspace.wire.ack_timeout = on.workspace.wire.ack_timeout, 0.05
    on.workspace.faults.ack_dropped(kind)
    try:
        yield
    finally:
        envelope = on.workspace.envelopes[-1]
        on.workspace.wait_for(lambda: envelope.acked, what="the bot's answer, which is lost")
        on.workspace.wire.ack_timeout = patience
        on.settle()
