"""What an author is told of a drill before people take part in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecomms_bot.practice.script import mistakes_in_scenes
from ecomms_bot.workshop.checking import Checked, check
from ecomms_bot.workshop.drills import DrillDesk
from tests.books import FOLDER

BROKEN = FOLDER / "broken-drills"
DRILL = """\
schema_version: 1
id: {id}
title: A river at night
take_part:
  playbook: {playbook}
  severity: S2
  incident: River at night
  minutes: 40
  briefing: The river rises.
  injects:
    - {{id: call, minute: 4, kind: call, who: Operations, says: It rises., teaches: Ask how fast.}}
"""
PLAYBOOK = """\
id: our-flood
extends: flood
title: Our flood
hazard: flood
"""

DESK = DrillDesk(scripted=mistakes_in_scenes)
"""One for all: it reads the playbooks that ship once."""


def looked_at(*paths: Path, playbooks: Path | None = None) -> tuple[Checked, ...]:
    return check(paths, DESK if playbooks is None else DrillDesk(lambda: playbooks))


def told(*paths: Path, playbooks: Path | None = None) -> list[str]:
    """What is said of these, without folders."""
    return [
        f"{Path(finding.file).name}:{finding.line}:{finding.column}: {finding.weight}: {finding.words}"
        for checked in looked_at(*paths, playbooks=playbooks)
        for finding in checked.findings
    ]


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path


# --- mistakes of authors: each file ends with what is said of it


@pytest.mark.parametrize("file", sorted(BROKEN.glob("*.yaml")), ids=lambda file: file.stem)
def test_each_broken_drill_is_told_what_stands_at_its_end(file: Path) -> None:
    _, _, answer = file.read_text().partition("\n# ecomms check:\n")
    assert answer
    assert told(file) == [line.replace("#   ", f"{file.name}:", 1) for line in answer.splitlines()]


def test_eleven_of_them_are_kept() -> None:
    assert len(list(BROKEN.glob("*.yaml"))) == 11


# --- which files are drills, and what they are held against


def test_with_a_folder_of_playbooks_its_drills_are_checked_too(tmp_path: Path) -> None:
    write(tmp_path / "our-flood.yaml", PLAYBOOK)
    write(tmp_path / "drills" / "night.yaml", DRILL.format(id="night", playbook="our-flood"))
    found = looked_at(tmp_path)
    assert [(Path(each.path).name, each.id, each.ok) for each in found] == [
        ("our-flood.yaml", "our-flood", True),
        ("night.yaml", "night", True),
    ]


def test_a_drill_is_held_against_the_playbooks_of_its_folder_and_no_others(tmp_path: Path) -> None:
    # Given a folder of playbooks of our own, as the bot would be given it
    write(tmp_path / "our-flood.yaml", PLAYBOOK)
    drill = write(tmp_path / "drills" / "night.yaml", DRILL.format(id="night", playbook="flood"))
    # Then a shipped one is not there, though it could be read
    assert told(drill) == [
        "night.yaml:5:13: wrong: take_part > playbook: there is no playbook flood; did you mean our-flood?"
    ]


def test_a_drill_that_stands_alone_is_held_against_those_that_the_bot_uses(tmp_path: Path) -> None:
    ours = write(tmp_path / "ours" / "our-flood.yaml", PLAYBOOK).parent
    shipped = write(tmp_path / "alone" / "a.yaml", DRILL.format(id="a", playbook="flood"))
    own = write(tmp_path / "alone" / "b.yaml", DRILL.format(id="b", playbook="our-flood"))
    assert [line.partition(": ")[0] for line in told(shipped, own)] == ["b.yaml:5:13"]
    assert [line.partition(": ")[0] for line in told(shipped, own, playbooks=ours)] == ["a.yaml:5:13"]


def test_of_two_drills_with_one_id_the_second_is_told(tmp_path: Path) -> None:
    write(tmp_path / "drills" / "a.yaml", DRILL.format(id="night", playbook="flood"))
    write(tmp_path / "drills" / "b.yaml", DRILL.format(id="night", playbook="flood"))
    said = "b.yaml:2:5: wrong: id: a.yaml has the id night already, so this file is not used"
    assert told(tmp_path / "drills") == [said]


def test_what_plays_by_itself_and_what_people_take_part_in_are_checked_in_one_go(tmp_path: Path) -> None:
    # Given a file with a mistake in both parts
    scenes, _, _ = (BROKEN / "scenes.yaml").read_text().partition("\n# ecomms check:")
    _, head, part = DRILL.format(id="both", playbook="flod").partition("take_part:")
    # Then both are told
    assert [line.split(": ")[2] for line in told(write(tmp_path / "both.yaml", scenes + head + part))] == [
        "people > mara > roles > 2",
        "scenes > 2 > at",
        "take_part > playbook",
    ]
