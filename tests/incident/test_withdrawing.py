"""Withdrawing a draft: its authors take it back, as long as nothing of it is out."""

from __future__ import annotations

import pytest

from ecomms_bot.incident.commands import (
    Approve,
    AskForChanges,
    CloseIncident,
    CorrectReceipt,
    Decline,
    WithdrawDraft,
)
from ecomms_bot.incident.events import DraftWithdrawn
from ecomms_bot.incident.progress import step_status
from ecomms_bot.incident.reminders import owed
from ecomms_bot.incident.state import Draft
from ecomms_bot.incident.wording import Rejected
from tests.incident.stories import COLLEAGUE, COMMUNICATOR, IC, PIO, SME, Story, at


@pytest.fixture
def story() -> Story:
    return Story().open()


def withdraw(story: Story, draft: Draft, reason: str = "", by: str = COMMUNICATOR) -> Draft:
    story.do(WithdrawDraft(draft.id, reason), by)
    return story.state.drafts[draft.id]


def refused(story: Story, draft: str, reason: str = "", by: str = COMMUNICATOR) -> Rejected:
    with pytest.raises(Rejected) as no:
        story.do(WithdrawDraft(draft, reason), by)
    return no.value


def test_a_working_copy_a_draft_in_review_and_an_approved_one_can_be_withdrawn(story: Story) -> None:
    copy = withdraw(story, story.save("D1"), " Not needed. ")
    assert story.log[-1].event == DraftWithdrawn(draft=copy.id, person=COMMUNICATOR, reason="Not needed.")
    assert copy.status == "withdrawn"
    assert copy.withdrawal is not None
    assert (copy.withdrawal.person, copy.withdrawal.reason) == (COMMUNICATOR, "Not needed.")
    in_review = withdraw(story, story.submit("D1"))
    approved = withdraw(story, story.approve(story.submit("D1"), PIO))
    assert [draft.status for draft in (in_review, approved)] == ["withdrawn", "withdrawn"]
    assert approved.approvals == ()


def test_its_step_is_to_do_again_and_nothing_reminds_of_it(story: Story) -> None:
    draft = story.approve(story.submit("D1"), PIO)
    assert any(key.startswith(f"unmarked/{draft.id}") for key in owed(story.state))
    withdraw(story, draft)
    assert step_status(story.state, "D1") == "to do"
    assert not any(draft.id in key for key in owed(story.state))
    again = story.submit("D1")
    assert (again.id == draft.id, again.current.number) == (False, 1)


def test_any_of_its_authors_may_and_nobody_else(story: Story) -> None:
    draft = story.save("D1")
    no = refused(story, draft.id, by=IC)
    assert (
        str(no) == "Only its authors may withdraw a draft, and you are not one of them. Nothing was changed."
    )
    story.save("D1", by=COLLEAGUE, facts={"road": "Highway 1"})
    assert withdraw(story, draft, by=COLLEAGUE).status == "withdrawn"


def test_guests_may_not_even_what_they_wrote(story: Story) -> None:
    draft = story.save("D1")
    with pytest.raises(Rejected, match="Guests cannot withdraw a draft"):
        story.do(WithdrawDraft(draft.id), COMMUNICATOR, guest=True)


def test_what_is_out_is_corrected_instead(story: Story) -> None:
    draft = story.publish("D1", next_update=at(21, 0))
    no = refused(story, draft.id)
    assert no.code == "out"
    assert str(no) == (
        "This text was marked as published, so it cannot be withdrawn. If it is wrong, publish a correction. "
        "If it was not posted, correct the receipt."
    )


def test_so_is_one_of_which_only_an_earlier_revision_is_out(story: Story) -> None:
    # Given a text that went out, although its times had just been renewed,
    draft = story.approve(story.submit("D1", next_update=at(21, 0)), PIO)
    story.now = at(20, 30)
    story.submit("D1", renews=True, by=COLLEAGUE, next_update=at(21, 30))
    story.mark(draft, "x", revision=1)
    assert refused(story, draft.id).code == "out"
    # then it can be withdrawn once the receipt is known to be wrong.
    story.do(CorrectReceipt(draft.id, 1, "x", "Not posted after all.", None), PIO)
    assert withdraw(story, draft).status == "withdrawn"


def test_what_has_ended_cannot_be_withdrawn(story: Story) -> None:
    draft = withdraw(story, story.save("D1"))
    assert str(refused(story, draft.id)) == (
        "U-comm withdrew this draft at 14 Nov 2021 20:00 PST. Nothing was changed."
    )
    draft = story.submit("D1")
    story.do(Decline(draft.id, 1, "Not ours to say."), PIO)
    assert str(refused(story, draft.id)) == "This draft was declined, so there is nothing to withdraw."
    assert refused(story, "d0").code == "no-draft"
    story.do(CloseIncident("Over."), PIO)
    assert refused(story, draft.id).code == "closed"


def test_one_that_was_sent_back_can_be_withdrawn(story: Story) -> None:
    draft = story.submit("D1")
    story.do(AskForChanges(draft.id, 1, "Which lanes?"), PIO)
    assert withdraw(story, draft).status == "withdrawn"


def test_a_reason_is_short(story: Story) -> None:
    draft = story.save("D1")
    no = refused(story, draft.id, "x" * 501)
    assert (no.field, str(no)) == ("reason", "Say why in up to 500 characters. Nothing was changed.")


def test_a_lead_who_decides_too_late_is_told_who_withdrew_it(story: Story) -> None:
    draft = withdraw(story, story.submit("D4", "update"))
    with pytest.raises(Rejected) as no:
        story.do(Approve(draft.id, 1, draft.current.text_sha256), SME)
    assert no.value.code == "decided"
    assert str(no.value) == (
        "U-comm withdrew this draft at 14 Nov 2021 20:00 PST. Your click was not counted."
    )


def test_nobody_writes_on_a_withdrawn_draft(story: Story) -> None:
    story.submit("D1")
    command = story.submission("D1", facts={"road": "Highway 1"})
    withdraw(story, story.state.drafts[command.draft])
    with pytest.raises(Rejected, match="This draft was withdrawn already"):
        story.do(command, COMMUNICATOR)


def test_one_that_somebody_had_posted_is_marked_for_what_it_is_and_can_still_be_mended(story: Story) -> None:
    # Given an approved text that was withdrawn, although somebody had posted it,
    draft = withdraw(story, story.approve(story.submit("D1", next_update=at(21, 0)), PIO))
    draft = story.mark(draft, "x")
    assert (draft.status, len(story.state.live_promises)) == ("published", 1)
    # when that turns out to be wrong as well, then it is as good as any approved text: new words, or none.
    story.do(CorrectReceipt(draft.id, 1, "x", "Not posted after all.", None), PIO)
    again = story.submit("D1", facts={"road": "Highway 1"})
    assert story.approve(again, PIO).status == "approved"
    assert withdraw(story, again).status == "withdrawn"
