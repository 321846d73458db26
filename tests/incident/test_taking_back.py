"""Who approved can say no after all, until the text is out."""

from __future__ import annotations

import pytest

from ecomms_bot.incident import things
from ecomms_bot.incident.commands import (
    Approve,
    AskForChanges,
    CorrectReceipt,
    Decline,
    MarkPublished,
    TakeBackApproval,
    WithdrawDraft,
)
from ecomms_bot.incident.effects import wanted
from ecomms_bot.incident.events import ApprovalTakenBack, DraftApproved, Receipt
from ecomms_bot.incident.faces import faces
from ecomms_bot.incident.progress import step_status
from ecomms_bot.incident.reminders import owed
from ecomms_bot.incident.rules.drafts import last_approved
from ecomms_bot.incident.state import Draft
from ecomms_bot.incident.wording import Rejected
from tests.incident.stories import COMMUNICATOR, IC, PIO, PIO_2, SME, Story, at


@pytest.fixture
def story() -> Story:
    return Story().open()


def take_back(story: Story, draft: Draft, by: str, revision: int = 1) -> Draft:
    story.do(TakeBackApproval(draft.id, revision), by)
    return story.state.drafts[draft.id]


def refused(story: Story, draft: Draft, by: str, revision: int = 1) -> str:
    with pytest.raises(Rejected) as no:
        story.do(TakeBackApproval(draft.id, revision), by)
    return str(no.value)


def test_one_of_three_approvals_is_taken_back_and_the_others_stay(story: Story) -> None:
    draft = story.approve(story.submit("D3"), SME, PIO)
    draft = take_back(story, draft, PIO)
    assert story.log[-1].event == ApprovalTakenBack(draft=draft.id, revision=1, person=PIO)
    assert (draft.status, [each.person for each in draft.approvals]) == ("in review", [SME])
    # The text was never handed out, so nobody has to be stopped.
    assert draft.current.taken_back is None


def test_an_approved_text_waits_again_and_is_nobodys_to_post(story: Story) -> None:
    draft = story.approve(story.submit("D1"), PIO)
    assert any(key.startswith(f"unmarked/{draft.id}") for key in owed(story.state))
    draft = take_back(story, draft, PIO)
    assert (draft.status, step_status(story.state, "D1")) == ("in review", "in review")
    assert not draft.current.approved
    assert not any(key.startswith(f"unmarked/{draft.id}") for key in owed(story.state))
    # It is no source of facts for the next text.
    assert last_approved(story.state, "D1") is None
    story.now = at(20, 30)
    posted = Receipt(channel="x", attested_at=story.now)
    with pytest.raises(Rejected, match=r"took the approval back at .* Nothing was recorded"):
        story.do(MarkPublished(draft.id, 1, (posted,)), COMMUNICATOR)


def test_whoever_is_about_to_post_it_is_stopped_in_the_thread(story: Story) -> None:
    draft = story.approve(story.submit("D1"), PIO)
    story.work()
    before = faces(story.state)
    draft = take_back(story, draft, PIO)
    assert draft.current.taken_back is not None
    stop = things.taken_back_thing(draft.id, draft.current.taken_back.seq)
    assert [task.ids.get("thing") for task in wanted(story.state, story.now).values()].count(stop) == 1
    changed = {thing for thing, face in faces(story.state).items() if before.get(thing) != face}
    assert things.publish_thing(draft.id, 1) in changed
    assert things.review_thing(draft.id, 1) in changed


def test_what_was_posted_before_is_recorded_as_it_is(story: Story) -> None:
    draft = story.approve(story.submit("D1"), PIO)
    posted = story.now
    story.until(at(20, 10))
    draft = take_back(story, draft, PIO)
    story.do(MarkPublished(draft.id, 1, (Receipt(channel="x", attested_at=posted),)), COMMUNICATOR)
    assert story.state.drafts[draft.id].status == "published"


def test_it_can_be_approved_again_by_the_same_person_or_another(story: Story) -> None:
    draft = story.approve(story.submit("D1"), PIO)
    draft = story.approve(take_back(story, draft, PIO), PIO_2)
    assert isinstance(story.log[-1].event, DraftApproved)
    assert (draft.status, draft.current.approved, draft.current.taken_back) == ("approved", True, None)
    again = story.approve(take_back(story, draft, PIO_2), PIO_2)
    assert again.status == "approved"


def test_in_review_again_it_can_be_sent_back(story: Story) -> None:
    draft = take_back(story, story.approve(story.submit("D1"), PIO), PIO)
    story.do(AskForChanges(draft.id, 1, "Wrong road."), PIO)
    assert story.state.drafts[draft.id].status == "returned"


def test_only_who_gave_an_approval_takes_it_back(story: Story) -> None:
    draft = story.submit("D3")
    assert refused(story, draft, PIO) == "Nobody has approved this text. Nothing was changed."
    draft = story.approve(draft, SME)
    assert refused(story, draft, PIO) == f"You did not approve this text: {SME} did. Nothing was changed."
    assert "You did not approve" in refused(story, draft, COMMUNICATOR)


def test_what_is_out_is_put_right_by_a_new_text_not_by_silence(story: Story) -> None:
    draft = story.approve(story.submit("D1"), PIO)
    story.mark(draft, "internal")
    assert "This text is out already" in refused(story, draft, PIO)


