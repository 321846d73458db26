"""A bot that is looked after: started again when it ends, left alone when somebody stopped it."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ecomms_bot.practice.supervisor import Supervisor, environment_of

WAIT_S = 20.0
PATIENT = "import time; print('here', flush=True); time.sleep(60)"


class Bell:
    """Rings at each change; a test waits for what it looks for."""

    def __init__(self) -> None:
        self._condition = threading.Condition()

    def ring(self) -> None:
        with self._condition:
            self._condition.notify_all()

    def wait_for(self, true: Callable[[], object]) -> None:
        with self._condition:
            for _ in range(int(WAIT_S / 0.02)):
                if true():
                    return
                self._condition.wait(0.02)
        raise AssertionError("It did not happen.")


@contextmanager
def supervised(folder: Path, program: str = PATIENT) -> Iterator[tuple[Supervisor, Bell]]:
    bell = Bell()
    made = Supervisor(os.environ, folder / "bot.txt", bell.ring, [sys.executable, "-c", program])
    made.open()
    try:
        yield made, bell
    finally:
        made.close()


def test_one_that_is_killed_is_started_again(tmp_path: Path) -> None:
    with supervised(tmp_path) as (bot, bell):
        bell.wait_for(lambda: bot.pid)
        first = bot.pid
        bot.kill()
        bell.wait_for(lambda: bot.pid not in (None, first))
        assert bot.state == "running"
        assert not bot.failing


def test_one_that_was_stopped_waits_until_it_is_started(tmp_path: Path) -> None:
    with supervised(tmp_path) as (bot, bell):
        bell.wait_for(lambda: bot.pid)
        bot.stop()
        bell.wait_for(lambda: bot.pid is None)
        assert bot.state == "stopped"
        assert bot.starts == 1
        bot.start()
        bell.wait_for(lambda: bot.pid)
        assert bot.starts == 2


def test_one_that_ends_each_time_is_known_and_its_last_words_are_there(tmp_path: Path) -> None:
    with supervised(tmp_path, "print('no key'); raise SystemExit(1)") as (bot, bell):
        bell.wait_for(lambda: bot.starts >= 2)
        assert bot.state in ("away", "running")
        assert "no key" in bot.last_words()


def test_when_its_output_cannot_be_written_it_is_tried_until_it_can(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    # given that at the place of its output there is something else
    (tmp_path / "bot.txt").mkdir()
    with caplog.at_level(logging.ERROR), supervised(tmp_path) as (bot, bell):
        bell.wait_for(lambda: "could not be started" in caplog.text)
        assert bot.starts == 0
        # when that is gone
        (tmp_path / "bot.txt").rmdir()
        # then it runs
        bell.wait_for(lambda: bot.pid)


def test_one_that_runs_is_looked_after_and_not_started_a_second_time_when_a_word_of_it_fails(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    failing = iter([RuntimeError("nobody to tell")])

    def fail_once() -> None:
        for error in failing:
            raise error

    # given that telling of its start fails
    bot, bell = (
        Supervisor(os.environ, tmp_path / "bot.txt", fail_once, [sys.executable, "-c", PATIENT]),
        Bell(),
    )
    with caplog.at_level(logging.ERROR):
        bot.open()
        try:
            bell.wait_for(lambda: "could not be started or looked after" in caplog.text)
            # then that one runs on
            first = bot.pid
            assert first
            assert bot.starts == 1
            # and is looked after as ever
            bot.kill()
            bell.wait_for(lambda: bot.pid not in (None, first))
            assert bot.starts == 2
        finally:
            bot.close()


def test_nothing_is_left_running_after_closing(tmp_path: Path) -> None:
    with supervised(tmp_path) as (bot, bell):
        bell.wait_for(lambda: "here" in bot.last_words())
        pid = bot.pid
    assert pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert bot.starts == 1


def test_the_bot_is_told_nothing_of_the_settings_of_a_real_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ECOMMS_MIGRATE_URL", "postgresql://owner@db.example.org/log")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "0" * 32)
    monkeypatch.setenv("ECOMMS_PLAYBOOKS", str(tmp_path / "of-a-real-office"))
    told = environment_of(
        tokens=("xoxb-practice", "xapp-practice"),
        api_url="http://127.0.0.1:1/api/",
        database_url="sqlite:///practice.db",
        config=tmp_path / "office.json",
        clock=tmp_path / "clock.json",
        playbooks=None,
    )
    assert {name for name in told if name.startswith(("SLACK_", "ECOMMS_"))} == {
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "SLACK_API_URL",
        "ECOMMS_DATABASE_URL",
        "ECOMMS_CONFIG",
        "ECOMMS_CLOCK",
    }
