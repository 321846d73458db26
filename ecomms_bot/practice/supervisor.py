"""One bot in a process of its own, `ecomms run`, that is started again when it ends."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal

COMMAND = (sys.executable, "-m", "ecomms_bot", "run", "--held")
LOOK_S = 0.1
STOP_S = 4.5
"""A bot that is asked to stop takes 4 s at most; then it is ended."""
LASTED_S = 10.0
PAUSES_S = (0.0, 1.0, 2.0, 5.0, 10.0, 15.0)
"""True time before it is started again: longer each time if it did not last."""

logger = logging.getLogger(__name__)

State = Literal["starting", "running", "away", "stopped"]


class Supervisor:
    """Starts it, looks after it, tells `changed` of every change. Times are true time.

    `starting`: for the first time. `away`: it ended by itself and is started again. `stopped`: by somebody.
    What it writes is kept in `output`.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        output: Path,
        changed: Callable[[], None],
        command: Sequence[str] = COMMAND,
    ) -> None:
        self._environment, self._command, self._changed = dict(environment), list(command), changed
        self.output = output
        self.starts = 0
        self._wanted = True
        self._short = 0  # how often in a row it ended soon
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._look_after, name="supervisor", daemon=True)

    def open(self) -> None:
        """Start it, and look after it until `close`."""
        self._thread.start()

    @property
    def state(self) -> State:
        with self._lock:
            if not self._wanted:
                return "stopped"
            if self._process is not None and self._process.poll() is None:
                return "running"
            return "starting" if self.starts == 0 else "away"

    @property
    def failing(self) -> bool:
        """Whether it ends each time soon after it is started."""
        return self._short > 2

    @property
    def pid(self) -> int | None:
        """Of the running process."""
        with self._lock:
            running = self._process is not None and self._process.poll() is None
            return self._process.pid if running and self._process else None

    def last_words(self, lines: int = 3) -> str:
        """The end of what it wrote."""
        with suppress(OSError):
            return "\n".join(self.output.read_text(errors="replace").strip().splitlines()[-lines:])
        return ""

    def start(self) -> None:
        """Have it running from now on."""
        self._want(running=True)

    def stop(self) -> None:
        """Ask it to stop, as a service manager does, and leave it so. Returns at once."""
        self._want(running=False)
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """End it in the middle of whatever it does; it is then started again."""
        self._short = -1  # that it lasted no longer says nothing about it
        self._send(signal.SIGKILL)

    def close(self) -> None:
        """Stop it for good; returns when it has ended, `STOP_S` later at most."""
        self._closing.set()
        self._wake.set()
        self._send(signal.SIGTERM)
        if self._thread.is_alive():
            self._thread.join()
        if self._process is not None:
            _end(self._process)

    def _want(self, *, running: bool) -> None:
        with self._lock:
            self._wanted = running
            self._short = 0
        self._wake.set()
        self._changed()

    def _send(self, number: int) -> None:
        with self._lock:
            if self._process is not None and self._process.poll() is None:
                self._process.send_signal(number)

    def _look_after(self) -> None:
        while not self._closing.is_set():
            try:
                self._look_after_once()
            except Exception:  # as when the disk is full: without this thread it is never started again
                logger.exception(
                    "The bot could not be started or looked after; in a moment it is tried again"
                )
                self._short += 1
                self._pause(self._before_the_next())

    def _look_after_once(self) -> None:
        """Until it has ended, and until it is time to start it again."""
        if not self._wanted and self.pid is None:
            self._wake.wait()
            self._wake.clear()
            return
        since = time.monotonic()
        if self.pid is None:  # else something failed while it ran, and it still does
            self._begin()
        self._wait_for_the_end()
        if self._closing.is_set():
            return
        lasted = time.monotonic() - since > LASTED_S
        self._short = 0 if lasted or not self._wanted else self._short + 1
        self._changed()
        self._pause(self._before_the_next())

    def _before_the_next(self) -> float:
        """So many seconds, as often as it ended soon."""
        return PAUSES_S[min(self._short, len(PAUSES_S)) - 1] if self._short else 0.0

    def _begin(self) -> None:
        with self._lock, self.output.open("ab") as output:
            if self._closing.is_set() or not self._wanted:
                return
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                self._command,
                env=self._environment,
                stdin=subprocess.PIPE,  # ends with us, whatever ends us, and the bot with it
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C in the terminal is for us, who stop it in order
            )
            self.starts += 1
        self._changed()

    def _wait_for_the_end(self) -> None:
        process = self._process
        if process is None:
            return
        asked: float | None = None
        while process.poll() is None:
            if asked is None and (self._closing.is_set() or not self._wanted):
                asked = time.monotonic()
            if asked is not None and time.monotonic() - asked > STOP_S:
                process.kill()
            with suppress(subprocess.TimeoutExpired):
                process.wait(LOOK_S)
        if process.stdin is not None:
            process.stdin.close()

    def _pause(self, seconds: float) -> None:
        if seconds:
            self._wake.wait(seconds)
        self._wake.clear()


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def environment_of(
    *,
    tokens: tuple[str, str],
    api_url: str,
    database_url: str,
    config: Path,
    clock: Path,
    playbooks: Path | None,
) -> dict[str, str]:
    """What `ecomms run` is told to work in the built-in workspace, and nothing else of the bot's settings.

    `playbooks`: their folder; those that ship unless given.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ECOMMS_", "SLACK_"))}
    own = {
        "SLACK_BOT_TOKEN": tokens[0],
        "SLACK_APP_TOKEN": tokens[1],
        "SLACK_API_URL": api_url,
        "ECOMMS_DATABASE_URL": database_url,
        "ECOMMS_CONFIG": str(config.resolve()),
        "ECOMMS_CLOCK": str(clock.resolve()),
    }
    if playbooks is not None:
        own["ECOMMS_PLAYBOOKS"] = str(playbooks.resolve())
    return kept | own
