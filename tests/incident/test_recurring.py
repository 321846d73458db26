"""Recurring steps: each text that goes out begins the next round, at a time that somebody set."""

from __future__ import annotations

from typing import Any

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import effects as fx
from ecomms_bot.incident import things
from ecomms_bot.incident.events import Receipt
from ecomms_bot.incident.faces import faces
from ecomms_bot.incident.progress import keeping_step, next_steps, step_due, step_status, update_step, urgent
from ecomms_bot.incident.state import Draft
from tests.incident.stories import COMMUNICATOR, IC, PIO, PIO_2, SME, Story, at, flood, flood_with, instant

INSIDE: dict[str, Any] = {
    "id": "D5",
    "title": "Brief the leaders",
    "recurrence": "recurring",
    "cadence": 30,
    "due_minutes": 20,
    "texts": {
        "internal": {"title": "For the leaders", "templates": {"internal": "Crews look at {{ road }}."}}
    },
}


@pytest.fixture
def story() -> Story:
    """Updates of the playbook as it ships: they promise the next one."""
    return Story().open()


@pytest.fixture
def briefed() -> Story:
    """With a briefing inside every 30 minutes instead of D3, begun at 20:00 and first due at 20:20."""
    opened = Story().open(playbook=flood_with({}, INSIDE, {}))
    opened.do(c.StartStep("D5"), COMMUNICATOR)
    opened.work()
    return opened


def brief(story: Story, road: str = "Highway 7") -> Draft:
    draft = story.submit("D5", "internal", facts={"road": road})
    people = {"sme": SME, "pio": PIO, "ic": IC}
    return story.mark(story.approve(draft, *(people[role] for role in draft.current.roles)), "internal")


# --- Where a text promises, the promise is the clock


def test_a_text_that_promises_sets_the_next_round_by_its_promise(story: Story) -> None:
    story.publish("D1", next_update=at(21, 0))
    assert step_due(story.state, "D4") == instant(at(21, 0))  # due for the first time, as D1 promised
    story.now = at(20, 50)
    story.publish("D4", "update", next_update=at(22, 0))
    assert step_due(story.state, "D4") == instant(at(22, 0))
    # and nothing reminds but the promise.
    assert story.reminder_times("step/") == {}


def test_it_is_to_do_again_once_the_promise_calls_for_it(story: Story) -> None:
    story.publish("D4", "update", next_update=at(21, 0))
    story.until(at(20, 44))
    assert step_status(story.state, "D4") == "published"
    assert "D4" not in [step.id for step in next_steps(story.state)]
    story.until(at(20, 45))
    assert step_status(story.state, "D4") == "to do"
    assert "D4" in [step.id for step in next_steps(story.state)]
    # Writing it goes through the same stages again.
    story.submit("D4", "update", next_update=at(22, 0))
    assert step_status(story.state, "D4") == "in review"


def test_after_a_final_text_there_is_no_next_round(story: Story) -> None:
    story.publish("D4", "update", next_update=at(21, 0))
    story.now = at(20, 50)
    story.publish("D4", "final", facts={"next_update_at": None, "no_promise_reason": "the road is open"})
    assert step_due(story.state, "D4") is None
    assert step_status(story.state, "D4") == "published"


def test_a_first_time_set_by_the_playbook_counts_beside_a_promise() -> None:
    story = Story().open(playbook=flood_with({}, {}, {"due_minutes": 40}))
    story.do(c.StartStep("D4"), COMMUNICATOR)
    assert step_due(story.state, "D4") == instant(at(20, 40))
    draft = story.approve(story.submit("D3", next_update=at(20, 30)), SME, PIO, IC)
    story.mark(draft)
    assert step_due(story.state, "D4") == instant(at(20, 30))
    assert story.reminder_times("step/D4") == {"step/D4": at(20, 40)}


# --- Two of them beside each other


@pytest.fixture
def two() -> Story:
    """The updates of every hour, and the closure as a second text that goes on, every 2 hours."""
    return Story().open(playbook=flood_with({}, {"recurrence": "recurring", "cadence": 120}, {}))


