"""The bot is asked to stop while Slack hangs: it ends soon, and the next start finishes what it had begun."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from ecomms_bot.incident.ids import make_id
from ecomms_bot.practice.stage import COMMAND, Stage
from tests.scenario.acting import VANCOUVER, Case, filled, opens
from tests.scenario.site import Site, site
from tests.scenario.test_restarts import a_minute_later, keys_of

END_S = 60
"""More than any stop takes. That it did not wait for the call to Slack, its last words say."""


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as made:
        yield made


def case_of(on: Stage, incident: str) -> Case:
    return Case(on, incident, on.now.astimezone(VANCOUVER))


@pytest.mark.parametrize("http", [False, True], ids=["Socket Mode", "HTTP mode"])
def test_a_stop_while_slack_hangs_ends_soon_and_the_next_start_does_everything_once(
    place: Site,
    http: bool,  # noqa: FBT001
) -> None:
    with place.process(http=http) as running:
        # Given an incident whose card Slack takes and does not answer for
        held = place.workspace.faults.hold("chat.postMessage", times=None)
        mara = place.workspace.person("mara")
        assert mara.command("ops-desk", COMMAND, "start flood").ok
        mara.fill(filled())
        modal = mara.modal
        assert modal is not None
        assert mara.submit().closed
        held.wait_reached()
        # When it is asked to stop, then it ends in order although the call hangs,
        running.terminate()
        assert running.wait(timeout=END_S) == 0
    assert "looked up at the next start" in place.output.splitlines()[-1]
    held.release()
    place.workspace.faults.clear(held)
    place.workspace.wire.request_url = None  # the next one comes by Socket Mode
    a_minute_later(place)
    # and the next one finishes it, each message once.
    with place.at_work() as on:
        case = case_of(on, make_id("i", modal.id))
        keys = keys_of(place)
        assert len(keys) == len(set(keys))
        assert f"{case.id}/post/card" in keys
        assert case.messages("step")
        assert case.entries("EffectFailed") == []


def test_who_comes_back_says_how_long_nobody_was_there_and_what_came_due(place: Site) -> None:
    with place.at_work() as on:
        case = opens(on)
        case.publishes("theo")  # and promises 21:05
        identity, evening = case.id, case.evening
    # when no bot runs from 20:40 to 21:17
    place.clock.set(evening + timedelta(minutes=77), 0.0)
    with place.at_work() as on:
        case = Case(on, identity, evening)
        (away,) = case.messages("away")
        said = away.plain()
        assert "I was away" in said
        assert "is not out, 12 min late \N{RIGHTWARDS ARROW} pio and ic" in said
        assert "Nothing that was typed or clicked and confirmed is lost." in said
    with place.at_work() as on:
        assert len(Case(on, identity, evening).messages("away")) == 1
