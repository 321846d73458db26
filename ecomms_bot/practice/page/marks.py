"""What each person has read, and which personal messages they put away: what Slack's clients remember."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from ecomms_bot.practice.workspace import Workspace
from ecomms_bot.practice.workspace.state import Conversation, StoredMessage

FLOW = ""
"""In place of a thread: the main flow of a conversation."""
MANY = 99


@dataclass(frozen=True, slots=True)
class Unread:
    """`new`: something in the main flow. `calls`: how many messages and replies told this person of it."""

    new: bool = False
    calls: int = 0


class Marks:
    """Everything that was there when the marks were made counts as read. Safe from any thread."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._start = workspace.new_ts()
        self._read: dict[tuple[str, str, str], str] = {}
        self._put_away: set[tuple[str, str, str]] = set()
        self._counted: dict[tuple[str, str], tuple[object, Unread]] = {}
        self._lock = threading.Lock()
        self._changes = 0

    def read_to(self, user: str, place: str, thread: str = FLOW) -> str:
        return self._read.get((user, place, thread), self._start)

    def read(self, user: str, place: str, thread: str, ts: str) -> bool:
        """Read up to the message at `ts`; whether that is news."""
        with self._lock:
            if ts <= self.read_to(user, place, thread):
                return False
            self._read[user, place, thread] = ts
            self._changes += 1
            return True

    def put_away(self, user: str, place: str, ts: str) -> None:
        with self._lock:
            self._put_away.add((user, place, ts))

    def is_put_away(self, user: str, message: StoredMessage) -> bool:
        return (user, message.conversation, message.ts) in self._put_away

    def unread(self, user: str, place: Conversation) -> Unread:
        """Under the workspace's lock."""
        if user not in place.members:
            return Unread()
        state = (len(place.messages), place.messages[-1].ts if place.messages else "", self._changes)
        known = self._counted.get((user, place.id))
        if known is None or known[0] != state:
            known = self._counted[user, place.id] = state, self._count(user, place)
        return known[1]

    def _count(self, user: str, place: Conversation) -> Unread:
        new, calls = False, 0
        for message in reversed(place.messages):
            if message.ts <= self._start or calls >= MANY:
                break
            if message.user == user or message.ephemeral_to is not None or message.tombstone:
                continue
            flows = message.thread_ts is None or message.broadcast
            unread = flows and message.ts > self.read_to(user, place.id)
            new = new or unread
            if user in message.notified:
                if message.thread_ts is not None:
                    unread = message.ts > self.read_to(user, place.id, message.thread_ts)
                calls += unread
        return Unread(new, calls)

    def calls_in_thread(self, user: str, place: Conversation, root: str) -> int:
        """How many unread replies told this person of themselves. Under the workspace's lock."""
        after = self.read_to(user, place.id, root)
        return sum(user in m.notified and m.ts > after for m in place.messages if m.thread_ts == root)
