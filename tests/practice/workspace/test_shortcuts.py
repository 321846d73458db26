"""Shortcuts: the menu of a message, and the one of the whole workspace."""

from __future__ import annotations

from typing import Any

import pytest
from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from ecomms_bot.practice.workspace import Conversation, NotOnScreen, Person, Shortcut, Workspace
from tests.practice.workspace.harness import Bots, modal, section

Json = dict[str, Any]


@pytest.fixture
def told(app: App, bots: Bots) -> list[Json]:
    """The payloads of every shortcut, acked."""
    bodies: list[Json] = []

    def keep(ack: Ack, body: Json) -> None:
        bodies.append(body)
        ack()

    app.shortcut("add-to-log")(keep)
    app.shortcut("start")(keep)
    bots.connect(app)
    return bodies


@pytest.fixture
def declared(workspace: Workspace) -> None:
    workspace.shortcuts = (
        Shortcut("Add to the log", "add-to-log"),
        Shortcut("Start an incident", "start", "global"),
    )


def test_the_app_is_told_of_the_message_its_author_and_its_thread(
    told: list[Json], mara: Person, lee: Person, ops: Conversation
) -> None:
    root = lee.say(ops, "Operations on the phone")
    reply = lee.say(ops, "140 vehicles are waiting", thread=root)

    assert mara.shortcut(reply, "add-to-log").ok

    [body] = told
    assert (body["type"], body["callback_id"]) == ("message_action", "add-to-log")
    assert body["user"]["id"] == mara.id
    assert (body["channel"], body["message_ts"]) == ({"id": ops.id, "name": "ops"}, reply.ts)
    message = body["message"]
    assert (message["user"], message["text"]) == (lee.id, "140 vehicles are waiting")
    assert (message["ts"], message["thread_ts"]) == (reply.ts, root.ts)
    assert body["response_url"]
    assert body["trigger_id"]


def test_a_root_says_that_it_has_replies(told: list[Json], mara: Person, ops: Conversation) -> None:
    root = mara.say(ops, "Operations on the phone")
    mara.say(ops, "140 vehicles are waiting", thread=root)

    mara.shortcut("add-to-log", root)

    assert (told[0]["message"]["thread_ts"], told[0]["message"]["reply_count"]) == (root.ts, 1)


def test_it_works_on_the_apps_own_messages_and_where_the_app_is_not(
    client: WebClient, told: list[Json], workspace: Workspace, mara: Person, ops: Conversation
) -> None:
    client.chat_postMessage(channel=ops.id, text="Step 1", blocks=[section("Step 1")])
    between = workspace.add_direct_message(["mara", "lee"])

    mara.shortcut(mara.messages(ops)[0], "add-to-log")
    mara.shortcut(mara.say(between, "I told the mayor"), "add-to-log")

    assert told[0]["message"]["bot_id"] == workspace.bot_id
    assert told[1]["channel"]["name"] == "directmessage"


def test_its_trigger_opens_one_form(
    client: WebClient, told: list[Json], mara: Person, ops: Conversation
) -> None:
    mara.shortcut(mara.say(ops, "140 vehicles"), "add-to-log")

    client.views_open(trigger_id=told[0]["trigger_id"], view=modal(section("x")))
    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        client.views_open(trigger_id=told[0]["trigger_id"], view=modal(section("x")))


def test_its_address_answers_the_person_and_cannot_change_what_somebody_else_wrote(
    told: list[Json], mara: Person, lee: Person, ops: Conversation
) -> None:
    said = lee.say(ops, "140 vehicles")
    mara.shortcut(said, "add-to-log")

    WebhookClient(told[0]["response_url"]).send_dict({"text": "In the log", "replace_original": True})

    assert lee.latest(said).text == "140 vehicles"
    assert [message.text for message in mara.messages(ops) if message.ephemeral] == ["In the log"]


@pytest.mark.usefixtures("declared")
def test_a_declared_shortcut_goes_by_its_name(told: list[Json], mara: Person, ops: Conversation) -> None:
    mara.shortcut(mara.say(ops, "140 vehicles"), "Add to the log")
    mara.shortcut("Start an incident")

    assert [(body["type"], body["callback_id"]) for body in told] == [
        ("message_action", "add-to-log"),
        ("shortcut", "start"),
    ]


@pytest.mark.usefixtures("declared")
def test_what_is_not_declared_is_in_no_menu(told: list[Json], mara: Person, ops: Conversation) -> None:
    said = mara.say(ops, "140 vehicles")

    with pytest.raises(NotOnScreen, match=r"no message shortcut 'start'.*Offered: Add to the log"):
        mara.shortcut(said, "start")
    with pytest.raises(NotOnScreen, match="no global shortcut"):
        mara.shortcut("add-to-log")
    assert told == []


def test_what_is_gone_or_for_one_person_alone_has_no_menu(
    client: WebClient, told: list[Json], mara: Person, ops: Conversation
) -> None:
    said = mara.say(ops, "140 vehicles")
    mara.delete(said)
    client.chat_postEphemeral(channel=ops.id, user=mara.id, text="Only you")

    with pytest.raises(NotOnScreen, match="it is gone"):
        mara.shortcut(said, "add-to-log")
    with pytest.raises(NotOnScreen, match="only one person sees it"):
        mara.shortcut(mara.messages(ops)[0], "add-to-log")
    assert told == []
