"""What the bot does not use today is drawn too, what can be pressed says so, and hostile words stay words."""

from __future__ import annotations

from typing import Any

import pytest

from ecomms_bot.practice.page import draw
from ecomms_bot.practice.workspace import Home, Modal, Workspace, views
from ecomms_bot.practice.workspace.blocks import check_message_blocks
from ecomms_bot.practice.workspace.messages import check_content
from ecomms_bot.practice.workspace.screen import see
from ecomms_bot.practice.workspace.state import File, Json, StoredMessage
from tests.practice.page.reading import Node, parsed

EVIL = "\"'><script>alert(1)</script><img src=x onerror=alert(1)> &lt;b&gt; {{ 7 * 7 }}"
BAIT = "<javascript:alert(1)|*" + EVIL.replace("<", "").replace(">", "") + "*>" + EVIL


@pytest.fixture
def workspace() -> Workspace:
    made = Workspace(now=lambda: 1_636_950_000.0)
    made.add_user("mara", name=f"Mara {EVIL}", tz="America/Vancouver")
    made.add_conversation("ops", ["mara"])
    return made


def drawn(workspace: Workspace, *blocks: Json, text: str = "", files: tuple[File, ...] = ()) -> Node:
    person, place = workspace.person("mara"), workspace.conversation("ops")
    stored = StoredMessage(place.id, "1.1", workspace.bot.id, text, files=list(files))
    if blocks:
        check_message_blocks(list(blocks))
        stored.blocks = check_content("x", list(blocks)).blocks or []
    return parsed(draw.message(see(person, place, stored), person=person))


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": True}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": list(elements)}


def section(*inline: Json) -> Json:
    return {"type": "rich_text_section", "elements": list(inline)}


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain("Approve"), "action_id": "yes", "value": "d1", **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "block_id": "b1", "elements": list(elements)}


# --- rich text, tables, images, files ---


def test_styles_of_rich_text(workspace: Workspace) -> None:
    styles = {
        "bold": "strong",
        "italic": "em",
        "strike": "s",
        "code": "code",
        "underline": "u",
        "highlight": "mark",
    }
    words = [{"type": "text", "text": name, "style": {name: True}} for name in styles]
    root = drawn(workspace, rich(section(*words)))
    assert {tag: [one.text for one in root.all(tag)] for tag in styles.values()} == {
        tag: [name] for name, tag in styles.items()
    }


def test_mentions_links_dates_and_emoji_of_rich_text(workspace: Workspace) -> None:
    place = workspace.conversation("ops").id
    group = workspace.add_group("leads", ["mara"]).id
    root = drawn(
        workspace,
        rich(
            section(
                {"type": "user", "user_id": workspace.bot.id},
                {"type": "usergroup", "usergroup_id": group},
                {"type": "channel", "channel_id": place},
                {"type": "broadcast", "range": "here"},
                {"type": "emoji", "name": "warning"},
                {"type": "color", "value": "#ff0000"},
                {"type": "link", "url": "https://a.example", "text": "A"},
                {"type": "link", "url": "javascript:alert(1)", "text": "B"},
                {"type": "date", "timestamp": 1_636_950_000, "format": "{time}"},
            )
        ),
    )
    assert root.text == "@ecomms@leads#ops@here⚠️#ff0000AB20:20"
    assert [one.text for one in root.all("a")] == ["#ops", "A"]


def test_lists_are_lists_and_go_on_with_their_number(workspace: Workspace) -> None:
    items = [section({"type": "text", "text": name}) for name in ("a", "b")]
    root = drawn(
        workspace,
        rich(
            {"type": "rich_text_list", "style": "bullet", "indent": 1, "elements": items},
            {"type": "rich_text_list", "style": "ordered", "offset": 2, "elements": items},
        ),
    )
    (bullets,), (numbers,) = root.all("ul"), root.all("ol")
    assert bullets.classes == ["bk-in-1"]
    assert numbers.attributes["start"] == "3"
    assert [one.text for one in root.all("li")] == ["a", "b"] * 2


def test_a_preformatted_text_keeps_every_line_also_an_empty_first_one(workspace: Workspace) -> None:
    text = "\n  FLOOD\n\n<b>AHEAD</b>  "
    root = drawn(
        workspace, rich({"type": "rich_text_preformatted", "elements": [{"type": "text", "text": text}]})
    )
    assert root.all("pre")[0].text == "\n" + text, "a browser drops the first newline in it"


