"""Bad luck by switch: what the bot's calls meet while one is on, and that all of it can be taken back."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from ecomms_bot.practice import outages
from ecomms_bot.practice.luck import BUSY, OUTAGE, SLOW, SWITCHES, TWICE, Luck
from ecomms_bot.practice.outages import Outages
from ecomms_bot.practice.workspace import Workspace
from ecomms_bot.practice.workspace.state import StoredMessage
from ecomms_bot.store.faults import DatabaseBusy
from tests.practice.waiting import wait_until

START = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def workspace() -> Workspace:
    return Workspace(now=START.timestamp)


@pytest.fixture
def luck(workspace: Workspace) -> Luck:
    return Luck(workspace)


def test_slow_is_slow_for_posts_and_bearable_for_what_slack_gives_little_time(
    workspace: Workspace, luck: Luck
) -> None:
    luck.switch(SLOW.name, on=True)
    assert workspace.faults.for_call("chat.postMessage", {"channel": "C1"}).delay == 2.0
    for short in ("views.open", "response_url", "users.info"):
        assert workspace.faults.for_call(short, {}).delay < 1.0


def test_every_second_post_is_put_off(workspace: Workspace, luck: Luck) -> None:
    luck.switch(BUSY.name, on=True)
    met = [workspace.faults.for_call("chat.postMessage", {"channel": "C1"}).name for _ in range(4)]
    assert met == [None, "rate_limited", None, "rate_limited"]
    assert workspace.faults.for_call("views.open", {"view": {}}).name is None


def test_an_outage_takes_calls_and_sockets(workspace: Workspace, luck: Luck) -> None:
    luck.switch(OUTAGE.name, on=True)
    assert workspace.faults.for_call("auth.test", {}).name == "drop_before"
    assert workspace.faults.for_envelope("no_sockets")
    luck.switch(OUTAGE.name, on=False)
    assert workspace.faults.for_call("auth.test", {}).name is None
    assert not workspace.faults.for_envelope("no_sockets")


def test_everything_arrives_twice_for_as_long_as_it_is_on(workspace: Workspace, luck: Luck) -> None:
    luck.switch(TWICE.name, on=True)
    assert [workspace.faults.for_envelope("delivered_twice", "interactive") for _ in range(3)] == [True] * 3


def test_all_of_it_can_be_switched_off_at_once(workspace: Workspace, luck: Luck) -> None:
    for switch in SWITCHES:
        luck.switch(switch.name, on=True)
        luck.switch(switch.name, on=True)  # twice is once
    assert all(luck.on(switch.name) for switch in SWITCHES)
    luck.all_off()
    assert not luck.any
    assert workspace.faults.for_call("chat.postMessage", {"channel": "C1"}).name is None
    assert not workspace.faults.for_envelope("delivered_twice", "interactive")


class Drill:
    """A conversation in which injects are posted, and a clock that the test pushes."""

    def __init__(self, workspace: Workspace, luck: Luck) -> None:
        self.workspace, self.now = workspace, START
        self.place = workspace.make_conversation("river", "channel", [workspace.bot.id])
        self.failing: Iterator[Exception] = iter(())  # what the next readings of the minutes meet
        self.outages = Outages(workspace, luck, lambda: self.now, self.minutes)

    def minutes(self, _conversation: str, name: str) -> int | None:
        for error in self.failing:
            raise error
        return 10 if name == "no-slack" else None

    def post(self, thing: str, *, by_app: bool = True) -> None:
        key = f"inc1/post/{thing}"
        ts = f"{self.now.timestamp():.6f}"
        self.workspace.store(
            self.place,
            StoredMessage(
                self.place.id,
                ts,
                self.workspace.bot.id,
                "EXERCISE",
                metadata={"event_type": "ecomms", "event_payload": {"key": key}},
                by_app=by_app,
            ),
        )


@pytest.fixture
def drill(workspace: Workspace, luck: Luck) -> Iterator[Drill]:
    made = Drill(workspace, luck)
    yield made
    made.outages.close()


def test_slack_goes_with_the_message_that_says_so_and_comes_back_after_its_minutes(
    drill: Drill, luck: Luck
) -> None:
    drill.post("inject:gauge")
    drill.outages.look()
    assert not luck.on(OUTAGE.name)

    drill.now += timedelta(minutes=20)
    drill.post("inject:no-slack")
    drill.outages.look()
    assert luck.on(OUTAGE.name)
    assert drill.outages.until == START + timedelta(minutes=30)

    drill.now += timedelta(minutes=9)
    drill.outages.look()
    assert luck.on(OUTAGE.name)

    drill.now += timedelta(minutes=1)
    drill.outages.look()
    assert not luck.on(OUTAGE.name)


def test_who_ends_an_outage_by_hand_has_it_ended(drill: Drill, luck: Luck) -> None:
    drill.post("inject:no-slack")
    drill.outages.look()
    drill.outages.forget()
    luck.all_off()
    drill.outages.look()
    assert not luck.on(OUTAGE.name)


def test_a_switch_that_a_trainer_set_is_not_taken_back_by_the_watch(drill: Drill, luck: Luck) -> None:
    luck.switch(OUTAGE.name, on=True)
    drill.outages.look()
    assert luck.on(OUTAGE.name)


def test_a_message_of_a_person_takes_nothing_away(drill: Drill, luck: Luck) -> None:
    drill.post("inject:no-slack", by_app=False)
    drill.outages.look()
    assert not luck.on(OUTAGE.name)


# --- what cannot be read ---


def test_an_inject_whose_minutes_cannot_be_read_is_not_forgotten(drill: Drill, luck: Luck) -> None:
    # given two injects, and a log that cannot be read when they come
    drill.post("inject:gauge")
    drill.post("inject:no-slack")
    drill.failing = iter([DatabaseBusy()])
    with pytest.raises(DatabaseBusy):
        drill.outages.look()
    assert not luck.on(OUTAGE.name)
    # then Slack goes at the next look, and its minutes count from the message
    drill.now += timedelta(minutes=1)
    drill.outages.look()
    assert luck.on(OUTAGE.name)
    assert drill.outages.until == START + timedelta(minutes=10)


def test_an_outage_ends_though_the_minutes_of_the_next_cannot_be_read(drill: Drill, luck: Luck) -> None:
    drill.post("inject:no-slack")
    drill.outages.look()
    drill.now += timedelta(minutes=10)
    drill.post("inject:gauge")
    drill.failing = iter([DatabaseBusy()])
    with pytest.raises(DatabaseBusy):
        drill.outages.look()
    assert not luck.on(OUTAGE.name)


def test_the_watch_goes_on_after_what_it_could_not_read(
    drill: Drill, luck: Luck, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(outages, "PAUSE_S", 0.0)
    with caplog.at_level(logging.ERROR):
        # given a watch that cannot read, three times
        drill.failing = iter([DatabaseBusy() for _ in range(3)])
        drill.post("inject:no-slack")
        drill.outages.open()
        # then the outage comes
        wait_until(lambda: luck.on(OUTAGE.name))
        assert caplog.text.count("in a moment it is tried again") == 3
        # and goes
        drill.now += timedelta(minutes=10)
        wait_until(lambda: not luck.on(OUTAGE.name))
