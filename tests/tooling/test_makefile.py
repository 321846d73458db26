"""`make` explains itself, and says plainly what it misses."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ecomms_bot.workshop.pdf import PACKAGES
from tests.tooling.project import ROOT

MAKEFILE = (ROOT / "Makefile").read_text()
BROWSER = "chromium"
"""What the tests of the practice page need besides what a PDF needs."""
TARGETS = {
    "help",
    "practice",
    "drill",
    "run",
    "test",
    "test-long",
    "test-system",
    "simulate",
    "chaos",
    "coverage",
    "bench",
    "screenshots",
    "check",
    "format",
    "pins",
    "clean",
}


def make(*arguments: str) -> str:
    """Run make in this checkout; give what it prints."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    command = ["make", "--no-print-directory", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return done.stdout


def stand_in(folder: Path, name: str, *, good: bool) -> None:
    """Put a Python into `folder` that does, or does not, fulfil what is asked of it."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\nexit {0 if good else 1}\n")
    path.chmod(0o755)


def chosen(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Ask .ci/python on a machine that has only what lies in `folder`."""
    command = ["/bin/sh", str(ROOT / ".ci" / "python")]
    return subprocess.run(
        command, env={"PATH": str(folder), **environment}, capture_output=True, text=True, check=False
    )


def test_make_alone_shows_each_target_with_a_sentence() -> None:
    shown = dict(re.findall(r"^make (\S+) +(\S.+)$", make(), re.MULTILINE))
    assert set(shown) == TARGETS
    assert shown == dict(re.findall(r"^make (\S+) +(\S.+)$", make("help"), re.MULTILINE))


def test_every_target_is_one_of_these_and_never_mistaken_for_a_file() -> None:
    (phony,) = re.findall(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)
    assert set(phony.split()) == TARGETS
    assert set(re.findall(r"^([a-z-]+):(?!=)", MAKEFILE, re.MULTILINE)) == TARGETS


@pytest.mark.parametrize(
    "target",
    [
        "practice",
        "drill",
        "run",
        "test",
        "test-long",
        "test-system",
        "chaos",
        "bench",
        "check",
        "format",
        "pins",
    ],
)
def test_a_target_sets_up_what_it_needs_first(target: str, tmp_path: Path) -> None:
    # given a fresh checkout, in a folder with a space in its name
    fresh = tmp_path / "a fresh checkout"
    shutil.copytree(ROOT / ".ci", fresh / ".ci")
    shutil.copytree(ROOT / ".requirements", fresh / ".requirements")
    shutil.copy(ROOT / "Makefile", fresh)
    shutil.copy(ROOT / "pyproject.toml", fresh)
    # when make says what it would do
    planned = make("-C", str(fresh), "--dry-run", target)
    # then it installs the libraries, by hash, before anything else
    installs = planned.index(".ci/install libraries .venv")
    assert installs < planned.index("--require-hashes") < planned.index("--editable .")
    assert planned.rindex(".venv/bin/") > planned.index("--editable .")


def test_the_newest_usable_python_is_taken(tmp_path: Path) -> None:
    # 3.14 is there but has no venv module
    stand_in(tmp_path, "python3.14", good=False)
    stand_in(tmp_path, "python3.12", good=True)
    stand_in(tmp_path, "python3", good=True)
    assert chosen(tmp_path).stdout == "python3.12\n"


def test_one_that_is_named_is_taken_and_no_other(tmp_path: Path) -> None:
    stand_in(tmp_path, "python3.13", good=True)
    stand_in(tmp_path, "mine", good=True)
    stand_in(tmp_path, "old", good=False)
    assert chosen(tmp_path, PYTHON="mine").stdout == "mine\n"
    refused = chosen(tmp_path, PYTHON="old")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "PYTHON=old cannot be used" in refused.stderr


def test_without_a_usable_python_it_says_what_to_do(tmp_path: Path) -> None:
    stand_in(tmp_path, "python3", good=False)
    refused = chosen(tmp_path)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "apt-get install python3 python3-venv" in refused.stderr
    assert "Nothing was installed" in refused.stderr


def test_this_python_counts_as_usable() -> None:
    assert chosen(Path("/nowhere"), PYTHON=sys.executable).stdout == f"{sys.executable}\n"


def with_packages(folder: Path, *installed: str) -> dict[str, str]:
    """Give the environment of a machine whose dpkg knows these packages, and nobody is root."""
    folder.mkdir()
    states = "|".join(installed) or "-"
    stubs = {"dpkg-query": f'case "$4" in {states}) printf installed ;; esac', "id": "echo 1000"}
    for name, script in stubs.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    return {"PATH": str(folder)}


@pytest.mark.parametrize("what", ["check", "install"])
def test_missing_debian_packages_are_told_with_the_one_command(tmp_path: Path, what: str) -> None:
    # given a machine that lacks three of the packages
    command = ["/bin/sh", str(ROOT / ".ci" / "system"), what]
    environment = with_packages(tmp_path / "bin", "libpango-1.0-0", "libpangoft2-1.0-0")
    # when it is asked for them
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    # then these three are named, and nothing is tried
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.endswith("    sudo apt-get install libharfbuzz-subset0 fonts-dejavu-core chromium\n")


def test_nothing_is_said_where_all_debian_packages_are_there_or_there_is_no_dpkg(tmp_path: Path) -> None:
    command = ["/bin/sh", str(ROOT / ".ci" / "system"), "check"]
    for environment in (with_packages(tmp_path / "bin", *PACKAGES.split(), BROWSER), {"PATH": "/nowhere"}):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("name", ["run", "install", "python", "system"])
def test_the_scripts_can_be_started_and_stop_at_the_first_failure(name: str) -> None:
    path = ROOT / ".ci" / name
    assert os.access(path, os.X_OK)
    assert re.search(r"^set -eu(o pipefail)?$", path.read_text(), re.MULTILINE)


def test_a_drill_is_played_with_as_many_bots_as_one_asks_for() -> None:
    assert "--replicas" not in make("--dry-run", "drill")
    assert '--replicas "2"' in make("--dry-run", "drill", "REPLICAS=2")


def test_a_chaos_run_is_for_the_database_the_time_and_the_seed_that_one_asks_for() -> None:
    assert "tests.chaos sqlite 90 1" in make("--dry-run", "chaos")
    asked = make("--dry-run", "chaos", "DATABASE=postgresql", "SECONDS=120", "SEED=7")
    assert "tests.chaos postgresql 120 7" in asked
    assert '--mutant "no-lease"' in make("--dry-run", "chaos", "MUTANT=no-lease")
