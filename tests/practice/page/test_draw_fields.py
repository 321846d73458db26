"""Every field of a modal: what it shows, what the browser sends of it, and what the app gets."""

from __future__ import annotations

from typing import Any

import pytest

from ecomms_bot.practice.page import draw
from ecomms_bot.practice.workspace import Modal, Workspace, views
from ecomms_bot.practice.workspace.state import Json
from tests.practice.page.reading import Node, parsed

NOW = 1_636_950_000.0


@pytest.fixture
def workspace() -> Workspace:
    made = Workspace(now=lambda: NOW)
    made.add_user("mara", name="Mara Quist", tz="America/Vancouver")
    made.add_user("noor", name="Noor Lal")
    made.add_user("gone", name="Gone Away")
    made.deactivate("gone")
    made.add_conversation("ops")
    made.add_conversation("closed", ["noor"], private=True)
    return made


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": False}


def offer(*names: str) -> list[Json]:
    return [{"text": plain(name), "value": name.lower()} for name in names]


def modal(workspace: Workspace, element: Json, **block: Any) -> Modal:
    """One field named `field`, of which the app wants to know what is in `value`."""
    blocks = [{"type": "input", "block_id": "field", "label": plain("Road"), "element": element, **block}]
    element.setdefault("action_id", "value")
    view = {"type": "modal", "title": plain("Draft"), "submit": plain("Next"), "blocks": blocks}
    made = views.make(workspace, workspace.user("mara").id, views.content(workspace, view))
    return Modal(workspace.person("mara"), made)


def html(shown: Modal) -> Node:
    return parsed(draw.modal(shown, person=shown.person))


def sent(shown: Modal) -> dict[str, list[str]]:
    """What a browser sends if nobody touches anything."""
    form: dict[str, list[str]] = {}
    for one in (each for each in html(shown).walk() if "name" in each.attributes):
        kind, name = one.attributes.get("type", one.tag), one.attributes["name"]
        if kind == "textarea":
            form.setdefault(name, []).append(one.text.removeprefix("\n"))
        elif kind == "select":
            form[name] = [
                each.attributes["value"] for each in one.all("option") if "selected" in each.attributes
            ]
        elif kind not in ("radio", "checkbox") or "checked" in one.attributes:
            form.setdefault(name, []).append(one.attributes["value"])
    return form


ROAD, SEA = offer("Road", "Sea")
GROUPS = [{"label": plain("All"), "options": [ROAD, SEA]}]
EVERY = [
    ({"type": "plain_text_input"}, None, ["Highway 7"], "Highway 7"),
    ({"type": "plain_text_input"}, "two\nlines", [" a\r\nb "], " a\nb "),
    ({"type": "plain_text_input", "multiline": True}, '\n<b> & "', ["\n x"], "\n x"),
    ({"type": "number_input", "is_decimal_allowed": True}, "4.5", ["a lot"], "a lot"),
    ({"type": "url_text_input"}, "https://a.example", ["b"], "b"),
    ({"type": "email_text_input"}, "a@b.example", ["c@d.example"], "c@d.example"),
    ({"type": "static_select", "options": [ROAD, SEA]}, ROAD, ["sea"], SEA),
    ({"type": "static_select", "option_groups": GROUPS}, SEA, ["road"], ROAD),
    ({"type": "radio_buttons", "options": [ROAD, SEA]}, SEA, ["", "road"], ROAD),
    ({"type": "checkboxes", "options": [ROAD, SEA]}, [SEA], ["", "sea", "road"], [ROAD, SEA]),
    ({"type": "multi_static_select", "options": [ROAD, SEA]}, [ROAD, SEA], [""], []),
    ({"type": "datepicker"}, "2021-11-14", ["2021-11-15"], "2021-11-15"),
    ({"type": "timepicker", "timezone": "America/Vancouver"}, "20:15", ["20:20"], "20:20"),
    ({"type": "datetimepicker"}, 1_636_950_037, ["2021-11-14T21:15"], 1_636_953_300),
]  # fmt: skip
INITIAL = {
    "static_select": "option",
    "radio_buttons": "option",
    "checkboxes": "options",
    "multi_static_select": "options",
    "datepicker": "date",
    "timepicker": "time",
    "datetimepicker": "date_time",
}


def kind(case: object) -> str:
    return str(case["type"]) if isinstance(case, dict) and "type" in case else ""


