"""A drill's script: who is there, and who does what at which minute. YAML, checked before it is played."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ecomms_bot.errors import EcommsError
from ecomms_bot.playbook.library import read_yaml

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
    "command",
    "close",
]
Moment = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}$")]
_CLOCK = re.compile(r"(?P<date>\d{4}-\d{2}-\d{2} )?(?P<time>[0-2]\d:[0-5]\d)")


class BadScript(EcommsError):
    """The drill's script cannot be played; nothing was started."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Member(_Part):
    """A person of the drill. `roles` as in ecomms.yaml; `zone` is what their own clock shows."""

    name: str
    roles: tuple[str, ...] = ()
    zone: str | None = None


class Scene(_Part):
    """What happens at one minute: in the world (`note`), or someone doing something with the bot.

    `refused`: words that the bot must answer with, since it is to say no. `twice`: the click arrives again.
    """

    at: Moment
    note: str = ""
    who: str = ""
    does: Action | None = None
    step: str = ""
    kind: str = ""
    revision: int | None = None
    reason: str = ""
    text: str = ""
    fields: Mapping[str, Any] = Field(default_factory=dict, alias="with")
    refused: str = ""
    twice: bool = False

    @model_validator(mode="after")
    def _whole(self) -> Scene:
        if not self.note and self.does is None:
            msg = "a scene needs a note, or someone who does something"
            raise ValueError(msg)
        if self.does is not None and not self.who:
            msg = f"say who does “{self.does}”"
            raise ValueError(msg)
        return self


class Script(_Part):
    """A whole drill. Times are on the clocks of `zone`, in order."""

    schema_version: Literal[1]
    id: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,60}$")]
    title: str
    about: str = ""
    sources: tuple[str, ...] = ()
    zone: str
    starts: Moment
    office: Mapping[str, str] = Field(default_factory=dict)
    people: Mapping[str, Member]
    scenes: tuple[Scene, ...]

    @model_validator(mode="after")
    def _in_order(self) -> Script:
        before = self.starts
        for number, scene in enumerate(self.scenes, 1):
            if scene.who and scene.who not in self.people:
                msg = f"scene {number}: there is nobody called {scene.who}"
                raise ValueError(msg)
            if scene.at < before:
                msg = f"scene {number} at {scene.at} comes after one at {before}"
                raise ValueError(msg)
            before = scene.at
        return self

    def moment(self, clock: str, day: datetime | None = None) -> datetime:
        """`2021-11-14 20:05`, or `20:05` on the same date as `day`, as an aware time of the drill's zone."""
        found = _CLOCK.fullmatch(clock)
        if found is None:
            raise BadScript(f"“{clock}” is not a time like 20:05 or 2021-11-14 20:05.")
        date = (found["date"] or f"{day:%Y-%m-%d} ").strip()
        return datetime.fromisoformat(f"{date}T{found['time']}").replace(tzinfo=ZoneInfo(self.zone))

    def is_time(self, value: Any) -> bool:
        return isinstance(value, str) and _CLOCK.fullmatch(value) is not None


def load_script(path: Path) -> Script:
    """Read a script. Raises BadScript, or PlaybookError with line and column where it is no YAML."""
    if not path.is_file():
        raise BadScript(
            f"There is no drill {path}. Name a file such as playbooks/drills/bc-highways-2021.yaml."
        )
    try:
        return Script.model_validate(read_yaml(path).raw)
    except ValidationError as error:
        lines = [
            f"{path}: {'.'.join(map(str, each['loc'])) or 'script'}: {_plain(each['msg'])}"
            for each in error.errors()
        ]
        raise BadScript("\n".join(lines)) from None


def _plain(message: str) -> str:
    return message.removeprefix("Value error, ")
