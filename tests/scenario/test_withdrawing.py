"""Taking a draft back: its authors may, nobody else, and nothing of it is lost."""

from __future__ import annotations

from tests.scenario.acting import Case

WITHDRAW = "Withdraw draft…"
FROM_REVIEW = "Withdraw, if you wrote it…"


def withdraws(case: Case, who: str = "mara", step: str = "D1", **fields: str) -> None:
    """From the step's root to the submitted form."""
    pressed = case.clicks(who, case.last("step", step), WITHDRAW)
    assert case.actor(who).person.modal is not None, pressed.words
    assert case.submits(who, **fields).answer.closed


def test_an_author_takes_back_what_waits_for_approval(case: Case) -> None:
    review = case.sends("mara")
    # when Mara chooses it from the menu of the review, and says why
    case.clicks("mara", review, FROM_REVIEW)
    modal = case.actor("mara").person.modal
    assert modal is not None
    assert modal.title == "EXERCISE - Withdraw"
    assert "You take back Holding statement, revision 1." in modal.plain()
    assert case.submits("mara", reason="Wrong road").answer.closed
    # then nobody is asked any more, and the step is to do again
    said = case.last("review").plain()
    assert "Holding statement, revision 1. Withdrawn by @Mara Lund today at 20:00." in said
    assert "The reason: Wrong road" in said
    assert case.last("review").buttons == []
    assert FROM_REVIEW not in str(case.last("review").blocks)
    root = case.last("step").plain()
    assert "Status: to do. @Mara Lund withdrew the last draft today at 20:00." in root
    # and a stale click on the old review decides nothing
    told = case.clicks("pia", review, "Approve").words
    assert "@Mara Lund withdrew this draft today at 20:00. Your click was not counted." in told
    assert case.entries("ApprovalGiven") == []


def test_a_lead_who_did_not_write_it_is_told_so(case: Case) -> None:
    review = case.sends("mara")
    for message, label in ((review, FROM_REVIEW), (case.last("step"), WITHDRAW)):
        reply = case.clicks("pia", message, label)
        assert "Only its authors may withdraw a draft" in reply.words
        assert case.actor("pia").person.modal is None
    assert case.draft().status == "in review"


def test_write_draft_brings_the_words_of_a_withdrawn_draft_again(case: Case) -> None:
    case.sends("mara")
    withdraws(case)
    case.clicks("theo", case.last("step"), "Write draft")
    modal = case.actor("theo").person.modal
    assert modal is not None
    assert "Filled in with the draft that @Mara Lund withdrew today at 20:00." in modal.plain()
    assert modal.field("Road") == "Highway 7"
    # and it is a draft of its own, with its own revision 1
    assert case.submits("theo").answer.pushed
    assert case.submits("theo").answer.closed
    assert case.draft().authors == (case.actor("theo").id,)
    assert "revision 1 by @Theo Brandt" in case.last("review").plain()


def test_a_working_copy_that_was_never_sent_can_be_taken_back_too(case: Case) -> None:
    case.writes("mara")
    case.actor("mara").leaves()
    withdraws(case)
    case.clicks("mara", case.last("step"), "Write draft")
    modal = case.actor("mara").person.modal
    assert modal is not None
    assert modal.field("Road") == "Highway 7"


def test_an_approved_text_that_is_not_out_is_taken_back_and_not_handed_out_any_more(case: Case) -> None:
    case.sends("mara")
    case.approves("pia")
    assert "This is an exercise: play it" in case.last("publish").plain()
    withdraws(case, reason="The road is open")
    said = case.last("publish").plain()
    assert "was withdrawn by @Mara Lund today at 20:00. Do not post these texts." in said
    assert "Highway 7" not in said.replace("Highway 7 slides", "")
    assert case.last("publish").buttons == []
    # and nobody is reminded of it
    case.later(minutes=30)
    assert not [each for each in case.entries("ReminderFired") if "unmarked" in str(each.event)]


def test_what_is_out_cannot_be_taken_back(case: Case) -> None:
    case.sends("mara")
    case.approves("pia")
    before = case.last("step")
    case.marks("mara", channels=["Web"])
    reply = case.clicks("mara", before, WITHDRAW)
    assert "This text was marked as published, so it cannot be withdrawn." in reply.words
    assert WITHDRAW not in case.last("step").buttons


def test_two_forms_take_it_back_once(case: Case) -> None:
    case.sends("mara")
    case.clicks("mara", case.last("step"), WITHDRAW)
    first = case.actor("mara").person.modal
    case.clicks("mara", case.last("step"), WITHDRAW)
    case.submits("mara")
    assert first is not None
    # the other window still stands open, and says who was first
    answer = case.actor("mara").person.submit(first)
    assert not answer.closed
    assert len(case.entries("DraftWithdrawn")) == 1
