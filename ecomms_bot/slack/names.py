"""Names that messages and listeners share: actions, callbacks of modals, what a button's value holds."""

from __future__ import annotations

COMMAND = "/ecomms"

WRITE = "write"  # incident, step, kind
APPROVE = "approve"  # incident, draft, revision, sha256 of the texts
CHANGES = "changes"  # incident, draft, revision, sha256
DECLINE = "decline"  # incident, draft, revision, sha256
MARK = "mark"  # incident, draft, revision
RENEW = "renew"  # incident, draft, revision
NO_CHANGE = "no-change"  # incident
SNOOZE_5 = "snooze-5"  # incident, promise
SNOOZE_10 = "snooze-10"  # incident, promise
NEXT_STEP = "next-step"  # incident
CLOSE = "close"  # incident
MORE = "more"  # an overflow menu; its options hold: incident, what, id
ACTIONS = (
    WRITE,
    APPROVE,
    CHANGES,
    DECLINE,
    MARK,
    RENEW,
    NO_CHANGE,
    SNOOZE_5,
    SNOOZE_10,
    NEXT_STEP,
    CLOSE,
    MORE,
)

OPEN_FORM = "open-incident"
DRAFT_FORM = "draft-form"
PREVIEW = "draft-preview"
CHANGES_FORM = "changes-form"
DECLINE_FORM = "decline-form"
MARK_FORM = "mark-form"
CLOSE_FORM = "close-incident"

EVENT_TYPE = "ecomms_task"
"""The metadata of every message: `event_payload` is {"key": the task's key}."""

_SEPARATOR = "|"


def pack(*parts: str) -> str:
    """The value of a button. Ids, numbers and digests have no bar in them."""
    return _SEPARATOR.join(parts)


def unpack(value: str) -> tuple[str, ...]:
    return tuple(value.split(_SEPARATOR))
