"""Direct messages: with the bot, between people, in a group; what is typed there and who may post."""

from __future__ import annotations

from typing import Any

import pytest
from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from ecomms_bot.practice.workspace import NotOnScreen, Person, Workspace
from tests.practice.workspace.harness import Bots

Json = dict[str, Any]


def refused(method: Any, **args: Any) -> str:
    with pytest.raises(SlackApiError) as error:
        method(**args)
    return str(error.value.response["error"])


@pytest.fixture
def typed(app: App, bots: Bots) -> list[Json]:
    """The payloads of every command, acked."""
    bodies: list[Json] = []

    def keep(ack: Ack, body: Json) -> None:
        bodies.append(body)
        ack()

    app.command("/ecomms")(keep)
    bots.connect(app)
    return bodies


def test_a_command_can_be_typed_where_the_bot_is_not_and_answered_over_its_address(
    client: WebClient, typed: list[Json], workspace: Workspace, mara: Person, lee: Person
) -> None:
    workspace.add_user("pia")
    places = {
        mara.dm.id: "directmessage",
        workspace.add_direct_message(["mara", "lee"]).id: "directmessage",
        workspace.add_direct_message(["mara", "lee", "pia"]).id: "privategroup",
        workspace.add_conversation("secret", ["mara"], private=True).id: "privategroup",
    }

    for place in places:
        mara.command(place, "/ecomms status")
        assert WebhookClient(typed[-1]["response_url"]).send(text="Nothing is open.").status_code == 200
        assert mara.messages(place)[-1].text == "Nothing is open."

    assert {body["channel_id"]: body["channel_name"] for body in typed} == places
    for place in list(places)[1:]:  # all but the bot's own direct messages
        assert refused(client.chat_postMessage, channel=place, text="x") == "channel_not_found"
        assert refused(client.conversations_info, channel=place) == "channel_not_found"


def test_the_same_people_have_one_conversation(workspace: Workspace) -> None:
    workspace.add_user("pia")

    pair = workspace.add_direct_message(["mara", "lee"])
    group = workspace.add_direct_message(["mara", "lee", "pia"])

    assert workspace.add_direct_message(["lee", "mara"]) is pair
    assert workspace.add_direct_message(["pia", "lee", "mara"]) is group
    assert workspace.direct_message(workspace.user("mara").id) is not pair
    assert workspace.conversations == []  # no channels


def test_a_bot_opens_a_group_with_several_people(
    client: WebClient, workspace: Workspace, mara: Person, lee: Person
) -> None:
    opened = client.conversations_open(users=[mara.id, lee.id], return_im=True)["channel"]

    client.chat_postMessage(channel=opened["id"], text="Both of you")
    assert (opened["is_mpim"], opened["is_private"]) == (True, True)
    assert [message.text for message in lee.messages(opened["id"])] == ["Both of you"]
    assert client.conversations_open(users=[lee.id, mara.id])["channel"]["id"] == opened["id"]
    assert client.conversations_list(types="mpim")["channels"][0]["id"] == opened["id"]
    nine = [workspace.add_user(f"p{number}").id for number in range(9)]
    assert refused(client.conversations_open, users=nine) == "too_many_users"


def test_direct_messages_are_no_channels(client: WebClient, mara: Person, lee: Person) -> None:
    dm = client.conversations_open(users=mara.id)["channel"]["id"]

    unsupported = "method_not_supported_for_channel_type"
    assert refused(client.conversations_invite, channel=dm, users=lee.id) == unsupported
    assert refused(client.conversations_archive, channel=dm) == unsupported
    assert refused(client.conversations_join, channel=dm) == unsupported


def test_an_app_without_its_messages_tab_has_no_direct_messages(
    client: WebClient, workspace: Workspace, mara: Person
) -> None:
    workspace.messages_tab = False

    assert refused(client.chat_postMessage, channel=mara.id, text="x") == "messages_tab_disabled"
    with pytest.raises(NotOnScreen, match="Messages tab is switched off"):
        mara.say(mara.dm, "Hello?")


def test_the_app_hears_of_a_group_if_it_subscribed_and_is_in_it(
    workspace: Workspace, app: App, bots: Bots, mara: Person
) -> None:
    heard: list[Json] = []

    def keep(event: Json) -> None:
        heard.append(event)

    app.event("message")(keep)
    bots.connect(app)
    workspace.events.subscribed.add("message.mpim")

    mara.say(workspace.add_direct_message(["mara", "lee", workspace.bot.id]), "140 vehicles")

    workspace.wait_for(lambda: workspace.envelopes and workspace.envelopes[-1].acked)
    assert [(event["text"], event["channel_type"]) for event in heard] == [("140 vehicles", "mpim")]
