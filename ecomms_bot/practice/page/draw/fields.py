"""A field as a browser has it, and what the browser sends of it as Slack's state holds it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from ecomms_bot.practice.workspace import forms
from ecomms_bot.practice.workspace.screen import fields, label_of
from ecomms_bot.practice.workspace.state import Json

Form = Mapping[str, list[str]]
Pairs = list[tuple[str, str]]  # value, name

LOCAL = "%Y-%m-%dT%H:%M"
ROWS = 6
SHAPES = {
    "url_text_input": "url",
    "datepicker": "date",
    "timepicker": "time",
    "datetimepicker": "datetime-local",
    "radio_buttons": "radio",
    "checkboxes": "checkbox",
}
KEYS = {"number_input": "decimal", "email_text_input": "email"}
"""What a phone offers to type them with. They are typed as text: a browser drops what is no number."""


@dataclass(slots=True)
class Field:
    """`held` are the browser's values; `help` the ids of what explains it."""

    id: str
    name: str
    shape: str
    label: str
    held: list[str]
    placeholder: str = ""
    help: str = ""
    error: str = ""
    required: bool = False
    focus: bool = False
    most: int | None = None
    keys: str = ""
    rows: int = ROWS
    ticks: list[Json] = field(default_factory=list)
    groups: list[tuple[str, Pairs]] = field(default_factory=list)

    @property
    def text(self) -> str:
        return self.held[0] if self.held else ""

    @property
    def grouped(self) -> bool:
        """Several controls under one legend."""
        return self.shape in ("radio", "checkbox")


def name_of(block: Json, element: Json) -> str:
    return f"b|{block['block_id']}|{element['action_id']}"


def shape_of(element: Json, text: str) -> str:
    kind = element["type"]
    if kind.startswith("multi_"):
        return "checkbox"
    if kind.endswith("_select"):
        return "select"
    if kind == "plain_text_input" and (element.get("multiline") or "\n" in text):
        return "area"  # a field of one line would lose the others
    return SHAPES.get(kind, "text")


def held(element: Json, value: Any, zone: ZoneInfo) -> list[str]:
    """What Slack's state has, as a browser's values."""
    if value in (None, "", []):
        return []
    if element["type"] == "datetimepicker":
        return [local(int(value), zone)]
    some = value if isinstance(value, list) else [value]
    return [str(one["value"] if isinstance(one, dict) else one) for one in some]


def local(seconds: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(seconds, zone).strftime(LOCAL)


def understood(element: Json, sent: Iterable[str], before: Any, zone: ZoneInfo) -> Any:
    """What a browser sends, as Slack's state holds it: an option that is offered no more is as not chosen."""
    kind = element["type"]
    values = [one for one in sent if one != ""]
    if kind in forms.CHOICES or kind in forms.MANY_CHOICES:
        chosen = [one for one in forms.options_of(element) if one["value"] in values]
        return chosen if kind in forms.LISTS else next(iter(chosen), None)
    if kind in forms.LISTS:
        return values
    if not values:
        return None
    text = values[0].replace("\r\n", "\n")
    if kind == "datetimepicker":
        return moment(text, before, zone)
    return text[:5] if kind == "timepicker" else text


def moment(text: str, before: Any, zone: ZoneInfo) -> int | None:
    """The field knows no seconds, and not which of two hours when clocks go back: untouched, it stays."""
    if before is not None and local(int(before), zone) == text[:16]:
        return int(before)
    try:
        return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp())
    except (ValueError, OverflowError):
        return None


def entries(
    blocks: list[Json], form: Form, before: Mapping[tuple[str, str], Json], zone: ZoneInfo
) -> dict[tuple[str, str], Json]:
    """The state's entry of every field that the form has, by block_id and action_id."""
    found = {}
    for block, element in fields(blocks):
        name = name_of(block, element)
        if name in form:
            place = block["block_id"], element["action_id"]
            key = forms.FIELDS[element["type"]][0]
            value = understood(element, form[name], before.get(place, {}).get(key), zone)
            found[place] = forms.entry(element, value)
    return found


def label(block: Json, element: Json) -> str:
    """What a field is called that has no label of its own: its placeholder, else the words beside it."""
    own = (element.get("placeholder") or {}).get("text")
    return str(own or label_of(block, element))
