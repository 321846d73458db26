"""What went out, and the promises to the public that this makes and keeps."""

from __future__ import annotations

from pydantic import AwareDatetime, BaseModel, ConfigDict

from ecomms_bot.incident.events.base import Event
from ecomms_bot.playbook.instant import Instant


class Receipt(BaseModel):
    """Who attests that exactly the approved text was posted on a channel, where (`proof`) and when."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
    channel: str
    attested_at: AwareDatetime
    proof: str = ""


class MarkedPublished(Event):
    """An approved text went out on these channels (in an exercise: was played)."""

    draft: str
    revision: int
    person: str
    receipts: tuple[Receipt, ...]


class ReceiptCorrected(Event):
    """What was said about where and when a text was posted was wrong. `receipt` None: it was not posted."""

    draft: str
    revision: int
    channel: str
    person: str
    reason: str
    receipt: Receipt | None


class ReleaseEnded(Event):
    """A published text does not hold any more and was taken down on these channels, or changed there."""

    draft: str
    revision: int
    person: str
    channels: tuple[str, ...]
    reason: str


class PromiseMade(Event):
    """The next update printed in a published text is now owed to the public."""

    promise: str
    draft: str
    revision: int
    due: Instant
    attested_at: AwareDatetime


class PromiseAnswered(Event):
    """A later release answered the promise: kept if `late_seconds` (attested − promised) is in the grace."""

    promise: str
    draft: str
    revision: int
    attested_at: AwareDatetime
    late_seconds: int
    kept: bool


class PromiseWithdrawn(Event):
    """pio or ic took a promise back, with a reason."""

    promise: str
    person: str
    reason: str


class PromiseReopened(Event):
    """What answered this promise turned out not to have gone out: the update is owed again."""

    promise: str
