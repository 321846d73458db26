"""The table of commands is the one source: the reference prints it, help tells it, each line is whole."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ecomms_bot.slack.commands.table import COMMANDS, TABLE, Typed, as_markdown

REFERENCE = (Path(__file__).parents[2] / "docs" / "reference.md").read_text()
DOCUMENTS = sorted(path for path in Path(__file__).parents[2].glob("docs/**/*.md"))


def test_the_reference_prints_the_table_as_it_is() -> None:
    section = REFERENCE.split("\n## What you type in Slack\n", 1)[1].split("\n## ", 1)[0]
    assert as_markdown() in section
    assert section.count("| `/ecomms ") == len(TABLE)


@pytest.mark.parametrize("command", TABLE, ids=lambda each: each.word)
def test_each_command_says_what_it_does_who_may_what_it_answers_and_what_can_go_wrong(command: Typed) -> None:
    for words in (command.does, command.who, command.answers, command.refuses):
        assert words.strip()
        assert "|" not in words  # it would end a cell
        assert "!" not in words
    assert command.does[0].islower()
    assert "|" not in command.usage


def test_no_word_stands_for_two_commands() -> None:
    every = [word for each in TABLE for word in (each.word, *each.also)]
    assert len(every) == len(set(every))
    assert list(COMMANDS) == [each.word for each in TABLE]


@pytest.mark.parametrize("page", DOCUMENTS, ids=lambda page: page.name)
def test_every_command_in_the_docs_exists(page: Path) -> None:
    for word in re.findall(r"`/ecomms ([a-z]+)", page.read_text()):
        assert word in COMMANDS, f"{page.name}: /ecomms {word}"
