"""A time as it was meant: the moment, the zone and the clock of then."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ecomms_bot.playbook.instant import Instant
from tests.playbook.samples import NOW, ZONE


def test_a_moment_is_kept_with_the_clock_people_saw() -> None:
    instant = Instant.of(NOW, ZONE)
    assert (instant.utc, instant.offset_minutes, instant.zone) == (
        datetime(2021, 11, 15, 4, 40, tzinfo=UTC),
        -480,
        ZONE,
    )
    assert instant.local.isoformat() == "2021-11-14T20:40:00-08:00"


def test_it_survives_the_log() -> None:
    instant = Instant.of(NOW, ZONE)
    assert Instant.model_validate_json(instant.model_dump_json()) == instant


def test_a_time_without_a_zone_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Instant.of(NOW.replace(tzinfo=None), ZONE)
