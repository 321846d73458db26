"""Times in words, the same on every machine: no locale, no 12 a.m. or 12 p.m., always the zone."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from ecomms_bot.playbook.instant import Instant

WEEKDAYS = ("Mon.", "Tue.", "Wed.", "Thu.", "Fri.", "Sat.", "Sun.")
MONTHS = ("Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec.")


def zone_word(instant: Instant) -> str:
    """Such as "PST"; "UTC-3" where the zone has no letters or its rules changed after the time was said."""
    there = instant.utc.astimezone(ZoneInfo(instant.zone))
    name = there.tzname() or ""
    if name.isalpha() and there.utcoffset() == instant.local.utcoffset():
        return name
    hours, minutes = divmod(abs(instant.offset_minutes), 60)
    sign = "-" if instant.offset_minutes < 0 else "+"
    return f"UTC{sign}{hours}" + (f":{minutes:02}" if minutes else "")


def time_words(instant: Instant) -> str:
    """Such as "3:10 p.m. PST", "noon PST" and "00:00 PST": 12 a.m. and midnight mislead (rule L25)."""
    local = instant.local
    if local.minute == 0 and local.hour in (0, 12):
        clock = "noon" if local.hour else "00:00"
    else:
        minutes = f":{local.minute:02}" if local.minute else ""
        half = "p.m." if local.hour >= 12 else "a.m."
        clock = f"{local.hour % 12 or 12}{minutes} {half}"
    return f"{clock} {zone_word(instant)}"


def date_words(instant: Instant) -> str:
    """Such as "Mon., Nov. 15"."""
    local = instant.local
    return f"{WEEKDAYS[local.weekday()]}, {MONTHS[local.month - 1]} {local.day}"


def datetime_words(instant: Instant) -> str:
    """Such as "Mon., Nov. 15, 3:10 p.m. PST"."""
    return f"{date_words(instant)}, {time_words(instant)}"


def sign_words(instant: Instant) -> str:
    """Such as "NOV 15 3:10 PM", "NOV 15 NOON": what a road sign has room for, 15 characters at most."""
    local = instant.local
    clock = time_words(instant).removesuffix(zone_word(instant)).replace(".", "")
    return f"{MONTHS[local.month - 1][:3]} {local.day} {clock}".strip().upper()
