"""Response URLs: answers after the ack, also where the bot is no member."""

from __future__ import annotations

from typing import Any

import pytest
from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient, WebhookResponse

from ecomms_bot.practice.workspace import Conversation, Person, Workspace
from tests.practice.workspace.conftest import MachineClock
from tests.practice.workspace.harness import Bots, actions, button, section

Json = dict[str, Any]


@pytest.fixture
def urls(app: App, bots: Bots) -> list[str]:
    """The response URLs of every command and click so far."""
    found: list[str] = []

    def keep(ack: Ack, body: Json) -> None:
        found.append(body["response_url"])
        ack()

    app.command("/hello")(keep)
    app.action("go")(keep)
    bots.connect(app)
    return found


def send(url: str, **body: Any) -> WebhookResponse:
    return WebhookClient(url).send_dict(body)


def test_an_answer_is_for_one_person_unless_it_says_otherwise(
    urls: list[str], workspace: Workspace, mara: Person, lee: Person
) -> None:
    elsewhere = workspace.add_conversation("elsewhere", ["mara", "lee"])  # the bot is no member
    mara.command(elsewhere, "/hello")

    assert send(urls[0], text="only you").status_code == 200
    assert send(urls[0], text="for all", response_type="in_channel").status_code == 200

    assert [(m.text, m.ephemeral) for m in mara.messages(elsewhere)] == [
        ("only you", True),
        ("for all", False),
    ]
    assert [m.text for m in lee.messages(elsewhere)] == ["for all"]


def test_an_address_is_good_for_five_uses(urls: list[str], mara: Person, ops: Conversation) -> None:
    mara.command(ops, "/hello")

    answers = [send(urls[0], text=str(number)) for number in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [404]
    assert "used_url" in answers[5].body
    assert len(mara.messages(ops)) == 5


def test_an_address_is_good_for_thirty_minutes(
    urls: list[str], mara: Person, ops: Conversation, machine: MachineClock
) -> None:
    mara.command(ops, "/hello")
    machine.seconds += 30 * 60
    assert send(urls[0], text="in time").status_code == 200

    machine.seconds += 1
    late = send(urls[0], text="late")

    assert (late.status_code, "expired_url" in late.body) == (404, True)


def test_the_original_can_be_replaced_or_deleted(
    client: WebClient, urls: list[str], mara: Person, lee: Person, ops: Conversation
) -> None:
    client.chat_postMessage(channel=ops.id, text="before", blocks=[actions(button("Go", "go"))])
    mara.click(mara.messages(ops)[0], "Go")

    send(urls[0], text="after", replace_original=True)
    assert [message.plain() for message in lee.messages(ops)] == ["after"]
    send(urls[0], delete_original=True)
    assert lee.messages(ops) == []


def test_only_the_address_can_change_an_ephemeral_message(
    client: WebClient, urls: list[str], mara: Person, ops: Conversation
) -> None:
    client.chat_postEphemeral(channel=ops.id, user=mara.id, text="x", blocks=[actions(button("Go", "go"))])
    mara.click(mara.messages(ops)[0], "Go")

    send(urls[0], text="changed", replace_original=True)

    assert [(m.text, m.ephemeral, m.blocks) for m in mara.messages(ops)] == [("changed", True, [])]


def test_without_replacing_a_new_message_is_posted_in_the_thread_only_if_asked(
    client: WebClient, urls: list[str], mara: Person, ops: Conversation
) -> None:
    root = client.chat_postMessage(channel=ops.id, text="root", blocks=[actions(button("Go", "go"))])["ts"]
    mara.click(mara.messages(ops)[0], "Go")

    send(urls[0], text="in the thread", thread_ts=root)
    send(urls[0], text="in the main flow")

    assert [message.text for message in mara.messages(ops)] == ["root", "in the main flow"]
    assert [message.text for message in mara.messages(ops, thread=root)] == ["root", "in the thread"]


def test_what_slack_refuses_elsewhere_it_refuses_here_and_counts_no_use(
    urls: list[str], workspace: Workspace, mara: Person, ops: Conversation
) -> None:
    mara.command(ops, "/hello")

    assert "invalid_blocks" in send(urls[0], text="x", blocks=[section("x" * 3001)]).body
    assert "no_text" in send(urls[0], response_type="ephemeral").body
    for number in range(5):
        assert send(urls[0], text=str(number)).status_code == 200
    assert len(workspace.calls_of("response_url")) == 7


def test_an_unknown_address_is_gone(urls: list[str], mara: Person, ops: Conversation) -> None:
    mara.command(ops, "/hello")

    assert send(urls[0][:-4] + "beef", text="x").status_code == 404


def test_bolts_respond_reaches_the_person(app: App, bots: Bots, mara: Person, ops: Conversation) -> None:
    def later(ack: Ack, respond: Any) -> None:
        ack()
        respond("Opened")

    app.command("/later")(later)
    bots.connect(app)

    mara.command(ops, "/later")

    mara.wait_for(lambda: [message.text for message in mara.messages(ops)] == ["Opened"])
