"""Nights that repeat exactly, nights by seed, and a crash wherever there can be one."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from ecomms_bot.service.setback import SetBack
from ecomms_bot.slack import lookup
from tests.simulation import cases
from tests.simulation.exhaustive import Exhaustive
from tests.simulation.flows import Life
from tests.simulation.promises import broken
from tests.simulation.swarm import Line, Night, problems_of, script
from tests.simulation.world import World

ROOT = Path(__file__).parents[2]
EVERY = 8
"""Of so many boundaries one is tried."""


def simulate(*arguments: str, **environment: str) -> str:
    """In a process of its own, since it forks; what it prints."""
    run = subprocess.run(
        [sys.executable, "-m", "tests.simulation", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def test_a_seed_is_the_same_night_each_time() -> None:
    lines = script(5, 0.5)
    assert Night(5, lines).play().digest == Night(5, lines).play().digest


def test_another_seed_is_another_night() -> None:
    assert Night(5, script(5, 0.2)).play().digest != Night(6, script(6, 0.2)).play().digest


@pytest.mark.parametrize("seed", [2, 7])
def test_a_night_by_chance_keeps_every_promise(seed: int) -> None:
    assert problems_of(seed, script(seed, 0.7)) == []


@pytest.mark.parametrize("path", sorted(cases.FOLDER.glob("*.txt")), ids=lambda path: path.stem)
def test_what_failed_once_holds_now(path: Path) -> None:
    assert problems_of(*cases.read(path)) == []


def test_a_script_can_be_written_down_and_read_again(tmp_path: Path) -> None:
    lines = [*script(3, 1.0), Line(4000.0, "crash at a boundary", 7)]
    path = tmp_path / "night.txt"
    path.write_text(cases.written(3, lines, "nothing"))
    assert cases.read(path) == (3, lines)


def test_the_checks_notice_what_is_wrong() -> None:
    """A message that stands twice, one that is gone, and a task that was forgotten."""
    night = Night(1, [Line(1.0, "act", 3)]).play()
    assert night.problems == []
    world = night.world
    place = next(
        each
        for each in world.workspace.channels.values()
        if each.creator == world.workspace.bot.id and each.pins
    )
    card, step = (each for each in place.messages if each.metadata)
    place.messages.append(step)
    place.messages.remove(card)
    with world.db.write() as conn:
        conn.exec_driver_sql("DELETE FROM tasks WHERE kind = 'reminder'")
    told = "\n".join(broken(world))
    assert "stands 2 times and nobody says so" in told
    assert "is said to stand where nothing stands" in told
    assert "is wanted and not there" in told


def test_a_bot_that_does_not_look_for_what_it_may_have_posted_is_found_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Killed with a post in hand; whoever takes over posts it again."""
    monkeypatch.setattr(lookup, "find", lambda _calls, place, *_: lookup.Seen(place.conversation))
    number = boundaries_of_opening().index("after chat.postMessage") + 1
    (failure,) = Exhaustive(only=("open", number, "the other goes on")).run().failures
    assert "stands 2 times and nobody says so" in str(failure)


def test_a_clock_that_nobody_watches_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SetBack, "look", lambda *_: None)
    problems = problems_of(*cases.read(cases.FOLDER / "clock-ran-ahead-over-a-reminder.txt"))
    assert any("is owed at" in each for each in problems)


def boundaries_of_opening() -> list[str]:
    """Where a bot could be struck."""
    seen: list[str] = []
    world = World(on_boundary=lambda _replica, what: seen.append(what))
    life = Life(world)

    def night() -> None:
        life.open()
        world.settle()

    world.play(night)
    return seen


@pytest.mark.long
def test_a_crash_at_any_boundary_of_any_flow_breaks_no_promise() -> None:
    """Each time at others; all at once take minutes: `python -m tests.simulation exhaustive`."""
    first = random.SystemRandom().randint(1, EVERY)
    assert "misfortunes" in simulate("exhaustive", "every", str(EVERY), str(first))


@pytest.mark.long
def test_many_nights_keep_every_promise() -> None:
    assert "no promise broken" in simulate("seeds", "1000", "240")


@pytest.mark.long
def test_a_night_is_the_same_in_every_process() -> None:
    """However Python shuffles its sets."""
    code = "from tests.simulation.swarm import *; print(Night(9, script(9, 0.5)).play().digest)"
    seen = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(seen) == 1
