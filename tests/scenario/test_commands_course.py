"""Commands that change the course: phase, severity, standdown, handover, close."""

from __future__ import annotations

import pytest

from tests.scenario.acting import Case


def test_phase_says_which_it_is_and_the_others(case: Case) -> None:
    words = case.types("otto", "phase").words
    assert "Highway 7 slides is in the phase during." in words
    assert "To change it, type /ecomms phase before or /ecomms phase after." in words


def test_a_new_phase_is_said_with_what_changes_and_what_does_not(case: Case) -> None:
    case.publishes()
    reply = case.types("pia", "phase: After, the road is open")
    assert "Highway 7 slides is in the phase after now." in reply.words
    assert "Drafts, printed promises and reminders stay as they are." in reply.words
    assert case.state.phase == "after"
    (changed,) = case.entries("PhaseChanged")
    assert changed.event is not None
    assert changed.event.model_dump()["note"] == "the road is open"
    assert len(case.state.live_promises) == 1


def test_a_phase_that_is_none_or_that_it_is_in_is_answered(case: Case) -> None:
    assert "There is no phase “aftre”. Type /ecomms phase after." in case.types("pia", "phase aftre").words
    assert "is in the phase during already" in case.types("pia", "phase DURING").words
    assert "Only pio, ic or the holder" in case.types("theo", "phase after").words
    assert case.entries("PhaseChanged") == []


def test_severity_lists_the_levels_with_what_they_mean(case: Case) -> None:
    words = case.types("otto", "severity").words
    assert "The severity of Highway 7 slides is S2." in words
    assert words.count(", every ") == 4
    assert "To change it, type the new one and why, as in: /ecomms severity S1 two bridges are gone" in words


def test_a_new_severity_needs_a_reason_and_leaves_printed_promises(case: Case) -> None:
    assert "as in: /ecomms severity S1 two bridges are gone" in case.types("pia", "severity s1").words
    assert "There is no severity S9" in case.types("pia", "severity 9 because").words
    reply = case.types("pia", "severity 1, cars are trapped")
    assert "The severity of Highway 7 slides is S1 " in reply.words
    assert "from the next text on. Printed promises stay as they are." in reply.words
    (changed,) = case.entries("SeverityChanged")
    assert changed.event is not None
    assert changed.event.model_dump()["reason"] == "cars are trapped"


def test_the_team_stands_down_until_the_time_that_the_last_text_promises(case: Case) -> None:
    assert "Say until when" in case.types("mara", "standdown").words
    assert "The public was not told" in case.types("mara", "standdown until 21:00").words
    case.publishes(next_update_at="21:00")
    assert "People are told to expect the next update" in case.types("mara", "standdown until 22:00").words
    assert "06:00 today has passed." in case.types("mara", "standdown 6am").words
    assert case.entries("StoodDown") == []
    reply = case.types("mara", "standdown till 9pm")
    assert ", 21:00 PST, as the last text says." in reply.words
    assert len(case.entries("StoodDown")) == 1


def test_a_handover_asks_the_person_chosen_from_slacks_list(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case.on.workspace, "should_escape", True)
    reply = case.types("mara", "handover @theo R&D knows, the night is quiet")
    assert "@Theo Brandt is asked to run Highway 7 slides. Until they accept, you run it." in reply.words
    offer = case.state.handover
    assert offer is not None
    assert (offer.to, offer.note) == (case.actor("theo").id, "R&D knows, the night is quiet")
    # by somebody else it names who runs it
    assert "Until they accept, @Mara Lund runs it." in case.types("pia", "handover @irene").words
    assert "holds no role that can run an incident" in case.types("mara", "handover @otto").words


def test_who_accepts_a_handover_reads_on_in_the_same_message_without_its_button(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case.on.workspace, "should_escape", True)
    case.types("mara", "handover @theo the night is quiet")
    request = case.dms("theo")[-1]
    case.clicks("theo", request, "Accept")
    assert case.state.holder == case.actor("theo").id
    brief = case.dms("theo")[-1]
    assert (brief.ts, brief.buttons) == (request.ts, [])
    assert "You run Highway 7 slides in " in brief.plain()
    assert "since today at 20:00. Its reminders come to you." in brief.plain()
    assert "Now\n• Holding statement, due today at 20:15" in brief.plain()


def test_a_new_phase_says_what_is_still_open_from_before(case: Case) -> None:
    case.sends("mara", "D3", next_update_at="22:00")
    still = "Still open from before: Holding statement (to do) and Road closure or change (in review)."
    for seen in (case.types("pia", "phase after").words, case.last("turn").plain()):
        assert still in seen
    # nothing of it vanishes from the card, nor from the list of steps
    assert "Now Holding statement, due today at 20:15" in case.last("card").plain()
    (listed,) = case.types("mara", "step").messages
    assert "Still open from another phase:" in listed.plain()
    assert listed.buttons == ["Write D1"]


def test_a_handle_that_slack_did_not_make_a_person_of_is_answered_with_how_to(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a manifest of an older version
    monkeypatch.setattr(case.on.workspace, "should_escape", False)
    for typed in ("handover @theo the night is quiet", "handover Theo", "handover <@theo>"):
        reply = case.types("mara", typed)
        assert "Type @ and choose the person from the list that Slack shows" in reply.words
        assert f"/ecomms {typed}" in reply.words
    assert "Say who takes over" in case.types("mara", "handover").words
    assert case.state.handover is None


def test_close_opens_the_form_with_what_was_typed(case: Case) -> None:
    case.types("pia", "close The road is open again.")
    modal = case.actor("pia").person.modal
    assert modal is not None
    assert modal.field("note") == "The road is open again."
    case.actor("pia").leaves()
    # opened in error: the box is ticked, and why is asked
    case.types("pia", "close error")
    assert case.submits("pia", note="It was a test.").answer.closed
    assert case.state.closing is not None
    assert case.state.closing.in_error


def test_what_went_out_was_not_opened_in_error(case: Case) -> None:
    case.publishes()
    reply = case.types("pia", "close opened in error")
    assert "A text of Highway 7 slides went out, so it was not opened in error." in reply.words
    assert case.actor("pia").person.modal is None
