"""What happened in a drill, in the order it happened, for someone who was not there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ecomms_bot.practice.playing import Player, thing_of
from ecomms_bot.practice.script import Scene
from ecomms_bot.practice.workspace import Message, Person

Write = Callable[[str], None]
MARGIN = "         │ "
DONE = {
    "open": "opens the incident",
    "write": "writes",
    "submit": "sends it for approval",
    "approve": "presses Approve",
    "ask-for-changes": "asks for changes",
    "decline": "declines",
    "mark": "marks it as played",
    "no-change": "presses No change and sends it for approval",
    "renew": "presses Renew times and sends it for approval",
    "snooze": "puts the reminder off",
    "start-step": "starts a step from the card",
    "command": "types",
    "close": "closes the incident",
}


@dataclass
class Transcript:
    """Writes scenes and every message that is new since the last look."""

    player: Player
    write: Write
    narrator: Person
    _seen: set[tuple[str, str]] = field(default_factory=set)

    def clock(self) -> str:
        return self.player.stage.now.astimezone(
            self.player.script.moment(self.player.script.starts).tzinfo
        ).strftime("%a %H:%M")

    def scene(self, scene: Scene) -> None:
        """The scene as a line, before it is played."""
        if scene.note:
            self.write(f"\n{self.clock()}  {scene.note}")
        if scene.does is None:
            return
        member = self.player.script.people[scene.who]
        roles = f" ({', '.join(member.roles)})" if member.roles else ""
        parts = [DONE[scene.does]]
        if scene.does == "command":
            parts = [f"types /ecomms {scene.text}"]
        if scene.step and scene.does != "start-step":
            parts.append(f"on {scene.step}")
        if scene.revision is not None:
            parts.append(f"on the old card of revision {scene.revision}")
        if scene.reason:
            parts.append(f"because: {scene.reason}")
        if scene.twice:
            parts.append("(the click arrives twice)")
        self.write(f"\n{self.clock()}  {member.name}{roles} {' '.join(parts)}")

    def answer(self, who: str, text: str) -> None:
        """What one person alone was answered."""
        self._block(f"only {self.player.script.people[who].name} sees", text)

    def new_messages(self) -> None:
        """Every message since the last look, in the order of posting."""
        fresh: list[tuple[str, str, Message]] = []
        for reader, place, where in self._places():
            for message in reader.all_messages(place):
                if (place, message.ts) in self._seen:
                    continue
                self._seen.add((place, message.ts))
                fresh.append((message.ts, where, message))
        for _, where, message in sorted(fresh, key=lambda each: each[0]):
            self._block(self._heading(where, message), message.plain())

    def _places(self) -> list[tuple[Person, str, str]]:
        places = {
            self.player.lobby.id: self.player.lobby,
            self.player.conversation.id: self.player.conversation,
        }
        found = [(self.narrator, each.id, f"#{each.name}") for each in places.values()]
        for handle, person in self.player.stage.people.items():
            name = self.player.script.people[handle].name
            found += [(person, each, f"only {name} sees") for each in places]
            found.append((person, person.dm.id, f"to {name} alone"))
        return found

    def _heading(self, where: str, message: Message) -> str:
        kind, ids = thing_of(message)
        if kind == "step":
            return f"{where}, new thread"
        if message.thread_ts is not None and message.thread_ts != message.ts:
            return f"{where}, in the thread of {self._step_of(message) or 'a step'}"
        del ids
        return where

    def _step_of(self, message: Message) -> str:
        for root in self.narrator.messages(self.player.conversation):
            if root.ts == message.thread_ts:
                return ":".join(thing_of(root)[1])
        return ""

    def _block(self, heading: str, text: str) -> None:
        self.write(f"       ┌ {heading}")
        for line in text.splitlines():
            self.write((MARGIN + line).rstrip())
