"""What a submission can be answered with: errors beside fields, another view in place, one on top."""

from __future__ import annotations

from tests.interaction.meeting import Meeting, acked


def test_errors_stand_beside_the_field_and_the_words_stay(meeting: Meeting) -> None:
    case = meeting.case()
    case.sends("mara")
    case.clicks("pia", case.last("review"), "Ask for changes")
    pia = case.actor("pia").person
    pia.fill({"reason": "   "})
    answer = pia.submit(unchecked=True)
    assert acked(answer)["response_action"] == "errors"
    assert list(answer.block_errors) == ["reason"]
    assert pia.modal is not None
    assert pia.modal.field("reason") == "   "


def test_a_view_is_pushed_and_closing_it_leads_back(meeting: Meeting) -> None:
    case = meeting.case()
    reply = case.writes("mara")
    assert acked(reply.answer)["response_action"] == "push"
    assert reply.answer.pushed
    mara = case.actor("mara").person
    assert len(mara.modals) == 2
    mara.close_modal()
    assert len(mara.modals) == 1


def test_a_view_is_updated_in_place(meeting: Meeting) -> None:
    # given a preview of times that have passed meanwhile
    case = meeting.case()
    case.writes("mara")
    case.later(hours=3)
    mara = case.actor("mara")
    reply = mara.submits()
    assert acked(reply.answer)["response_action"] == "update"
    assert reply.answer.updated
    assert mara.person.modal is not None


def test_submitting_from_the_pushed_view_clears_the_whole_stack(meeting: Meeting) -> None:
    case = meeting.case()
    case.writes("mara")
    reply = case.submits("mara")
    assert acked(reply.answer) == {"response_action": "clear"}
    assert reply.answer.cleared
    assert case.actor("mara").person.modals == []
