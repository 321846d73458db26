"""The playbooks that ship, and what fills them: examples, real names, only what is needed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pytest

from ecomms_bot.playbook.channels import CHANNELS
from ecomms_bot.playbook.drafting import Render, Values, fields_for, render
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.library import Library, shipped_folder
from ecomms_bot.playbook.model import Field, Playbook, Step
from ecomms_bot.playbook.values import NEXT_UPDATE, NO_PROMISE_REASON, example_of
from tests.playbook.samples import NAME, ZONE

LIBRARY = Library.from_folder(shipped_folder())
BOOKS: Mapping[str, Playbook] = {name: loaded.playbook for name, loaded in LIBRARY.playbooks.items()}
EVERY_STEP = [
    pytest.param(book, step, id=f"{book.id}-{step.id}")
    for book in BOOKS.values()
    for steps in book.phases.values()
    for step in steps
]
PUBLIC_WORDS = ("web", "x", "sms")
"""Public channels with room for sentences."""

LONG_NAMES: Mapping[str, str] = {
    "road": "Highway 97C (Okanagan Connector)",
    "from_landmark": "Exit 104 (No. 3 Road)",
    "to_landmark": "Exit 92 (Sumas Way)",
    "issuing_source": "B.C. Ministry of Transportation",
    "order_issuer": "Regional District of Central Okanagan",
    "river": "North Thompson River",
    "facility": "Upper Sumas Elementary School",
    "info_url": "https://www.emergencyinfobc.gov.bc.ca",
}
"""Names as long as they come in British Columbia. A field of that name has to take them."""

Filled = tuple[str, Values]
"""Values, and what is special about them."""


def fillings(book: Playbook, step: Step, kind: str) -> Iterator[Filled]:
    """A form with all fields, only with those needed, with one optional field less, with one more."""
    fields = dict(fields_for(book, step, kind))
    whole = {name: example_of(name, field, ZONE) for name, field in fields.items()}
    choosable = [name for name, field in fields.items() if not field.required]
    bare = {**whole, **dict.fromkeys(choosable)}
    yield from _promised("examples", kind, whole)
    yield from _promised("long names", kind, {**whole, **long_names(fields)})
    yield from _promised("needed only", kind, bare)
    for name in choosable:
        yield from _promised(f"without {name}", kind, {**whole, name: None})
        yield from _promised(f"with {name}", kind, {**bare, name: whole[name]})


def _promised(what: str, kind: str, values: Values) -> Iterator[Filled]:
    """A final text promises an update or says why there is none: each way once, never both."""
    if kind != "final":
        yield what, values
        return
    times = example_time(values)
    yield f"{what}, promised", {**values, NEXT_UPDATE: times, NO_PROMISE_REASON: None}
    yield f"{what}, no promise", {**values, NEXT_UPDATE: None, NO_PROMISE_REASON: "the road is open"}


def example_time(values: Values) -> Instant:
    """The promised time of the examples, also where a final text leaves it out."""
    if isinstance(given := values.get(NEXT_UPDATE), Instant):
        return given
    made = example_of(NEXT_UPDATE, next(iter(BOOKS.values())).field(NEXT_UPDATE), ZONE)
    assert isinstance(made, Instant)
    return made


def long_names(fields: Mapping[str, Field]) -> dict[str, str]:
    return {name: LONG_NAMES[name] for name in fields if name in LONG_NAMES}


def rendered(
    book: Playbook, step: Step, kind: str, values: Values, *, exercise: bool = False
) -> dict[str, str]:
    """The English texts by channel."""
    texts = render(book, step, kind, Render(values, NAME, exercise=exercise, zone=ZONE))
    return {channel: languages["en"] for channel, languages in texts.items()}


def public(texts: Mapping[str, str]) -> dict[str, str]:
    return {channel: text for channel, text in texts.items() if CHANNELS[channel].public}


def examples(book: Playbook, step: Step, kind: str) -> dict[str, str]:
    """The English texts by channel, with the examples filled in."""
    return rendered(book, step, kind, next(fillings(book, step, kind))[1])


def in_plain_names(book: Playbook, step: Step, kind: str) -> dict[str, str]:
    """With "Hope" for every name, so that only the words of the authors are measured."""
    fields = dict(fields_for(book, step, kind))
    _, values = next(fillings(book, step, kind))
    named = {
        name: "Hope"
        for name, field in fields.items()
        if field.type == "text" and not re.search(r"[.?]$", field.example)
    }
    texts = render(book, step, kind, Render({**values, **named}, "Hope", exercise=False, zone=ZONE))
    return {channel: languages["en"] for channel, languages in texts.items()}
