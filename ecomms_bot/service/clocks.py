"""The two incident clocks: the system's own, and one for practice that can be set, pushed and scaled."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ecomms_bot.errors import ConfigurationError

Wall = Callable[[], float]
"""Machine time, seconds since the epoch."""


@dataclass(frozen=True)
class SystemClock:
    """Incident time is machine time."""

    wall: Wall
    practice: bool = False

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.wall(), UTC)

    def machine(self) -> float:
        return self.wall()

    def real_delay(self, due: datetime) -> float | None:
        return max(0.0, due.timestamp() - self.wall())


@dataclass(frozen=True)
class PracticeClock:
    """A clock kept in a small file, so that every process of a drill reads the same. Speed 0 stands still."""

    path: Path
    wall: Wall
    practice: bool = True

    def now(self) -> datetime:
        since, incident, speed = self._read()
        return incident + timedelta(seconds=(self.wall() - since) * speed)

    def machine(self) -> float:
        return self.wall()

    def real_delay(self, due: datetime) -> float | None:
        left = (due - self.now()).total_seconds()
        if left <= 0:
            return 0.0
        speed = self._read()[2]
        return left / speed if speed > 0 else None

    def set(self, incident: datetime, speed: float) -> None:
        """From now on it is `incident` (aware), running `speed` times as fast as the machine's clock."""
        content = {"wall": self.wall(), "incident": incident.astimezone(UTC).isoformat(), "speed": speed}
        fresh = self.path.with_suffix(".new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(content, file)
        fresh.replace(self.path)

    def push(self, by: timedelta) -> None:
        """Step by this much, at the same speed."""
        self.set(self.now() + by, self._read()[2])

    def _read(self) -> tuple[float, datetime, float]:
        try:
            content = json.loads(self.path.read_text())
            return (
                float(content["wall"]),
                datetime.fromisoformat(content["incident"]).astimezone(UTC),
                float(content["speed"]),
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ConfigurationError(
                f"The practice clock {self.path} cannot be read. Start the drill again or unset ECOMMS_CLOCK."
            ) from error
