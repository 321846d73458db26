"""The newcomer's minutes: everything that the first steps ask for, in a real browser."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.system.conftest import Practice
from tests.system.seat import Seat

INSIDE = "[document.body, ...document.querySelectorAll('#modal *')].includes(document.activeElement)"
"""Whether the focus is in the modal, or on its way around by the browser's own bar."""


def starts(seat: Seat) -> None:
    """Maya types the command of the first step, and goes to the conversation of the exercise."""
    seat.types("/ecomms start flood")
    form = seat.opens()
    seat.fills({"Name": "Highway 7 mudslide", "Severity": "S2 Major, every hour"})
    form.get_by_label("Exercise").check()
    seat.presses("Open", form)
    seat.follows("Go to the conversation")


def writes(seat: Seat) -> None:
    """Maya fills in what is known, reads the preview and submits it."""
    seat.presses("Write draft", seat.flow)
    form = seat.opens()
    seat.fills({"What happened": "mudslides", "Road": "Highway 7", "Where": "between Agassiz and Hope"})
    seat.presses("Next", form)
    seat.sees("Mudslides: Highway 7, between Agassiz and Hope.", form)
    seat.presses("Submit for approval", form)
    expect(seat.modal).to_have_count(0)


def approves(seat: Seat) -> None:
    """Priya reads it in its thread, which is open, and approves it."""
    seat.presses("Approve", seat.thread)
    seat.sees("Approved", seat.thread)


def test_the_first_steps_lead_from_a_command_to_a_reminder(practice: Practice) -> None:
    # Given somebody who has opened the page for the first time
    seat = practice.sit()
    seat.sees("0 of 6 done", seat.guide)
    # When they do what the first steps say, and nothing else
    starts(seat)
    writes(seat)
    seat.sees("3 of 6 done", seat.guide)
    seat.follows("Be Priya Nair, in the thread")
    approves(seat)
    seat.sees("5 of 6 done", seat.guide)
    seat.presses("Push the clock by 15 minutes")
    seat.follows("Be Maya Chen, in the thread")
    # Then they have seen a reminder, and the steps are done and can be put away
    seat.sees("is not marked as played.", seat.thread)
    seat.sees("6 of 6 done", seat.guide)
    seat.presses("Close", seat.guide)
    expect(seat.guide.get_by_role("heading")).to_have_count(0)


def test_a_mistake_stands_beside_its_field_and_the_words_stay(practice: Practice) -> None:
    # Given a form with a name, and without what is needed
    seat = practice.sit("maya")
    seat.types("/ecomms start flood")
    form = seat.opens()
    seat.fills({"Name": "Highway 7 mudslide", "Time zone": "Atlantis/Harbour"})
    # When it is sent
    seat.presses("Open", form)
    # Then what is missing is said beside its field, which has the focus, and what was typed is there
    wrong = form.get_by_role("group", name="Live or exercise")
    expect(wrong).to_contain_text("Please complete this required field.")
    # And so is what the bot itself objects to
    form.get_by_label("Exercise").check()
    seat.presses("Open", form)
    zone = form.get_by_label("Time zone")
    expect(zone).to_have_attribute("aria-invalid", "true")
    expect(zone).to_be_focused()
    expect(zone).to_have_value("Atlantis/Harbour")
    expect(form.get_by_label("Name")).to_have_value("Highway 7 mudslide")
    assert seat.violations() == []
    # And once it is mended, it opens
    zone.fill("America/Vancouver")
    seat.presses("Open", form)
    expect(seat.modal).to_have_count(0)


def test_two_people_in_two_windows_see_what_the_other_does(practice: Practice) -> None:
    # Given Maya and Priya, each in a window of their own, in the conversation of an exercise
    maya, priya = practice.sit("maya"), practice.sit("priya")
    starts(maya)
    writes(maya)
    priya.page.get_by_role("link", name="exercise-highway-7").click()
    # When Maya writes to all, Priya reads it without doing anything, and answers
    maya.types("Crews say that both lanes are blocked.")
    priya.sees("Crews say that both lanes are blocked.", priya.flow)
    priya.types("Thank you. I look at your text now.")
    maya.sees("Thank you. I look at your text now.", maya.flow)
    # And when Priya approves, Maya sees the text that she may post now
    priya.opens_thread()
    approves(priya)
    maya.opens_thread()
    maya.sees("Mark as played", maya.thread)
    # And the field below has one place for notices, as often as it was drawn for another conversation
    expect(maya.page.locator("#composer .notice")).to_have_count(1)


def test_with_the_keyboard_alone(practice: Practice) -> None:
    # Given somebody who uses no mouse, in the field for messages
    seat = practice.sit("maya")
    keys, box = seat.page.keyboard, seat.page.locator("#composer textarea")
    box.focus()
    # When they begin a command, its words are offered, and Enter takes the one that is marked
    keys.type("/ecomms st")
    options = seat.page.get_by_role("option")
    expect(options.first).to_be_visible()
    while "start" not in (seat.page.get_by_role("option", selected=True).text_content() or ""):
        keys.press("ArrowDown")
    keys.press("Enter")
    expect(box).to_have_value("/ecomms start ")
    keys.type("flood")
    keys.press("Escape")
    keys.press("Enter")
    # Then the form has the focus, which stays in it, and Escape closes it
    form = seat.opens()
    for _ in range(15):
        keys.press("Tab")
        assert seat.page.evaluate(INSIDE)
    keys.press("Escape")
    expect(form).to_have_count(0)


def test_what_looks_like_a_script_is_read_and_never_run(practice: Practice) -> None:
    seat = practice.sit("maya")
    words = "<script>document.title='taken'</script><img src=x onerror=alert(1)> & <b>bold</b>"
    seat.types(words)
    seat.sees(words, seat.flow)
    assert "taken" not in seat.page.title()
    assert seat.page.locator("#messages script, #messages img[src=x]").count() == 0
