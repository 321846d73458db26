"""The JSON Schema of a drill's file, made from the model: with it editors complete, explain and check.

What must fit together (minutes in their order, names of the playbook) only `ecomms check` sees. So it is with
the part that plays by itself: the schema knows its words and no more.
"""

from __future__ import annotations

import json
from typing import Any

from ecomms_bot.playbook.drills import RECORDED, Drill
from ecomms_bot.workshop.schema import OfModel, Schema, tidy

PLAYS_BY_ITSELF = {
    "zone": "The IANA name of the time zone. All times of the scenes are on its clocks.",
    "starts": 'The date and time at which the scenes begin, in quotes: "2026-11-20 18:00".',
    "office": "Who the agency of the scenes is: organisation and info_url.",
    "people": "The made-up people of the scenes: a short name, then name, roles, deputy_for and zone.",
    "scenes": "Who does what at which minute, for ecomms drill to play by itself.",
}
"""What is said of the words of a drill that no person takes part in."""
_TYPES = {"office": "object", "people": "object", "scenes": "array"}


def drill_schema() -> Schema:
    """JSON Schema, draft 2020-12, of a drill's file."""
    drill = Drill.model_json_schema(schema_generator=OfModel)
    parts: dict[str, Schema] = drill.pop("$defs")
    for part in (drill, *parts.values()):
        tidy(part)
    drill["properties"] |= {
        word: {"description": PLAYS_BY_ITSELF[word], "type": _TYPES.get(word, "string")} for word in RECORDED
    }
    drill["properties"]["take_part"] = _not_null(drill["properties"]["take_part"])
    drill["anyOf"] = [{"required": ["take_part"]}, {"required": ["scenes"]}]
    _complete(parts["Inject"])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **drill,
        "description": "A drill: what happens at which minute, and what people learn from it.",
        "$defs": parts,
    }


def drill_as_json() -> str:
    """The schema as `ecomms schema --drill` prints it, always the same."""
    return json.dumps(drill_schema(), ensure_ascii=False, indent=2) + "\n"


def _complete(inject: Schema) -> None:
    """One name need not stand in a list; an outage lasts, and nothing else does."""
    several = inject["properties"]["of"]
    words = {"description": several.pop("description")}
    inject["properties"]["of"] = words | {"anyOf": [{"type": "string"}, several]}
    inject["properties"]["minutes"] = _not_null(inject["properties"]["minutes"])
    inject |= {
        "if": {"properties": {"kind": {"const": "outage"}}, "required": ["kind"]},
        "then": {"required": ["minutes"]},
        "else": {"properties": {"minutes": False}},
    }


def _not_null(schema: Schema) -> Schema:
    """What may be left out need not be written down as empty."""
    kept: list[dict[str, Any]] = [each for each in schema["anyOf"] if each.get("type") != "null"]
    return {key: value for key, value in schema.items() if key != "anyOf"} | kept[0]
