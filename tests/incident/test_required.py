"""Required steps and open ends: a phase is left, and an incident closed, with a word for what is not done."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.events import Left, RevisionSubmitted
from ecomms_bot.incident.evolve import replay
from ecomms_bot.incident.gates import open_ends, required_open
from ecomms_bot.incident.timeline import line
from ecomms_bot.incident.wording import Rejected
from tests.incident.stories import COLLEAGUE, COMMUNICATOR, IC, PIO, SME, Story, at, flood_with, instant

ON_TO_AFTER = c.ChangePhase("after", "The water falls.")


def opened(*changes: dict[str, Any]) -> Story:
    """The flood, whose steps D1, D3 and D4 say this besides."""
    story = Story().open(playbook=_with_an_end(flood_with(*changes)))
    story.work()
    return story


def _with_an_end(raw: dict[str, Any]) -> dict[str, Any]:
    """With a phase after, of one step."""
    during = raw["phases"]["during"]
    return {**raw, "phases": {"during": during, "after": [{**during[0], "id": "A1", "required": False}]}}


@pytest.fixture
def story() -> Story:
    """The holding statement (D1) is required."""
    return opened({"required": True}, {}, {})


def refused(story: Story, command: c.Command, by: str = PIO) -> Rejected:
    seq = story.state.seq
    with pytest.raises(Rejected) as no:
        story.do(command, by)
    assert story.state.seq == seq
    return no.value


# --- The gate between phases


def test_a_required_step_is_done_or_skipped_with_a_reason_before_the_next_phase(story: Story) -> None:
    no = refused(story, ON_TO_AFTER)
    assert (no.code, no.field) == ("required", "step/D1")
    assert str(no) == (
        "Holding statement is required in the phase during and not done. Say why it is skipped, or do it "
        "first. The phase was not changed."
    )
    assert refused(story, c.ChangePhase("after", reasons={"D1": "  "})).code == "required"
    assert refused(story, c.ChangePhase("after", reasons={"D1": "x" * 501})).code == "too-long"


def test_a_reason_skips_it_in_the_same_transaction(story: Story) -> None:
    new = story.do(c.ChangePhase("after", "The water falls.", {"D1": " Police spoke first. "}), PIO)
    assert [type(each).__name__ for each in new] == ["StepSkipped", "PhaseChanged", "StepStarted"]
    skipped = story.state.steps["D1"].skipped
    assert skipped is not None
    assert (skipped.person, skipped.reason) == (PIO, "Police spoke first.")
    assert story.state.phase == "after"


def test_a_required_step_that_is_out_or_skipped_holds_nobody_up(story: Story) -> None:
    story.publish("D1")
    assert required_open(story.state) == ()
    story.do(ON_TO_AFTER, PIO)
    other = opened({"required": True}, {}, {})
    other.do(c.SkipStep("D1", "Police spoke first."), COLLEAGUE)
    other.do(ON_TO_AFTER, PIO)
    assert other.state.phase == "after"


def test_a_text_under_way_goes_on_through_the_change(story: Story) -> None:
    draft = story.submit("D1")
    story.do(ON_TO_AFTER, PIO)
    assert story.state.steps["D1"].skipped is None
    assert story.state.drafts[draft.id].status == "in review"


def test_a_text_that_came_back_or_was_only_begun_is_not_done(story: Story) -> None:
    draft = story.submit("D1")
    story.do(c.AskForChanges(draft.id, 1, "Which side of Hope?"), PIO)
    assert refused(story, ON_TO_AFTER).code == "required"


def test_a_recurring_step_is_done_once_a_text_of_it_was_out() -> None:
    story = opened({}, {}, {"required": True})
    assert [step.id for step in required_open(story.state)] == ["D4"]
    story.publish("D4", "update", next_update=at(20, 40))
    story.until(at(20, 36))
    assert required_open(story.state) == ()


def test_a_step_on_demand_is_required_once_somebody_started_it() -> None:
    story = opened({}, {"required": True}, {})
    assert required_open(story.state) == ()
    story.do(c.StartStep("D3"), COLLEAGUE)
    assert [step.id for step in required_open(story.state)] == ["D3"]


def test_a_required_step_that_never_began_is_skipped_as_well() -> None:
    story = opened({}, {}, {"required": True})
    assert "D4" not in story.state.steps
    story.do(c.ChangePhase("after", reasons={"D4": "It was over in an hour."}), IC)
    assert story.state.steps["D4"].skipped is not None


def test_each_required_step_has_a_reason_of_its_own() -> None:
    story = opened({"required": True}, {}, {"required": True})
    no = refused(story, c.ChangePhase("after", reasons={"D1": "Police spoke first."}))
    assert no.field == "step/D4"


def test_going_back_a_phase_needs_no_reason(story: Story) -> None:
    story.do(c.ChangePhase("after", reasons={"D1": "Police spoke first."}), PIO)
    story.do(c.ChangePhase("during"), PIO)
    story.save("D1")  # taken up again
    assert [step.id for step in required_open(story.state)] == ["D1"]
    story.do(c.ChangePhase("before"), PIO)
    assert story.state.phase == "before"


# --- Closing


def test_a_closing_asks_for_required_steps_and_open_questions(story: Story) -> None:
    story.do(c.AskQuestion("May  ambulances\npass?", SME, None, None), COMMUNICATOR)
    (question,) = story.state.questions
    no = refused(story, c.CloseIncident("Over."))
    assert (no.code, no.field) == ("left", "left/step:D1")
    assert str(no) == "Say of this: done, handed to whom, or why not. Until then the incident stays open."
    said = {"step:D1": "The city spoke."}
    assert refused(story, c.CloseIncident("Over.", left=said)).field == f"left/question:{question}"
    long = {**said, f"question:{question}": "x" * 501}
    assert refused(story, c.CloseIncident("Over.", left=long)).code == "too-long"
    # when each is said, it is closed, and the log keeps it
    story.do(c.CloseIncident("Over.", left={**said, f"question:{question}": " The city answers. "}), PIO)
    closing = story.state.closing
    assert closing is not None
    assert closing.left == (
        Left(
            thing="step:D1", what="Holding statement, a required step, is not done", reason="The city spoke."
        ),
        Left(
            thing=f"question:{question}",
            what="The public asks: “May ambulances pass?”",
            reason="The city answers.",
        ),
    )
    assert str(line(story.log[-1], story.state)) == (
        f"Highway 7 mudslides closed by {PIO}: Over.; left open: Holding statement, a required step, is not "
        "done (The city spoke.); The public asks: “May ambulances pass?” (The city answers.)"
    )


def test_a_required_text_under_way_is_not_done_when_it_is_closed(story: Story) -> None:
    draft = story.submit("D1")
    no = refused(story, c.CloseIncident("Over."))
    assert no.field == "left/step:D1"
    story.do(c.CloseIncident("Over.", left={"step:D1": "The city spoke."}), PIO)
    closing = story.state.closing
    assert closing is not None
    assert [each.thing for each in closing.left] == ["step:D1", f"draft:{draft.id}"]


def test_a_required_step_of_an_earlier_phase_is_asked_for_as_long_as_it_is_not_done(story: Story) -> None:
    draft = story.submit("D1")
    story.do(ON_TO_AFTER, PIO)
    story.do(c.WithdrawDraft(draft.id), COMMUNICATOR)
    assert refused(story, c.CloseIncident("Over.")).field == "left/step:D1"


def test_a_required_step_that_was_out_leaves_nothing_open() -> None:
    story = opened({}, {}, {"required": True})
    story.publish("D4", "final", facts={"next_update_at": None, "no_promise_reason": "the road is open"})
    story.do(c.CloseIncident("Over."), PIO)
    closing = story.state.closing
    assert closing is not None
    assert closing.left == ()
    assert str(line(story.log[-1], story.state)) == f"Highway 7 mudslides closed by {PIO}: Over."


def test_texts_that_wait_are_kept_with_the_closing_and_need_no_word() -> None:
    story = opened({}, {}, {})
    review = story.submit("D1")
    approved = story.approve(story.submit("D4", "update"), SME, PIO)
    assert [(each.thing, each.what, each.needs_reason) for each in open_ends(story.state)] == [
        (f"draft:{review.id}", "Holding statement, revision 1, waits for approval", False),
        (f"draft:{approved.id}", "Scheduled update, revision 1, is approved and not marked", False),
    ]
    story.do(c.CloseIncident("Over.", left={f"draft:{review.id}": "Not needed."}), PIO)
    told = str(line(story.log[-1], story.state))
    assert "left open: Holding statement, revision 1, waits for approval (Not needed.); Scheduled" in told
    assert told.endswith("is approved and not marked")


def test_a_text_that_holds_for_a_time_is_named() -> None:
    story = opened({}, {}, {})
    draft = story.submit("D1", "statement")
    story.record((_until(story, draft.id),), by=COMMUNICATOR, command_id="an approval that came with an end")
    draft = story.approve(story.state.drafts[draft.id], PIO)
    story.mark(draft)
    assert [(each.thing, each.what) for each in open_ends(story.state)] == [
        (f"standing:{draft.id}:2", "Holding statement is out and holds only for a time")
    ]


def _until(story: Story, draft: str) -> Any:
    """The same revision once more, with an end."""
    first = next(each.event for each in story.log if isinstance(each.event, RevisionSubmitted))
    assert first.draft == draft
    return first.model_copy(update={"revision": 2, "expires": instant(story.now + timedelta(hours=2))})


def test_a_text_that_left_the_log_is_named_as_such() -> None:
    story = opened({}, {}, {})
    story.approve(story.submit("D1"), PIO)
    log = [replace(each, event=None) if each.type == "RevisionSubmitted" else each for each in story.log]
    (end,) = open_ends(replay(story.state.id, log))
    assert end.what == "a redacted text, revision 1, is approved and not marked"


def test_what_was_opened_by_mistake_leaves_nobody_waiting(story: Story) -> None:
    story.do(c.CloseIncident("It was a test.", in_error=True), PIO)
    closing = story.state.closing
    assert closing is not None
    assert [each.reason for each in closing.left] == [""]
