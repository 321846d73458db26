"""A workspace whose bot can be started, stopped and killed, in this process or in one of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import SecretStr

from ecomms_bot import bootstrap
from ecomms_bot.practice.stage import Stage, roles_of, wait_until_connected
from ecomms_bot.practice.workspace import Workspace, WorkspaceServer
from ecomms_bot.settings import Office, Settings
from tests.books import FOLDER
from tests.scenario.acting import FIRST_EVENING, OFFICE, PEOPLE, ZONE

UP_S = 30.0
ROOT = Path(__file__).parents[2]


@dataclass
class Site:
    """Everything but the bot: workspace, people, clock, database."""

    folder: Path
    workspace: Workspace
    server: WorkspaceServer
    clock: Any
    roles: dict[str, list[str]] = field(default_factory=dict)
    """Roles that others hold than usual: people or user groups."""

    @property
    def database(self) -> Path:
        return self.folder / "ecomms.db"

    @property
    def database_url(self) -> str:
        return f"sqlite:///{self.database}"

    @property
    def office_file(self) -> dict[str, Any]:
        people = {handle: self.workspace.person(handle) for handle in PEOPLE}
        return {"time_zone": ZONE, **OFFICE, "roles": roles_of(PEOPLE, people) | self.roles}

    def build(self) -> bootstrap.Bot:
        """A bot of this process, not started."""
        settings = Settings(
            bot_token=SecretStr(self.workspace.bot_token),
            app_token=SecretStr(self.workspace.app_token),
            api_url=self.server.url,
            database_url=SecretStr(self.database_url),
            clock=self.clock.path,
            playbooks=FOLDER,
            office=Office.model_validate(self.office_file),
        )
        return bootstrap.build(settings)

    @contextmanager
    def at_work(self) -> Iterator[Stage]:
        """A bot of this process, connected and at rest, until it is stopped."""
        bot = self.build()
        bot.start()
        try:
            wait_until_connected(self.workspace, bot)
            on = Stage(self.workspace, bot, self.clock, {})
            on.settle()
            yield on
        finally:
            bot.stop()

    @contextmanager
    def process(self, *, http: bool = False) -> Iterator[subprocess.Popen[bytes]]:
        """`ecomms run` as a process of its own, connected; killed at the end if it still runs.

        `http`: the workspace posts to it, in place of sockets that it opens.
        """
        config = self.folder / "ecomms.yaml"
        config.write_text(yaml.safe_dump(self.office_file))
        environment = {
            **os.environ,
            "SLACK_BOT_TOKEN": self.workspace.bot_token,
            "SLACK_APP_TOKEN": self.workspace.app_token,
            "SLACK_SIGNING_SECRET": self.workspace.signing_secret,
            "SLACK_API_URL": self.server.url,
            "ECOMMS_DATABASE_URL": self.database_url,
            "ECOMMS_CONFIG": str(config),
            "ECOMMS_CLOCK": str(self.clock.path),
            "PYTHONPATH": str(ROOT),
        }
        before = {each.number for each in self.workspace.connections}
        with (self.folder / "bot.log").open("ab") as output:
            running = subprocess.Popen(
                [sys.executable, "-m", "ecomms_bot", "run", *(["--http", "127.0.0.1:0"] if http else [])],
                env=environment,
                cwd=self.folder,
                stdout=output,
                stderr=output,
            )
        try:
            if http:
                self.workspace.deliver_to(self._request_url())
            else:
                self.workspace.wait_for(
                    lambda: {each.number for each in self.workspace.connections} - before,
                    UP_S,
                    lambda: f"the bot to come up: {self.output}",
                )
            yield running
        finally:
            kill(running)

    def _request_url(self) -> str:
        """Where the process takes requests, once Slack has told it who it is."""
        until = time.monotonic() + UP_S
        while "Connected to Slack" not in self.output:
            assert time.monotonic() < until, f"the bot did not come up: {self.output}"
            time.sleep(0.02)
        (url,) = re.findall(r"requests are taken at (\S+)", self.output)
        return str(url)

    @property
    def output(self) -> str:
        """What the processes wrote."""
        return (self.folder / "bot.log").read_text()


def kill(running: subprocess.Popen[bytes]) -> None:
    """SIGKILL: nothing can be finished or tidied up any more."""
    if running.poll() is None:
        running.send_signal(signal.SIGKILL)
    running.wait()


@contextmanager
def site(folder: Path) -> Iterator[Site]:
    """A workspace with its people, at 20:00, and no bot yet."""
    clock = bootstrap.practice_clock(folder / "clock.json")
    clock.set(FIRST_EVENING, 0.0)
    workspace = Workspace(f"site-{folder.name}", now=lambda: clock.now().timestamp())
    for handle, member in PEOPLE.items():
        workspace.add_user(handle, name=member.name, tz=ZONE)
    workspace.add_conversation("ops-desk", list(PEOPLE))
    with WorkspaceServer(workspace) as server:
        yield Site(folder, workspace, server, clock)
