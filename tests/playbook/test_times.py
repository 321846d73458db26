"""Times read the same on every machine, and never as 12 a.m."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.times import date_words, datetime_words, time_words, zone_word
from tests.playbook.samples import at


@pytest.mark.parametrize(
    ("instant", "words"),
    [
        (at(15, 10, day=15), "Mon., Nov. 15, 3:10 p.m. PST"),
        (at(9, day=16), "Tue., Nov. 16, 9 a.m. PST"),
        (at(12, day=15), "Mon., Nov. 15, noon PST"),
        (at(0, day=15), "Mon., Nov. 15, 00:00 PST"),
        (at(0, 1, day=15), "Mon., Nov. 15, 12:01 a.m. PST"),
        (at(12, 30, day=15), "Mon., Nov. 15, 12:30 p.m. PST"),
        (at(23, 59, day=15), "Mon., Nov. 15, 11:59 p.m. PST"),
        (at(11, 5, day=28, month=7), "Wed., July 28, 12:05 p.m. PDT"),  # said as 11:05 PST
    ],
)
def test_date_time_and_zone_are_spelled_out(instant: Instant, words: str) -> None:
    assert datetime_words(instant) == words
    assert f"{date_words(instant)}, {time_words(instant)}" == words


@pytest.mark.parametrize(
    ("zone", "word"),
    [
        ("America/Vancouver", "PST"),
        ("America/Toronto", "EST"),
        ("Europe/Berlin", "CET"),
        ("UTC", "UTC"),
        ("America/Sao_Paulo", "UTC-3"),
        ("Asia/Kathmandu", "UTC+5:45"),
    ],
)
def test_the_zone_has_its_letters_or_its_distance_from_utc(zone: str, word: str) -> None:
    assert zone_word(Instant.of(datetime(2021, 11, 15, tzinfo=UTC), zone)) == word


def test_a_time_said_under_older_rules_of_its_zone_keeps_its_clock() -> None:
    # Given a promise of 9 p.m. by a clock 7 hours behind UTC, where today's rules say 8
    promised = Instant(
        utc=datetime(2021, 11, 16, 4, tzinfo=UTC), offset_minutes=-420, zone="America/Vancouver"
    )
    # Then what was printed stays what is printed
    assert time_words(promised) == "9 p.m. UTC-7"


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2090, 1, 1)))  # noqa: DTZ001 - made aware below
def test_twelve_is_never_a_m_or_p_m_and_every_clock_has_its_half(moment: datetime) -> None:
    words = time_words(Instant.of(moment.replace(tzinfo=UTC), "UTC"))
    assert not words.startswith(("12 a.m.", "12 p.m."))
    assert words in {"noon UTC", "00:00 UTC"} or words.endswith(("a.m. UTC", "p.m. UTC"))
