"""What travels in the wheel."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.tooling.project import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    (path,) = folder.glob("*.whl")
    return ZipFile(path)


def test_the_playbooks_travel_inside_the_package(wheel: ZipFile) -> None:
    here = {path.relative_to(ROOT / "playbooks").as_posix() for path in (ROOT / "playbooks").rglob("*.yaml")}
    assert "flood.yaml" in here
    assert {f"ecomms_bot/_playbooks/{name}" for name in here} <= set(wheel.namelist())


def test_every_module_and_the_mark_of_its_types_are_there(wheel: ZipFile) -> None:
    here = {path.relative_to(ROOT).as_posix() for path in (ROOT / "ecomms_bot").rglob("*.py")}
    assert {"ecomms_bot/py.typed", *here} <= set(wheel.namelist())


def test_the_sheets_of_the_printed_binder_are_there(wheel: ZipFile) -> None:
    paper = "ecomms_bot/workshop/paper"
    here = {f"{paper}/{path.name}" for path in (ROOT / paper).iterdir()}
    assert f"{paper}/binder.html" in here
    assert here <= set(wheel.namelist())


def test_the_practice_page_is_there_with_all_that_it_shows(wheel: ZipFile) -> None:
    page = ROOT / "ecomms_bot/practice/page"
    here = {
        path.relative_to(ROOT).as_posix()
        for end in ("html", "js", "css", "svg")
        for path in page.rglob(f"*.{end}")
    }
    assert {f"ecomms_bot/practice/page/{name}" for name in ("static/page.js", "templates/shell.html")} <= here
    assert here <= set(wheel.namelist())


def test_nothing_else_is(wheel: ZipFile) -> None:
    tops = {Path(name).parts[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"ecomms_bot"}
    assert [name for name in wheel.namelist() if name.endswith((".pyc", ".db"))] == []


def test_it_brings_the_command_and_the_licence(wheel: ZipFile) -> None:
    (points,) = (name for name in wheel.namelist() if name.endswith("/entry_points.txt"))
    assert "ecomms = ecomms_bot.cli:main" in wheel.read(points).decode()
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in wheel.namelist())
