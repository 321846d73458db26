"""What people do before a picture is taken: the real bot answers, and the clock is pushed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, TypeVar

from ecomms_bot.practice.training import Training
from ecomms_bot.practice.workspace import Conversation, Message, Modal, Person

T = TypeVar("T")

HOLDING: Mapping[str, Any] = {
    "What happened": "mudslides",
    "Road": "Highway 7",
    "Where": "between Agassiz and Hope",
    "Not known yet": "if anyone is trapped",
    "How we are finding out": "Crews are checking the road now.",
    "Place on road signs": "HWY 7 AT AGASSIZ",
}
WAIT_S = 60.0


class Night:
    """One practice, as far as it got. Everybody acts in the conversation of the last incident."""

    def __init__(self, made: Training) -> None:
        self.made, self.workspace = made, made.workspace
        self.place: Conversation

    def who(self, handle: str) -> Person:
        return self.made.people[handle]

    def wait(self, look: Callable[[], T], what: str) -> T:
        return self.workspace.wait_for(look, WAIT_S, what)

    def on_top(self, handle: str) -> Modal:
        modal = self.wait(lambda: self.who(handle).modal, "a modal")
        assert modal is not None
        return modal

    def open_by(self, command: str, values: Mapping[str, Any]) -> None:
        """Type a command, fill in its form, and go where the incident is."""
        before = {place.id for place in self.workspace.conversations}
        self.who("maya").command("ops-desk", command)
        form = self.on_top("maya")
        form.fill(dict(values))
        done(form)
        self.place = self.wait(
            lambda: [one for one in self.workspace.conversations if one.id not in before], "a conversation"
        )[0]

    def message(self, handle: str, button: str) -> Message:
        """The newest message with this button."""

        def newest() -> list[Message]:
            seen = self.who(handle).all_messages(self.place)
            return [one for one in seen if button in one.buttons][-1:]

        return self.wait(newest, f"the button {button}")[0]

    def press(self, handle: str, button: str) -> Modal | None:
        """In the newest message that has it; the modal that came of it."""
        self.who(handle).click(self.message(handle, button), button)
        return self.who(handle).modal

    def push(self, minutes: int) -> None:
        self.made.mover.push(timedelta(minutes=minutes))
        self.wait(lambda: self.made.mover.target is None, "the clock")

    def next_update(self, minutes: int) -> int:
        """So many minutes from now, in seconds since 1970."""
        return int(self.workspace.now()) + 60 * minutes

    def write_holding(self, promised: int) -> None:
        """Write it, submit it, approve it, and mark it as played. `promised`: minutes from now."""
        self.press("maya", "Write draft")
        form = self.on_top("maya")
        form.fill({**HOLDING, "Next update by": self.next_update(promised)})
        done(form)
        done(self.on_top("maya"))

    def approve(self) -> None:
        self.press("priya", "Approve")

    def mark(self) -> None:
        self.press("maya", "Mark as played")
        form = self.on_top("maya")
        channels = form.labels[0]
        form.fill({channels: form.options(channels)})
        done(form)

    def note_fact(self, about: str, value: str, source: str) -> None:
        """In the form below what came in last."""
        self.press("maya", "Add to the log…")
        form = self.on_top("maya")
        form.fill({"What it is": "A fact"})
        form.fill({"What it is about": about})
        name = next(label for label in form.labels if label.startswith(about))
        form.fill({name: value, "Who says so": source})
        done(form)


def done(form: Modal) -> None:
    answer = form.submit()
    assert answer.ok, f"{form.title}: {answer.error} {answer.errors}"
