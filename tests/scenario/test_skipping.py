"""Skipping a step, with a reason, and taking it up again."""

from __future__ import annotations

from tests.scenario.acting import Case


def skips(case: Case, who: str = "mara", step: str = "D1", reason: str = "Police speak first") -> None:
    pressed = case.clicks(who, case.last("step", step), "Skip…")
    assert case.actor(who).person.modal is not None, pressed.words
    assert case.submits(who, reason=reason).answer.closed


def test_a_step_is_skipped_with_a_reason_that_everybody_reads(case: Case) -> None:
    case.clicks("mara", case.last("step"), "Skip…")
    modal = case.actor("mara").person.modal
    assert modal is not None
    assert modal.title == "EXERCISE - Skip step"
    assert "Holding statement of Highway 7 slides is marked as skipped." in modal.plain()
    assert case.submits("mara", reason="Police speak first").answer.closed
    root = case.last("step", "D1")
    assert "Status: skipped by @Mara Lund today at 20:00; " in root.plain()
    assert "The reason: Police speak first" in root.plain()
    assert root.buttons == ["Write draft"]
    # and nobody is reminded of it when it would have been due
    case.clock("20:20")
    assert [each for each in case.entries("ReminderFired") if "step/D1" in str(each.event)] == []


def test_a_reason_is_asked_for_beside_its_field(case: Case) -> None:
    case.clicks("mara", case.last("step"), "Skip…")
    reply = case.submits("mara", reason="   ")
    assert list(reply.answer.errors) == ["Why"]
    assert case.entries("StepSkipped") == []


def test_who_writes_on_a_skipped_step_takes_it_up_again(case: Case) -> None:
    skips(case)
    case.sends("theo")
    assert "Status: waiting for approval" in case.last("step", "D1").plain()
    assert case.state.steps["D1"].skipped is None


def test_a_working_copy_is_kept_when_its_step_is_skipped(case: Case) -> None:
    case.writes("mara")
    case.actor("mara").leaves()
    skips(case)
    case.clicks("mara", case.last("step", "D1"), "Write draft")
    modal = case.actor("mara").person.modal
    assert modal is not None
    assert modal.field("Road") == "Highway 7"


def test_a_step_whose_text_waits_for_approval_is_not_skipped(case: Case) -> None:
    before = case.last("step")
    case.sends("mara")
    reply = case.clicks("mara", before, "Skip…")
    assert "Let its author withdraw it first, then skip the step." in reply.words
    assert "Skip…" not in case.last("step").buttons


def test_who_came_second_is_told_who_skipped_it(case: Case) -> None:
    before = case.last("step")
    skips(case)
    reply = case.clicks("theo", before, "Skip…")
    assert "@Mara Lund skipped Holding statement today at 20:00 already." in reply.words
    assert len(case.entries("StepSkipped")) == 1


def test_an_observer_does_not_skip(case: Case) -> None:
    reply = case.clicks("otto", case.last("step"), "Skip…")
    assert "Only communicators and leads may skip a step" in reply.words


def test_the_three_kinds_of_steps_are_told_apart(case: Case) -> None:
    assert "How often: once" in case.last("step", "D1").plain()
    case.starts("mara", "D3")
    assert "How often: on demand, whenever it is needed" in case.last("step", "D3").plain()
    case.starts("mara", "D4")
    assert "How often: every hour, as severity S2 asks" in case.last("step", "D4").plain()
