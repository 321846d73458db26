"""People who do by seed what people do in an incident, on what they see; told of an error, they try again."""

from __future__ import annotations

import itertools
import random
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ecomms_bot.practice.workspace import (
    Answer,
    Conversation,
    Message,
    Modal,
    NotOnScreen,
    NotSeen,
    Person,
    Workspace,
)
from ecomms_bot.practice.workspace.screen import fields, see
from ecomms_bot.practice.workspace.state import Json
from ecomms_bot.service.clocks import PracticeClock
from tests.chaos.ledger import Act, Ledger, Outcome, note
from tests.scenario.acting import FIELDS, PEOPLE, filled

COMMAND = "/ecomms"
LOBBY = "ops-desk"
TRIES = 3
FORM_S = 3.0
DONE = re.compile(
    r"words are in the log of|Recorded in the log|I will remind you|now: an update every|is asked to run"
)
"""What a command answers that did something."""
KNOWN: Mapping[str, str] = {**FIELDS["D1"], **FIELDS["D3"], **FIELDS["D4"]}


@dataclass(frozen=True)
class Town:
    """Where they act. `most`: so many open incidents; `pace_s`: from one act of a person to the next."""

    workspace: Workspace
    clock: PracticeClock
    ledger: Ledger
    over: threading.Event
    seed: int
    pace_s: float
    most: int


