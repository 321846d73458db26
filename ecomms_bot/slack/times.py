"""Times as people type them behind a command. For now: `14:30`, `14h30`, `in 20 min`, `in 2 h`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from ecomms_bot.errors import EcommsError

_CLOCK = re.compile(r"(?P<hour>[01]?\d|2[0-3])[:h](?P<minute>[0-5]\d)\b\s*")
_IN = re.compile(
    r"in\s+(?P<number>\d{1,4})\s*(?P<unit>minutes|minute|mins|min|m|hours|hour|h)\b\s*", re.IGNORECASE
)
MOST = timedelta(days=7)


class NotATime(EcommsError):
    """What was typed does not begin with a time that is understood."""


def split_time(words: str, zone: str, now: datetime) -> tuple[datetime, str]:
    """The moment (UTC) that `words` begin with, and the rest. A clock time that passed today means tomorrow.

    `zone` is the IANA zone the clock time is meant in. Raises NotATime.
    """
    words = words.strip()
    if found := _IN.match(words):
        unit = "hours" if found["unit"].lower().startswith("h") else "minutes"
        wait = timedelta(**{unit: int(found["number"])})
        if not timedelta(0) < wait <= MOST:
            raise NotATime("Give at least 1 minute, at most 7 days.")
        return now + wait, words[found.end() :].strip()
    if found := _CLOCK.match(words):
        moment = _next(now, ZoneInfo(zone), int(found["hour"]), int(found["minute"]))
        return moment, words[found.end() :].strip()
    raise NotATime("Begin with a time, such as 14:30 or in 20 min.")


def _next(now: datetime, zone: ZoneInfo, hour: int, minute: int) -> datetime:
    """When the clocks of `zone` show this time next (UTC); in one night of the year they show it twice."""
    today = now.astimezone(zone).replace(hour=hour, minute=minute, second=0, microsecond=0, fold=0)
    shown = (today, today.replace(fold=1), today + timedelta(days=1))
    return next(moment for each in shown if (moment := each.astimezone(UTC)) > now)
