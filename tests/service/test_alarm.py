"""The alarm rings at the earliest time it was armed for, late rather than never, and does nothing else."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from ecomms_bot.service.alarm import Alarm
from ecomms_bot.service.clocks import PracticeClock, SystemClock

SOON_S = 0.03
PATIENCE_S = 10.0
MOMENT_S = 0.05


FAR_S = 60.0
"""No pause between two lines of a test is so long."""


def times(alarm: Alarm) -> list[float]:
    """When it will ring, in seconds of the machine's clock."""
    return [job.next_run_time.timestamp() for job in vars(alarm)["_scheduler"].get_jobs()]


@pytest.fixture
def wake() -> threading.Event:
    return threading.Event()


@pytest.fixture
def alarm(wake: threading.Event) -> Iterator[Alarm]:
    made = Alarm(SystemClock(time.time), wake)
    made.start()
    yield made
    made.stop()


def test_it_rings_when_something_is_due(alarm: Alarm, wake: threading.Event) -> None:
    alarm.arm(SystemClock(time.time).now() + timedelta(seconds=SOON_S))
    assert wake.wait(PATIENCE_S)


def test_it_rings_for_a_retry_that_comes_before_what_is_due(alarm: Alarm, wake: threading.Event) -> None:
    alarm.arm(SystemClock(time.time).now() + timedelta(days=1), in_seconds=SOON_S)
    assert wake.wait(PATIENCE_S)


def test_what_is_due_already_rings_at_once(alarm: Alarm, wake: threading.Event) -> None:
    # hours late, as after a machine that slept: the scheduler must not drop it
    alarm.arm(SystemClock(time.time).now() - timedelta(hours=5))
    assert wake.wait(PATIENCE_S)


def test_arming_again_replaces_the_time_before(alarm: Alarm, wake: threading.Event) -> None:
    alarm.arm(None, in_seconds=FAR_S)
    # when it is armed for later, then the earlier time is gone
    later = time.time() + 3600.0
    alarm.arm(None, in_seconds=3600.0)
    (rings,) = times(alarm)
    assert rings >= later
    assert not wake.is_set()
    # and when it is armed for a moment from now, it rings then
    alarm.arm(None, in_seconds=SOON_S)
    assert wake.wait(PATIENCE_S)


def test_with_nothing_to_wait_for_it_is_silent(alarm: Alarm, wake: threading.Event) -> None:
    alarm.arm(None, in_seconds=FAR_S)
    alarm.arm(None)
    alarm.arm(None)
    assert times(alarm) == []
    assert not wake.wait(MOMENT_S)


def test_a_standing_clock_rings_only_when_it_is_pushed(tmp_path: Path, wake: threading.Event) -> None:
    clock = PracticeClock(tmp_path / "clock.json", time.time)
    clock.set(SystemClock(time.time).now(), 0.0)
    alarm = Alarm(clock, wake)
    alarm.start()
    try:
        alarm.arm(clock.now() + timedelta(seconds=SOON_S))
        assert not wake.wait(MOMENT_S)
        clock.push(timedelta(minutes=1))
        alarm.nudge()
        assert wake.is_set()
    finally:
        alarm.stop()


def test_it_stops_quietly_while_it_rings(wake: threading.Event) -> None:
    """An error in the scheduler's own thread would fail this test as a warning."""
    for _ in range(30):
        alarm = Alarm(SystemClock(time.time), wake)
        alarm.start()
        alarm.arm(None, in_seconds=0.0)
        alarm.stop()


def test_a_clock_that_another_process_pushes_is_followed(tmp_path: Path, wake: threading.Event) -> None:
    clock = PracticeClock(tmp_path / "clock.json", time.time)
    clock.set(SystemClock(time.time).now(), 0.0)
    alarm = Alarm(clock, wake)
    alarm.start()
    try:
        alarm.follow(clock.path)
        assert not wake.wait(2 * MOMENT_S)
        # when somebody else sets it, nobody nudges us
        PracticeClock(clock.path, time.time).push(timedelta(minutes=1))
        assert wake.wait(PATIENCE_S)
    finally:
        alarm.stop()
