"""What a preview is filled with: the examples of the fields, at times that fit the present, or as asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ecomms_bot.playbook.drafting import default_next_update, fields_for, parse_all
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.model import Field, Playbook, Step
from ecomms_bot.playbook.values import AS_OF, NEXT_UPDATE, FieldError, Values, example_of

ZONE = "America/Vancouver"
"""Of the examples in the playbooks that ship; for an office that names no zone of its own."""
DAY, A_WHILE = timedelta(days=1), timedelta(minutes=15)

Raw = Mapping[str, str | datetime | None]
"""What a form would send, by field."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """When, where and for what a text is tried. `office`: what every form begins with; `given`: as asked."""

    now: datetime
    zone: str
    incident: str
    exercise: bool
    office: Raw = field(default_factory=dict)
    given: Raw = field(default_factory=dict)


def usual_severity(playbook: Playbook) -> str:
    """What most incidents are opened with."""
    return "S2" if "S2" in playbook.severities else min(playbook.severities)


def filled_in(
    playbook: Playbook, step: Step, kind: str, occasion: Occasion
) -> tuple[Values, tuple[FieldError, ...]]:
    """The form of a text with what was asked for, else with examples; and what of it is refused.

    A final text says why no more updates come, as one begins that is written in Slack.
    """
    fields = fields_for(playbook, step, kind)
    form: dict[str, str | datetime | None] = {}
    for name, each in fields:
        value = example_of(name, each, occasion.zone)
        form[name] = _near(each, value, occasion.now) if isinstance(value, Instant) else value
    severity = usual_severity(playbook)
    times: Raw = {
        AS_OF: occasion.now,
        NEXT_UPDATE: None
        if kind == "final"
        else default_next_update(playbook, step, kind, severity, occasion.now),
    }
    for said in (times, {name: value for name, value in occasion.office.items() if value}, occasion.given):
        form.update({name: value for name, value in said.items() if name in form})
    return parse_all(playbook, step, kind, form, occasion.zone, occasion.now)


def _near(asked: Field, example: Instant, now: datetime) -> datetime:
    """The coming time that the clocks show what the example says; a little ago where only the past fits."""
    if not asked.future_allowed:
        return now - A_WHILE - timedelta(minutes=now.minute % 5)
    there = ZoneInfo(example.zone)
    local = datetime.combine(now.astimezone(there), example.utc.astimezone(there).timetz())
    return local if local > now else local + DAY
