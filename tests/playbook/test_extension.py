"""A playbook that extends another one: what it changes, where its mistakes are told, what it cannot do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ecomms_bot.playbook.extension import Joined, join
from ecomms_bot.playbook.library import (
    MAX_BASES,
    Library,
    LoadedPlaybook,
    Shelf,
    load_with_source,
    shipped_folder,
)
from ecomms_bot.playbook.model import Playbook
from ecomms_bot.playbook.source import Source, read_source
from tests.playbook.samples import small_raw

OWN = {"id": "mine", "title": "Mine", "hazard": "flood"}


def step(name: str, **words: Any) -> dict[str, Any]:
    """The small playbook's step under another id."""
    first = f"{ships}/basics.yaml:1:5: the quote that opens here is never closed"
    unusable = "yaml:4:10: extends: office cannot be used, so neither can this file (see office.yaml)"
    assert list(playbooks) == ["small"]
    assert problems == [
        [f"away.{unusable}"],
        ["office.yaml:1:1: title: this is missing"],
        [f"team.{unusable}"],
    ]
    # And one alone says both
    assert told(tmp_path / "team.yaml") == [f"team.{unusable}", "office.yaml:1:1: title: this is missing"]


def test_a_base_that_is_no_yaml_is_told_with_its_own_place(tmp_path: Path) -> None:
    (tmp_path / "office.yaml").write_text("id: office\n\ttitle: x\n")
    path = write(tmp_path, "mine", extends="office")
    assert told(path) == [
        "mine.yaml:4:10: extends: office cannot be used, so neither can this file (see office.yaml)",
        "office.yaml:2:1: this line begins with a tab; indent it with spaces",
    ]


def test_a_shipped_base_with_mistakes_is_told_once_for_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a base that is not in the folder of the office
    ships, office = tmp_path / "ships", tmp_path / "office"
    ships.mkdir()
    office.mkdir()
    (ships / "basics.yaml").write_text('id: "a\n')
    monkeypatch.setattr("ecomms_bot.playbook.library.shipped_folder", lambda: ships)
    for name in ("one", "two"):
        write(office, name, extends="basics")
    _, problems = loaded(office)
    first = (
        f"{ships}/basics.yaml:1:5: the list that opens here is not closed with ], or a comma is missing in it"
    )
    unusable = (
        f"yaml:4:10: extends: basics cannot be used, so neither can this file (see {ships}/basics.yaml)"
    )
    assert problems == [[f"one.{unusable}", first], [f"two.{unusable}"]]


def test_mistakes_of_a_file_and_of_its_orders_come_together(tmp_path: Path) -> None:
    base(tmp_path)
    path = tmp_path / "mine.yaml"
    path.write_text(
        "extends: small\nid: mine\ntitle: Mine\ntitle: Ours\nhazard: {{ flood }}\ncolour: red\n"
        "phases:\n  during:\n    - id: D9\n      remove: true\n"
    )
    assert told(path) == [
        "mine.yaml:4:1: title stands here twice (first in line 3); only one can count",
        "mine.yaml:5:9: hazard: a text that begins with {{ must be in quotes, or stand below a |",
        "mine.yaml:6:9: colour: this word is not known here",
        "mine.yaml:10:15: phases > during > D9 > remove: the base has no step D9 in this phase to remove",
    ]


def test_the_base_of_many_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def noted(path: Path) -> Source:
        read.append(path.name)
        return read_source(path)

    monkeypatch.setattr("ecomms_bot.playbook.library.read_source", noted)
    base(tmp_path)
    for name in ("a", "b", "c"):
        write(tmp_path, name, extends="small")
    assert len(Library.from_folder(tmp_path).playbooks) == 4
    assert sorted(read) == ["a.yaml", "b.yaml", "c.yaml", "small.yaml"]


def test_the_shipped_playbooks_extend_one_another() -> None:
    library = Library.from_folder(shipped_folder())
    assert library.bases == ("basics",)
    assert library.problems == ()