def test_what_a_single_text_promised_is_kept_by_the_updates(two: Story) -> None:
    two.publish("D1", next_update=at(21, 0))
    two.do(c.StartStep("D4"), COMMUNICATOR)
    assert step_due(two.state, "D3") is None
    assert step_due(two.state, "D4") == instant(at(21, 0))


def test_what_a_text_that_goes_on_promised_is_asked_of_its_own_step(two: Story) -> None:
    # Given an update and a closure, each of which promises its next one,
    two.publish("D3", next_update=at(22, 0))
    two.now = at(20, 10)
    two.publish("D4", "update", next_update=at(21, 0))
    # when the closure comes again before the update does,
    two.now = at(20, 30)
    two.publish("D3", next_update=at(22, 30))
    # then its promise is its own: what is most urgent before that time is the closure.
    assert step_due(two.state, "D3") == instant(at(22, 30))
    assert [each.step for each in urgent(two.state, at(22, 20))][:1] == ["D3"]
    two.until(at(22, 15))
    assert step_status(two.state, "D3") == "to do"


def test_a_step_whose_promise_the_other_one_kept_is_due_after_its_cadence(two: Story) -> None:
    two.publish("D4", "update", next_update=at(21, 5))
    two.now = at(20, 30)
    two.publish("D3", next_update=at(22, 30))  # which keeps the promise of 21:05 as well
    # then the update comes an hour after the last one, and its holder is reminded of it.
    assert step_due(two.state, "D4") == instant(at(21, 0))
    assert two.reminder_times("step/D4") == {"step/D4/1": at(21, 0)}
    two.until(at(21, 0))
    assert step_status(two.state, "D4") == "to do"


def test_it_is_not_due_once_a_text_said_that_no_more_come(two: Story) -> None:
    two.publish("D3", next_update=at(22, 0))
    two.now = at(20, 30)
    two.publish("D4", "final", facts={"next_update_at": None, "no_promise_reason": "the road is open"})
    assert (step_due(two.state, "D3"), step_due(two.state, "D4")) == (None, None)


# --- Another phase


def with_an_after(*during: dict[str, Any], after: dict[str, Any]) -> Story:
    raw = flood_with(*during)
    return Story().open(playbook={**raw, "phases": {**raw["phases"], "after": [after]}})


def test_a_brief_ends_with_its_phase() -> None:
    # Given a brief every 30 minutes, written once,
    d1 = flood().raw["phases"]["during"][0]
    story = with_an_after({}, INSIDE, {}, after={**d1, "id": "A1"})
    story.do(c.StartStep("D5"), COMMUNICATOR)
    brief(story)
    # when the flood is over, then nobody is asked for it any more,
    story.do(c.ChangePhase("after"), PIO)
    assert step_due(story.state, "D5") is None
    assert "D5" not in [step.id for step in next_steps(story.state)]
    assert story.reminder_times("step/D5") == {}
    # unless somebody is writing one, or the phase comes again.
    story.save("D5", "internal")
    assert "D5" in [step.id for step in next_steps(story.state)]
    story.do(c.WithdrawDraft(story.draft_id("D5")), COMMUNICATOR)
    story.do(c.ChangePhase("during"), PIO)
    assert step_due(story.state, "D5") == instant(at(20, 30))


def test_one_that_was_never_written_is_not_asked_for_in_the_next_phase() -> None:
    d1 = flood().raw["phases"]["during"][0]
    story = with_an_after({}, INSIDE, {}, after={**d1, "id": "A1"})
    story.do(c.StartStep("D5"), COMMUNICATOR)
    assert story.reminder_times("step/D5") == {"step/D5": at(20, 20)}
    story.do(c.ChangePhase("after"), PIO)
    assert story.reminder_times("step/D5") == {}


def test_a_phase_without_updates_goes_on_with_the_text_that_promised() -> None:
    d1 = flood().raw["phases"]["during"][0]
    more = {"recurrence": "recurring", "cadence": 120}
    story = with_an_after({}, more, {}, after={**d1, "id": "A1"})
    story.publish("D3", next_update=at(22, 0))
    story.do(c.ChangePhase("after"), PIO)
    assert story.promise().step == "D3"
    found = update_step(story.state)
    assert found is not None
    assert found.id == "D3"