@pytest.mark.parametrize(("element", "before", "typed", "after"), EVERY, ids=kind)
def test_what_stood_in_a_field_is_sent_untouched_and_what_is_entered_is_what_the_app_gets(
    workspace: Workspace, element: Json, before: Any, typed: list[str], after: Any
) -> None:
    first = {} if before is None else {f"initial_{INITIAL.get(element['type'], 'value')}": before}
    shown = modal(workspace, {**element, **first})
    stood = shown.view.state()
    draw.enter(shown, sent(shown))
    assert shown.view.state() == stood
    draw.enter(shown, {"b|field|value": typed})
    (entry,) = shown.view.state()["values"]["field"].values()
    assert after in entry.values()
    draw.enter(shown, sent(shown))
    assert shown.view.state()["values"]["field"] == {"value": entry}


def test_the_same_can_be_filled_in_as_a_person_would(workspace: Workspace) -> None:
    shown = modal(workspace, {"type": "checkboxes", "options": [ROAD, SEA]}, optional=True)
    filled = draw.entered(shown, {"b|field|value": ["", "sea"], "b|unknown|value": ["x"]})
    assert filled == {"field": ["sea"]}
    shown.fill(filled)
    assert shown.field("Road") == ["Sea"]


def test_a_field_that_the_browser_does_not_send_stays_as_it_is(workspace: Workspace) -> None:
    shown = modal(workspace, {"type": "plain_text_input", "initial_value": "Highway 7"})
    draw.enter(shown, {"b|another|value": ["x"]})
    assert shown.field("Road") == "Highway 7"


def test_an_option_that_was_never_offered_is_not_chosen(workspace: Workspace) -> None:
    shown = modal(workspace, {"type": "static_select", "options": [ROAD], "initial_option": ROAD})
    draw.enter(shown, {"b|field|value": ["sea"]})
    assert shown.field("Road") is None


def test_of_two_equal_hours_the_one_that_stood_there_stays(workspace: Workspace) -> None:
    second = 1_636_277_400  # 01:30 for the second time, on 7 November 2021
    shown = modal(workspace, {"type": "datetimepicker", "initial_date_time": second})
    assert sent(shown) == {"b|field|value": ["2021-11-07T01:30"]}
    draw.enter(shown, sent(shown))
    assert shown.field("Road") == second


def test_what_is_no_time_is_none(workspace: Workspace) -> None:
    shown = modal(workspace, {"type": "datetimepicker", "initial_date_time": 1_636_950_000})
    draw.enter(shown, {"b|field|value": ["soon"]})
    assert shown.field("Road") is None


def test_people_and_conversations_are_offered_by_name_but_for_those_who_left_and_what_is_closed(
    workspace: Workspace,
) -> None:
    people = html(modal(workspace, {"type": "users_select"})).all("option")
    assert [one.text for one in people] == ["Choose", "Mara Quist", "Noor Lal"]
    places = html(modal(workspace, {"type": "multi_conversations_select"})).all("label")
    assert [one.text for one in places] == ["#ops"]


def test_a_field_is_named_explained_and_says_what_is_wrong_with_it(workspace: Workspace) -> None:
    shown = modal(workspace, {"type": "plain_text_input", "max_length": 60}, hint=plain("Such as 7."))
    shown.view.errors = {"field": "Say <which> road."}
    root = html(shown)
    (field,) = root.all("input")
    (label,) = root.all("label")
    assert (label.text, label.attributes["for"]) == ("Road", field.attributes["id"])
    told = {one.attributes["id"]: one.text for one in root.all("p")}
    assert [told[one] for one in field.attributes["aria-describedby"].split()] == [
        "Say <which> road.",
        "Such as 7.",
    ]
    assert field.attributes["aria-invalid"] == field.attributes["aria-required"] == "true"
    assert "maxlength" not in field.attributes, "it would cut what is pasted"


def test_several_to_tick_are_one_group_under_their_label(workspace: Workspace) -> None:
    shown = modal(workspace, {"type": "radio_buttons", "options": [ROAD, SEA]}, optional=True)
    (group,) = html(shown).all("fieldset")
    assert [one.text for one in group.all("legend")] == ["Road (optional)"]
    assert len(group.all("input", type="radio")) == 2


def test_a_field_that_tells_the_app_at_once_says_so(workspace: Workspace) -> None:
    shown = modal(workspace, {"type": "static_select", "options": [ROAD]}, dispatch_action=True)
    (told,) = [one for one in html(shown).walk() if "data-tells" in one.attributes]
    assert (told.attributes["data-block"], told.attributes["data-action"]) == ("field", "value")


def test_a_modal_without_fields_can_be_closed_and_read_with_the_keyboard(workspace: Workspace) -> None:
    blocks = [{"type": "section", "text": plain("Saved.")}]
    view = views.content(workspace, {"type": "modal", "title": plain("Done"), "blocks": blocks})
    shown = Modal(workspace.person("mara"), views.make(workspace, workspace.user("mara").id, view))
    root = html(shown)
    assert [one.text for one in root.all("footer")[0].all("button")] == ["Close"]
    assert root.all(tabindex="0")
