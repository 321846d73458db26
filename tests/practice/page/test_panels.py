"""What stands beside the chat: what each panel says, and what its buttons do."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from ecomms_bot.practice.luck import OUTAGE, SWITCHES
from ecomms_bot.practice.page.controls import PANELS, Controls, NoControls
from ecomms_bot.practice.page.panels import Panels, page
from ecomms_bot.practice.training import Training
from ecomms_bot.practice.workspace import Person, WorkspaceServer
from tests.books import FOLDER
from tests.practice.page.reading import parsed

WAIT_S = 20.0
ASLEEP = (sys.executable, "-c", "import time; time.sleep(60)")


class Seen(HTMLParser):
    """The words of a piece, its buttons by id, and the targets of its links."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words, self.links = "", list[str]()
        self.controls: dict[str, dict[str, str | None]] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "button":
            self.controls[str(told["id"])] = told
        if tag == "a":
            self.links.append(str(told["href"]))

    def handle_data(self, data: str) -> None:
        self.words += data


@dataclass
class Screen:
    """The panels as one person sees them, and a hand on their buttons."""

    made: Training
    controls: Controls
    server: WorkspaceServer

    @property
    def maya(self) -> Person:
        return self.made.people["maya"]

    def panel(self, name: str, person: Person | None = None) -> Seen:
        return Seen(str(self.controls.panels(person or self.maya)[name]))

    def press(self, panel: str, button: str, path: str, person: Person | None = None) -> dict[str, object]:
        """Send what the button sends, if it is there and can be pressed."""
        told = self.panel(panel, person).controls[button]
        assert "aria-disabled" not in told
        return self.send(path, str(told["name"]), str(told["value"]))

    def send(self, path: str, name: str, value: str) -> dict[str, object]:
        query = urlencode({"as": "maya", "in": self.made.workspace.conversation("ops-desk").id})
        url = f"http://127.0.0.1:{self.server.port}/practice/{path}?{query}"
        with urlopen(Request(url, urlencode({name: value}).encode()), timeout=WAIT_S) as answer:
            told: dict[str, object] = json.load(answer)
        return told


@contextmanager
def screen_in(folder: Path, playbooks: Path | None = None) -> Iterator[Screen]:
    """A practice that has everything but a bot that answers: its process sleeps."""
    made = Training(folder, playbooks)
    made.open_workspace(speed=0.0)
    panels: Panels | None = None
    server = WorkspaceServer(made.workspace)
    try:
        made.open_bot(server.url, ASLEEP)
        panels = Panels(made)
        server.site = tuple(panels.routes)
        server.start()
        yield Screen(made, panels, server)
    finally:
        made.close()
        server.stop()


@pytest.fixture(scope="module")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screen]:
    with screen_in(tmp_path_factory.mktemp("practice")) as made:
        yield made


def test_every_panel_is_there_for_everybody(screen: Screen) -> None:
    for person in screen.made.people.values():
        assert list(screen.controls.panels(person)) == list(PANELS)
    assert list(NoControls().panels(screen.maya)) == list(PANELS)


def test_the_clock_says_the_practice_time_in_the_zone_of_who_looks(screen: Screen) -> None:
    here, there = screen.panel("clock").words, screen.panel("clock", screen.made.people["ruth"]).words
    assert "Practice time, Vancouver" in here
    assert "Practice time, Toronto" in there
    now = screen.made.mover.now
    assert f":{now:%M}" in here
    assert here != there


def test_a_button_pushes_the_clock(screen: Screen) -> None:
    before = screen.made.mover.now
    screen.made.bot.stop()  # nobody has anything to do on the way
    assert screen.press("clock", "push-15", "clock") == {"ok": True}
    screen.made.workspace.wait_for(lambda: screen.made.mover.target is None, WAIT_S)
    assert (screen.made.mover.now - before).total_seconds() == 900.0
    screen.made.bot.start()


def test_a_speed_is_shown_as_chosen(screen: Screen) -> None:
    assert screen.press("clock", "speed-60", "clock") == {"ok": True}
    assert screen.made.mover.speed == 60.0
    pressed = {
        name: told["aria-pressed"] for name, told in screen.panel("clock").controls.items() if "speed" in name
    }
    assert pressed == {"speed-0": "false", "speed-1": "false", "speed-10": "false", "speed-60": "true"}
    screen.press("clock", "speed-0", "clock")


@pytest.mark.parametrize("asked", ["minutes=7", "minutes=much", "speed=3", "other=1"])
def test_a_time_that_no_button_offers_is_refused(screen: Screen, asked: str) -> None:
    before = screen.made.mover.now
    answer = screen.send("clock", *asked.split("="))
    assert answer["ok"] is False
    assert str(answer["error"]).startswith("The clock")
    assert screen.made.mover.now == before


@pytest.mark.parametrize("name", [each.name for each in SWITCHES])
def test_a_switch_says_whether_it_is_on_and_all_off_ends_it(screen: Screen, name: str) -> None:
    def shown() -> str | None:
        return screen.panel("faults").controls[f"switch-{name}"]["aria-checked"]

    assert shown() == "false"
    screen.press("faults", f"switch-{name}", "faults")
    assert shown() == "true"
    assert screen.made.luck.on(name)
    screen.press("faults", "faults-off", "faults")
    assert shown() == "false"
    assert "aria-disabled" in screen.panel("faults").controls["faults-off"]


