"""A practice workspace for people: the built-in Slack, the bot in its own process, a clock that runs."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from starlette.routing import BaseRoute

from ecomms_bot import bootstrap
from ecomms_bot.errors import EcommsError
from ecomms_bot.practice import cast
from ecomms_bot.practice.luck import OUTAGE, Luck
from ecomms_bot.practice.moving import Mover
from ecomms_bot.practice.outages import Outages
from ecomms_bot.practice.supervisor import COMMAND, Supervisor, environment_of
from ecomms_bot.practice.workspace import Person, Workspace, WorkspaceServer

PORT = 8765
UP_S = 60.0
LOOK_S = 0.2
DATABASE = "practice.db"
OUTPUT = "bot.txt"
OFFICE_FILE = "ecomms.json"

Site = Callable[["Training"], Sequence[BaseRoute]]


class NotReady(EcommsError):
    """The practice workspace could not be opened. Nothing is left running."""


class Training:
    """All of one practice. `reader` reads what the bot wrote; it does nothing by itself."""

    def __init__(self, folder: Path, playbooks: Path | None = None) -> None:
        self.folder, self.playbooks = folder, playbooks
        self.clock = bootstrap.practice_clock(folder / "clock.json")
        self.workspace = Workspace(f"practice-{folder.name}", now=lambda: self.clock.now().timestamp())
        self.luck = Luck(self.workspace)
        self.people: Mapping[str, Person] = {}
        self.mover = Mover(
            self.clock,
            next_due=self._next_due,
            rested=self._rested,
            reached=lambda _: self.outages.look(),
            changed=self.workspace.changed,
        )
        self.outages = Outages(self.workspace, self.luck, lambda: self.mover.now, self._outage_minutes)
        self._reader: bootstrap.Bot | None = None
        self._bot: Supervisor | None = None

    @property
    def reader(self) -> bootstrap.Bot:
        assert self._reader is not None, "the practice has not begun"
        return self._reader

    @property
    def bot(self) -> Supervisor:
        assert self._bot is not None, "the practice has not begun"
        return self._bot

    @property
    def begun(self) -> bool:
        """Whether there is a bot, connected or not."""
        return self._bot is not None

    @property
    def connected(self) -> bool:
        """Whether the bot can be reached."""
        return bool(self.workspace.connections)

    def open_workspace(self, speed: float) -> None:
        """The clock runs, and everybody is there."""
        self.mover.open(datetime.fromtimestamp(self.clock.machine(), UTC), speed)
        self.workspace.install(bootstrap.app_manifest())
        self.people = cast.settle_in(self.workspace)
        self.outages.open()

    def open_bot(self, api_url: str, command: Sequence[str] = COMMAND) -> None:
        """Start the bot, on a new log. Returns before it is connected. Raises EcommsError."""
        database_url = f"sqlite:///{self.folder.resolve() / DATABASE}"
        office = cast.office_file(self.workspace)
        tokens = (self.workspace.bot_token, self.workspace.app_token)
        self._reader = bootstrap.practice_bot(
            api_url=api_url,
            tokens=tokens,
            database_url=database_url,
            clock=self.clock.path,
            office_file=office,
            playbooks=self.playbooks,
        )
        config = self.folder / OFFICE_FILE  # JSON is YAML too
        _write(config, json.dumps(office, indent=2))
        _write(self.folder / OUTPUT, "")
        environment = environment_of(
            tokens=tokens,
            api_url=api_url,
            database_url=database_url,
            config=config,
            clock=self.clock.path,
            playbooks=self.playbooks,
        )
        self._bot = Supervisor(environment, self.folder / OUTPUT, self.workspace.changed, command)
        self._bot.open()

    def wait_until_connected(self, timeout_s: float = UP_S) -> None:
        """Raises NotReady, with the bot's last words, when it does not come up."""
        until = time.monotonic() + timeout_s
        while not self.connected:
            if self.bot.failing or time.monotonic() >= until:
                raise NotReady(
                    f"The bot did not start. Its output is in {self.bot.output}:\n{self.bot.last_words()}"
                )
            seen = self.workspace.lock.rings
            self.workspace.lock.wait_for_ring(seen, LOOK_S)

    def close(self) -> None:
        """Stop everything that was started, the bot last of all but its log."""
        self.mover.close()
        self.outages.close()
        self.luck.all_off()
        if self._bot is not None:
            self._bot.close()
        if self._reader is not None:
            self._reader.put_away()

    def _next_due(self) -> datetime | None:
        """What the bot does next, or Slack's return."""
        times = [self.reader.idle.next_due(), self.outages.until]
        return min((each for each in times if each is not None), default=None)

    def _outage_minutes(self, conversation: str, name: str) -> int | None:
        """How long Slack is away with this inject of the drill there; None if it is of another kind."""
        row = self.reader.records.in_conversation(conversation)
        drill = self.reader.records.state(row.id).drill if row is not None else None
        inject = drill.take_part.inject(name) if drill is not None and drill.take_part else None
        return inject.minutes if inject is not None and inject.kind == "outage" else None

    def _rested(self, timeout_s: float) -> bool:
        """Whether the bot has done what is due; also true while it cannot."""
        if self.bot.state == "stopped" or self.bot.failing or self.luck.on(OUTAGE.name):
            return True
        until = time.monotonic() + timeout_s
        while not self.connected or self.workspace.busy():
            left = until - time.monotonic()
            if left <= 0:
                return False
            self.workspace.lock.wait_for_ring(self.workspace.lock.rings, min(left, LOOK_S))
        return self.reader.idle.wait(max(0.0, until - time.monotonic()))


