"""What was done turns out not to be: its reminders come back, each as a task of its own."""

from __future__ import annotations

from datetime import datetime

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.effects import REMINDER
from ecomms_bot.incident.events import Receipt
from ecomms_bot.incident.reminders import said_overdue
from ecomms_bot.incident.state import Draft
from tests.incident.stories import COMMUNICATOR, IC, PIO, PUBLIC, SME, Story, at


@pytest.fixture
def story() -> Story:
    """A statement that promises 21:00."""
    opened = Story().open()
    opened.publish("D1", next_update=at(21, 0))
    return opened


def answer(story: Story, moment: datetime, *, next_update: datetime) -> Draft:
    """The update that keeps the promise, at this moment."""
    story.until(moment)
    return story.publish("D4", "update", next_update=next_update)


def void(story: Story, draft: Draft) -> None:
    """It turns out that nobody posted it anywhere."""
    for channel in PUBLIC:
        story.do(
            c.CorrectReceipt(draft.id, draft.current.number, channel, "It hung in the queue.", None), PIO
        )


def points(story: Story, draft: Draft) -> dict[str, datetime]:
    prefix = f"promise/{draft.id}-{draft.current.number}/"
    return {key.removeprefix(prefix): due for key, due in story.reminder_times(prefix).items()}


def first(story: Story) -> Draft:
    return next(iter(story.state.drafts.values()))


def test_a_promise_that_nobody_kept_after_all_reminds_again_from_the_start(story: Story) -> None:
    # Given a promise for 21:00 that was kept at 20:50, after its first reminder,
    update = answer(story, at(20, 46), next_update=at(22, 0))
    assert points(story, first(story)) == {}
    # when it turns out at 20:50 that this was not posted,
    story.now = at(20, 50)
    void(story, update)
    # then what is still ahead is said.
    assert points(story, first(story)) == {"T-5/1": at(20, 55), "T+0/1": at(21, 0), "T+10/1": at(21, 10)}
    said = story.until(at(21, 0))
    assert [key.split("/")[2:] for key in said if key.startswith("promise/")] == [["T-5", "1"], ["T+0", "1"]]
    assert said_overdue(story.state, f"{first(story).id}-1")


def test_one_whose_time_has_passed_escalates_at_once_even_if_it_did_before(story: Story) -> None:
    # Given an update that was late, so that pio and ic were called, and then came,
    update = answer(story, at(21, 20), next_update=at(22, 20))
    assert {key.split("/")[2] for key in story.state.fired if key.startswith("promise/")} >= {"T+0", "T+10"}
    # when it turns out that it did not, then the ic is called anew.
    story.now = at(21, 40)
    void(story, update)
    assert not said_overdue(story.state, f"{first(story).id}-1")
    assert points(story, first(story)) == {"T+10/1": at(21, 40)}
    (key,) = story.until(at(21, 40))
    assert story.state.fired[key].event.to == (IC,)
    assert said_overdue(story.state, f"{first(story).id}-1")


def test_each_time_it_is_owed_anew_is_a_round_of_its_own(story: Story) -> None:
    for number in (1, 2):
        void(story, answer(story, at(20, 10 + number), next_update=at(22, 0)))
        assert set(points(story, first(story))) == {
            f"{point}/{number}" for point in ("T-15", "T-5", "T+0", "T+10")
        }
        # The text that did not go out is marked or withdrawn before the next is written.
        (draft,) = (each for each in story.state.drafts.values() if each.status == "approved")
        story.do(c.WithdrawDraft(draft.id), COMMUNICATOR)
    assert len(story.keys) == len(set(story.keys))


def test_it_can_be_put_off_again(story: Story) -> None:
    story.until(at(20, 45))
    story.do(c.Snooze(5), COMMUNICATOR)
    update = answer(story, at(20, 46), next_update=at(22, 0))
    void(story, update)
    assert not story.state.snoozes
    story.until(at(20, 55))
    story.do(c.Snooze(5), COMMUNICATOR)
    assert points(story, first(story))["T-5/again/1"] == at(21, 0)


