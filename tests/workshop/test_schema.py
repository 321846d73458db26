"""The schema that editors use says of a file what the bot says of its shape when it reads it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pydantic
import pytest
import yaml
from jsonschema import Draft202012Validator, ValidationError, validators

from ecomms_bot.errors import PlaybookError
from ecomms_bot.playbook.channels import CHANNELS
from ecomms_bot.playbook.library import load, read_yaml, shipped_folder
from ecomms_bot.playbook.model import PROMISING, Playbook
from ecomms_bot.workshop.schema import KINDS, as_json, playbook_schema
from tests.books import FLOOD_FILE
from tests.playbook.samples import small_raw

Raw = dict[str, Any]
SCHEMA = playbook_schema()


def _as_editors(validator: Any, pattern: str, text: object, schema: object) -> Iterator[ValidationError]:
    """In editors as in the model `$` is the very end; Python lets a line break follow it."""
    if isinstance(text, str) and not re.search(pattern.replace("$", r"\Z"), text):
        yield ValidationError(f"{text!r} is not {pattern}")


EDITOR = validators.extend(Draft202012Validator, {"pattern": _as_editors})(SCHEMA)


def accepted(raw: Raw) -> bool:
    return bool(EDITOR.is_valid(raw))


def shape_is_right(raw: Raw) -> bool:
    try:
        Playbook.model_validate(raw)
    except pydantic.ValidationError:
        return False
    return True


def is_playbook(raw: Raw) -> bool:
    try:
        Playbook.parse(raw)
    except PlaybookError:
        return False
    return True


def whole() -> Raw:
    """A good playbook in which every key stands once."""
    raw = small_raw()
    raw |= {"offered": True, "contacts": [{"who": "Duty officer", "why": "dams", "phone": "911"}]}
    raw["tiers"]["T1"] |= {"order": "sequence", "override": "two", "second_review_minutes": 15}
    raw["fields"]["level"] = {
        "type": "decimal",
        "label": "Level",
        "unit": "m",
        "hint": "At the bridge.",
        "example": "3.1",
        "required": False,
        "carry": False,
        "minimum": "-10.5",
        "maximum": 100,
        "max_length": 10,
        "past_allowed": True,
        "future_allowed": True,
    }
    raw["fields"]["state"]["choices"][0]["sign"] = "CLOSED"
    step = raw["phases"]["during"][0]
    step |= {"due_minutes": 15, "checklist": ["Call the crew."], "verify": ["The place"]}
    step["texts"]["internal"] |= {"tier": "T0", "promises": False}
    step["texts"]["internal"]["templates"]["internal"] = {"en": "It rains.", "fr": "Il pleut."}
    return raw


def places(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in plain data, the whole first."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in items:
        yield from places(each, (*path, name))


PLACES = [path for path in places(whole()) if path]


def group_at(raw: Any, path: tuple[Any, ...]) -> Any:
    for part in path[:-1]:
        raw = raw[part]
    return raw


def without(raw: Raw, path: tuple[Any, ...]) -> None:
    del group_at(raw, path)[path[-1]]


def misspelled(raw: Raw, path: tuple[Any, ...]) -> None:
    group = group_at(raw, path)
    if isinstance(group, dict):
        group[f"{path[-1]} x"] = group.pop(path[-1])


def replaced(by: object) -> Callable[[Raw, tuple[Any, ...]], None]:
    def replace(raw: Raw, path: tuple[Any, ...]) -> None:
        group_at(raw, path)[path[-1]] = by

    return replace


SLIPS = {
    "left out": without,
    "misspelled": misspelled,
    "empty": replaced(None),
    "empty text": replaced(""),
    "text": replaced("something else"),
    "two lines": replaced("one\ntwo\n"),
    "far too long": replaced("x" * 10_001),
    "number": replaced(7),
    "large number": replaced(44_641),
    "false": replaced(by=False),
    "list": replaced([]),
    "group": replaced({}),
}


# --- files as they are


FILES = [*sorted(shipped_folder().glob("*.yaml")), FLOOD_FILE]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_playbook_that_ships_is_accepted(path: Path) -> None:
    assert [error.message for error in EDITOR.iter_errors(read_yaml(path).raw)] == []


def test_it_is_a_schema_and_always_the_same() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert as_json() == as_json()
    assert as_json().endswith("}\n")


# --- every slip at every place


@pytest.mark.parametrize("slip", SLIPS)
def test_what_the_bot_takes_editors_take_and_what_it_refuses_for_its_shape_they_refuse(slip: str) -> None:
    assert is_playbook(whole())
    assert accepted(whole())
    refused = 0
    for path in PLACES:
        raw = whole()
        SLIPS[slip](raw, path)
        if is_playbook(raw):
            assert accepted(raw), f"{slip}: {path}"
        if not shape_is_right(raw):
            refused += 1
            assert not accepted(raw), f"{slip}: {path}"
    assert refused


MISTAKES: dict[str, Callable[[Raw], object]] = {
    "a severity is missing": lambda raw: raw["severities"].pop("S3"),
    "no next update": lambda raw: raw["fields"].pop("next_update_at"),
    "a channel that does not exist": lambda raw: raw["phases"]["during"][0]["channels"].append("fax"),
    "words for a channel that does not exist": lambda raw: raw["phases"]["during"][0]["texts"]["final"][
        "templates"
    ].update(fax="x"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_editors_see_what_no_playbook_can_be_without(mistake: str) -> None:
    raw = whole()
    MISTAKES[mistake](raw)
    assert not is_playbook(raw)
    assert not accepted(raw)


def test_what_slack_would_cut_off_is_refused_in_files(tmp_path: Path) -> None:
    raw = whole()
    raw["severities"]["S1"] |= {"meaning": "x" * 76}
    assert not accepted(raw)
    path = tmp_path / "small.yaml"
    path.write_text(yaml.safe_dump(raw))
    with pytest.raises(PlaybookError, match="up to 75 characters"):
        load(path)


@pytest.mark.parametrize("value", ["-3", "3.25", ".5", "5.", "1e3", 3, -3])
def test_bounds_may_be_written_as_numbers_are(value: object) -> None:
    raw = whole()
    raw["fields"]["level"] |= {"minimum": value, "maximum": None, "example": "5000"}
    assert is_playbook(raw)
    assert accepted(raw)


@pytest.mark.parametrize("word", [True, False, "yes", "no", "On", "Off"])
def test_yes_and_no_may_be_written_as_people_do(word: object) -> None:
    raw = whole()
    raw["fields"]["level"] |= {"required": word}
    assert is_playbook(raw)
    assert accepted(raw)


# --- files that extend another


def change(**more: object) -> Raw:
    return {"schema_version": 1, "id": "mine", "extends": "small", "title": "Mine", "hazard": "rain", **more}


def loads(folder: Path, raw: Raw) -> bool:
    (folder / "small.yaml").write_text(yaml.safe_dump(whole()))
    path = folder / "mine.yaml"
    path.write_text(yaml.safe_dump(raw))
    try:
        load(path)
    except PlaybookError:
        return False
    return True


D1 = {"id": "D1"}
GOOD_CHANGES: dict[str, Raw] = {
    "nothing but its name": change(),
    "without a version, which the base says": {k: v for k, v in change().items() if k != "schema_version"},
    "one word of a severity": change(severities={"S1": {"cadence_minutes": 15}}),
    "one word of a tier": change(tiers={"T1": {"roles": ["pio"]}}),
    "a tier of its own": change(
        tiers={"T9": {"title": "Own", "use": "own", "roles": ["ic"], "target_minutes": 5}}
    ),
    "an example": change(fields={"place": {"example": "Yale"}}),
    "a limit taken away": change(fields={"level": {"max_length": None, "unit": None}}),
    "other choices": change(fields={"state": {"choices": [{"value": "closed", "label": "is shut"}]}}),
    "a field taken away": change(fields={"level": None}),
    "contacts taken away": change(contacts=None),
    "a step without its cadence": change(phases={"during": [{**D1, "cadence": None}]}),
    "a text taken away": change(phases={"during": [{**D1, "texts": {"final": None}}]}),
    "other words on one channel": change(
        phases={"during": [{**D1, "texts": {"statement": {"templates": {"sms": "{{ place }}"}}}}]}
    ),
    "a channel of a text taken away": change(
        phases={"during": [{**D1, "texts": {"statement": {"templates": {"sms": None}}}}]}
    ),
    "a language taken away": change(
        phases={"during": [{**D1, "texts": {"internal": {"templates": {"internal": {"fr": None}}}}}]}
    ),
    "a step taken out": change(phases={"during": [{**D1, "remove": True}]}),
    "a step after another": change(
        phases={
            "during": [
                {
                    "id": "D2",
                    "after": "D1",
                    "title": "More",
                    "purpose": "Say more.",
                    "audience": "staff",
                    "recurrence": "on-demand",
                    "channels": ["internal"],
                    "tier": "T0",
                    "texts": {"internal": {"title": "More", "templates": {"internal": "More."}}},
                }
            ]
        }
    ),
    "offered as it chooses": change(offered=False),
}


@pytest.mark.parametrize("name", GOOD_CHANGES)
def test_a_file_that_extends_another_gives_only_what_it_changes(tmp_path: Path, name: str) -> None:
    raw = GOOD_CHANGES[name]
    assert loads(tmp_path, raw)
    assert accepted(raw)


BAD_CHANGES: dict[str, Raw] = {
    "no base": change(extends=None),
    "a base that is no name": change(extends="small.yaml"),
    "no title of its own": {k: v for k, v in change().items() if k != "title"},
    "no hazard of its own": {k: v for k, v in change().items() if k != "hazard"},
    "no id": {k: v for k, v in change().items() if k != "id"},
    "a title taken away": change(title=None),
    "offered taken away": change(offered=None),
    "all tiers taken away": change(tiers=None),
    "the title of a tier taken away": change(tiers={"T1": {"title": None}}),
    "the texts of a step taken away": change(phases={"during": [{**D1, "texts": None}]}),
    "a misspelled word": change(fields={"place": {"exampel": "Yale"}}),
    "a severity that does not exist": change(severities={"S5": {"cadence_minutes": 15}}),
    "a misspelled kind": change(phases={"during": [{**D1, "texts": {"fianl": None}}]}),
    "a step without id": change(phases={"during": [{"title": "Other"}]}),
    "no channel left": change(phases={"during": [{**D1, "channels": []}]}),
    "an empty place in a list": change(phases={"during": [{**D1, "channels": [None]}]}),
    "half a choice": change(fields={"state": {"choices": [{"value": "closed"}]}}),
    "a step to come after nothing that is": change(phases={"during": [{**D1, "after": 7}]}),
    "a step to come after none": change(phases={"during": [{**D1, "after": None}]}),
    "a step that is not removed": change(phases={"during": [{**D1, "remove": False}]}),
    "a step that is removed and changed": change(phases={"during": [{**D1, "remove": True, "tier": "T0"}]}),
    "a number too large": change(severities={"S1": {"cadence_minutes": 44_641}}),
}


@pytest.mark.parametrize("name", BAD_CHANGES)
def test_a_file_that_extends_another_is_refused_for_its_shape_too(tmp_path: Path, name: str) -> None:
    assert not loads(tmp_path, BAD_CHANGES[name])
    assert not accepted(BAD_CHANGES[name])


def test_only_a_file_that_extends_another_may_leave_something_out_or_take_it_away() -> None:
    for more in ({"remove": True}, {"after": "D1"}, {"tier": None}):
        raw = whole()
        raw["phases"]["during"][0] |= more
        assert not is_playbook(raw)
        assert not accepted(raw)


# --- what editors show


def keys(schema: object, name: str = "") -> Iterator[tuple[str, Raw]]:
    """Every key that an author can write, with what the schema says of it."""
    if isinstance(schema, dict):
        for key, each in schema.get("properties", {}).items():
            yield f"{name} {key}", each
        for key, each in schema.items():
            yield from keys(each, f"{name} {key}")
    elif isinstance(schema, list):
        for each in schema:
            yield from keys(each, name)


def test_every_key_is_explained() -> None:
    found = {name: key for name, key in keys(SCHEMA) if "properties severities" not in name}
    assert len(found) > 80
    for name, key in found.items():
        words = key.get("description", "")
        assert words.endswith("."), name
        assert len(words) < 180, name


def test_a_kind_of_text_says_that_it_promises_the_next_one_if_it_does() -> None:
    for kind, words in KINDS.items():
        assert ("next text" in words) == (kind in PROMISING)
        assert ("Promises nothing." in words) == (kind not in PROMISING)


def test_a_channel_says_how_much_it_holds() -> None:
    channels = SCHEMA["$defs"]["StepText"]["properties"]["templates"]["properties"]
    assert list(channels) == list(CHANNELS)
    assert channels["x"]["description"] == "X: up to 280 characters."
    assert "2 pages of 3 lines with 18 characters" in channels["sign"]["description"]
    assert channels["web"]["description"] == "Web: as long as it needs to be."


def test_no_title_repeats_a_name_and_no_empty_default_is_written_down() -> None:
    def notes(schema: object, keyword: str) -> Iterator[object]:
        if isinstance(schema, dict):
            if keyword in schema and not isinstance(schema[keyword], dict):
                yield schema[keyword]
            for each in schema.values():
                yield from notes(each, keyword)
        elif isinstance(schema, list):
            for each in schema:
                yield from notes(each, keyword)

    assert not list(notes(SCHEMA, "title"))
    defaults = set(map(str, notes(SCHEMA, "default")))
    assert {"True", "80"} <= defaults
    assert not {"None", "[]", ""} & defaults


def test_the_schema_is_made_anew_each_time() -> None:
    first = playbook_schema()
    before = deepcopy(first)
    first["$defs"].clear()
    assert playbook_schema() == before