def test_a_promise_that_no_step_goes_on_with_belongs_to_none() -> None:
    story = Story().open(playbook=flood_with({}, {}, {"recurrence": "once"}))
    story.publish("D1", next_update=at(21, 0))
    assert keeping_step(story.state, story.promise()) is None


# --- Without a promise, the playbook's cadence is


def test_a_text_for_inside_is_due_again_after_its_cadence(briefed: Story) -> None:
    assert step_due(briefed.state, "D5") == instant(at(20, 20))
    briefed.now = at(20, 10)
    brief(briefed)
    assert step_due(briefed.state, "D5") == instant(at(20, 40))
    assert briefed.reminder_times("step/D5") == {"step/D5/1": at(20, 40)}


def test_each_round_reminds_the_holder_once(briefed: Story) -> None:
    said = briefed.until(at(20, 25))
    briefed.now = at(20, 30)
    brief(briefed)
    said += briefed.until(at(21, 30))
    brief(briefed, "Highway 1")
    said += briefed.until(at(22, 30))
    assert [key for key in said if key.startswith("step/D5")] == ["step/D5", "step/D5/1", "step/D5/2"]
    assert [briefed.state.fired[key].at for key in ("step/D5", "step/D5/1", "step/D5/2")] == [
        at(20, 20),
        at(21, 0),
        at(22, 0),
    ]
    assert briefed.state.fired["step/D5/2"].event.to == (COMMUNICATOR,)


def test_a_round_is_to_do_when_it_was_called_for_and_done_when_it_is_out(briefed: Story) -> None:
    brief(briefed)
    assert step_status(briefed.state, "D5") == "published"
    briefed.until(at(20, 30))
    assert step_status(briefed.state, "D5") == "to do"
    brief(briefed, "Highway 1")
    assert step_status(briefed.state, "D5") == "published"
    assert step_due(briefed.state, "D5") == instant(at(21, 0))


def test_a_text_that_is_with_others_needs_no_reminder(briefed: Story) -> None:
    brief(briefed)
    briefed.submit("D5", "internal", facts={"road": "Highway 1"})
    assert briefed.reminder_times("step/D5") == {}


def test_a_declined_round_is_still_due(briefed: Story) -> None:
    brief(briefed)
    draft = briefed.submit("D5", "internal", facts={"road": "Highway 1"})
    briefed.do(c.Decline(draft.id, 1, "Too long."), PIO)
    assert briefed.until(at(20, 30))[-1:] == ["step/D5/1"]


def test_a_round_counts_from_when_the_public_read_it() -> None:
    # Given public updates that promise nothing, every 30 minutes, posted at 20:05 and marked at 20:12,
    text = {"title": "On the sign", "templates": {"web": "Slow down on {{ road }}."}, "promises": False}
    step = {**INSIDE, "channels": ["web"], "texts": {"correction": text}}
    story = Story().open(playbook=flood_with({}, step, {}))
    story.do(c.StartStep("D5"), COMMUNICATOR)
    draft = story.submit("D5", "correction")
    people = {"sme": SME, "pio": PIO, "ic": IC}
    story.approve(draft, *(people[role] for role in draft.current.roles))
    story.now = at(20, 12)
    story.mark(draft, "web", posted=at(20, 5))
    assert story.reminder_times("step/D5") == {"step/D5/1": at(20, 35)}
    # when it turns out to have been 20:10, the next one moves along, and is said once.
    story.do(
        c.CorrectReceipt(draft.id, 1, "web", "Typed wrong.", Receipt(channel="web", attested_at=at(20, 10))),
        PIO,
    )
    assert story.until(at(21, 30)).count("step/D5/1") == 1
    assert story.state.fired["step/D5/1"].at == at(20, 40)


