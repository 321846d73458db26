"""Twice is once: the same envelope, the same form, the same words, however often they come."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread

import pytest

from ecomms_bot.practice.stage import Stage
from ecomms_bot.practice.workspace import Envelope
from tests.scenario.acting import Actor, Case, Reply, filled, lost_ack, opens, starts_form
from tests.scenario.test_correcting import NOT_THERE, corrects

END_S = 60
"""More than anything takes; what has not ended by then does not end."""


def again(case: Case, reply: Reply) -> None:
    """The same envelope is delivered once more, long after the first."""
    assert reply.answer.envelope is not None
    case.on.workspace.resend(reply.answer.envelope)
    case.on.settle()


def log_of(case: Case) -> list[str]:
    return [entry.type for entry in case.entries()]


# --- the same envelope twice ------------------------------------------------------------------------------


def test_the_same_command_twice_acts_once_and_says_the_same(case: Case) -> None:
    reply = case.types("mara", "remind in 20 min call the mayor")
    before = log_of(case)
    # when it comes again a minute later, when "in 20 min" would be another time
    case.later(minutes=1)
    assert reply.answer.envelope is not None
    answer = case.on.workspace.resend(reply.answer.envelope)
    assert log_of(case) == before
    assert ": call the mayor" in (answer.text or "")


def test_the_same_click_twice_approves_once_and_nobody_is_told_that_they_came_second(case: Case) -> None:
    case.sends("theo", "D3")
    reply = case.approves("dale", "D3")
    before, told = log_of(case), len(case.actor("dale").personal())
    again(case, reply)
    assert log_of(case) == before
    # the second answer is word for word the first
    words = [message.plain() for message in case.actor("dale").personal()[told - 1 :]]
    assert words[0] == words[-1]
    assert "Your approval is counted. Still needed" in words[-1]


def test_the_same_click_delivered_twice_at_the_same_moment_approves_once(case: Case) -> None:
    case.sends("mara")
    case.on.workspace.faults.delivered_twice("block_actions")
    told = len(case.actor("pia").personal())
    assert case.approves("pia").ok
    assert len(case.entries("ApprovalGiven")) == 1
    assert len(case.messages("publish")) == 1
    assert len(case.actor("pia").personal()) == told  # not even that she approved it before


def submits_draft(case: Case) -> Reply:
    case.writes("mara")
    return case.submits("mara")


def keeps_draft(case: Case) -> Reply:
    return case.writes("mara")


def asks_for_changes(case: Case) -> Reply:
    case.sends("mara")
    return case.sends_back("pia", "Say which side.")


def declines(case: Case) -> Reply:
    case.sends("mara")
    return case.sends_back("pia", "Not now.", label="Decline")


def marks(case: Case) -> Reply:
    case.sends("mara")
    case.approves("pia")
    return case.marks("mara")


def closes(case: Case) -> Reply:
    return case.closes("pia")


SUBMISSIONS: list[Callable[[Case], Reply]] = [
    keeps_draft,
    submits_draft,
    asks_for_changes,
    declines,
    marks,
    closes,
]


@pytest.mark.parametrize("submission", SUBMISSIONS)
def test_the_same_submission_twice_acts_once(case: Case, submission: Callable[[Case], Reply]) -> None:
    reply = submission(case)
    before = log_of(case)
    again(case, reply)
    assert log_of(case) == before


@pytest.mark.parametrize("submission", SUBMISSIONS)
def test_the_same_submission_twice_at_the_same_moment_acts_once(
    case: Case, submission: Callable[[Case], Reply]
) -> None:
    case.on.workspace.faults.delivered_twice("view_submission", times=None)
    submission(case)
    kinds = log_of(case)
    for kind in ("RevisionSubmitted", "ChangesAsked", "DraftDeclined", "MarkedPublished", "IncidentClosed"):
        assert kinds.count(kind) <= 1
    assert kinds.count("DraftSaved") <= 1


def test_a_form_that_was_saved_already_says_so_when_it_comes_again(case: Case) -> None:
    case.sends("mara")
    case.approves("pia")
    case.opens_mark("mara")
    with lost_ack(case.on, "view_submission"):
        reply = case.submits("mara", channels=["X"])
    assert reply.answer.error  # Slack's own words; the form is still open
    case.submits("mara")
    modal = case.actor("mara").person.modal
    assert modal is not None
    assert "@Mara Lund marked it today at 20:00. Nothing was recorded twice." in modal.plain()
    assert len(case.entries("MarkedPublished")) == 1


def test_a_snooze_that_comes_again_says_the_same_also_when_the_promise_was_answered_and_is_owed_anew(
    live: Case,
) -> None:
    live.publishes()
    live.clock("20:50")
    reply = live.types("mara", "snooze 5")
    # given an update that turned out not to have gone out
    live.publishes(step="D4")
    corrected = corrects(live, "pia", "D4", channel="SMS", what=NOT_THERE, reason="A test list got it.")
    assert corrected.answer.closed, corrected.screen
    for channel in ("X", "Web"):
        corrects(live, "pia", "D4", channel=channel, what=NOT_THERE, reason="Never sent.")
    assert [each.status for each in live.state.promises.values()] == ["live", "withdrawn"]
    before = log_of(live)
    assert reply.answer.envelope is not None
    answer = live.on.workspace.resend(reply.answer.envelope)
    assert log_of(live) == before
    assert (answer.text or "").startswith("I will remind you again")


# --- the opening form -------------------------------------------------------------------------------------


def test_an_opening_form_submitted_again_after_its_ack_was_lost_opens_one_incident(stage: Stage) -> None:
    mara = starts_form(stage)
    with lost_ack(stage, "view_submission"):
        first = mara.submits(filled())
    assert first.answer.error
    second = mara.submits()
    # then the form says what there is, and nothing was opened twice
    modal = mara.person.modal
    assert second.answer.updated
    assert modal is not None
    assert "Highway 7 slides is open already: an exercise, S2. Nothing was opened twice" in modal.plain()
    assert modal.title == "EXERCISE - Done"
    assert len(stage.bot.records.open_incidents()) == 1
    assert len(stage.workspace.calls_of("conversations.create")) == 1


def test_an_opening_form_submitted_again_with_one_word_corrected_opens_one_incident_and_says_what_was_kept(
    stage: Stage,
) -> None:
    mara = starts_form(stage)
    with lost_ack(stage, "view_submission"):
        mara.submits(filled("Highway 7 slices"))
    mara.submits({"name": "Highway 7 slides"})
    modal = mara.person.modal
    assert modal is not None
    assert "Highway 7 slices is open already" in modal.plain()
    assert "what was changed in this form since was not kept" in modal.plain()
    (row,) = stage.bot.records.open_incidents()
    assert row.name == "Highway 7 slices"


def test_an_opening_form_for_this_conversation_submitted_again_is_not_refused_for_its_own_incident(
    stage: Stage,
) -> None:
    place = stage.workspace.add_conversation("hwy-9-room", ["mara"])
    mara = starts_form(stage, place=place)
    with lost_ack(stage, "view_submission"):
        mara.submits(filled(here=True))
    second = mara.submits()
    modal = mara.person.modal
    assert not second.answer.errors
    assert modal is not None
    assert "Highway 7 slides is open already" in modal.plain()


def test_a_form_that_was_refused_first_counts_when_it_is_corrected(stage: Stage) -> None:
    mara = starts_form(stage)
    refused = mara.submits(filled(zone="Vancouver"))
    assert refused.answer.errors == {"Time zone": "Write the time zone of the place like America/Vancouver."}
    assert mara.submits({"zone": "America/Vancouver"}).answer.closed
    assert len(stage.bot.records.open_incidents()) == 1


def test_the_opening_form_sent_many_times_at_once_opens_one_incident(stage: Stage) -> None:
    case = opens(stage)
    (envelope,) = [each for each in stage.workspace.envelopes if each.kind == "view_submission"]

    def resend(sent: Envelope) -> None:
        stage.workspace.resend(sent)

    threads = [Thread(target=resend, args=(envelope,)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(END_S)
        assert not thread.is_alive()
    stage.settle()
    assert [row.id for row in stage.bot.records.open_incidents()] == [case.id]


# --- Next -------------------------------------------------------------------------------------------------


def test_next_with_a_then_b_then_a_again_keeps_a(case: Case) -> None:
    mara = case.actor("mara")
    for words in ("near Agassiz", "near Hope", "near Agassiz"):
        if mara.person.modal is None:
            case.writes("mara", area_description=words)
        else:
            mara.person.close_modal()  # back from the preview
            mara.submits({"area_description": words})
    # then A is kept, was shown last, and is what is sent
    assert len(case.entries("DraftSaved")) == 3
    working = case.draft().working
    assert working is not None
    assert working.values["area_description"] == "near Agassiz"
    case.submits("mara")
    assert "near Agassiz" in case.draft().current.texts["x"]["en"]


def test_next_with_equal_words_is_no_new_entry(case: Case) -> None:
    case.writes("mara")
    mara = case.actor("mara")
    mara.person.close_modal()
    assert mara.submits().answer.pushed
    assert len(case.entries("DraftSaved")) == 1


def test_next_whose_ack_was_lost_keeps_the_words_and_goes_on_when_pressed_again(case: Case) -> None:
    case.clicks("mara", case.last("step", "D1"), "Write draft")
    mara = case.actor("mara")
    with lost_ack(case.on, "view_submission"):
        lost = case.submits("mara", hazard_seen="mudslides", road="Highway 7", area_description="near Hope")
    assert lost.answer.error
    assert case.submits("mara").answer.pushed
    assert len(case.entries("DraftSaved")) == 1
    assert mara.person.modal is not None
    assert mara.submits().answer.closed


def test_two_clicks_are_two_commands_and_the_state_decides(case: Case) -> None:
    case.sends("mara")
    review = case.last("review")
    case.clicks("pia", review, "Approve")
    assert "You approved this" in case.clicks("pia", review, "Approve").words
    assert Actor(case.on, "pia").person.modal is None
