"""The bot dies, or is away for a while: after it comes back nothing is lost, and nothing is done twice."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ecomms_bot.incident.ids import make_id
from ecomms_bot.practice.stage import COMMAND, Stage
from ecomms_bot.practice.workspace import Message, Person
from tests.scenario.acting import VANCOUVER, Case, filled, opens
from tests.scenario.site import Site, kill, site


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as made:
        yield made


def case_of(on: Stage, incident: str) -> Case:
    return Case(on, incident, on.now.astimezone(VANCOUVER))


def keys_of(place: Site) -> list[str]:
    """The key of every message that stands in Slack."""
    return [
        message.metadata["event_payload"]["key"]
        for conversation in place.workspace.channels.values()
        for message in conversation.messages
        if message.metadata is not None
    ]


def a_minute_later(place: Site) -> None:
    """What a dead process had begun is free again once its lease has run out."""
    with closing(sqlite3.connect(place.database)) as database, database:
        database.execute("UPDATE tasks SET lease_until = 0 WHERE state = 'leased'")


def opening_form(place: Site) -> Person:
    mara = place.workspace.person("mara")
    assert mara.command("ops-desk", COMMAND, "start flood").ok
    mara.fill(filled())
    return mara


def test_the_bot_killed_between_commit_and_ack_has_lost_nothing_and_the_second_click_says_that_it_was_done(
    place: Site,
) -> None:
    with place.process() as running:
        mara = opening_form(place)
        modal = mara.modal
        assert modal is not None
        # given what the bot answers never arrives, and none of its calls do
        place.workspace.faults.ack_dropped("view_submission")
        place.workspace.faults.outage()
        place.workspace.wire.ack_timeout = 0.05
        answer = mara.submit()
        assert answer.error
        envelope = answer.envelope
        assert envelope is not None
        place.workspace.wait_for(lambda: envelope.acked)  # the commit comes before the ack
        kill(running)
    place.workspace.faults.clear()
    place.workspace.wire.ack_timeout = 3.0
    assert place.workspace.conversations[1:] == []  # nothing of it had been shown
    a_minute_later(place)
    # when it is started again
    with place.at_work() as on:
        case = case_of(on, make_id("i", modal.id))
        # then everything that follows from the commit is done
        assert case.messages("card")
        assert case.messages("step")
        # and the form, still on Mara's screen, says so
        again = mara.submit()
        assert again.updated
        assert mara.modal is not None
        assert "Highway 7 slides is open already" in mara.modal.plain()
        assert len(on.bot.records.open_incidents()) == 1


def test_the_bot_killed_between_a_slack_call_and_its_record_posts_no_second_message(place: Site) -> None:
    locked = sqlite3.connect(place.database, check_same_thread=False, isolation_level=None, timeout=10)

    def lock_the_database(args: dict[str, Any]) -> bool:
        """As the post arrives at Slack; from then on the bot can record nothing."""
        if "/post/card" not in str(args.get("metadata")):
            return False
        locked.execute("BEGIN IMMEDIATE")
        return True

    with place.process() as running:
        mara = opening_form(place)
        modal = mara.modal
        assert modal is not None
        fault = place.workspace.faults.delay("chat.postMessage", 0.0)
        fault.matching = lock_the_database
        assert mara.submit().closed
        place.workspace.wait_for(lambda: [key for key in keys_of(place) if key.endswith("/post/card")])
        kill(running)
    locked.close()
    a_minute_later(place)
    with place.at_work() as on:
        case = case_of(on, make_id("i", modal.id))
        # then the message was found by its key, and the rest follows
        keys = keys_of(place)
        assert len(keys) == len(set(keys))
        assert f"{case.id}/post/card" in keys
        assert case.state.posted["card"].ts == case.last("card").ts
        assert case.messages("step")


def talk(case: Case) -> list[Message]:
    return [each for each in case.messages("reminder") if each.thread_ts is None]


def test_a_reminder_that_came_due_while_the_bot_was_down_comes_once_and_says_how_late(place: Site) -> None:
    with place.at_work() as on:
        case = opens(on)
        case.publishes("theo")  # and promises 21:05
        case.types("mara", "remind 20:55 call the mayor")
        identity, evening = case.id, case.evening
    # when the bot is away from 20:40 to 21:17
    place.clock.set(evening + timedelta(minutes=77), 0.0)
    with place.at_work() as on:
        case = Case(on, identity, evening)
        # then the calls come once, and say how late they are
        called = talk(case)
        assert len([each for each in called if "@Pia Sohal" in each.plain()]) == 1
        assert len([each for each in called if "@Irene Wall" in each.plain()]) == 1
        assert all("the bot was away" in each.plain() for each in called)
        assert any("said 12 min late" in each.plain() for each in called)
        # those that the later ones make pointless do not come
        assert [each for each in case.dms("theo") if "in 15 min" in each.plain()] == []
        # and Mara's own reminder comes too
        (own,) = [each for each in case.dms("mara") if "call the mayor" in each.plain()]
        assert "said 22 min late" in own.plain()
    # and after one more restart nothing comes again
    before = keys_of(place)
    with place.at_work():
        assert keys_of(place) == before


def test_a_second_bot_on_the_same_log_shows_nothing_twice(place: Site) -> None:
    # given two replicas, which Slack gives envelopes in turn
    with place.at_work() as on:
        other = place.build()
        other.start()
        try:
            place.workspace.wait_connected(2)
            case = opens(on)
            case.publishes()
            case.clock("21:05")
            other.alarm.nudge()
            on.settle()
            assert other.idle.wait(20)
            keys = keys_of(place)
            assert len(keys) == len(set(keys))
            assert len(talk(case)) == 1
        finally:
            other.stop()


def test_a_click_while_nobody_is_there_is_answered_by_slack_and_can_be_made_again(place: Site) -> None:
    with place.at_work() as on:
        case = opens(on)
        case.sends("mara")
        review = case.last("review")
    answer = place.workspace.person("pia").click(review, "Approve")
    assert not answer.ok
    assert answer.error
    with place.at_work() as on:
        case = Case(on, case.id, case.evening)
        assert case.approves("pia").ok
        assert case.draft().status == "approved"
