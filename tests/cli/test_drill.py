"""`ecomms drill` with a short night: what it prints, what it leaves behind, and how it ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecomms_bot.practice.script import find_script
from ecomms_bot.store.engine import Database
from tests.books import FLOOD_FILE
from tests.cli.conftest import Terminal

NIGHT = """\
schema_version: 1
id: short-night
title: A short night
zone: America/Vancouver
starts: "2021-11-14 20:00"
people:
  mara: {name: Mara, roles: [communicator]}
  pia: {name: Pia, roles: [pio]}
scenes:
  - at: "2021-11-14 20:05"
    who: mara
    does: open
    text: flood
    with: {name: Highway 7 slides, area: Highway 7, severity: S2, zone: America/Vancouver}
  - at: "2021-11-14 20:20"
    who: pia
    does: close
    text: It was no slide.
    with: {"Holding statement, a required step, is not done": There was nothing to say.}
"""


@pytest.fixture
def night(terminal: Terminal) -> Path:
    script = terminal.folder / "night.yaml"
    script.write_text(NIGHT)
    return script


def test_a_drill_leaves_transcript_summary_and_log_in_a_folder(terminal: Terminal, night: Path) -> None:
    result = terminal.run("drill", night.name)
    assert result.exit_code == 0, result.output
    assert "EXERCISE - A short night" in result.stdout
    folder = terminal.folder / "drill-output"
    assert {"drill.db", "summary.md", "transcript.txt"} <= {path.name for path in folder.iterdir()}
    # and its log is checked like any other
    database = f"sqlite:///{folder / 'drill.db'}"
    assert terminal.run("log", "verify", ECOMMS_DATABASE_URL=database).stdout.endswith("The log is whole.\n")
    assert " · EXERCISE · closed · " in terminal.run("log", "show", "i", ECOMMS_DATABASE_URL=database).stdout


def test_a_drill_can_go_into_another_folder_and_another_database(
    office: Terminal, db: Database, night: Path
) -> None:
    result = office.run("drill", night.name, "--out", "seen/there")
    assert result.exit_code == 0, result.output
    folder = office.folder / "seen" / "there"
    assert (folder / "summary.md").exists()
    assert not (folder / "drill.db").exists()
    assert "EXERCISE" in office.run("log", "list").stdout


def test_a_drill_plays_the_playbooks_of_the_folder_that_is_named(terminal: Terminal, night: Path) -> None:
    books = terminal.folder / "books"
    books.mkdir()
    ours = FLOOD_FILE.read_text(encoding="utf-8").replace("hazard: flood", "hazard: high water", 1)
    (books / "water.yaml").write_text(ours.replace("id: flood", "id: water", 1), encoding="utf-8")
    no_word = "".join(line for line in NIGHT.splitlines(keepends=True) if "a required step" not in line)
    night.write_text(no_word.replace("text: flood", "text: water"))
    result = terminal.run("drill", night.name, ECOMMS_PLAYBOOKS="books")
    assert result.exit_code == 0, result.output
    assert " · high water · " in result.stdout
    # the same drill with what comes with the bot: there is no such playbook
    assert terminal.run("drill", night.name).exit_code == 1


def test_a_drill_in_which_the_bot_does_otherwise_ends_with_1(terminal: Terminal, night: Path) -> None:
    night.write_text(NIGHT.replace("    does: close\n", "    does: approve\n    step: D1\n"))
    result = terminal.run("drill", night.name)
    assert result.exit_code == 1
    assert "The drill stopped: " in result.stdout


def test_a_drill_that_ships_goes_by_its_name(tmp_path: Path) -> None:
    assert find_script("lead-asleep").parent.name == "drills"
    mine = tmp_path / "lead-asleep"
    mine.touch()
    assert find_script(str(mine)) == mine


def test_a_drill_that_is_not_there_names_those_that_are(terminal: Terminal) -> None:
    said = terminal.refused("drill", "nothing.yaml")
    assert said == (
        "There is no drill nothing.yaml. Name a file, or one of those that come with the bot: "
        "bc-highways-2021, lead-asleep, sent-as-live."
    )


def test_a_drill_can_be_played_with_several_bots(terminal: Terminal, night: Path) -> None:
    result = terminal.run("drill", night.name, "--replicas", "2")
    assert result.exit_code == 0, result.output
    assert "Bots, each a process of its own: 2. They were handed " in result.stdout
    said = [path.read_text() for path in sorted((terminal.folder / "drill-output").glob("replica-*.txt"))]
    assert len(said) == 2
    assert all(words.endswith("Stopped\n") for words in said)