class Human(threading.Thread):
    """One person. Everything they do is by their own chance; what they meet is not."""

    def __init__(self, town: Town, handle: str) -> None:
        super().__init__(name=handle, daemon=True)
        self.workspace, self.clock, self.ledger = town.workspace, town.clock, town.ledger
        self.over, self.pace_s, self.most = town.over, town.pace_s, town.most
        self.handle = handle
        self.person: Person = town.workspace.person(handle)
        self.chance = random.Random(f"{town.seed}/{handle}")  # noqa: S311 - repeatable on purpose
        self.stumbles: list[str] = []

    def run(self) -> None:
        first = "communicator" in PEOPLE[self.handle].roles
        while not self.over.is_set():
            try:
                self.leave()
                act = self.open if first else self.chance.choices(*self.verbs(), k=1)[0]
                first = False
                act()
            except (NotOnScreen, NotSeen):
                pass  # it is not there, or not any more: they do something else
            except Exception as error:  # noqa: BLE001 - told at the end: the driver is wrong, or the workspace
                self.stumbles.append(f"{self.handle}: {type(error).__name__}: {error}")
            self.over.wait(self.chance.uniform(0.3, 1.7) * self.pace_s)
        self.leave()

    def verbs(self) -> tuple[list[Callable[[], None]], list[int]]:
        writes = {self.write: 6, self.update: 4, self.mark: 9, self.fact: 2, self.correct: 2, self.open: 2}
        leads = {self.approve: 9, self.send_back: 1, self.severity: 1, self.close: 1}
        both = {self.note: 2, self.remind: 2, self.hand_over: 1, self.accept: 3}
        chosen = both | (writes if "communicator" in PEOPLE[self.handle].roles else leads)
        return list(chosen), list(chosen.values())

    # --- what they do

    def open(self) -> None:
        if len(self.incidents()) >= self.most:
            return
        act = self.begin("open")
        typed = self.send(act, lambda: self.person.command(LOBBY, COMMAND, "start flood"))
        modal = self.form(typed)
        if modal is None:
            asked = self.seen(LOBBY, "Open another", personal=True)
            modal = self.form(self.send(act, lambda: self.click(asked, "Open another")))
        if modal is None:
            return
        live = self.chance.random() < 0.5
        modal.fill(filled(f"Slide {act.mark}", live=live))
        answer = self.submit(act, modal)
        if answer.updated and modal.open and "another" in str(modal.blocks):
            modal.fill({"another": ["yes"]})
            self.submit(act, modal)

    def write(self) -> None:
        place = self.place()
        root = self.thing(place, "step", "Write")
        act = self.begin("write", place, key_of(root))
        label = next(each for each in root.buttons if "Write" in each)
        self.text(act, self.send(act, lambda: self.click(root, label)))

    def update(self) -> None:
        place = self.place()
        act = self.begin("update", place)
        self.text(act, self.send(act, lambda: self.person.command(place, COMMAND, "update")))

    def correct(self) -> None:
        place = self.place()
        receipt = self.thing(place, "receipt", "Correct…")
        act = self.begin("correct", place, key_of(receipt))
        self.text(act, self.send(act, lambda: self.click(receipt, "Correct…")))

    def text(self, act: Act, answer: Answer) -> None:
        """Fill the form in, look at the preview, send it for approval."""
        modal = self.form(answer)
        if modal is None:
            return
        self.fill(modal, act.mark)
        if not self.submit(act, modal).pushed:
            return
        if self.chance.random() < 0.1:
            return  # swiped away
        preview = self.person.modal
        if preview is not None and preview.submit_text:
            self.submit(act, preview)

    def approve(self) -> None:
        place = self.place()
        review = self.thing(place, "review", "Approve")
        act = self.begin("approve", place, key_of(review))
        self.send(act, lambda: self.click(review, "Approve"))

    def send_back(self) -> None:
        place = self.place()
        review = self.thing(place, "review", "Ask for changes")
        label = self.chance.choice(("Ask for changes", "Ask for changes", "Decline"))
        act = self.begin(label, place, key_of(review))
        modal = self.form(self.send(act, lambda: self.click(review, label)))
        if modal is not None:
            modal.fill({"reason": f"Say it again, {act.mark}."})
            self.submit(act, modal)

    def mark(self) -> None:
        place = self.place()
        message = self.thing(place, "publish", "Mark as")
        act = self.begin("mark", place, key_of(message))
        label = next(each for each in message.buttons if each.startswith("Mark as"))
        modal = self.form(self.send(act, lambda: self.click(message, label)))
        if modal is not None:
            modal.fill({"channels": modal.options("channels")})
            self.submit(act, modal)

    def note(self) -> None:
        self.types("note", "note The river stands higher, {mark}.")

    def fact(self) -> None:
        who = self.chance.choice(("Operations", "The police"))
        self.types("fact", f"facts road Highway 7 {{mark}}, {who}")

    def remind(self) -> None:
        minutes = self.chance.choice((5, 15, 30, 45))
        self.types("remind", f"remind in {minutes} min Call the mayor, {{mark}}")

    def severity(self) -> None:
        self.types("severity", f"severity {self.chance.choice(('S1', 'S2', 'S3'))} It changed, {{mark}}")

    def hand_over(self) -> None:
        other = self.chance.choice([each for each in ("pia", "irene", "mara") if each != self.handle])
        self.types("hand over", f"handover @{other} Good night, {{mark}}")

    def accept(self) -> None:
        dm = self.person.dm
        offer = self.thing(dm, "handover", "Accept", dm=True)
        act = self.begin("accept", dm, key_of(offer))
        self.send(act, lambda: self.click(offer, "Accept"))

    def close(self) -> None:
        if len(self.incidents()) < self.most - 1:
            return
        place = self.place()
        act = self.begin("close", place)
        modal = self.form(self.send(act, lambda: self.person.command(place, COMMAND, "close")))
        if modal is not None:
            self.fill(modal, act.mark)
            self.submit(act, modal)

    def types(self, what: str, words: str) -> None:
        place = self.place()
        act = self.begin(what, place)
        self.send(act, lambda: self.person.command(place, COMMAND, words.format(mark=act.mark)))

    # --- how they do it

    def begin(self, what: str, place: Conversation | None = None, about: str = "") -> Act:
        return self.ledger.begin(self.handle, self.person.id, what, place.id if place else "", about)

    def send(self, act: Act, deliver: Callable[[], Answer]) -> Answer:
        """Do it; when Slack itself says that it went wrong, once more."""
        for attempt in itertools.count(1):
            began = time.monotonic()
            answer = deliver()
            outcome, words = meaning(answer)
            note(act, began, answer, outcome, words)
            if outcome != "unanswered" or attempt == TRIES or self.over.wait(self.chance.uniform(0.5, 2)):
                return answer
        raise AssertionError

    def submit(self, act: Act, modal: Modal) -> Answer:
        """The form stays with what was typed; whoever reads that it was not kept presses the button again."""
        for attempt in itertools.count(1):
            answer = self.send(act, modal.submit)
            said = " ".join([*answer.errors.values(), modal.plain() if answer.updated else ""])
            again = "still here" in said or "try again" in said.lower()
            if not again or attempt == TRIES or self.over.wait(self.chance.uniform(0.5, 2)):
                return answer
        raise AssertionError

    def click(self, message: Message, label: str) -> Answer:
        return self.person.click(self.person.latest(message) if not message.ephemeral else message, label)

    def form(self, answer: Answer) -> Modal | None:
        """What their click or command opened, if it did."""
        if not answer.ok:
            return None
        try:
            found: Modal = self.person.wait_for(
                lambda: self.person.opened_by(answer), FORM_S if answer.text is None else 0.1
            )
        except NotSeen:
            return None
        return found

    def fill(self, modal: Modal, mark: str) -> None:
        """What is known, a new promise, and something for each field that must not be empty."""
        now = self.clock.now()
        values: dict[str, Any] = {}
        for block, element in list(fields(modal.blocks)):
            name, action = block["block_id"], element["action_id"]
            entered = modal.view.entered.get((name, action)) or {}
            empty = not any(value for key, value in entered.items() if key != "type")
            if name == "next_update_at":
                values[name] = now + timedelta(minutes=self.chance.choice((22, 26, 35)))
            elif name == "as_of":
                values[name] = now - timedelta(minutes=1)
            elif name in ("area_description", "news", "note", "reason"):
                values[name] = f"near Hope, {mark}"
            elif empty and name in KNOWN:
                values[name] = KNOWN[name]
            elif empty and not block.get("optional"):
                values[name] = something(element, mark, now)
        modal.fill({name: value for name, value in values.items() if value is not None})

    def leave(self) -> None:
        while (modal := self.person.modal) is not None:
            modal.close()

    # --- what they see

    def conversations(self) -> list[Conversation]:
        bot = self.workspace.bot.id
        with self.workspace.lock:
            return [
                each
                for each in self.workspace.channels.values()
                if each.kind == "channel" and each.creator == bot
            ]

    def incidents(self) -> list[Conversation]:
        """Those that nobody closed, as far as one can see."""
        with self.workspace.lock:
            return [
                place
                for place in self.conversations()
                if not any(_key(each.metadata).endswith("/post/closing") for each in place.messages)
            ]

    def place(self) -> Conversation:
        """An incident that they look at now."""
        found = self.incidents()
        if not found:
            raise NotOnScreen("There is no incident.")
        return self.chance.choice(found)

    def thing(self, place: Conversation, kind: str, button: str, *, dm: bool = False) -> Message:
        """One of the newest messages of a kind that has this button."""
        found = list(self.things(place, f"/{'dm' if dm else 'post'}/{kind}:", button))
        if not found:
            raise NotOnScreen(f"There is no {kind} here with {button}.")
        return self.chance.choice(found[:3])

    def things(self, place: Conversation, part: str, button: str) -> Iterator[Message]:
        with self.workspace.lock:
            for stored in reversed(place.messages):
                if part in _key(stored.metadata) and f"{button}" in str(stored.blocks):
                    yield see(self.person, place, stored)

    def seen(self, place: str, button: str, *, personal: bool) -> Message:
        with self.workspace.lock:
            conversation = self.workspace.conversation(place)
            for stored in reversed(conversation.messages):
                if stored.ephemeral_to == (self.person.id if personal else None) and button in str(
                    stored.blocks
                ):
                    return see(self.person, conversation, stored)
        raise NotOnScreen(f"Nobody offers {button}.")


def meaning(answer: Answer) -> tuple[Outcome, str]:
    """What a person takes from it."""
    words = " ".join([answer.error or "", *answer.errors.values(), answer.text or ""]).strip()
    if answer.error is not None and not answer.ok:
        return "unanswered", words
    if answer.pushed:
        return "next", words
    if answer.closed and not answer.updated:
        return "done", words
    if answer.updated or answer.errors or (answer.text and not DONE.search(answer.text)):
        return "told", words or "(in the form)"
    return ("done" if answer.text else "acked"), words


def something(element: Json, mark: str, now: Any) -> Any:
    match element["type"]:
        case "plain_text_input":
            return f"As said {mark}"
        case "static_select" | "radio_buttons":
            return element["options"][0]["value"] if element.get("options") else None
        case "checkboxes" | "multi_static_select":
            return [element["options"][0]["value"]]
        case "datetimepicker":
            return now + timedelta(minutes=30)
        case _:
            return None


def key_of(message: Message) -> str:
    return _key(message.metadata)


def _key(metadata: Mapping[str, Any] | None) -> str:
    return str(((metadata or {}).get("event_payload") or {}).get("key", ""))
