"""The schema of drills that editors use says of a file's shape what the bot says when it reads it."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from ecomms_bot.errors import PlaybookError
from ecomms_bot.playbook.drill_files import drill_files
from ecomms_bot.playbook.drills import Drill
from ecomms_bot.playbook.library import read_yaml, shipped_folder
from ecomms_bot.workshop.drill_schema import drill_as_json, drill_schema
from tests.books import FOLDER

Raw = dict[str, Any]
EDITOR = Draft202012Validator(drill_schema())
WHOLE: Raw = {
    "schema_version": 1,
    "id": "night",
    "title": "A river at night",
    "about": "A river.",
    "sources": ["a newspaper"],
    "take_part": {
        "playbook": "flood",
        "severity": "S2",
        "incident": "River at night",
        "minutes": 40,
        "briefing": "The river rises.",
        "targets": {"first_message": 20, "promises_kept": 100, "answers": 80},
        "injects": [
            {
                "id": "gauge",
                "minute": 4,
                "kind": "call",
                "who": "Duty hydrologist",
                "says": "6.8 metres.",
                "answer": "fact",
                "of": "gauge_level_m",
                "within": 10,
                "teaches": "Write it down.",
            },
            {
                "id": "away",
                "minute": 9,
                "kind": "outage",
                "minutes": 10,
                "who": "IT",
                "says": "It goes.",
                "teaches": "Use paper.",
            },
        ],
    },
}
"""A good drill in which every key for people stands at least once."""


def changed(*path: str | int, to: object) -> Raw:
    """The good drill with one thing changed; None takes it out."""
    raw = deepcopy(WHOLE)
    place: Any = raw
    for part in path[:-1]:
        place = place[part]
    if to is None:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return raw


def can_be_read(raw: Raw) -> bool:
    try:
        Drill.parse(raw)
    except PlaybookError:
        return False
    return True


INJECT = ("take_part", "injects", 0)
OUTAGE = ("take_part", "injects", 1)


@pytest.mark.parametrize(
    ("path", "to"),
    [
        (("about",), None),
        (("sources",), None),
        (("take_part", "targets"), None),
        (("take_part", "targets", "answers"), None),
        ((*INJECT, "of"), ["gauge_level_m", "road"]),
        ((*INJECT, "of"), None),
        ((*INJECT, "within"), None),
        ((*OUTAGE, "answer"), "escalate"),
        ((*INJECT, "says"), "x" * 1500),
    ],
    ids=str,
)
def test_what_the_bot_reads_an_editor_takes(path: tuple[str | int, ...], to: object) -> None:
    raw = changed(*path, to=to)
    assert can_be_read(raw)
    assert EDITOR.is_valid(raw)


@pytest.mark.parametrize(
    ("path", "to"),
    [
        (("title",), None),
        (("take_part",), None),
        (("schema_version",), 2),
        (("id",), "A night"),
        (("take_parts",), {}),
        (("take_part", "severity"), "S5"),
        (("take_part", "minutes"), 481),
        (("take_part", "injects"), []),
        (("take_part", "targets", "answers"), 101),
        ((*INJECT, "kind"), "rumor"),
        ((*INJECT, "minute"), "4"),
        ((*INJECT, "answer"), "facts"),
        ((*INJECT, "says"), "x" * 1501),
        ((*INJECT, "teaches"), None),
        ((*INJECT, "minutes"), 5),
        ((*OUTAGE, "minutes"), None),
    ],
    ids=str,
)
def test_what_the_bot_refuses_for_its_shape_an_editor_marks(path: tuple[str | int, ...], to: object) -> None:
    raw = changed(*path, to=to)
    assert not can_be_read(raw)
    assert not EDITOR.is_valid(raw)


@pytest.mark.parametrize("path", drill_files(shipped_folder()), ids=lambda path: path.stem)
def test_each_drill_that_ships_is_right_for_an_editor(path: Path) -> None:
    assert [each.message for each in EDITOR.iter_errors(read_yaml(path).raw)] == []


@pytest.mark.parametrize("name", ["misspelt", "missing", "outage", "too-long"])
def test_a_broken_one_is_marked_before_it_is_checked(name: str) -> None:
    assert not EDITOR.is_valid(read_yaml(FOLDER / "broken-drills" / f"{name}.yaml").raw)


def test_every_word_is_explained() -> None:
    schema = drill_schema()
    parts = {"the drill": schema, **schema["$defs"]}
    silent = [
        f"{part}: {name}"
        for part, each in parts.items()
        for name, words in each["properties"].items()
        if "description" not in words and "$ref" not in words
    ]
    assert silent == []


def test_it_is_the_same_each_time() -> None:
    assert drill_as_json() == drill_as_json()
    assert drill_as_json().endswith("}\n")
