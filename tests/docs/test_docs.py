"""The docs say what is so: all that a person can set, type or find in the log, and nothing else."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from ecomms_bot.cli import cli
from ecomms_bot.incident.events import EVENTS
from ecomms_bot.settings import VARIABLES, Office
from ecomms_bot.slack.manifest import SCOPES

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
REFERENCE = (DOCS / "reference.md").read_text()


def section(title: str) -> str:
    """The part of the reference under a heading."""
    return REFERENCE.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def first_column(text: str) -> list[str]:
    """What stands in backticks in the first cell of each row."""
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    return [re.findall(r"`([^`]+)`", row.split("|")[1])[0] for row in rows]


def shell_lines() -> Iterator[tuple[Path, str]]:
    for page in PAGES:
        for block in re.findall(r"```sh\n(.*?)```", page.read_text(), re.DOTALL):
            for line in re.sub(r" *\\\n *", " ", block).splitlines():
                yield page, line.split("#")[0].strip()


def terminal_commands(group: click.Group = cli, before: str = "ecomms") -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from terminal_commands(command, f"{before} {name}")
        else:
            yield f"{before} {name}"


def test_every_setting_is_documented_and_every_documented_setting_exists() -> None:
    tables = first_column(section("Settings"))
    assert sorted(tables) == sorted([*VARIABLES, *Office.model_fields])


def test_every_entry_of_the_log_is_documented_and_every_documented_one_exists() -> None:
    assert first_column(section("Entries of the log")) == list(EVENTS)


def test_every_terminal_command_is_documented() -> None:
    written = [
        re.split(r" [\[A-Z]", line)[0] for line in first_column(section("What you type in the terminal"))
    ]
    assert sorted(written) == sorted(terminal_commands())


def test_every_make_target_in_the_docs_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    used = {line.split()[1] for _, line in shell_lines() if line.startswith("make ")}
    assert used
    assert used <= targets


def test_every_terminal_command_in_the_docs_is_understood() -> None:
    known = set(terminal_commands())
    found = [
        (page, re.search(r"(?:^|/|\s)(ecomms (?:log )?[a-z]+)", line))
        for page, line in shell_lines()
        if re.search(r"(^|/|\s)ecomms [a-z]", line) and not line.startswith("docker")
    ]
    assert found
    for page, match in found:
        assert match is not None
        assert match[1] in known, f"{page.name}: {match[1]}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_that_types_the_command_says_how_the_terminal_learns_it(page: Path) -> None:
    typed = [line for where, line in shell_lines() if where == page]
    first = next((n for n, line in enumerate(typed) if re.search(r"(^|\s)ecomms [a-z]", line)), None)
    if first is not None and not typed[first].startswith("docker"):
        text = page.read_text()
        assert 0 <= text.find(". .venv/bin/activate") <= text.find(typed[first])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_inside_the_docs_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text()):
        assert "://" in target or (page.parent / target).exists(), target


def test_every_library_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    direct = {re.split(r"[\[<>=,]", each)[0] for each in project["dependencies"]}
    page = (DOCS / "reasons" / "dependencies.md").read_text()
    rows = [row.split("|")[1] for row in page.splitlines() if row.startswith("| `")]
    written = {name for row in rows for name in re.findall(r"`([^`]+)`", row)}
    assert written == direct


def test_every_permission_of_the_manifest_stands_in_the_docs_with_its_reason() -> None:
    page = (DOCS / "how-to" / "connect-slack.md").read_text()
    table = page.split("| Permission |", 1)[1].split("\n\n", 1)[0]
    rows = [[cell.strip() for cell in row.split("|")[1:3]] for row in table.splitlines()[2:]]
    assert {scope.strip("`"): why.replace("`", "") for scope, why in rows} == SCOPES


def test_every_promise_names_the_tests_that_hold_it_and_they_exist() -> None:
    page = (DOCS / "reasons" / "promises.md").read_text()
    headings = re.findall(r"^## (\d)\. ", page, re.MULTILINE)
    assert headings == list("1234567")
    for part in page.split("\n## ")[1:]:
        named = re.findall(r"^- `(tests/[\w/]+\.py)::(\w+)`$", part, re.MULTILINE)
        assert len(named) == part.count("\n- ") >= 3, part.splitlines()[0]
        for path, test in named:
            defined = rf"^(?:    )?def {test}\(|^{test} = [\w.(]+\.TestCase\)?$"
            assert re.search(defined, (ROOT / path).read_text(), re.MULTILINE), f"{path}::{test}"


def test_the_readme_opens_with_the_picture_and_the_two_commands() -> None:
    readme = (ROOT / "README.md").read_text()
    opening = readme.split("\n## ", 1)[0]
    assert "<img alt=" in opening
    assert opening.index("<img alt=") < opening.index("make practice") < opening.index("make test")
