"""What happened in a drill, in the order it happened, for someone who was not there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from ecomms_bot.practice.playing import Player, form_says, preview_says, thing_of
from ecomms_bot.practice.script import Scene
from ecomms_bot.practice.stage import LEADERS
from ecomms_bot.practice.workspace import Answer, Conversation, Message, Person

Write = Callable[[str], None]
MARGIN = "         │ "
FRAME = (
    "EXERCISE - this is practice, not the real event",
    "this is practice, nothing here goes to the public - EXERCISE",
)
"""First and last block of every message of an exercise."""
TELLING = 20
"""A shorter line may be said twice without being a repetition."""
RUN = 3
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
    "start-step": "starts a step",
    "click": "presses",
    "say": "says",
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
    _written_day: str = ""
    _latest: dict[tuple[str, str], str] = field(default_factory=dict)
    _printed: set[str] = field(default_factory=set)

    def clock(self) -> str:
        """The weekday and time on the clocks of the drill."""
        return f"{self._now():%a %H:%M}"

    def _now(self) -> datetime:
        zone = self.player.script.moment(self.player.script.starts).tzinfo
        return self.player.stage.now.astimezone(zone)

    def _day(self) -> None:
        """A line of its own for each new day, since a drill can go on for months."""
        day = f"{self._now():%A, %d %B %Y}"
        if day != self._written_day:
            self.write(f"\n──── {day} ────")
            self._written_day = day

    def waited(self) -> None:
        """Whatever came while nobody did anything: reminders and what follows from them."""
        if fresh := self._fresh():
            self._day()
            self.write(f"\n{self.clock()}  The bot, by the clock")
            self._blocks(fresh)

    def scene(self, scene: Scene) -> None:
        """The scene as a line, before it is played."""
        self._day()
        start = f"\n{self.clock()}  "
        if scene.note:
            self.write(f"{start}{scene.note}")
            start = " " * len(f"{self.clock()}  ")
        if scene.does is None:
            return
        member = self.player.script.people[scene.who]
        roles = f" ({', '.join(member.roles)})" if member.roles else ""
        parts = [DONE[scene.does]]
        if scene.does == "command":
            parts = [f"types /ecomms {scene.text}"]
        if scene.does in {"click", "say"}:
            parts = [f"{DONE[scene.does]} “{scene.button or scene.text}”"]
        if scene.does == "start-step":
            parts = [f"starts {self.player.step(scene.step)} from the card"]
        elif scene.step:
            parts.append(f"on {self.player.step(scene.step)}")
        if scene.revision is not None:
            parts.append(f"on the old card of revision {scene.revision}")
        if scene.reason:
            parts[-1] += ","
            parts.append(f"because: {scene.reason}")
        if scene.twice:
            parts.append("(the click arrives twice)")
        self.write(f"{start}{member.name}{roles} {' '.join(parts)}")

    def form(self, scene: Scene, answer: Answer) -> None:
        """What the form in front of the person says, if it was refused there."""
        said = form_says(answer)
        if scene.refused and not said:
            said = preview_says(self.player.stage.people[scene.who], scene.refused)
        for words in said:
            self.write(f"           The form says: {words}")

    def new_messages(self) -> None:
        """Every message since the last look, in the order of posting."""
        self._blocks(self._fresh())

    def _fresh(self) -> list[tuple[str, Message]]:
        found: list[tuple[str, str, Message]] = []
        for reader, place, where in self._places():
            for message in reader.all_messages(place, self._latest.get((reader.id, place), "")):
                self._latest[reader.id, place] = message.ts
                if (place, message.ts) not in self._seen:
                    self._seen.add((place, message.ts))
                    found.append((message.ts, where, message))
        return [(where, message) for _, where, message in sorted(found, key=lambda each: each[0])]

    def _blocks(self, fresh: list[tuple[str, Message]]) -> None:
        for where, message in fresh:
            self.block(self._heading(where, message), message.plain())

    def _places(self) -> list[tuple[Person, str, str]]:
        places = {
            self.player.lobby.id: self.player.lobby,
            self.player.conversation.id: self.player.conversation,
        }
        found = [(self.narrator, each.id, f"#{each.name}") for each in places.values()]
        theirs = [each for each in self.player.stage.workspace.conversations if each.name == LEADERS]
        found += [(self._one_of(each), each.id, f"#{each.name}") for each in theirs]
        for handle, person in self.player.stage.people.items():
            name = self.player.script.people[handle].name
            found += [(person, each, f"only {name} sees") for each in places]
            found.append((person, person.dm.id, f"to {name} alone"))
        return found

    def _one_of(self, place: Conversation) -> Person:
        """Somebody who can read what is said there."""
        return next(each for each in self.player.stage.people.values() if each.id in place.members)

    def _heading(self, where: str, message: Message) -> str:
        if thing_of(message)[0] == "step":
            return f"{where}, a new thread"
        if message.thread_ts is not None and message.thread_ts != message.ts:
            return f"{where}, in the thread of {self._step_of(message) or 'a step'}"
        return where

    def _step_of(self, message: Message) -> str:
        for root in self.narrator.messages(self.player.conversation):
            if root.ts == message.thread_ts:
                return ":".join(thing_of(root)[1])
        return ""

    def block(self, heading: str, text: str) -> None:
        """The message; a passage printed before is only named, an exercise's frame is in the heading."""
        lines = [line for line in text.splitlines() if line not in FRAME]
        framed = "" if len(lines) == len(text.splitlines()) else "EXERCISE, "
        self.write(f"       ┌ {framed}{heading}")
        for passage in _passages(lines, self._printed):
            self.write((MARGIN + passage).rstrip())
        self._printed.update(line for line in lines if len(line) >= TELLING)
        words = [line for line in lines if line.strip()]
        self._printed.update(map(_after, words, words[1:]))


def _passages(lines: list[str], printed: set[str]) -> list[str]:
    """The lines, with each long run of known ones in one line that says so.

    A short line, as on a road sign, is known where it follows the one that it followed before.
    """
    shown: list[str] = []
    run: list[str] = []
    last = ""
    for line in [*lines, None]:
        if line is not None and (
            line in printed or (run and (not line.strip() or _after(last, line) in printed))
        ):
            run.append(line)
            last = line if line.strip() else last
            continue
        known = [each for each in run if each.strip()]
        shown += [f"[… {len(known)} lines of text, word for word as above]"] if len(known) >= RUN else run
        run = []
        shown += [] if line is None else [line]
    return shown


def _after(before: str, line: str) -> str:
    """Two lines of a message in a row, as one entry of what was printed."""
    return f"{before}\n{line}"
