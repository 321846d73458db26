"""Partners, who hear of a text before the public does: that they know, or why nobody waits for them."""

from __future__ import annotations

from pydantic import AwareDatetime

from ecomms_bot.incident.events.base import Event


class PartnerAcknowledged(Event):
    """A partner knows what this revision will say. `by_whom`: who answered for it, and how; `at`: when."""

    draft: str
    revision: int
    partner: str
    person: str
    by_whom: str
    at: AwareDatetime


class PartnerWaived(Event):
    """pio or ic goes on without the word of a partner, with a reason."""

    draft: str
    revision: int
    partner: str
    person: str
    reason: str