def test_the_severity_changes_the_pace_of_what_follows_it(briefed: Story) -> None:
    story = Story().open(playbook=flood_with({}, {**INSIDE, "cadence": "severity"}, {}))
    story.do(c.StartStep("D5"), COMMUNICATOR)
    brief(story)
    assert step_due(story.state, "D5") == instant(at(21, 0))
    for severity, due in (("S1", at(20, 30)), ("S2", at(21, 0)), ("S1", at(20, 30))):
        story.do(c.ChangeSeverity(severity, "The river."), PIO)
        assert story.reminder_times("step/D5") == {"step/D5/1": due}
    # A cadence of minutes is its own.
    brief(briefed)
    briefed.do(c.ChangeSeverity("S1", "The river."), PIO)
    assert step_due(briefed.state, "D5") == instant(at(20, 30))


# --- The team rests


def test_what_falls_due_while_the_team_rests_waits_until_it_is_over(briefed: Story) -> None:
    brief(briefed)
    briefed.publish("D1", next_update=at(6, 0))
    briefed.do(c.StandDown(instant(at(6, 0))), PIO)
    assert briefed.reminder_times("step/") == {"step/D5/1": at(6, 0)}
    # What was promised, and what one asked for oneself, does not wait.
    briefed.do(c.SetReminder(instant(at(23, 0)), "Sleep."), PIO_2)
    before = briefed.until(at(5, 59))
    assert [key.split("/")[0] for key in before] == ["personal", "promise", "promise"]
    assert "step/D5/1" in briefed.until(at(6, 0))
    assert briefed.state.fired["step/D5/1"].event.late_seconds == 0


def test_who_speaks_to_the_public_again_is_reminded_again(briefed: Story) -> None:
    brief(briefed)
    briefed.publish("D1", next_update=at(6, 0))
    briefed.do(c.StandDown(instant(at(6, 0))), PIO)
    briefed.now = at(20, 20)
    briefed.publish("D4", "update", next_update=at(21, 0))
    assert briefed.reminder_times("step/D5") == {"step/D5/1": at(20, 30)}


@pytest.mark.parametrize("ends", ["a text for the public", "a new phase"])
def test_what_waited_for_the_rest_is_not_late_when_that_is_broken_off(briefed: Story, ends: str) -> None:
    brief(briefed)
    briefed.publish("D1", next_update=at(6, 0))
    briefed.do(c.StandDown(instant(at(6, 0))), PIO)
    briefed.now = at(5, 50)
    if ends == "a new phase":
        briefed.do(c.ChangePhase("after"), PIO)
        briefed.do(c.ChangePhase("during"), PIO)
    else:
        briefed.publish("D4", "update", next_update=at(7, 0))
    assert "step/D5/1" in briefed.until(at(5, 51))
    assert briefed.state.fired["step/D5/1"].event.late_seconds == 0


def test_what_is_due_after_the_rest_is_not_moved() -> None:
    story = Story().open(playbook=flood_with({"due_minutes": 700}, {}, {}))
    story.publish("D4", "update", next_update=at(6, 0))
    story.do(c.StandDown(instant(at(6, 0))), PIO)
    assert story.reminder_times("step/") == {"step/D1": at(7, 40)}


# --- What people see of it


def test_the_step_s_message_follows_its_next_time_and_pace(briefed: Story) -> None:
    def looks() -> tuple[object, object]:
        shown = faces(briefed.state)
        return shown[things.step_thing("D5")], shown[things.step_thing("D1")]

    before = looks()
    brief(briefed)
    after = looks()
    assert (before[0] != after[0], before[1] == after[1]) == (True, True)
    briefed.do(c.ChangeSeverity("S1", "The river."), PIO)
    worse = looks()
    assert (after[0] != worse[0], after[1] == worse[1]) == (True, True)
    briefed.until(at(20, 30))
    assert any(task.kind == fx.EDIT for task in briefed.pending.values())


def test_on_demand_and_once_have_no_next_round(story: Story) -> None:
    story.publish("D1", next_update=at(21, 0))
    story.publish("D3", next_update=at(21, 0))
    assert (step_due(story.state, "D1"), step_due(story.state, "D3")) == (None, None)
    assert step_due(story.state, "D9") is None
    assert [step_status(story.state, each) for each in ("D1", "D3")] == ["published", "published"]
