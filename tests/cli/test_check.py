"""`ecomms check` on a terminal: what it looks at, what it prints, how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ecomms_bot.playbook.library import shipped_folder
from tests.books import FOLDER
from tests.cli.conftest import Terminal

BROKEN = FOLDER / "broken"
GOOD = shipped_folder() / "basics.yaml"


def test_good_playbooks_are_ok_and_nothing_else_is_needed(terminal: Terminal) -> None:
    # Given neither tokens nor a database, in an empty folder
    result = terminal.run("check", str(GOOD))
    assert result.stdout.splitlines() == [f"{GOOD}: ok", "Checked 1 file: nothing to mend."]
    assert result.exit_code == 0
    assert list(terminal.folder.iterdir()) == []


def test_what_is_wrong_and_what_to_look_at_come_with_their_places(terminal: Terminal) -> None:
    tab, long = BROKEN / "tab.yaml", BROKEN / "too-long.yaml"
    result = terminal.run("check", str(long), str(GOOD), str(tab))
    lines = result.stdout.splitlines()
    assert lines[0].startswith(f"{long}:13:30: look: fields > advice > choices > wait > label: ")
    assert lines[-3:] == [
        f"{GOOD}: ok",
        f"{tab}:13:1: wrong: this line begins with a tab; indent it with spaces",
        "Checked 3 files: 1 wrong, 5 to look at.",
    ]
    assert result.exit_code == 1


def test_something_to_look_at_is_enough_for_exit_code_1(terminal: Terminal) -> None:
    assert terminal.run("check", str(BROKEN / "unused.yaml")).exit_code == 1


def test_json_has_the_documented_shape(terminal: Terminal) -> None:
    colon = BROKEN / "colon.yaml"
    result = terminal.run("check", "--json", str(GOOD), str(colon))
    assert json.loads(result.stdout) == [
        {"path": str(GOOD), "id": "basics", "ok": True, "findings": []},
        {
            "path": str(colon),
            "id": None,
            "ok": False,
            "findings": [
                {
                    "weight": "wrong",
                    "line": 11,
                    "column": 46,
                    "place": "",
                    "message": "a text with a colon in it must be in quotes, or stand below a |",
                }
            ],
        },
    ]
    assert result.exit_code == 1


def test_without_paths_it_is_the_folder_of_the_settings_else_what_ships(terminal: Terminal) -> None:
    own = terminal.run("check", ECOMMS_PLAYBOOKS=str(FOLDER)).stdout
    assert f"{FOLDER / 'flood.yaml'}:" in own
    # with the drills that belong to its playbooks
    assert f"{FOLDER / 'drills' / 'short-river.yaml'}: ok\n" in own
    assert own.endswith("Checked 2 files: 2 to look at.\n")
    shipped = terminal.run("check").stdout
    assert f"{GOOD}: ok\n" in shipped
    assert f"{GOOD.parent / 'drills' / 'river-night.yaml'}: ok\n" in shipped


def test_a_folder_that_is_not_there_is_refused(terminal: Terminal) -> None:
    gone = terminal.folder / "gone"
    said = terminal.refused("check", ECOMMS_PLAYBOOKS=str(gone))
    assert said == f"There is no folder {gone}. Correct ECOMMS_PLAYBOOKS, or unset it."
    assert terminal.run("check", str(gone)).exit_code == 2


def test_an_empty_folder_is_refused(terminal: Terminal) -> None:
    said = terminal.refused("check", ".")
    assert said == "There is no file that ends in .yaml in ., so nothing was checked."


@pytest.mark.parametrize("word", ["\x1b[2J", "\u202e", "a: ok\nb.yaml: ok"])
def test_what_an_author_wrote_cannot_act_on_the_terminal(terminal: Terminal, word: str) -> None:
    # Given a playbook with a word that a terminal would obey, or that looks like a line of ours
    path = Path("sly.yaml")
    name = json.dumps(word)
    path.write_text(f"id: sly\nextends: basics\ntitle: Sly\nhazard: any\n{name}: 1\n")
    # Then it is shown as what it is, on one line
    lines = terminal.run("check", "sly.yaml").stdout.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("sly.yaml:5:")
    assert not {"\x1b", "\u202e"} & set(lines[0])
