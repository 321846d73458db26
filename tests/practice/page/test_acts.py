"""What people do on the page arrives at the app as from Slack, and comes back as Slack would show it."""

from __future__ import annotations

import pytest

from ecomms_bot.practice.workspace import views
from ecomms_bot.practice.workspace.state import Json
from tests.practice.page.screens import Room


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def button(text: str, action: str, value: str = "") -> Json:
    return {"type": "button", "action_id": action, "text": plain(text)} | ({"value": value} if value else {})


def actions(block: str, *elements: Json) -> Json:
    return {"type": "actions", "block_id": block, "elements": list(elements)}


def field(label: str, block: str, **more: object) -> Json:
    element: Json = {"type": "plain_text_input", "action_id": "value"}
    return {"type": "input", "block_id": block, "label": plain(label), "element": element, **more}


def form(*blocks: Json, title: str = "A form") -> Json:
    return {"type": "modal", "title": plain(title), "submit": plain("Send"), "blocks": list(blocks)}


@pytest.fixture
def room() -> Room:
    return Room()


# --- writing ----------------------------------------------------------------------------------------------


def test_a_command_reaches_the_app_with_its_words(room: Room) -> None:
    room.ws.should_escape = True
    assert room.act("mara", "say", text="/ecomms handover @lee a < b")["ok"]
    lee = room.ws.user("lee").id
    assert (room.app.last["command"], room.app.last["text"]) == ("/ecomms", f"handover <@{lee}|lee> a &lt; b")


def test_what_the_app_answers_at_once_is_seen_by_who_typed(room: Room) -> None:
    room.app.says["slash_commands"] = {"text": "Nothing is open."}
    room.act("mara", "say", text="/ecomms status")
    assert room.rows("mara")[-1].endswith("Nothing is open.")
    assert room.rows("lee") == []


def test_a_command_that_fails_comes_back_as_slack_says_it(room: Room) -> None:
    room.app.leave()
    answer = room.act("mara", "say", text="/ecomms status")
    assert answer["error"] == '/ecomms failed with the error "dispatch_failed"'
    assert not answer["ok"]


def test_a_command_that_no_app_has_is_told(room: Room) -> None:
    room.ws.commands = {"/ecomms"}
    assert "/ecom is not a valid command" in room.act("mara", "say", text="/ecom start")["error"]


def test_commands_do_not_work_in_threads(room: Room) -> None:
    root = room.says("mara", "A draft.")
    assert "does not work in threads" in room.act("mara", "say", text="/ecomms next", thread=root)["error"]
    assert room.app.heard == []


def test_the_app_is_invited_by_name(room: Room) -> None:
    aside = room.ws.add_conversation("aside", ["mara"])
    assert room.act("mara", "say", **{"in": aside.id}, text="/invite @ecomms")["ok"]
    assert room.ws.bot.id in aside.members


def test_a_message_calls_people_by_their_handles(room: Room) -> None:
    room.act("mara", "say", text="@lee see https://example.org/?a=1&b=2.")
    stored = room.ops.messages[-1]
    assert stored.notified == {room.ws.user("lee").id}
    assert "<https://example.org/?a=1&amp;b=2>." in stored.text


def test_an_empty_message_is_none_and_a_very_long_one_is_kept_by_its_writer(room: Room) -> None:
    assert not room.act("mara", "say", text="  ")["ok"]
    assert "12,000 characters" in room.act("mara", "say", text="x" * 12_001)["error"]
    assert room.rows("lee") == []


def test_only_ones_own_messages_are_changed(room: Room) -> None:
    ts = room.says("mara", "Mine.")
    assert not room.act("lee", "edit", ts=ts, text="Yours.")["ok"]
    assert not room.act("lee", "delete", ts=ts)["ok"]
    assert room.act("mara", "edit", ts=ts, text="Still mine.")["ok"]
    assert room.act("mara", "delete", ts=ts)["ok"]
    assert room.rows("lee") == []


# --- clicking ---------------------------------------------------------------------------------------------


def test_a_button_is_pressed_by_its_place_even_where_others_look_alike(room: Room) -> None:
    card = room.posts(
        "Two", actions("one", button("Open", "open", "1")), actions("two", button("Open", "open", "2"))
    )
    assert room.act("lee", "press", ts=card.ts, block_id="two", action_id="open", value="2")["ok"]
    (pressed,) = room.app.last["actions"]
    assert (pressed["block_id"], pressed["value"]) == ("two", "2")
    assert room.app.last["container"]["message_ts"] == card.ts


def test_a_button_of_a_personal_message_is_pressed(room: Room) -> None:
    card = room.posts("Only you", actions("one", button("Yes", "yes")), only="mara")
    assert room.act("mara", "press", ts=card.ts, block_id="one", action_id="yes")["ok"]
    assert room.app.last["container"]["is_ephemeral"]
    assert not room.act("lee", "press", ts=card.ts, block_id="one", action_id="yes")["ok"]


