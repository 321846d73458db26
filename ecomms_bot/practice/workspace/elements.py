"""Block Kit elements: buttons, menus, pickers, inputs. Limits from Slack's reference of each element."""

from __future__ import annotations

from typing import Any

from ecomms_bot.practice.workspace.shapes import (
    Check,
    Findings,
    boolean,
    listing,
    one_of,
    plain,
    shape,
    string,
    text,
    typed,
    unique,
    whole,
)
from ecomms_bot.practice.workspace.state import Json

ACTION_ID = string(255)
PLACEHOLDER = plain(150)
NUMBER = string(60, pattern=r"[+-]?\d+(\.\d+)?")
DATE = string(10, pattern=r"\d{4}-\d{2}-\d{2}")
TIME = string(5, pattern=r"([01]\d|2[0-3]):[0-5]\d")
EPOCH = whole(1_000_000_000, 9_999_999_999)  # Slack: ten digits
OPTION_TEXT, OPTION_VALUE = 75, 150

CONFIRM = shape(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)


def distinct_values(options: Any, at: str, found: Findings) -> None:
    if isinstance(options, list):
        unique(options, "value", at, found)


def option(*, formatted: bool = False, url: bool = False) -> Check:
    """Mrkdwn is allowed in radio buttons and checkboxes only."""
    kinds = ("plain_text", "mrkdwn") if formatted else ("plain_text",)
    more: dict[str, Check] = {"description": text(75, *kinds)}
    if url:
        more["url"] = string(3000)
    return shape({"text": text(OPTION_TEXT, *kinds), "value": string(OPTION_VALUE)}, more)


def options(most: int, *, least: int = 1, formatted: bool = False, url: bool = False) -> Check:
    count = listing(option(formatted=formatted, url=url), most, least=least)

    def check(value: Any, at: str, found: Findings) -> None:
        count(value, at, found)
        distinct_values(value, at, found)

    return check


GROUPS = listing(shape({"label": plain(75), "options": options(100)}), 100)


def offered(element: Json) -> list[Json]:
    groups = element.get("option_groups") or []
    return list(element.get("options") or []) + [one for group in groups for one in group["options"]]


def same_option(one: Json, other: Json) -> bool:
    """Equal but for the defaults that Slack fills into text objects."""

    def bare(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: bare(inner) for key, inner in value.items() if key not in ("emoji", "verbatim")}
        return value

    return bool(bare(one) == bare(other))


def initial_among_options(element: Json, at: str, found: Findings) -> None:
    chosen = [("initial_option", element["initial_option"])] if "initial_option" in element else []
    chosen += [(f"initial_options/{n}", one) for n, one in enumerate(element.get("initial_options", []))]
    for where, one in chosen:
        if not any(same_option(one, other) for other in offered(element)):
            found.add("the initial option must be one of the options", f"{at}/{where}")


def options_or_groups(element: Json, at: str, found: Findings) -> None:
    if ("options" in element) == ("option_groups" in element):
        found.add("must have either options or option_groups", at)


def bounds(low: str, high: str) -> Check:
    def check(element: Json, at: str, found: Findings) -> None:
        if low in element and high in element and float(element[low]) > float(element[high]):
            found.add(f"{low} must not be greater than {high}", at)

    return check


COMMON: dict[str, Check] = {"action_id": ACTION_ID, "confirm": CONFIRM, "focus_on_load": boolean}
TYPED: dict[str, Check] = {"action_id": ACTION_ID, "focus_on_load": boolean, "placeholder": PLACEHOLDER}
DISPATCH = shape({}, {"trigger_actions_on": listing(one_of("on_enter_pressed", "on_character_entered"), 2)})
LENGTHS: dict[str, Check] = {
    "initial_value": string(3000, least=0),
    "multiline": boolean,
    "min_length": whole(0, 3000),
    "max_length": whole(1, 3000),
    "dispatch_action_config": DISPATCH,
}
LIMITS: dict[str, Check] = {
    "initial_value": NUMBER,
    "min_value": NUMBER,
    "max_value": NUMBER,
    "dispatch_action_config": DISPATCH,
}
MENU = COMMON | {"placeholder": PLACEHOLDER}
MANY = MENU | {"max_selected_items": whole(1, 100)}
IDS = listing(string(30), 100)
FILTER = shape(
    {}, {"include": IDS, "exclude_external_shared_channels": boolean, "exclude_bot_users": boolean}
)
CHOSEN = option(formatted=True)
OPTION_LISTS: dict[str, Check] = {"options": options(100), "option_groups": GROUPS}

