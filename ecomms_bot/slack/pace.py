"""How fast Slack may be called: its tiers, one message a second in each conversation, and what it asks for.

One for a process, so that what Slack tells one thread holds for all. It never waits by itself for long: who
is early is told when to come again. Slack's limits are "per minute and more" and of a workspace: with several
replicas each keeps to them alone, and where that is too fast together, Slack's Retry-After is honoured.
Source: docs.slack.dev/apis/web-api/rate-limits.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

POST = "chat.postMessage"
POSTS_PER_S = 1.0
"""In one conversation. Slack tolerates short bursts and drops longer ones: we make none."""
PER_MINUTE: Mapping[int, int] = {2: 20, 3: 50, 4: 100}
POSTS_PER_MINUTE = 300
""""Several hundred messages a minute" in a workspace."""
TIERS: Mapping[str, int] = {
    "conversations.create": 2,
    "conversations.list": 2,
    "conversations.archive": 2,
    "pins.add": 2,
    "usergroups.list": 2,
    "usergroups.users.list": 2,
    "users.list": 2,
    "conversations.members": 4,
    "files.completeUploadExternal": 4,
    "files.getUploadURLExternal": 4,
    "users.info": 4,
    "views.publish": 4,
}
"""Of what effects call; all others are of tier 3 (chat.update, conversations.history, .invite, .join …)."""
OTHER_TIER = 3
ENOUGH = 0.99
"""Of a call: who comes at the moment that was named must not be sent away over a rounding error."""
SHORT_S = 2.0
"""So long an effect that has begun waits for its next call; else it is put off, and its lease is free."""
PLACES_MAX = 1000
"""Conversations whose last message is remembered; those that may be written to again are forgotten."""


@dataclass(slots=True)
class _Bucket:
    """Half a minute's calls at once, then no faster than they come back. `hint`: the last turn given out."""

    most: float
    per_s: float
    left: float
    at: float
    hint: float = 0.0

    def wait(self, now: float) -> float:
        self.left = min(self.most, self.left + (now - self.at) * self.per_s)
        self.at = now
        return 0.0 if self.left >= ENOUGH else (1 - self.left) / self.per_s

    def turn(self, now: float) -> float:
        """Seconds after which to come again: everybody who is early gets a turn of their own."""
        self.hint = max(self.hint + 1 / self.per_s, now + self.wait(now))
        return self.hint - now


@dataclass
class Pace:
    """`now`: seconds, monotonic. Not `limited`: only what Slack asks for is honoured."""

    now: Callable[[], float]
    limited: bool = True
    _buckets: dict[tuple[str, str], _Bucket] = field(default_factory=dict)
    _until: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _closed: threading.Event = field(default_factory=threading.Event)

    def ask(self, method: str, place: str = "") -> float:
        """0: it may be called now, which is counted; else the seconds after which to ask again."""
        with self._lock:
            now = self.now()
            asked = self._until.get(method, now) - now
            if asked > 0:
                return asked
            wanted = self._wanted(method, place, now) if self.limited else []
            if all(bucket.wait(now) <= 0 for bucket in wanted):
                for bucket in wanted:
                    bucket.left -= 1
                return 0.0
            return max(bucket.turn(now) for bucket in wanted if bucket.wait(now) > 0)

    def slow_down(self, method: str, retry_after: float) -> None:
        """Slack asked for it: nobody calls this method before."""
        with self._lock:
            self._until[method] = max(self._until.get(method, 0.0), self.now() + retry_after)

    def pause(self, seconds: float) -> None:
        """Wait, unless the process stops."""
        self._closed.wait(seconds)

    def close(self) -> None:
        """The process stops: no effect begins another call."""
        self._closed.set()

    @property
    def closed(self) -> bool:
        return self._closed.is_set()

    @property
    def remembered(self) -> int:
        """Of how many methods and conversations it is known when they were called last."""
        return len(self._buckets)

    def _wanted(self, method: str, place: str, now: float) -> list[_Bucket]:
        a_minute = POSTS_PER_MINUTE if method == POST else PER_MINUTE[TIERS.get(method, OTHER_TIER)]
        wanted = [self._bucket(method, "", a_minute / 2, a_minute / 60, now)]
        if method == POST:
            self._forget(now)
            wanted.append(self._bucket(method, place, 1.0, POSTS_PER_S, now))
        return wanted

    def _bucket(self, method: str, place: str, most: float, per_s: float, now: float) -> _Bucket:
        return self._buckets.setdefault((method, place), _Bucket(most, per_s, most, now))

    def _forget(self, now: float) -> None:
        if len(self._buckets) > PLACES_MAX:
            rested = [name for name, each in self._buckets.items() if name[1] and each.at < now - 60]
            for name in rested:
                del self._buckets[name]
