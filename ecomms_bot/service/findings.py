"""What the doctor finds: a line for each, ok, look (worth knowing) or wrong (to be mended)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ecomms_bot.incident.policy import Roster

State = Literal["ok", "look", "wrong"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line."""

    state: State
    subject: str
    words: str


@dataclass(frozen=True, slots=True)
class SlackLook:
    """What asking Slack gave. `roster`: who can act now, so nobody who is deactivated or a guest.

    `unknown`: roles whose members only Slack knows, and did not say.
    """

    findings: tuple[Finding, ...]
    roster: Roster
    unknown: tuple[str, ...] = ()
