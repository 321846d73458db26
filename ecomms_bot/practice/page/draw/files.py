"""Files that came with a message, to download."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from ecomms_bot.practice.workspace.person import Person
from ecomms_bot.practice.workspace.screen import Message


@dataclass(frozen=True, slots=True)
class Shown:
    name: str
    title: str
    size: str
    address: str


def files_of(message: Message, person: Person) -> list[Shown]:
    """Each at `/file`, which gives it only to who sees the message."""
    where = {"as": person.user.handle, "in": message.conversation, "ts": message.ts}
    return [
        Shown(
            one.name, one.title or one.name, size(len(one.data)), "/file?" + urlencode(where | {"n": str(n)})
        )
        for n, one in enumerate(message.files)
    ]


def size(count: int) -> str:
    """`count` is bytes."""
    if count < 1000:
        return f"{count} bytes"
    if count < 1_000_000:
        return f"{count / 1000:.0f} kB"
    return f"{count / 1_000_000:.1f} MB"
