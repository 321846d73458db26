"""A modal's submit button: what was typed is kept before the modal closes, and once."""

from __future__ import annotations

from tests.interaction.meeting import Meeting, acked
from tests.scenario.acting import filled, lost_ack, starts_form


def test_a_submission_closes_the_modal_and_the_work_is_done_from_the_log(meeting: Meeting) -> None:
    mara = starts_form(meeting.on)
    reply = mara.submits(filled())
    assert acked(reply.answer) == {"response_action": "clear"}
    assert reply.answer.closed
    assert mara.person.modal is None
    assert len(meeting.on.bot.records.open_incidents()) == 1
    called = meeting.called
    assert called[0] == "views.open"
    assert called.index("conversations.create") == 1
    assert called[-1] == "response_url"


def test_what_people_type_comes_through_unchanged(meeting: Meeting) -> None:
    name = "Crue 100% à l’est + « a&b=c » 🌊 <@U1>"
    starts_form(meeting.on).submits(filled(name))
    (row,) = meeting.on.bot.records.open_incidents()
    assert row.name == name


def test_a_submission_that_arrives_twice_opens_one_incident(meeting: Meeting) -> None:
    mara = starts_form(meeting.on)
    meeting.on.workspace.faults.delivered_twice("view_submission")
    mara.submits(filled())
    assert len(meeting.on.bot.records.open_incidents()) == 1
    assert meeting.called.count("conversations.create") == 1


def test_when_the_answer_is_lost_the_modal_stays_and_pressing_again_says_what_was_kept(
    meeting: Meeting,
) -> None:
    mara = starts_form(meeting.on)
    with lost_ack(meeting.on, "view_submission"):
        lost = mara.submits(filled())
    assert not lost.ok
    assert mara.person.modal is not None
    again = mara.submits()
    assert again.ok
    assert len(meeting.on.bot.records.open_incidents()) == 1


def test_a_closed_modal_tells_the_app_nothing(meeting: Meeting) -> None:
    mara = starts_form(meeting.on)
    before = len(meeting.on.workspace.envelopes)
    mara.leaves()
    assert len(meeting.on.workspace.envelopes) == before
