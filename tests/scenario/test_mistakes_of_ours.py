"""A listener that raises: the person reads words, never silence, and can send the same again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ecomms_bot.slack import inputs, submissions, urgency
from ecomms_bot.slack.commands.table import COMMANDS
from tests.scenario.acting import Case
from tests.scenario.aftermath import is_marked

WORDS = "Something went wrong on our side and nothing was changed. Please try again"


def broken(*_args: object, **_kwargs: object) -> None:
    """A mistake of the kind that nobody expects."""
    raise RuntimeError


def test_a_command_that_fails_unexpectedly_quotes_what_was_typed(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(COMMANDS, "remind", replace(COMMANDS["remind"], run=broken))
    reply = case.types("mara", "remind 20:30 call <the> mayor & co")
    assert WORDS in reply.words
    assert "/ecomms remind 20:30 call <the> mayor & co" in reply.words
    assert is_marked(reply.messages[0])


def test_a_click_that_fails_unexpectedly_says_so(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(urgency, "urgent", broken)
    reply = case.clicks("mara", case.last("card"), "Next step")
    assert reply.ok
    assert WORDS in reply.words
    assert is_marked(reply.messages[0])


def test_a_form_that_fails_unexpectedly_keeps_the_words(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    case.clicks("mara", case.last("step"), "Write draft")
    monkeypatch.setattr(inputs, "raw_values", broken)
    reply = case.submits("mara", road="Highway 7", hazard_seen="mudslides", area_description="near Hope")
    (words,) = reply.answer.errors.values()
    assert WORDS in words
    assert "What you typed is still here." in words
    modal = case.actor("mara").person.modal
    assert modal is not None
    assert modal.field("Road") == "Highway 7"
    # once it is mended, the same form goes on
    monkeypatch.undo()
    assert case.submits("mara").answer.pushed


def test_a_preview_that_fails_unexpectedly_says_so_on_top_and_can_be_sent_again(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    case.writes("mara")
    monkeypatch.setattr(submissions, "compose", broken)
    case.submits("mara")
    modal = case.actor("mara").person.modal
    assert modal is not None
    assert WORDS in modal.plain()
    monkeypatch.undo()
    assert case.submits("mara").answer.closed
