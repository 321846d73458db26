"""A drill's script: what can be played, and what its author is told of every mistake, with its place."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ecomms_bot.errors import PlaybookError
from ecomms_bot.playbook.library import shipped_folder
from ecomms_bot.practice.script import BadScript, Script, load_script, recorded

NIGHT = """\
schema_version: 1
id: short-night
title: A short night
zone: America/Vancouver
starts: "2021-11-14 20:00"
people:
  mara: {name: Mara, roles: [communicator]}
scenes:
  - at: "2021-11-14 20:05"
    note: It rains.
  - at: "2021-11-14 20:06"
    who: mara
    does: write
    step: D1
    with: {as_of: "20:05"}
"""


def read(tmp_path: Path, text: str) -> Script:
    path = tmp_path / "night.yaml"
    path.write_text(text)
    return load_script(path)


def test_a_script_says_who_does_what_at_which_minute(tmp_path: Path) -> None:
    script = read(tmp_path, NIGHT)
    assert [(scene.who, scene.does) for scene in script.scenes] == [("", None), ("mara", "write")]
    assert script.people["mara"].roles == ("communicator",)


def test_times_are_on_the_clocks_of_the_drill(tmp_path: Path) -> None:
    script = read(tmp_path, NIGHT)
    zone = ZoneInfo("America/Vancouver")
    assert script.moment("2021-11-15 06:00") == datetime(2021, 11, 15, 6, 0, tzinfo=zone)
    # without a date it is the day on which somebody types it
    assert script.moment("20:10", script.moment(script.starts)) == datetime(2021, 11, 14, 20, 10, tzinfo=zone)
    assert [script.is_time(value) for value in ("20:10", "2021-11-14 20:10", "soon", 7)] == [
        *(True, True),
        *(False, False),
    ]
    for clock in ("soon", "29:10"):
        with pytest.raises(BadScript, match=clock):
            script.moment(clock, script.moment(script.starts))


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("title: A short night\n", "", "night.yaml:1:1: title: this is missing"),
        ("id: short-night", "id: A night", "2:5: id: this must be up to 60 small letters, digits and -"),
        ("id:", "ident: x\nid:", "2:8: ident: this word is not known here"),
        ("America/Vancouver", "Vancouver", "4:7: zone: this must be a time zone, such as America/Vancouver"),
        ('"2021-11-14 20:00"', "soon", "5:9: starts: this must be a date and a time in quotes, such as "),
        ("11-14 20:00", "11-31 20:00", "5:9: starts: this must be a date and a time in quotes"),
        (
            "[communicator]",
            "[boss]",
            "7:30: people > mara > roles > 1: this must be one of communicator, sme",
        ),
        ("mara: {name: Mara, roles: [communicator]}", "mara: Mara", "people > mara: this must be a group of"),
        ("does: write", "does: wrte", "13:11: scenes > 2 > does: this must be one of 'open', 'write'"),
        ("who: mara", "who: theo", "12:10: scenes > 2 > who: there is nobody called theo under people"),
        ("    who: mara\n", "", "11:5: scenes > 2: who is missing: say who does “write”"),
        ("    step: D1\n", "", "11:5: scenes > 2: step is missing: “write” cannot be played without it"),
        ("20:06", "20:04", "11:9: scenes > 2 > at: this is before 2021-11-14 20:05, which stands above it"),
        (
            "    note: It rains.\n",
            "",
            "9:5: scenes > 1: a scene needs a note, or somebody who does something",
        ),
        ('"20:05"}', '"29:05"}', "15:19: scenes > 2 > with > as_of: there is no such time"),
        ("step: D1", "step: D1\n    twice: maybe", "15:12: scenes > 2 > twice: this must be true or false"),
        ("starts:", "office: {motto: x}\nstarts:", "5:17: office > motto: this must be one of organisation"),
    ],
)
def test_a_mistake_is_told_in_plain_words_with_file_line_and_column(
    tmp_path: Path, right: str, wrong: str, said: str
) -> None:
    assert right in NIGHT
    with pytest.raises(BadScript) as refused:
        read(tmp_path, NIGHT.replace(right, wrong, 1))
    words = str(refused.value)
    assert words.startswith(str(tmp_path / "night.yaml:"))
    assert said in words
    assert words.endswith("Nothing was played.")
    assert "Value error" not in words


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(BadScript) as refused:
        read(tmp_path, NIGHT.replace("who: mara", "who: theo").replace("    step: D1\n", ""))
    assert len(str(refused.value).splitlines()) == 3


def test_what_is_no_yaml_is_told_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(PlaybookError, match=r"night\.yaml:1:5: the list that opens here is not closed"):
        read(tmp_path, "id: [x\na: b")


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadScript, match="There is no drill "):
        load_script(tmp_path / "none.yaml")


def test_a_drill_for_people_is_not_played_by_itself(tmp_path: Path) -> None:
    with pytest.raises(
        BadScript, match=r"is for people: it has no scenes to play\. Start it with /ecomms drill"
    ):
        read(tmp_path, "schema_version: 1\nid: river\ntake_part: {}\n")


@pytest.mark.parametrize("path", recorded(shipped_folder()), ids=lambda path: path.stem)
def test_in_each_drill_that_comes_with_the_bot_every_role_that_decides_is_held(path: Path) -> None:
    held = {role for member in load_script(path).people.values() for role in member.roles}
    assert {"communicator", "sme", "pio", "ic", "exec"} <= held
