"""Keys of reminders: what is said once has one. `kind/id/…`, the same in log and tasks."""

from __future__ import annotations

from ecomms_bot.incident.state import Promise, Revision

AGAIN = "@"
"""Parts a reminder's key from the mark of a task that was moved or came back."""


def promise_key(promise: Promise, point: str) -> str:
    """A promise that is owed anew is reminded of anew: its round comes last."""
    round_ = f"/{promise.reopened}" if promise.reopened else ""
    return f"promise/{promise.id}/{point}{round_}"


def step_key(step: str, number: int = 0) -> str:
    """The first time, or the round after so many texts went out."""
    return f"step/{step}/{number}" if number else f"step/{step}"


def fact_key(fact: str) -> str:
    """Said when a fact stops being known."""
    return f"fact/{fact}"


def fact_soon_key(fact: str) -> str:
    """Said shortly before a fact stops being known."""
    return f"fact/{fact}/soon"


def question_key(question: str) -> str:
    return f"question/{question}"


def review_key(draft: str, revision: Revision, point: str, said: int = 0) -> str:
    """A text that waits for approval again, because it was taken back, is reminded of anew."""
    key = f"review/{draft}/{revision.number}/{point}"
    return f"{key}/{len(revision.stood)}/{said}" if revision.stood or said else key


def second_review_key(draft: str, approved_seq: int, said: int) -> str:
    """Each time that a text is let out it is asked for anew."""
    return f"second-review/{draft}/{approved_seq}/{said}"


def partner_key(draft: str, approved_seq: int, said: int) -> str:
    """Each time that a text is approved and a partner does not know it yet."""
    return f"partner/{draft}/{approved_seq}/{said}"


def put_right_key(draft: str, said: int) -> str:
    """A correction that has not reached everybody who read what was wrong."""
    return f"put-right/{draft}/{said}"


def expiry_key(draft: str, revision: int, point: str) -> str:
    """A published text that holds no more; `point`: "before", or how often it was said since."""
    return f"expiry/{draft}/{revision}/{point}"


DRILL_END = "drill/end"
"""The time of a drill is over."""


def inject_key(inject: str) -> str:
    """An inject of a drill is to come."""
    return f"inject/{inject}"


def second_review_of(key: str) -> int:
    """The entry with which the text was let out that this reminder is about."""
    return int(key.split("/")[2])


def revision_of(key: str) -> int:
    """The revision that a reminder of expiry is about."""
    return int(key.split("/")[2])


def task_name(key: str, again: int) -> str:
    """A task's name is used once: one that was moved or came back is a new one."""
    return f"{key}{AGAIN}{again}" if again else key


def of_task(name: str) -> str:
    """The reminder that a task is for."""
    return name.partition(AGAIN)[0]
