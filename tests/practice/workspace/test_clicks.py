"""Clicks in messages: what the app is told, also by a screen that is out of date."""

from __future__ import annotations

from typing import Any

import pytest
from slack_bolt import Ack, App
from slack_sdk import WebClient

from ecomms_bot.practice.workspace import Conversation, NotOnScreen, Person
from tests.practice.workspace.harness import Bots, actions, button, field, option, plain, section

Json = dict[str, Any]


@pytest.fixture
def told(app: App, bots: Bots) -> list[Json]:
    """The payloads of every click, acked."""
    bodies: list[Json] = []

    def keep(ack: Ack, body: Json) -> None:
        bodies.append(body)
        ack()

    app.action({"type": "block_actions", "action_id": "act"})(keep)
    app.shortcut("add_to_log")(keep)
    bots.connect(app)
    return bodies


def post(client: WebClient, ops: Conversation, *blocks: Json, **more: Any) -> str:
    return str(client.chat_postMessage(channel=ops.id, text="A message", blocks=list(blocks), **more)["ts"])


def test_a_click_says_who_where_what_and_in_which_message(
    client: WebClient, told: list[Json], mara: Person, ops: Conversation
) -> None:
    root = post(client, ops, section("root"))
    key = {"event_type": "task", "event_payload": {"key": "1"}}
    approve = button("Approve", "act", value="draft-7", style="primary")
    ts = post(client, ops, actions(approve, block_id="decide"), thread_ts=root, metadata=key)

    assert mara.click(mara.messages(ops, thread=root)[1], "Approve").ok

    [body] = told
    container = {
        "type": "message",
        "message_ts": ts,
        "channel_id": ops.id,
        "is_ephemeral": False,
        "thread_ts": root,
    }
    assert body["container"] == container
    assert body["user"] == {"id": mara.id, "username": "mara", "name": "mara", "team_id": body["team"]["id"]}
    assert body["channel"] == {"id": ops.id, "name": "ops"}
    assert body["message"]["ts"] == ts
    assert body["message"]["thread_ts"] == root
    assert "metadata" not in body["message"]
    [act] = body["actions"]
    assert act.pop("action_ts")
    assert act == {
        "type": "button",
        "action_id": "act",
        "block_id": "decide",
        "text": {"type": "plain_text", "text": "Approve", "emoji": True},
        "value": "draft-7",
        "style": "primary",
    }


def test_a_screen_that_is_out_of_date_sends_what_it_shows(
    client: WebClient, told: list[Json], mara: Person, ops: Conversation
) -> None:
    ts = post(client, ops, actions(button("Approve", "act", value="revision 1")))
    stale = mara.messages(ops)[0]
    client.chat_update(channel=ops.id, ts=ts, text="Approved", blocks=[section("Approved")])

    assert mara.click(stale, "Approve").ok
    assert told[0]["actions"][0]["value"] == "revision 1"
    assert told[0]["message"]["text"] == "A message"
    with pytest.raises(NotOnScreen, match="there is no 'Approve'"):
        mara.click(mara.latest(stale), "Approve")


def test_menus_are_chosen_by_what_they_say(
    client: WebClient, told: list[Json], mara: Person, lee: Person, ops: Conversation
) -> None:
    more = {
        "type": "overflow",
        "action_id": "act",
        "options": [option("Facts", "facts"), option("Close", "close")],
    }
    menu = {
        "type": "static_select",
        "action_id": "act",
        "options": [option("In 5 min", "5")],
        "placeholder": plain("-"),
    }
    who = {"type": "users_select", "action_id": "act", "placeholder": plain("Who")}
    post(client, ops, section("a", accessory=more), section("b", accessory=menu), section("c", accessory=who))
    message = mara.messages(ops)[0]

    mara.click(message, "Close")
    mara.click(message, "In 5 min")
    mara.click(message, "Who", choose="lee")

    chosen = [body["actions"][0] for body in told]
    assert [one["type"] for one in chosen] == ["overflow", "static_select", "users_select"]
    assert chosen[0]["selected_option"]["value"] == "close"
    assert chosen[1]["selected_option"]["value"] == "5"
    assert chosen[2]["selected_user"] == lee.id
    state = [entry for block in told[1]["state"]["values"].values() for entry in block.values()]
    assert {"type": "static_select", "selected_option": chosen[1]["selected_option"]} in state


def test_buttons_that_look_alike_are_told_apart_by_value(
    client: WebClient, told: list[Json], mara: Person, ops: Conversation
) -> None:
    post(
        client, ops, actions(button("Review", "act", value="a")), actions(button("Review", "act", value="b"))
    )
    message = mara.messages(ops)[0]

    with pytest.raises(NotOnScreen, match="'Review' is there 2 times"):
        mara.click(message, "Review")
    mara.click(message, "Review", value="b")

    assert told[0]["actions"][0]["value"] == "b"


def test_a_confirmation_is_accepted_by_clicking(
    client: WebClient, told: list[Json], mara: Person, ops: Conversation
) -> None:
    sure = {
        "title": plain("Sure?"),
        "text": plain("It goes out."),
        "confirm": plain("Yes"),
        "deny": plain("No"),
    }
    post(client, ops, actions(button("Publish", "act", confirm=sure)))

    mara.click(mara.messages(ops)[0], "publish")  # letters of either case

    assert told[0]["actions"][0]["confirm"]["title"]["text"] == "Sure?"


def test_a_click_in_an_ephemeral_message_does_not_bring_its_content(
    client: WebClient, told: list[Json], mara: Person, ops: Conversation
) -> None:
    client.chat_postEphemeral(channel=ops.id, user=mara.id, text="x", blocks=[actions(button("Go", "act"))])

    mara.click(mara.messages(ops)[0], "Go")

    assert told[0]["container"]["is_ephemeral"] is True
    assert "message" not in told[0]
    assert told[0]["response_url"]


def test_fields_of_a_message_are_in_the_state(
    client: WebClient, told: list[Json], mara: Person, ops: Conversation
) -> None:
    asked = field(
        "Why", {"type": "plain_text_input", "action_id": "why", "initial_value": "because"}, "reason"
    )
    post(client, ops, asked, actions(button("Go", "act")))

    mara.click(mara.messages(ops)[0], "Go")

    assert told[0]["state"]["values"] == {"reason": {"why": {"type": "plain_text_input", "value": "because"}}}


def test_shortcuts_from_a_message_and_from_anywhere(
    told: list[Json], mara: Person, ops: Conversation
) -> None:
    said = mara.say(ops, "Operations called: 140 vehicles")

    mara.shortcut("add_to_log", said)
    mara.shortcut("add_to_log")

    of_message, anywhere = told
    assert (of_message["type"], of_message["message"]["text"]) == ("message_action", said.text)
    assert (of_message["message_ts"], of_message["channel"]["id"]) == (said.ts, ops.id)
    assert (anywhere["type"], "channel" in anywhere) == ("shortcut", False)
    assert anywhere["trigger_id"] != of_message["trigger_id"]
