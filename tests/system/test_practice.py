"""The page around the chat: a drill to its debrief, a bot that is killed, every view for everybody."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.system.conftest import Practice
from tests.system.seat import Seat
from tests.system.test_newcomer import starts, writes

LOOKS = [(1280, False), (1280, True), (360, False), (360, True)]
"""Widths in pixels, and whether it is dark."""
ZOOMED = 640
"""What a window of 1280 pixels has at 200 %."""
MOVING_S = 120.0
"""More than an hour of practice takes."""


def complaints(seat: Seat, view: str) -> Iterator[str]:
    """What is wrong with what is on the screen, in each look. It is left wide and light."""
    for width, dark in LOOKS:
        seat.looks(width, dark=dark)
        name = f"{view}, {width} px, {'dark' if dark else 'light'}"
        yield from (f"{name}: {each}" for each in seat.violations())
        if seat.sideways:
            yield f"{name}: {seat.sideways} px wider than the window"
    seat.looks(ZOOMED, dark=False)
    if seat.sideways:
        yield f"{view}, zoomed: {seat.sideways} px wider than the window"
    seat.looks(1280, dark=False)


def test_everybody_can_use_what_comes_before_an_incident(practice: Practice) -> None:
    seat = practice.sit("maya")
    found = [*complaints(seat, "first view")]
    seat.page.locator("#composer textarea").fill("/ecomms s")
    expect(seat.page.get_by_role("option").first).to_be_visible()
    found += complaints(seat, "completion")
    seat.page.locator("#composer textarea").fill("")
    for name in ("Drills", "Bad luck"):
        seat.presses(name)
        found += complaints(seat, name)
        seat.page.keyboard.press("Escape")
    seat.types("/ecomms start flood")
    form = seat.opens()
    found += complaints(seat, "form")
    seat.presses("Open", form)
    expect(form.get_by_role("alert").or_(form.locator("[aria-invalid=true]")).first).to_be_visible()
    found += complaints(seat, "form with mistakes")
    assert found == []


def test_everybody_can_use_what_comes_with_an_incident(practice: Practice) -> None:
    seat = practice.sit("maya")
    starts(seat)
    seat.sees("Write draft", seat.flow)
    found = [*complaints(seat, "conversation")]
    writes(seat)
    seat.opens_thread()
    seat.sees("waiting for approval", seat.thread)
    found += complaints(seat, "draft in its thread")
    seat.flow.get_by_role("button", name="More actions").last.click()
    found += complaints(seat, "menu of a message")
    seat.page.keyboard.press("Escape")
    seat.page.get_by_role("link", name="ecomms Home").click()
    seat.sees("Your drafts", seat.flow)
    found += complaints(seat, "App Home")
    assert found == []


def test_a_control_keeps_the_focus_when_what_it_did_is_shown(practice: Practice) -> None:
    # Given somebody who uses no mouse
    seat = practice.sit("maya")
    hour = seat.page.locator(".p-hour")
    before = hour.inner_text()
    # When they push the clock, change its pace and switch something
    seat.page.locator("#push-5").press("Enter")
    expect(hour).not_to_have_text(before)
    # Then they can go on from where they were
    expect(seat.page.locator("#push-5")).to_be_focused()
    for name in ("#speed-10", "#speed-1"):
        seat.page.locator(name).press("Enter")
        expect(seat.page.locator(f"{name}[aria-pressed=true]")).to_be_focused()
    seat.presses("Bad luck")
    switch = seat.page.get_by_role("switch").first
    switch.press("Enter")
    expect(switch).to_be_checked()
    expect(switch).to_be_focused()
    switch.press("Enter")
    expect(switch).not_to_be_checked()
    expect(switch).to_be_focused()


def pushes(seat: Seat, practice: Practice, minutes: int) -> None:
    """Push the clock, which stands, and wait until what came due on the way is done."""
    mover = practice.made.mover
    until = mover.now + timedelta(minutes=minutes)
    seat.presses(f"Push the clock by {minutes} minutes")
    practice.made.workspace.wait_for(
        lambda: mover.now >= until and mover.target is None, MOVING_S, f"{minutes} minutes to pass"
    )


def test_a_drill_is_played_to_its_debrief(practice: Practice) -> None:
    # Given a drill that Maya starts from the page, on a clock that stands unless she pushes it
    seat = practice.sit("maya")
    seat.page.locator("#speed-0").click()
    expect(seat.page.locator("#speed-0[aria-pressed=true]")).to_be_visible()
    seat.presses("Drills")
    seat.page.get_by_role("button", name="Start An exercise that is sent as live").click()
    seat.presses("Start", seat.opens())
    seat.page.get_by_role("link", name="exercise-").first.click()
    # When the first things happen, she answers one of them in its thread
    pushes(seat, practice, 5)
    asked = seat.flow.get_by_role("listitem").filter(has_text="Question 1 of 7")
    asked.hover()
    asked.get_by_role("link", name="Reply in thread").click()
    seat.types("Nobody can switch it to live: an exercise stays one. Call the duty officer.", "reply")
    seat.sees("Nobody can switch it to live", seat.thread)
    # And the hour passes, with Slack away for a part of it
    pushes(seat, practice, 60)
    # Then the drill is over, and its debrief says what was answered, and what was left
    seat.presses("Drills")
    seat.sees("It is over. 7 of 7 injects came, 1 answered.")
    seat.page.get_by_role("link", name="Debrief", exact=True).click()
    seat.sees("Not every target was reached.")
    seat.sees("Answered after 1 min by Maya Chen (reply)")
    seat.sees("Left without an answer")
    assert [*complaints(seat, "debrief")] == []


def test_a_bot_that_is_killed_is_started_again_and_the_page_goes_on(practice: Practice) -> None:
    # Given an exercise that has begun
    seat = practice.sit("maya")
    starts(seat)
    seat.sees("Write draft", seat.flow)
    # When the bot is killed
    pid = practice.made.bot.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    # Then the page says so, and says when it is back
    seat.sees("starting it again")
    seat.sees("The bot is back")
    # And what was begun goes on, in the same window
    writes(seat)
    seat.opens_thread()
    seat.sees("waiting for approval", seat.thread)


def test_a_page_that_lost_the_server_says_so_and_catches_up(practice: Practice) -> None:
    # Given Priya's page, whose server went away
    priya = practice.sit("priya")
    priya.sees("Hello. This is our practice workspace")
    practice.server.stop()
    priya.sees("Connecting again…")
    # When something is written meanwhile, and the server comes back
    practice.made.people["maya"].say("ops-desk", "Both lanes are blocked.")
    practice.server.start()
    # Then it is there without a reload
    priya.sees("Both lanes are blocked.", priya.flow)
    expect(priya.page.locator("#link")).to_be_hidden()
    priya.forgives("ERR_")


def test_a_practice_that_ends_with_pages_open_ends_quietly(
    practice: Practice, caplog: pytest.LogCaptureFixture
) -> None:
    seat = practice.sit("maya")
    seat.sees("First steps")
    practice.close()
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
    seat.forgives("ERR_")
