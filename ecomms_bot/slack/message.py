"""A message as it is sent: the text that is read aloud and notified, and the blocks that are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """`text` says the same as the blocks, in plain words. `replies` are posted in the thread before it."""

    text: str
    blocks: tuple[Block, ...]
    replies: tuple[Message, ...] = ()
