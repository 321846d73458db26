"""What the page's own script has to get right, in a real browser, with an app that answers at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from ecomms_bot.practice.workspace import WorkspaceServer, views
from ecomms_bot.practice.workspace.state import Json
from tests.practice.page.screens import Room
from tests.system.seat import Seat

FOCUS = "document.activeElement"


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def field(label: str, block: str, **more: object) -> Json:
    element: Json = {"type": "plain_text_input", "action_id": "value"} | more
    return {"type": "input", "block_id": block, "label": plain(label), "element": element}


def button(text: str, action: str) -> Json:
    return {
        "type": "actions",
        "block_id": action,
        "elements": [{"type": "button", "action_id": action, "text": plain(text)}],
    }


def form(*blocks: Json, title: str = "A form") -> Json:
    return {"type": "modal", "title": plain(title), "submit": plain("Send"), "blocks": list(blocks)}


@dataclass
class Window:
    room: Room
    seat: Seat

    @property
    def page(self) -> Page:
        return self.seat.page

    @property
    def field(self) -> Locator:
        return self.page.locator("#composer textarea")

    def read(self) -> None:
        """Wait until all that came was on the screen."""
        room = self.room
        mara = room.ws.user("mara").id
        room.ws.wait_for(lambda: not room.site.marks.unread(mara, room.ops).new)

    def row(self, words: str) -> Locator:
        return self.page.locator("#messages li.message", has_text=words)


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture
def server(room: Room) -> Iterator[WorkspaceServer]:
    with WorkspaceServer(room.ws, site=room.site.mounted()) as running:
        yield running


@pytest.fixture
def window(browser: Browser, room: Room, server: WorkspaceServer) -> Iterator[Window]:
    seat = Seat.take(browser, f"http://127.0.0.1:{server.port}", "mara", width=1280, dark=False)
    yield Window(room, seat)
    seat.leave()
    assert seat.problems == []


# --- writing ----------------------------------------------------------------------------------------------


def test_commands_are_completed_by_keyboard(window: Window) -> None:
    box = window.field
    box.press_sequentially("/e")
    choices = window.page.get_by_role("option")
    expect(choices).to_have_count(1)
    box.press("Tab")
    expect(choices).to_have_count(2)
    box.press("ArrowDown")
    expect(choices.nth(1)).to_have_attribute("aria-selected", "true")
    assert box.get_attribute("aria-activedescendant") == choices.nth(1).get_attribute("id")
    box.press("Enter")
    expect(box).to_have_value("/ecomms status ")
    expect(choices).to_have_count(0)
    box.press("Enter")
    expect(box).to_have_value("")
    window.room.ws.wait_for(lambda: window.room.app.heard)
    assert window.room.app.last["text"] == "status"


def test_what_is_whole_is_sent_although_more_could_follow(window: Window) -> None:
    window.field.press_sequentially("/ecomms")
    expect(window.page.get_by_role("option")).to_have_count(2)
    window.field.press("Enter")
    window.room.ws.wait_for(lambda: window.room.app.heard)
    assert window.room.app.last["text"] == ""


def test_people_are_completed_by_any_of_their_names(window: Window) -> None:
    window.field.press_sequentially("Ask @ort")
    expect(window.page.get_by_role("option")).to_have_text("@lee Lee Ortiz")
    window.field.press("Tab")
    expect(window.field).to_have_value("Ask @lee ")


def test_several_lines_are_written_with_shift(window: Window) -> None:
    window.field.press_sequentially("One")
    window.field.press("Shift+Enter")
    window.field.press_sequentially("Two")
    window.field.press("Enter")
    expect(window.row("One")).to_contain_text("Two")


def test_what_could_not_be_sent_comes_back_with_the_reason(window: Window) -> None:
    window.room.app.leave()
    window.field.fill("/ecomms status")
    window.field.press("Escape")
    window.field.press("Enter")
    expect(window.page.locator("#composer .notice")).to_contain_text("dispatch_failed")
    expect(window.field).to_have_value("/ecomms status")
    # and the reason goes when they begin to mend it
    window.field.press("Backspace")
    expect(window.page.locator("#composer .notice")).to_be_hidden()


def test_what_is_half_written_waits_where_it_was_begun(window: Window) -> None:
    window.room.ws.add_conversation("aside", ["mara"])
    window.field.fill("Half a")
    window.page.get_by_role("link", name="aside").click()
    expect(window.page.get_by_role("heading", name="#aside").first).to_be_visible()
    expect(window.field).to_have_value("")
    window.page.go_back()
    expect(window.field).to_have_value("Half a")
    window.page.reload()
    expect(window.field).to_have_value("Half a")


def test_ones_own_message_is_edited_and_deleted(window: Window) -> None:
    window.field.fill("The river raises.")
    window.field.press("Enter")
    row = window.row("The river")
    row.hover()
    row.get_by_role("button", name=re.compile("More actions")).click()
    window.page.get_by_role("button", name="Edit message").click()
    row.get_by_label("Your message").fill("The river rises.")
    row.get_by_label("Your message").press("Enter")
    expect(row).to_contain_text("The river rises.(edited)")
    row.get_by_role("button", name=re.compile("More actions")).click()
    window.page.get_by_role("button", name="Delete message").click()
    window.page.get_by_role("button", name="Delete", exact=True).click()
    expect(row).to_have_count(0)


def test_messages_of_others_offer_no_edit(window: Window) -> None:
    window.room.says("lee", "Mine.")
    row = window.row("Mine.")
    row.hover()
    row.get_by_role("button", name=re.compile("More actions")).click()
    menu = window.page.get_by_role("dialog", name="Actions for this message")
    expect(menu.get_by_role("button", name="Reply in thread")).to_be_focused()
    expect(menu.get_by_role("button", name="Edit message")).to_have_count(0)


# --- reading ----------------------------------------------------------------------------------------------


def test_who_reads_further_up_is_not_moved_and_told_of_what_came(window: Window) -> None:
    for number in range(40):
        window.room.says("lee", f"Message number {number}.")
    expect(window.row("number 39.")).to_be_in_viewport()
    flow = window.page.locator("#flow")
    flow.evaluate("flow => flow.scrollTo(0, 0)")
    window.room.says("lee", "The newest.")
    down = window.page.get_by_role("button", name="New messages")
    expect(down).to_be_visible()
    assert flow.evaluate("flow => flow.scrollTop") == 0
    down.click()
    expect(window.row("The newest.")).to_be_in_viewport()
    expect(down).to_be_hidden()


def test_earlier_messages_come_above_what_is_read(window: Window) -> None:
    for number in range(60):
        window.room.says("lee", f"Message number {number}.")
    window.read()
    window.page.reload()
    expect(window.row("number 59.")).to_be_in_viewport()
    window.page.get_by_role("link", name="Show earlier messages").click()
    expect(window.row("number 0.")).to_have_count(1)
    expect(window.row("number 10.")).to_be_in_viewport()


def test_a_new_message_is_read_aloud_once(window: Window) -> None:
    expect(window.field).to_be_visible()
    window.room.says("lee", "Water at the door.")
    expect(window.page.locator("#announce")).to_have_text("Lee Ortiz: Water at the door.")


def test_what_is_on_the_screen_is_read(window: Window) -> None:
    window.room.says("lee", "Hello.")
    expect(window.row("Hello.")).to_be_visible()
    window.read()


def test_the_focus_stays_on_a_message_whose_button_went(window: Window) -> None:
    card = window.room.posts("A card", button("Approve", "approve"))
    press = window.row("").get_by_role("button", name="Approve")
    press.focus()
    with window.room.ws.lock:
        card.blocks = [{"type": "section", "block_id": "x", "text": {"type": "mrkdwn", "text": "Approved."}}]
        window.room.ws.changed()
    expect(window.row("Approved.")).to_be_focused()


# --- modals -----------------------------------------------------------------------------------------------


def test_a_modal_takes_the_focus_and_gives_it_back(window: Window) -> None:
    window.field.focus()
    window.room.opens("mara", form(field("Name", "name"), field("Where", "where")))
    name = window.seat.modal.get_by_label("Name")
    expect(name).to_be_focused()
    window.page.keyboard.press("Escape")
    expect(window.seat.modal).to_have_count(0)
    expect(window.field).to_be_focused()


def test_what_is_being_typed_stays_when_the_app_updates_the_view(window: Window) -> None:
    view = window.room.opens("mara", form(field("Name", "name"), field("Where", "where")))
    box = window.seat.modal.get_by_label("Where")
    box.press_sequentially("Agassiz")
    box.press("ArrowLeft")
    views.update(
        window.room.ws, view, form(field("Name", "name"), field("Road", "road"), field("Where", "where"))
    )
    expect(window.seat.modal.get_by_label("Road")).to_be_visible()
    expect(box).to_have_value("Agassiz")
    expect(box).to_be_focused()
    assert box.evaluate("box => box.selectionStart") == len("Agassi")


def test_a_value_that_the_app_sets_is_shown_in_a_field_that_nobody_touched(window: Window) -> None:
    view = window.room.opens("mara", form(field("Name", "name"), field("Where", "where")))
    window.seat.modal.get_by_label("Where").fill("Agassiz")
    filled = form(field("Name", "name-2", initial_value="Highway 7"), field("Where", "where"))
    views.update(window.room.ws, view, filled)
    expect(window.seat.modal.get_by_label("Name")).to_have_value("Highway 7")
    expect(window.seat.modal.get_by_label("Where")).to_have_value("Agassiz")


def test_a_pushed_view_begins_anew_and_the_one_below_is_as_it_was(window: Window) -> None:
    pushed = form(field("Name", "name"), title="Preview")
    window.room.app.says["view_submission"] = {"response_action": "push", "view": pushed}
    window.room.opens("mara", form(field("Name", "name")))
    window.seat.modal.get_by_label("Name").fill("Highway 7")
    window.seat.presses("Send", window.seat.modal)
    expect(window.seat.modal.get_by_role("heading", name="Preview")).to_be_visible()
    expect(window.seat.modal.get_by_label("Name")).to_have_value("")
    window.page.keyboard.press("Escape")
    expect(window.seat.modal.get_by_role("heading", name="A form")).to_be_visible()
    expect(window.seat.modal.get_by_label("Name")).to_have_value("Highway 7")


def test_a_mistake_takes_the_focus_to_its_field(window: Window) -> None:
    window.room.opens("mara", form(field("Name", "name"), field("Where", "where")))
    window.seat.modal.get_by_label("Name").fill("Highway 7")
    window.seat.presses("Send", window.seat.modal)
    where = window.seat.modal.get_by_label("Where")
    expect(where).to_be_focused()
    expect(where).to_have_attribute("aria-invalid", "true")
    expect(where).to_have_accessible_description("Please complete this required field.")


def test_a_form_that_did_not_arrive_says_so_and_keeps_what_was_typed(window: Window) -> None:
    window.room.opens("mara", form(field("Name", "name")))
    window.room.app.leave()
    window.seat.modal.get_by_label("Name").fill("Highway 7")
    window.seat.presses("Send", window.seat.modal)
    expect(window.seat.modal.get_by_role("alert")).to_have_text("We had some trouble connecting. Try again?")
    expect(window.seat.modal.get_by_label("Name")).to_have_value("Highway 7")


def test_what_has_to_be_confirmed_is_asked_first(window: Window) -> None:
    confirm = {
        "title": plain("Sure?"),
        "text": plain("It ends."),
        "confirm": plain("End"),
        "deny": plain("Stay"),
    }
    asked = button("Close", "close")
    asked["elements"][0]["confirm"] = confirm
    window.room.posts("A card", asked)
    window.seat.presses("Close", window.seat.flow)
    window.seat.presses("Stay", window.page.get_by_role("alertdialog"))
    expect(window.page.get_by_role("alertdialog")).to_have_count(0)
    assert window.room.app.heard == []
    window.seat.presses("Close", window.seat.flow)
    window.seat.presses("End", window.page.get_by_role("alertdialog"))
    window.room.ws.wait_for(lambda: window.room.app.heard)
    assert window.room.app.last["actions"][0]["action_id"] == "close"


# --- the line ---------------------------------------------------------------------------------------------


def test_a_page_that_lost_its_server_says_so_and_comes_back_by_itself(
    browser: Browser, room: Room, server: WorkspaceServer
) -> None:
    seat = Seat.take(browser, f"http://127.0.0.1:{server.port}", "mara", width=1280, dark=False)
    seat.page.locator("#composer textarea").fill("Half a")
    server.stop()
    seat.sees("Connecting again…")
    room.says("lee", "While you were away.")
    server.start()
    seat.sees("While you were away.")
    expect(seat.page.get_by_text("Connecting again…")).to_be_hidden()
    expect(seat.page.locator("#composer textarea")).to_have_value("Half a")
    seat.leave()


# --- for everybody ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1280, 360])
def test_every_part_of_the_page_can_be_used_by_everybody(
    browser: Browser, room: Room, server: WorkspaceServer, *, width: int, dark: bool
) -> None:
    root = room.posts("A card", button("Approve", "approve"))
    room.says("lee", "Look at https://example.org and #ops", thread=root.ts)
    room.posts("Only you.", only="mara")
    room.says("mara", "Mine.")
    seat = Seat.take(browser, f"http://127.0.0.1:{server.port}", "mara", width=width, dark=dark)
    found: list[str] = []

    def look() -> None:
        assert seat.sideways == 0
        found.extend(seat.violations())

    look()
    seat.page.locator("#composer textarea").fill("/ecomms ")
    expect(seat.page.get_by_role("option").first).to_be_visible()
    look()
    seat.page.locator("#composer textarea").fill("")
    seat.flow.get_by_role("button", name=re.compile("More actions")).last.click()
    look()
    seat.page.keyboard.press("Escape")
    seat.opens_thread()
    expect(seat.page.get_by_role("heading", name="Thread")).to_be_visible()
    look()
    room.opens("mara", form(field("Name", "name")))
    expect(seat.modal).to_be_visible()
    seat.presses("Send", seat.modal)
    expect(seat.modal.locator("[aria-invalid=true]")).to_be_visible()
    look()
    assert found == []
    seat.leave()
    assert seat.problems == []
