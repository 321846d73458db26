"""`ecomms schema` prints what an editor needs, whatever else is set up."""

from __future__ import annotations

import json

from ecomms_bot.workshop.drill_schema import drill_schema
from ecomms_bot.workshop.schema import playbook_schema
from tests.cli.conftest import Terminal


def test_the_schema_is_printed_as_json_and_nothing_else(terminal: Terminal) -> None:
    result = terminal.run("schema")
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout) == playbook_schema()
    assert result.stdout.endswith("}\n")


def test_help_says_where_to_put_it(terminal: Terminal) -> None:
    assert "ecomms schema > playbook.schema.json" in terminal.run("schema", "--help").stdout


def test_drills_have_a_schema_of_their_own(terminal: Terminal) -> None:
    result = terminal.run("schema", "--drill")
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout) == drill_schema()
