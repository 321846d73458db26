"""What the built-in workspace says of itself is what the docs say of it."""

from __future__ import annotations

from pathlib import Path

from ecomms_bot.practice import workspace

PAGE = Path(__file__).parents[2] / "docs" / "reasons" / "workspace.md"


def test_the_docs_say_where_the_workspace_and_slack_might_differ_as_its_own_words_do() -> None:
    _, differences = (workspace.__doc__ or "").split("Where it and Slack might differ:")
    assert " ".join(differences.split()) in " ".join(PAGE.read_text().split())
