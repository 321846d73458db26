"""The people of a script at their keyboards: each action as a person does it, on what the bot shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ecomms_bot.errors import EcommsError
from ecomms_bot.practice.script import Scene, Script
from ecomms_bot.practice.stage import COMMAND, Stage
from ecomms_bot.practice.workspace import Answer, Conversation, Message, NotSeen, Person
from ecomms_bot.practice.workspace.state import StoredMessage

REPLY_S = 5.0
"""True time within which a personal answer must be there; it travels apart from the acknowledgement."""


class DrillFailed(EcommsError):
    """The bot did not do what the script expects."""


@dataclass
class Player:
    """Plays scenes. `lobby` is where people are before the incident has a conversation."""

    stage: Stage
    script: Script
    lobby: Conversation
    reviews: dict[tuple[str, int], Message] = field(default_factory=dict)
    _looked: dict[str, str] = field(default_factory=dict)

    def play(self, scene: Scene) -> Answer:
        """Do it, and check that the bot agreed, or refused in the words that the script expects.

        Returns what the person got back. Raises DrillFailed.
        """
        person = self.stage.people[scene.who]
        seen = {message.ts for message in self.personal(person)}
        answer = ACTIONS[scene.does or "command"](self, person, scene)
        if scene.twice and answer.envelope is not None:
            again = self.stage.workspace.resend(answer.envelope)
            if not again.ok:
                raise DrillFailed(f"{scene.at} {scene.who}: the second click was not answered: {again.error}")
        if scene.refused:
            self._expect_refusal(person, scene, answer, seen)
        elif not answer.ok or answer.errors:
            said = answer.error or "; ".join(form_says(answer))
            if answer.refusal is not None:
                said = f"{said} ({answer.refusal})"
            raise DrillFailed(f"{scene.at} {scene.who} could not {scene.does}: {said}")
        self.stage.settle()
        self._remember_reviews(person)
        return answer

    def step(self, name: str) -> str:
        """`D4 · Scheduled update`; the name alone where the incident has no such step."""
        records = self.stage.bot.records
        row = records.in_conversation(self.conversation.id)
        try:
            return f"{name} · {records.state(row.id).step(name).title}" if row else name
        except KeyError:
            return name

    @property
    def conversation(self) -> Conversation:
        """The incident's own, once there is one."""
        made = [
            each for each in self.stage.workspace.conversations if each.creator == self.stage.workspace.bot.id
        ]
        channels = [each for each in made if each.kind == "channel"]
        return channels[-1] if channels else self.lobby

    def personal(self, person: Person) -> list[Message]:
        """What only this person sees, wherever they are."""
        places = {place.id: place for place in (self.lobby, self.conversation)}
        mine = [
            person.all_messages(place, only=lambda one: bool(one.ephemeral_to)) for place in places.values()
        ]
        return [message for of_place in mine for message in of_place]

    def _expect_refusal(self, person: Person, scene: Scene, answer: Answer, seen: set[str]) -> None:
        """In the answer, beside a field, in a message to this person alone, or in the form before them."""

        def said() -> str:
            fresh = [message.plain() for message in self.personal(person) if message.ts not in seen]
            form = [person.modal.plain()] if person.modal is not None else []
            return "\n".join([answer.text or "", *form_says(answer), *fresh, *form])

        try:
            self.stage.workspace.wait_for(lambda: scene.refused in said(), timeout=REPLY_S)
        except NotSeen:
            raise DrillFailed(
                f"{scene.at} {scene.who}: expected a refusal with “{scene.refused}”, read “{said().strip()}”"
            ) from None

    def _remember_reviews(self, person: Person) -> None:
        """Keep each review as it was first seen: what a person who did not look again still has on screen."""
        place = self.conversation
        for message in person.all_messages(place, self._looked.get(place.id, "")):
            self._looked[place.id] = message.ts
            kind, ids = thing_of(message)
            if kind == "review":
                self.reviews.setdefault((ids[0], int(ids[1])), message)

    def thread(self, person: Person, step: str) -> list[Message]:
        """The thread of a step, its root first."""
        for message in person.messages(self.conversation):
            if thing_of(message) == ("step", [step]):
                return person.messages(self.conversation, thread=message)
        raise DrillFailed(f"There is no thread for the step {step} yet.")

    def last(self, person: Person, step: str, kind: str) -> Message:
        """The last message of a kind in the thread of a step."""
        found = [message for message in self.thread(person, step) if thing_of(message)[0] == kind]
        if not found:
            raise DrillFailed(f"The thread of {step} has no {kind} yet.")
        return found[-1]

    def with_button(self, person: Person, label: str, step: str = "", saying: str = "") -> Message:
        """The newest message with these words that offers this button or choice.

        In the thread of the step, if one is named; otherwise in the incident, in direct messages or among
        what only this person sees.
        """
        if step:
            every = self.thread(person, step)
        else:
            every = [*person.all_messages(self.conversation), *person.dms(), *self.personal(person)]
        found = [message for message in every if label in message.choices and saying in message.plain()]
        if not found:
            where = f" in the thread of {step}" if step else ""
            where += f", in a message that says “{saying}”" if saying else ""
            raise DrillFailed(f"Nothing offers {label} to {person.user.handle}{where}.")
        return max(found, key=lambda message: message.ts)

    def entered(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Times of the script as moments; everything else as it stands."""
        now = self.stage.now.astimezone()
        today = now.astimezone(self.script.moment(self.script.starts).tzinfo)
        return {
            name: self.script.moment(value, today) if self.script.is_time(value) else value
            for name, value in values.items()
        }


def form_says(answer: Answer) -> list[str]:
    """What stands in a form beside its fields, each with the field's label."""
    return [f"{label}: {words}" for label, words in answer.errors.items()]


def preview_says(person: Person, words: str) -> list[str]:
    """The lines of the form before this person in which these words stand."""
    lines = person.modal.plain().splitlines() if person.modal is not None else []
    return [line.strip() for line in lines if words in line]


def thing_of(message: Message | StoredMessage) -> tuple[str, list[str]]:
    """What the bot shows in this message: the kind and ids that its metadata names."""
    payload = (message.metadata or {}).get("event_payload", {})
    thing = str(payload.get("key", "")).rpartition("/post/")[2].partition("@")[0]  # @1: posted again
    kind, *ids = thing.split(":")
    return kind, ids


def _require_modal(person: Person, answer: Answer) -> None:
    """A form must be in front of the person now."""
    if person.modal is None:
        raise DrillFailed(
            f"No form opened for {person.user.handle}: {answer.error or answer.text or 'no answer'}"
        )


def _open(player: Player, person: Person, scene: Scene) -> Answer:
    typed = person.command(player.conversation, COMMAND, f"start {scene.text}".strip())
    _require_modal(person, typed)
    fields = {"conversation": "new", "mode": "exercise", **scene.fields}
    person.fill(player.entered(fields))
    return person.submit()


def _write(player: Player, person: Person, scene: Scene) -> Answer:
    """Press Write on the step (or its button for another kind of text), fill in, press Next."""
    root = player.thread(person, scene.step)[0]
    label = scene.kind or next(label for label in root.buttons if label.startswith("Write"))
    pressed = person.click(root, label)
    _require_modal(person, pressed)
    person.fill(player.entered(scene.fields))
    return person.submit()


def _submit(player: Player, person: Person, scene: Scene) -> Answer:
    del player, scene
    return person.submit()


def _review(player: Player, person: Person, scene: Scene, label: str) -> Answer:
    message = player.last(person, scene.step, "review")
    if scene.revision is not None:
        draft = thing_of(message)[1][0]
        message = player.reviews[draft, scene.revision]
    return person.click(message, label)


def _approve(player: Player, person: Person, scene: Scene) -> Answer:
    return _review(player, person, scene, "Approve")


def _ask_for_changes(player: Player, person: Person, scene: Scene) -> Answer:
    return _with_reason(player, person, scene, "Ask for changes")


def _decline(player: Player, person: Person, scene: Scene) -> Answer:
    return _with_reason(player, person, scene, "Decline")


def _with_reason(player: Player, person: Person, scene: Scene, label: str) -> Answer:
    pressed = _review(player, person, scene, label)
    _require_modal(person, pressed)
    person.fill({"reason": scene.reason})
    return person.submit()


def _mark(player: Player, person: Person, scene: Scene) -> Answer:
    message = player.last(person, scene.step, "publish")
    label = next(label for label in message.buttons if label.startswith("Mark as"))
    pressed = person.click(message, label)
    _require_modal(person, pressed)
    left = person.modal.options("channels") if person.modal is not None else []
    person.fill(player.entered({"channels": left, **scene.fields}))
    return person.submit()


def _no_change(player: Player, person: Person, scene: Scene) -> Answer:
    del scene
    pressed = person.click(player.with_button(person, "No change"), "No change")
    _require_modal(person, pressed)
    return person.submit()


def _renew(player: Player, person: Person, scene: Scene) -> Answer:
    message = player.last(person, scene.step, "publish")
    pressed = person.click(message, "Renew times")
    _require_modal(person, pressed)
    return person.submit()


def _snooze(player: Player, person: Person, scene: Scene) -> Answer:
    label = f"Snooze {scene.text or '5'} min"
    return person.click(player.with_button(person, label), label)


def _start_step(player: Player, person: Person, scene: Scene) -> Answer:
    """Choose the step from the card's menu."""
    card = next(each for each in person.messages(player.conversation) if thing_of(each)[0] == "card")
    wanted = f"|step|{scene.step}"
    values = [
        option["value"]
        for block in card.blocks
        for element in [*block.get("elements", []), block.get("accessory") or {}]
        for option in element.get("options", [])
        if option["value"].endswith(wanted)
    ]
    if not values:
        raise DrillFailed(f"The card does not offer to start the step {scene.step}.")
    return person.click(card, values[0])


def _click(player: Player, person: Person, scene: Scene) -> Answer:
    """Press any button, or choose from a menu; a form that opens is filled in and sent."""
    pressed = person.click(player.with_button(person, scene.button, scene.step, scene.saying), scene.button)
    if person.opened_by(pressed) is None:
        return pressed
    person.fill(player.entered(scene.fields))
    return person.submit()


def _say(player: Player, person: Person, scene: Scene) -> Answer:
    """In the thread of a step, or in the incident's conversation."""
    thread = player.thread(person, scene.step)[0] if scene.step else None
    person.say(player.conversation, scene.text, thread)
    player.stage.heard()
    return Answer(ok=True, sent=False)


def _command(player: Player, person: Person, scene: Scene) -> Answer:
    return person.command(player.conversation, COMMAND, scene.text)


def _close(player: Player, person: Person, scene: Scene) -> Answer:
    typed = person.command(player.conversation, COMMAND, "close")
    _require_modal(person, typed)
    person.fill(player.entered(scene.fields))
    answer = person.submit()
    if answer.errors and scene.refused:
        person.close_modal()
    return answer


ACTIONS: Mapping[str, Callable[[Player, Person, Scene], Answer]] = {
    "open": _open,
    "write": _write,
    "submit": _submit,
    "approve": _approve,
    "ask-for-changes": _ask_for_changes,
    "decline": _decline,
    "mark": _mark,
    "no-change": _no_change,
    "renew": _renew,
    "snooze": _snooze,
    "start-step": _start_step,
    "click": _click,
    "say": _say,
    "command": _command,
    "close": _close,
}