def test_a_button_that_is_gone_says_so(room: Room) -> None:
    card = room.posts("One", actions("one", button("Open", "open")))
    assert "Look again" in room.act("lee", "press", ts=card.ts, block_id="one", action_id="other")["error"]
    assert (
        "no longer there"
        in room.act("lee", "press", ts="1.000001", block_id="one", action_id="open")["error"]
    )


def test_a_click_that_the_app_never_hears_of_says_so(room: Room) -> None:
    card = room.posts("One", actions("one", button("Open", "open")))
    room.app.leave()
    assert (
        "Something went wrong"
        in room.act("lee", "press", ts=card.ts, block_id="one", action_id="open")["error"]
    )


def test_an_option_of_a_menu_is_chosen(room: Room) -> None:
    options = [{"text": plain(name), "value": name} for name in ("phase", "close")]
    card = room.posts("One", actions("one", {"type": "overflow", "action_id": "more", "options": options}))
    assert room.act("lee", "choose", ts=card.ts, block_id="one", action_id="more", value="close")["ok"]
    assert room.app.last["actions"][0]["selected_option"]["value"] == "close"


def test_a_picker_in_a_message_tells_the_app_what_was_picked(room: Room) -> None:
    card = room.posts("One", actions("one", {"type": "users_select", "action_id": "who"}))
    lee = room.ws.user("lee").id
    state = {"b|one|who": [lee]}
    assert room.act("mara", "choose", ts=card.ts, block_id="one", action_id="who", state=state)["ok"]
    assert room.app.last["actions"][0]["selected_user"] == lee


def test_a_shortcut_takes_its_message_along(room: Room) -> None:
    ts = room.says("mara", "Water at the door.")
    assert room.act("lee", "shortcut", name="log", ts=ts)["ok"]
    assert (room.app.last["callback_id"], room.app.last["message"]["text"]) == ("log", "Water at the door.")


# --- modals -----------------------------------------------------------------------------------------------


def test_a_form_is_sent_with_all_that_stands_in_it(room: Room) -> None:
    view = room.opens("mara", form(field("Name", "name"), field("Where", "where", optional=True)))
    answer = room.act(
        "mara", "submit", view=view.id, state={"b|name|value": ["Slide"], "b|where|value": [""]}
    )
    values = room.app.last["view"]["state"]["values"]
    assert (values["name"]["value"]["value"], values["where"]["value"]["value"]) == ("Slide", None)
    assert answer["closed"]
    assert not view.open


def test_what_slack_would_not_send_stays_with_the_mistake_beside_its_field(room: Room) -> None:
    view = room.opens("mara", form(field("Name", "name"), field("Where", "where")))
    answer = room.act(
        "mara", "submit", view=view.id, state={"b|name|value": ["Slide"], "b|where|value": [""]}
    )
    assert set(answer["errors"]) == {"where"}
    assert room.app.heard == []
    shown = room.screen("mara")[f"v-{view.id}"]
    assert "Please complete this required field." in shown.text
    assert [one.attributes["value"] for one in shown.all("input", name="b|name|value")] == ["Slide"]


def test_the_apps_own_errors_stand_there_too_and_the_text_is_kept(room: Room) -> None:
    room.app.says["view_submission"] = {
        "response_action": "errors",
        "errors": {"name": "There is one already."},
    }
    view = room.opens("mara", form(field("Name", "name")))
    answer = room.act("mara", "submit", view=view.id, state={"b|name|value": ["Slide"]})
    assert answer["errors"] == {"name": "There is one already."}
    assert "There is one already." in room.screen("mara")[f"v-{view.id}"].text


def test_a_form_that_the_app_does_not_answer_stays_with_what_was_typed(room: Room) -> None:
    view = room.opens("mara", form(field("Name", "name")))
    room.app.leave()
    answer = room.act("mara", "submit", view=view.id, state={"b|name|value": ["Slide"]})
    assert answer["error"] == "We had some trouble connecting. Try again?"
    shown = room.screen("mara")[f"v-{view.id}"]
    assert shown.all("input", name="b|name|value")[0].attributes["value"] == "Slide"


def test_a_button_in_a_form_keeps_what_was_typed_when_the_view_changes(room: Room) -> None:
    first = form(field("Name", "name"), actions("more", button("Another road", "add")))
    view = room.opens("mara", first)
    room.act(
        "mara", "press", view=view.id, block_id="more", action_id="add", state={"b|name|value": ["Slide"]}
    )
    assert room.app.last["view"]["state"]["values"]["name"]["value"]["value"] == "Slide"
    views.update(room.ws, view, form(field("Name", "name"), field("Road 2", "road-2")))
    shown = room.screen("mara")[f"v-{view.id}"]
    assert shown.all("input", name="b|name|value")[0].attributes["value"] == "Slide"
    assert "Road 2" in shown.text


