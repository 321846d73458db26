"""Times as people type them: understood in the incident's zone, or asked back in words that work."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ecomms_bot.slack.times import NotATime, split_time, there

VANCOUVER = "America/Vancouver"
EIGHT_PM = datetime(2021, 11, 15, 4, 0, tzinfo=UTC)
"""Sunday 14 November, 20:00 in Vancouver."""


def heard(typed: str, now: datetime = EIGHT_PM, zone: str = VANCOUVER) -> str:
    """The moment on the clocks of the zone, and the words after it."""
    moment, rest = split_time(typed, zone, now)
    return f"{there(moment, zone)} | {rest}"


def asked_back(typed: str, now: datetime = EIGHT_PM, zone: str = VANCOUVER) -> NotATime:
    with pytest.raises(NotATime) as caught:
        split_time(typed, zone, now)
    return caught.value


# --- understood -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "there"),
    [
        ("20:30", "Sun 14 Nov, 20:30 PST"),
        ("20h30", "Sun 14 Nov, 20:30 PST"),
        ("20.30", "Sun 14 Nov, 20:30 PST"),
        ("22h", "Sun 14 Nov, 22:00 PST"),
        ("8:30pm", "Sun 14 Nov, 20:30 PST"),
        ("8:30 PM", "Sun 14 Nov, 20:30 PST"),
        ("9 p.m.", "Sun 14 Nov, 21:00 PST"),
        ("at 20:30", "Sun 14 Nov, 20:30 PST"),
        ("today 21:00", "Sun 14 Nov, 21:00 PST"),
        ("tonight at 9pm", "Sun 14 Nov, 21:00 PST"),
        ("in 45 min", "Sun 14 Nov, 20:45 PST"),
        ("45 minutes", "Sun 14 Nov, 20:45 PST"),
        ("IN 2 hours", "Sun 14 Nov, 22:00 PST"),
        ("in 2 h", "Sun 14 Nov, 22:00 PST"),
        ("in 1h30", "Sun 14 Nov, 21:30 PST"),
        ("in 1 h 30 min", "Sun 14 Nov, 21:30 PST"),
        ("in half an hour", "Sun 14 Nov, 20:30 PST"),
        ("in an hour", "Sun 14 Nov, 21:00 PST"),
        ("in 2 days", "Tue 16 Nov, 20:00 PST"),
        ("tomorrow 6am", "Mon 15 Nov, 06:00 PST"),
        ("tomorrow at 06:00", "Mon 15 Nov, 06:00 PST"),
        ("6am tomorrow", "Mon 15 Nov, 06:00 PST"),
        ("tomorrow 12:30am", "Mon 15 Nov, 00:30 PST"),
        ("tomorrow noon", "Mon 15 Nov, 12:00 PST"),
        ("noon on Tuesday", "Tue 16 Nov, 12:00 PST"),
        ("midnight", "Mon 15 Nov, 00:00 PST"),
        ("tonight midnight", "Mon 15 Nov, 00:00 PST"),
        ("Wed 8:00", "Wed 17 Nov, 08:00 PST"),
        ("wednesday, 8am", "Wed 17 Nov, 08:00 PST"),
        ("Thurs 8:00", "Thu 18 Nov, 08:00 PST"),
        ("20 Dec 9:00", "Mon 20 Dec, 09:00 PST"),
        ("Dec 20 at 9am", "Mon 20 Dec, 09:00 PST"),
        ("20th of December, 9:00", "Mon 20 Dec, 09:00 PST"),
        ("Mon 20 Dec 9:00", "Mon 20 Dec, 09:00 PST"),
        ("December 20, 2021 9:00", "Mon 20 Dec, 09:00 PST"),
        ("2021-12-20 09:00", "Mon 20 Dec, 09:00 PST"),
        ("2021-12-20T09:00", "Mon 20 Dec, 09:00 PST"),
        ("20:30 PST", "Sun 14 Nov, 20:30 PST"),
        # the year is not said: the next one
        ("3 Jan 9:00", "Mon 3 Jan, 09:00 PST"),
    ],
)
@pytest.mark.parametrize("rest", ["", "call the mayor", "2 boats, 3 crews", "é 🚒 مرحبا"])
def test_a_time_and_the_words_after_it(typed: str, there: str, rest: str) -> None:
    assert heard(f"{typed} {rest}") == f"{there} | {rest}"


@pytest.mark.parametrize("between", [" ", ": ", ", ", " - ", "\n"])
def test_what_stands_between_the_time_and_the_words_is_no_part_of_them(between: str) -> None:
    assert heard(f"tomorrow 6am{between}call") == "Mon 15 Nov, 06:00 PST | call"


def test_minutes_and_hours_pass_as_they_do_also_when_the_clocks_change() -> None:
    # 7 November 2021: at 2:00 the clocks of Vancouver go back to 1:00
    before = datetime(2021, 11, 7, 8, 30, tzinfo=UTC)
    assert split_time("in 2 h call", VANCOUVER, before)[0] == before + timedelta(hours=2)
    assert heard("in 2 h call", before) == "Sun 7 Nov, 02:30 PST | call"


def test_days_later_the_clocks_show_the_same_time() -> None:
    before = datetime(2021, 11, 6, 20, 0, tzinfo=ZoneInfo(VANCOUVER)).astimezone(UTC)
    assert heard("in 1 day call", before) == "Sun 7 Nov, 20:00 PST | call"


# --- asked back -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "problem", "instead"),
    [
        # passed
        ("14:30", "14:30 today has passed.", ("tomorrow 14:30",)),
        ("8:30", "08:30 today has passed.", ("20:30", "tomorrow 8:30")),
        ("8:30am", "08:30 today has passed.", ("tomorrow 8:30am",)),
        ("20:00", "20:00 today has passed.", ("tomorrow 20:00",)),  # this very minute has begun
        ("today 6am", "06:00 today has passed.", ("tomorrow 6am",)),
        ("noon", "12:00 today has passed.", ("tomorrow noon",)),
        ("2021-11-13 09:00", "Sat 13 Nov, 09:00 PST, has passed.", ()),
        ("1 Nov 9:00", "Mon 1 Nov, 09:00 PDT, has passed.", ()),
        # two readings
        ("6", "6: which time is meant?", ("tomorrow 06:00", "tomorrow 18:00", "in 6 min")),
        ("6 o'clock", "6 o'clock: which time is meant?", ("tomorrow 06:00", "tomorrow 18:00")),
        ("Wed 9", "9: which time is meant?", ("Wed 09:00", "Wed 21:00")),
        ("tomorrow at 18", "18: which time is meant?", ("tomorrow 18:00",)),
        ("6h", "6h: which time is meant?", ("tomorrow 06:00", "in 6 h")),
        ("12am", "12am: which time is meant?", ("noon", "midnight")),
        ("Wed 12pm", "12pm: which time is meant?", ("Wed noon", "Wed midnight")),
        ("2130", "Write the time with a colon.", ("21:30",)),
        ("Wed midnight", "Midnight is where one day ends", ("17 Nov 00:00", "18 Nov 00:00")),
        ("Sunday 21:00", "Which Sunday is meant?", ("14 Nov 21:00", "21 Nov 21:00")),
        ("next Wed 8:00", "Which Wednesday is meant?", ("17 Nov 8:00", "24 Nov 8:00")),
        ("next Sun 8:00", "Which Sunday is meant?", ("21 Nov 8:00", "28 Nov 8:00")),
        ("03/04 9:00", "03/04 can be read in two ways.", ("3 Apr 2022 9:00", "4 Mar 2022 9:00")),
        ("12/13/2021 9:00", "12/13/2021 can be read", ("13 Dec 2021 9:00",)),
        ("2021/12/20 9:00", "2021/12/20 can be read", ("20 Dec 2021 9:00",)),
        # no hour, no such day, no such hour
        ("tomorrow", "Say the hour too, as in: tomorrow 9:00.", ()),
        ("31 Nov 9:00", "There is no 31 nov 2021.", ()),
        ("2021-02-30 9:00", "There is no 2021-02-30.", ()),
        ("Tue 20 Dec 9:00", "20 Dec 2021 is a Monday.", ("20 Dec 9:00",)),
        ("24:00", "There is no time 24:00.", ()),
        ("12:60", "There is no time 12:60.", ()),
        ("13pm", "There is no time 13pm.", ()),
        ("30", "There is no time 30.", ()),
        ("in 0 min", "Give at least 1 minute", ()),
        ("in 9999 h", "That is more than 180 days away.", ()),
        ("2031-01-01 9:00", "That is more than 180 days away.", ()),
        # a zone that is not the incident's
        ("20:30 PDT", "Times are those of Vancouver here: PST.", ("14 Nov 20:30 PST",)),
        ("20:30 UTC", "Times are those of Vancouver here: PST.", ("14 Nov 20:30 PST",)),
    ],
)
def test_what_could_mean_two_moments_or_has_passed_is_asked_back(
    typed: str, problem: str, instead: tuple[str, ...]
) -> None:
    error = asked_back(f"{typed} call")
    assert error.problem.startswith(problem)
    assert error.instead == instead
    assert error.rest == "call"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "call",
        "call at noon",
        "in a while",
        "may the force",
        "mars 8:00",
        "demain 6h",
        "20:30:15 x",
        "下午3点",
    ],
)
def test_what_is_no_time_is_answered_with_examples(typed: str) -> None:
    error = asked_back(typed)
    assert error.problem == ("Begin with a time, such as 14:30, 2:30pm, in 45 min, tomorrow 6am or Wed 8:00.")
    assert error.rest == typed


@pytest.mark.parametrize(
    ("now", "typed", "problem", "instead"),
    [
        # 7 November 2021: at 2:00 the clocks go back to 1:00, so 1:00 to 2:00 comes twice
        ("2021-11-07T07:30", "01:45", "The clocks show 01:45 twice", ("7 Nov 01:45 PDT", "7 Nov 01:45 PST")),
        ("2021-11-07T09:00", "01:45", "The clocks show 01:45 twice", ("7 Nov 01:45 PST",)),
        # 13 March 2022: the clocks go from 2:00 to 3:00
        ("2022-03-13T09:30", "02:30", "The clocks skip 02:30", ("13 Mar 01:30", "13 Mar 03:30")),
    ],
)
def test_a_time_that_the_clocks_show_twice_or_never_is_asked_back(
    now: str, typed: str, problem: str, instead: tuple[str, ...]
) -> None:
    error = asked_back(f"{typed} call", datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert error.problem.startswith(problem)
    assert error.instead == instead


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("01:45 PDT", "2021-11-07T08:45"),
        ("01:45 PST", "2021-11-07T09:45"),
        ("7 Nov 01:45 PST", "2021-11-07T09:45"),
    ],
)
def test_the_zone_says_which_of_the_two_is_meant(typed: str, moment: str) -> None:
    now = datetime(2021, 11, 7, 7, 30, tzinfo=UTC)
    assert split_time(f"{typed} call", VANCOUVER, now) == (
        datetime.fromisoformat(moment).replace(tzinfo=UTC),
        "call",
    )


# --- nothing of this machine ------------------------------------------------------------------------------

ELSEWHERE = """
import datetime, time
from ecomms_bot.slack import times
import dateutil.parser
module = dateutil.parser._parser
class Forbidden(datetime.datetime):
    @classmethod
    def now(cls, tz=None): raise AssertionError("the machine's clock was read")
    today = utcnow = now
module.datetime = type("datetime_module", (), {**vars(datetime), "datetime": Forbidden})
def read(*_): raise AssertionError("the machine's clock was read")
time.time = time.localtime = read
now = datetime.datetime(2021, 11, 15, 4, 0, tzinfo=datetime.UTC)
for typed in "20:30", "tomorrow 6am", "Wed 8:00", "20 Dec 9:00", "in 45 min", "2021-12-20 09:00":
    print(times.split_time(typed + " x", "America/Vancouver", now)[0].isoformat())
"""


def test_neither_the_clock_nor_the_zone_of_this_machine_is_read() -> None:
    said = {
        zone: subprocess.run(
            [sys.executable, "-W", "error", "-c", ELSEWHERE],
            env={"TZ": zone, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        for zone in ("Asia/Kathmandu", "America/St_Johns")
    }
    assert said["Asia/Kathmandu"] == said["America/St_Johns"]
    assert said["Asia/Kathmandu"] == [
        "2021-11-15T04:30:00+00:00",
        "2021-11-15T14:00:00+00:00",
        "2021-11-17T16:00:00+00:00",
        "2021-12-20T17:00:00+00:00",
        "2021-11-15T04:45:00+00:00",
        "2021-12-20T17:00:00+00:00",
    ]
