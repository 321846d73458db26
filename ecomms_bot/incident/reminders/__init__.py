"""Which reminders are owed, when and to whom: computed from the state, so that none has to be cancelled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from ecomms_bot.incident.keys import question_key, revision_of
from ecomms_bot.incident.policy import PIO
from ecomms_bot.incident.reminders.base import POINTS, Reminder, Subject
from ecomms_bot.incident.reminders.of_drafts import (
    of_review,
    of_second_review,
    of_unmarked,
    review_wanted,
    said_outdated,
    said_stalled,
    waits_for_public_receipt,
)
from ecomms_bot.incident.reminders.of_drills import of_drill
from ecomms_bot.incident.reminders.of_facts import of_facts, who_recorded
from ecomms_bot.incident.reminders.of_partners import of_partners
from ecomms_bot.incident.reminders.of_promises import (
    BEFORE,
    ESCALATES_TO,
    before_t5,
    of_promise,
    reminded,
    said_overdue,
)
from ecomms_bot.incident.reminders.of_published import of_expiry, of_put_right, said_expired
from ecomms_bot.incident.reminders.of_steps import of_steps
from ecomms_bot.incident.state import Incident

__all__ = [
    "BEFORE",
    "ESCALATES_TO",
    "POINTS",
    "Reminder",
    "Subject",
    "audience",
    "before_t5",
    "of_expiry",
    "of_facts",
    "of_partners",
    "of_promise",
    "of_put_right",
    "of_review",
    "of_second_review",
    "of_steps",
    "of_unmarked",
    "owed",
    "review_wanted",
    "said_expired",
    "said_outdated",
    "said_overdue",
    "said_stalled",
    "waits_for_public_receipt",
]


def owed(state: Incident) -> dict[str, Reminder]:
    """Every reminder that is still to be said, by key. A closed incident owes none."""
    if not state.open:
        return {}
    found = [
        *(reminder for promise in reminded(state) for reminder in of_promise(state, promise)),
        *(reminder for draft in state.drafts.values() for reminder in of_review(state, draft)),
        *(reminder for draft in state.drafts.values() for reminder in of_unmarked(state, draft)),
        *(reminder for draft in state.drafts.values() for reminder in of_second_review(state, draft)),
        *(reminder for draft in state.drafts.values() for reminder in of_partners(state, draft)),
        *of_put_right(state),
        *of_expiry(state),
        *of_steps(state),
        *of_facts(state),
        *of_questions(state),
        *of_people(state),
        *of_drill(state),
    ]
    return {reminder.key: reminder for reminder in found if reminder.key not in state.fired}


def of_questions(state: Incident) -> Iterator[Reminder]:
    for each in state.open_questions:
        if each.due is not None:
            yield Reminder(question_key(each.id), "question", each.id, "due", each.due.utc)


def of_people(state: Incident) -> Iterator[Reminder]:
    for each in state.reminders.values():
        yield Reminder(f"personal/{each.id}", "personal", each.id, "due", each.due.utc)


def audience(state: Incident, reminder: Reminder) -> tuple[str, tuple[str, ...]]:
    """The role it is for, or "" and the people: the author of the text, the holder of the incident."""
    if reminder.point in ESCALATES_TO and reminder.subject in {"promise", "unmarked-promise"}:
        return ESCALATES_TO[reminder.point], ()
    if reminder.subject == "second-review" or (reminder.subject, reminder.point) == ("partner", "pio"):
        return PIO, ()
    return "", tuple(dict.fromkeys(person for person in _people(state, reminder) if person))


def _people(state: Incident, reminder: Reminder) -> tuple[str, ...]:
    match reminder.subject:
        case "fact":
            return who_recorded(state, reminder.subject_id), state.holder
        case "question":
            return (state.questions[reminder.subject_id].owner,)
        case "personal":
            return (state.reminders[reminder.subject_id].person,)
        case "promise":
            return state.promises[reminder.subject_id].author, state.holder
        case "expiry":
            out = state.drafts[reminder.subject_id].revision(revision_of(reminder.key))
            return out.author if out else "", state.holder
        case "unmarked" | "partner" | "put-right" | "unmarked-promise":
            author = state.drafts[reminder.subject_id].current.author
            at_first = reminder.subject == "put-right" and reminder.point == "0"
            alone = at_first or reminder.subject in {"unmarked", "partner"}
            return (author,) if alone else (author, state.holder)
        case "step" | "second-review" | "review" | "inject" | "drill":
            return (state.holder,)
        case _:
            assert_never(reminder.subject)
