"""The JSON Schema of a playbook file, made from the model: with it editors complete, explain and check.

A file is not written quite as the model keeps it, so the model's own schema is adapted:

- groups with fixed names (severities, phases, kinds of text, channels) list these, each with its words;
- a text stands under its kind, need not say whether it promises, and a template may stand without a language;
- what only files must have is asked for: all severities, the next update, channels that exist;
- a file that says `extends` gives only what it changes, and `null` takes an entry away (`extension`).

What must fit together across a file (fields that texts use, tiers that steps name) only `ecomms check` sees.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from ecomms_bot.playbook.channels import CHANNELS, SIGN_CHARACTERS, SIGN_LINES, Channel
from ecomms_bot.playbook.consistency import CHOICE_WORDS_MAX, SEVERITIES
from ecomms_bot.playbook.extension import AFTER, EXTENDS, OWN, REMOVE
from ecomms_bot.playbook.mistakes import IDENTIFIER, SPELLING
from ecomms_bot.playbook.model import Kind, Phase, Playbook
from ecomms_bot.playbook.values import NEXT_UPDATE

Schema = dict[str, Any]

KINDS: Mapping[Kind, str] = {
    "statement": "Says something for the first time, and when the next text comes.",
    "update": "Says what changed, and when the next text comes.",
    "no-change": "Says that nothing changed, and when the next text comes.",
    "correction": "Puts right what we said wrongly. Promises nothing.",
    "final": "The last one: says when the next text comes, or why none will.",
    "internal": "For staff or partners. Promises nothing.",
}
PHASES: Mapping[Phase, str] = {
    "before": "What to do before it happens.",
    "during": "What to do while it happens.",
    "after": "What to do when it is over.",
}

_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
_FLAG = "^([Tt]rue|[Ff]alse|[Yy]es|[Nn]o|[Oo]n|[Oo]ff)$"


class OfModel(GenerateJsonSchema):
    """As pydantic makes it, with what the model takes for numbers with decimals and for yes or no."""

    def decimal_schema(self, schema: Mapping[str, object]) -> Schema:  # noqa: ARG002 - pydantic's
        return {"type": ["number", "string"], "pattern": _NUMBER, "patternErrorMessage": "Write a number."}

    def bool_schema(self, schema: Mapping[str, object]) -> Schema:
        if schema.get("strict"):
            return {"type": "boolean"}
        words = {"pattern": _FLAG, "patternErrorMessage": "Write true or false."}
        return {"type": ["boolean", "string"], **words}


def playbook_schema() -> Schema:
    """JSON Schema, draft 2020-12, of a playbook file: one that stands on its own, or extends another."""
    parts = _as_written()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "description": "A playbook: everything to say for one kind of event.",
        "type": "object",
        "if": {"required": [EXTENDS]},
        "then": {"$ref": "#/$defs/PlaybookChange"},
        "else": {"$ref": "#/$defs/Playbook"},
        "$defs": parts | _changes(parts),
    }


def as_json() -> str:
    """The schema as `ecomms schema` prints it, always the same."""
    return json.dumps(playbook_schema(), ensure_ascii=False, indent=2) + "\n"


def _as_written() -> dict[str, Schema]:
    """The parts of a file that stands on its own."""
    playbook = Playbook.model_json_schema(schema_generator=OfModel)
    parts: dict[str, Schema] = {"Playbook": playbook, **playbook.pop("$defs")}
    for part in parts.values():
        tidy(part)
    top, step, text = (parts[name]["properties"] for name in ("Playbook", "Step", "StepText"))
    _name(top["severities"], dict.fromkeys(SEVERITIES, ""), required=SEVERITIES)
    _name(top["phases"], PHASES)
    top["fields"] |= {"additionalProperties": False, "required": [NEXT_UPDATE]}
    parts["Playbook"]["properties"] = _with_extends(top)
    parts["Severity"]["properties"]["meaning"]["maxLength"] = CHOICE_WORDS_MAX
    _name(step["texts"], KINDS)
    step["channels"]["items"]["enum"] = list(CHANNELS)
    del text["kind"]
    parts["StepText"]["required"] = ["title", "templates"]
    del parts["StepText"]["description"]  # editors would show it in place of what is said of each kind
    by_language = text["templates"]["additionalProperties"]
    parts["Template"] = by_language["additionalProperties"]
    by_language["additionalProperties"] = {"$ref": "#/$defs/Template"}
    text["templates"]["additionalProperties"] = {"anyOf": [{"$ref": "#/$defs/Template"}, by_language]}
    _name(text["templates"], {name: _channel_words(channel) for name, channel in CHANNELS.items()})
    return parts


def tidy(schema: Any) -> None:
    """No titles, which only repeat names; no empty defaults, which editors write down; patterns in words."""
    if isinstance(schema, list):
        for each in schema:
            tidy(each)
    elif isinstance(schema, dict):
        if isinstance(schema.get("title"), str):
            del schema["title"]
        if schema.get("default", True) in (None, "", []):
            del schema["default"]
        if isinstance(words := schema.get("description"), str):
            schema["description"] = " ".join(words.split())
        if (pattern := schema.get("pattern")) in SPELLING:
            schema["patternErrorMessage"] = f"This must be {SPELLING[pattern]}."
        for each in schema.values():
            tidy(each)


def _name(group: Schema, names: Mapping[Any, str], required: Iterable[str] = ()) -> None:
    """List the names that a group may have, with their words, in place of a rule for all of them."""
    entry = group.pop("additionalProperties")
    group.pop("propertyNames", None)
    group["properties"] = {
        name: {"description": words, **entry} if words else {**entry} for name, words in names.items()
    }
    group["additionalProperties"] = False
    if required:
        group["required"] = list(required)


def _with_extends(properties: Mapping[str, Schema]) -> dict[str, Schema]:
    """Beside the id. A file that says it is held against the other half of the schema; here it completes."""
    extends = {
        "description": "The id of a playbook to start from. Then this file says only what is different.",
        "type": "string",
        "pattern": IDENTIFIER,
        "patternErrorMessage": f"This must be {SPELLING[IDENTIFIER]}.",
    }
    before = ("schema_version", "id")
    return {
        **{name: properties[name] for name in before},
        EXTENDS: extends,
        **{name: each for name, each in properties.items() if name not in before},
    }


def _channel_words(channel: Channel) -> str:
    """Its name and how much it holds."""
    if channel.unit == "pages":
        room = f"up to {channel.limit} pages of {SIGN_LINES} lines with {SIGN_CHARACTERS} characters each"
        return f"{channel.title}: {room}. An empty line begins a page."
    if channel.limit is None:
        return f"{channel.title}: as long as it needs to be."
    return f"{channel.title}: up to {channel.limit} {channel.unit}."


_CHANGING = ("Playbook", "Severity", "Tier", "Field", "Step", "StepText")
"""What a file that extends another may give in part. Lists, and so choices and contacts, it gives whole."""


def _changes(parts: Mapping[str, Schema]) -> dict[str, Schema]:
    """The parts of a file that extends another: what is not changed is left out, null takes away."""
    changes = {f"{name}Change": _change(parts[name]) for name in _CHANGING}
    changes["PlaybookChange"]["required"] = ["id", EXTENDS, "title", "hazard"]
    step = changes["StepChange"]
    step["required"] = ["id"]
    step["properties"] |= {
        AFTER: {"description": "The id of the step after which this one comes.", "type": "string"},
        REMOVE: {
            "description": "Say true to leave this step out. Then only its id stands here too.",
            "const": True,
        },
    }
    step |= {"if": {"required": [REMOVE]}, "then": {"maxProperties": 2}}
    return changes


def _change(part: Schema) -> Schema:
    needed = {*part["required"], *OWN, EXTENDS}
    properties = {
        name: _in_part(each) if name in needed else _or_null(_in_part(each))
        for name, each in part["properties"].items()
    }
    return {key: each for key, each in part.items() if key != "required"} | {"properties": properties}


def _in_part(schema: Schema) -> Schema:
    """A value that is joined with the base's."""
    loose = {key: each for key, each in schema.items() if key not in {"default", "required", "minProperties"}}
    if "$ref" in loose and loose["$ref"].rpartition("/")[2] in _CHANGING:
        loose["$ref"] += "Change"
    if "anyOf" in loose:
        loose["anyOf"] = [_in_part(each) for each in loose["anyOf"]]
    if loose.get("items") == {"$ref": "#/$defs/Step"}:
        loose["items"] = _in_part(loose["items"])
    for entries in ("properties", "patternProperties"):
        if entries in loose:
            loose[entries] = {name: _or_null(_in_part(each)) for name, each in loose[entries].items()}
    if isinstance(entry := loose.get("additionalProperties"), dict):
        loose["additionalProperties"] = _or_null(_in_part(entry))
    return loose


def _or_null(schema: Schema) -> Schema:
    words = {"description": schema["description"]} if "description" in schema else {}
    value = {key: each for key, each in schema.items() if key not in words}
    kinds = value.pop("anyOf") if value.keys() == {"anyOf"} else [value]
    if any(kind.get("type") == "null" for kind in kinds):
        return schema
    return words | {"anyOf": [*kinds, {"type": "null"}]}
