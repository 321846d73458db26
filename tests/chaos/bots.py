"""The bots: processes of `ecomms run` on one database, that are killed, stopped and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
STOP_S = 20.0


@dataclass
class Slot:
    """One of several machines: at most one process runs there."""

    number: int
    process: subprocess.Popen[bytes] | None = None
    stopped: bool = False

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None


@dataclass
class Bots:
    """`command`: what each process runs."""

    folder: Path
    environment: Mapping[str, str]
    command: list[str]
    slots: list[Slot] = field(default_factory=list)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def add(self, number: int) -> None:
        slot = Slot(number)
        self.slots.append(slot)
        self.start_one(slot)

    def start_one(self, slot: Slot) -> None:
        with self._lock:
            if slot.runs:
                return
            with self.output(slot).open("ab") as output:
                slot.process = subprocess.Popen(
                    [sys.executable, "-m", *self.command],
                    env={**self.environment, "PYTHONPATH": str(ROOT)},
                    cwd=ROOT,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                )
            slot.stopped = False

    def output(self, slot: Slot) -> Path:
        return self.folder / f"bot-{slot.number}.txt"

    def said(self) -> str:
        return "\n".join(self.output(slot).read_text(errors="replace") for slot in self.slots)

    def of_owner(self, owner: str) -> Slot | None:
        """Who holds this lease: its name has the number of the process in it."""
        pid = owner.split(":")[-3] if owner.count(":") >= 3 else ""
        with self._lock:
            return next((each for each in self.slots if each.runs and str(_pid(each)) == pid), None)

    def free(self) -> list[Slot]:
        """Those that run and do not stand still."""
        return [each for each in self.slots if each.runs and not each.stopped]

    def kill(self, slot: Slot) -> None:
        """SIGKILL: nothing can be finished any more."""
        with self._lock:
            if slot.process is not None and slot.runs:
                slot.process.send_signal(signal.SIGKILL)
                slot.process.wait()
                slot.stopped = False

    def stand_still(self, slot: Slot) -> None:
        with self._lock:
            if slot.runs:
                os.kill(_pid(slot), signal.SIGSTOP)
                slot.stopped = True

    def go_on(self, slot: Slot) -> None:
        with self._lock:
            if slot.runs:
                os.kill(_pid(slot), signal.SIGCONT)
            slot.stopped = False

    def restore(self) -> None:
        """All run."""
        for slot in self.slots:
            if slot.stopped:
                self.go_on(slot)
            if not slot.runs:
                self.start_one(slot)

    def end(self) -> list[int | None]:
        """As a service manager does; says with which code each ended."""
        for slot in self.slots:
            if slot.stopped:
                self.go_on(slot)
            if slot.process is not None and slot.runs:
                slot.process.terminate()
        return [self._ended(slot) for slot in self.slots]

    def _ended(self, slot: Slot) -> int | None:
        if slot.process is None:
            return None
        try:
            return slot.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            slot.process.kill()
            slot.process.wait()
            return None


def _pid(slot: Slot) -> int:
    assert slot.process is not None
    return slot.process.pid
