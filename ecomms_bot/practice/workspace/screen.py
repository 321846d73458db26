"""What is in front of a person: messages, modals and the Home tab, with what can be pressed in them."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ecomms_bot.practice.workspace import forms, messages
from ecomms_bot.practice.workspace.answers import Answer
from ecomms_bot.practice.workspace.mentions import mentioned
from ecomms_bot.practice.workspace.normal import elements_of
from ecomms_bot.practice.workspace.refusals import NotOnScreen
from ecomms_bot.practice.workspace.render import Reader
from ecomms_bot.practice.workspace.state import Conversation, Json, StoredMessage, View

if TYPE_CHECKING:
    from ecomms_bot.practice.workspace.person import Person

PRESSED = {"button", "overflow"}


@dataclass(frozen=True, slots=True)
class Control:
    """Something to press or choose: an element in its block, for menus with the option chosen."""

    block: Json
    element: Json
    option: Json | None = None


@dataclass(frozen=True, slots=True)
class SeenFile:
    """A file of a message, as somebody who opens it has it."""

    name: str
    title: str
    data: bytes


@dataclass(frozen=True)
class Message:
    """A message as one person saw it at one moment. It does not change when the message is edited later."""

    conversation: str
    ts: str
    thread_ts: str | None
    user: str
    text: str
    blocks: list[Json]
    metadata: Json | None
    ephemeral: bool
    edited: bool
    by_app: bool
    deleted: bool
    files: list[SeenFile]
    mentions: frozenset[str]  # ids of all whom it calls as it stands, be they here or not
    notified: frozenset[str]  # ids of those whom it told of itself when it was posted
    raw: Json = field(repr=False)  # the message object as payloads carry it
    reader: Reader = field(repr=False, compare=False)

    def plain(self) -> str:
        """All that can be read, as on this person's screen: blocks if there are any, else the text."""
        return self.reader.blocks(self.blocks) if self.blocks else self.reader.mrkdwn(self.text)

    def notification(self) -> str:
        """What a notification says and a screen reader reads first."""
        return self.reader.mrkdwn(self.text)

    @property
    def buttons(self) -> list[str]:
        return [c.element["text"]["text"] for c in controls(self.blocks) if c.element["type"] == "button"]

    @property
    def choices(self) -> list[str]:
        """The words on its buttons and in its menus."""
        return [names_of(control)[0] for control in controls(self.blocks)]


def see(person: Person, conversation: Conversation, message: StoredMessage) -> Message:
    raw = copy.deepcopy(messages.as_slack(person.workspace, message, metadata=False))
    return Message(
        conversation=conversation.id,
        ts=message.ts,
        thread_ts=message.thread_ts,
        user=message.user,
        text=message.text,
        blocks=raw.get("blocks", []),
        metadata=copy.deepcopy(message.metadata),
        ephemeral=message.ephemeral_to is not None,
        edited=message.edited_ts is not None,
        by_app=message.by_app,
        deleted=message.tombstone,
        files=[SeenFile(one.name, one.title, one.data or b"") for one in message.files],
        mentions=mentioned(person.workspace, conversation, message.text, message.blocks),
        notified=message.notified,
        raw=raw,
        reader=person.reader,
    )


def controls(blocks: list[Json]) -> Iterator[Control]:
    """Every button, and every option of menus, in reading order."""
    for block in blocks:
        for element in elements_of(block):
            options = forms.options_of(element)
            if options and element["type"] not in forms.MANY_CHOICES:
                yield from (Control(block, element, option) for option in options)
            else:
                yield Control(block, element)


def names_of(control: Control) -> tuple[str, ...]:
    """What a person or a test may call it: visible text first, then ids."""
    if control.option is not None:
        return control.option["text"]["text"], control.option["value"]
    visible = control.element.get("text") or control.element.get("placeholder") or {}
    return visible.get("text", ""), control.element["action_id"]


def control_at(blocks: list[Json], block_id: str, action_id: str, option: str | None = None) -> Control:
    """The control with these ids, of a menu the option with this value."""
    for block in blocks:
        for element in elements_of(block):
            if (block["block_id"], element["action_id"]) != (block_id, action_id):
                continue
            if option is None:
                return Control(block, element)
            for one in forms.options_of(element):
                if one["value"] == option:
                    return Control(block, element, one)
    raise NotOnScreen("Nothing was pressed: this has changed meanwhile. Look again.")


def pick(blocks: list[Json], label: str | Control, value: str | None = None) -> Control:
    """The one control called `label`; `value` tells apart several that look alike."""
    if isinstance(label, Control):
        return label
    found = [c for c in controls(blocks) if label in names_of(c)]
    if not found:
        found = [c for c in controls(blocks) if label.casefold() in (name.casefold() for name in names_of(c))]
    if value is not None:
        found = [c for c in found if (c.option or c.element).get("value") == value]
    if len(found) == 1:
        return found[0]
    offered = ", ".join(names_of(c)[0] or names_of(c)[1] for c in controls(blocks)) or "nothing"
    problem = f"{label!r} is there {len(found)} times" if found else f"there is no {label!r}"
    raise NotOnScreen(f"Nothing was pressed: {problem}. To press: {offered}.")


