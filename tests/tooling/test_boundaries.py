"""The boundaries between the rooms hold: what must not be written is refused by `make check`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tooling.project import ROOT

ROOMS = (
    *("incident", "playbook", "playbook.library", "playbook.source", "practice", "practice.workspace"),
    *("report", "service", "service.ports", "service.handler", "slack", "store", "store.migrate"),
)
MODULES = ("bootstrap", "cli", "errors", "settings")


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """Build an empty house with all its rooms, under this project's rules."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for room in ("", *ROOMS):
        folder = tmp_path / "ecomms_bot" / room.replace(".", "/")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "__init__.py").touch()
    (tmp_path / "ecomms_bot" / "playbook" / "library" / "__init__.py").write_text(
        "import pathlib, ecomms_bot.playbook.source\n"
    )
    (tmp_path / "ecomms_bot" / "playbook" / "source" / "__init__.py").write_text("import pathlib, yaml\n")
    for module in MODULES:
        (tmp_path / "ecomms_bot" / f"{module}.py").touch()
    return tmp_path


def lint_imports(house: Path) -> str:
    """Run import-linter there; give what it says, empty if all is well."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"]
    environment = {**os.environ, "PYTHONPATH": str(house), "COLUMNS": "200"}
    done = subprocess.run(command, cwd=house, env=environment, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode else ""


def test_what_the_design_allows_passes(house: Path) -> None:
    allowed = {
        "cli.py": "import ecomms_bot.bootstrap, ecomms_bot.practice, ecomms_bot.store.migrate",
        "practice/drill.py": "import ecomms_bot.bootstrap, ecomms_bot.service.ports",
        "practice/script.py": "import ecomms_bot.playbook.library, ecomms_bot.report, ecomms_bot.errors",
        "incident/decide.py": "import ecomms_bot.playbook.model, zoneinfo, datetime",
        "playbook/model.py": "import jinja2, pydantic, ecomms_bot.errors",
        "playbook/library/__init__.py": (
            "import pathlib, ecomms_bot.playbook.model, ecomms_bot.playbook.source"
        ),
        "playbook/source/__init__.py": "import pathlib, yaml, ecomms_bot.errors",
        "store/migrate/__init__.py": "import alembic, psycopg",
        "settings.py": "import os, yaml, ecomms_bot.errors",
    }
    for name, text in allowed.items():
        (house / "ecomms_bot" / name).write_text(f"{text}\n")
    assert lint_imports(house) == ""


@pytest.mark.parametrize(
    ("name", "text", "broken"),
    [
        ("incident/decide.py", "import ecomms_bot.store", "Imports go down only BROKEN"),
        ("service/worker.py", "import ecomms_bot.slack", "Imports go down only BROKEN"),
        ("errors.py", "import ecomms_bot.settings", "Imports go down only BROKEN"),
        ("attic/__init__.py", "", "Imports go down only BROKEN"),
        ("incident/decide.py", "import time", "The rules are pure"),
        ("incident/decide.py", "from uuid import uuid4", "The rules are pure"),
        ("playbook/model.py", "import yaml", "The rules are pure"),
        ("playbook/model.py", "import sqlalchemy.exc", "The rules are pure"),
        ("incident/decide.py", "import ecomms_bot.playbook.library", "never read playbook files"),
        ("playbook/model.py", "import ecomms_bot.playbook.library", "never read playbook files"),
        ("playbook/model.py", "import ecomms_bot.playbook.source", "never read playbook files"),
        ("practice/drill.py", "import ecomms_bot.store.log", "Practice uses the bot from outside"),
        ("practice/drill.py", "import ecomms_bot.service.handler", "Practice uses the bot from outside"),
        ("practice/drill.py", "import ecomms_bot.settings", "Practice uses the bot from outside"),
        ("practice/drill.py", "import ecomms_bot.playbook.model", "Practice uses the bot from outside"),
        ("service/worker.py", "import psycopg", "stay in the store"),
        ("cli.py", "import alembic.command", "stay in the store"),
    ],
)
def test_what_it_forbids_does_not(house: Path, name: str, text: str, broken: str) -> None:
    for module in ("store/log.py", "playbook/model.py"):
        (house / "ecomms_bot" / module).touch()
    path = house / "ecomms_bot" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{text}\n")
    assert broken in lint_imports(house)


def banned(path: str, text: str) -> str:
    """Run ruff's rule of banned names over `text` as if it stood in `path`."""
    rule = ("--select=TID251", "--no-cache", "--output-format=concise")
    command = [sys.executable, "-m", "ruff", "check", *rule, f"--stdin-filename={path}", "-"]
    return subprocess.run(command, cwd=ROOT, input=text, capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize(
    "text",
    [
        "from datetime import UTC, datetime\nx = datetime.now(UTC)\n",
        "import datetime\nx = datetime.datetime.utcnow()\n",
        "from datetime import date\nx = date.today()\n",
        "import time\nx = time.time()\n",
        "from random import choice\n",
        "import uuid\nx = uuid.uuid4()\n",
    ],
)
def test_clocks_chance_and_new_ids_are_made_in_one_place_only(text: str) -> None:
    assert "TID251" in banned("ecomms_bot/service/worker.py", text)
    assert "All checks passed" in banned("ecomms_bot/bootstrap.py", text)
