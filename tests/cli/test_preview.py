"""`ecomms preview`: which playbook and step is meant, what can be set, and how it ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.books import FLOOD_FILE, FOLDER
from tests.cli.conftest import Terminal


@pytest.fixture
def author(terminal: Terminal) -> Terminal:
    """Somebody with the small flood playbook of the tests, and nothing else set."""
    terminal.env["ECOMMS_PLAYBOOKS"] = str(FOLDER)
    return terminal


def flat(text: str) -> str:
    return " ".join(text.split())


# --- which playbook


def test_without_a_step_the_steps_are_listed(author: Terminal) -> None:
    shown = author.run("preview", "flood")
    assert shown.exit_code == 0
    assert shown.stdout.startswith("Flood (flood): 3 steps\n")


def test_a_playbook_that_ships_needs_nothing_to_be_set(terminal: Terminal) -> None:
    shown = terminal.run("preview", "flood")
    assert shown.exit_code == 0
    assert shown.stdout.startswith("Flood (flood): ")
    assert "\n  D1   Holding statement\n" in shown.stdout
    assert list(terminal.folder.iterdir()) == []  # no database was made


def test_one_that_ships_is_found_beside_a_folder_of_ones_own(author: Terminal) -> None:
    assert author.run("preview", "basics").stdout == "Basics (basics): 0 steps\n"


def test_a_file_is_named_by_its_path(terminal: Terminal) -> None:
    (terminal.folder / "mine.yaml").write_text(FLOOD_FILE.read_text())
    assert terminal.run("preview", "mine.yaml").stdout.startswith("Flood (flood): 3 steps\n")
    assert terminal.run("preview", str(FLOOD_FILE)).stdout.startswith("Flood (flood): 3 steps\n")


def test_a_playbook_may_be_called_otherwise_than_its_file(terminal: Terminal) -> None:
    folder = terminal.folder / "ours"
    folder.mkdir()
    (folder / "2026.yaml").write_text(FLOOD_FILE.read_text().replace("\nid: flood\n", "\nid: river\n"))
    shown = terminal.run("preview", "river", ECOMMS_PLAYBOOKS=str(folder))
    assert shown.stdout.startswith("Flood (river): 3 steps\n")


def test_a_playbook_that_is_not_there_brings_up_the_nearest(author: Terminal) -> None:
    said = author.refused("preview", "floods")
    assert said.startswith("There is no playbook floods; did you mean flood? There are: ")
    assert "There are: " in author.refused("preview", "avalanche")
    assert "the file cannot be read" in author.refused("preview", "none.yaml")


def test_an_unfinished_file_is_refused_with_each_mistake_and_its_place(terminal: Terminal) -> None:
    bad = terminal.folder / "mine.yaml"
    bad.write_text(FLOOD_FILE.read_text().replace("{{ road }}", "{{ raod }}").replace("tier: T2", "tier: T9"))
    said = terminal.refused("preview", "mine.yaml", "D1")
    assert "there is no field “raod”" in said
    assert "there is no tier T9" in said
    assert said.count("mine.yaml:") == len(said.splitlines()) > 2


# --- which step and text


@pytest.mark.parametrize("typed", ["D3", "d3", "Road closure or change", "road CLOSURE or change", "closure"])
def test_a_step_is_named_by_id_or_title(author: Terminal, typed: str) -> None:
    shown = author.run("preview", "flood", typed)
    assert shown.exit_code == 0
    assert shown.stdout.startswith("Flood · D3 Road closure or change\n")


def test_a_step_that_is_not_there_brings_up_the_nearest(author: Terminal) -> None:
    said = author.refused("preview", "flood", "Road closer or change")
    assert said.endswith("Did you mean:\n  D3   Road closure or change")
    assert "D3" in author.refused("preview", "flood", "clossure")
    assert author.refused("preview", "flood", "Z9").count("\n") == 3  # all three


def test_all_texts_of_a_step_are_shown_or_one(author: Terminal) -> None:
    every = author.run("preview", "flood", "D4").stdout
    assert every.index("UPDATE: ") < every.index("NO-CHANGE: ") < every.index("FINAL: ")
    one = author.run("preview", "flood", "D4", "--kind", "final").stdout
    assert "FINAL: " in one
    assert "UPDATE: " not in one
    assert author.refused("preview", "flood", "D4", "--kind", "finale") == (
        "D4 Scheduled update has no text “finale”. Did you mean final?"
    )


def test_what_is_about_a_text_needs_a_step(author: Terminal) -> None:
    assert author.refused("preview", "flood", "--longest").startswith("Name the step too: ")


# --- what is filled in


def test_an_incident_has_the_name_that_is_given(author: Terminal) -> None:
    assert "\nFlood near Hope\n" in author.run("preview", "flood", "D1").stdout
    assert "\nSlides at Hope\n" in author.run("preview", "flood", "D1", "--name", "Slides at Hope").stdout
    assert "up to 60 characters" in author.refused("preview", "flood", "D1", "--name", "W" * 61)


def test_values_are_understood_as_they_are_typed_in_slack(author: Terminal) -> None:
    shown = author.run(
        "preview", "flood", "D4", "--kind", "update",
        "--set", "closure_state=Is Down To 1 Lane", "--set", "hazard_seen=washouts",
        "--set", "gauge_level_m=3.2 m", "--set", "gauge_read_at=2021-11-14 07:30",
        "--set", "next_update_at=in 45 min", "--set", "empathy_line=",
    )  # fmt: skip
    assert shown.exit_code == 0, shown.stdout
    assert "is down to 1 lane because of washouts" in shown.stdout
    assert "3.2 m" in shown.stdout
    assert "Sun., Nov. 14, 7:30 a.m. PST" in shown.stdout
    texts = shown.stdout.split("\nX ", 1)[1]
    assert "We know that a night in the car" not in texts


def test_a_time_of_the_past_may_be_typed_as_the_last_of_its_kind(author: Terminal) -> None:
    shown = author.run("preview", "flood", "D1", "--set", "as_of=7:05")
    assert "7:05 a.m. P" in shown.stdout
    full = author.run("preview", "flood", "D1", "--set", "as_of=2021-11-14T23:30:00+00:00").stdout
    assert "Sun., Nov. 14, 3:30 p.m. PST" in full  # its own zone, told in ours


def test_what_cannot_be_set_is_told_all_at_once_and_nothing_is_shown(author: Terminal) -> None:
    said = author.refused(
        "preview", "flood", "D1",
        "--set", "raod=x", "--set", "detour=x", "--set", "Where=x", "--set", "road",
        "--set", "hazard_seen=rain", "--set", "next_update_at=6", "--set", "as_of=2021-13-99 25:00",
        "--set", "road=", "--set", "next_update_at=14:30 or so",
    ).splitlines()  # fmt: skip
    assert said[0] == "--set raod: there is no such field. Did you mean road?"
    assert said[1].startswith("--set detour: D1 Holding statement does not ask for it.")
    assert said[2] == "--set Where: there is no such field. Did you mean area_description?"
    assert said[3] == "--set road: write it as FIELD=VALUE."
    assert said[4].startswith("--set hazard_seen: This is not one of the answers: choose one of “flooding”")
    assert said[4].endswith("As the first-hand report says, no more than that.")  # the field's own hint
    assert said[5].startswith("--set next_update_at: 6: which time is meant? Such as: ")
    assert said[6].startswith("--set as_of: “2021-13-99 25:00” is no date and time.")
    assert said[7].startswith("--set road: This is needed, for example: Highway 7 (Lougheed Highway).")
    assert said[8].startswith("--set next_update_at: “14:30 or so” is more than a time.")


def test_the_office_speaks_for_itself_in_its_own_zone(author: Terminal) -> None:
    Path("ecomms.yaml").write_text(
        "organisation: City of Iqaluit\ninfo_url: https://www.iqaluit.ca\ntime_zone: America/Iqaluit\n"
    )
    shown = author.run("preview", "flood", "D1").stdout
    assert "City of Iqaluit, " in shown
    assert "https://www.iqaluit.ca" in shown
    assert "m. EST" in shown or "noon EST" in shown or "m. EDT" in shown or "noon EDT" in shown


# --- how it ends


def test_it_ends_with_1_if_a_text_could_not_be_submitted(author: Terminal) -> None:
    fine = author.run("preview", "flood", "D1", "--exercise")
    assert fine.exit_code == 0
    assert fine.stdout.endswith("Nothing to mend.\n")
    late = author.run("preview", "flood", "D4", "--kind", "final", "--set", "no_promise_reason=")
    assert late.exit_code == 1
    assert "Must be changed" in late.stdout


def test_at_its_longest_it_ends_with_1_if_a_text_does_not_fit(author: Terminal) -> None:
    assert author.run("preview", "flood", "D3", "--longest").exit_code == 0
    wide = author.folder / "wide.yaml"
    wide.write_text(FLOOD_FILE.read_text().replace("max_length: 28", "max_length: 80"))
    shown = author.run("preview", "wide.yaml", "D3", "--longest")
    assert shown.exit_code == 1
    assert "Must be changed: X: the text is " in shown.stdout
    assert author.run("preview", "wide.yaml", "--lengths").exit_code == 1
    assert "Leave out" in author.refused("preview", "flood", "D3", "--longest", "--set", "road=x")


def test_the_table_of_lengths_is_of_all_steps_or_of_one(author: Terminal) -> None:
    every = author.run("preview", "flood", "--lengths")
    assert every.exit_code == 0
    assert [line.split()[0] for line in every.stdout.splitlines() if line[:2] in {"D1", "D3", "D4"}] == [
        "D1", "D3", "D4", "D4", "D4",
    ]  # fmt: skip
    assert "D1" not in author.run("preview", "flood", "D3", "--lengths").stdout


def test_nothing_that_a_file_holds_commands_the_terminal(author: Terminal) -> None:
    evil = author.folder / "evil.yaml"
    evil.write_text(FLOOD_FILE.read_text().replace("title: Flood\n", 'title: "Flood \\e[2J"\n', 1))
    shown = author.run("preview", "evil.yaml")
    assert "\x1b" not in shown.stdout


def test_the_way_on_names_the_file_as_it_was_named(terminal: Terminal) -> None:
    (terminal.folder / "my flood.yaml").write_text(FLOOD_FILE.read_text())
    last = terminal.run("preview", "my flood.yaml").stdout.splitlines()[-1]
    assert last == "See what a step says: ecomms preview 'my flood.yaml' D1"
