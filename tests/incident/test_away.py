"""After no bot was running: what came due meanwhile is said once, whatever the reminders say."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import things
from ecomms_bot.incident.events import CameDue, Event, WasAway
from ecomms_bot.incident.timeline import lines
from tests.incident.stories import COMMUNICATOR, IC, NIGHT, PIO, PIO_2, SME_AND_PIO, Story, at, instant


@pytest.fixture
def story() -> Story:
    return Story().open()


def back(story: Story, since: tuple[int, int], until: tuple[int, int]) -> tuple[Event, ...]:
    """A bot runs again now, and none did since then."""
    story.now = at(*until)
    return story.do(c.ReturnAfterAway(at(*since), at(*until)), "bot")


def said(story: Story, *when: tuple[int, int]) -> WasAway:
    (event,) = back(story, *when)
    assert isinstance(event, WasAway)
    return event


def test_each_obligation_is_named_once_by_its_last_reminder_with_all_whom_it_calls(story: Story) -> None:
    # Given a promise for 21:00, of which T-5 to T+10 came due while nobody was there,
    draft = story.publish("D1", next_update=at(21, 0))
    event = said(story, (20, 50), (21, 12))
    # then it is one line: the escalations are for pio and for ic; what the later ones overtake is not named.
    (promise,) = [each for each in event.due if each.key.startswith("promise/")]
    assert promise == CameDue(
        key=f"promise/{draft.id}-1/T+10",
        due=at(21, 10),
        roles=("pio", "ic"),
        to=(PIO, PIO_2, SME_AND_PIO, IC),
    )


def test_a_text_that_is_not_marked_is_named_once_though_two_reminders_press_for_it(story: Story) -> None:
    story.approve(story.submit("D1", next_update=at(21, 0)), PIO)
    event = said(story, (20, 1), (21, 5))
    assert [each.key.split("/")[0] for each in event.due if "unmarked" in each.key] == ["unmarked-promise"]


def test_what_somebody_asked_to_be_reminded_of_comes_to_them_alone(story: Story) -> None:
    story.do(c.SetReminder(instant(at(20, 10)), "Call the mayor."), COMMUNICATOR)
    event = said(story, (20, 5), (20, 16))
    assert not [each for each in event.due if each.key.startswith("personal/")]


def test_a_short_absence_in_which_nothing_came_due_is_not_spoken_of(story: Story) -> None:
    assert back(story, (20, 1), (20, 10)) == ()
    assert said(Story().open(), (20, 1), (20, 11)).due == ()


def test_a_short_absence_in_which_something_came_due_is(story: Story) -> None:
    story.do(c.AskQuestion("Is the bridge open?", PIO, instant(at(20, 5))), COMMUNICATOR)
    assert [each.to for each in said(story, (20, 3), (20, 6)).due] == [(PIO,)]


def test_the_absence_begins_with_the_incident_at_the_earliest(story: Story) -> None:
    # the bot died while it was opened
    story.now = at(20, 20)
    (event,) = story.do(c.ReturnAfterAway(NIGHT - timedelta(hours=1), story.now), "bot")
    assert isinstance(event, WasAway)
    assert event.since == NIGHT


def test_a_clock_that_was_set_back_is_no_absence(story: Story) -> None:
    assert back(story, (20, 30), (20, 10)) == ()


def test_a_closed_incident_is_not_told() -> None:
    story = Story().open()
    story.do(c.CloseIncident("It is over."), COMMUNICATOR)
    assert back(story, (20, 1), (23, 0)) == ()


def test_an_incident_that_was_never_opened_is_not_told() -> None:
    assert back(Story(), (20, 1), (23, 0)) == ()


def test_it_is_one_message_in_the_conversation(story: Story) -> None:
    said(story, (20, 1), (20, 30))
    (away,) = story.state.away
    key = f"{story.state.id}/post/{things.away_thing(away.seq)}"
    assert key in story.pending
    # and its reminders still come, each once
    assert story.keys.count(key) == 1


def test_the_timeline_names_all_that_came_due(story: Story) -> None:
    story.publish("D1", next_update=at(21, 0))
    story.do(c.AskQuestion("Is the bridge open?", PIO, instant(at(21, 5))), COMMUNICATOR)
    said(story, (20, 50), (21, 12))
    told = [str(each.sentence) for each in lines(story.state, story.log) if each.actor == "bot"]
    assert "(22 min). Came due meanwhile: " in told[-1]
    assert "is not out, 12 min late" in told[-1]
    assert "the question “Is the bridge open?” has no answer yet" in told[-1]
