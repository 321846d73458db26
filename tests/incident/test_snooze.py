"""Putting a reminder off, and setting one's own."""

from __future__ import annotations

from datetime import datetime

import pytest

from ecomms_bot.incident.commands import SetReminder, Snooze
from ecomms_bot.incident.events import ReminderSnoozed
from ecomms_bot.incident.ids import make_id
from ecomms_bot.incident.wording import Rejected
from tests.incident.stories import COLLEAGUE, COMMUNICATOR, OBSERVER, PIO, SME, Story, at, instant


@pytest.fixture
def story() -> Story:
    """The holding statement is out and promises an update by 21:00."""
    story = Story().open()
    story.publish("D1", next_update=at(21, 0))
    return story


def refused(story: Story, minutes: int = 5, promise: str = "") -> str:
    with pytest.raises(Rejected) as no:
        story.do(Snooze(minutes, promise), COMMUNICATOR)
    return no.value.code


# --- Snooze


@pytest.mark.parametrize(
    ("now", "minutes", "point", "again"),
    [(at(20, 55), 5, "T-5", at(21, 0)), (at(20, 59), 10, "T-5", at(21, 9))],
)
def test_the_last_reminder_before_a_promise_is_said_once_more(
    story: Story, now: datetime, minutes: int, point: str, again: datetime
) -> None:
    promise = story.promise()
    story.until(now)
    (event,) = story.do(Snooze(minutes, promise.id), COLLEAGUE)
    assert event == ReminderSnoozed(
        promise=promise.id, point=point, person=COLLEAGUE, minutes=minutes, until=again
    )
    assert story.reminder_times()[f"promise/{promise.id}/{point}/again"] == again
    story.until(again)
    fired = story.state.fired[f"promise/{promise.id}/{point}/again"].event
    assert (fired.to, fired.role) == ((COMMUNICATOR,), "")


@pytest.mark.parametrize(("now", "minutes"), [(at(20, 45), 5), (at(20, 46), 5), (at(20, 46), 10)])
def test_what_would_be_said_close_to_the_reminder_at_5_minutes_is_left_to_it(
    story: Story, now: datetime, minutes: int
) -> None:
    # Given a promise for 21:00, when its first reminder is put off to a few minutes before or after 20:55,
    promise = story.promise()
    story.until(now)
    (event,) = story.do(Snooze(minutes, promise.id), COLLEAGUE)
    # then that is when people are told that they will hear of it, and they hear of it once.
    assert isinstance(event, ReminderSnoozed)
    assert (event.point, event.minutes, event.until) == ("T-15", minutes, at(20, 55))
    assert story.until(at(20, 59)) == [f"promise/{promise.id}/T-5"]


def test_put_off_when_the_reminder_at_5_minutes_is_late_itself_it_is_said_after_that(story: Story) -> None:
    # Given the first reminder came so late that the second is due, and was not said yet,
    promise = story.promise()
    story.wake_at(at(20, 54))
    story.now = at(20, 56)
    (event,) = story.do(Snooze(5, promise.id), COLLEAGUE)
    assert isinstance(event, ReminderSnoozed)
    assert event.until == at(21, 1)
    assert f"promise/{promise.id}/T-15/again" in story.reminder_times()


def test_snoozing_moves_neither_the_promise_nor_its_other_reminders(story: Story) -> None:
    story.until(at(20, 45))
    before, due = story.reminder_times(), story.promise().due
    story.do(Snooze(10), COMMUNICATOR)
    after = story.reminder_times()
    assert {key: after[key] for key in before} == before
    assert story.promise().due == due


def test_a_promise_is_put_off_once(story: Story) -> None:
    story.until(at(20, 45))
    story.do(Snooze(5), COMMUNICATOR)
    assert refused(story) == "snoozed"
    story.until(at(20, 55))
    assert refused(story) == "snoozed"


def test_only_after_a_first_reminder_and_before_the_promised_time(story: Story) -> None:
    assert refused(story) == "nothing"
    story.until(at(21, 0))
    assert refused(story) == "overdue"


@pytest.mark.parametrize("minutes", [0, -5, 15, 60])
def test_only_by_5_or_10_minutes(story: Story, minutes: int) -> None:
    story.until(at(20, 45))
    assert refused(story, minutes) == "minutes"


def test_an_observer_puts_nothing_off(story: Story) -> None:
    with pytest.raises(Rejected, match="may set a reminder"):
        story.do(Snooze(5), OBSERVER)


def test_without_naming_one_it_is_the_most_urgent_promise(story: Story) -> None:
    first = story.promise()
    draft = story.approve(story.submit("D4", "update", next_update=at(20, 40)), SME, PIO)
    story.mark(draft, posted=story.now)
    story.until(at(20, 36))
    story.do(Snooze(5), COMMUNICATOR)
    assert list(story.state.snoozes) == [f"{draft.id}-1"]
    story.until(at(20, 45))
    story.do(Snooze(5, first.id), COMMUNICATOR)
    assert set(story.state.snoozes) == {f"{draft.id}-1", first.id}


def test_a_promise_that_is_not_owed_cannot_be_put_off(story: Story) -> None:
    first = story.promise()
    story.now = at(20, 50)
    facts = {"next_update_at": None, "no_promise_reason": "the road is open"}
    story.publish("D4", "final", facts=facts)
    assert refused(story, 5, first.id) == "no-promise"
    assert refused(story, 5, "unknown") == "no-promise"
    assert refused(story, 5) == "no-promise"


def test_an_answer_takes_a_snoozed_reminder_away(story: Story) -> None:
    story.until(at(20, 45))
    story.do(Snooze(10), COMMUNICATOR)
    promise = story.promise()
    draft = story.approve(story.submit("D4", "update", next_update=at(22, 0)), SME, PIO)
    story.mark(draft)
    assert story.reminder_times(f"promise/{promise.id}") == {}


# --- One's own


def test_a_reminder_of_one_s_own_goes_to_that_person_alone(story: Story) -> None:
    (event,) = story.do(SetReminder(instant(at(20, 30)), "  Call the mayor.  "), PIO)
    (reminder,) = story.state.reminders.values()
    assert (reminder.person, reminder.due, reminder.text) == (PIO, instant(at(20, 30)), "Call the mayor.")
    assert event.model_dump()["reminder"] == make_id("r", story.log[-1].command_id)
    story.until(at(20, 30))
    fired = story.state.fired[f"personal/{reminder.id}"].event
    assert (fired.to, fired.role) == ((PIO,), "")
    assert f"personal/{reminder.id}" not in story.reminder_times()


@pytest.mark.parametrize("text", ["", "   ", "x" * 501])
def test_it_says_what_to_be_reminded_of(story: Story, text: str) -> None:
    with pytest.raises(Rejected, match="1 to 500 characters"):
        story.do(SetReminder(instant(at(20, 30)), text), PIO)


@pytest.mark.parametrize("due", [at(20, 0), at(20, 0) - (at(21, 0) - at(20, 0))])
def test_it_lies_ahead(story: Story, due: datetime) -> None:
    with pytest.raises(Rejected, match=r"has passed\. Give a time that is still to come"):
        story.do(SetReminder(instant(due), "Call the mayor."), PIO)


def test_an_observer_sets_none(story: Story) -> None:
    with pytest.raises(Rejected, match="may set a reminder"):
        story.do(SetReminder(instant(at(20, 30)), "Look."), OBSERVER)
