"""A playbook with two texts that go on beside each other: each promise is asked of the step that made it."""

from __future__ import annotations

from typing import Any

import pytest

from ecomms_bot.slack import names
from ecomms_bot.slack.cards import render
from ecomms_bot.slack.cards.card import card
from ecomms_bot.slack.cards.home import Desktop, promises
from tests.slack.life import COMMUNICATOR, Life, bent
from tests.slack.looks import buttons, words


def closure_goes_on(raw: dict[str, Any]) -> None:
    """The closure comes every 2 hours, and has a text for no change as the updates have."""
    d3 = raw["phases"]["during"][1]
    d3 |= {"recurrence": "recurring", "cadence": 120}
    d3["texts"]["no-change"] = {**d3["texts"]["statement"], "kind": "no-change", "title": "No change"}


@pytest.fixture
def life() -> Life:
    """At 20:05 an update promised the next for 21:05. At 20:10 the closure kept that and promised 21:55."""
    found = Life(raw=bent(closure_goes_on))
    found.published("D4", "update", next_update=65)
    found.published("D3", next_update=110)
    return found


def test_the_reminder_of_a_promise_opens_the_text_that_made_it(life: Life) -> None:
    while not (thing := life.fire_next()).startswith("reminder:promise/"):
        pass
    offered = buttons(render(thing, life.view))
    step = names.pack(life.state.id, "D3")
    assert offered["Write draft"] == (names.WRITE, f"{step}|statement")
    assert offered["No change"] == (names.NO_CHANGE, step)


def test_no_change_in_the_thread_of_a_step_is_its_own(life: Life) -> None:
    for step in ("D3", "D4"):
        value = names.pack(life.state.id, step)
        assert buttons(render(f"step:{step}", life.view))["No change"] == (names.NO_CHANGE, value)


def test_the_card_gives_each_its_time(life: Life) -> None:
    said = words(card(life.view))
    assert "Promised Sun 14 Nov, 21:55 PST" in said
    assert "Road closure or change, due Sun 14 Nov, 21:55 PST" in said
    # the update comes when its cadence says, since the other text kept what it had promised
    assert "next due Sun 14 Nov, 21:05 PST" in words(render("step:D4", life.view))


def test_home_offers_the_text_that_made_the_promise(life: Life) -> None:
    life.minutes(60)
    colleague = Desktop(life.roster.person("U0COLL"), [life.view], 1, life.now, "UTC")
    (line,) = promises(colleague)
    assert line.button is not None
    assert line.button["value"] == names.pack(life.state.id, "D3", "statement")
    assert life.state.holder == COMMUNICATOR
