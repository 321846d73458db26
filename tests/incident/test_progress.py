"""How far an incident is: steps, what waits, what comes next."""

from __future__ import annotations

from typing import Any

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.progress import (
    Urgent,
    counts,
    final_reason,
    left_open,
    next_promise,
    next_steps,
    step_status,
    update_step,
    urgent,
    waiting,
)
from tests.incident.put_right import correct, correcting_book, follow
from tests.incident.stories import COMMUNICATOR, IC, PIO, SME, Story, at, flood_with, instant, texts_of


@pytest.fixture
def story() -> Story:
    return Story().open()


def test_a_step_goes_from_to_do_to_published(story: Story) -> None:
    def status() -> str:
        return step_status(story.state, "D1")

    seen = [status()]
    story.save("D1")
    seen.append(status())
    draft = story.submit("D1")
    seen.append(status())
    story.approve(draft, PIO)
    seen.append(status())
    story.mark(draft)
    seen.append(status())
    assert seen == ["to do", "drafting", "in review", "approved", "published"]
    assert step_status(story.state, "D3") == "to do"  # never started


def test_a_recurring_step_is_what_its_latest_draft_is(story: Story) -> None:
    story.publish("D4", "update")
    assert step_status(story.state, "D4") == "published"
    draft = story.submit("D4", "update", facts={"road": "Highway 1"})
    assert step_status(story.state, "D4") == "in review"
    # A declined one leaves what was published before it.
    story.do(c.Decline(draft.id, 1, "Nothing new in it."), PIO)
    assert step_status(story.state, "D4") == "published"


def test_n_of_m_counts_the_once_steps_of_the_phase(story: Story) -> None:
    assert counts(story.state) == (0, 1, 0)
    story.publish("D1")
    story.publish("D3")
    story.publish("D4", "update")
    assert counts(story.state) == (1, 1, 0)


def test_what_comes_next_are_started_steps_that_nobody_has_submitted(story: Story) -> None:
    def following() -> list[str]:
        return [step.id for step in next_steps(story.state)]

    assert following() == ["D1"]
    story.do(c.StartStep("D3"), COMMUNICATOR)
    story.save("D3")
    assert following() == ["D1", "D3"]
    story.publish("D1")
    story.submit("D3")
    assert following() == ["D4"]


def test_what_waits_is_submitted_and_not_over(story: Story) -> None:
    story.save("D4", "update")
    first = story.submit("D3")
    second = story.approve(story.submit("D1"), PIO)
    declined = story.submit("D4", "update")
    story.do(c.Decline(declined.id, 1, "Not now."), PIO)
    assert [(each.draft.id, each.roles) for each in waiting(story.state)] == [
        (first.id, ("sme", "pio", "ic")),
        (second.id, ()),
    ]
    story.mark(second)
    assert [each.draft.id for each in waiting(story.state)] == [first.id]


def test_the_most_urgent_promise_is_the_next(story: Story) -> None:
    assert next_promise(story.state) is None
    later = story.approve(story.submit("D1", next_update=at(22, 0)), PIO)
    sooner = story.approve(story.submit("D3", next_update=at(21, 0)), SME, PIO, IC)
    for draft in (later, sooner):
        story.mark(draft)
    promise = next_promise(story.state)
    assert promise is not None
    assert promise.draft == sooner.id


def test_after_a_final_text_it_is_known_why_no_more_updates_come(story: Story) -> None:
    assert final_reason(story.state) == ""
    story.publish("D1")
    final = {"next_update_at": None, "no_promise_reason": "the road is open"}
    story.now = at(20, 10)
    story.publish("D4", "final", facts=final)
    assert final_reason(story.state) == "the road is open"
    # Until something is said again that promises more,
    story.now = at(20, 20)
    story.publish("D4", "update")
    assert final_reason(story.state) == ""
    # even once that promise is taken back.
    story.do(c.CloseIncident("It is over.", "The road office takes over."), PIO)
    assert final_reason(story.state) == ""


# --- What is most urgent


def todo(story: Story) -> list[tuple[str, str]]:
    """Kind and step of what there is to do, the most urgent first."""
    return [(each.kind, each.step) for each in urgent(story.state, story.now)]


def test_at_first_the_step_that_began_is_all_there_is(story: Story) -> None:
    assert urgent(story.state, story.now) == (Urgent("step", "D1", due=instant(at(20, 15))),)


def test_what_is_missed_comes_before_what_is_to_be_published_sent_back_soon_and_to_do(story: Story) -> None:
    # Given an update promised for 21:00, a closure that was approved, a step that is to do,
    story.do(c.StartStep("D4"), COMMUNICATOR)
    story.publish("D1", next_update=at(21, 0))
    closure = story.approve(story.submit("D3", next_update=at(22, 0)), SME, PIO, IC)
    story.now = at(20, 40)
    assert todo(story) == [("publish", "D3"), ("step", "D4")]
    # when its time is near, then the promise stands before steps;
    story.now = at(20, 45)
    assert todo(story) == [("publish", "D3"), ("soon", "D3"), ("step", "D4")]
    # when it has come, before everything: with the text that will keep it.
    story.now = at(21, 0)
    first, *_ = urgent(story.state, story.now)
    assert first == Urgent("missed", "D3", closure.id, instant(at(21, 0)))
    assert todo(story)[1:] == [("publish", "D3"), ("step", "D4")]
    assert urgent(story.state, story.now)[1].due == instant(at(22, 0))


def test_a_draft_that_was_sent_back_comes_before_steps_and_is_none_itself(story: Story) -> None:
    story.publish("D1", next_update=at(21, 0))
    draft = story.submit("D3")
    assert todo(story) == [("step", "D4")]  # while others decide there is nothing to do on it
    story.do(c.AskForChanges(draft.id, 1, "Which lanes?"), PIO)
    assert urgent(story.state, story.now) == (
        Urgent("returned", "D3", draft.id),
        Urgent("step", "D4", due=instant(at(21, 0))),
    )


