"""Block Kit: what is taken, what is refused, and where the refusal says the mistake is."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.models import blocks as sdk
from slack_sdk.models.views import View

from ecomms_bot.practice.workspace import CallRefused
from ecomms_bot.practice.workspace.blocks import check_message_blocks
from ecomms_bot.practice.workspace.view_rules import check_view
from tests.practice.workspace.harness import actions, button, field, modal, option, plain, section, text_field

Json = dict[str, Any]


def problems(*blocks: Any) -> list[str]:
    with pytest.raises(CallRefused) as refusal:
        check_message_blocks(list(blocks))
    assert refusal.value.code == "invalid_blocks"
    return list(refusal.value.messages)


def view_problems(view: Any, kind: str = "modal") -> list[str]:
    with pytest.raises(CallRefused) as refusal:
        check_view(view, (kind,))
    assert refusal.value.code == "invalid_arguments"
    return list(refusal.value.messages)


def rich(*parts: Json) -> Json:
    return {"type": "rich_text", "elements": list(parts)}


def words(text: str) -> Json:
    return {"type": "text", "text": text}


def preformatted(text: str) -> Json:
    return {"type": "rich_text_preformatted", "elements": [words(text)]}


def menu(*options: Json, **more: Any) -> Json:
    return {"type": "static_select", "action_id": "menu", "options": list(options), **more}


MANY = [option(str(number), str(number)) for number in range(101)]

ACCEPTED = {
    "section at its limits": section("x" * 3000, fields=[plain("x" * 1000)] * 10, block_id="x" * 255),
    "section of fields alone": {"type": "section", "fields": [plain("x")]},
    "header": {"type": "header", "text": plain("x" * 150)},
    "divider": {"type": "divider"},
    "context": {"type": "context", "elements": [plain("x")] * 10},
    "image": {"type": "image", "image_url": "https://x", "alt_text": "a map", "title": plain("Map")},
    "actions": actions(*(button("x" * 75, f"a{n}", value="x" * 2000) for n in range(25))),
    "menu at its limits": section("x", accessory=menu(*MANY[:100], placeholder=plain("x" * 150))),
    "menu of groups": actions(
        {
            "type": "static_select",
            "option_groups": [{"label": plain("g"), "options": [option("x", "y" * 150)]}],
        }
    ),
    "initial option": actions(menu(option("One", "1"), initial_option=option("One", "1"))),
    "overflow": section("x", accessory={"type": "overflow", "options": MANY[:5]}),
    "radio buttons": actions({"type": "radio_buttons", "options": MANY[:10]}),
    "checkboxes with mrkdwn": actions(
        {"type": "checkboxes", "options": [{"text": {"type": "mrkdwn", "text": "*x*"}, "value": "x"}]}
    ),
    "pickers": actions(
        {"type": "datepicker", "initial_date": "2021-11-15"},
        {"type": "timepicker", "initial_time": "06:00"},
        {"type": "datetimepicker", "initial_date_time": 1_636_940_000},
        {"type": "users_select"},
        {"type": "conversations_select"},
        {"type": "channels_select"},
    ),
    "input": text_field("x" * 2000, "b", placeholder=plain("x" * 150), max_length=3000),
    "rich text": rich(
        {"type": "rich_text_section", "elements": [{"type": "user", "user_id": "U1"}, words("x")]},
        {
            "type": "rich_text_list",
            "style": "bullet",
            "elements": [{"type": "rich_text_section", "elements": [words("x")]}],
        },
        {"type": "rich_text_quote", "elements": [words("x")]},
        preformatted("x" * 5000),
    ),
    "markdown": {"type": "markdown", "text": "x" * 12_000},
    "table": {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * 20]},
}


@pytest.mark.parametrize("block", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_taken(block: Json) -> None:
    check_message_blocks([block])


CELL = {"type": "raw_text", "text": "x"}
AT = "json-pointer:/blocks/0"
SELECTS = ["channels_select", "conversations_select", "static_select", "users_select"]
CHOICES = ["checkboxes", "radio_buttons", "datepicker", "datetimepicker", "timepicker"]
TYPED = ["email_text_input", "number_input", "plain_text_input", "url_text_input"]
IN_ACTIONS = sorted([*SELECTS, *CHOICES, "button", "overflow"])
IN_INPUTS = sorted([*SELECTS, *(f"multi_{kind}" for kind in SELECTS), *CHOICES, *TYPED])
REFUSED: dict[str, tuple[Json, str]] = {
    "unknown block": ({"type": "poster"}, f"unsupported type: poster [{AT}/type]"),
    "no type": ({"text": "x"}, f"missing required field: type [{AT}]"),
    "section without text": ({"type": "section"}, f"missing required field: text [{AT}]"),
    "section too long": (section("x" * 3001), f"must be less than 3001 characters [{AT}/text/text]"),
    "section empty": (section(""), f"must be more than 0 characters [{AT}/text/text]"),
    "too many fields": (
        {"type": "section", "fields": [plain("x")] * 11},
        f"no more than 10 items allowed [{AT}/fields]",
    ),
    "field too long": (
        {"type": "section", "fields": [plain("x" * 2001)]},
        f"must be less than 2001 characters [{AT}/fields/0/text]",
    ),
    "unknown key": (section("x", colour="red"), f"invalid additional property: colour [{AT}]"),
    "emoji in mrkdwn": (
        {"type": "section", "text": {"type": "mrkdwn", "text": "x", "emoji": True}},
        f"invalid additional property: emoji [{AT}/text]",
    ),
    "mrkdwn header": (
        {"type": "header", "text": {"type": "mrkdwn", "text": "x"}},
        f"unsupported type: mrkdwn, must be one of: plain_text [{AT}/text/type]",
    ),
    "header too long": (
        {"type": "header", "text": plain("x" * 151)},
        f"must be less than 151 characters [{AT}/text/text]",
    ),
    "text as a string": ({"type": "section", "text": "x"}, f"missing required field: type [{AT}/text]"),
    "block_id too long": (
        {"type": "divider", "block_id": "x" * 256},
        f"must be less than 256 characters [{AT}/block_id]",
    ),
    "empty actions": (actions(), f"no less than 1 items allowed [{AT}/elements]"),
    "too many actions": (
        actions(*(button("x", f"a{n}") for n in range(26))),
        f"no more than 25 items allowed [{AT}/elements]",
    ),
    "input in actions": (
        actions({"type": "plain_text_input"}),
        f"unsupported type: plain_text_input, must be one of: {', '.join(IN_ACTIONS)} [{AT}/elements/0/type]",
    ),
    "unknown element": (actions({"type": "lever"}), f"unsupported type: lever [{AT}/elements/0/type]"),
    "button in an input": (
        field("x", button("x", "y"), "b"),
        f"unsupported type: button, must be one of: {', '.join(IN_INPUTS)} [{AT}/element/type]",
    ),
    "button text too long": (
        actions(button("x" * 76, "a")),
        f"must be less than 76 characters [{AT}/elements/0/text/text]",
    ),
    "button value too long": (
        actions(button("x", "a", value="x" * 2001)),
        f"must be less than 2001 characters [{AT}/elements/0/value]",
    ),
    "button style": (
        actions(button("x", "a", style="green")),
        f"must be one of: primary, danger [{AT}/elements/0/style]",
    ),
    "action_id too long": (
        actions(button("x", "a" * 256)),
        f"must be less than 256 characters [{AT}/elements/0/action_id]",
    ),
    "action_id twice": (
        actions(button("x", "a"), button("y", "a")),
        f"`action_id` 'a' already exists; it must be unique [{AT}/elements/1/action_id]",
    ),
    "confirm without deny": (
        actions(button("x", "a", confirm={"title": plain("x"), "text": plain("x"), "confirm": plain("x")})),
        f"missing required field: deny [{AT}/elements/0/confirm]",
    ),
    "too many options": (
        section("x", accessory=menu(*MANY)),
        f"no more than 100 items allowed [{AT}/accessory/options]",
    ),
    "no options": (section("x", accessory=menu()), f"no less than 1 items allowed [{AT}/accessory/options]"),
    "option value too long": (
        section("x", accessory=menu(option("x", "x" * 151))),
        f"must be less than 151 characters [{AT}/accessory/options/0/value]",
    ),
    "option text too long": (
        section("x", accessory=menu(option("x" * 76, "x"))),
        f"must be less than 76 characters [{AT}/accessory/options/0/text/text]",
    ),
    "mrkdwn option in a menu": (
        section("x", accessory=menu({"text": {"type": "mrkdwn", "text": "x"}, "value": "x"})),
        f"unsupported type: mrkdwn, must be one of: plain_text [{AT}/accessory/options/0/text/type]",
    ),
    "initial option not offered": (
        section("x", accessory=menu(option("x", "x"), initial_option=option("y", "y"))),
        f"the initial option must be one of the options [{AT}/accessory/initial_option]",
    ),
    "neither options nor groups": (
        section("x", accessory={"type": "static_select"}),
        f"must have either options or option_groups [{AT}/accessory]",
    ),
    "overflow of six": (
        section("x", accessory={"type": "overflow", "options": MANY[:6]}),
        f"no more than 5 items allowed [{AT}/accessory/options]",
    ),
    "eleven radio buttons": (
        actions({"type": "radio_buttons", "options": MANY[:11]}),
        f"no more than 10 items allowed [{AT}/elements/0/options]",
    ),
    "placeholder too long": (
        text_field("x", "b", placeholder=plain("x" * 151)),
        f"must be less than 151 characters [{AT}/element/placeholder/text]",
    ),
    "max_length": (
        text_field("x", "b", max_length=3001),
        f"must be between 1 and 3000 [{AT}/element/max_length]",
    ),
    "min over max": (
        text_field("x", "b", min_length=5, max_length=4),
        f"min_length must not be greater than max_length [{AT}/element]",
    ),
    "input without label": (
        {"type": "input", "element": {"type": "plain_text_input"}},
        f"missing required field: label [{AT}]",
    ),
    "number_input without decimals said": (
        field("x", {"type": "number_input"}, "b"),
        f"missing required field: is_decimal_allowed [{AT}/element]",
    ),
    "number as number": (
        field("x", {"type": "number_input", "is_decimal_allowed": True, "min_value": 1}, "b"),
        f"must be a string [{AT}/element/min_value]",
    ),
    "date": (
        actions({"type": "datepicker", "initial_date": "15 Nov"}),
        rf"does not match the format \d{{4}}-\d{{2}}-\d{{2}} [{AT}/elements/0/initial_date]",
    ),
    "seconds": (
        actions({"type": "datetimepicker", "initial_date_time": 1.5}),
        f"must be an integer [{AT}/elements/0/initial_date_time]",
    ),
    "empty rich text": (rich(), f"no less than 1 items allowed [{AT}/elements]"),
    "empty words in rich text": (
        rich(preformatted("")),
        f"must be more than 0 characters [{AT}/elements/0/elements/0/text]",
    ),
    "a mention in preformatted": (
        rich({"type": "rich_text_preformatted", "elements": [{"type": "user", "user_id": "U1"}]}),
        f"unsupported type: user, must be one of: link, text [{AT}/elements/0/elements/0/type]",
    ),
    "words outside a part": (rich(words("x")), f"unsupported type: text [{AT}/elements/0/type]"),
    "image without alt text": (
        {"type": "image", "image_url": "https://x"},
        f"missing required field: alt_text [{AT}]",
    ),
    "image without address": (
        {"type": "image", "alt_text": "x"},
        f"must have either image_url or slack_file [{AT}]",
    ),
    "eleven things in a context": (
        {"type": "context", "elements": [plain("x")] * 11},
        f"no more than 10 items allowed [{AT}/elements]",
    ),
    "a button in a context": (
        {"type": "context", "elements": [button("x", "y")]},
        f"unsupported type: button [{AT}/elements/0/type]",
    ),
    "uneven table": (
        {"type": "table", "rows": [[CELL], [CELL, CELL]]},
        f"every row must have the same number of cells [{AT}/rows]",
    ),
}


@pytest.mark.parametrize(("block", "problem"), REFUSED.values(), ids=REFUSED.keys())
def test_refused(block: Json, problem: str) -> None:
    assert problems(block) == [f"[ERROR] {problem}"]


def test_a_message_has_at_most_fifty_blocks_with_ids_of_their_own() -> None:
    check_message_blocks([{"type": "divider"}] * 50)
    assert problems(*[{"type": "divider"}] * 51) == [
        "[ERROR] no more than 50 items allowed [json-pointer:/blocks]"
    ]
    twice = [section("x", block_id="same"), section("y", block_id="same")]
    assert "already exists" in problems(*twice)[0]


def test_a_message_has_one_table_and_12000_characters_of_markdown() -> None:
    table = {"type": "table", "rows": [[CELL]]}
    assert problems(table, table) == ["[ERROR] only one table is allowed [json-pointer:/blocks]"]
    markdown = {"type": "markdown", "text": "x" * 6001}
    assert problems(markdown, markdown)[0].startswith(
        "[ERROR] markdown blocks must be less than 12001 characters"
    )


@pytest.mark.parametrize("blocks", ["words", {"type": "divider"}, ["words"]])
def test_what_is_no_list_of_blocks_at_all(blocks: Any) -> None:
    with pytest.raises(CallRefused) as refusal:
        check_message_blocks(blocks)
    assert refusal.value.code == "invalid_blocks_format"


def test_every_mistake_is_named() -> None:
    assert len(problems(section(""), {"type": "poster"}, section("x" * 3001))) == 3


def test_a_message_of_13200_characters_is_taken_and_no_more() -> None:
    fits = [rich(preformatted("x" * 12_000)), section("x" * 1200)]
    check_message_blocks(fits)
    with pytest.raises(CallRefused, match="msg_blocks_too_long"):
        check_message_blocks([*fits, section("x")])


def test_the_refusal_reaches_slacks_client_with_the_place(client: WebClient, ops: Any) -> None:
    with pytest.raises(SlackApiError) as refused:
        client.chat_postMessage(channel=ops.id, text="x", blocks=[section("x" * 3001)])

    answer = refused.value.response
    assert answer["error"] == "invalid_blocks"
    assert answer["response_metadata"]["messages"] == [
        f"[ERROR] must be less than 3001 characters [{AT}/text/text]"
    ]
    assert ops.messages == []


VIEW_AT = "json-pointer:/view"


@pytest.mark.parametrize(
    ("view", "problem"),
    [
        (modal(section("x"), title="x" * 25), f"must be less than 25 characters [{VIEW_AT}/title/text]"),
        (
            modal(section("x"), submit=plain("x" * 25)),
            f"must be less than 25 characters [{VIEW_AT}/submit/text]",
        ),
        (
            modal(section("x"), close=plain("x" * 25)),
            f"must be less than 25 characters [{VIEW_AT}/close/text]",
        ),
        (
            modal(section("x"), private_metadata="x" * 3001),
            f"must be less than 3001 characters [{VIEW_AT}/private_metadata]",
        ),
        (
            modal(section("x"), callback_id="x" * 256),
            f"must be less than 256 characters [{VIEW_AT}/callback_id]",
        ),
        (
            modal(section("x"), external_id="x" * 256),
            f"must be less than 256 characters [{VIEW_AT}/external_id]",
        ),
        (modal(*[section("x")] * 101), f"no more than 100 items allowed [{VIEW_AT}/blocks]"),
        (
            modal(text_field("x", "a"), submit=None),
            f"missing required field: submit (there are input blocks) [{VIEW_AT}]",
        ),
        ({"type": "modal", "blocks": []}, f"missing required field: title [{VIEW_AT}]"),
        (modal({"type": "markdown", "text": "x"}), "unsupported type: markdown"),
        (
            modal(text_field("x", "a", focus_on_load=True), text_field("y", "b", focus_on_load=True)),
            f"focus_on_load may be set on one element only [{VIEW_AT}/blocks]",
        ),
        (modal(section("x"), colour="red"), f"invalid additional property: colour [{VIEW_AT}]"),
    ],
)
def test_refused_views(view: Json, problem: str) -> None:
    [said] = view_problems(view)
    assert said.startswith(f"[ERROR] {problem}")


def test_a_home_tab_has_neither_title_nor_submit() -> None:
    check_view({"type": "home", "blocks": [section("x")] * 100}, ("home",))
    assert len(view_problems({**modal(section("x")), "type": "home"}, "home")) == 2
    assert view_problems(modal(section("x")), "home") == [f"[ERROR] unsupported type: modal [{VIEW_AT}/type]"]


def test_blocks_can_be_validated_without_posting_them(client: WebClient) -> None:
    assert client.blocks_validate(blocks=[section("x")])["ok"]
    assert client.blocks_validate(view=modal(section("x")))["ok"]
    assert client.blocks_validate(message={"text": "x", "blocks": [section("x")]})["ok"]

    with pytest.raises(SlackApiError, match="invalid_arguments"):
        client.blocks_validate()
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        client.blocks_validate(blocks=[], view=modal())


@pytest.mark.parametrize(
    ("given", "code", "pointer"),
    [
        ({"blocks": [section("x"), section("")]}, "failed_constraint", "/1/text/text"),
        ({"message": {"text": "x", "blocks": [{"type": "poster"}]}}, "failed_constraint", "/blocks/0/type"),
        ({"view": modal(section(""))}, "failed_constraint", "/blocks/0/text/text"),
        ({"view": {"type": "modal", "blocks": []}}, "failed_constraint", ""),
        ({"view": modal(*[section("x" * 3000)] * 90)}, "view_too_large", ""),
        ({"blocks": [section("x" * 3000)] * 5}, "msg_blocks_too_long", ""),
        ({"message": ["x"]}, "invalid_blocks_format", ""),
    ],
)
def test_a_validation_says_where_the_mistake_is(
    client: WebClient, given: Json, code: str, pointer: str
) -> None:
    [what] = given

    with pytest.raises(SlackApiError) as refused:
        client.api_call("blocks.validate", json=given)

    answer = refused.value.response
    [error] = answer["errors"]
    assert (answer["error"], error["code"], error["pointer"]) == (f"invalid_{what}", code, pointer)
    assert error["message"]


def test_a_message_without_blocks_can_be_valid(client: WebClient) -> None:
    assert client.blocks_validate(message={"text": "x"})["ok"]
    with pytest.raises(SlackApiError, match="invalid_message"):
        client.blocks_validate(message={})


@pytest.mark.parametrize(
    "element",
    [
        sdk.ButtonElement(text="x" * 76, action_id="a"),
        sdk.ButtonElement(text="x", action_id="a", value="x" * 2001),
        sdk.ButtonElement(text="x", action_id="a", style="green"),
        sdk.OverflowMenuElement(
            action_id="a", options=[sdk.Option(value=str(n), label="x") for n in range(6)]
        ),
        sdk.StaticSelectElement(
            action_id="a", options=[sdk.Option(value=str(n), label="x") for n in range(101)]
        ),
        sdk.DatePickerElement(action_id="a", initial_date="tomorrow"),
    ],
)
def test_what_slacks_own_library_refuses_is_refused_here(element: Any) -> None:
    with pytest.raises(Exception, match=r"cannot exceed|must be|must have"):
        element.to_dict()
    element.validate_json = lambda: None
    assert problems(actions(element.to_dict()))


@pytest.mark.parametrize("block", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_what_is_taken_here_slacks_own_library_takes(block: Json) -> None:
    parsed = sdk.Block.parse(block)
    if parsed is not None and block["type"] != "table":
        parsed.validate_json()


IN_MODALS = {name: block for name, block in ACCEPTED.items() if block["type"] not in ("markdown", "table")}


@pytest.mark.parametrize("block", IN_MODALS.values(), ids=IN_MODALS.keys())
@pytest.mark.parametrize("kind", ["modal", "home"])
def test_views_that_are_taken_here_slacks_own_library_takes(kind: str, block: Json) -> None:
    sent = modal(block, private_metadata="x" * 3000, title="x" * 24)
    if kind == "home":
        sent = {"type": "home", "blocks": [block], "private_metadata": "x" * 3000}

    view = View(**check_view(sent, (kind,)))

    view.validate_json()
    assert view.blocks is not None
    for parsed in view.blocks:
        parsed.validate_json()
