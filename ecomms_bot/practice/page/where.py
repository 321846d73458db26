"""Where somebody looks: as whom, at which conversation, thread or tab. It is the page's address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import urlencode

SHOWN = 50
MOST = 2_000


@dataclass(frozen=True, slots=True)
class Where:
    """`handle` looks at `place` (a conversation's id), beside it at the thread of the message at `thread`.

    `home`: at the app's Home tab instead. `count`: so many messages at most, the newest.
    """

    handle: str
    place: str = ""
    thread: str = ""
    home: bool = False
    count: int = SHOWN

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Self:
        """From an address; what is not understood counts as not said."""
        count = query.get("count", "")
        return cls(
            query.get("as", ""),
            query.get("in", ""),
            query.get("thread", ""),
            query.get("view") == "home",
            min(MOST, max(SHOWN, int(count))) if count.isascii() and count.isdecimal() else SHOWN,
        )

    @property
    def address(self) -> str:
        said = {"as": self.handle}
        if self.home:
            said["view"] = "home"
        else:
            said["in"] = self.place
        if self.thread and not self.home:
            said["thread"] = self.thread
        if self.count != SHOWN:
            said["count"] = str(self.count)
        return "/?" + urlencode(said)

    def but(self, **changes: Any) -> str:
        """The address of the same with these changes."""
        return replace(self, **changes).address
