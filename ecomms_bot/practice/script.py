"""A drill's script: who is there, and who does what at which minute. YAML, checked before it is played."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from ecomms_bot.errors import EcommsError
from ecomms_bot.playbook import drills, shape
from ecomms_bot.playbook.drill_files import drill_files
from ecomms_bot.playbook.drills import Head, TakePart
from ecomms_bot.playbook.library import shipped_folder
from ecomms_bot.playbook.mistakes import Mistake
from ecomms_bot.playbook.source import Source, finding, read_source, read_yaml

Action = Literal[
    "open",
    "write",
    "submit",
    "approve",
    "ask-for-changes",
    "decline",
    "mark",
    "no-change",
    "renew",
    "snooze",
    "start-step",
    "click",
    "say",
    "command",
    "close",
]
ROLES = ("communicator", "sme", "pio", "ic", "exec", "observer", "records")
LEADS = ("sme", "pio", "ic", "exec")
OFFICE = ("organisation", "info_url")
NEEDS: Mapping[Action, str] = {
    "write": "step",
    "approve": "step",
    "ask-for-changes": "step reason",
    "decline": "step reason",
    "mark": "step",
    "renew": "step",
    "start-step": "step",
    "click": "button",
    "say": "text",
    "command": "text",
}
"""What an action cannot be played without."""
_CLOCK = re.compile(r"(?P<date>\d{4}-\d{2}-\d{2} )?(?P<time>[0-2]\d:[0-5]\d)")

Path_ = tuple[str | int, ...]


class BadScript(EcommsError):
    """The drill's script cannot be played; nothing was started."""


def _moment(text: str) -> str:
    found = _CLOCK.fullmatch(text)
    if found is None or not found["date"] or _read(found["date"], found["time"]) is None:
        msg = 'this must be a date and a time in quotes, such as "2021-11-14 20:05"'
        raise ValueError(msg)
    return text


def _read(date: str, time: str) -> datetime | None:
    try:
        return datetime.fromisoformat(f"{date.strip()}T{time}")
    except ValueError:
        return None


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        msg = "this must be a time zone, such as America/Vancouver"
        raise ValueError(msg) from None
    return name


def _role(name: str) -> str:
    if name not in ROLES:
        msg = f"this must be one of {', '.join(ROLES)}"
        raise ValueError(msg)
    return name


def _deputy(name: str) -> str:
    if name not in LEADS:
        msg = f"who approves may have deputies; this must be one of {', '.join(LEADS)}"
        raise ValueError(msg)
    return name