def test_a_text_that_did_not_go_out_is_unmarked_again_and_reminds_from_then_on(story: Story) -> None:
    update = answer(story, at(20, 10), next_update=at(22, 0))
    story.now = at(20, 30)
    void(story, update)
    base = f"{update.id}/1"
    assert story.reminder_times("unmarked") == {
        f"unmarked/{base}/0": at(20, 35),
        f"unmarked-promise/{base}/T-5": at(21, 55),
        f"unmarked-promise/{base}/T+0": at(22, 0),
    }
    assert story.until(at(20, 46)) == [
        f"unmarked/{base}/0",
        f"promise/{first(story).id}-1/T-15/1",
        f"unmarked/{base}/1",
    ]
    assert story.state.fired[f"unmarked/{base}/0"].event.late_seconds == 0


def test_a_text_that_goes_out_after_all_promises_anew(story: Story) -> None:
    update = answer(story, at(20, 10), next_update=at(22, 0))
    void(story, update)
    assert [promise.draft for promise in story.state.live_promises] == [first(story).id]
    story.now = at(20, 30)
    story.mark(story.state.drafts[update.id])
    assert [promise.draft for promise in story.state.live_promises] == [update.id]
    assert set(points(story, update)) == {"T-15/1", "T-5/1", "T+0/1", "T+10/1"}


def test_a_correction_of_the_time_alone_brings_no_reminder_back(story: Story) -> None:
    update = answer(story, at(20, 10), next_update=at(22, 0))
    before = story.reminder_times()
    story.now = at(20, 12)
    receipt = Receipt(channel="web", attested_at=at(20, 12))
    story.do(c.CorrectReceipt(update.id, 1, "web", "Typed wrong.", receipt), COMMUNICATOR)
    assert story.reminder_times() == before


def test_what_is_corrected_is_kept_with_how_it_was_said_to_be(story: Story) -> None:
    update = answer(story, at(20, 10), next_update=at(22, 0))
    was = story.state.drafts[update.id].receipts["web"][0]
    story.do(c.CorrectReceipt(update.id, 1, "web", "It hung in the queue.", None), PIO)
    (found,) = story.state.drafts[update.id].corrections
    assert (found.revision, found.channel, found.person, found.reason) == (
        1,
        "web",
        PIO,
        "It hung in the queue.",
    )
    assert (found.before, found.receipt, found.at, found.seq) == (
        was,
        None,
        story.now,
        story.state.changed_seq,
    )


def test_a_task_that_was_moved_has_a_name_of_its_own_and_asks_for_the_same_reminder(story: Story) -> None:
    story = Story().open()
    (task,) = story.reminders()
    story.do(c.ChangeSeverity("S1", "A dike broke."), PIO)
    (moved,) = story.reminders()
    assert task.key == f"{story.state.id}/{REMINDER}/step/D1"
    assert (moved.key, moved.ids) == (f"{task.key}@{story.state.seq}", task.ids)
    # The worker asks by the task's name.
    story.now = at(20, 15)
    name = moved.key.split(f"/{REMINDER}/", 1)[1]
    (event,) = story.do(c.FireReminder(name), "bot")
    assert event.model_dump()["key"] == "step/D1"
    assert story.do(c.FireReminder("step/D1"), "bot") == ()


def test_a_promise_that_another_text_kept_is_not_owed_anew(story: Story) -> None:
    # Given two texts that both keep the first promise, when one of them was not posted,
    story.until(at(20, 30))
    closure = story.approve(story.submit("D3", next_update=at(22, 0)), SME, PIO, IC)
    story.mark(closure)
    story.now = at(20, 40)
    story.publish("D4", "update", next_update=at(22, 30))
    story.now = at(20, 41)
    void(story, story.state.drafts[closure.id])
    # then the other keeps it still.
    assert points(story, first(story)) == {}