def test_a_switch_that_is_not_there_is_refused(screen: Screen) -> None:
    assert screen.send("faults", "switch", "fire:on") == {"ok": False, "error": "There is no such switch."}


def test_while_slack_is_away_the_page_knows_and_says_so(screen: Screen) -> None:
    assert screen.controls.away == ""
    screen.made.luck.switch(OUTAGE.name, on=True)
    assert "Slack is away" in screen.controls.away
    assert "Slack is away" in screen.panel("bot").words
    screen.made.luck.all_off()
    assert screen.controls.away == ""


def test_a_bot_that_was_stopped_can_be_started_where_it_is_said(screen: Screen) -> None:
    screen.press("faults", "bot-there", "bot")
    screen.made.workspace.wait_for(lambda: screen.made.bot.pid is None, WAIT_S)
    assert "The bot was stopped" in screen.panel("bot").words
    assert screen.press("bot", "bot-start-here", "bot") == {"ok": True}
    screen.made.workspace.wait_for(lambda: screen.made.bot.pid, WAIT_S)
    assert "stopped" not in screen.panel("bot").words


def test_a_bot_that_is_ended_in_the_middle_is_another_one_soon(screen: Screen) -> None:
    screen.made.workspace.wait_for(lambda: screen.made.bot.pid, WAIT_S)
    first = screen.made.bot.pid
    assert screen.press("faults", "bot-kill", "bot") == {"ok": True}
    screen.made.workspace.wait_for(lambda: screen.made.bot.pid not in (None, first), WAIT_S)


def test_the_first_step_is_to_start_an_exercise(screen: Screen) -> None:
    seen = screen.panel("guide")
    assert "0 of 6 done" in seen.words
    assert "/ecomms start flood" in seen.words
    assert seen.links == []
    (link,) = screen.panel("guide", screen.made.people["tom"]).links
    assert link.startswith("/?as=maya&in=C")
    # And each bears its own number, also on a small screen, which shows only the one that is next
    html = str(screen.controls.panels(screen.maya)["guide"])
    assert [each.attributes["data-step"] for each in parsed(html).all("li")] == [*"123456"]


def test_the_guide_can_be_put_away_and_fetched_again(screen: Screen) -> None:
    screen.press("guide", "guide-away", "guide")
    assert screen.panel("guide").words == ""  # so that its column is gone
    screen.press("drills", "guide-back", "guide")
    assert "First steps" in screen.panel("guide").words


def test_every_drill_that_the_bot_offers_can_be_started_from_the_page(screen: Screen) -> None:
    seen = screen.panel("drills")
    assert len([name for name in seen.controls if name.startswith("drill-")]) >= 3
    assert screen.send("drill", "drill", "no-such-drill") == {"ok": False, "error": "There is no such drill."}


def test_a_drill_of_ones_own_is_there_too_and_a_mistake_in_one_is_told_with_its_place(tmp_path: Path) -> None:
    books = tmp_path / "books"
    shutil.copytree(FOLDER, books)
    own = (books / "drills" / "short-river.yaml").read_text()
    (books / "drills" / "wrong.yaml").write_text(own.replace("  minutes: 40", "  minutes: soon"))
    with screen_in(tmp_path, books) as screen:
        seen = screen.panel("drills")
    assert "drill-short-river" in seen.controls
    assert re.search(r"wrong.yaml:\d+:\d+: take_part > minutes: this must be a whole number", seen.words)
    assert "Files that cannot be used" in seen.words


def test_a_drill_that_cannot_be_started_now_says_why(screen: Screen) -> None:
    drill = next(name for name in screen.panel("drills").controls if name.startswith("drill-"))
    answer = screen.press("drills", drill, "drill")
    assert answer["ok"] is False  # the bot is asleep
    assert "/ecomms failed" in str(answer["error"])


def test_everything_with_a_button_is_named_once_on_the_whole_page(screen: Screen) -> None:
    names = [name for panel in PANELS for name in screen.panel(panel).controls]
    assert len(names) == len(set(names))


def test_who_knocks_while_the_practice_is_being_opened_is_let_in_a_moment_later(tmp_path: Path) -> None:
    # Given a workspace whose bot was not started yet, and a window of an earlier practice
    made = Training(tmp_path)
    made.open_workspace(speed=0.0)
    server = WorkspaceServer(made.workspace, site=page(made)).start()
    try:
        for path in ("/?as=maya", "/stream?as=maya", "/practice/debrief"):
            # When it asks for anything, it is told to come again, and the browser does
            with pytest.raises(HTTPError) as refused:
                urlopen(f"http://127.0.0.1:{server.port}{path}", timeout=WAIT_S)
            assert refused.value.code == 503
            assert refused.value.headers["Refresh"] == "1"
            refused.value.close()
        # Then it sees the page as soon as there is a bot
        made.open_bot(server.url, ASLEEP)
        with urlopen(f"http://127.0.0.1:{server.port}/?as=maya", timeout=WAIT_S) as answer:
            assert "Maya Chen" in answer.read().decode()
    finally:
        made.close()
        server.stop()
