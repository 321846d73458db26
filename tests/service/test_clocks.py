"""Incident time can be set, pushed and scaled in practice; machine time never is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ecomms_bot.errors import ConfigurationError
from ecomms_bot.service.clocks import PracticeClock, SystemClock

EIGHT = datetime(2021, 11, 15, 4, 0, tzinfo=UTC)


class Wall:
    """The machine's clock, which goes on when told to."""

    def __init__(self) -> None:
        self.seconds = 1_700_000_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
def practice(tmp_path: Path, wall: Wall) -> PracticeClock:
    clock = PracticeClock(tmp_path / "clock.json", wall)
    clock.set(EIGHT, 0.0)
    return clock


def test_the_systems_clock_is_machine_time(wall: Wall) -> None:
    clock = SystemClock(wall)
    assert clock.now() == datetime.fromtimestamp(wall.seconds, UTC)
    assert clock.machine() == wall.seconds
    assert not clock.practice
    assert clock.real_delay(clock.now() + timedelta(minutes=15)) == 900.0
    assert clock.real_delay(clock.now() - timedelta(minutes=15)) == 0.0


def test_a_standing_practice_clock_never_comes_to_what_is_due(practice: PracticeClock, wall: Wall) -> None:
    wall.seconds += 3600
    assert practice.now() == EIGHT
    assert practice.machine() == wall.seconds
    assert practice.real_delay(EIGHT + timedelta(seconds=1)) is None
    # what has passed is due at once, on any clock
    assert practice.real_delay(EIGHT) == 0.0


def test_a_scaled_clock_runs_so_many_times_as_fast(practice: PracticeClock, wall: Wall) -> None:
    practice.set(EIGHT, 60.0)
    wall.seconds += 10
    assert practice.now() == EIGHT + timedelta(minutes=10)
    assert practice.real_delay(EIGHT + timedelta(minutes=25)) == pytest.approx(15.0)


def test_pushing_steps_the_time_and_keeps_the_speed(practice: PracticeClock, wall: Wall) -> None:
    practice.set(EIGHT, 60.0)
    practice.push(timedelta(hours=1))
    assert practice.now() == EIGHT + timedelta(hours=1)
    wall.seconds += 1
    assert practice.now() == EIGHT + timedelta(hours=1, minutes=1)


def test_a_time_of_any_zone_is_kept_as_the_same_moment(practice: PracticeClock) -> None:
    practice.set(EIGHT.astimezone(ZoneInfo("America/Vancouver")), 0.0)
    assert practice.now() == EIGHT


def test_another_process_reads_the_same_clock(practice: PracticeClock, wall: Wall) -> None:
    other = PracticeClock(practice.path, wall)
    practice.push(timedelta(minutes=5))
    assert other.now() == practice.now() == EIGHT + timedelta(minutes=5)


def test_the_file_is_for_its_owner_alone(practice: PracticeClock) -> None:
    assert practice.path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", [None, "", "{}", "[1]", '{"wall": 1, "incident": "soon", "speed": 1}'])
def test_a_clock_that_cannot_be_read_says_what_to_do(practice: PracticeClock, content: str | None) -> None:
    if content is None:
        practice.path.unlink()
    else:
        practice.path.write_text(content)
    with pytest.raises(ConfigurationError, match="Start the drill again or unset ECOMMS_CLOCK"):
        practice.now()
