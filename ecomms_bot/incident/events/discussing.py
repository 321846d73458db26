"""What people write in the threads of texts under review, and of the injects of a drill."""

from __future__ import annotations

from typing import ClassVar

from ecomms_bot.incident.events.base import Event


class DiscussionAdded(Event):
    """A reply in the thread of a text under review, or of an inject. `ts` is the message in Slack.

    `left_out`: how many characters more it had than the log keeps.
    """

    silent: ClassVar[bool] = True
    draft: str = ""
    revision: int = 0
    person: str
    text: str
    ts: str
    left_out: int = 0
    inject: str = ""


class DiscussionChanged(Event):
    """Who wrote a reply changed it in Slack; what it said before stays in the log."""

    silent: ClassVar[bool] = True
    draft: str = ""
    revision: int = 0
    person: str
    text: str
    ts: str
    left_out: int = 0
    inject: str = ""


class DiscussionDeleted(Event):
    """A reply of `person` was deleted in Slack, which does not say by whom; its words stay in the log."""

    silent: ClassVar[bool] = True
    draft: str = ""
    revision: int = 0
    person: str
    ts: str
    inject: str = ""