def test_an_approval_of_an_older_revision_went_with_it(story: Story) -> None:
    draft = story.approve(story.submit("D1"), PIO)
    draft = story.submit("D1", facts={"road": "Highway 9"})
    assert refused(story, draft, PIO, 1) == (
        "Another revision replaced this text, and your approval with it. Nothing was changed."
    )


def test_twice_is_once(story: Story) -> None:
    draft = story.approve(story.submit("D1"), PIO)
    take_back(story, draft, PIO)
    assert refused(story, draft, PIO) == "Nobody has approved this text. Nothing was changed."


def test_a_text_sent_back_has_no_approval_to_take_back(story: Story) -> None:
    draft = story.approve(story.submit("D3"), SME)
    story.do(AskForChanges(draft.id, 1, "Wrong road."), PIO)
    assert refused(story, draft, SME).startswith("Sent back by")


def test_who_left_the_role_since_can_still_take_back_what_they_gave(story: Story) -> None:
    draft = story.approve(story.submit("D3"), IC)
    story.roster = type(story.roster)({**story.roster.members, "ic": ()})
    assert take_back(story, draft, IC).approvals == ()


def test_a_click_that_was_made_before_it_was_taken_back_is_bound_to_the_same_words(story: Story) -> None:
    draft = story.approve(story.submit("D3"), SME, PIO)
    take_back(story, draft, PIO)
    story.do(Approve(draft.id, 1, draft.current.text_sha256), IC)
    assert story.state.drafts[draft.id].status == "in review"


# --- What it leaves behind


def stopped_late(story: Story) -> Draft:
    """Approved at 20:00, posted on X at 20:01, and its approval taken back at 20:10, before it was marked."""
    draft = story.approve(story.submit("D1"), PIO)
    story.until(at(20, 10))
    return take_back(story, draft, PIO)


def marked_and_voided(story: Story, draft: Draft) -> Draft:
    """Somebody marks what was posted before, and then finds that it was not."""
    story.do(MarkPublished(draft.id, 1, (Receipt(channel="x", attested_at=at(20, 1)),)), COMMUNICATOR)
    assert story.state.drafts[draft.id].status == "published"
    story.do(CorrectReceipt(draft.id, 1, "x", "It hung.", None), PIO)
    return story.state.drafts[draft.id]


def test_what_was_stopped_does_not_become_approved_by_way_of_a_receipt(story: Story) -> None:
    draft = marked_and_voided(story, stopped_late(story))
    assert (draft.status, draft.current.approved) == ("in review", False)
    assert not any(key.startswith(f"unmarked/{draft.id}") for key in owed(story.state))


@pytest.mark.parametrize("status", ["returned", "declined", "withdrawn"])
def test_nor_what_was_stopped_and_then_refused_or_withdrawn(story: Story, status: str) -> None:
    draft = stopped_late(story)
    if status == "returned":
        story.do(AskForChanges(draft.id, 1, "Wrong road."), PIO)
    elif status == "declined":
        story.do(Decline(draft.id, 1, "Wrong road."), PIO)
    else:
        story.do(WithdrawDraft(draft.id), COMMUNICATOR)
    assert marked_and_voided(story, draft).status == status


def test_approved_again_it_reminds_again(story: Story) -> None:
    draft = stopped_late(story)
    assert not story.reminder_times(f"unmarked/{draft.id}")
    story.approve(draft, PIO_2)
    times = story.reminder_times(f"unmarked/{draft.id}")
    # It was reminded of once before it was stopped, and goes on from there.
    assert list(times) == [f"unmarked/{draft.id}/1/1"]
    assert at(20, 10) <= times[f"unmarked/{draft.id}/1/1"] <= at(20, 20)


def test_approved_again_before_it_was_ever_reminded_of_it_is_reminded_of_all_the_same(story: Story) -> None:
    draft = story.approve(story.submit("D1"), PIO)
    story.approve(take_back(story, draft, PIO), PIO_2)
    assert f"unmarked/{draft.id}/1/0" in story.reminder_times("unmarked/")


def test_a_time_at_which_it_was_approved_is_true_however_often_it_was_stopped(story: Story) -> None:
    draft = stopped_late(story)
    story.until(at(20, 15))
    story.approve(draft, PIO_2)
    story.until(at(20, 20))
    between = Receipt(channel="web", attested_at=at(20, 12))
    with pytest.raises(Rejected, match=r"was taken back at .* and given again at .* say so in a note"):
        story.do(MarkPublished(draft.id, 1, (between,)), COMMUNICATOR)
    posted = (Receipt(channel="x", attested_at=at(20, 1)), Receipt(channel="sms", attested_at=at(20, 16)))
    story.do(MarkPublished(draft.id, 1, posted), COMMUNICATOR)
    assert set(story.state.drafts[draft.id].receipts) == {"x", "sms"}


def test_the_message_that_stopped_it_is_edited_when_it_may_be_posted_again(story: Story) -> None:
    draft = story.approve(story.submit("D1"), PIO)
    story.work()
    draft = take_back(story, draft, PIO)
    (stood,) = draft.current.stood
    stop = things.taken_back_thing(draft.id, stood.until.seq)
    story.work()
    before = faces(story.state)
    story.approve(draft, PIO)
    assert faces(story.state)[stop] != before[stop]
    assert any(task.ids.get("thing") == stop for task in story.pending.values())
