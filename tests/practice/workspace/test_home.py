"""The Home tab: published for one person, looked at, pressed, switched off."""

from __future__ import annotations

from typing import Any

import pytest
from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from ecomms_bot.practice.workspace import NotOnScreen, Person, Workspace
from tests.practice.workspace.harness import Bots, actions, button, section, text_field

Json = dict[str, Any]


def refused(method: Any, **args: Any) -> str:
    with pytest.raises(SlackApiError) as error:
        method(**args)
    return str(error.value.response["error"])


def home(*blocks: Json, **more: Any) -> Json:
    return {"type": "home", "blocks": list(blocks), **more}


def test_it_takes_a_hundred_blocks_and_no_more(client: WebClient, mara: Person) -> None:
    assert client.views_publish(user_id=mara.id, view=home(*[section("x")] * 100))["ok"]
    too_many = home(*[section("x")] * 101)
    assert refused(client.views_publish, user_id=mara.id, view=too_many) == "invalid_arguments"


def test_it_is_as_large_as_any_view(client: WebClient, mara: Person) -> None:
    big = home(*[section("x" * 3000)] * 90)
    assert refused(client.views_publish, user_id=mara.id, view=big) == "view_too_large"


def test_it_is_for_one_person_who_is_there(client: WebClient, mara: Person, lee: Person) -> None:
    client.views_publish(user_id=mara.id, view=home(section("Waits for Mara")))

    assert mara.home is not None
    assert mara.home.plain() == "Waits for Mara"
    assert lee.home is None
    assert refused(client.views_publish, user_id="U404", view=home()) == "invalid_arguments"


def test_switched_off_it_can_be_neither_published_nor_looked_at(
    client: WebClient, workspace: Workspace, mara: Person
) -> None:
    workspace.home_tab = False

    assert refused(client.views_publish, user_id=mara.id, view=home()) == "not_enabled"
    with pytest.raises(NotOnScreen, match="no home tab"):
        mara.open_home()


def test_the_app_hears_which_tab_was_opened_and_what_stood_there(
    client: WebClient, app: App, bots: Bots, workspace: Workspace, mara: Person
) -> None:
    heard: list[Json] = []

    def keep(event: Json) -> None:
        heard.append(event)

    app.event("app_home_opened")(keep)
    bots.connect(app)
    client.views_publish(user_id=mara.id, view=home(section("As of 14:07")))

    for tab in ("home", "messages"):
        mara.open_home(tab)
        workspace.wait_for(lambda: workspace.envelopes[-1].acked)

    assert [(event["tab"], event["user"], "view" in event) for event in heard] == [
        ("home", mara.id, True),
        ("messages", mara.id, False),
    ]


def test_a_click_in_it_tells_the_view_and_brings_a_trigger_for_a_form(
    client: WebClient, app: App, bots: Bots, mara: Person
) -> None:
    told: list[Json] = []

    def form(ack: Ack, body: Json) -> None:
        told.append(body)
        view = {"type": "modal", "title": {"type": "plain_text", "text": "Write"}, "blocks": [section("x")]}
        client.views_open(trigger_id=body["trigger_id"], view=view)
        ack()

    app.action("write")(form)
    bots.connect(app)
    client.views_publish(user_id=mara.id, view=home(actions(button("Write", "write", value="draft-7"))))
    assert mara.home is not None

    assert mara.press("Write", mara.home).ok

    [body] = told
    assert (body["container"]["type"], body["view"]["type"]) == ("view", "home")
    assert body["actions"][0]["value"] == "draft-7"
    assert "response_url" not in body  # there is no conversation to answer in
    assert mara.modal is not None
    assert mara.modal.title == "Write"


def test_what_was_entered_stays_when_it_is_published_anew(client: WebClient, mara: Person) -> None:
    client.views_publish(user_id=mara.id, view=home(text_field("Note", "note"), section("one")))
    assert mara.home is not None
    mara.fill({"Note": "140 vehicles"}, mara.home)

    client.views_publish(user_id=mara.id, view=home(text_field("Note", "note"), section("two")))

    assert mara.home.field("Note") == "140 vehicles"
