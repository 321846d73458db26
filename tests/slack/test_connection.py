"""The line to Slack: when an envelope's time begins, who waits for an answer, which events came before."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any, cast

import pytest
from slack_bolt import BoltRequest, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from ecomms_bot.service.handler import BUDGET_S
from ecomms_bot.slack import connection
from ecomms_bot.slack.app import build_app
from ecomms_bot.slack.connection import EVENT_AGAIN_S, NotConnected, Repeats, SlackLine
from ecomms_bot.slack.desk import ARRIVED, Desk, deadline_of

WAITED_S = 1.5


def test_an_event_is_new_once_in_ten_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    repeats = Repeats()
    assert [repeats.first(each) for each in ("Ev1", "Ev2", "Ev1")] == [True, True, False]
    # Slack's last try comes six minutes after the first
    now += 6 * 60
    assert not repeats.first("Ev1")
    now += EVENT_AGAIN_S
    assert repeats.first("Ev1")


def test_an_event_that_could_not_be_dealt_with_is_new_again() -> None:
    # given somebody opens their Home while the bot does not know yet who it is
    known, drawn = threading.Event(), list[str]()

    def identity() -> AuthorizeResult:
        if not known.is_set():
            raise NotConnected
        return AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-1", bot_user_id="U0")

    home = SimpleNamespace(opened=drawn.append, acted=str)
    desk = cast("Desk", SimpleNamespace(meet=str, home=home))
    app = build_app(desk, WebClient(base_url="http://127.0.0.1:1/api/"), identity, Repeats())

    def deliver(kind: str = "app_home_opened", event_id: str = "Ev1") -> int:
        event = {"type": kind, "user": "U1", "tab": "home"}
        body = {"type": "event_callback", "team_id": "T1", "event_id": event_id, "event": event}
        return app.dispatch(BoltRequest(body=body, mode="socket_mode")).status

    # then Slack is asked to send it again: once it can be dealt with, it is, and once
    assert (deliver(), drawn) == (503, [])
    known.set()
    assert (deliver(), deliver(), drawn) == (200, 200, ["U1"])
    # what nobody listens to is not sent again
    assert deliver("reaction_added", "Ev2") == 200
    # and if a listener fails, the event comes again too
    home.opened = lambda _user: 1 / 0
    assert deliver(event_id="Ev3") == 503
    home.opened = drawn.append
    assert (deliver(event_id="Ev3"), drawn) == (200, ["U1", "U1"])


def test_of_too_many_events_the_oldest_are_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "EVENTS_MAX", 3)
    repeats = Repeats()
    for event in ("Ev1", "Ev2", "Ev3", "Ev4"):
        assert repeats.first(event)
    assert [repeats.first(each) for each in ("Ev4", "Ev3", "Ev2")] == [False, False, False]
    assert repeats.first("Ev1")


def test_of_the_same_event_at_once_one_is_the_first() -> None:
    repeats, together = Repeats(), threading.Barrier(8, timeout=60)

    def ask(_: int) -> bool:
        together.wait()
        return repeats.first("Ev1")

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(ask, range(8))) == [False] * 7 + [True]


def test_what_waited_has_only_the_rest_of_its_time() -> None:
    # Given an app, and a body that came in some time ago
    desk = cast("Desk", SimpleNamespace(meet=str, home=None))
    client = WebClient(base_url="http://127.0.0.1:1/api/")
    app = build_app(desk, client, lambda: pytest.fail("no identity is needed"), Repeats())
    [measure] = [each for each in app._middleware_list if "measure" in each.name]  # noqa: SLF001
    body: dict[str, Any] = {"user_id": "U1", ARRIVED: time.monotonic() - WAITED_S}
    request = BoltRequest(body=body, mode="socket_mode")
    # when it is measured, what is left is the budget less the wait.
    measure.process(req=request, resp=BoltResponse(status=200), next=lambda: BoltResponse(status=200))
    deadline = deadline_of(request.body)
    assert deadline is not None
    assert deadline.remaining() <= BUDGET_S - WAITED_S
    assert ARRIVED not in request.body


def test_what_goes_wrong_once_when_roles_are_read_does_not_end_the_line(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # Given a line that reads anew who has which role, each time a while has passed
    monkeypatch.setattr(connection, "REFRESH_S", 0.01)
    monkeypatch.setattr(WebClient, "auth_test", lambda _self: {"ok": True})
    monkeypatch.setattr(AuthorizeResult, "from_auth_test_response", lambda **_: "us")
    read, enough = list[int](), threading.Event()

    def refresh(_client: WebClient) -> None:
        read.append(len(read))
        if len(read) == 2:
            raise RuntimeError("something nobody foresaw")
        if len(read) == 4:
            enough.set()

    # when one of these times goes wrong
    line = SlackLine(WebClient(), refresh=refresh, connected=lambda: None)
    line.start(None)
    # then the next ones come all the same, and the output tells of it.
    assert enough.wait(20)
    line.stop()
    assert "Who has which role was not seen to" in caplog.text
