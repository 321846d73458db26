"""`ecomms practice` as somebody types it: it says where the page is, and leaves nothing when it ends."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

UP_S = 60.0


@contextmanager
def typed(folder: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    command = [
        sys.executable,
        "-m",
        "ecomms_bot",
        "practice",
        "--no-browser",
        "--folder",
        str(folder),
        *options,
    ]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ECOMMS_")}
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def line(process: subprocess.Popen[str], words: str) -> str:
    """The next line of its output with these words."""
    assert process.stdout is not None
    read = []
    for each in process.stdout:
        read.append(each)
        if words in each:
            return each
    raise AssertionError(f"“{words}” in {''.join(read)}")


@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_opens_a_page_and_leaves_nothing_running(tmp_path: Path, number: signal.Signals) -> None:
    with typed(tmp_path / "practice", "--port", "0") as process:
        found = re.search(r"http://127\.0\.0\.1:(\d+)", line(process, "is open"))
        assert found is not None
        with urlopen(found[0], timeout=UP_S) as page:  # noqa: S310 - our own
            assert b"Practice workspace" in page.read()
        process.send_signal(number)
        line(process, "is closed")
        assert process.wait(UP_S) == 0
    assert (tmp_path / "practice" / "bot.txt").read_text().rstrip().endswith("Stopped")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(found[1])))
    assert (tmp_path / "practice").stat().st_mode & 0o777 == 0o700


@pytest.mark.long
def test_the_bot_does_not_outlive_a_practice_that_was_killed(tmp_path: Path) -> None:
    with typed(tmp_path / "practice", "--port", "0") as process:
        line(process, "is open")
        process.kill()
    output = tmp_path / "practice" / "bot.txt"
    for _ in range(int(UP_S / 0.05)):
        if output.read_text().rstrip().endswith("Stopped"):
            return
        time.sleep(0.05)
    raise AssertionError(output.read_text())


def test_a_port_that_is_taken_is_told_with_what_to_do(tmp_path: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as other,
        typed(tmp_path / "practice", "--port", str(other.getsockname()[1])) as process,
    ):
        assert "Choose another port" in line(process, "is taken")
        assert process.wait(UP_S) == 1
    assert not (tmp_path / "practice" / "practice.db").exists()
