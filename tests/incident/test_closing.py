"""Closing: never with a promise that is still owed, and nothing moves afterwards."""

from __future__ import annotations

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import things
from ecomms_bot.incident.policy import Roster
from ecomms_bot.incident.wording import Rejected
from tests.incident.stories import COLLEAGUE, COMMUNICATOR, EXEC, IC, PIO, SME, Story, at, instant

DONE = c.CloseIncident("  The road is open.  ")


@pytest.fixture
def story() -> Story:
    return Story().open()


@pytest.mark.parametrize("person", [COMMUNICATOR, PIO, IC])
def test_the_holder_the_pio_or_the_ic_closes(story: Story, person: str) -> None:
    story.do(DONE, person)
    closing = story.state.closing
    assert closing is not None
    assert (closing.person, closing.at, closing.note) == (person, story.now, "The road is open.")
    assert not story.state.open


@pytest.mark.parametrize("person", [COLLEAGUE, SME, EXEC])
def test_nobody_else_does(story: Story, person: str) -> None:
    with pytest.raises(Rejected, match="Only pio, ic or the holder of the incident may close the incident"):
        story.do(DONE, person)


def test_the_closing_holds_the_head_of_the_log(story: Story) -> None:
    story.do(DONE, PIO)
    closing = story.state.closing
    assert closing is not None
    assert (closing.seq, closing.hash) == (story.log[-1].seq, story.log[-1].hash)
    # Entries that only note where things stand in Slack come later and do not change it.
    story.work()
    assert story.state.closing == closing
    assert things.CLOSING in story.state.posted


def test_with_a_live_promise_it_stays_open(story: Story) -> None:
    story.publish("D1", next_update=at(21, 0))
    with pytest.raises(
        Rejected, match="An update is promised for 14 Nov 2021 21:00 PST, so the incident stays"
    ) as no:
        story.do(DONE, PIO)
    assert (no.value.code, no.value.field) == ("live-promise", "withdraw_reason")
    assert story.state.open


def test_a_final_text_makes_way_for_closing(story: Story) -> None:
    story.publish("D1", next_update=at(21, 0))
    story.now = at(20, 50)
    story.publish("D4", "final", facts={"next_update_at": None, "no_promise_reason": "the road is open"})
    story.do(DONE, COMMUNICATOR)
    assert not story.state.open


def test_a_final_text_that_promises_another_update_does_not(story: Story) -> None:
    story.publish("D4", "final", next_update=at(21, 0))
    with pytest.raises(Rejected, match="An update is promised"):
        story.do(DONE, PIO)


def test_the_pio_or_the_ic_withdraws_promises_with_a_reason(story: Story) -> None:
    # Given two live promises,
    first = story.publish("D1", next_update=at(21, 0))
    closure = story.approve(story.submit("D3", next_update=at(21, 30)), SME, PIO, IC)
    story.mark(closure)
    command = c.CloseIncident("Handed over.", withdraw_reason="  The city speaks from now on. ")
    # the holder cannot withdraw them, and a blank reason is none,
    with pytest.raises(Rejected, match=r"take a promise back\. Ask U-pio, .* The incident stays open"):
        story.do(command, COMMUNICATOR)
    with pytest.raises(Rejected, match="An update is promised"):
        story.do(c.CloseIncident("Handed over.", withdraw_reason="  "), PIO)
    # and when the ic does, each is in the log with the reason, before the closing.
    story.do(command, IC)
    assert story.types()[-3:] == ["PromiseWithdrawn", "PromiseWithdrawn", "IncidentClosed"]
    assert story.state.live_promises == ()
    promises = story.state.promises
    assert {promises[f"{draft.id}-1"].status for draft in (first, closure)} == {"withdrawn"}


def test_where_nobody_may_take_a_promise_back_nobody_is_asked_for(story: Story) -> None:
    story.publish("D1", next_update=at(21, 0))
    story.roster = Roster({"communicator": (COMMUNICATOR,)})
    with pytest.raises(Rejected, match=r"nobody holds these roles\. The incident stays open") as no:
        story.do(c.CloseIncident("", withdraw_reason="Nobody asks."), COMMUNICATOR)
    assert (no.value.code, no.value.field) == ("not-allowed", "withdraw_reason")


