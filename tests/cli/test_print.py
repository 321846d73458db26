"""`ecomms print`: which playbook, into which file, and never over something else."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ecomms_bot.workshop.pdf import PACKAGES
from tests.books import FLOOD_FILE
from tests.cli.conftest import Terminal


def test_a_binder_is_a_page_in_this_folder_that_only_its_owner_can_read(terminal: Terminal) -> None:
    done = terminal.run("print", "flood")
    file = terminal.folder / "flood-binder.html"
    assert (done.exit_code, done.stderr) == (0, "")
    assert "flood-binder.html" in done.stdout
    assert file.stat().st_mode & 0o777 == 0o600
    assert "size: A4;" in file.read_text()


def test_it_is_of_the_office_that_ecomms_yaml_names_in_its_zone(terminal: Terminal) -> None:
    (terminal.folder / "ecomms.yaml").write_text(
        "organisation: City of Merritt\ntime_zone: America/Vancouver\ncontacts: [{who: Radio room}]\n"
    )
    terminal.run("print", "flood", "--paper", "letter")
    page = (terminal.folder / "flood-binder.html").read_text()
    for said in ("City of Merritt", "(America/Vancouver)", "Radio room", "size: Letter;"):
        assert said in page


def test_a_playbook_can_be_named_by_its_file_or_be_one_of_the_offices_folder(
    terminal: Terminal, tmp_path: Path
) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "river.yaml").write_text(FLOOD_FILE.read_text().replace("id: flood", "id: river"))
    terminal.run("print", str(mine / "river.yaml"), "--out", "a.html")
    terminal.run("print", "river", "--out", "b.html", ECOMMS_PLAYBOOKS=str(mine))
    made = [(terminal.folder / name).read_text() for name in ("a.html", "b.html")]
    assert all("river, version" in page for page in made)


def test_an_exercise_has_a_name_of_its_own(terminal: Terminal) -> None:
    terminal.run("print", "flood", "--exercise")
    assert "EXERCISE - " in (terminal.folder / "EXERCISE-flood-binder.html").read_text()


def test_an_earlier_binder_is_replaced_and_nothing_else_ever_is(terminal: Terminal) -> None:
    file = terminal.folder / "flood-binder.html"
    terminal.run("print", "flood", "--exercise", "--out", str(file))
    terminal.run("print", "flood")
    assert "EXERCISE" not in file.read_text()
    # given something that is no binder, or leads to another place
    file.write_text("<html>minutes of the meeting</html>")
    (terminal.folder / "letter.pdf").write_bytes(b"%PDF-1.7\n%%EOF\n")
    (terminal.folder / "linked.html").symlink_to("elsewhere.html")
    (terminal.folder / "folder.html").mkdir()
    for name in ("flood-binder.html", "letter.pdf", "linked.html", "folder.html"):
        said = terminal.refused("print", "flood", "--out", name)
        assert said == (
            f"{name} is there already and was not made by `ecomms print`. Nothing was written."
            " Name another file with --out."
        )
    assert file.read_text() == "<html>minutes of the meeting</html>"
    assert not (terminal.folder / "elsewhere.html").exists()


def test_where_nothing_can_be_written_it_says_so_and_leaves_nothing_behind(terminal: Terminal) -> None:
    said = terminal.refused("print", "flood", "--out", "nowhere/binder.html")
    assert said.startswith("nowhere/binder.html cannot be written (No such file or directory).")
    assert list(terminal.folder.iterdir()) == []


def test_a_name_that_says_neither_html_nor_pdf_is_asked_back(terminal: Terminal) -> None:
    done = terminal.run("print", "flood", "--out", "binder.doc")
    assert done.exit_code == 2
    assert "binder.doc should end in .html or .pdf." in done.stderr


def test_an_unknown_playbook_is_told_with_those_there_are(terminal: Terminal) -> None:
    said = terminal.refused("print", "flod")
    assert said.startswith("There is no playbook flod; did you mean flood? There are: ")


def test_a_playbook_that_cannot_be_used_is_told_with_its_place(terminal: Terminal) -> None:
    (terminal.folder / "mine.yaml").write_text("schema_version: 1\nid: mine\n")
    assert "mine.yaml:1:1: " in terminal.refused("print", "mine.yaml")
    assert not (terminal.folder / "mine-binder.html").exists()


def test_without_pango_a_pdf_is_refused_with_the_packages_that_bring_it(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given the library for PDF as it is on a machine without Pango
    (tmp_path / "weasyprint.py").write_text("print('advice')\nraise OSError('cannot load library')\n")
    for name in [each for each in sys.modules if each.split(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(tmp_path)
    # when, then
    done = terminal.run("print", "flood", "--out", "flood.pdf")
    assert (done.exit_code, done.stdout) == (1, "")
    assert f"apt-get install {PACKAGES}" in done.stderr
    assert "HTML needs nothing" in done.stderr
    assert list(terminal.folder.iterdir()) == []
