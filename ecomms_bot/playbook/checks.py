"""What is wrong or doubtful about a finished text, before it is submitted. What blocks comes first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ecomms_bot.playbook.channels import CHANNELS, count
from ecomms_bot.playbook.drafting import Texts, default_next_update, fields_for
from ecomms_bot.playbook.exercise import EXERCISE_AFTER, EXERCISE_BEFORE, is_marked
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.model import Playbook, Step
from ecomms_bot.playbook.values import Values

Weight = Literal["block", "warn", "info"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend or to know. `words`: what it is about; `instead`: what to write or do."""

    severity: Weight
    rule: str
    channel: str | None
    field: str | None
    words: str
    message: str
    instead: str


def check(
    playbook: Playbook,
    step: Step,
    kind: str,
    texts: Texts,
    values: Values,
    *,
    exercise: bool,
    now: datetime,
    severity: str,
) -> tuple[Finding, ...]:
    """Everything found in these texts at `now` (aware); nothing found, nothing returned."""
    raise NotImplementedError