def action(control: Control, ts: str) -> Json:
    """The entry of `actions` in a block_actions payload."""
    element = control.element
    told: Json = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": control.block["block_id"],
        "action_ts": ts,
    }
    if element["type"] == "button":
        told |= {key: element[key] for key in ("text", "value", "style") if key in element}
    elif control.option is not None:
        told["selected_option"] = control.option
    for key in ("placeholder", "confirm"):
        if key in element:
            told[key] = element[key]
    return told


class Modal:
    """An open modal as its person sees it."""

    def __init__(self, person: Person, view: View) -> None:
        self.person = person
        self.view = view

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Modal) and other.view.id == self.view.id

    def __hash__(self) -> int:
        return hash(self.view.id)

    @property
    def id(self) -> str:
        return self.view.id

    @property
    def open(self) -> bool:
        return self.view.open

    @property
    def blocks(self) -> list[Json]:
        return self.view.blocks

    @property
    def callback_id(self) -> str:
        return str(self.view.content["callback_id"])

    @property
    def private_metadata(self) -> str:
        return str(self.view.content["private_metadata"])

    @property
    def title(self) -> str:
        return str((self.view.content.get("title") or {}).get("text", ""))

    @property
    def submit_text(self) -> str | None:
        return (self.view.content.get("submit") or {}).get("text")

    @property
    def buttons(self) -> list[str]:
        return [c.element["text"]["text"] for c in controls(self.blocks) if c.element["type"] == "button"]

    @property
    def labels(self) -> list[str]:
        """The labels of its fields, in order."""
        return [label_of(block, element) for block, element in fields(self.blocks)]

    @property
    def errors(self) -> dict[str, str]:
        """What stands next to fields, by label."""
        return {
            label_of(block, element): self.view.errors[block["block_id"]]
            for block, element in fields(self.blocks)
            if block["block_id"] in self.view.errors
        }

    def plain(self) -> str:
        """All that can be read in it."""
        return "\n".join(part for part in (self.title, self.person.reader.blocks(self.blocks)) if part)

    def block(self, name: str) -> Json:
        """The field's block, by label, block_id or action_id."""
        return self._field(name)[0]

    def element(self, name: str) -> Json:
        return self._field(name)[1]

    def field(self, name: str) -> Any:
        """What is entered there now: text, option text(s), id, date; None if empty."""
        block, element = self._field(name)
        value = self.view.entered[block["block_id"], element["action_id"]][forms.FIELDS[element["type"]][0]]
        if isinstance(value, dict):
            return value["text"]["text"]
        if isinstance(value, list):
            return [one["text"]["text"] if isinstance(one, dict) else one for one in value]
        return value

    def options(self, name: str) -> list[str]:
        """The visible options of a choice."""
        return [option["text"]["text"] for option in forms.options_of(self.element(name))]

    def hint(self, name: str) -> str | None:
        return (self.block(name).get("hint") or {}).get("text")

    def fill(self, values: dict[str, Any]) -> Answer:
        """Enter these; see `Person.fill`."""
        return self.person.fill(values, self)

    def submit(self, *, unchecked: bool = False) -> Answer:
        return self.person.submit(self, unchecked=unchecked)

    def press(self, label: str, value: str | None = None) -> Answer:
        return self.person.press(label, self, value=value)

    def close(self) -> Answer:
        return self.person.close_modal(self)

    def _field(self, name: str) -> tuple[Json, Json]:
        return find_field(self.blocks, name)


class Home(Modal):
    """The Home tab as its person sees it; nothing to submit or close."""


def fields(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    for block in blocks:
        for element in elements_of(block):
            if element["type"] in forms.FIELDS:
                yield block, element


def label_of(block: Json, element: Json) -> str:
    if block["type"] == "input":
        return str(block["label"]["text"])
    if block["type"] == "section" and block.get("text"):
        return str(block["text"]["text"])
    return str((element.get("placeholder") or {}).get("text") or element["action_id"])


def find_field(blocks: list[Json], name: str) -> tuple[Json, Json]:
    """By visible label first, then block_id, then action_id."""
    wanted = name.casefold()
    ways = (
        lambda block, element: label_of(block, element) == name,
        lambda block, element: label_of(block, element).casefold() == wanted,
        lambda block, _: block["block_id"] == name,
        lambda _, element: element["action_id"] == name,
    )
    for way in ways:
        found = [pair for pair in fields(blocks) if way(*pair)]
        if len(found) == 1:
            return found[0]
        if found:
            raise NotOnScreen(f"{len(found)} fields are called {name!r} here; use a block_id.")
    offered = ", ".join(label_of(*pair) for pair in fields(blocks)) or "none"
    raise NotOnScreen(f"There is no field {name!r} here. Fields: {offered}.")
