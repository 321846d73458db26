"""Decisions about a revision: approvals, overrides, second looks, what sends it back."""

from __future__ import annotations

from ecomms_bot.incident.events.base import Event


class ApprovalGiven(Event):
    """One person's approval of exactly these texts, with the roles they held then."""

    draft: str
    revision: int
    text_sha256: str
    person: str
    roles: tuple[str, ...]
    without_roles: bool = False


class DraftApproved(Event):
    """The approvals of this revision fill its tier, or were overridden: the texts may be handed out.

    `leaders`: the conversation to which the bot hands out the text for leaders; "" if there is none.
    """

    draft: str
    revision: int
    text_sha256: str
    overridden: bool = False
    leaders: str = ""


class ApprovalOverridden(Event):
    """pio or ic answers for exactly these texts without the approvals they lack.

    `lacking`: the roles that had not approved. `told`: who hears of it; `off_duty`: who of them is off duty.
    """

    draft: str
    revision: int
    text_sha256: str
    person: str
    roles: tuple[str, ...]
    reason: str
    lacking: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    off_duty: tuple[str, ...] = ()


class SecondReviewGiven(Event):
    """Somebody who neither wrote nor let it out looked at an approved text once more."""

    draft: str
    revision: int
    person: str
    agrees: bool
    note: str = ""


class ApprovalTakenBack(Event):
    """Who approved this revision does not any more. Approved or not, it waits for approval again."""

    draft: str
    revision: int
    person: str


class ChangesAsked(Event):
    """A lead sent the draft back; the approvals of this revision are void."""

    draft: str
    revision: int
    person: str
    reason: str


class DraftDeclined(Event):
    """A lead ended the draft; its step has to be written again."""

    draft: str
    revision: int
    person: str
    reason: str
