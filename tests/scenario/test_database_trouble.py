"""The database locked by another process: an answer within Slack's three seconds, and the words kept."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from threading import Thread, Timer
from typing import Any

import pytest

from ecomms_bot.practice.stage import COMMAND, Stage
from ecomms_bot.practice.workspace import Answer
from ecomms_bot.service.handler import BUDGET_S
from ecomms_bot.slack import app
from tests.scenario.acting import filled, office, opens, starts_form

SQLITE = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.read()
"""
POSTGRESQL = """
import psycopg, sys
with psycopg.connect(sys.argv[1]) as database:
    database.execute("LOCK TABLE events IN ACCESS EXCLUSIVE MODE")
    print("locked", flush=True)
    sys.stdin.read()
"""


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Another process holds the database until the block ends."""
    program = SQLITE if url.startswith("sqlite") else POSTGRESQL
    with subprocess.Popen(
        [sys.executable, "-c", program, url.removeprefix("sqlite:///")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        watch = Timer(END_S, other.kill)  # what it wrote until then is read, and is not "locked"
        watch.start()
        assert other.stdout.readline() == b"locked\n"
        watch.cancel()
        yield
        other.stdin.close()
        other.wait(END_S)


@pytest.fixture
def on(db_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stage, Callable[[], Any]]]:
    """A bot of its own on each kind of database, and what locks that database."""
    with office(tmp_path_factory.mktemp("locked"), database_url=db_url) as made:
        yield made, lambda: locked(db_url)


def at_once(*actions: Callable[[], Answer]) -> list[Answer]:
    """All of these at the same moment, each by a person of its own; the answers in this order."""
    answers: dict[int, Answer] = {}

    def act(number: int, action: Callable[[], Answer]) -> None:
        answers[number] = action()

    threads = [Thread(target=act, args=each) for each in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(END_S)
    return [answers[number] for number in range(len(actions))]


BUSY = "The database is busy at the moment. Nothing was written"
SHORT_S = 0.5
"""How long the bot waits for the database here: a busy machine has the rest of Slack's three seconds."""
END_S = 60
"""More than anything takes; what has not ended by then does not end."""


def test_the_database_locked_for_three_seconds_is_answered_in_time_and_the_words_are_kept(
    on: tuple[Stage, Callable[[], AbstractContextManager[None]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, lock = on
    case = opens(stage)
    case.sends("theo", "D3")
    case.clicks("mara", case.last("step", "D1"), "Write draft")
    mara, pia, theo, irene = (case.actor(who) for who in ("mara", "pia", "theo", "irene"))
    mara.person.fill({"hazard_seen": "mudslides", "road": "Highway 7", "area_description": "near Hope"})
    starts_form(stage, "irene").person.fill(filled("Highway 5 flooding"))
    review, place, seen = case.last("review", "D3"), case.conversation, pia.personal()
    before = len(case.entries())
    # when the database is locked while one types, one clicks and two send a form, and a reminder comes due
    assert stage.workspace.wire.ack_timeout > BUDGET_S  # what the bot has at work is short enough too
    with lock(), monkeypatch.context() as hurried:
        hurried.setattr(app, "BUDGET_S", SHORT_S)
        stage.clock.set(case.at("20:15"), 0.0)
        stage.bot.alarm.nudge()
        typed, clicked, kept, opened = at_once(
            lambda: theo.person.command(place, COMMAND, "remind 20:30 call the mayor"),
            lambda: pia.person.click(review, "Approve"),
            mara.person.submit,
            irene.person.submit,
        )
        # then each of them has the bot's own words, since Slack's would be an error here
        assert [each.error for each in (typed, clicked, kept, opened)] == [None] * 4
        # what was typed comes back whole, and what stood in the forms still stands there
        assert BUSY in (typed.text or "")
        assert "/ecomms remind 20:30 call the mayor" in (typed.text or "")
        for answer in (kept, opened):
            (words,) = answer.errors.values()
            assert BUSY in words
            assert "What you typed is still here." in words
        assert mara.person.modal is not None
        assert mara.person.modal.field("Road") == "Highway 7"
        case.on.workspace.wait_for(lambda: len(pia.personal()) > len(seen))
        assert BUSY in pia.personal()[-1].plain()
    # and nothing had been written; when it is free again, what is due is done and the same things work
    stage.bot.alarm.nudge()
    stage.settle()
    said = {"step/D1", f"review/{case.draft('D3').id}/1/half"}
    assert set(case.state.fired) == said
    assert len(case.entries()[before:]) == 2 * len(said)  # each with the place where it stands
    assert len(case.dms("mara")) == 1
    assert mara.submits().answer.pushed
    assert case.approves("pia", "D3").ok
    assert "call the mayor" in case.types("theo", "remind 20:30 call the mayor").words
    assert irene.submits().answer.closed
    assert len(stage.bot.records.open_incidents()) == 2
