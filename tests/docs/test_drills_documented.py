"""The guide to drills and their reference say what the code reads: every word, and each drill that ships."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from ecomms_bot.playbook.drill_files import drill_files, load_drill
from ecomms_bot.playbook.drills import ANSWER_KINDS, INJECT_KINDS, Drill
from ecomms_bot.playbook.library import shipped_folder
from ecomms_bot.practice.playing import ACTIONS
from ecomms_bot.practice.script import Scene, Script, load_script, mistakes_in_scenes, recorded
from ecomms_bot.workshop.checking import check
from ecomms_bot.workshop.drills import DrillDesk
from tests.docs.drills import ANSWERS, EXAMPLES, KINDS, PAGE, page
from tests.playbook.shipped import LIBRARY

GUIDE = (Path(__file__).parents[2] / "docs" / "how-to" / "run-a-drill.md").read_text()
FOR_PEOPLE, BY_ITSELF = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
SHIPPED = drill_files(shipped_folder())


def rows(text: str) -> list[list[str]]:
    """The cells of each row whose first one is in backticks."""
    return [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| `")]


def section(title: str) -> str:
    return re.split(r"^#", GUIDE.split(f"# {title}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


# --- the reference


def test_the_reference_is_what_the_code_says() -> None:
    assert page() == PAGE.read_text(), f"run: python -m tests.docs.drills > docs/{PAGE.name}"


def test_each_kind_and_each_answer_is_explained() -> None:
    assert (tuple(KINDS), tuple(ANSWERS)) == (INJECT_KINDS, ANSWER_KINDS)


def test_the_examples_of_all_words_are_a_drill() -> None:
    parts = {name: {key: yaml.safe_load(each) for key, each in of.items()} for name, of in EXAMPLES.items()}
    inject = parts["Inject"]
    away = inject | {"id": "away", "kind": "outage", "answer": "reply"}
    del inject["minutes"], away["of"]
    part = parts["TakePart"] | {"targets": parts["Targets"], "injects": [inject, away]}
    assert Drill.parse(parts["the drill"] | {"take_part": part}).take_part is not None


# --- the guide


def test_the_drill_of_the_guide_has_nothing_to_mend(tmp_path: Path) -> None:
    file = tmp_path / "mill-road.yaml"
    file.write_text(FOR_PEOPLE)
    (checked,) = check([file], DrillDesk(scripted=mistakes_in_scenes))
    assert [each.words for each in checked.findings] == []
    assert load_drill(file, LIBRARY.playbooks).id == file.stem


def test_the_drill_of_the_guide_that_plays_by_itself_can_be_read(tmp_path: Path) -> None:
    file = tmp_path / "drill.yaml"
    file.write_text(BY_ITSELF)
    script = load_script(file)
    assert {scene.does for scene in script.scenes} >= {"open", "write", "submit", "approve", "mark"}


def test_every_word_and_action_of_a_drill_that_plays_by_itself_is_documented() -> None:
    written = [name for row in rows(section("Its words")) for name in re.findall(r"`([^`]+)`", row[0])]
    words = [*Script.model_fields, *(field.alias or name for name, field in Scene.model_fields.items())]
    assert sorted(written) == sorted([*words, *ACTIONS])


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_guide_lists_each_drill_that_ships(path: Path) -> None:
    drill = load_drill(path, LIBRARY.playbooks)
    assert drill.take_part is not None
    (row,) = [row for row in rows(GUIDE) if row[0].split()[0] == f"`{drill.id}`"]
    assert row[-1] == str(drill.take_part.minutes)
    assert ("▸" in row[0]) == (path in recorded(shipped_folder()))
    assert ("▸" not in row[0]) or f"ecomms drill {drill.id}`" in GUIDE


def test_the_guide_lists_no_others() -> None:
    listed = [row[0].split()[0].strip("`") for row in rows(GUIDE.split("## Take part", 1)[0])]
    assert sorted(listed) == [path.stem for path in SHIPPED]
