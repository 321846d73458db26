"""When a message was written, as its reader tells the time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Moments:
    """Of messages, by their ts, in one zone; `now` (seconds since 1970) says which day is today."""

    now: float
    zone: ZoneInfo

    def at(self, ts: str) -> datetime:
        return datetime.fromtimestamp(float(ts), UTC).astimezone(self.zone)

    def day(self, ts: str) -> str:
        return f"{self.at(ts):%Y-%m-%d}"

    def today(self) -> str:
        return f"{datetime.fromtimestamp(self.now, UTC).astimezone(self.zone):%Y-%m-%d}"

    def label(self, ts: str) -> str:
        """The day, as a line between two days says it."""
        at = self.at(ts)
        return "Today" if f"{at:%Y-%m-%d}" == self.today() else f"{at:%A}, {at:%B} {at.day}"

    def told(self, ts: str) -> dict[str, str]:
        """The moment in all the ways in which a message needs it."""
        at = self.at(ts)
        day = "" if f"{at:%Y-%m-%d}" == self.today() else f"{at:%b} {at.day} "
        return {
            "iso": at.isoformat(timespec="seconds"),
            "clock": f"{at:%H:%M}",
            "short": f"{day}{at:%H:%M}",
            "long": f"{at:%A}, {at:%B} {at.day} {at.year}, {at:%H:%M:%S} {at.tzname()}",
        }
