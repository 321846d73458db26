"""A lease names its holder, so that one who certainly ended is known, and nobody else is taken for that."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecomms_bot.service.owners import PROC, is_gone, own_name


@pytest.fixture
def another() -> Iterator[subprocess.Popen[bytes]]:
    """A process that waits until it is ended."""
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as running:
        yield running


def ends(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


def test_a_process_that_was_killed_is_gone_and_one_that_runs_is_not(another: subprocess.Popen[bytes]) -> None:
    name = own_name("bot-1", another.pid)
    assert name.startswith(f"bot-1:{another.pid}:")
    assert not is_gone(name)
    ends(another)
    assert is_gone(name)


def test_one_that_nobody_has_buried_yet_is_gone_too(another: subprocess.Popen[bytes]) -> None:
    name = own_name("bot-1", another.pid)
    another.kill()
    os.waitid(os.P_PID, another.pid, os.WEXITED | os.WNOWAIT)  # ended, and still in the list of processes
    assert is_gone(name)


def test_another_process_with_its_number_is_not_taken_for_it() -> None:
    host, pid, where, started = own_name("bot-1", os.getpid()).split(":")
    assert is_gone(":".join((host, pid, where, str(int(started) - 1))))


def test_the_name_of_the_machine_may_be_anything() -> None:
    assert not is_gone(own_name("", os.getpid()))
    assert not is_gone(own_name("fe80::1:2", os.getpid()))


@pytest.mark.parametrize(
    "other", ["another boot", "another container", "no name of ours", "the name of an earlier version"]
)
def test_who_could_not_be_seen_from_here_may_be_at_work(another: subprocess.Popen[bytes], other: str) -> None:
    host, pid, where, started = own_name("bot-1", another.pid).split(":")
    boot, space = where.split("/")
    ends(another)
    names = {
        "another boot": f"{host}:{pid}:{boot[::-1]}/{space}:{started}",
        "another container": f"{host}:{pid}:{boot}/{space}1:{started}",
        "no name of ours": "here",
        "the name of an earlier version": f"{host}:{pid}",
    }
    assert not is_gone(names[other])


def test_where_the_machine_does_not_say_chance_keeps_the_names_apart(tmp_path: Path) -> None:
    first, second = (own_name("bot-1", 1, tmp_path) for _ in range(2))
    assert first != second
    assert not is_gone(first, tmp_path)


def test_a_process_of_another_user_that_is_hidden_is_at_work(
    another: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    name = own_name("bot-1", another.pid)
    # given a /proc that shows nobody else's processes
    (tmp_path / "sys/kernel/random").mkdir(parents=True)
    (tmp_path / "sys/kernel/random/boot_id").write_text((PROC / "sys/kernel/random/boot_id").read_text())
    (tmp_path / "self").symlink_to(PROC / "self")
    assert not is_gone(name, tmp_path)
    ends(another)
    assert is_gone(name, tmp_path)
