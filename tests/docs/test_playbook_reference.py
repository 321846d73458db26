"""The reference of the format says what the code knows: every word, limit and rule, and none besides."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import pytest

from ecomms_bot.playbook import extension, library, source
from ecomms_bot.playbook.channels import CHANNELS, count
from ecomms_bot.playbook.checks import SMS_PLENTY
from ecomms_bot.playbook.exercise import EXERCISE_AFTER, EXERCISE_BEFORE, EXERCISE_PAGE
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.mistakes import SPELLING
from ecomms_bot.playbook.model import PROMISING, Choice, Field, FieldType, Kind, Phase, Recurrence, Role
from ecomms_bot.playbook.templates import FILTERS, MAX_OUTPUT, RESERVED, Label, fill, find_problems
from ecomms_bot.playbook.values import COMMON_FIELDS, EXPIRES, INCIDENT_NAME, FieldError, parse
from ecomms_bot.workshop.schema import KINDS, PHASES, playbook_schema
from tests.books import FLOOD_FILE

PAGE = (Path(__file__).parents[2] / "docs" / "reference-playbooks.md").read_text()
SCHEMA = playbook_schema()
PARTS = SCHEMA["$defs"]
EVENING = Instant.of(datetime(2021, 11, 16, 4, 40, tzinfo=UTC), "America/Vancouver")
"""Mon., Nov. 15, 8:40 p.m. PST."""


def section(title: str) -> str:
    """The part of the page under a heading, up to the next one of any level."""
    rest = re.split(rf"^##+ {re.escape(title)}$\n", PAGE, maxsplit=1, flags=re.MULTILINE)[1]
    return re.split(r"^##", rest, maxsplit=1, flags=re.MULTILINE)[0]


def rows(text: str) -> list[list[str]]:
    """The cells of each row of its table, without the heading."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[2:]]


def names(cells: list[list[str]]) -> list[str]:
    return [re.findall(r"`([^`]+)`", row[0])[0] for row in cells]


def quoted(words: object) -> str:
    return f"`{words}`"


# --- keys: the rows are those of the schema that editors use


def allowed(schema: dict[str, Any]) -> str:
    """What may stand there, in words."""
    by_word: dict[str, Callable[[], str]] = {
        "$ref": lambda: "a template" if schema["$ref"].endswith("/Template") else "a group",
        "const": lambda: f"`{schema['const']}`",
        "enum": lambda: ", ".join(map(quoted, schema["enum"])),
        "anyOf": lambda: " or ".join(allowed(e) for e in schema["anyOf"] if e.get("type") != "null"),
        "items": lambda: "a list of groups" if "$ref" in (i := schema["items"]) else f"a list: {allowed(i)}",
    }
    if said := next((tell() for word, tell in by_word.items() if word in schema), ""):
        return said
    kinds = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    told = {
        "boolean": "`true`, `false`",
        "integer": f"a whole number, {schema.get('minimum')} to {schema.get('maximum', 0):,}",
        "number": "a number",
        "object": "a group",
        "string": text_allowed(schema),
    }
    return next(words for kind, words in told.items() if kind in kinds)


def text_allowed(schema: dict[str, Any]) -> str:
    spelled = SPELLING.get(schema.get("pattern", ""))
    length = f"up to {schema['maxLength']} characters" if "maxLength" in schema else ""
    return ", ".join(filter(None, (spelled or "text", length)))


def expected_rows(part: str) -> Iterator[str]:
    needed = PARTS[part]["required"]
    for name, schema in PARTS[part]["properties"].items():
        default = f"`{str(schema['default']).lower()}`" if "default" in schema else "–"
        without = "needed" if name in needed else default
        yield f"| `{name}` | {schema['description']} | {allowed(schema)} | {without} |"


TABLES = {
    "The playbook": "Playbook",
    "A severity": "Severity",
    "A tier": "Tier",
    "A field": "Field",
    "A choice": "Choice",
    "A step": "Step",
    "A text": "StepText",
    "A contact": "Contact",
}


@pytest.mark.parametrize("title", TABLES)
def test_every_key_stands_there_with_its_words_what_is_allowed_and_what_holds_without_it(title: str) -> None:
    written = [line for line in section(title).splitlines() if line.startswith("| `")]
    assert written == list(expected_rows(TABLES[title]))


def test_no_part_of_a_playbook_is_left_out() -> None:
    assert {*TABLES.values(), "Template"} == {name for name in PARTS if not name.endswith("Change")}


@pytest.mark.parametrize(
    ("title", "words"), [("Kinds of text", KINDS), ("Phases", PHASES)], ids=["kinds", "phases"]
)
def test_kinds_and_phases_have_the_words_that_editors_show(title: str, words: dict[str, str]) -> None:
    assert {row[0].strip("`"): row[1] for row in rows(section(title))} == words


def test_each_kind_says_whether_it_promises() -> None:
    found = {row[0].strip("`"): row[2] for row in rows(section("Kinds of text"))}
    assert list(found) == list(get_args(Kind))
    assert {kind for kind, word in found.items() if word.startswith("yes")} == PROMISING
    assert list(names(rows(section("Phases")))) == list(get_args(Phase))


def test_recurrence_and_roles_are_explained() -> None:
    assert names(rows(section("How often"))) == list(get_args(Recurrence))
    assert names(rows(section("Roles"))) == list(get_args(Role))


# --- types of fields


def a_field(kind: str) -> Field:
    if kind == "choice":
        choices = (Choice(value="closed", label="is closed"), Choice(value="open", label="is open"))
        return Field(type="choice", label="State", example="closed", choices=choices)
    return Field.model_validate({"type": kind, "label": "Some", "example": "1"})


