"""Entries by hand: what somebody adds to the log, and asking for the log as files."""

from __future__ import annotations

import pytest

from ecomms_bot.incident.commands import AddNote, AskReport, CloseIncident
from ecomms_bot.incident.events import NoteAdded, Quoted, ReportAsked
from ecomms_bot.incident.ids import make_id
from ecomms_bot.incident.wording import Rejected
from tests.incident.stories import COMMUNICATOR, OBSERVER, PIO, STRANGER, Story

QUOTED = Quoted(conversation="C-ops", ts="1636948800.000100", author="U-mayor")


@pytest.fixture
def story() -> Story:
    return Story().open()


def test_a_note_stands_in_the_log_as_it_was_written(story: Story) -> None:
    text = "Called the mayor.\nHe speaks at <!channel> 21:00 & says “là-bas” 🌊 \u202eא"
    (event,) = story.do(AddNote(f"  {text}\n"), COMMUNICATOR)
    assert event == NoteAdded(note=make_id("n", "command-5"), person=COMMUNICATOR, text=text)
    assert story.types()[-1] == "NoteAdded"


def test_a_note_from_a_message_says_whose_it_was(story: Story) -> None:
    (event,) = story.do(AddNote("The bridge holds.", QUOTED), PIO)
    assert isinstance(event, NoteAdded)
    assert event.quoted == QUOTED


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Write what happened."),
        (" \n ", "Write what happened."),
        (
            "x" * 3001,
            "Write what happened, in up to 3000 characters. This has 3001; nothing was recorded yet.",
        ),
    ],
)
def test_a_note_has_1_to_3000_characters(story: Story, text: str, words: str) -> None:
    with pytest.raises(Rejected) as no:
        story.do(AddNote(text), COMMUNICATOR)
    assert (str(no.value), no.value.field) == (words, "text")
    (event,) = story.do(AddNote("x" * 3000), COMMUNICATOR)
    assert isinstance(event, NoteAdded)


def test_half_a_character_that_no_file_can_hold_does_not_lose_the_note(story: Story) -> None:
    (event,) = story.do(AddNote("The bridge \ud83c holds."), COMMUNICATOR)
    assert isinstance(event, NoteAdded)
    assert event.text == "The bridge \ufffd holds."


@pytest.mark.parametrize("by", [OBSERVER, STRANGER])
def test_only_communicators_and_leads_add_notes(story: Story, by: str) -> None:
    with pytest.raises(Rejected, match="Only communicators and leads may add a note"):
        story.do(AddNote("The bridge holds."), by)


def test_a_closed_incident_takes_no_more_notes(story: Story) -> None:
    story.do(CloseIncident("Over."), PIO)
    with pytest.raises(Rejected, match="was closed by"):
        story.do(AddNote("The bridge holds."), COMMUNICATOR)


# --- The log as files


def test_everyone_but_guests_may_ask_for_the_log(story: Story) -> None:
    (event,) = story.do(AskReport(), OBSERVER)
    assert event == ReportAsked(report=make_id("w", "command-5"), person=OBSERVER)
    assert story.state.reports[event.report].person == OBSERVER
    with pytest.raises(Rejected, match="Guests cannot"):
        story.do(AskReport(), STRANGER, guest=True)


def test_also_of_a_closed_incident(story: Story) -> None:
    story.do(CloseIncident("Over."), PIO)
    (event,) = story.do(AskReport(), STRANGER)
    assert isinstance(event, ReportAsked)


def test_but_of_none_that_was_never_opened() -> None:
    with pytest.raises(Rejected, match="There is no such incident"):
        Story().do(AskReport(), PIO)
