"""Menus of messages, fields that fill up and forms that follow each other, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from ecomms_bot.practice.workspace import WorkspaceServer
from ecomms_bot.practice.workspace.state import Json
from tests.practice.page.screens import Room
from tests.system.seat import Seat

NAMES = ("Facts", "Status", "Close")


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def menu(kind: str, **more: Json) -> Json:
    options = [{"text": plain(name), "value": name.lower()} for name in NAMES]
    element = {"type": kind, "action_id": kind, "options": options} | more
    return {"type": "actions", "block_id": kind, "elements": [element]}


@pytest.fixture
def room() -> Room:
    made = Room()
    made.posts("A card", menu("static_select", placeholder=plain("More")), menu("overflow"))
    return made


@pytest.fixture
def seat(browser: Browser, room: Room) -> Iterator[Seat]:
    with WorkspaceServer(room.ws, site=room.site.mounted()) as server:
        address = f"http://127.0.0.1:{server.port}"
        taken = Seat.take(browser, address, "mara", width=360, dark=False)
        yield taken
        taken.leave()
    assert taken.problems == []


def test_a_menu_is_opened_walked_and_left_with_the_keyboard_and_nothing_is_sent(
    room: Room, seat: Seat
) -> None:
    opener = seat.page.locator("summary", has_text="More")
    opener.press("Enter")
    options = seat.page.get_by_role("button", name="Facts"), seat.page.get_by_role("button", name="Close")
    expect(options[0]).to_be_visible()
    seat.page.keyboard.press("ArrowDown")
    expect(options[0]).to_be_focused()
    seat.page.keyboard.press("ArrowUp")
    expect(options[1]).to_be_focused()
    seat.page.keyboard.press("Escape")
    expect(options[0]).to_be_hidden()
    expect(opener).to_be_focused()
    assert room.app.heard == []


def test_an_option_is_sent_when_it_is_pressed_and_the_menu_closes(room: Room, seat: Seat) -> None:
    seat.page.get_by_label("More actions", exact=True).click()
    seat.page.get_by_role("button", name="Status").click()
    room.ws.wait_for(lambda: room.app.heard)
    (told,) = room.app.last["actions"]
    assert (told["action_id"], told["selected_option"]["value"]) == ("overflow", "status")
    expect(seat.page.get_by_role("button", name="Status")).to_be_hidden()


def test_a_menu_closes_when_one_goes_elsewhere(seat: Seat) -> None:
    option = seat.page.get_by_role("button", name="Facts")
    seat.page.locator("summary", has_text="More").click()
    expect(option).to_be_visible()
    seat.page.locator("#composer textarea").click()
    expect(option).to_be_hidden()


def test_the_word_that_a_form_was_closed_does_not_close_the_next_one(room: Room, seat: Seat) -> None:
    note = {"type": "section", "text": plain("Read this.")}
    opened = room.opens("mara", {"type": "modal", "title": plain("Draft"), "blocks": [note]})
    seat.opens().evaluate("one => one.dispatchEvent(new Event('close'))")  # as it comes when all is slow
    room.opens("mara", {"type": "modal", "title": plain("Another"), "blocks": [note]})
    seat.sees("Another", seat.modal)
    room.ws.person("mara").close_modal()
    seat.sees("Draft", seat.modal)
    assert opened.open


def test_a_field_says_when_it_is_almost_full_and_what_is_too_much(room: Room, seat: Seat) -> None:
    element = {"type": "plain_text_input", "action_id": "value", "max_length": 10}
    sign = {"type": "input", "block_id": "sign", "label": plain("Sign"), "element": element}
    room.opens("mara", {"type": "modal", "title": plain("Draft"), "submit": plain("Next"), "blocks": [sign]})
    field, told = seat.modal.get_by_label("Sign"), seat.modal.get_by_role("status")
    field.fill("HIGHWAY")
    expect(told).to_have_count(0)
    field.fill("HIGHWAY 7")
    expect(told).to_have_text("1 left")
    field.fill("HIGHWAY 7 🌊🌊")
    expect(told).to_have_text("2 too many")
    seat.presses("Next", seat.modal)
    seat.sees("This must be 10 characters or fewer.", seat.modal)
    expect(field).to_have_value("HIGHWAY 7 🌊🌊")
    field.fill("HWY 7")
    expect(told).to_have_count(0)
