"""What a reminder is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Point = Literal["T-15", "T-5", "T+0", "T+10"]

Subject = Literal[
    "promise",
    "review",
    "unmarked",
    "unmarked-promise",
    "second-review",
    "partner",
    "put-right",
    "expiry",
    "step",
    "fact",
    "question",
    "personal",
    "inject",
    "drill",
]

POINTS: dict[Point, timedelta] = {
    "T-15": timedelta(minutes=-15),
    "T-5": timedelta(minutes=-5),
    "T+0": timedelta(0),
    "T+10": timedelta(minutes=10),
}

QUIET = timedelta(minutes=5)
"""What can wait is not said so shortly before or after a reminder that cannot."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """Something to say at `due` (UTC). `subject_id` is a promise, a draft, a step, a question or one's own.

    What a drill brings at its minute is owed in the same way.

    `again`: the entry with which its time was moved or it came back, 0 if it never was.
    """

    key: str
    subject: Subject
    subject_id: str
    point: str
    due: datetime
    superseded_at: datetime | None = None
    again: int = 0
