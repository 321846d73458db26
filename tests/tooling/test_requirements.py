"""What pyproject.toml asks for, what is pinned and what the code imports are one and the same."""

from __future__ import annotations

import ast
import re
import sys
from importlib.metadata import Distribution, packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.tooling.project import PIN_FILES, ROOT, direct, pins

PYTHONS = ("3.11", "3.12", "3.13", "3.14")


def wanted(requirement: Requirement, extra: str) -> bool:
    """Is it needed with this extra by any supported Python on Linux?"""
    if requirement.marker is None:
        return True
    return any(requirement.marker.evaluate({"python_version": one, "extra": extra}) for one in PYTHONS)


def needed_by(roots: dict[str, Requirement]) -> set[str]:
    """Follow the requirements of the installed libraries down to the last."""
    seen: set[tuple[str, str]] = set()
    todo = [(name, extra) for name, root in roots.items() for extra in ("", *root.extras)]
    while todo:
        name, extra = todo.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        for line in Distribution.from_name(name).requires or []:
            requirement = Requirement(line)
            if wanted(requirement, extra):
                todo += [(canonicalize_name(requirement.name), more) for more in ("", *requirement.extras)]
    return {name for name, _ in seen}


def imported(folder: str) -> set[str]:
    """List the top-level modules that the code of a folder imports, without its own and Python's."""
    modules: set[str] = set()
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                modules |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                modules.add(node.module.partition(".")[0])
    return modules - sys.stdlib_module_names - {"ecomms_bot", "tests"}


def providers(modules: set[str]) -> dict[str, set[str]]:
    """Name the packages that each module comes from."""
    known = packages_distributions()
    return {module: {canonicalize_name(name) for name in known.get(module, [])} for module in modules}


@pytest.mark.parametrize("name", ["runtime", "build", "dev"])
def test_what_pyproject_asks_for_is_pinned_within_its_bounds(name: str) -> None:
    exact = pins(name)
    asked = direct(name)
    assert [str(one) for key, one in asked.items() if not one.specifier.contains(exact.get(key, "0"))] == []


@pytest.mark.parametrize(
    ("name", "groups"), [("runtime", ["runtime"]), ("build", ["build"]), ("dev", ["runtime", "dev"])]
)
def test_nothing_is_pinned_that_nobody_needs_and_nothing_is_left_open(name: str, groups: list[str]) -> None:
    roots = {key: one for group in groups for key, one in direct(group).items()}
    assert set(pins(name)) == needed_by(roots)


def test_the_tools_agree_with_what_ships() -> None:
    assert pins("runtime").items() | pins("build").items() <= pins("dev").items()


@pytest.mark.parametrize("path", PIN_FILES.values(), ids=lambda path: path.name)
def test_each_pin_has_hashes_and_no_line_names_an_index_or_a_path(path: Path) -> None:
    head, *blocks = re.split(r"^(?=[a-z0-9])", path.read_text(), flags=re.MULTILINE)
    assert blocks
    assert head.startswith("# Made by `make pins`")
    one = re.compile(r"[a-z0-9-]+==[0-9.]+ \\\n(    --hash=sha256:[0-9a-f]{64}( \\)?\n)+")
    assert [block.splitlines()[0] for block in blocks if not one.fullmatch(block)] == []
    assert "http" not in path.read_text()


def test_the_bot_imports_only_what_it_asks_for() -> None:
    # given a library that comes only with another: it may be gone after that one's next release
    asked = set(direct("runtime"))
    assert [module for module, names in providers(imported("ecomms_bot")).items() if not names & asked] == []


def test_the_tests_import_only_what_is_asked_for() -> None:
    asked = {*direct("runtime"), *direct("dev")}
    assert [module for module, names in providers(imported("tests")).items() if not names & asked] == []
