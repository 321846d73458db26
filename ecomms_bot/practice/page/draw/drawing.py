"""What the templates ask: texts, fields and choices of one surface, as one person reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from ecomms_bot.practice.page.draw import fields, rich, words
from ecomms_bot.practice.page.draw.fields import Field, Pairs
from ecomms_bot.practice.page.draw.look import SAFE, Look, look_of
from ecomms_bot.practice.workspace import forms
from ecomms_bot.practice.workspace.person import Person
from ecomms_bot.practice.workspace.state import Json

SIDES = ("center", "right")


@dataclass
class Drawing:
    """One surface before one person. `base` begins the ids of its fields: they are told apart on the page."""

    person: Person
    base: str
    in_modal: bool = False
    entered: Mapping[tuple[str, str], Json] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    numbers: dict[tuple[str, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.look: Look = look_of(self.person)
        self.zone = ZoneInfo(self.person.user.tz)

    # --- texts -------------------------------------------------------------------------------------------

    def text(self, thing: Json | None) -> Markup:
        return words.text(thing, self.look)

    def words(self, thing: Json) -> str:
        """For where nothing but plain text may stand."""
        return self.person.reader.text(thing)

    def rich(self, block: Json) -> Markup:
        return rich.block(block, self.look)

    def safe(self, address: str) -> bool:
        return SAFE.match(address) is not None

    def side(self, table: Json, column: int) -> str:
        """How a column is aligned, if not to the left."""
        settings = table.get("column_settings") or []
        side = (settings[column] or {}).get("align") if column < len(settings) else None
        return side if side in SIDES else ""

    # --- fields ------------------------------------------------------------------------------------------

    def field(self, block: Json, element: Json) -> Field:
        place = block["block_id"], element["action_id"]
        at = f"{self.base}-{self.numbers.setdefault(place, len(self.numbers))}"
        kind = element["type"]
        now = fields.held(element, self.value(place, element), self.zone)
        error = self.errors.get(block["block_id"], "")
        explained = [f"{at}-error"] * bool(error) + [f"{at}-hint"] * bool(block.get("hint"))
        shape = fields.shape_of(element, now[0] if now else "")
        made = Field(
            id=at,
            name=fields.name_of(block, element),
            shape=shape,
            label=fields.label(block, element),
            held=now,
            placeholder=str((element.get("placeholder") or {}).get("text", "")),
            help=" ".join(explained),
            error=error,
            required=block["type"] == "input" and not block.get("optional"),
            focus=bool(element.get("focus_on_load")),
            most=element.get("max_length"),
            keys=fields.KEYS.get(kind, ""),
            rows=max(fields.ROWS, min(14, sum(1 + len(line) // 60 for line in (now or [""])[0].split("\n")))),
        )
        if made.grouped:
            made.ticks = self.ticks(element)
        elif shape == "select":
            made.groups = self.groups(element)
        return made

    def value(self, place: tuple[str, str], element: Json) -> Any:
        if place in self.entered:
            return self.entered[place][forms.FIELDS[element["type"]][0]]
        return forms.initial_value(element)

    def chosen_option(self, block: Json, element: Json) -> Json | None:
        """The option that a menu shows as chosen."""
        if element["type"] not in forms.CHOICES:
            return None
        option: Json | None = self.value((block["block_id"], element["action_id"]), element)
        return option

    def ticks(self, element: Json) -> list[Json]:
        """Options to tick: its own, or people and conversations."""
        options = forms.options_of(element)
        if options:
            return options
        return [
            {"text": {"type": "plain_text", "text": name, "emoji": False}, "value": value}
            for value, name in self.ids(element["type"])
        ]

    def groups(self, element: Json) -> list[tuple[str, Pairs]]:
        if "select" in element["type"] and element["type"] != "static_select":
            return [("", self.ids(element["type"]))]
        groups = element.get("option_groups") or [{"label": {"text": ""}, "options": element["options"]}]
        return [
            (group["label"]["text"], [(one["value"], one["text"]["text"]) for one in group["options"]])
            for group in groups
        ]

    def ids(self, kind: str) -> Pairs:
        """Whom or what a picker offers, in the order of their names."""
        ws = self.person.workspace
        with ws.lock:
            if "users" in kind:
                found = [(one.id, one.name) for one in ws.users.values() if not one.deleted and not one.bot]
            else:
                found = [
                    (one.id, f"#{one.name}")
                    for one in ws.conversations
                    if not one.archived and (not one.private or self.person.id in one.members)
                    if one.kind == "channel" or "channels" not in kind
                ]
        return sorted(found, key=lambda pair: pair[1].casefold())
