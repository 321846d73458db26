"""Times as people type them behind a command, in the incident's zone: `14:30`, `in 45 min`, `Wed 8:00`.

`time_words` finds which words are the time; dateutil says what a date and a clock time mean. What could mean
two moments, what has passed and what is no time is asked back. No clock and no zone of this machine is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.parser import parse

from ecomms_bot.errors import EcommsError
from ecomms_bot.incident.wording import When
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.times import zone_word
from ecomms_bot.slack import time_words
from ecomms_bot.slack.text import DAYS, MONTHS, clock
from ecomms_bot.slack.time_words import TimeWords

MOST = timedelta(days=180)
"""How far ahead a time may be. A date without a year is the next one of its kind, in this span."""
EXAMPLES = "14:30, 2:30pm, in 45 min, tomorrow 6am or Wed 8:00"
FULL_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class NotATime(EcommsError):
    """What was typed does not begin with a time that means one moment to come.

    `instead`: what can be typed in place of the time; `rest`: the words after it.
    """

    def __init__(self, problem: str, instead: tuple[str, ...] = (), rest: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.instead = instead
        self.rest = rest


def split_time(words: str, zone: str, now: datetime) -> tuple[datetime, str]:
    """The moment (UTC) that `words` begin with, and the words after it.

    Dates and clock times are those of the IANA `zone`; `now` is UTC. Raises NotATime.
    """
    said = time_words.find(words.strip())
    if said is None:
        raise NotATime(f"Begin with a time, such as {EXAMPLES}.", rest=words.strip())
    try:
        moment = _span(said, zone, now) if said.span else _moment(said, zone, now)
        return _not_too_far(moment, now), said.rest
    except NotATime as error:
        raise NotATime(error.problem, error.instead, said.rest) from None


def there(moment: datetime, zone: str) -> str:
    """The moment on the clocks of the zone, with date and zone, as in "Sun 14 Nov, 20:05 PST"."""
    return clock(When(moment, zone))


# --- from now ---------------------------------------------------------------------------------------------


def _span(said: TimeWords, zone: str, now: datetime) -> datetime:
    """Minutes and hours are counted as they pass; a number of days later the clocks show the same time."""
    part = {name: int(value) for name, value in said.span.items() if value.isdecimal()}
    if "days" in part:
        local = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        day = local.date() + timedelta(days=part["days"])
        return _shown(datetime.combine(day, time(local.hour, local.minute)), zone, "", day_typed(day), now)
    hours = part.get("hours", 1 if "hour" in said.span else 0)
    minutes = part.get("minutes", 30 if "half_hour" in said.span else 0)
    if not hours and not minutes:
        raise NotATime("Give at least 1 minute, as in: in 5 min.")
    return now + timedelta(hours=hours, minutes=minutes)


# --- a date and a clock time ------------------------------------------------------------------------------


def _moment(said: TimeWords, zone: str, now: datetime) -> datetime:
    local = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    _ask_back(said, local)
    wall = _read(said, local)
    if "midnight" in said.clock:
        wall += timedelta(days=1)  # the coming one; of any other day it is asked back
    typed = "" if not said.date or "today" in said.date else said.date_typed
    moment = _shown(wall, zone, said.zone, typed or day_typed(wall.date()), now)
    if moment <= now:
        raise _passed(said, wall, moment, zone, local)
    return moment


def _read(said: TimeWords, local: datetime) -> datetime:
    """The wall-clock time, read by dateutil in one go; a date without a year is the next one to come."""
    wall = _parse(_date_phrase(said, local), _clock_phrase(said), local)
    if "month" in said.date and "year" not in said.date and wall.date() < local.date():
        later = _parse(_date_phrase(said, local, local.year + 1), _clock_phrase(said), local)
        if later.date() - local.date() <= MOST:
            wall = later
    weekday = said.date.get("weekday")
    if weekday and "month" in said.date and weekday != DAYS[wall.weekday()].lower():
        raise NotATime(
            f"{day_typed(wall.date())} {wall.year} is a {FULL_DAYS[wall.weekday()]}.",
            (f"{day_typed(wall.date())} {said.clock_typed}",),
        )
    return wall


def _parse(day: str, clock_time: str, local: datetime) -> datetime:
    today = datetime.combine(local.date(), time())
    try:
        wall: datetime = parse(f"{day} {clock_time}", default=today, ignoretz=True)
    except (ValueError, OverflowError):
        raise NotATime(f"There is no {day}. Check the date.") from None
    return wall


def _date_phrase(said: TimeWords, local: datetime, year: int | None = None) -> str:
    parts = said.date
    if "month" in parts:
        return f"{parts['day']} {parts['month']} {parts.get('year') or year or local.year}"
    if "tomorrow" in parts:
        return (local.date() + timedelta(days=1)).isoformat()
    return parts.get("iso") or parts.get("weekday") or local.date().isoformat()


def _clock_phrase(said: TimeWords) -> str:
    parts = said.clock
    if "half" in parts:
        return f"{parts['hour']}:{parts.get('minute', '00')} {parts['half']}m"
    if "noon" in parts:
        return "12:00"
    return f"{parts.get('hour', '0')}:{parts.get('minute', '00')}"


# --- what is asked back -----------------------------------------------------------------------------------


def _ask_back(said: TimeWords, local: datetime) -> None:
    """Raise NotATime for words that could mean two moments."""
    at = said.clock_typed
    _require_hour(said)
    if "slashed" in said.date:
        raise NotATime(
            f"{said.date_typed} can be read in two ways. Write the month as a word.",
            tuple(_with(day, at) for day in _slashed(said.date["slashed"], local)),
        )
    if not said.clock:
        raise NotATime(f"Say the hour too, as in: {said.date_typed} 9:00.")
    if hours := tuple(_hours(said, local)):
        problem = "Write the time with a colon." if "digits" in said.clock else f"{at}: which time is meant?"
        raise NotATime(problem, hours)
    if "weekday" in said.date and "month" not in said.date:
        _ask_which_week(said, local)
    if "midnight" in said.clock and said.date and "today" not in said.date:
        day = _read(said, local).date()
        after = day + timedelta(days=1)
        raise NotATime(
            "Midnight is where one day ends and the next begins. Which one is meant?",
            (f"{day_typed(day)} 00:00", f"{day_typed(after)} 00:00"),
        )


def _require_hour(said: TimeWords) -> None:
    parts = said.clock
    digits = parts.get("digits", "")
    hour = int(parts.get("hour") or parts.get("bare") or digits[:2] or 0)
    hours = range(1, 13) if "half" in parts else range(24)
    if hour not in hours or int(parts.get("minute") or digits[2:] or 0) > 59:
        raise NotATime(f"There is no time {said.clock_typed}. Write it as in 14:30 or 2:30pm.")


def _hours(said: TimeWords, local: datetime) -> Iterator[str]:
    """What could be meant by a number alone, by 12am and 12pm, by 6h: times that can be typed."""
    parts = said.clock
    if number := parts.get("digits"):
        yield _on(said, int(number[:2]), int(number[2:]), local)
    elif "h" in parts and int(parts["hour"]) <= 12:
        yield _on(said, int(parts["hour"]), 0, local)
        if not said.date:
            yield f"in {int(parts['hour'])} h"
    elif "bare" in parts:
        hour = int(parts["bare"])
        hours = (hour % 12, hour % 12 + 12) if 1 <= hour <= 12 else (hour,)
        yield from (_on(said, each, 0, local) for each in hours)
        if not said.date and hour and said.clock_typed.isdecimal():
            yield f"in {hour} min"
    elif "half" in parts and int(parts["hour"]) == 12 and parts.get("minute", "00") == "00":
        yield from (f"{said.date_typed} {word}".strip() for word in ("noon", "midnight"))


def _on(said: TimeWords, hour: int, minute: int, local: datetime) -> str:
    """The clock time with the day that was typed; tomorrow if none was and today it has passed."""
    passed = (hour, minute) <= (local.hour, local.minute)
    day = said.date_typed or ("tomorrow" if passed else "")
    return f"{day} {hour:02}:{minute:02}".strip()


def _ask_which_week(said: TimeWords, local: datetime) -> None:
    first = _read(said, local)
    week = timedelta(days=7)
    if "next" in said.date:
        start = first if first.date() > local.date() else first + week
        days = (start, start + week)
    elif first.date() == local.date():
        days = (first, first + week)
    else:
        return
    raise NotATime(
        f"Which {FULL_DAYS[first.weekday()]} is meant?",
        tuple(f"{day_typed(each.date())} {said.clock_typed}" for each in days if each > local),
    )


def _slashed(typed: str, local: datetime) -> Iterator[date]:
    """The days that 03/04, 3/4/2021 or 2021/3/4 can mean."""
    numbers = [int(each) for each in typed.split("/")]
    if numbers[0] > 99:
        orders = [(numbers[0], numbers[1], numbers[-1])]
    else:
        year = numbers[2] if len(numbers) > 2 else local.year
        year += 2000 if year < 100 else 0
        orders = [(year, numbers[1], numbers[0]), (year, numbers[0], numbers[1])]
    for year, month, day in dict.fromkeys(orders):
        for each in (year,) if len(numbers) > 2 else (year, year + 1):
            found = _day(each, month, day)
            if found is not None and found >= local.date():
                yield found
                break


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def day_typed(day: date) -> str:
    """A day as it can be typed: "20 Dec"."""
    return f"{day.day} {MONTHS[day.month - 1]}"


def _with(day: date, clock_typed: str) -> str:
    return f"{day_typed(day)} {day.year} {clock_typed or '9:00'}"


# --- on the clocks of a zone ------------------------------------------------------------------------------


def _shown(wall: datetime, zone: str, said_zone: str, day: str, now: datetime) -> datetime:
    """The moment (UTC) at which the clocks of `zone` show `wall`; NotATime if they do so twice or never."""
    there_is = ZoneInfo(zone)
    readings = {fold: wall.replace(tzinfo=there_is, fold=fold) for fold in (0, 1)}
    moments = sorted({each.astimezone(UTC) for each in readings.values()})
    shown = [each for each in moments if each.astimezone(there_is).replace(tzinfo=None) == wall]
    if not shown:
        gap = [each.astimezone(there_is) for each in moments]
        raise NotATime(
            f"The clocks skip {wall:%H:%M} that night: they are put forward.",
            tuple(f"{day} {each:%H:%M}" for each in sorted(gap, key=lambda each: each.replace(tzinfo=None))),
        )
    words = {zone_word(Instant.of(each, zone)): each for each in shown}
    if said_zone:
        if said_zone in words:
            return words[said_zone]
        raise NotATime(
            f"Times are those of {zone.rpartition('/')[2].replace('_', ' ')} here: {' or '.join(words)}.",
            tuple(f"{day} {wall:%H:%M} {each}" for each in words),
        )
    if len(shown) > 1 and shown[-1] > now:
        raise NotATime(
            f"The clocks show {wall:%H:%M} twice that night: they are put back. Which one is meant?",
            tuple(f"{day} {wall:%H:%M} {word}" for word, each in words.items() if each > now),
        )
    return shown[0]


def _passed(said: TimeWords, wall: datetime, moment: datetime, zone: str, local: datetime) -> NotATime:
    """Nobody is reminded of the past: tomorrow is offered, and the evening for what may have been meant."""
    if wall.date() != local.date():
        return NotATime(f"{there(moment, zone)}, has passed. Give a time that is still to come.")
    instead = [f"tomorrow {said.clock_typed}"]
    evening = wall + timedelta(hours=12)
    if "half" not in said.clock and wall.hour < 12 and evening > local:
        instead.insert(0, f"{evening:%H:%M}")
    return NotATime(f"{wall:%H:%M} today has passed.", tuple(instead))


def _not_too_far(moment: datetime, now: datetime) -> datetime:
    if moment - now > MOST:
        raise NotATime(f"That is more than {MOST.days} days away. Check the date.")
    return moment
