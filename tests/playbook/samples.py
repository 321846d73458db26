"""A small playbook to bend, the shipped one, and one moment of the night they are used in."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime, timedelta, timezone
from typing import Any

from ecomms_bot.playbook.drafting import Values, fields_for
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.library import load
from ecomms_bot.playbook.model import Field, Playbook, Step
from tests.books import FLOOD_FILE

ZONE = "America/Vancouver"
PST = timezone(timedelta(hours=-8))
NOW = datetime(2021, 11, 14, 20, 40, tzinfo=PST)
NAME = "Highway 7 flooding"

FLOOD = load(FLOOD_FILE)


def at(hour: int, minute: int = 0, *, day: int = 14, month: int = 11) -> Instant:
    """A time in November 2021, in Vancouver."""
    return Instant.of(datetime(2021, month, day, hour, minute, tzinfo=PST), ZONE)


_SEVERITY = {"title": "Some", "meaning": "Some trouble", "cadence_minutes": 60}

_SMALL: Mapping[str, Any] = {
    "schema_version": 1,
    "id": "small",
    "title": "Small",
    "hazard": "flood",
    "severities": dict.fromkeys(("S1", "S2", "S3", "S4"), _SEVERITY),
    "tiers": {
        "T0": {"title": "Cleared", "use": "cleared words", "roles": ["pio"], "target_minutes": 5},
        "T1": {"title": "Facts", "use": "new facts", "roles": ["sme", "pio"], "target_minutes": 15},
    },
    "fields": {
        "place": {"type": "text", "label": "Place", "example": "Hope"},
        "story": {"type": "long_text", "label": "Story", "example": "Much rain.", "required": False},
        "state": {
            "type": "choice",
            "label": "State",
            "example": "closed",
            "choices": [{"value": "closed", "label": "is closed"}, {"value": "open", "label": "Is open"}],
        },
        "as_of": {
            "type": "datetime",
            "label": "Facts as of",
            "example": "2021-11-14T20:40-08:00",
            "future_allowed": False,
        },
        "next_update_at": {
            "type": "datetime",
            "label": "Next update by",
            "example": "2021-11-14T21:45-08:00",
            "past_allowed": False,
        },
        "no_promise_reason": {"type": "text", "label": "Why none", "example": "all clear", "required": False},
    },
    "phases": {
        "during": [
            {
                "id": "D1",
                "title": "Say it",
                "purpose": "Say what is known.",
                "audience": "everyone",
                "recurrence": "once",
                "channels": ["internal", "web", "sms"],
                "tier": "T1",
                "cadence": "severity",
                "fields": ["place", "story", "state"],
                "texts": {
                    "statement": {
                        "title": "Statement",
                        "templates": {
                            "web": "{{ place }} {{ state }}.[[ {{ story }}]] {{ next_update_at | time }}",
                            "sms": "{{ place }} at {{ as_of | time }}",
                        },
                    },
                    "final": {
                        "title": "Final",
                        "templates": {
                            "web": "{{ place }} {% if next_update_at %}{{ next_update_at }}{% else %}"
                            "{{ no_promise_reason }}{% endif %}"
                        },
                    },
                    "internal": {
                        "title": "Inside",
                        "templates": {"internal": "{{ incident_name }}: {{ place }}"},
                    },
                },
            }
        ]
    },
}


def small_raw() -> dict[str, Any]:
    """The plain data of a small good playbook, for one test to change."""
    return deepcopy(dict(_SMALL))


def small() -> Playbook:
    return Playbook.parse(small_raw())


def example_values(playbook: Playbook, step: Step, kind: str) -> Values:
    """What the example of every field of a form would be, with times that fit NOW."""
    times = {"as_of": at(20, 40), "next_update_at": at(21, 45)}
    return {name: times.get(name) or _example(field) for name, field in fields_for(playbook, step, kind)}


def _example(field: Field) -> str | Instant:
    if field.type == "datetime":
        return Instant.of(datetime.fromisoformat(field.example), ZONE)
    return field.example
