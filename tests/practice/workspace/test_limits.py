"""Rate limits, where a workspace has them: a tier for each method, a message a second in a conversation."""

from __future__ import annotations

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from ecomms_bot.practice.workspace import Conversation, Workspace
from ecomms_bot.practice.workspace.limits import MESSAGE_BURST, SPECIAL, TIERS, Limits
from ecomms_bot.practice.workspace.web import METHODS
from tests.practice.workspace.conftest import MachineClock


@pytest.fixture
def limits(machine: MachineClock) -> Limits:
    return Limits(machine)


def made(limits: Limits, method: str, times: int, **args: str) -> list[int | None]:
    return [limits.retry_after(method, args) for _ in range(times)]


@pytest.mark.parametrize(
    ("method", "a_minute"),
    [("conversations.create", 20), ("pins.add", 20), ("chat.update", 50), ("views.open", 100)],
)
def test_a_method_may_be_called_as_often_in_a_minute_as_its_tier_says(
    limits: Limits, machine: MachineClock, method: str, a_minute: int
) -> None:
    assert made(limits, method, a_minute) == [None] * a_minute
    wait = limits.retry_after(method, {})
    assert wait is not None
    # asking too early costs nothing, and who waits as told is heard
    machine.seconds += wait
    assert limits.retry_after(method, {}) is None
    machine.seconds += 60
    assert made(limits, method, a_minute) == [None] * a_minute


def test_methods_do_not_use_up_each_others_calls(limits: Limits) -> None:
    made(limits, "conversations.create", 20)
    assert limits.retry_after("conversations.create", {}) is not None
    assert limits.retry_after("conversations.setTopic", {}) is None


def test_a_conversation_takes_a_few_messages_at_once_and_then_one_a_second(
    limits: Limits, machine: MachineClock
) -> None:
    assert made(limits, "chat.postMessage", MESSAGE_BURST, channel="C1") == [None] * MESSAGE_BURST
    assert limits.retry_after("chat.postMessage", {"channel": "C1"}) == 1
    assert limits.retry_after("chat.postMessage", {"channel": "C2"}) is None
    machine.seconds += 1
    assert made(limits, "chat.postMessage", 2, channel="C1") == [None, 1]


def test_what_the_table_names_exists() -> None:
    played = set(METHODS)
    assert set(SPECIAL) <= played
    # the rest of the table is for methods that this workspace does not play
    assert {name for name in TIERS if name in played} >= {"conversations.create", "views.open", "pins.add"}


def test_the_answer_is_429_with_a_time_and_nothing_is_done(
    client: WebClient, workspace: Workspace, ops: Conversation, machine: MachineClock
) -> None:
    workspace.limits = Limits(machine)
    for number in range(MESSAGE_BURST):
        client.chat_postMessage(channel=ops.id, text=str(number))
    with pytest.raises(SlackApiError) as refused:
        client.chat_postMessage(channel=ops.id, text="too often")
    answer = refused.value.response
    assert (answer.status_code, answer["error"], answer.headers["Retry-After"]) == (429, "ratelimited", "1")
    assert workspace.calls[-1].fault == "rate_limited"
    assert len(ops.messages) == MESSAGE_BURST
    machine.seconds += 1
    assert client.chat_postMessage(channel=ops.id, text="in time")["ok"]


def test_a_workspace_has_limits_only_if_it_is_asked_for_them() -> None:
    assert Workspace().limits is None
    assert Workspace(rate_limits=True).limits is not None
