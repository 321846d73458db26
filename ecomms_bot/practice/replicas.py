"""Bots in processes of their own, each `ecomms run`, all on one database: as on several machines."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ecomms_bot.errors import EcommsError
from ecomms_bot.practice.supervisor import environment_of
from ecomms_bot.practice.workspace import NotSeen, Workspace

UP_S = 60.0
"""True time within which every one of them is connected; loading all libraries takes a second or two."""
LOOK_S = 0.5
STOP_S = 20.0


class NotStarted(EcommsError):
    """A bot of its own process did not come up, or ended. Its words are in its file beside the log."""


class Replicas:
    """The running processes and what each wrote."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self, environment: Mapping[str, str]) -> None:
        """One more."""
        path = self.output(len(self.running) + 1)
        with path.open("wb") as output:
            self.running.append(
                subprocess.Popen(
                    [sys.executable, "-m", "ecomms_bot", "run"],
                    env=dict(environment),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                )
            )

    def output(self, number: int) -> Path:
        return self._folder / f"replica-{number}.txt"

    def check(self) -> None:
        """Raises NotStarted, with its last words, if one has ended."""
        for number, process in enumerate(self.running, 1):
            if process.poll() is not None:
                path = self.output(number)
                words = path.read_text(errors="replace").strip().splitlines()[-3:]
                raise NotStarted(f"Bot {number} ended. Its output is in {path}:\n" + "\n".join(words))

    def stop(self) -> None:
        """As a service manager does: ask, wait, and only then kill."""
        for process in self.running:
            with suppress(ProcessLookupError):
                process.terminate()
        for process in self.running:
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def replicas(
    count: int,
    folder: Path,
    workspace: Workspace,
    *,
    api_url: str,
    database_url: str,
    clock: Path,
    office_file: Mapping[str, Any],
    playbooks: Path | None = None,
) -> Iterator[Replicas]:
    """`count` bots at work and connected, until the block ends. `folder` keeps what they say.

    Raises NotStarted.
    """
    config = folder / "replicas.json"  # JSON is YAML too
    config.write_text(json.dumps(office_file))
    environment = environment_of(
        tokens=(workspace.bot_token, workspace.app_token),
        api_url=api_url,
        database_url=database_url,
        config=config,
        clock=clock,
        playbooks=playbooks,
    )
    made = Replicas(folder)
    try:
        for _ in range(count):
            made.start(environment)
        _connected(made, workspace, count)
        yield made
    finally:
        made.stop()


def _connected(made: Replicas, workspace: Workspace, count: int) -> None:
    """A process that ends rings no bell in the workspace, so it is looked for now and then."""
    for _ in range(int(UP_S / LOOK_S)):
        with suppress(NotSeen):
            workspace.wait_connected(count, LOOK_S)
            return
        made.check()
    raise NotStarted(f"Not all of {count} bots connected. Look at what they wrote: {made.output(1).parent}.")
