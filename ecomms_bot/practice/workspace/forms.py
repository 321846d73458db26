"""What a person has entered: the entries of `state.values`, and Slack's own checks before a submission."""

from __future__ import annotations

import math
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlsplit

from ecomms_bot.practice.workspace.answers import REQUIRED
from ecomms_bot.practice.workspace.normal import elements_of
from ecomms_bot.practice.workspace.refusals import NotOnScreen
from ecomms_bot.practice.workspace.state import Json

TEXT_LENGTH = 3000  # of a text field that sets no own limit

# Element type -> (the key of its value in the state, the key of its initial value).
TYPED = ("plain_text_input", "number_input", "url_text_input", "email_text_input")
TEXTS = dict.fromkeys(TYPED, ("value", "initial_value"))
CHOICES = dict.fromkeys(("static_select", "radio_buttons"), ("selected_option", "initial_option"))
MANY_CHOICES = dict.fromkeys(("checkboxes", "multi_static_select"), ("selected_options", "initial_options"))
OTHERS = {
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
}
FIELDS = TEXTS | CHOICES | MANY_CHOICES | OTHERS
LISTS = {kind for kind, (key, _) in FIELDS.items() if key.endswith("s")}


def initial(blocks: list[Json]) -> dict[tuple[str, str], Json]:
    """The entries of a fresh view: every field is there, also the empty ones."""
    entries = {}
    for block in blocks:
        for element in elements_of(block):
            if element["type"] in FIELDS:
                entries[block["block_id"], element["action_id"]] = entry(element, initial_value(element))
    return entries


def initial_value(element: Json) -> Any:
    return element.get(FIELDS[element["type"]][1], [] if element["type"] in LISTS else None)


def entry(element: Json, value: Any) -> Json:
    """One entry of `state.values[block_id][action_id]`."""
    kind = element["type"]
    if kind in TEXTS:
        value = value or None
    if kind == "timepicker" and "timezone" in element:
        return {"type": kind, "timezone": element["timezone"], FIELDS[kind][0]: value}
    return {"type": kind, FIELDS[kind][0]: value}


def kept(old: dict[tuple[str, str], Json], blocks: list[Json]) -> dict[tuple[str, str], Json]:
    """The entries after an update: what was entered stays where block_id, action_id and type are the same."""
    fresh = initial(blocks)
    for place, new in fresh.items():
        if place in old and old[place]["type"] == new["type"] and still_offered(blocks, place, old[place]):
            fresh[place] = old[place]
    return fresh


def still_offered(blocks: list[Json], place: tuple[str, str], old: Json) -> bool:
    """A choice survives an update only if it is still among the options."""
    chosen = old.get("selected_options") or ([old["selected_option"]] if old.get("selected_option") else [])
    if not chosen:
        return True
    block = next(one for one in blocks if one["block_id"] == place[0])
    element = next(one for one in elements_of(block) if one["action_id"] == place[1])
    return all(option in options_of(element) for option in chosen)


def options_of(element: Json) -> list[Json]:
    groups = element.get("option_groups") or []
    return list(element.get("options") or []) + [option for group in groups for option in group["options"]]


def from_person(element: Json, value: Any) -> Any:
    """What a person chose or typed, as Slack's state holds it."""
    kind = element["type"]
    if value is None:
        return [] if kind in LISTS else None
    if kind in TEXTS:
        return str(value)
    if kind in CHOICES:
        return option_called(element, value)
    if kind in MANY_CHOICES:
        wanted = [value] if isinstance(value, str) else list(value)
        return [option_called(element, one) for one in wanted]
    if kind == "datetimepicker":
        return epoch(value)
    if kind == "datepicker" and isinstance(value, date):
        return value.strftime("%Y-%m-%d")
    if kind == "timepicker" and isinstance(value, time):
        return value.strftime("%H:%M")
    return value


def epoch(value: Any) -> int:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise NotOnScreen("A date and time needs a zone: give an aware datetime or seconds since 1970.")
        return int(value.timestamp())
    return int(value)


def option_called(element: Json, wanted: Any) -> Json:
    """By visible text, or by value."""
    options = options_of(element)
    for option in options:
        if wanted in (option["text"]["text"], option["value"]):
            return option
    offered = ", ".join(option["text"]["text"] for option in options)
    raise NotOnScreen(f"There is no option {wanted!r} here. Offered: {offered}.")


def objections(blocks: list[Json], entered: dict[tuple[str, str], Json]) -> dict[str, str]:
    """What Slack's client says next to a field (by block_id) instead of sending the form."""
    found = {}
    for block in blocks:
        if block["type"] != "input":
            continue
        element = block["element"]
        if element["type"] not in FIELDS:
            continue
        value = entered[block["block_id"], element["action_id"]][FIELDS[element["type"]][0]]
        if value in (None, [], ""):
            if not block.get("optional"):
                found[block["block_id"]] = REQUIRED
        elif complaint := wrong(element, value):
            found[block["block_id"]] = complaint
    return found


def wrong(element: Json, value: Any) -> str | None:
    kind = element["type"]
    if kind == "plain_text_input":
        most, least = element.get("max_length", TEXT_LENGTH), element.get("min_length", 0)
        if len(value) > most:
            return f"This must be {most} characters or fewer."
        if len(value) < least:
            return f"This must be {least} characters or more."
    elif kind == "number_input":
        return wrong_number(element, value)
    elif kind == "url_text_input":
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            return "Enter a valid URL."
    elif kind == "email_text_input" and "@" not in value:
        return "Enter a valid email address."
    return None


def wrong_number(element: Json, value: str) -> str | None:
    try:
        number = float(value)
    except ValueError:
        return "Enter a number."
    if not math.isfinite(number):
        return "Enter a number."
    if not element["is_decimal_allowed"] and "." in value:
        return "Enter a whole number."
    if "min_value" in element and number < float(element["min_value"]):
        return f"Enter a number of {element['min_value']} or more."
    if "max_value" in element and number > float(element["max_value"]):
        return f"Enter a number of {element['max_value']} or less."
    return None
