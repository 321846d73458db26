"""The library that weighs posts works on a machine without setuptools, and leaves no trace of how."""

from __future__ import annotations

import subprocess
import sys


def run(code: str) -> str:
    command = [sys.executable, "-W", "error", "-c", code]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


WEIGH = "from ecomms_bot.playbook.weight import weighted_length; print(weighted_length('Go \\U0001f44d drivebc.ca'))"


def test_it_works_where_pkg_resources_is_not_installed() -> None:
    code = (
        "import sys; sys.modules['pkg_resources'] = None\n" + WEIGH + "\nprint(sys.modules['pkg_resources'])"
    )
    assert run(code).split() == ["29", "None"]


def test_what_was_lent_is_taken_back() -> None:
    assert run("import sys\n" + WEIGH + "\nprint('pkg_resources' in sys.modules)").split() == ["29", "False"]
    own = "import sys, types; sys.modules['pkg_resources'] = own = types.ModuleType('pkg_resources')\n"
    assert run(own + WEIGH + "\nprint(sys.modules['pkg_resources'] is own)").split() == ["29", "True"]


def test_a_command_that_counts_nothing_does_not_load_it() -> None:
    code = "import sys, ecomms_bot.playbook.checks; print('twitter_text' in sys.modules)"
    assert run(code) == "False"