@contextmanager
def training(
    folder: Path,
    *,
    port: int = PORT,
    speed: float = 1.0,
    fresh: bool = False,
    playbooks: Path | None = None,
    site: Site = lambda _: (),
) -> Iterator[tuple[Training, WorkspaceServer]]:
    """Open a practice in `folder` (made, readable by its owner alone), and close it at the end.

    The log of an earlier practice stays beside the new one as a file, unless `fresh`. Port 0 takes a free
    one. Raises NotReady, WorkspaceError if the port is taken, and other EcommsError.
    """
    with _alone(folder):
        made, server = Training(folder, playbooks), None
        try:
            made.open_workspace(speed)
            server = WorkspaceServer(made.workspace, port=port, site=site(made)).start()
            put_aside(folder, fresh=fresh)
            made.open_bot(server.url)
            made.wait_until_connected()
            yield made, server
        finally:
            made.close()
            if server is not None:
                server.stop()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Two practices in one folder would write over each other. Raises NotReady."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        lock = (folder / "lock").open("a")
    except OSError as error:
        raise NotReady(
            f"The folder {folder} cannot be used ({error.strerror}). Name another one with --folder."
        ) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise NotReady(
                f"A practice is open in {folder} already. Use its page, end it with Ctrl-C where it runs, or"
                " name another folder with --folder."
            ) from None
        yield


def put_aside(folder: Path, *, fresh: bool) -> Path | None:
    """Make room for a new log. Returns where the earlier one is kept: under the time of its last entry.

    `fresh`: it is thrown away, and all others.
    """
    if fresh:
        for path in folder.glob("practice*.db*"):
            path.unlink()
    current = folder / DATABASE
    if not current.exists():
        return None
    stamp = datetime.fromtimestamp(current.stat().st_mtime, UTC).strftime("%Y-%m-%d-%H%M%S")
    kept = folder / f"practice-{stamp}.db"
    for end in ("-wal", "-shm", ""):  # as SQLite names what belongs to a database
        path = current.with_name(current.name + end)
        if path.exists():
            path.rename(kept.with_name(kept.name + end))
    return kept


def _write(path: Path, text: str) -> None:
    """For its owner alone: the workspace's tokens stand in no file, but who is who does."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
