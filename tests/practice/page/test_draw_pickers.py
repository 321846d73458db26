"""Fields that stand in a message tell the app at once what was chosen."""

from __future__ import annotations

from typing import Any

import pytest

from ecomms_bot.practice.workspace.state import Json
from tests.practice.page.screens import Room

EIGHT = 1_636_948_800  # 14 November 2021, 20:00 in Vancouver


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": False}


OPTIONS = [{"text": plain(name), "value": name.lower()} for name in ("Road", "Sea")]
PICKERS = [
    ({"type": "checkboxes", "options": OPTIONS}, ["", "sea", "road"], {"selected_options": OPTIONS}),
    ({"type": "checkboxes", "options": OPTIONS}, [""], {"selected_options": []}),
    ({"type": "radio_buttons", "options": OPTIONS}, ["", "sea"], {"selected_option": OPTIONS[1]}),
    ({"type": "multi_static_select", "options": OPTIONS}, ["", "road"], {"selected_options": OPTIONS[:1]}),
    ({"type": "users_select"}, ["Lee"], {"selected_user": "Lee"}),
    ({"type": "datepicker"}, ["2021-11-14"], {"selected_date": "2021-11-14"}),
    ({"type": "timepicker"}, ["20:15"], {"selected_time": "20:15"}),
    ({"type": "datetimepicker"}, ["2021-11-14T20:00"], {"selected_date_time": EIGHT}),
]


@pytest.mark.parametrize(
    ("element", "sent", "told"), PICKERS, ids=lambda one: one.get("type", "") if isinstance(one, dict) else ""
)
def test_what_is_chosen_in_a_message_is_told_as_slack_tells_it(
    element: Json, sent: list[str], told: dict[str, Any]
) -> None:
    room = Room()
    lee = room.ws.user("lee").id
    element = {**element, "action_id": "pick"}
    block: Json = {"type": "section", "block_id": "b1", "text": plain("Which?"), "accessory": element}
    if element["type"] == "datetimepicker":  # no accessory
        block = {"type": "actions", "block_id": "b1", "elements": [element]}
    message = room.posts("Which?", block)
    state = {"b|b1|pick": [lee if one == "Lee" else one for one in sent]}
    said = room.act("mara", "choose", ts=message.ts, block_id="b1", action_id="pick", state=state)
    assert said["ok"], said
    (action,) = room.app.last["actions"]
    assert {name: action[name] for name in told} == {
        name: lee if value == "Lee" else value for name, value in told.items()
    }
