"""Everything that the bot sends, in a real browser: everybody can use it, and it fits the smallest screen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from ecomms_bot.practice.workspace import Workspace, WorkspaceServer, views
from ecomms_bot.practice.workspace.state import Json
from ecomms_bot.slack.samples import samples
from tests.practice.page.screens import Room
from tests.system.seat import RULES, Seat

EVERY = samples(exercise=True)
MODALS = [sample.view for sample in EVERY if sample.view is not None and sample.view["type"] == "modal"]
WRONG = "This cannot be. Say it in another way, so that everybody who reads it knows what is meant."
LOOKS = {"small, dark": (360, True), "wide, light": (1280, False)}
WIDER = "one => one.scrollWidth - one.clientWidth"
CUT = """within => [...within.querySelectorAll("button, summary, label, h2, h3, pre, textarea")]
    .filter((one) => one.offsetParent && one.scrollWidth > one.clientWidth + 1)
    .map((one) => one.outerHTML.slice(0, 120))"""


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture(params=LOOKS)
def seat(browser: Browser, room: Room, request: pytest.FixtureRequest) -> Iterator[Seat]:
    width, dark = LOOKS[request.param]
    with WorkspaceServer(room.ws, site=room.site.mounted()) as server:
        address = f"http://127.0.0.1:{server.port}"
        taken = Seat.take(browser, address, "mara", width=width, dark=dark)
        yield taken
        taken.leave()
    assert taken.problems == []


def test_every_message_can_be_used_by_everybody_with_its_menus_open(room: Room, seat: Seat) -> None:
    sent = [message for sample in EVERY for message in sample.messages]
    for message in sent:
        room.posts(message.text, *message.blocks)
    seat.page.goto(f"{seat.page.url}&count={len(sent)}")
    rows = seat.page.locator("#messages li.message")
    expect(rows).to_have_count(len(sent))
    for menu in seat.page.locator(".bk-menu").all():
        menu.evaluate("one => { one.removeAttribute('name'); one.open = true; }")
    assert seat.violations() == []
    assert seat.sideways == 0
    assert seat.page.locator("#flow").evaluate(WIDER) == 0
    assert seat.page.locator("#messages").evaluate(CUT) == []


def test_every_form_can_be_used_by_everybody_also_with_mistakes(room: Room, seat: Seat) -> None:
    found: list[str] = []
    for number, view in enumerate(MODALS):
        opened = show(room.ws, view, wrong=number % 2 == 0)
        shown = seat.page.locator(f"#modal #v-{opened}")
        expect(shown).to_be_visible()
        axe = Axe().run(seat.page, context="#modal", options={"resultTypes": ["violations"], **RULES})
        told = [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in axe.response["violations"]]
        wide = [f"{shown.evaluate(WIDER)} pixels too wide"] * (shown.evaluate(WIDER) > 0)
        found += [f"{view['callback_id']}: {each}" for each in (*told, *wide, *shown.evaluate(CUT))]
        room.ws.person("mara").close_modal()
        expect(shown).to_have_count(0)
    assert found == []


def show(ws: Workspace, view: Json, *, wrong: bool) -> str:
    """Open it before Mara; `wrong`: with a mistake in every field."""
    with ws.lock:
        opened = views.open_modal(ws, ws.new_trigger(ws.user("mara").id).id, view)
        if wrong:
            opened.errors = {one["block_id"]: WRONG for one in opened.blocks if one["type"] == "input"}
    return opened.id
