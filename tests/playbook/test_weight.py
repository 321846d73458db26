"""The library that weighs posts works on a machine without setuptools, and leaves no trace of how."""

from __future__ import annotations

import subprocess
import sys

WEIGH = """
from ecomms_bot.playbook.weight import weighted_length
print(weighted_length("Go \\U0001f44d drivebc.ca"))
"""


def run(code: str) -> list[str]:
    """What a fresh process prints, with warnings as errors."""
    command = [sys.executable, "-W", "error", "-c", code]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()


def test_it_works_where_pkg_resources_is_not_installed() -> None:
    not_there = "import sys; sys.modules['pkg_resources'] = None"
    assert run(not_there + WEIGH) == ["29"]


def test_what_was_lent_is_taken_back() -> None:
    assert run("import sys" + WEIGH + "print('pkg_resources' in sys.modules)") == ["29", "False"]
    own = "import sys, types; sys.modules['pkg_resources'] = own = types.ModuleType('pkg_resources')"
    assert run(own + WEIGH + "print(sys.modules['pkg_resources'] is own)") == ["29", "True"]


def test_a_command_that_counts_nothing_does_not_load_it() -> None:
    assert run("import sys, ecomms_bot.playbook.checks; print('twitter_text' in sys.modules)") == ["False"]