def test_a_promise_with_nothing_written_leads_to_the_step_of_updates(story: Story) -> None:
    story.publish("D1", next_update=at(20, 30))
    story.now = at(20, 20)
    first, *_ = urgent(story.state, story.now)
    assert first == Urgent("soon", "D4", due=instant(at(20, 30)))
    draft = story.save("D4", "update")
    first, *_ = urgent(story.state, story.now)
    assert first == Urgent("soon", "D4", draft.id, instant(at(20, 30)))


def test_where_no_step_is_for_updates_it_leads_to_the_one_that_promised() -> None:
    story = steps("once", "once", "once")
    story.publish("D1", next_update=at(20, 10))
    assert ("soon", "D1") in todo(story)


def test_a_correction_that_is_not_everywhere_comes_first_of_all() -> None:
    # Given wrong words on three channels, corrected on one, and a promise that was missed,
    story = Story().open(playbook=correcting_book())
    wrong = story.publish("D1", next_update=at(20, 5))
    draft = correct(story, wrong, "x")
    story.now = at(22, 0)
    assert urgent(story.state, story.now)[0] == Urgent("put-right", "D8", draft.id)
    # then it leads until everybody is told.
    story.mark(draft, "sms", "web")
    assert "put-right" not in [kind for kind, _ in todo(story)]


def test_a_text_that_holds_no_more_is_to_do_until_what_follows_it_is_with_others() -> None:
    story = Story().open(playbook=correcting_book())
    closure = story.publish("D3", facts={"expires_at": instant(at(21, 0))}, next_update=at(23, 0))
    story.now = at(20, 59)
    assert "expired" not in [kind for kind, _ in todo(story)]
    story.now = at(21, 0)
    expired = Urgent("expired", "D3", closure.id, instant(at(21, 0)), revision=1)
    assert expired in urgent(story.state, story.now)
    follow(story, closure)
    assert expired not in urgent(story.state, story.now)


def test_steps_come_by_their_time_then_in_the_playbook_s_order() -> None:
    story = Story().open(playbook=flood_with({"due_minutes": 60}, {}, {"due_minutes": 30}))
    for step in ("D3", "D4"):
        story.do(c.StartStep(step), COMMUNICATOR)
    assert todo(story) == [("step", "D4"), ("step", "D1"), ("step", "D3")]


def test_a_new_phase_hides_no_step_that_has_a_time_or_a_text_begun(story: Story) -> None:
    # given a step with a time, one with a working copy, one with neither, and the scheduled update
    story.do(c.StartStep("D3"), COMMUNICATOR)
    story.do(c.StartStep("D4"), COMMUNICATOR)
    draft = story.save("D3")
    # when the phase changes, then what a reminder would ask for, or somebody began, is still there
    story.do(c.ChangePhase("after"), PIO)
    assert [step.id for step in next_steps(story.state)] == ["D1", "D3"]
    assert [step.id for step in left_open(story.state)] == ["D1", "D3"]
    assert urgent(story.state, story.now) == (
        Urgent("step", "D1", due=instant(at(20, 15))),
        Urgent("step", "D3", draft.id),
    )
    # and it goes once it is skipped
    story.do(c.SkipStep("D1", "The city has said it."), PIO)
    story.do(c.SkipStep("D3", "The road is open."), PIO)
    assert (todo(story), left_open(story.state)) == ([], ())


def test_a_text_that_is_with_others_is_left_open_too(story: Story) -> None:
    story.submit("D1")
    story.do(c.ChangePhase("after"), PIO)
    assert next_steps(story.state) == ()
    assert [step.id for step in left_open(story.state)] == ["D1"]


def test_a_phase_without_scheduled_updates_goes_on_with_those_of_the_promise(story: Story) -> None:
    story.publish("D1", next_update=at(21, 0))
    story.do(c.ChangePhase("after"), PIO)
    found = update_step(story.state)
    assert found is not None
    assert found.id == "D4"
    assert [step.id for step in next_steps(story.state)] == ["D4"]
    # without a promise nothing is owed
    quiet = Story().open()
    quiet.do(c.ChangePhase("after"), PIO)
    assert update_step(quiet.state) is None


def test_a_closed_incident_leaves_nothing_to_do(story: Story) -> None:
    story.do(c.CloseIncident("Done."), PIO)
    assert urgent(story.state, story.now) == ()


# --- The step of scheduled updates


def steps(*recurrences: str, no_change: int | None = 2) -> Story:
    """A story whose three steps recur like this, and of which one has a no-change text."""
    texts = [texts_of(step) for step in ("D1", "D3", "D4")]
    plain = {kind: text for kind, text in texts[2].items() if kind != "no-change"}
    changes: list[dict[str, Any]] = [{"recurrence": each} for each in recurrences]
    if no_change != 2:
        changes[2]["texts"] = plain
    return Story().open(playbook=flood_with(*changes))


def test_scheduled_updates_belong_to_the_recurring_step_with_a_no_change_text(story: Story) -> None:
    step = update_step(story.state)
    assert step is not None
    assert step.id == "D4"
    step = update_step(steps("recurring", "recurring", "recurring").state)
    assert step is not None
    assert step.id == "D4"


def test_or_to_the_first_recurring_step(story: Story) -> None:
    step = update_step(steps("once", "recurring", "recurring", no_change=None).state)
    assert step is not None
    assert step.id == "D3"


def test_a_playbook_without_recurring_steps_has_none() -> None:
    assert update_step(steps("once", "once", "once").state) is None
