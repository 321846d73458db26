"""Resolve pyproject.toml again into the three files of exact versions beside this one (`make pins`).

runtime.txt: what the bot needs. build.txt: what makes its wheel. dev.txt: both, and the developers' tools.
Every file of every version is named by its hash, so that the pins hold on each kind of machine and for every
index; no address of an index is written. The oldest Python that is supported resolves, for all.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
OPTIONS = (
    "--quiet",
    "--upgrade",
    "--generate-hashes",
    "--strip-extras",
    "--annotation-style=line",
    "--no-header",
    "--no-emit-find-links",
    "--no-emit-index-url",
    "--no-emit-options",
    "--no-emit-trusted-host",
)


def group(project: dict[str, Any], name: str) -> list[str]:
    """Spell out a dependency group of pyproject.toml, included groups and all."""
    lines: list[str] = []
    for line in project["dependency-groups"][name]:
        lines += [line] if isinstance(line, str) else group(project, line["include-group"])
    return lines


def resolve(lines: list[str], name: str, *constraints: str) -> None:
    """Write `name`.txt for the requirements in `lines`, agreeing with the files named in `constraints`."""
    path = HERE / f"{name}.txt"
    path.unlink(missing_ok=True)
    agree = [f"--constraint={HERE / other}.txt" for other in constraints]
    command = [sys.executable, "-m", "piptools", "compile", *OPTIONS, *agree, f"--output-file={path}", "-"]
    subprocess.run(command, input="\n".join(lines), text=True, check=True)
    kept = [line for line in path.read_text().splitlines() if not line.lstrip().startswith("# via")]
    if any("://" in line for line in kept):
        sys.exit(f"{path.name} would hold an address. Take it out of pip's settings and run this again.")
    path.write_text("\n".join(["# Made by `make pins` from pyproject.toml. Do not edit.", "", *kept, ""]))


def main() -> None:
    """Resolve all three, the bot's own needs first: the tools follow them."""
    project = tomllib.loads((HERE.parent / "pyproject.toml").read_text())
    oldest = project["project"]["requires-python"].removeprefix(">=")
    if oldest != f"{sys.version_info.major}.{sys.version_info.minor}":
        sys.exit(
            f"Nothing was changed. Pins are made with Python {oldest}: make PYTHON=python{oldest} clean pins"
        )
    runtime = project["project"]["dependencies"]
    resolve(runtime, "runtime")
    resolve(group(project, "build"), "build", "runtime")
    resolve([*runtime, *group(project, "dev")], "dev", "runtime", "build")


if __name__ == "__main__":
    main()
