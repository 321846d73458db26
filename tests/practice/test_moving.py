"""The practice clock goes on past what comes due, one after the other, while the bot works elsewhere."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ecomms_bot import bootstrap
from ecomms_bot.practice import moving as module
from ecomms_bot.practice.moving import Mover
from ecomms_bot.store.faults import DatabaseBusy
from tests.practice.waiting import wait_until

WAIT_S = 10.0
START = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


class Diary:
    """What a bot has to do, as the mover asks for it: done when the clock has reached it."""

    def __init__(self, *minutes: int, never: bool = False) -> None:
        self.due = [START + timedelta(minutes=each) for each in minutes]
        self.never = never  # the first thing is tried again and again
        self.stops: list[datetime] = []
        self.on_the_way: Callable[[], None] = lambda: None
        self.arrived = threading.Condition()

    def next_due(self) -> datetime | None:
        return min(self.due, default=None)

    def rested(self, _timeout_s: float) -> bool:
        self.on_the_way()
        return True

    def reached(self, stop: datetime) -> None:
        with self.arrived:
            self.stops.append(stop)
            if not self.never:
                self.due = [each for each in self.due if each > stop]
            self.arrived.notify_all()

    def wait_for(self, stop: datetime) -> None:
        with self.arrived:
            assert self.arrived.wait_for(lambda: stop in self.stops, WAIT_S), self.stops


@contextmanager
def moving(folder: Path, diary: Diary, speed: float = 0.0) -> Iterator[Mover]:
    mover = Mover(
        bootstrap.practice_clock(folder / "clock.json"),
        next_due=diary.next_due,
        rested=diary.rested,
        reached=diary.reached,
    )
    mover.open(START, speed)
    try:
        yield mover
    finally:
        mover.close()


def at(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


def test_it_stops_at_each_time_at_which_something_comes_due(tmp_path: Path) -> None:
    diary = Diary(3, 3, 8, 40)
    with moving(tmp_path, diary) as mover:
        mover.push(timedelta(minutes=15))
        diary.wait_for(at(15))
    assert diary.stops == [at(3), at(8), at(15)]
    assert mover.now == at(15)


def test_two_pushes_add_up(tmp_path: Path) -> None:
    diary = Diary()
    with moving(tmp_path, diary) as mover:
        mover.push(timedelta(minutes=60))
        mover.push(timedelta(minutes=5))
        diary.wait_for(at(65))
    assert mover.now == at(65)


def test_something_that_is_never_done_does_not_hold_it_up(tmp_path: Path) -> None:
    diary = Diary(1, never=True)
    with moving(tmp_path, diary) as mover:
        mover.push(timedelta(minutes=3))
        diary.wait_for(at(3))
    assert diary.stops == [at(1), at(2), at(3)]


def test_it_stands_still_on_the_way_and_runs_on_as_before(tmp_path: Path) -> None:
    diary = Diary(5)
    with moving(tmp_path, diary, speed=0.0) as mover:
        mover.push(timedelta(minutes=5))
        mover.run(60.0)
        diary.wait_for(at(5))
        assert mover.speed == 60.0


def test_a_pause_on_the_way_stops_there(tmp_path: Path) -> None:
    diary = Diary(5, 10)
    with moving(tmp_path, diary) as mover:
        diary.on_the_way = lambda: mover.run(0.0)
        mover.push(timedelta(minutes=60))
        diary.wait_for(at(5))
    assert diary.stops == [at(5)]
    assert mover.now == at(5)


def test_a_pause_keeps_the_time(tmp_path: Path) -> None:
    with moving(tmp_path, Diary(), speed=60.0) as mover:
        mover.run(0.0)
        stands = mover.now
        assert stands >= START
        assert mover.now == stands


# --- what goes wrong on the way ---


def test_when_a_stop_goes_wrong_the_clock_runs_on_and_can_be_pushed_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    diary = Diary(5)
    failing = iter([DatabaseBusy()])

    def fail_once() -> None:
        for error in failing:
            raise error

    diary.on_the_way = fail_once
    with moving(tmp_path, diary, speed=60.0) as mover, caplog.at_level(logging.ERROR):
        # given that at the first stop the bot's log cannot be read
        mover.push(timedelta(minutes=60))
        wait_until(lambda: mover.target is None)
        # then it says so, and runs by itself, from there
        stands = mover.now
        wait_until(lambda: mover.now > max(stands, at(5)))
        assert "could not be moved further" in caplog.text
        # and goes on when somebody pushes it again
        mover.push(timedelta(hours=2))
        wait_until(lambda: bool(diary.stops) and mover.target is None)
        assert mover.now >= at(120)


def test_when_the_clock_itself_cannot_be_set_it_is_tried_until_it_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "PAUSE_S", 0.0)
    diary = Diary()
    with moving(tmp_path, diary, speed=60.0) as mover, caplog.at_level(logging.ERROR):
        clock = type(vars(mover)["_clock"])
        written, failing = clock.set, iter([OSError("disk full")] * 3)

        def fail_three_times(clock: object, now: datetime, speed: float) -> None:
            if speed:
                for error in failing:
                    raise error
            written(clock, now, speed)

        # given a disk that becomes full just when the clock has reached where it was pushed to
        monkeypatch.setattr(clock, "set", fail_three_times)
        mover.push(timedelta(minutes=5))
        # then it runs as soon as there is room again
        wait_until(lambda: mover.target is None and mover.now > at(5))
        assert caplog.text.count("it is tried again") == 2
