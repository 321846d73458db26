"""How often each method may be called: Slack's tiers, and one message a second in each conversation.

Slack's tiers are "per minute and more", and it tolerates bursts without saying how large. Here the calls of a
whole minute may come at once, and five messages in a conversation; then no faster than they are allowed.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

PER_MINUTE: Mapping[int, int] = {1: 1, 2: 20, 3: 50, 4: 100}
SPECIAL_PER_MINUTE = 600  # "several hundred messages a minute" in a workspace
MESSAGES_PER_SECOND, MESSAGE_BURST = 1.0, 5
OTHER_TIER = 3

TIERS: Mapping[str, int] = {
    **dict.fromkeys(
        (
            "chat.postEphemeral",
            "conversations.members",
            "files.completeUploadExternal",
            "files.getUploadURLExternal",
            "users.info",
            "views.open",
            "views.publish",
            "views.push",
            "views.update",
        ),
        4,
    ),
    **dict.fromkeys(
        (
            "bookmarks.add",
            "bookmarks.edit",
            "bookmarks.remove",
            "conversations.archive",
            "conversations.create",
            "conversations.list",
            "conversations.rename",
            "conversations.setPurpose",
            "conversations.setTopic",
            "conversations.unarchive",
            "pins.add",
            "pins.list",
            "pins.remove",
            "reactions.remove",
            "usergroups.list",
            "usergroups.users.list",
            "users.list",
        ),
        2,
    ),
}
"""Those of tier 2 and 4; `SPECIAL` have limits of their own, all others are of tier 3."""
SPECIAL = ("auth.test", "chat.getPermalink", "chat.postMessage")


@dataclass
class Bucket:
    """Holds up to `most` calls, and gets `per_second` back."""

    most: float
    per_second: float
    left: float
    at: float

    def wait(self, now: float) -> float:
        """Seconds until one more may be made; 0 if now."""
        self.left = min(self.most, self.left + (now - self.at) * self.per_second)
        self.at = now
        return 0.0 if self.left >= 1 else (1 - self.left) / self.per_second


class Limits:
    """`machine`: seconds, monotonic, as triggers age by."""

    def __init__(self, machine: Callable[[], float]) -> None:
        self._machine = machine
        self._buckets: dict[tuple[str, str], Bucket] = {}
        self._lock = threading.Lock()

    def retry_after(self, method: str, args: Mapping[str, Any]) -> int | None:
        """Whole seconds after which this call may be made; None if it is made now, which is counted."""
        with self._lock:
            now = self._machine()
            wanted = [self._bucket(method, "", *rate(method), now)]
            if method in ("chat.postMessage", "response_url"):
                place = str(args.get("channel") or args.get("url", ""))
                wanted.append(self._bucket(method, place, MESSAGE_BURST, MESSAGES_PER_SECOND, now))
            longest = max(bucket.wait(now) for bucket in wanted)
            if longest > 0:
                return max(1, math.ceil(longest))
            for bucket in wanted:
                bucket.left -= 1
            return None

    def _bucket(self, method: str, place: str, most: float, per_second: float, now: float) -> Bucket:
        return self._buckets.setdefault((method, place), Bucket(most, per_second, most, now))


def rate(method: str) -> tuple[float, float]:
    """How many calls at once, and how many a second after that."""
    special = method in SPECIAL or method == "response_url"
    a_minute = SPECIAL_PER_MINUTE if special else PER_MINUTE[TIERS.get(method, OTHER_TIER)]
    return a_minute, a_minute / 60
