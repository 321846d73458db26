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
    fields = dict(fields_for(playbook, step, kind))
    examples = {name: example_of(name, asked, occasion.zone) for name, asked in fields.items()}
    form: dict[str, str | datetime | None] = {
        name: value for name, value in examples.items() if not isinstance(value, Instant)
    }
    times = {
        name: value for name, value in examples.items() if isinstance(value, Instant) and name != NEXT_UPDATE
    }
    announces = step in playbook.steps("before") or (step in playbook.steps("after") and kind != "final")
    form.update(_near(fields, times, occasion, ahead=announces))
    severity = usual_severity(playbook)
    usual: Raw = {
        AS_OF: occasion.now,
        NEXT_UPDATE: None
        if kind == "final"
        else default_next_update(playbook, step, kind, severity, occasion.now),
    }
    for said in (usual, {name: value for name, value in occasion.office.items() if value}, occasion.given):
        form.update({name: value for name, value in said.items() if name in fields})
    return parse_all(playbook, step, kind, form, occasion.zone, occasion.now)


def _near(
    fields: Mapping[str, Field], examples: Mapping[str, Instant], occasion: Occasion, *, ahead: bool
) -> dict[str, datetime]:
    """Times around now: what only the past can hold is a little ago, all else the example some days later.

    The days are the same for all, so that an end stays after its beginning. The earliest has just been,
    unless the text announces what is still to come (`ahead`): a closure before it, an opening after it.
    """
    now = occasion.now
    ago = now - A_WHILE - timedelta(minutes=now.minute % 5)
    found = {name: ago for name in examples if not fields[name].future_allowed}
    there = ZoneInfo(occasion.zone)
    rest = {name: each.local.replace(tzinfo=None) for name, each in examples.items() if name not in found}
    if not rest:
        return found
    first = min(rest.values())
    whole_days = datetime.combine(now.astimezone(there), first.time()) - first

    def moved(name: str, days: int) -> datetime:
        return (rest[name] + whole_days + days * DAY).replace(tzinfo=there)

    to_come = [name for name in rest if ahead or not fields[name].past_allowed]
    been = not ahead and min(moved(name, 0) for name in rest) <= now
    days = next(
        n for n in (0 if been or ahead else -1, 0, 1) if all(moved(each, n) > now for each in to_come)
    )
    return found | {name: moved(name, days) for name in rest}