def test_a_reason_without_a_promise_withdraws_nothing(story: Story) -> None:
    story.do(c.CloseIncident("Done.", withdraw_reason="In case."), COMMUNICATOR)
    assert story.types()[-1] == "IncidentClosed"
    assert "PromiseWithdrawn" not in story.types()


def test_closing_ends_every_reminder(story: Story) -> None:
    story.do(c.SetReminder(instant(at(22, 0)), "Call the mayor."), PIO)
    story.approve(story.submit("D4", "update"), SME, PIO)
    assert len(story.reminders()) == 5  # the step, one's own, approved and not marked with its printed times
    story.do(DONE, PIO)
    assert story.reminders() == []
    for key in ("step/D1", *(f"personal/{each}" for each in story.state.reminders)):
        assert story.do(c.FireReminder(key), "bot") == ()


def test_nothing_is_done_in_a_closed_incident_and_the_person_learns_who_closed_it(story: Story) -> None:
    draft = story.submit("D1")
    sha256 = draft.current.text_sha256
    commands: list[c.Command] = [
        c.StartStep("D3"),
        c.SaveDraft(draft.id, "D1", "statement", {}),
        story.submission("D1", facts={"road": "Highway 1"}),
        c.Approve(draft.id, 1, sha256),
        c.AskForChanges(draft.id, 1, "Why"),
        c.Decline(draft.id, 1, "Why"),
        c.MarkPublished(draft.id, 1, ()),
        c.SetReminder(instant(at(22, 0)), "Look."),
        c.Snooze(5),
        c.ChangePhase("after"),
        c.ChangeSeverity("S1", "Worse."),
        c.StandDown(instant(at(22, 0))),
        c.OfferHandover(COLLEAGUE),
        c.AcceptHandover("h"),
        c.SkipStep("D1", "Why"),
        DONE,
    ]
    story.do(DONE, PIO)
    for command in commands:
        with pytest.raises(
            Rejected, match=r"was closed by U-pio at 14 Nov 2021 20:00 PST, so nothing was"
        ) as no:
            story.do(command, PIO)
        assert no.value.code == "closed"


# --- Opened in error


def test_what_was_opened_by_mistake_is_closed_with_the_reason(story: Story) -> None:
    story.submit("D1")
    story.do(c.CloseIncident("  A test that went live. ", in_error=True), COMMUNICATOR)
    closing = story.state.closing
    assert closing is not None
    assert (closing.in_error, closing.note) == (True, "A test that went live.")


def test_closing_says_by_itself_that_it_was_no_mistake(story: Story) -> None:
    story.do(DONE, PIO)
    assert story.state.closing is not None
    assert not story.state.closing.in_error


def test_a_mistake_without_a_reason_explains_nothing(story: Story) -> None:
    with pytest.raises(Rejected, match="Please say why it was opened by mistake") as no:
        story.do(c.CloseIncident("  ", in_error=True), PIO)
    assert (no.value.code, no.value.field) == ("no-note", "note")


@pytest.mark.parametrize(("exercise", "out"), [(False, "published"), (True, "played")])
def test_where_anything_went_out_it_was_no_mistake_alone(*, exercise: bool, out: str) -> None:
    # Given a text that only the staff has read so far,
    story = Story().open(exercise=exercise)
    story.mark(story.approve(story.submit("D1"), PIO), "internal")
    # then it is closed like any other.
    with pytest.raises(Rejected, match=f"A text of this incident was {out}, so it was not opened in") as no:
        story.do(c.CloseIncident("Oops.", in_error=True), PIO)
    assert (no.value.code, no.value.field) == ("something-out", "in_error")
    story.do(c.CloseIncident("Oops."), PIO)
    assert not story.state.open


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (c.CloseIncident("x" * 3001), "note"),
        (c.CloseIncident("Done.", withdraw_reason="x" * 3001), "withdraw_reason"),
    ],
)
def test_more_words_than_a_form_takes_are_refused(story: Story, command: c.CloseIncident, field: str) -> None:
    with pytest.raises(Rejected, match="at most 3000 are kept") as no:
        story.do(command, PIO)
    assert no.value.field == field
