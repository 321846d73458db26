"""Steps that will not be done: who says so and why, what begins instead, and taking one up after all."""

from __future__ import annotations

from typing import Any

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.progress import counts, next_steps, step_due, step_status
from ecomms_bot.incident.wording import Rejected
from tests.incident.stories import (
    COLLEAGUE,
    COMMUNICATOR,
    EXEC,
    IC,
    OBSERVER,
    PIO,
    SME,
    STRANGER,
    Story,
    at,
    flood_with,
)


@pytest.fixture
def story() -> Story:
    return Story().open()


def skip(step: str = "D1", reason: str = "The city has said it.") -> c.SkipStep:
    return c.SkipStep(step, reason)


def test_a_skipped_step_says_who_when_and_why_and_the_next_begins(story: Story) -> None:
    story.now = at(20, 5)
    story.do(skip(reason="  The city has said it.  "), COLLEAGUE)
    word = story.state.steps["D1"].skipped
    assert word is not None
    assert (word.person, word.reason, word.at) == (COLLEAGUE, "The city has said it.", at(20, 5))
    assert step_status(story.state, "D1") == "skipped"
    # D3 is on demand, so the next in turn are the scheduled updates.
    assert story.types()[-2:] == ["StepSkipped", "StepStarted"]
    assert [step.id for step in next_steps(story.state)] == ["D4"]


def test_it_is_counted_and_does_not_remind_any_more(story: Story) -> None:
    assert list(story.reminder_times()) == ["step/D1"]
    story.do(skip(), COMMUNICATOR)
    assert counts(story.state) == (0, 1, 1)
    assert story.reminder_times() == {}
    assert step_due(story.state, "D1") is None


def test_after_a_step_on_demand_that_is_skipped_nothing_begins(story: Story) -> None:
    story.do(c.StartStep("D3"), COMMUNICATOR)
    story.do(skip("D3"), COMMUNICATOR)
    assert list(story.state.steps) == ["D1", "D3"]


@pytest.mark.parametrize("person", [COMMUNICATOR, COLLEAGUE, SME, PIO, IC, EXEC])
def test_who_writes_may_skip(story: Story, person: str) -> None:
    story.do(skip(), person)
    assert step_status(story.state, "D1") == "skipped"


@pytest.mark.parametrize("person", [OBSERVER, STRANGER])
def test_who_does_not_write_may_not(story: Story, person: str) -> None:
    with pytest.raises(Rejected, match="Only communicators and leads may skip a step"):
        story.do(skip(), person)


def test_a_reason_belongs_to_it(story: Story) -> None:
    with pytest.raises(Rejected, match="Please say why this step is skipped") as no:
        story.do(skip(reason=" \n "), PIO)
    assert (no.value.code, no.value.field) == ("no-reason", "reason")
    with pytest.raises(Rejected, match="That is 3001 characters") as no:
        story.do(skip(reason="x" * 3001), PIO)
    assert no.value.field == "reason"


@pytest.mark.parametrize(
    ("step", "code", "words"),
    [
        ("D3", "not-started", "has not begun, so there is nothing to skip"),
        ("D9", "no-step", "has no step D9"),
    ],
)
def test_what_has_not_begun_cannot_be_skipped(story: Story, step: str, code: str, words: str) -> None:
    with pytest.raises(Rejected, match=words) as no:
        story.do(skip(step), PIO)
    assert no.value.code == code


def test_the_second_is_told_who_skipped_it(story: Story) -> None:
    story.do(skip(), COLLEAGUE)
    with pytest.raises(Rejected, match=r"U-coll skipped .+ at 14 Nov 2021 20:00 PST already\. Nothing") as no:
        story.do(skip(), PIO)
    assert no.value.code == "skipped"


def test_a_text_that_others_look_at_is_withdrawn_first(story: Story) -> None:
    draft = story.submit("D1")
    with pytest.raises(Rejected, match=r"is in review\. Let its author withdraw it first") as no:
        story.do(skip(), PIO)
    assert no.value.code == "under-way"
    story.approve(draft, PIO)
    with pytest.raises(Rejected, match=r"is approved\. Let its author withdraw it first"):
        story.do(skip(), PIO)
    story.do(c.WithdrawDraft(draft.id), COMMUNICATOR)
    story.do(skip(), PIO)
    assert step_status(story.state, "D1") == "skipped"


@pytest.mark.parametrize(("exercise", "out"), [(False, "published"), (True, "played")])
def test_what_is_done_is_not_skipped(*, exercise: bool, out: str) -> None:
    story = Story().open(exercise=exercise)
    story.publish("D1")
    with pytest.raises(Rejected, match=f"is {out} already, so there is nothing to skip") as no:
        story.do(skip(), PIO)
    assert no.value.code == "done"


def test_scheduled_updates_that_went_out_can_still_be_skipped_from_now_on(story: Story) -> None:
    story.publish("D4", "update")
    story.do(skip("D4", "The highway office takes over the updates."), PIO)
    assert step_status(story.state, "D4") == "skipped"


def test_a_working_copy_is_kept_and_who_writes_on_takes_the_step_up_again(story: Story) -> None:
    # Given a step that was begun and skipped before its time,
    draft = story.save("D1")
    story.now = at(20, 5)
    story.do(skip(), PIO)
    assert story.state.drafts[draft.id].working is not None
    # when somebody writes on, it is being done, and its time counts again;
    story.save("D1", by=COLLEAGUE, facts={"road": "Highway 1"})
    assert story.state.steps["D1"].skipped is None
    assert step_status(story.state, "D1") == "drafting"
    assert story.until(at(20, 15)) == ["step/D1"]


def test_submitting_takes_it_up_too(story: Story) -> None:
    story.do(skip(), PIO)
    story.submit("D1")
    assert step_status(story.state, "D1") == "in review"


def test_a_time_that_passed_while_it_was_skipped_is_not_said(story: Story) -> None:
    story.do(skip(), PIO)
    story.now = at(20, 30)
    story.save("D1")
    assert story.reminder_times() == {}


def test_skipping_back_and_forth_still_reminds_once(story: Story) -> None:
    for minute in (1, 2, 3):
        story.now = at(20, minute)
        story.do(skip(), PIO)
        story.save("D1", facts={"road": f"Highway {minute}"})
    assert story.until(at(20, 30)) == ["step/D1"]


# --- To do again


@pytest.mark.parametrize("how", ["declined", "withdrawn"])
def test_a_text_that_ended_leaves_the_step_to_do_and_its_time_counts_again(story: Story, how: str) -> None:
    draft = story.submit("D1")
    assert story.reminder_times("step") == {}
    end: c.Command = c.Decline(draft.id, 1, "Not now.") if how == "declined" else c.WithdrawDraft(draft.id)
    story.do(end, PIO if how == "declined" else COMMUNICATOR)
    assert step_status(story.state, "D1") == "to do"
    assert story.until(at(20, 15)) == ["step/D1"]
    assert story.state.fired["step/D1"].event.late_seconds == 0


def test_after_its_time_it_is_to_do_without_another_reminder(story: Story) -> None:
    draft = story.submit("D1")
    story.now = at(20, 20)
    story.do(c.Decline(draft.id, 1, "Not now."), PIO)
    assert story.reminder_times() == {}
    assert step_status(story.state, "D1") == "to do"


def test_what_is_skipped_last_of_all_begins_nothing() -> None:
    texts: dict[str, Any] = {"recurrence": "on-demand"}
    story = Story().open(playbook=flood_with({}, texts, texts))
    assert [type(each).__name__ for each in story.do(skip(), PIO)] == ["StepSkipped"]