def test_a_field_that_tells_at_once_does(room: Room) -> None:
    choice = {
        "type": "static_select",
        "action_id": "value",
        "options": [{"text": plain(name), "value": name} for name in ("flood", "fire")],
    }
    block = {
        "type": "input",
        "block_id": "hazard",
        "label": plain("Hazard"),
        "element": choice,
        "dispatch_action": True,
    }
    view = room.opens("mara", form(block))
    state = {"b|hazard|value": ["fire"]}
    assert room.act("mara", "choose", view=view.id, block_id="hazard", action_id="value", state=state)["ok"]
    assert room.app.last["actions"][0]["selected_option"]["value"] == "fire"


def test_a_pushed_view_stands_in_front_and_closing_it_shows_the_one_below(room: Room) -> None:
    room.app.says["view_submission"] = {
        "response_action": "push",
        "view": form(field("Sure", "sure"), title="Preview"),
    }
    below = room.opens("mara", form(field("Name", "name")))
    room.act("mara", "submit", view=below.id, state={"b|name|value": ["Slide"]})
    (name,) = (name for name in room.screen("mara") if name.startswith("v-"))
    assert name != f"v-{below.id}"
    assert room.act("mara", "close", view=name.removeprefix("v-"))["ok"]
    (name,) = (name for name in room.screen("mara") if name.startswith("v-"))
    assert name == f"v-{below.id}"


def test_a_form_that_was_closed_meanwhile_says_so(room: Room) -> None:
    view = room.opens("mara", form(field("Name", "name")))
    room.act("mara", "close", view=view.id)
    assert "closed meanwhile" in room.act("mara", "submit", view=view.id, state={})["error"]


def test_nobody_sends_the_form_of_another(room: Room) -> None:
    view = room.opens("mara", form(field("Name", "name")))
    assert not room.act("lee", "submit", view=view.id, state={"b|name|value": ["Slide"]})["ok"]
    assert room.app.heard == []


def test_a_button_of_the_home_tab_is_pressed(room: Room) -> None:
    mara = room.ws.user("mara").id
    view = views.publish(
        room.ws, mara, {"type": "home", "blocks": [actions("one", button("Open", "open"))]}, ""
    )
    assert room.act("mara", "press", view=view.id, block_id="one", action_id="open")["ok"]
    assert room.app.last["view"]["type"] == "home"


def test_looking_at_the_home_tab_is_told_to_the_app(room: Room) -> None:
    assert room.act("mara", "open-home")["ok"]
    room.ws.wait_for(lambda: room.app.heard)
    assert room.app.last["event"]["type"] == "app_home_opened"


# --- what nobody may do -----------------------------------------------------------------------------------


def test_direct_messages_with_somebody_lead_there(room: Room) -> None:
    answer = room.act("mara", "direct", **{"with": "lee"})
    (place,) = (
        one for one in room.ws.channels.values() if one.kind == "im" and room.ws.bot.id not in one.members
    )
    assert answer["go"] == f"/?as=mara&in={place.id}"


@pytest.mark.parametrize("name", ["unknown", "__class__", ""])
def test_an_act_that_is_none_does_nothing(room: Room, name: str) -> None:
    assert not room.act("mara", name)["ok"]


@pytest.mark.parametrize(
    "said",
    [
        {"as": "nobody"},
        {"as": None},
        {"in": "C0"},
        {"in": ["x"]},
        {"text": 5},
        {"view": "V0"},
        {"ts": {}, "block_id": 3, "state": [1]},
        {"state": {"b|one": "text"}},
    ],
)
def test_what_a_browser_would_not_say_is_refused_calmly(room: Room, said: Json) -> None:
    for name in ("say", "press", "choose", "submit", "edit", "delete"):
        assert not room.act("mara", name, **said)["ok"], name
    assert room.app.heard == []


def test_nobody_writes_where_they_are_no_member(room: Room) -> None:
    leads = room.ws.add_conversation("leads", ["mara"], private=True)
    assert "no member" in room.act("lee", "say", **{"in": leads.id}, text="Hello")["error"]


def test_while_slack_is_away_nothing_is_done_in_words_that_stay_true(room: Room) -> None:
    room.controls.away = "Slack is away for 5 minutes of practice."
    told = "Slack was away, so nothing was done. Try again when it is back."
    assert room.act("mara", "say", text="Hello") == {"ok": False, "error": told}
    assert room.act("mara", "seen", ts="1.000001")["ok"]  # what one has read is known to oneself
    assert room.rows("lee") == []
