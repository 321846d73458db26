"""What a workspace is made of: people, conversations, messages, views. Plain data, no rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(slots=True)
class User:
    id: str
    handle: str
    name: str
    tz: str = "UTC"  # IANA name
    bot: bool = False
    deleted: bool = False
    restricted: bool = False


@dataclass(slots=True)
class UserGroup:
    id: str
    handle: str
    name: str
    members: list[str] = field(default_factory=list)  # user ids


@dataclass(slots=True)
class File:
    """A file on its way or arrived: `data` is None until the bytes came, `shared` says where it stands."""

    id: str
    name: str
    length: int
    created: int
    title: str = ""
    data: bytes | None = None
    done: bool = False
    shared: list[str] = field(default_factory=list)  # conversation ids


@dataclass(slots=True)
class StoredMessage:
    """One message as Slack keeps it. `text` is kept as it was sent."""

    conversation: str
    ts: str
    user: str
    text: str
    thread_ts: str | None = None  # the root's ts, of replies only
    blocks: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    by_app: bool = False
    ephemeral_to: str | None = None  # the one user who sees it
    edited_ts: str | None = None
    broadcast: bool = False
    tombstone: bool = False  # deleted, kept because it has replies
    files: list[File] = field(default_factory=list)
    notified: frozenset[str] = frozenset()  # user ids whom it told of itself when it was posted


@dataclass(slots=True)
class Conversation:
    id: str
    name: str
    kind: str  # "channel", "private", "mpim" or "im"
    creator: str
    created: int
    topic: str = ""
    purpose: str = ""
    archived: bool = False
    members: list[str] = field(default_factory=list)  # user ids, in the order they came
    messages: list[StoredMessage] = field(default_factory=list)  # by ts, ephemerals among them
    pins: dict[str, int] = field(default_factory=dict)  # ts -> when pinned

    @property
    def private(self) -> bool:
        return self.kind != "channel"

    def message(self, ts: str) -> StoredMessage | None:
        """The message that everybody sees at this ts."""
        for message in reversed(self.messages):
            if message.ts == ts and message.ephemeral_to is None:
                return message
        return None

    def replies(self, root_ts: str) -> list[StoredMessage]:
        return [m for m in self.messages if m.thread_ts == root_ts and m.ephemeral_to is None]


@dataclass(slots=True)
class View:
    """A modal or a Home tab, with what the person has entered so far."""

    id: str
    user: str
    content: Json  # what the app sent, completed: type, title, blocks, private_metadata, …
    hash: str
    root_id: str
    previous_id: str | None = None
    entered: dict[tuple[str, str], Json] = field(default_factory=dict)  # (block_id, action_id) -> state entry
    errors: dict[str, str] = field(default_factory=dict)  # block_id -> what stands next to it
    open: bool = True
    trigger_id: str | None = None  # the one it was opened with

    @property
    def blocks(self) -> list[Json]:
        blocks: list[Json] = self.content["blocks"]
        return blocks

    def state(self) -> Json:
        values: Json = {}
        for (block_id, action_id), entry in self.entered.items():
            values.setdefault(block_id, {})[action_id] = entry
        return {"values": values}


@dataclass(slots=True)
class Trigger:
    id: str
    user: str
    made_at: float  # machine time, seconds
    view_id: str | None = None  # the modal it was made in
    used: bool = False


@dataclass(slots=True)
class ResponseUrl:
    token: str
    user: str
    conversation: str
    made_at: float  # machine time, seconds
    original_ts: str | None = None  # the message that was clicked
    uses: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the app, as recorded. `method` is `response_url` for posts to one of those."""

    number: int
    method: str
    args: Json  # without the token
    result: Json | None  # None: the connection was closed before the work was done
    at: float  # the workspace's time, seconds since 1970
    machine_at: float
    fault: str | None = None  # what was played on it
    scopes: tuple[str, ...] = ()  # which of the app's scopes it made use of

    @property
    def ok(self) -> bool:
        return self.result is not None and bool(self.result.get("ok"))

    @property
    def error(self) -> str | None:
        return None if self.result is None else self.result.get("error")
