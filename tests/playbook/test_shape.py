"""Mistakes of shape: what an author is told, what was probably meant, and what else is told at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ecomms_bot.playbook.mistakes import BadPlaybook
from ecomms_bot.playbook.model import Playbook
from tests.playbook.samples import small_raw

Raw = dict[str, Any]
Change = Callable[[Raw], object]


def step_of(raw: Raw) -> Raw:
    return raw["phases"]["during"][0]  # type: ignore[no-any-return]


def text_of(raw: Raw, kind: str = "internal") -> Raw:
    return step_of(raw)["texts"][kind]  # type: ignore[no-any-return]


def told(*changes: Change) -> list[str]:
    """What the author of the small playbook is told after these changes."""
    raw = small_raw()
    for change in changes:
        change(raw)
    with pytest.raises(BadPlaybook) as caught:
        Playbook.parse(raw)
    return str(caught.value).splitlines()


# --- what was meant

KINDS = "'statement', 'update', 'no-change', 'correction', 'final' or 'internal'"
SPECIAL = "it begins or ends with a special space, as word processors make; type it again"
UNKNOWN = "this word is not known here"
INDENTED = "check how far the line is indented"
OF_STEP = f"it belongs to a step, so {INDENTED}"
MEANT: list[tuple[Change, str]] = [
    (lambda raw: raw.update(titel="x"), f"titel: {UNKNOWN}; did you mean title?"),
    (lambda raw: raw.update(Contacts=[]), f"Contacts: {UNKNOWN}; did you mean contacts?"),
    (lambda raw: raw.update(extend="x"), f"extend: {UNKNOWN}; did you mean extends?"),
    (lambda raw: step_of(raw).update(due=5), f"phases > during > D1 > due: {UNKNOWN}"),
    (
        lambda raw: step_of(raw).update(afer="D1"),
        f"phases > during > D1 > afer: {UNKNOWN}; did you mean after?",
    ),
    (
        lambda raw: raw["fields"]["place"].update(channels=["web"]),
        f"fields > place > channels: {UNKNOWN}; {OF_STEP}",
    ),
    (
        lambda raw: raw["fields"]["place"].update(templats={}),
        f"fields > place > templats: {UNKNOWN}; is templates meant, in another place?",
    ),
    (
        lambda raw: raw["fields"]["state"]["choices"][0].update({"sign:OPEN": None}),
        f"fields > state > choices > closed > sign:OPEN: {UNKNOWN}; put a space after sign:",
    ),
    (
        lambda raw: raw["fields"]["state"]["choices"][0].update({"note:OPEN": None}),
        f"fields > state > choices > closed > note:OPEN: {UNKNOWN}",
    ),
    (lambda raw: raw.update({"\u00a0offered": True}), f"\u00a0offered: {UNKNOWN}; {SPECIAL}"),
    (
        lambda raw: raw["fields"].update(max_length=8),
        f"fields > max_length: this must be a group of named entries; it belongs to a field, so {INDENTED}",
    ),
    (
        lambda raw: raw["phases"].update(durring=[]),
        "phases > durring: this must be one of 'before', 'during' or 'after'; did you mean during?",
    ),
    (
        lambda raw: step_of(raw)["texts"].update(updat=text_of(raw)),
        f"phases > during > D1 > texts > updat: this must be one of {KINDS}; did you mean update?",
    ),
    (
        lambda raw: step_of(raw)["texts"].update(verify=["x"]),
        f"phases > during > D1 > texts > verify: this must be one of {KINDS}; {OF_STEP}",
    ),
    (
        lambda raw: raw["severities"].update(S5=raw["severities"]["S1"]),
        "severities > S5: this must be one of 'S1', 'S2', 'S3' or 'S4'",
    ),
    (
        lambda raw: raw["tiers"]["T0"].update(roles=["pios"]),
        "tiers > T0 > roles > 1: this must be one of 'sme', 'pio', 'ic' or 'exec'; did you mean pio?",
    ),
    (
        lambda raw: raw["tiers"]["T0"].update(roles=[7]),
        "tiers > T0 > roles > 1: this must be one of 'sme', 'pio', 'ic' or 'exec'",
    ),
]


@pytest.mark.parametrize(("change", "words"), MEANT)
def test_what_was_probably_meant_is_said(change: Change, words: str) -> None:
    assert told(change) == [words]


# --- what is expected

EXPECTED: list[tuple[Change, str]] = [
    (
        lambda raw: step_of(raw).pop("tier"),
        "phases > during > D1 > tier: this is missing; it says who approves the texts, such as tier: T1",
    ),
    (lambda raw: step_of(raw).pop("purpose"), "phases > during > D1 > purpose: this is missing"),
    (lambda raw: raw.pop("tiers"), "tiers: this is missing; extends: basics brings it"),
    (
        lambda raw: raw["fields"]["state"]["choices"].append("shut"),
        (
            "fields > state > choices > 3: this must be a value and a label, "
            "such as {value: closed, label: is closed}"
        ),
    ),
    (
        lambda raw: raw["fields"]["state"]["choices"].append({"label": "is shut"}),
        (
            "fields > state > choices > 3 > value: this is missing; "
            "it is a short name for the log, such as value: closed"
        ),
    ),
    (
        lambda raw: step_of(raw).update(purpose=None),
        "phases > during > D1 > purpose: this is empty; fill it in or take the line out",
    ),
    (
        lambda raw: step_of(raw)["channels"].append(None),
        "phases > during > D1 > channels > 4: this is empty; fill it in or take the line out",
    ),
    (
        lambda raw: raw["phases"]["during"].append(None),
        "phases > during > 2: this is empty; fill it in or take the line out",
    ),
    (
        lambda raw: raw.update(title=["x"]),
        "title: this must be text, not a list; put it in quotes, or check how far the lines are indented",
    ),
    (
        lambda raw: raw.update(title={"x": 1}),
        "title: this must be text, not a group; put it in quotes, or check how far the lines are indented",
    ),
    (
        lambda raw: step_of(raw).update(verify="-one -two"),
        "phases > during > D1 > verify: this must be a list; put a space after each -",
    ),
    (
        lambda raw: step_of(raw).update(verify="x" * 41),
        "phases > during > D1 > verify: this must be a list; begin a line for each item with - and a space",
    ),
    (
        lambda raw: step_of(raw).update(verify="one, two"),
        "phases > during > D1 > verify: this must be a list; put it in brackets, such as [one, two]",
    ),
    (lambda raw: step_of(raw).update(verify={"a": 1}), "phases > during > D1 > verify: this must be a list"),
    (
        lambda raw: step_of(raw).update(due_minutes="15 minutes"),
        "phases > during > D1 > due_minutes: this must be a whole number",
    ),
]


@pytest.mark.parametrize(("change", "words"), EXPECTED)
def test_what_is_expected_is_said(change: Change, words: str) -> None:
    assert told(change) == [words]


# --- mistakes of shape and of sense at once

NO_TIER = "tier: there is no tier T9; there are T0, T1"


def second_step(raw: Raw) -> None:
    """Another step, of a tier that does not exist: a mistake of sense."""
    text = {"title": "Inside", "templates": {"internal": "{{ place }}"}}
    more = {"id": "D2", "tier": "T9", "channels": ["internal"], "fields": ["place"]}
    raw["phases"]["during"].append({**step_of(raw), **more, "texts": {"internal": text}})


SHAPES: dict[str, Change] = {
    "an unknown word": lambda raw: raw.update(colour="red"),
    "an unknown word of a step": lambda raw: step_of(raw).update(colour="red"),
    "an unknown word of a text": lambda raw: text_of(raw).update(colour="red"),
    "an unknown word of a field": lambda raw: raw["fields"]["place"].update(colour="red"),
    "a bad id": lambda raw: raw.update(id="My playbook"),
    "a missing title": lambda raw: raw.pop("title"),
    "a missing title of a text": lambda raw: text_of(raw).pop("title"),
    "a missing label": lambda raw: raw["fields"]["place"].pop("label"),
    "a missing example": lambda raw: raw["fields"]["place"].pop("example"),
    "a bad choice": lambda raw: raw["fields"]["state"]["choices"].append({"value": "?"}),
    "a role that does not exist": lambda raw: raw["tiers"]["T0"].update(roles=["boss"]),
    "a tier that is no group": lambda raw: raw["tiers"].update(T0="pio"),
    "a bad word of a severity": lambda raw: raw["severities"].update(
        S1={**raw["severities"]["S1"], "meaning": None}
    ),
    "a severity too many": lambda raw: raw["severities"].update(S5=raw["severities"]["S1"]),
    "a severity too many, and it says nothing": lambda raw: raw["severities"].update(S5={}),
    "a phase that does not exist": lambda raw: raw["phases"].update(durring=[]),
    "a bad time": lambda raw: step_of(raw).update(due_minutes="soon"),
    "a bad list": lambda raw: step_of(raw).update(verify=["a", None, 7]),
    "a bad contact": lambda raw: raw.update(contacts=[{"who": "Police"}, {"why": 7}, "x"]),
    "a step without an id": lambda raw: step_of(raw).pop("id"),
    "a step without texts, channels and a purpose": lambda raw: [
        step_of(raw).pop(name) for name in ("texts", "channels", "purpose")
    ],
    "a text of no kind": lambda raw: step_of(raw)["texts"].update(updat=text_of(raw)),
    "a text without templates": lambda raw: text_of(raw).pop("templates"),
    "a template that is too long": lambda raw: text_of(raw)["templates"].update(internal="x" * 10_001),
    "a step that is no group": lambda raw: raw["phases"]["during"].__setitem__(0, "D1"),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_what_does_not_fit_together_elsewhere_is_told_at_once(shape: str) -> None:
    # Given a mistake of shape, and one of sense in another step
    alone = told(SHAPES[shape])
    found = told(second_step, SHAPES[shape])
    # Then both are told, and nothing that only follows from the first
    assert [line.replace("D2", "2") for line in found if NO_TIER not in line] == alone
    assert sum(NO_TIER in line for line in found) == 1


GIVEN_UP: dict[str, Change] = {
    "a field of no type": lambda raw: raw["fields"]["place"].update(type="word"),
    "a field that is no group": lambda raw: raw["fields"].update(place="Hope"),
    "no fields": lambda raw: raw.pop("fields"),
    "no tiers": lambda raw: raw.pop("tiers"),
    "no phases": lambda raw: raw.update(phases="none"),
}


@pytest.mark.parametrize("shape", GIVEN_UP)
def test_where_too_much_rests_on_a_mistake_it_is_told_alone(shape: str) -> None:
    assert told(second_step, SHAPES["an unknown word"], GIVEN_UP[shape]) == told(
        SHAPES["an unknown word"], GIVEN_UP[shape]
    )


def test_what_is_said_of_a_step_that_was_left_out_is_not_taken_for_sense() -> None:
    # Given a text that uses a field which is not listed, in a step without an id
    def change(raw: Raw) -> None:
        step_of(raw)["fields"].remove("state")
        del step_of(raw)["id"]

    assert told(change) == ["phases > during > 1 > id: this is missing"]
