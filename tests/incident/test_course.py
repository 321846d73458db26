"""The course of an incident: its phase, its severity, rest, and who runs it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.events import PhaseChanged, StoodDown
from ecomms_bot.incident.policy import Roster
from ecomms_bot.incident.state import Handover
from ecomms_bot.incident.wording import Rejected
from tests.incident.stories import (
    COLLEAGUE,
    COMMUNICATOR,
    EXEC,
    GUEST,
    IC,
    NO_ROLES,
    OBSERVER,
    PIO,
    PIO_2,
    SME,
    STRANGER,
    Story,
    at,
    flood,
    instant,
)

MORNING = at(6, 0)


@pytest.fixture
def story() -> Story:
    return Story().open()


def three_phases() -> dict[str, Any]:
    """The flood playbook with two steps after the flood: one on demand, then one that begins by itself."""
    raw = flood().raw
    d1, d3, d4 = raw["phases"]["during"]
    after = [{**d3, "id": "A1"}, {**d1, "id": "A2", "due_minutes": 30}]
    return {**raw, "phases": {"during": [d1, d3, d4], "after": after}}


def refused(story: Story, command: c.Command, by: str, *, guest: bool = False) -> tuple[str, str]:
    """The code and the words of a refusal, which changes nothing."""
    before = story.state
    with pytest.raises(Rejected) as no:
        story.do(command, by, guest=guest)
    assert story.state is before
    return no.value.code, str(no.value)


# --- Phase


def test_a_new_phase_begins_its_first_step_in_turn() -> None:
    # Given a playbook whose first step after the flood waits until it is asked for,
    story = Story().open(playbook=three_phases())
    story.now = at(21, 0)
    # when the phase changes, then the first step that begins by itself is started, and due as it says.
    new = story.do(c.ChangePhase("after", "  The water falls.  "), PIO)
    assert new[0] == PhaseChanged(person=PIO, before="during", phase="after", note="The water falls.")
    assert story.types()[-2:] == ["PhaseChanged", "StepStarted"]
    assert story.state.phase == "after"
    assert story.state.steps["A2"].due == instant(at(21, 30))
    (turn,) = story.state.turns
    assert (turn.kind, turn.before, turn.after, turn.reason) == (
        "phase",
        "during",
        "after",
        "The water falls.",
    )


def test_a_step_that_was_started_before_is_not_started_again() -> None:
    story = Story().open(playbook=three_phases())
    story.do(c.StartStep("A2"), COMMUNICATOR)
    assert [type(each).__name__ for each in story.do(c.ChangePhase("after"), IC)] == ["PhaseChanged"]


def test_a_phase_without_steps_is_one_too(story: Story) -> None:
    story.do(c.ChangePhase("before"), COMMUNICATOR)
    assert story.state.phase == "before"
    assert list(story.state.steps) == ["D1"]


def test_drafts_and_promises_go_on_untouched(story: Story) -> None:
    story.publish("D1", next_update=at(21, 0))
    draft = story.submit("D3")
    before = story.state
    story.do(c.ChangePhase("after"), PIO)
    assert (story.state.promises, story.state.drafts) == (before.promises, before.drafts)
    assert story.approve(draft, SME, PIO, IC).status == "approved"


def test_the_phase_it_is_in_is_no_change(story: Story) -> None:
    code, words = refused(story, c.ChangePhase("during"), PIO)
    assert (code, words) == (
        "same",
        "Highway 7 mudslides is in the phase during already. Nothing was changed.",
    )


def test_there_are_three_phases(story: Story) -> None:
    odd: Any = "someday"
    code, words = refused(story, c.ChangePhase(odd), PIO)
    assert (code, words) == ("phase", "There is no phase someday. The phases are before, during and after.")


def test_more_words_than_a_form_takes_are_refused_and_counted(story: Story) -> None:
    code, words = refused(story, c.ChangePhase("after", "x" * 3001), PIO)
    assert (code, words) == ("too-long", "That is 3001 characters; at most 3000 are kept. Please shorten it.")


# --- Severity


def test_the_severity_changes_with_a_reason_and_moves_no_printed_promise(story: Story) -> None:
    story.publish("D1", next_update=at(21, 0))
    promise, reminders = story.promise(), story.reminder_times("promise/")
    story.do(c.ChangeSeverity("S1", " A dike broke. "), COMMUNICATOR)
    assert story.state.severity == "S1"
    assert (story.promise(), story.reminder_times("promise/")) == (promise, reminders)
    (turn,) = story.state.turns
    assert (turn.kind, turn.before, turn.after, turn.reason) == ("severity", "S2", "S1", "A dike broke.")


@pytest.mark.parametrize(
    ("command", "code", "field", "words"),
    [
        (
            c.ChangeSeverity("S9", "Worse."),
            "severity",
            "severity",
            r"There is no severity S9 in this playbook\. Choose S1 \(.+\), S2 .+, S3 .+ or S4 \(.+\)\.",
        ),
        (c.ChangeSeverity("S2", "As it was."), "same", "severity", "is S2 already. Nothing was changed"),
        (c.ChangeSeverity("S1", "  "), "no-reason", "reason", "say why, so that everybody understands"),
    ],
)
def test_a_severity_that_is_none_or_says_nothing_is_refused(
    story: Story, command: c.ChangeSeverity, code: str, field: str, words: str
) -> None:
    with pytest.raises(Rejected, match=words) as no:
        story.do(command, PIO)
    assert (no.value.code, no.value.field) == (code, field)


@pytest.mark.parametrize(
    "command",
    [
        c.ChangePhase("after"),
        c.ChangeSeverity("S1", "Worse."),
        c.StandDown(instant(MORNING)),
        c.OfferHandover(PIO),
    ],
)
@pytest.mark.parametrize("person", [COLLEAGUE, SME, EXEC, OBSERVER])
def test_the_course_is_for_the_pio_the_ic_and_the_holder(
    story: Story, command: c.Command, person: str
) -> None:
    code, words = refused(story, command, person)
    assert code == "not-allowed"
    assert words.startswith("Only pio, ic or the holder of the incident may ")


# --- Rest


def promised(story: Story, due: datetime = MORNING) -> Story:
    """The last text of the evening says when updates go on."""
    story.publish("D1", next_update=due)
    return story


def test_the_team_rests_until_the_time_that_the_last_text_promises(story: Story) -> None:
    promised(story)
    # Somebody who types 06:00 means that minute.
    new = story.do(c.StandDown(instant(at(6, 0, 20))), IC)
    assert new == (StoodDown(person=IC, until=instant(MORNING)),)
    assert story.state.resting(at(5, 59))
    assert not story.state.resting(MORNING)
    (turn,) = story.state.turns
    assert (turn.kind, turn.until) == ("rest", instant(MORNING))


def test_without_a_rest_nobody_rests(story: Story) -> None:
    assert not story.state.resting(story.now)


@pytest.mark.parametrize("until", [at(5, 0), at(6, 1), at(8, 0)])
def test_until_another_time_is_not_what_people_were_told(story: Story, until: datetime) -> None:
    code, words = refused(promised(story), c.StandDown(instant(until)), PIO)
    assert code == "not-said"
    assert "expect the next update at 15 Nov 2021 06:00 PST, not at 15 Nov 2021 0" in words
    assert "Stand down until 15 Nov 2021 06:00 PST, or first publish an update that promises" in words


def test_a_time_that_has_passed_is_refused(story: Story) -> None:
    code, words = refused(promised(story), c.StandDown(instant(story.now)), PIO)
    assert (code, words) == ("past", "14 Nov 2021 20:00 PST has passed. Give a time that is still to come.")


def test_before_the_public_was_told_anything_nobody_stands_down(story: Story) -> None:
    code, words = refused(story, c.StandDown(instant(MORNING)), PIO)
    assert code == "no-promise"
    assert words.startswith("The public was not told when the next update comes. Publish a text that says so")


def test_after_a_final_text_there_is_nothing_to_stand_down_from(story: Story) -> None:
    facts = {"next_update_at": None, "no_promise_reason": "the road is open"}
    story.publish("D4", "final", facts=facts)
    code, words = refused(story, c.StandDown(instant(MORNING)), PIO)
    assert code == "final"
    assert "no more updates come, so none is owed" in words


def test_nobody_rests_while_a_text_waits_for_approval(story: Story) -> None:
    promised(story)
    story.submit("D3")
    code, words = refused(story, c.StandDown(instant(MORNING)), PIO)
    assert code == "waiting"
    assert "revision 1, waits for approval. Let it be decided or withdraw it, then stand down." in words


@pytest.mark.parametrize(("exercise", "out"), [(False, "published"), (True, "played")])
def test_nor_while_an_approved_text_may_be_out_unmarked(*, exercise: bool, out: str) -> None:
    story = promised(Story().open(exercise=exercise))
    story.approve(story.submit("D3"), SME, PIO, IC)
    code, words = refused(story, c.StandDown(instant(MORNING)), PIO)
    assert code == "waiting"
    assert f"is approved and not marked as {out}. Mark it or withdraw it" in words


def test_a_working_copy_keeps_nobody_up(story: Story) -> None:
    promised(story).save("D3")
    story.do(c.StandDown(instant(MORNING)), PIO)
    assert story.state.rest is not None


def test_the_second_is_told_who_stood_the_team_down(story: Story) -> None:
    promised(story).do(c.StandDown(instant(MORNING)), PIO)
    code, words = refused(story, c.StandDown(instant(MORNING)), IC)
    assert code == "resting"
    assert words == "U-pio stood the team down until 15 Nov 2021 06:00 PST already. Nothing was changed."


def test_the_rest_ends_with_the_next_text_for_the_public(story: Story) -> None:
    promised(story).do(c.StandDown(instant(MORNING)), PIO)
    story.now = at(2, 0)
    draft = story.approve(story.submit("D4", "update", next_update=at(3, 0)), SME, PIO)
    story.mark(draft, "internal")
    assert story.state.resting(story.now)
    story.mark(draft, "web")
    assert story.state.rest is None


def test_the_rest_ends_with_a_new_phase_but_not_with_a_new_severity(story: Story) -> None:
    promised(story).do(c.StandDown(instant(MORNING)), PIO)
    story.do(c.ChangeSeverity("S3", "It stopped raining."), PIO)
    assert story.state.rest is not None
    story.do(c.ChangePhase("after"), PIO)
    assert story.state.rest is None


def test_after_a_rest_the_team_may_rest_again(story: Story) -> None:
    promised(story).do(c.StandDown(instant(MORNING)), PIO)
    story.now = MORNING
    story.publish("D4", "update", next_update=at(14, 0))
    story.do(c.StandDown(instant(at(14, 0))), PIO)
    assert [turn.until for turn in story.state.turns] == [instant(MORNING), instant(at(14, 0))]


# --- Handover


def offer(story: Story, to: str = COLLEAGUE, by: str = COMMUNICATOR) -> Handover:
    story.do(c.OfferHandover(to, "  The mayor calls at 6.  "), by)
    found = story.state.handover
    assert found is not None
    return found


def test_an_offer_changes_nothing_until_it_is_accepted(story: Story) -> None:
    found = offer(story)
    assert (found.person, found.to, found.note) == (COMMUNICATOR, COLLEAGUE, "The mayor calls at 6.")
    assert story.state.holder == COMMUNICATOR
    story.do(c.AcceptHandover(found.id), COLLEAGUE)
    assert story.state.holder == COLLEAGUE
    assert story.state.handover is None
    (turn,) = story.state.turns
    assert (turn.kind, turn.before, turn.after) == ("handover", COMMUNICATOR, COLLEAGUE)


def test_the_reminders_follow_who_runs_it(story: Story) -> None:
    story.publish("D1", next_update=at(21, 0))
    story.do(c.AcceptHandover(offer(story).id), COLLEAGUE)
    story.until(at(20, 45))
    (fired,) = story.state.fired.values()
    assert fired.event.to == (COMMUNICATOR, COLLEAGUE)  # who wrote the text, and who runs the incident


@pytest.mark.parametrize(
    ("to", "by", "code", "words"),
    [
        (COMMUNICATOR, PIO, "holder", "U-comm runs this incident already. Nothing was changed."),
        (COMMUNICATOR, COMMUNICATOR, "holder", "U-comm runs this incident already. Nothing was changed."),
        (PIO, PIO, "self", "Choose somebody else: you cannot hand the incident to yourself."),
        (
            OBSERVER,
            PIO,
            "no-role",
            "U-obs holds no role that can run an incident. Choose a communicator or a lead.",
        ),
        (
            STRANGER,
            PIO,
            "no-role",
            "U-none holds no role that can run an incident. Choose a communicator or a lead.",
        ),
    ],
)
def test_an_offer_that_leads_nowhere_is_refused(
    story: Story, to: str, by: str, code: str, words: str
) -> None:
    assert refused(story, c.OfferHandover(to), by) == (code, words)


def test_without_a_roles_file_anybody_can_take_over() -> None:
    story = Story(roster=NO_ROLES).open()
    story.do(c.AcceptHandover(offer(story, STRANGER).id), STRANGER)
    assert story.state.holder == STRANGER


def test_a_newer_offer_takes_the_place_of_an_older(story: Story) -> None:
    older = offer(story, COLLEAGUE)
    story.now = at(20, 5)
    newer = offer(story, PIO, by=PIO_2)
    code, words = refused(story, c.AcceptHandover(older.id), COLLEAGUE)
    assert code == "replaced"
    assert words == (
        "This offer was replaced: U-pio was asked at 14 Nov 2021 20:05 PST. U-comm runs the incident now."
    )
    story.do(c.AcceptHandover(newer.id), PIO)
    assert story.state.holder == PIO


def test_only_who_was_asked_accepts_and_once(story: Story) -> None:
    found = offer(story)
    code, words = refused(story, c.AcceptHandover(found.id), PIO)
    assert (code, words) == (
        "not-asked",
        "U-coll was asked to run this incident, not you. Nothing was changed.",
    )
    story.do(c.AcceptHandover(found.id), COLLEAGUE)
    code, words = refused(story, c.AcceptHandover(found.id), COLLEAGUE)
    assert code == "accepted"
    assert words == "U-coll accepted this at 14 Nov 2021 20:00 PST already. U-coll runs the incident now."


def test_an_offer_of_another_incident_is_none_here(story: Story) -> None:
    code, words = refused(story, c.AcceptHandover("h-other"), COLLEAGUE)
    assert (code, words) == (
        "no-offer",
        "This offer is not part of Highway 7 mudslides. Nothing was changed.",
    )


def test_a_guest_runs_no_incident() -> None:
    story = Story(roster=NO_ROLES).open()
    found = offer(story, GUEST)
    code, words = refused(story, c.AcceptHandover(found.id), GUEST, guest=True)
    assert code == "guest"
    assert words == "Guests cannot run an incident. Please ask a full member of this workspace."


def test_who_has_left_all_roles_since_cannot_accept(story: Story) -> None:
    found = offer(story)
    story.roster = Roster({"pio": (PIO,)})
    code, words = refused(story, c.AcceptHandover(found.id), COLLEAGUE)
    assert code == "no-role"
    assert words == "You hold no role that can run an incident any more. U-comm runs it still."
