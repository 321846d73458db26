"""What the tests of the tooling read: the checkout's own files."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
PIN_FILES = {name: ROOT / ".requirements" / f"{name}.txt" for name in ("runtime", "build", "dev")}


def direct(name: str) -> dict[str, Requirement]:
    """Give what pyproject.toml asks for: `runtime` or a dependency group, included groups and all."""
    groups = {**PYPROJECT["dependency-groups"], "runtime": PYPROJECT["project"]["dependencies"]}
    found: dict[str, Requirement] = {}
    for line in groups[name]:
        if isinstance(line, dict):
            found |= direct(line["include-group"])
        else:
            requirement = Requirement(line)
            found[canonicalize_name(requirement.name)] = requirement
    return found


def pins(name: str) -> dict[str, str]:
    """Give the exact versions of one file of pins."""
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+) \\$", PIN_FILES[name].read_text(), re.MULTILINE))
