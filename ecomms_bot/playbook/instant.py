"""A point in time as a person meant it: the instant, the zone it was said in and the offset that zone had."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Self
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, ConfigDict


class Instant(BaseModel):
    """A resolved time. The offset is kept beside the zone, so that later tz data cannot move a promise."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    utc: AwareDatetime
    offset_minutes: int
    zone: str

    @classmethod
    def of(cls, moment: datetime, zone: str) -> Self:
        """Resolve an aware `moment` in the IANA `zone`. Raises ValueError for a naive one."""
        if moment.tzinfo is None:
            msg = "an instant needs a time zone"
            raise ValueError(msg)
        local = moment.astimezone(ZoneInfo(zone))
        offset = local.utcoffset() or timedelta()
        return cls(utc=moment.astimezone(UTC), offset_minutes=int(offset.total_seconds() // 60), zone=zone)

    @property
    def local(self) -> datetime:
        """The wall-clock time as it was said, with its fixed offset."""
        return self.utc.astimezone(timezone(timedelta(minutes=self.offset_minutes)))