ELEMENTS: dict[str, Check] = {
    "button": shape(
        {"text": plain(75)},
        {
            "action_id": ACTION_ID,
            "url": string(3000),
            "value": string(2000),
            "style": one_of("primary", "danger"),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
        },
    ),
    "static_select": shape(
        {}, MENU | OPTION_LISTS | {"initial_option": CHOSEN}, options_or_groups, initial_among_options
    ),
    "multi_static_select": shape(
        {},
        MANY | OPTION_LISTS | {"initial_options": listing(CHOSEN, 100)},
        options_or_groups,
        initial_among_options,
    ),
    "users_select": shape({}, MENU | {"initial_user": string(30)}),
    "multi_users_select": shape({}, MANY | {"initial_users": IDS}),
    "conversations_select": shape(
        {},
        MENU
        | {
            "initial_conversation": string(30),
            "default_to_current_conversation": boolean,
            "response_url_enabled": boolean,
            "filter": FILTER,
        },
    ),
    "multi_conversations_select": shape({}, MANY | {"initial_conversations": IDS, "filter": FILTER}),
    "channels_select": shape({}, MENU | {"initial_channel": string(30), "response_url_enabled": boolean}),
    "multi_channels_select": shape({}, MANY | {"initial_channels": IDS}),
    "overflow": shape({"options": options(5, url=True)}, {"action_id": ACTION_ID, "confirm": CONFIRM}),
    "radio_buttons": shape(
        {"options": options(10, formatted=True)}, COMMON | {"initial_option": CHOSEN}, initial_among_options
    ),
    "checkboxes": shape(
        {"options": options(10, formatted=True)},
        COMMON | {"initial_options": listing(CHOSEN, 10)},
        initial_among_options,
    ),
    "datepicker": shape({}, MENU | {"initial_date": DATE}),
    "timepicker": shape({}, MENU | {"initial_time": TIME, "timezone": string(60)}),
    "datetimepicker": shape({}, COMMON | {"initial_date_time": EPOCH}),
    "plain_text_input": shape({}, TYPED | LENGTHS, bounds("min_length", "max_length")),
    "number_input": shape({"is_decimal_allowed": boolean}, TYPED | LIMITS, bounds("min_value", "max_value")),
    "url_text_input": shape(
        {}, TYPED | {"initial_value": string(3000, least=0), "dispatch_action_config": DISPATCH}
    ),
    "email_text_input": shape(
        {}, TYPED | {"initial_value": string(3000, least=0), "dispatch_action_config": DISPATCH}
    ),
    "image": shape({"image_url": string(3000), "alt_text": string(2000)}),
}

MULTI = {kind for kind in ELEMENTS if kind.startswith("multi_")}
TEXT_INPUTS = {"plain_text_input", "number_input", "url_text_input", "email_text_input"}

# Where Slack's reference says that an element works.
IN_ACTIONS = set(ELEMENTS) - MULTI - TEXT_INPUTS - {"image"}
IN_SECTION = set(ELEMENTS) - TEXT_INPUTS - {"datetimepicker"}
IN_INPUT = set(ELEMENTS) - {"button", "overflow", "image"}

accessory = typed(ELEMENTS, IN_SECTION)
action = typed(ELEMENTS, IN_ACTIONS)
field = typed(ELEMENTS, IN_INPUT)
