"""Names that messages and listeners share: actions, callbacks of modals, what a button's value holds."""

from __future__ import annotations

COMMAND = "/ecomms"

WRITE = "write"  # incident, step, kind
APPROVE = "approve"  # incident, draft, revision, sha256 of the texts
CHANGES = "changes"  # incident, draft, revision, sha256
DECLINE = "decline"  # incident, draft, revision, sha256
TAKE_BACK = "take-back"  # incident, draft, revision
OVERRIDE = "override"  # incident, draft, revision
FOUND_RIGHT = "found-right"  # incident, draft, revision
FOUND_WRONG = "found-wrong"  # incident, draft, revision
REVIEW_MORE = "review-more"  # an overflow menu; its options hold: incident, what, draft, revision
MARK = "mark"  # incident, draft, revision
RENEW = "renew"  # incident, draft, revision
HEARD = "heard"  # incident, draft, revision
GO_ON = "go-on"  # incident, draft, revision
NO_CHANGE = "no-change"  # incident, step
SNOOZE_5 = "snooze-5"  # incident, promise
SNOOZE_10 = "snooze-10"  # incident, promise
NEXT_STEP = "next-step"  # incident
CLOSE = "close"  # incident
MORE = "more"  # an overflow menu; its options hold: incident, what, id
SKIP = "skip"  # incident, step
WITHDRAW = "withdraw"  # incident, draft
CORRECT = "correct"  # incident, draft, revision: the receipt
CORRECT_TEXT = "correct-text"  # incident, draft, revision
UPDATE_TEXT = "update-text"  # incident, draft, revision
TAKEN_DOWN = "taken-down"  # incident, draft, revision
TEXT_MORE = "text-more"  # an overflow menu; its options hold: incident, what, draft, revision
SUBMIT_SHOWN = "submit-shown"  # incident, entry of the preview in the thread
ACCEPT = "accept"  # incident, handover
ANSWER = "answer"  # incident, question
ADD_FACT = "add-fact"  # incident
USE_FACT = "use-fact"  # incident, fact
CONFIRM_FACT = "confirm-fact"  # incident, fact
SHOW_SAYING = "show-saying"  # incident, fact
STILL_SO = "still-so"  # incident, fact
USE_INCIDENT = "use-incident"  # incident, what was typed (encoded): the command, for this incident
OPEN_ANOTHER = "open-another"  # playbook, incident that is there already
OPEN_AGAIN = "open-again"  # what was filled in (encoded)
START_DRILL = "start-drill"  # drill
LOG_INJECT = "log-inject"  # incident, inject
DUTY_OFF = "duty-off"  # office
DUTY_ON = "duty-on"  # office
DUTY_OTHERS = "duty-others"  # office
ACTIONS = (
    WRITE,
    APPROVE,
    CHANGES,
    DECLINE,
    TAKE_BACK,
    OVERRIDE,
    FOUND_RIGHT,
    FOUND_WRONG,
    REVIEW_MORE,
    MARK,
    RENEW,
    HEARD,
    GO_ON,
    NO_CHANGE,
    SNOOZE_5,
    SNOOZE_10,
    NEXT_STEP,
    CLOSE,
    MORE,
    SKIP,
    WITHDRAW,
    CORRECT,
    CORRECT_TEXT,
    UPDATE_TEXT,
    TAKEN_DOWN,
    TEXT_MORE,
    SUBMIT_SHOWN,
    ACCEPT,
    ANSWER,
    ADD_FACT,
    USE_FACT,
    CONFIRM_FACT,
    SHOW_SAYING,
    STILL_SO,
    USE_INCIDENT,
    OPEN_ANOTHER,
    OPEN_AGAIN,
    START_DRILL,
    LOG_INJECT,
    DUTY_OFF,
    DUTY_ON,
    DUTY_OTHERS,
)

OPEN_FORM = "open-incident"
DRAFT_FORM = "draft-form"
PREVIEW = "draft-preview"
CHANGES_FORM = "changes-form"
DECLINE_FORM = "decline-form"
OVERRIDE_FORM = "override-form"
SECOND_LOOK_FORM = "second-look-form"
MARK_FORM = "mark-form"
HEARD_FORM = "heard-form"
GO_ON_FORM = "go-on-form"
PHASE_FORM = "phase-form"
CLOSE_FORM = "close-incident"
SKIP_FORM = "skip-form"
WITHDRAW_FORM = "withdraw-form"
CORRECT_FORM = "correct-form"
TAKEN_DOWN_FORM = "taken-down-form"
LOG_FORM = "log-form"
FACT_FORM = "fact-form"
DECIDE_FACT_FORM = "decide-fact-form"
ANSWER_FORM = "answer-form"

DUTY_FORM = "duty-form"

FORM_CHANGED = "form-changed"
"""A field of a form that the form depends on, such as the kind of an entry."""

LOG_SHORTCUT = "add-to-log"
"""The message shortcut."""

EVENT_TYPE = "ecomms_task"
"""The metadata of every message: `event_payload` is {"key": the task's key}."""

TOMBSTONE = "tombstone"
"""What Slack calls its own notice in the place of a deleted message that began a thread."""

_SEPARATOR = "|"


def pack(*parts: str) -> str:
    """The value of a button. Ids, numbers and digests have no bar in them."""
    return _SEPARATOR.join(parts)


def unpack(value: str) -> tuple[str, ...]:
    return tuple(value.split(_SEPARATOR))
