"""Playbooks as files: the good ones are used, the bad ones are refused with file, line and column."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
import yaml

from ecomms_bot.errors import PlaybookError
from ecomms_bot.playbook import library
from ecomms_bot.playbook.library import Library, load, load_with_source, read_yaml, shipped_folder
from ecomms_bot.playbook.model import Playbook
from tests.books import FLOOD_FILE
from tests.playbook.samples import FLOOD, small, small_raw


def write(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def small_yaml() -> str:
    return yaml.safe_dump(small_raw(), sort_keys=False, allow_unicode=True)


# --- good files


def test_a_playbook_is_read_with_its_plain_data_and_the_hash_of_that(tmp_path: Path) -> None:
    path = write(tmp_path / "small.yaml", small_yaml())
    loaded = load_with_source(path)
    assert loaded.playbook == small() == load(path)
    assert loaded.raw == small_raw()
    canonical = json.dumps(loaded.raw, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert loaded.sha256 == hashlib.sha256(canonical.encode()).hexdigest()
    assert Playbook.parse(json.loads(canonical)) == loaded.playbook
    assert loaded.path == path


# --- bad files


def test_every_mistake_of_a_playbook_has_its_line_and_column(tmp_path: Path) -> None:
    text = (
        small_yaml().replace("hazard: flood", "hazard: 7").replace("roles:\n    - pio", "roles:\n    - boss")
    )
    path = write(tmp_path / "bad.yaml", text)
    lines = text.splitlines()
    hazard, boss = lines.index("hazard: 7") + 1, lines.index("    - boss") + 1
    with pytest.raises(PlaybookError) as caught:
        load(path)
    assert str(caught.value).splitlines() == [
        f"{path}:{hazard}:9: hazard: this must be text; put it in quotes",
        f"{path}:{boss}:7: tiers > T0 > roles > 1: this must be one of 'sme', 'pio', 'ic' or 'exec'",
    ]


def test_what_is_missing_is_placed_at_what_lacks_it(tmp_path: Path) -> None:
    text = small_yaml().replace("    label: Place\n", "")
    path = write(tmp_path / "bad.yaml", text)
    with pytest.raises(PlaybookError) as caught:
        load(path)
    line = text.splitlines().index("  place:") + 1
    assert str(caught.value) == f"{path}:{line}:3: fields > place > label: this is missing"


def test_a_mistake_in_a_text_has_the_line_in_the_file(tmp_path: Path) -> None:
    before = "internal: '{{ incident_name }}: {{ place }}'"
    good = small_yaml()
    assert before in good
    text = good.replace(before, "internal: |\n              one\n              two {{ plaice }}")
    path = write(tmp_path / "bad.yaml", text)
    with pytest.raises(PlaybookError) as caught:
        load(path)
    line, words = next(found for found in enumerate(text.splitlines(), start=1) if "plaice" in found[1])
    place = "phases > during > D1 > texts > internal > templates > internal"
    assert str(caught.value) == (
        f"{path}:{line}:{words.index('{{') + 1}: {place}: there is no field “plaice”; did you mean place?"
    )


# --- folders


def test_a_folder_gives_the_good_playbooks_and_the_problems_of_the_others(tmp_path: Path) -> None:
    write(tmp_path / "b.yaml", small_yaml().replace("id: small", "id: other"))
    write(tmp_path / "a.yml", small_yaml())
    write(tmp_path / "c.yaml", small_yaml())
    write(tmp_path / "d.yaml", "title: 1")
    write(tmp_path / "notes.txt", "no playbook")
    (tmp_path / "drills.yaml").mkdir()
    found = Library.from_folder(tmp_path)
    assert {name: loaded.path.name for name, loaded in found.playbooks.items()} == {
        "small": "a.yml",
        "other": "b.yaml",
    }
    assert [str(problem).splitlines()[0] for problem in found.problems] == [
        f"{tmp_path / 'c.yaml'}:2:5: id: a.yml has the id small already, so this file is not used",
        f"{tmp_path / 'd.yaml'}:1:1: schema_version: this is missing",
    ]


def test_a_folder_that_is_not_there_is_a_problem_and_no_crash(tmp_path: Path) -> None:
    found = Library.from_folder(tmp_path / "none")
    assert found.playbooks == {}
    assert (
        str(found.problems[0])
        == f"There is no folder {tmp_path / 'none'}, so no playbooks were read from it."
    )


def test_the_shipped_playbooks_are_good() -> None:
    found = Library.from_folder(shipped_folder())
    assert found.problems == ()
    assert "flood" in found.playbooks


def test_an_installed_package_has_its_playbooks_inside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a package as a wheel installs it
    module = tmp_path / "ecomms_bot" / "playbook" / "library.py"
    (tmp_path / "ecomms_bot" / "_playbooks").mkdir(parents=True)
    monkeypatch.setattr(library, "__file__", str(module))
    assert shipped_folder() == tmp_path / "ecomms_bot" / "_playbooks"
    # And one in a checkout
    (tmp_path / "ecomms_bot" / "_playbooks").rmdir()
    assert shipped_folder() == tmp_path / "playbooks"


def test_a_meaning_that_slack_would_cut_off_is_refused_in_a_file_but_not_in_a_log(tmp_path: Path) -> None:
    source = FLOOD_FILE.read_text("utf-8")
    assert all(len(level.meaning) <= 75 for level in FLOOD.severities.values())
    meaning = FLOOD.severities["S3"].meaning
    path = write(tmp_path / "long.yaml", source.replace(meaning, f"{meaning} {'x' * 75}"))
    with pytest.raises(
        PlaybookError, match=r"long\.yaml:\d+:14: severities > S3 > meaning: this may have up"
    ):
        load(path)
    # A running incident that was opened with such a playbook goes on with it.
    assert Playbook.parse(read_yaml(path).raw).severities["S3"].meaning.endswith("x")
