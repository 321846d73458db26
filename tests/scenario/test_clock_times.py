"""Times as people type them: the next moment at which the clocks of the place show them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ecomms_bot.slack.times import NotATime, split_time

VANCOUVER = "America/Vancouver"
EIGHT_PM = datetime(2021, 11, 15, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("20:30 call", 30),
        ("20h30 call", 30),
        ("06:15 call", 615),
        ("20:00 call", 24 * 60),  # this very minute has begun: tomorrow
        ("in 20 min call", 20),
        ("IN 2 hours call", 120),
        ("in 7 h call", 420),
    ],
)
def test_a_time_and_the_words_after_it(typed: str, minutes: int) -> None:
    assert split_time(typed, VANCOUVER, EIGHT_PM) == (EIGHT_PM + timedelta(minutes=minutes), "call")


@pytest.mark.parametrize(
    "typed", ["", "call", "24:00 call", "12:60 call", "in a while", "in 0 min x", "in 169 h x"]
)
def test_what_is_no_time_is_said(typed: str) -> None:
    with pytest.raises(NotATime):
        split_time(typed, VANCOUVER, EIGHT_PM)


@pytest.mark.parametrize(
    ("now", "typed", "then"),
    [
        # 7 November 2021: at 2:00 the clocks go back to 1:00, so 1:00 to 2:00 comes twice
        ("2021-11-07T08:30", "01:45", "2021-11-07T08:45"),  # in the first of the two
        ("2021-11-07T08:30", "01:15", "2021-11-07T09:15"),  # its second comes
        ("2021-11-07T09:30", "01:45", "2021-11-07T09:45"),  # in the second
        ("2021-11-07T09:30", "01:15", "2021-11-08T09:15"),  # both are over
        # 13 March 2022: the clocks go from 2:00 to 3:00
        ("2022-03-13T09:30", "03:15", "2022-03-13T10:15"),
        (
            "2022-03-13T09:30",
            "02:30",
            "2022-03-13T10:30",
        ),  # never shown: as if the clocks had not been changed
    ],
)
def test_in_the_night_in_which_the_clocks_change(now: str, typed: str, then: str) -> None:
    moment, _ = split_time(f"{typed} call", VANCOUVER, datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert moment == datetime.fromisoformat(then).replace(tzinfo=UTC)