Moment = Annotated[str, AfterValidator(_moment)]
Zone = Annotated[str, AfterValidator(_zone)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Member(_Part):
    """A person of the drill. `roles` as in ecomms.yaml; `zone` is what their own clock shows.

    `deputy_for`: roles that they stand in for, as under `deputies` there.
    """

    name: str
    roles: tuple[Annotated[str, AfterValidator(_role)], ...] = ()
    deputy_for: tuple[Annotated[str, AfterValidator(_deputy)], ...] = ()
    zone: Zone | None = None


class Scene(_Part):
    """What happens at one minute: in the world (`note`), or someone doing something with the bot.

    `saying`: words of the message that is meant, where a newer one offers the same button. `refused`: words
    that the bot must answer with, since it is to say no. `twice`: the click arrives again.
    """

    at: Moment
    note: str = ""
    who: str = ""
    does: Action | None = None
    step: str = ""
    kind: str = ""
    button: str = ""
    saying: str = ""
    revision: int | None = None
    reason: str = ""
    text: str = ""
    fields: Mapping[str, Any] = Field(default_factory=dict, alias="with")
    refused: str = ""
    twice: bool = False


class Script(Head):
    """A drill that plays by itself. Times are on the clocks of `zone`, in order.

    `take_part` is what its file says for people who take part; it is not played here.
    """

    take_part: TakePart | None = None
    zone: Zone
    starts: Moment
    office: Mapping[str, str] = Field(default_factory=dict)
    people: Mapping[str, Member]
    scenes: tuple[Scene, ...]

    @property
    def deputies(self) -> Mapping[str, tuple[str, ...]]:
        """Role → who stands in for its members, by their short names."""
        found = {
            role: tuple(who for who, each in self.people.items() if role in each.deputy_for) for role in LEADS
        }
        return {role: who for role, who in found.items() if who}

    @property
    def leaders(self) -> tuple[str, ...]:
        """Who reads what the bot posts to leaders, by their short names: the executives."""
        return tuple(who for who, each in self.people.items() if "exec" in each.roles)

    def moment(self, clock: str, day: datetime | None = None) -> datetime:
        """`2021-11-14 20:05`, or `20:05` on the same date as `day`, as an aware time of the drill's zone."""
        found = _CLOCK.fullmatch(clock)
        if found is None:
            raise BadScript(f"“{clock}” is not a time like 20:05 or 2021-11-14 20:05.")
        moment = _read(found["date"] or f"{day:%Y-%m-%d}", found["time"])
        if moment is None:
            raise BadScript(f"There is no such time as {clock}.")
        return moment.replace(tzinfo=ZoneInfo(self.zone))

    def is_time(self, value: Any) -> bool:
        return isinstance(value, str) and _CLOCK.fullmatch(value) is not None

    def can_be(self, clock: str) -> bool:
        """Whether a text like a time is one: 29:00 is not."""
        found = _CLOCK.fullmatch(clock)
        return found is not None and _read(found["date"] or "2000-01-01", found["time"]) is not None


WORDS = {**drills.WORDS, "a person": tuple(Member.model_fields), "a scene": (*Scene.model_fields, "with")}
"""What each part of a script may say, as `shape` calls the parts."""


def find_script(name: str) -> Path:
    """The file of this name, or the drill of this name that comes with the bot. Raises BadScript."""
    shipped = {path.stem: path for path in recorded(shipped_folder())}
    path = shipped.get(name, Path(name))
    if not path.is_file():
        raise BadScript(
            f"There is no drill {name}. Name a file, or one of those that come with the bot: "
            f"{', '.join(shipped)}."
        )
    return path


def recorded(folder: Path) -> list[Path]:
    """The drills of a folder of playbooks that can be played without people."""
    return [path for path in drill_files(folder) if "scenes" in read_source(path).raw]


def load_script(path: Path) -> Script:
    """Read a script. Raises BadScript, or PlaybookError where it is no YAML, with file, line and column."""
    if not path.is_file():
        raise BadScript(f"There is no drill {path}.")
    source = read_yaml(path)
    if "scenes" not in source.raw and "take_part" in source.raw:
        raise BadScript(f"{path} is for people: it has no scenes to play. Start it with /ecomms drill.")
    found = tuple(mistakes_in(source))
    if not found:
        return Script.model_validate(source.raw)
    raise BadScript("\n".join([*(str(finding(path, source, each)) for each in found), "Nothing was played."]))


def mistakes_in(source: Source) -> Iterator[Mistake]:
    """All that is wrong with a script, in words that its author understands."""
    try:
        script = Script.model_validate(source.raw)
    except ValidationError as error:
        for each in shape.from_pydantic(error, WORDS):
            yield Mistake(each.path, each.message.removeprefix("value error, "))
    else:
        for at, words in _senseless(script):
            yield Mistake(at, words)


def mistakes_in_scenes(source: Source) -> Iterator[Mistake]:
    """What is wrong with the part of a drill that plays by itself, where it has one."""
    if "scenes" in source.raw:
        yield from (each for each in mistakes_in(source) if each.path and each.path[0] in drills.RECORDED)


def _senseless(script: Script) -> Iterator[tuple[Path_, str]]:
    """What is well formed and still cannot be played, each with its place."""
    for name in script.office:
        if name not in OFFICE:
            yield ("office", name), f"this must be one of {', '.join(OFFICE)}"
    before = script.starts
    for number, scene in enumerate(script.scenes):
        here: Path_ = ("scenes", number)
        if scene.at < before:
            yield (*here, "at"), f"this is before {before}, which stands above it"
        before = max(before, scene.at)
        if scene.who and scene.who not in script.people:
            yield (*here, "who"), f"there is nobody called {scene.who} under people"
        yield from _lacking(scene, here)
        for name, value in scene.fields.items():
            if script.is_time(value) and not script.can_be(value):
                yield (*here, "with", name), "there is no such time"


def _lacking(scene: Scene, here: Path_) -> Iterator[tuple[Path_, str]]:
    if scene.does is None:
        if not scene.note:
            yield here, "a scene needs a note, or somebody who does something"
        return
    if not scene.who:
        yield here, f"who is missing: say who does “{scene.does}”"
    for name in NEEDS.get(scene.does, "").split():
        if not getattr(scene, name):
            yield here, f"{name} is missing: “{scene.does}” cannot be played without it"
