"""The sample incident and what was drawn of it: one of every message, form and Home. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from ecomms_bot.incident import things
from ecomms_bot.incident.entry import IncidentRow
from ecomms_bot.incident.state import Incident, Revision
from ecomms_bot.slack import cards, forms
from ecomms_bot.slack.cards.home import Desktop, home
from ecomms_bot.slack.message import Message
from ecomms_bot.slack.sample_book import RAW, SHA256
from ecomms_bot.slack.sample_duty import OFF, WITH_OFF
from ecomms_bot.slack.sample_life import COMMUNICATOR, ROSTER, ZONE, SampleLife

EVERYBODY = tuple(dict.fromkeys(each for role in ROSTER.members.values() for each in role))
WORKSPACE = "https://example.slack.com/"
OFFICE: Mapping[str, str] = {"issuing_source": "Example City", "info_url": "https://www.example.org"}
WORDS = "Are the shelters open? People ask at the north end of the bridge, and nobody there knows."
WHY = "Which side of Hope?"
URL = "https://hooks.slack.com/commands/T0/1/sample"


@dataclass(frozen=True, slots=True)
class Sample:
    """`kind` is a kind of thing, the name of a form, "answer …", "home"; `name` says also in which state."""

    kind: str
    name: str
    content: Message | forms.View

    @property
    def messages(self) -> tuple[Message, ...]:
        """The message with those that go before it; () for a form."""
        if isinstance(self.content, Message):
            return (*self.content.replies, self.content)
        return ()

    @property
    def view(self) -> forms.View | None:
        return None if isinstance(self.content, Message) else self.content

    def as_json(self, person: str) -> str:
        """As it is sent: the view, or the message (of several the last); `person` stands for everybody."""
        view = self.view
        message = self.messages[-1] if view is None else None
        sent = view if message is None else {"text": message.text, "blocks": message.blocks}
        text = json.dumps(sent, ensure_ascii=False)
        for one in EVERYBODY:
            text = text.replace(f'"{one}"', json.dumps(person))
        return text


class Evening:
    """The sample incident, and what was drawn of it so far."""

    def __init__(self, *, exercise: bool) -> None:
        self.life = SampleLife(RAW, SHA256, exercise=exercise)
        self.kept: list[Sample] = []

    @property
    def state(self) -> Incident:
        return self.life.state

    def keep(self, kind: str, content: Message | forms.View, state: str = "") -> None:
        self.kept.append(Sample(kind, f"{kind}, {state}" if state else kind, content))

    def show(self, thing: str, state: str = "", *, dm: bool = False) -> None:
        """A thing as it looks now."""
        how: dict[str, str] = {"kind": "dm", "user": COMMUNICATOR} if dm else {}
        self.keep(things.split(thing)[0], cards.render(thing, self.life.view, **how), state)

    def form(self, view: forms.View, state: str = "") -> None:
        self.keep(view["callback_id"], view, state)

    def answer(self, name: str, message: Message) -> None:
        self.keep(f"answer {name}", message)

    def home(self, user: str, whose: str, *, open_: bool = True) -> None:
        views = [self.life.view] if open_ else []
        now, me = self.life.now, ROSTER.person(user)
        desktop = Desktop(me, views, len(views), now, ZONE, WORKSPACE, WITH_OFF, OFF)
        self.keep("home", home(desktop), whose)

    def reminded_of(self, subject: str, late_minutes: float = 0) -> str:
        """The name of the next reminder of this subject, said when it is due, or so much later."""
        while not (thing := self.life.fire_next(late_minutes)).startswith(f"reminder:{subject}/"):
            pass
        return thing

    def revision(self, step: str) -> Revision:
        return self.life.draft(step).current

    def row(self) -> IncidentRow:
        """As lists of incidents have it."""
        state = self.state
        return IncidentRow(
            id=state.id,
            name=state.name,
            hazard=state.book.hazard,
            exercise=state.exercise,
            severity=state.severity,
            phase=state.phase,
            conversation=state.conversation,
            opener=state.opener,
            holder=state.holder,
            opened_at=state.opened_at or self.life.now,
            closed_at=None,
            promised_at=next((each.due.utc for each in state.live_promises), None),
            seq=state.seq,
        )