def test_a_table_names_its_columns(workspace: Workspace) -> None:
    rows = [
        [{"type": "raw_text", "text": text} for text in row] for row in (("What", "When"), ("Text", "20:20"))
    ]
    root = drawn(workspace, {"type": "table", "rows": rows, "column_settings": [{}, {"align": "right"}]})
    assert [one.text for one in root.all("th", scope="col")] == ["What", "When"]
    assert [(one.text, one.classes) for one in root.all("td")] == [("Text", []), ("20:20", ["bk-right"])]


def test_of_an_image_the_description_is_drawn_as_nothing_is_loaded_from_elsewhere(
    workspace: Workspace,
) -> None:
    image = {
        "type": "image",
        "image_url": "https://a.example/map.png",
        "alt_text": "A map",
        "title": plain("Map"),
    }
    root = drawn(
        workspace, image, {"type": "context", "elements": [{k: image[k] for k in image if k != "title"}]}
    )
    assert root.all("img") == []
    assert [one.attributes["aria-label"] for one in root.all("span", role="img")] == ["A map", "A map"]
    assert root.all("figcaption")[0].text == "Map"


def test_fields_of_a_section_and_a_text_in_markdown(workspace: Workspace) -> None:
    root = drawn(
        workspace,
        {"type": "section", "fields": [mrkdwn("*Who*"), plain("*Mara*")]},
        {"type": "markdown", "text": "# As it <stands>"},
        {"type": "divider"},
    )
    assert [one.text for one in root.walk() if "bk-text" in one.classes] == [
        "Who",
        "*Mara*",
        "# As it <stands>",
    ]
    assert root.all("hr")


def test_files_are_there_to_download_for_who_sees_the_message(workspace: Workspace) -> None:
    root = drawn(workspace, text="Log", files=(File("F1", "log.csv", 3, 0, "The log & more", b"a,b" * 700),))
    (link,) = root.all("a")
    place = workspace.conversation("ops").id
    assert (link.text, root.all("small")[0].text) == ("The log & more", "2 kB")
    assert link.attributes == {"href": f"/file?as=mara&in={place}&ts=1.1&n=0", "download": "log.csv"}


# --- to press ---


def test_a_button_says_what_it_sends_and_what_to_ask_first(workspace: Workspace) -> None:
    ask = {
        "title": plain("Sure?"),
        "text": mrkdwn("It is *final*."),
        "confirm": plain("Yes"),
        "deny": plain("No"),
    }
    (one,) = drawn(workspace, actions(button(confirm=ask, style="danger"))).all("button")
    assert {name: value for name, value in one.attributes.items() if name.startswith("data-")} == {
        "data-act": "press",
        "data-block": "b1",
        "data-action": "yes",
        "data-value": "d1",
        "data-confirm-title": "Sure?",
        "data-confirm-text": "It is final.",
        "data-confirm-yes": "Yes",
        "data-confirm-no": "No",
    }
    assert one.attributes["type"] == "button"
    assert one.classes == ["bk-button", "bk-danger"]


def test_a_button_with_an_address_also_goes_there(workspace: Workspace) -> None:
    root = drawn(
        workspace, actions(button(url="https://a.example"), button(url="javascript:1", action_id="no"))
    )
    assert [one.attributes["href"] for one in root.all("a", data_act="press")] == ["https://a.example"]
    assert [one.attributes["data-action"] for one in root.all("button", data_act="press")] == ["no"]


def test_a_menu_acts_when_an_option_is_pressed(workspace: Workspace) -> None:
    options = [{"text": plain(name), "value": name.lower()} for name in ("Road", "Sea")]
    grouped = [{"label": plain("All"), "options": options}]
    root = drawn(
        workspace,
        actions(
            {"type": "static_select", "action_id": "a", "placeholder": plain("More"), "options": options},
            {
                "type": "static_select",
                "action_id": "b",
                "option_groups": grouped,
                "initial_option": options[1],
            },
            {"type": "overflow", "action_id": "c", "options": options},
        ),
    )
    assert [one.text for one in root.all("summary")] == ["More", "Sea", "⋯"]
    assert root.all("summary")[2].attributes["aria-label"] == "More actions"
    assert [(one.attributes["data-action"], one.attributes["data-value"]) for one in root.all("button")] == [
        (action, value) for action in "abc" for value in ("road", "sea")
    ]


