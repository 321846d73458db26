"""The playbook of the sample incident, with texts on every channel. Those that ship may change. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ecomms_bot.playbook.drafting import text_sha256
from ecomms_bot.playbook.model import Playbook

PARTNERS = ("Example City", "Example First Nation")
CHANNELS = ("internal", "web", "x", "sms", "sign")


def _field(kind: str, label: str, example: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "label": label, "example": example, **more}


def _choice(label: str, **choices: str) -> dict[str, Any]:
    offered = [{"value": value.replace("_", "-"), "label": words} for value, words in choices.items()]
    return _field("choice", label, offered[0]["value"], choices=offered)


def _step(step: str, title: str, recurrence: str, tier: str, **more: Any) -> dict[str, Any]:
    return {
        "id": step,
        "title": title,
        "purpose": "People see the water before they hear from us. Say what is confirmed and what is not.",
        "audience": "drivers, freight, people nearby",
        "recurrence": recurrence,
        "channels": list(CHANNELS),
        "tier": tier,
        "cadence": "severity",
        "fields": ["hazard_seen", "road", "area_description", "closure_state", "road_advice"],
        "checklist": ["Ask operations for the event number", "Tell the call centre what people will ask"],
        "verify": ["One first-hand report, from a crew, the police or a camera", "The exact place"],
        **more,
    }


def _text(title: str, more: str, **others: Any) -> dict[str, Any]:
    """One text on every channel; `more` says what comes after it."""
    facts = "{{ hazard_seen | upper_first }}: {{ road }}, {{ area_description }}, {{ closure_state }}."
    line = f"{{{{ issuing_source }}}}, {{{{ as_of | time }}}}. {facts} {{{{ road_advice }}}} {more}"
    web = f"{{{{ incident_name }}}}\n\n{facts}\n\nWhat to do: {{{{ road_advice }}}}\n\n{more}"
    templates = {
        "internal": f"{{{{ incident_name }}}}: {title.lower()} as of {{{{ as_of | datetime }}}}. {facts}",
        "web": f"{web}\n\nQuestions: {{{{ info_url }}}}",
        "x": f"{line} {{{{ info_url }}}}",
        "sms": f"{line} {{{{ info_url }}}}",
        "sign": "{{ hazard_seen | sign }}\n{{ road | sign }}\n\n{{ road_advice | sign }}",
    }
    return {"title": title, "templates": templates, **others}


_BY = "Next update by {{ next_update_at | datetime }}."
_LAST = "{% if next_update_at %}" + _BY + "{% else %}No more updates: {{ no_promise_reason }}.{% endif %}"

_RIGHT = "{{ as_of | time }}. Correction: {{ correct_fact }} We were wrong about {{ wrong_text }}."
_CORRECTION = {
    "title": "Correction",
    "templates": {
        "internal": f"{_RIGHT} It replaces {{{{ superseded_item }}}}.",
        "web": f"{{{{ incident_name }}}}\n\n{_RIGHT} It replaces {{{{ superseded_item }}}}.",
        "x": _RIGHT,
        "sms": _RIGHT,
    },
}

_BRIEF = "{{ incident_name }}, {{ as_of | time }}: {{ road }} {{ closure_state }}, {{ area_description }}."

RAW: Mapping[str, Any] = {
    "schema_version": 1,
    "id": "sample",
    "title": "Sample",
    "hazard": "flood",
    "severities": {
        "S1": {"title": "Life safety", "meaning": "People are in danger now.", "cadence_minutes": 30},
        "S2": {"title": "Major", "meaning": "A main road is cut off.", "cadence_minutes": 60},
        "S3": {"title": "Moderate", "meaning": "Travel is slow.", "cadence_minutes": 180},
        "S4": {"title": "Minor", "meaning": "Nothing new is expected soon.", "cadence_minutes": 1440},
    },
    "tiers": {
        "T0": {
            "title": "Cleared wording",
            "use": "A holding statement.",
            "roles": ["pio"],
            "target_minutes": 5,
        },
        "T1": {"title": "Facts", "use": "New facts.", "roles": ["sme", "pio"], "target_minutes": 15},
        "T2": {
            "title": "Action",
            "use": "A closure.",
            "roles": ["sme", "pio", "ic"],
            "target_minutes": 20,
            "order": "sequence",
            "override": "two",
        },
    },
    "fields": {
        "hazard_seen": _choice("What happened", mudslides="mudslides", flooding="flooding"),
        "road": _field("text", "Road", "Highway 7", max_length=18),
        "area_description": _field("text", "Where", "between Agassiz and Hope", max_length=28),
        "closure_state": _choice("State of the road", closed="is closed", open="is open"),
        "road_advice": _choice("What to do", other_route="Use another route.", turn_back="Turn back."),
        "as_of": _field("datetime", "Facts as of", "2021-11-14T20:40:00-08:00", future_allowed=False),
        "next_update_at": _field(
            "datetime", "Next update by", "2021-11-14T21:45:00-08:00", past_allowed=False
        ),
        "expires_at": _field("datetime", "Holds until", "2021-11-15T12:00:00-08:00", past_allowed=False),
        "superseded_item": _field("text", "The text that was wrong", "the update of 7 p.m.", carry=False),
        "wrong_text": _field("text", "What was wrong", "the number of vehicles", max_length=40, carry=False),
        "correct_fact": _field("text", "What is true", "140 vehicles are trapped.", carry=False),
        "no_promise_reason": _field("text", "Why there is no next update", "the road is open"),
        "issuing_source": _field("text", "Who says it", "Example City", max_length=30),
        "info_url": _field("url", "Where to ask", "https://www.example.org", max_length=60),
    },
    "phases": {
        "during": [
            _step(
                "D1",
                "Holding statement",
                "once",
                "T0",
                due_minutes=15,
                texts={"statement": _text("Holding statement", _BY)},
            ),
            _step(
                "D3",
                "Road closure or change",
                "on-demand",
                "T2",
                partners=list(PARTNERS),
                texts={"statement": _text("Closure", _BY)},
            ),
            _step(
                "D5",
                "Leaders' brief",
                "on-demand",
                "T0",
                channels=["leaders"],
                texts={"internal": {"title": "Leaders' brief", "templates": {"leaders": _BRIEF}}},
            ),
            _step(
                "D4",
                "Scheduled update",
                "recurring",
                "T1",
                texts={
                    "update": _text("Update", _BY),
                    "no-change": _text("No change", _BY, tier="T0"),
                    "final": _text("Final update", _LAST),
                },
            ),
            _step(
                "D7",
                "Travel advice",
                "on-demand",
                "T0",
                fields=[
                    "hazard_seen",
                    "road",
                    "area_description",
                    "closure_state",
                    "road_advice",
                    "expires_at",
                ],
                texts={
                    "statement": _text(
                        "Travel advice", f"It holds until {{{{ expires_at | datetime }}}}. {_BY}"
                    )
                },
            ),
            _step(
                "D8",
                "Correction",
                "on-demand",
                "T0",
                channels=["internal", "web", "x", "sms"],
                fields=["superseded_item", "wrong_text", "correct_fact"],
                texts={"correction": _CORRECTION},
            ),
        ],
        "after": [
            _step("A1", "What we learned", "once", "T1", texts={"statement": _text("What we learned", _BY)})
        ],
    },
}
BOOK = Playbook.parse(RAW)
SHA256 = text_sha256({"raw": {"": repr(RAW)}})