TYPES = rows(section("Types of field"))


def test_every_type_of_field_is_there() -> None:
    assert names(TYPES) == list(get_args(FieldType))


@pytest.mark.parametrize("row", TYPES, ids=lambda row: row[0])
def test_a_type_takes_what_the_table_says_it_takes_and_refuses_the_rest(row: list[str]) -> None:
    kind = a_field(row[0].strip("`"))

    def takes(answer: str) -> bool:
        try:
            parse("some", kind, answer.replace("⏎", "\n"), zone="UTC", now=EVENING.utc)
        except FieldError:
            return False
        return True

    taken, refused = (re.findall(r"`([^`]+)`", cell) for cell in row[2:4])
    assert taken
    assert [answer for answer in taken if not takes(answer)] == []
    assert [answer for answer in refused if takes(answer)] == []


def test_fields_with_a_fixed_meaning_are_those_that_the_code_knows() -> None:
    assert names(rows(section("Fields with a fixed meaning"))) == [INCIDENT_NAME, *COMMON_FIELDS, EXPIRES]


# --- templates


DECLARED = {"place": "text", "as_of": "datetime", "state": "choice", "story": "long_text"}
VALUES: Mapping[str, str | Label | Instant | None] = {
    "place": "Highway 7.",
    "as_of": EVENING,
    "state": Label("is closed", sign="CLOSED"),
    "story": None,
}


def filled(template: str) -> str:
    assert find_problems(template, DECLARED) == ()
    return fill(template, VALUES)


@pytest.mark.parametrize("title", ["The language of templates", "Filters"])
def test_each_template_in_the_tables_gives_what_stands_beside_it(title: str) -> None:
    found = rows(section(title))
    assert found
    for row in found:
        for template, becomes in zip(
            re.findall(r"`([^`]+)`", row[-2]), re.findall(r"`([^`]+)`", row[-1]), strict=True
        ):
            assert filled(template.replace("\\|", "|")) == becomes


def test_the_names_that_no_field_can_have_are_listed() -> None:
    sentence = section("The language of templates").rpartition("cannot be fields:")[2]
    assert re.findall(r"`([^`]+)`", sentence) == sorted(RESERVED)


def test_every_filter_is_there_with_the_types_it_fits() -> None:
    found = {names([row])[0]: set(re.findall(r"`([^`]+)`", row[1])) for row in rows(section("Filters"))}
    assert found == {name: set(types) for name, (_, types) in FILTERS.items()}


# --- channels


def test_every_channel_is_there_with_its_limit_and_where_that_comes_from() -> None:
    found = rows(section("Channels"))
    assert names(found) == list(CHANNELS)
    for row, channel in zip(found, CHANNELS.values(), strict=True):
        assert row[1] == channel.title
        assert row[2] == (f"{channel.limit} {channel.unit}" if channel.limit else "none")
        assert row[4] or not channel.limit


@pytest.mark.parametrize(
    ("channel", "text", "used", "words"),
    [
        ("x", "https://www.example.ca/a/very/long/address/of/a/page", 23, "an address counts 23"),
        ("x", "雨", 2, "count 2"),
        ("sms", "a" * 160, 1, "160 characters"),
        ("sms", "a" * 306, 2, "153 each"),
        ("sms", "’" + "a" * 69, 1, "70"),
        ("sms", "’" + "a" * 133, 2, "67 each"),
        ("sms", "€" * 80, 1, "count 2"),
        ("sign", f"{EXERCISE_PAGE}\n\nA\n\n{EXERCISE_PAGE}", 1, "come on top"),
    ],
)
def test_channels_count_as_the_table_says(channel: str, text: str, used: int, words: str) -> None:
    assert count(channel, text).used == used
    row = next(row for row in rows(section("Channels")) if row[0] == f"`{channel}`")
    assert words in row[3]


def test_the_exercise_mark_is_shown_as_it_is() -> None:
    text = section("Channels")
    for mark in (EXERCISE_BEFORE.strip(), EXERCISE_AFTER.strip()):
        assert quoted(mark) in text
    assert str(len(EXERCISE_BEFORE + EXERCISE_AFTER)) in text
    assert f"more than {SMS_PLENTY} messages" in text


# --- extending, and the file itself


def test_extending_knows_these_words_and_no_others() -> None:
    text = section("Extending a playbook")
    first = {names([row])[0] for row in rows(text)}
    assert {extension.EXTENDS, extension.AFTER, extension.REMOVE, "null"} <= first
    own = re.search(r"say for itself: (.*)\.", text)
    assert own is not None
    assert set(re.findall(r"`([^`]+)`", own[1])) == extension.OWN


def test_the_limits_of_a_file_are_those_of_the_reader() -> None:
    text = section("The file")
    for limit in (
        f"{source.MAX_BYTES // 1_000_000} MB",
        f"{source.MAX_DEPTH} deep",
        f"{source.MAX_VALUES:,} values",
        f"{MAX_OUTPUT:,} characters",
    ):
        assert limit in text


def test_the_example_of_a_whole_text_is_read_as_it_stands(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", section("Extending a playbook"), re.DOTALL)
    (tmp_path / "flood.yaml").write_text(FLOOD_FILE.read_text())
    path = tmp_path / "town-flood.yaml"
    path.write_text(example)
    playbook = library.load(path)
    assert playbook.id == "town-flood"
    assert [step.id for step in playbook.steps("during")] != [
        step.id for step in library.load(FLOOD_FILE).steps("during")
    ]
