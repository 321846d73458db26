"""An event that Slack sends again while the first is still at work, and what becomes of it then."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from types import SimpleNamespace
from typing import cast

import pytest
from slack_bolt import BoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from ecomms_bot.slack import connection
from ecomms_bot.slack.app import build_app
from ecomms_bot.slack.connection import Repeats
from ecomms_bot.slack.desk import Desk
from ecomms_bot.store.faults import DatabaseBusy

WAIT_S = 20.0
DONE, AGAIN = 200, 503


class Office:
    """A bot whose work at an event takes until the test lets it go on."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self.pool, self.drawn = pool, list[str]()
        self.at_work, self.go_on = threading.Event(), threading.Event()
        self.ends: Callable[[], object] = str  # how the work ends
        who = AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-1", bot_user_id="U0")
        desk = cast("Desk", SimpleNamespace(meet=str, home=SimpleNamespace(opened=self._open, acted=str)))
        self._app = build_app(desk, WebClient(base_url="http://127.0.0.1:1/api/"), lambda: who, Repeats())

    def _open(self, user: str) -> None:
        self.at_work.set()
        assert self.go_on.wait(WAIT_S)
        self.ends()
        self.drawn.append(user)

    def deliver(self, event_id: str = "Ev1") -> int:
        """Slack sends it; gives the status of our answer."""
        event = {"type": "app_home_opened", "user": "U1", "tab": "home"}
        body = {"type": "event_callback", "team_id": "T1", "event_id": event_id, "event": event}
        return self._app.dispatch(BoltRequest(body=body, mode="socket_mode")).status

    @contextmanager
    def working(self) -> Iterator[Future[int]]:
        """While the block lasts, a first delivery is at work; it ends with the block."""
        first = self.pool.submit(self.deliver)
        assert self.at_work.wait(WAIT_S)
        try:
            yield first
        finally:
            self.go_on.set()
            first.exception(WAIT_S)


@pytest.fixture
def office() -> Iterator[Office]:
    with ThreadPoolExecutor(1) as pool:
        yield Office(pool)


def test_a_repeat_of_what_is_at_work_is_not_answered_and_one_of_what_is_done_is(office: Office) -> None:
    # given an event whose work takes longer than Slack waits
    with office.working() as first:
        # then Slack is asked to come again, however often it does
        assert [office.deliver(), office.deliver()] == [AGAIN, AGAIN]
        # and another event is another matter
        office.go_on.set()
        assert office.deliver("Ev2") == DONE
    assert first.result() == DONE
    # when it is done, that is the answer, and it was done once
    assert office.deliver() == DONE
    assert office.drawn == ["U1", "U1"]


def test_an_event_is_not_lost_when_it_fails_after_slack_sent_it_again(office: Office) -> None:
    def fail() -> None:
        raise DatabaseBusy

    office.ends = fail
    # given an event that came again while the first was at work, which then fails
    with office.working() as first:
        assert office.deliver() == AGAIN
    assert (first.result(), office.drawn) == (AGAIN, [])
    # then it is dealt with when it comes the next time
    office.ends = str
    assert (office.deliver(), office.drawn) == (DONE, ["U1"])
    # and only then
    assert (office.deliver(), office.drawn) == (DONE, ["U1"])


def test_what_is_at_work_is_neither_new_nor_done() -> None:
    repeats = Repeats()
    assert repeats.first("Ev1")
    assert (repeats.first("Ev1"), repeats.is_done("Ev1")) == (False, False)
    repeats.done("Ev1")
    assert (repeats.first("Ev1"), repeats.is_done("Ev1")) == (False, True)


def test_what_failed_is_not_done_and_new_again() -> None:
    repeats = Repeats()
    assert repeats.first("Ev1")
    repeats.forget("Ev1")
    assert not repeats.is_done("Ev1")
    assert repeats.first("Ev1")


def test_what_was_forgotten_for_its_age_while_it_was_at_work_is_new_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connection, "EVENTS_MAX", 1)
    repeats = Repeats()
    assert repeats.first("Ev1")
    assert repeats.first("Ev2")
    # when it ends all the same
    repeats.done("Ev1")
    assert not repeats.is_done("Ev1")
    assert repeats.first("Ev1")