def test_a_picker_in_a_message_is_a_form_of_its_own(workspace: Workspace) -> None:
    picker = {"type": "users_select", "action_id": "who", "placeholder": plain("Somebody")}
    (form,) = drawn(workspace, actions(picker)).all("form")
    assert (form.attributes["data-action"], form.all("label")[0].text) == ("who", "Somebody")
    blocks = [{**actions(picker)}]
    person, mara = workspace.person("mara"), workspace.user("mara").id
    assert draw.chosen(blocks, "b1", "who", {"b|b1|who": [mara]}, person=person) == mara
    assert draw.chosen(blocks, "b1", "other", {"b|b1|who": [mara]}, person=person) is None


# --- hostile words ---


def everything(text: str) -> list[Json]:
    """Every place for words, with these in it."""
    option = {"text": plain(text[:75]), "value": text[:150], "description": plain(text[:75])}
    return [
        {"type": "header", "text": plain(text[:150]), "block_id": text[:255]},
        {
            "type": "section",
            "text": mrkdwn(text),
            "fields": [mrkdwn(text)],
            "accessory": button(action_id=text),
        },
        {
            "type": "context",
            "elements": [mrkdwn(text), {"type": "image", "image_url": text, "alt_text": text}],
        },
        actions(
            {**button(), "text": plain(text[:75]), "value": text, "url": text},
            {"type": "overflow", "action_id": "o", "options": [option | {"url": text}]},
            {
                "type": "static_select",
                "action_id": "s",
                "options": [option],
                "placeholder": plain(text[:150]),
            },
            {"type": "checkboxes", "action_id": "c", "options": [option], "initial_options": [option]},
            {"type": "datepicker", "action_id": "d", "placeholder": plain(text[:150])},
        ),
        rich(section({"type": "text", "text": text}, {"type": "link", "url": text, "text": text})),
        {"type": "image", "image_url": text, "alt_text": text, "title": plain(text)},
    ]


def harmless(root: Node) -> None:
    assert not {one.tag for one in root.walk()} & {
        "script",
        "img",
        "style",
        "iframe",
        "link",
        "meta",
        "base",
        "svg",
    }
    names = {name for one in root.walk() for name in one.attributes}
    assert not [name for name in names if name.startswith("on") or name in ("style", "action", "formaction")]
    hrefs = [one.attributes["href"] for one in root.walk() if "href" in one.attributes]
    assert all(href.startswith(("https://", "http://", "mailto:", "/?as=", "/file?")) for href in hrefs)
    assert "49" not in root.text


@pytest.mark.parametrize("text", [EVIL, BAIT], ids=["words", "markup"])
def test_hostile_words_stay_words_in_a_message(workspace: Workspace, text: str) -> None:
    root = drawn(workspace, *everything(text))
    harmless(root)
    assert "<script>" in root.text
    harmless(drawn(workspace, text=text))


def test_hostile_words_stay_words_in_a_modal_and_the_home_tab(workspace: Workspace) -> None:
    person = workspace.person("mara")
    field = {"type": "plain_text_input", "initial_value": EVIL + "\n</textarea>", "placeholder": plain(EVIL)}
    inputs = [{"type": "input", "label": plain(EVIL), "hint": plain(EVIL), "element": field}]
    view: Json = {
        "type": "modal",
        "title": plain(EVIL[:24]),
        "submit": plain(EVIL[:24]),
        "close": plain(EVIL[:24]),
    }
    made = views.make(
        workspace, person.id, views.content(workspace, {**view, "blocks": everything(EVIL) + inputs})
    )
    made.errors = {made.blocks[-1]["block_id"]: EVIL}
    root = parsed(draw.modal(Modal(person, made), person=person))
    harmless(root)
    assert root.all("textarea")[0].text == "\n" + EVIL + "\n</textarea>"
    content = views.content(workspace, {"type": "home", "blocks": everything(EVIL)}, ("home",))
    harmless(parsed(draw.home(Home(person, views.make(workspace, person.id, content)), person=person)))
