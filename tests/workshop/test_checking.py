"""What an author is told of a playbook before an incident."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecomms_bot.playbook.library import Library, shipped_folder
from ecomms_bot.workshop.checking import NothingToCheck, check
from tests.books import FOLDER

BROKEN = FOLDER / "broken"
EXTENDING = """\
id: {id}
extends: {base}
title: Some
hazard: any
"""


def told(*paths: Path) -> list[str]:
    """What is said of these, without folders."""
    return [
        f"{Path(finding.file).name}:{finding.line}:{finding.column}: {finding.weight}: {finding.words}"
        for checked in check(paths)
        for finding in checked.findings
    ]


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


# --- ten mistakes of authors: each file ends with what is said of it


@pytest.mark.parametrize("file", sorted(BROKEN.glob("*.yaml")), ids=lambda file: file.stem)
def test_each_broken_playbook_is_told_what_stands_at_its_end(file: Path) -> None:
    _, _, answer = file.read_text().partition("\n# ecomms check:\n")
    assert answer
    assert told(file) == [line.replace("#   ", f"{file.name}:", 1) for line in answer.splitlines()]


def test_ten_of_them_are_kept_and_the_bot_uses_those_in_which_nothing_is_wrong() -> None:
    assert len(list(BROKEN.glob("*.yaml"))) == 10
    library = Library.from_folder(BROKEN)
    assert set(library.playbooks) == {"too-long", "unused"}
    assert len(library.problems) == 8


# --- what is checked


def test_the_playbooks_that_come_with_the_bot_have_nothing_to_mend() -> None:
    assert told(shipped_folder()) == []


def test_a_folder_is_its_yaml_files_and_nothing_below(tmp_path: Path) -> None:
    # Given two playbooks, a note, and a playbook further down
    write(tmp_path / "b.yml", EXTENDING.format(id="b", base="basics"))
    write(tmp_path / "a.yaml", EXTENDING.format(id="a", base="basics"))
    write(tmp_path / "notes.txt", "no playbook")
    (tmp_path / "old.yaml").mkdir()
    write(tmp_path / "old.yaml" / "c.yaml", "a: *x")
    # When the folder and one of its files are named
    found = check([tmp_path, tmp_path / "a.yaml"])
    # Then each is looked at once
    assert [(Path(each.path).name, each.id) for each in found] == [("a.yaml", "a"), ("b.yml", "b")]


def test_where_there_is_nothing_to_check_this_is_said(tmp_path: Path) -> None:
    with pytest.raises(NothingToCheck) as caught:
        check([tmp_path])
    said = f"There is no file that ends in .yaml in {tmp_path}, so nothing was checked."
    assert str(caught.value) == said


# --- several files


def test_two_files_with_the_same_id_are_told_at_the_one_that_is_not_used(tmp_path: Path) -> None:
    # Given a playbook that was copied
    first = write(tmp_path / "a.yaml", EXTENDING.format(id="mine", base="basics"))
    copy = write(tmp_path / "b.yaml", EXTENDING.format(id="mine", base="basics"))
    # Then the copy is told, also when it alone is checked
    taken = "b.yaml:1:5: wrong: id: a.yaml has the id mine already, so this file is not used"
    empty = "1:1: look: there is no step, so nothing can be written with this playbook"
    assert told(tmp_path) == [f"a.yaml:{empty}", f"b.yaml:{empty}", taken]
    assert told(copy) == [f"b.yaml:{empty}", taken]
    assert told(first) == [f"a.yaml:{empty}"]
    # But not while the first cannot be used
    write(first, EXTENDING.format(id="mine", base="basics") + "colour: red\n")
    assert told(copy) == [f"b.yaml:{empty}"]


def test_a_file_without_an_id_has_no_twin(tmp_path: Path) -> None:
    path = write(tmp_path / "a.yaml", "id: [a]\nextends: basics\ntitle: A\nhazard: any\n")
    (found,) = check([path])
    assert found.id is None
    assert [each.place for each in found.findings] == ["id"]


def test_a_base_with_mistakes_is_told_once_with_its_own_file_and_line(tmp_path: Path) -> None:
    # Given two playbooks that extend a broken one
    base = write(tmp_path / "office.yaml", EXTENDING.format(id="office", base="basics") + "colour: red\n")
    mine = write(tmp_path / "mine.yaml", EXTENDING.format(id="mine", base="office"))
    other = write(tmp_path / "other.yaml", EXTENDING.format(id="other", base="office"))
    # When only these two are checked
    unusable = f"wrong: extends: office cannot be used, so neither can this file (see {base})"
    assert told(mine, other) == [
        f"mine.yaml:2:10: {unusable}",
        f"other.yaml:2:10: {unusable}",
        "office.yaml:5:9: wrong: colour: this word is not known here",
    ]
    # Then it is the same as when all are, each at its place
    assert sorted(told(mine, other)) == sorted(told(tmp_path))


def test_what_a_base_has_to_look_at_is_told_there_alone(tmp_path: Path) -> None:
    # Given a base with much to look at, some of which its extension mends
    base = (BROKEN / "unused.yaml").read_text().replace("id: unused", "id: office")
    write(tmp_path / "office.yaml", base)
    mine = write(
        tmp_path / "mine.yaml",
        EXTENDING.format(id="mine", base="office")
        + "phases:\n  during:\n    - id: D2\n      title: No change\n"
        + "    - id: D1\n      channels: [internal, web]\n",
    )
    # Then the extension is told only what it brings about itself
    assert told(mine) == [
        "mine.yaml:10:28: look: phases > during > D1 > channels > 2: no text of this step is for web"
    ]
