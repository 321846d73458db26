"""Drills that people take part in: what their files may say, and what is said of a mistake in them."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ecomms_bot.playbook.drill_files import drill_files, is_drill, load_drill, load_drills, read_drill
from ecomms_bot.playbook.drills import Drill, mistakes_with
from ecomms_bot.playbook.library import Library
from ecomms_bot.playbook.mistakes import BadPlaybook
from ecomms_bot.playbook.source import BadPlaybookFile
from tests.books import FOLDER

SHORT = FOLDER / "drills" / "short-river.yaml"


@cache
def books() -> Library:
    return Library.from_folder(FOLDER)


@pytest.fixture
def raw() -> dict[str, Any]:
    """The drill of the tests as plain data."""
    found = read_drill(SHORT, books().playbooks).source
    assert found is not None
    return deepcopy(found.raw)


def said(raw: dict[str, Any]) -> str:
    """What is said of this drill; "" if nothing is wrong with it."""
    try:
        drill = Drill.parse(raw)
    except BadPlaybook as bad:
        return str(bad)
    loaded = books().playbooks.get(drill.take_part.playbook) if drill.take_part else None
    found = mistakes_with(drill, loaded.playbook if loaded else None, tuple(books().playbooks))
    return "\n".join(each.words(raw) for each in found)


# --- what it says ---


def test_a_drill_says_what_comes_and_when(raw: dict[str, Any]) -> None:
    assert said(raw) == ""
    part = Drill.parse(raw).take_part
    assert part is not None
    assert [(each.id, each.minute, each.answer, each.of) for each in part.injects] == [
        ("gauge", 4, "fact", ("gauge_level_m",)),
        ("rumour", 6, "reply", ()),
        ("no-slack", 20, "reply", ()),
    ]
    assert part.inject("rumour") is part.injects[1]
    assert part.inject("none") is None
    assert (part.targets.first_message, part.targets.answers) == (20, 60)


def test_what_it_does_not_say_is_usual(raw: dict[str, Any]) -> None:
    del raw["take_part"]["targets"], raw["take_part"]["injects"][1]["within"], raw["about"]
    part = Drill.parse(raw).take_part
    assert part is not None
    assert (part.targets.first_message, part.targets.promises_kept, part.targets.answers) == (20, 100, 80)
    assert part.injects[1].within == 10


def test_it_is_the_same_after_the_log_kept_it(raw: dict[str, Any]) -> None:
    drill = Drill.parse(raw)
    assert Drill.parse(drill.model_dump(mode="json")) == drill


def test_what_plays_by_itself_stands_beside_it_and_is_not_looked_at(raw: dict[str, Any]) -> None:
    raw |= {"zone": "Mars", "starts": "soon", "office": {}, "people": [], "scenes": "any"}
    assert said(raw) == ""
    del raw["take_part"]
    assert said(raw) == ""
    assert list(mistakes_with(Drill.parse(raw), None)) == []


# --- mistakes ---


def inject(number: int, **changes: Any) -> Callable[[dict[str, Any]], None]:
    def change(raw: dict[str, Any]) -> None:
        raw["take_part"]["injects"][number] |= changes

    return change


def part(**changes: Any) -> Callable[[dict[str, Any]], None]:
    def change(raw: dict[str, Any]) -> None:
        raw["take_part"] |= changes

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda raw: raw.pop("take_part"),
            "a drill needs take_part, for people, or scenes to play by itself",
        ),
        (lambda raw: raw.update(id="Short river"), "id: this must be up to 60 small letters, digits and -"),
        (
            lambda raw: raw.update(takepart={}),
            "takepart: this word is not known here; did you mean take_part?",
        ),
        (part(minute=3), "take_part > minute: this word is not known here; did you mean minutes?"),
        (part(targets={"answer": 3}), "targets > answer: this word is not known here; did you mean answers?"),
        (part(injects=[]), "take_part > injects: this must not be empty"),
        (part(minutes="long"), "take_part > minutes: this must be a whole number"),
        (part(severity="S7"), "take_part > severity: this must be one of 'S1', 'S2', 'S3'"),
        (part(severity="S4"), ""),
        (part(incident="x" * 61), "take_part > incident: this may have up to 60 characters; it has 61"),
        (inject(1, says="x" * 1501), "injects > rumour > says: this may have up to 1500 characters; it has"),
        (inject(1, kind="rumor"), "rumour > kind: this must be one of 'call', 'rumour', 'number', 'map', "),
        (
            inject(1, teach="x"),
            "injects > rumour > teach: this word is not known here; did you mean teaches?",
        ),
        (inject(1, id="gauge"), "injects > gauge > id: gauge is the name of inject 1 already"),
        (inject(1, minute=3), "rumour > minute: minute 3 is before minute 4, which stands above it"),
        (inject(2, minute=40), "no-slack > minute: the drill ends at minute 40, so this would never come"),
        (inject(1, kind="outage"), "rumour > kind: an outage says how long it lasts, such as minutes: 10"),
        (inject(1, minutes=4), "rumour > minutes: only an outage lasts; the time for an answer is within"),
        (
            inject(1, of="D1"),
            "rumour > of: only fact, text and correction can say of what; the answer here is",
        ),
        (part(playbook="floood"), "take_part > playbook: there is no playbook floood; did you mean flood?"),
        (inject(0, of="gauge_level"), "gauge > of: the playbook flood has no field gauge_level; did you"),
        (inject(0, answer="text", of=["D1", "D2"]), "gauge > of > 2: the playbook flood has no step D2"),
        (inject(0, answer="text", of="D1"), ""),
    ],
)
def test_a_mistake_is_told_in_plain_words(
    raw: dict[str, Any], change: Callable[[dict[str, Any]], None], words: str
) -> None:
    change(raw)
    found = said(raw)
    assert words in found
    assert bool(words) == bool(found)


def test_a_severity_that_the_playbook_lacks_is_told(raw: dict[str, Any]) -> None:
    book = books().playbooks["flood"].playbook
    without = book.model_copy(update={"severities": {"S1": book.severities["S1"]}})
    (mistake,) = mistakes_with(Drill.parse(raw), without)
    assert str(mistake) == "take_part > severity: the playbook flood has no severity S2; it has S1"


# --- files ---


def test_a_file_is_read_with_the_place_of_every_mistake(tmp_path: Path) -> None:
    file = tmp_path / "drills" / "mine.yaml"
    file.parent.mkdir()
    text = SHORT.read_text()
    file.write_text(text.replace("of: gauge_level_m", "of: gauge").replace("minute: 6", "minute: 2"))
    reading = read_drill(file, books().playbooks)
    assert reading.drill is None
    assert [str(each).removeprefix(f"{file}:") for each in reading.wrong] == [
        "24:15: take_part > injects > rumour > minute: minute 2 is before minute 4, which stands above it"
    ]
    file.write_text(text.replace("of: gauge_level_m", "of: gauge"))
    with pytest.raises(BadPlaybookFile, match=r"mine\.yaml:20:11: .* has no field gauge"):
        load_drill(file, books().playbooks)
    assert load_drill(SHORT, books().playbooks).id == "short-river"


def test_what_is_no_yaml_or_cannot_be_read_is_told_once(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("id: [x\na: b")
    assert [each.line for each in read_drill(file, {}).wrong] == [1]
    file.write_text("id: !x y\n")
    told = [each.message for each in read_drill(file, {}).wrong]
    assert len([each for each in told if "begins with !" in each]) == 1
    assert not [each for each in told if "small letters" in each]


def test_drills_of_a_folder_come_with_those_that_ship(tmp_path: Path) -> None:
    own = tmp_path / "drills"
    own.mkdir()
    (own / "mine.yaml").write_text(SHORT.read_text().replace("A short river night", "A drill of ours"))
    (own / "like-one-that-ships.yaml").write_text(
        SHORT.read_text().replace("id: short-river", "id: sent-as-live")
    )
    (own / "twin.yaml").write_text(SHORT.read_text())
    (own / "wrong.yaml").write_text("id: wrong\n")
    found = load_drills(tmp_path, books().playbooks)
    assert found.drills["short-river"].title == "A drill of ours"
    assert found.drills["sent-as-live"].title == "A short river night"  # one that ships fits as well
    assert "river-night" not in found.drills  # it ships, and asks for fields that are not there
    twin, wrong = map(str, found.problems)
    assert "A drill of ours has the id short-river already, so this file is not used" in twin
    assert "wrong.yaml:1:1: schema_version: this is missing" in wrong
    assert drill_files(tmp_path / "nowhere") == []


def test_a_file_of_drills_is_told_from_one_of_playbooks(tmp_path: Path) -> None:
    assert is_drill(SHORT)
    lone = tmp_path / "mine.yaml"
    lone.write_text(SHORT.read_text())
    assert is_drill(lone)
    lone.write_text("id: [x")
    assert not is_drill(lone)
    assert not is_drill(FOLDER / "flood.yaml")
