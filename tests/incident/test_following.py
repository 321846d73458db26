"""A text that follows a published one: where it is written, on which channels, and that it stays that."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.events import About, Receipt
from ecomms_bot.incident.rules.following import about, channels_for, following_step
from ecomms_bot.incident.rules.overriding import unseen
from ecomms_bot.incident.state import Draft
from ecomms_bot.incident.wording import Rejected
from ecomms_bot.playbook.model import Playbook
from tests.incident.put_right import correct, correcting_book, follow, following, linked_submission
from tests.incident.stories import COLLEAGUE, COMMUNICATOR, IC, PIO, PIO_2, SME, SME_AND_PIO, Story, at, flood


@pytest.fixture
def story() -> Story:
    return Story().open(playbook=correcting_book())


@pytest.fixture
def statement(story: Story) -> Draft:
    """The holding statement, out on X, SMS and Web since 20:00."""
    draft = story.publish("D1")
    story.now = at(20, 10)
    return draft


@pytest.fixture
def closure(story: Story) -> Draft:
    """A closure that went out on X and on road signs only."""
    draft = story.approve(story.submit("D3"), SME, PIO, IC)
    story.mark(draft, "x", "sign")
    story.now = at(20, 10)
    return story.state.drafts[draft.id]


def refused(story: Story, command: c.Command, code: str, by: str = COMMUNICATOR) -> str:
    with pytest.raises(Rejected) as no:
        story.do(command, by)
    assert no.value.code == code
    return str(no.value)


# --- What it follows


def test_a_correction_knows_every_channel_on_which_the_text_was_read(story: Story, statement: Draft) -> None:
    draft = follow(story, statement)
    assert draft.about == About(
        relation="correction", draft=statement.id, revision=1, channels=("x", "sms", "web")
    )


def test_staff_who_read_it_are_among_them_and_so_is_a_channel_where_it_was_taken_down(
    story: Story, statement: Draft
) -> None:
    story.mark(statement, "internal")
    story.do(c.EndRelease(statement.id, 1, ("x",), "Deleted."), COMMUNICATOR)
    assert about(story.state, statement.id, 1, "cancellation").channels == ("x", "sms", "web", "internal")


def test_only_a_text_that_is_out_can_be_followed(story: Story) -> None:
    draft = story.approve(story.submit("D1"), PIO)
    with pytest.raises(Rejected, match=r"Holding statement is not marked as published, so no text can"):
        about(story.state, draft.id, 1, "correction")
    with pytest.raises(Rejected, match="not marked as published"):
        about(story.state, draft.id, 2, "correction")


def test_in_an_exercise_it_says_played() -> None:
    story = Story().open(playbook=correcting_book(), exercise=True)
    draft = story.submit("D1")
    with pytest.raises(Rejected, match="not marked as played"):
        about(story.state, draft.id, 1, "update")


def test_a_text_of_another_incident_cannot_be_followed(story: Story) -> None:
    with pytest.raises(Rejected, match="This draft is not part of Highway 7 mudslides"):
        about(story.state, "d0000000000", 1, "correction")


def test_a_closed_incident_says_so_first(story: Story, statement: Draft) -> None:
    story.do(c.CloseIncident("Over.", withdraw_reason="Over."), PIO)
    with pytest.raises(Rejected, match="was closed by U-pio"):
        about(story.state, statement.id, 1, "correction")


def test_the_log_says_what_a_saved_draft_follows_from_the_beginning(story: Story, statement: Draft) -> None:
    command = following(story, statement)
    story.do(c.SaveDraft(command.draft, "D8", "correction", command.values, about=command.about), COLLEAGUE)
    assert story.state.drafts[command.draft].about == command.about


# --- What it stays


def test_a_form_that_says_nothing_of_it_leaves_what_a_draft_follows(story: Story, statement: Draft) -> None:
    draft = follow(story, statement)
    story.do(c.AskForChanges(draft.id, 1, "Which road?"), PIO)
    other = {**draft.current.values, "road": "Highway 1"}
    story.do(c.SaveDraft(draft.id, "D8", "correction", other), COLLEAGUE)
    again = linked_submission(story, "D8", "correction", draft.about, other)
    story.do(c.SubmitDraft(again.draft, "D8", "correction", other, again.texts, again.text_sha256), COLLEAGUE)
    draft = story.state.drafts[draft.id]
    assert (draft.current.number, draft.about and draft.about.draft) == (2, statement.id)


def test_a_draft_cannot_be_turned_to_another_text(story: Story, statement: Draft, closure: Draft) -> None:
    draft = follow(story, statement)
    link = about(story.state, closure.id, 1, "correction")
    words = refused(story, c.SaveDraft(draft.id, "D8", "correction", {}, about=link), "link")
    assert words.startswith("This draft was begun as a correction of Holding statement, and stays that.")


def test_nor_can_a_draft_that_was_begun_as_a_text_of_its_own(story: Story, statement: Draft) -> None:
    draft = story.save("D8", "correction")
    link = about(story.state, statement.id, 1, "correction")
    words = refused(story, c.SaveDraft(draft.id, "D8", "correction", {}, about=link), "link")
    assert words.startswith("This draft was begun as a text of its own")


def test_a_correction_is_written_with_the_text_for_corrections(story: Story, statement: Draft) -> None:
    link = about(story.state, statement.id, 1, "correction")
    update = link.model_copy(update={"relation": "update"})
    words = refused(story, linked_submission(story, "D4", "update", link), "kind")
    assert words.startswith("This is not the text for a correction.")
    words = refused(story, linked_submission(story, "D8", "correction", update), "kind")
    assert words.startswith("This is not the text for an update.")


def test_saving_equal_words_writes_nothing(story: Story, statement: Draft) -> None:
    command = following(story, statement)
    save = c.SaveDraft(command.draft, "D8", "correction", command.values, about=command.about)
    assert story.do(save, COMMUNICATOR)
    assert story.do(save, COMMUNICATOR) == ()


# --- Where it was read, as it is known by now


def test_saving_takes_in_a_channel_that_was_marked_meanwhile(story: Story, closure: Draft) -> None:
    command = following(story, closure)
    save = c.SaveDraft(command.draft, "D8", "correction", command.values, about=command.about)
    story.do(save, COMMUNICATOR)
    story.mark(closure, "web")
    story.do(save, COMMUNICATOR)
    link = story.state.drafts[command.draft].about
    assert link is not None
    assert link.channels == ("x", "sign", "web")


def test_texts_that_were_previewed_for_other_channels_are_not_sent(story: Story, closure: Draft) -> None:
    command = following(story, closure)
    assert set(command.texts) == {"x", "internal"}
    story.mark(closure, "web")
    words = refused(story, command, "channels")
    assert words.startswith(
        "What was said about where Road closure or change was posted has changed since you opened this: it "
        "was read on X, Road sign, Web. Nothing was sent, and your words are kept."
    )


def test_so_it_is_with_what_was_kept_before_that(story: Story, closure: Draft) -> None:
    command = following(story, closure)
    story.do(
        c.SaveDraft(command.draft, "D8", "correction", command.values, about=command.about), COMMUNICATOR
    )
    story.mark(closure, "web")
    unsaid = c.SubmitDraft(
        command.draft, "D8", "correction", command.values, command.texts, command.text_sha256
    )
    refused(story, unsaid, "channels")


def test_words_are_kept_when_it_turns_out_that_nothing_was_posted_and_cannot_be_sent(
    story: Story, closure: Draft
) -> None:
    command = following(story, closure)
    story.do(
        c.SaveDraft(command.draft, "D8", "correction", command.values, about=command.about), COMMUNICATOR
    )
    for channel in ("x", "sign"):
        story.do(c.CorrectReceipt(closure.id, 1, channel, "It hung.", None), PIO)
    other = {**command.values, "road": "Highway 1"}
    assert story.do(c.SaveDraft(command.draft, "D8", "correction", other), COMMUNICATOR)
    again = linked_submission(story, "D8", "correction", command.about, other)
    assert "nobody read it" in refused(story, again, "not-out")


# --- For which channels it has texts


def test_a_correction_has_texts_for_staff_and_for_where_the_wrong_text_was_read(
    story: Story, closure: Draft
) -> None:
    draft = follow(story, closure)
    assert set(draft.current.texts) == {"internal", "x"}


def test_texts_for_other_channels_are_refused(story: Story, closure: Draft) -> None:
    command = following(story, closure)
    whole = linked_submission(story, "D8", "correction", None)
    more = c.SubmitDraft(
        command.draft, "D8", "correction", command.values, whole.texts, whole.text_sha256, about=command.about
    )
    refused(story, more, "mismatch")


def test_without_words_for_any_of_its_channels_people_are_told_on_all(story: Story) -> None:
    draft = story.approve(story.submit("D3"), SME, PIO, IC)
    story.mark(draft, "sign")
    assert set(follow(story, draft).current.texts) == {"internal", "web", "x", "sms"}


def test_what_only_staff_read_is_put_right_among_staff(story: Story) -> None:
    book = Playbook.parse(correcting_book())
    text = book.step("D8").text("correction")
    link = About(relation="correction", draft="d", revision=1, channels=("internal",))
    assert channels_for(text, link) == {"internal"}
    public = text.model_copy(update={"templates": {"web": {"en": "Sorry."}}})
    assert channels_for(public, link) == {"web"}


def test_an_update_has_all_its_texts(story: Story, closure: Draft) -> None:
    draft = follow(story, closure, "update")
    assert (draft.step, set(draft.current.texts)) == ("D3", {"internal", "web", "x", "sms", "sign"})


def test_texts_in_the_thread_are_those_of_its_channels(story: Story, closure: Draft) -> None:
    command = following(story, closure)
    story.do(
        c.SaveDraft(command.draft, "D8", "correction", command.values, about=command.about), COMMUNICATOR
    )
    shown = c.ShowTexts(command.draft, "D8", "correction", command.values, command.texts, command.text_sha256)
    assert story.do(shown, COMMUNICATOR)
    assert set(next(iter(story.state.previews.values())).texts) == {"internal", "x"}


# --- Which step writes it


def test_an_update_is_written_in_its_own_step_if_that_can_be_done_again(
    story: Story, statement: Draft, closure: Draft
) -> None:
    step, kind = following_step(story.state, closure.id, "update")
    assert (step.id, kind) == ("D3", "statement")
    step, kind = following_step(story.state, statement.id, "update")
    assert (step.id, kind) == ("D4", "update")


def test_an_update_of_a_correction_is_the_next_scheduled_one(story: Story, statement: Draft) -> None:
    draft = correct(story, statement, "x")
    step, kind = following_step(story.state, draft.id, "update")
    assert (step.id, kind) == ("D4", "update")


def test_without_scheduled_updates_the_same_text_is_written_again_but_no_correction() -> None:
    book = deepcopy(correcting_book())
    during = book["phases"]["during"]
    book["phases"]["during"] = [step for step in during if step["id"] != "D4"]
    story = Story().open(playbook=book)
    draft = story.publish("D1")
    step, kind = following_step(story.state, draft.id, "update")
    assert (step.id, kind) == ("D1", "statement")
    correction = correct(story, draft, "x")
    with pytest.raises(Rejected, match="has no text for updates in this phase"):
        following_step(story.state, correction.id, "update")


def test_a_correction_is_written_in_its_own_step_before_any_other() -> None:
    book = deepcopy(correcting_book())
    steps = {step["id"]: step for step in book["phases"]["during"]}
    steps["D3"]["texts"]["correction"] = steps["D8"]["texts"]["correction"]
    story = Story().open(playbook=book)
    draft = story.publish("D3")
    assert following_step(story.state, draft.id, "correction")[0].id == "D3"


def test_a_correction_of_another_phase_is_taken_where_this_one_has_none() -> None:
    book = deepcopy(correcting_book())
    last = book["phases"]["during"].pop()
    book["phases"]["after"] = [last]
    story = Story().open(playbook=book)
    draft = story.publish("D1")
    assert following_step(story.state, draft.id, "cancellation")[0].id == "D8"


def test_a_playbook_without_a_correction_says_what_to_do_instead() -> None:
    story = Story().open(playbook=flood().raw)
    draft = story.publish("D1")
    with pytest.raises(Rejected) as no:
        following_step(story.state, draft.id, "correction")
    assert str(no.value) == (
        "The playbook of Highway 7 mudslides has no text for corrections. Say what is right in the next "
        "update, and that the older text no longer counts."
    )


# --- Two at once


def test_the_second_who_corrects_the_same_text_hears_of_the_first(story: Story, statement: Draft) -> None:
    follow(story, statement, by=COLLEAGUE)
    with pytest.raises(Rejected) as no:
        about(story.state, statement.id, 1, "cancellation")
    assert str(no.value) == (
        "U-coll began a correction of this text at 14 Nov 2021 20:10 PST, and it is not done yet. Go on with "
        "that one, in the thread of Correction; if it is wrong itself, correct that one. Nothing was changed."
    )


def test_so_does_one_who_had_the_form_open(story: Story, statement: Draft) -> None:
    command = following(story, statement)
    first = follow(story, statement, by=COLLEAGUE)
    late = c.SaveDraft("d-late", "D8", "correction", command.values, about=command.about)
    refused(story, late, "other-draft")
    story.mark(story.approve(first, PIO), "x")
    refused(story, late, "put-right-already")


def test_what_was_given_up_or_is_done_stands_in_nobodys_way(story: Story, statement: Draft) -> None:
    draft = follow(story, statement)
    story.do(c.WithdrawDraft(draft.id, "Not wrong."), COMMUNICATOR)
    correct(story, statement, "x", "sms", "web")
    story.now += timedelta(minutes=1)
    assert follow(story, statement).about is not None


def test_an_update_may_be_written_beside_a_correction(story: Story, statement: Draft) -> None:
    follow(story, statement)
    assert follow(story, statement, "update").step == "D4"


def test_a_second_correction_reaches_what_the_first_has_no_words_for(story: Story, closure: Draft) -> None:
    first = correct(story, closure, "x")
    assert set(first.current.texts) == {"internal", "x"}
    story.mark(closure, "web")
    second = follow(story, closure)
    assert set(second.current.texts) == {"internal", "x", "web"}


# --- Approving it


def test_pio_alone_approves_it_and_somebody_else_looks_at_it_afterwards(
    story: Story, statement: Draft
) -> None:
    draft = correct(story, statement)
    assert (draft.status, draft.current.tier) == ("approved", "CORR")
    assert [each.number for each in unseen(story.state, draft)] == [1]
    story.do(c.GiveSecondReview(draft.id, 1, agrees=True, note=""), PIO_2)
    assert not unseen(story.state, story.state.drafts[draft.id])


def test_new_times_of_a_correction_are_cleared_wording(story: Story, closure: Draft) -> None:
    draft = correct(story, closure)
    story.now = at(20, 30)
    renewed = linked_submission(
        story, "D8", "correction", draft.about, {"road": draft.current.values["road"]}
    )
    story.do(
        c.SubmitDraft(
            draft.id, "D8", "correction", renewed.values, renewed.texts, renewed.text_sha256, renews=True
        ),
        COMMUNICATOR,
    )
    again = story.approve(story.state.drafts[draft.id], SME_AND_PIO)
    assert (again.current.tier, again.status) == ("T0", "approved")


def test_a_revision_that_was_replaced_and_turns_out_to_be_posted_can_be_corrected(story: Story) -> None:
    draft = story.approve(story.submit("D1"), PIO)
    story.now = at(20, 20)
    draft = story.submit("D1", renews=True, by=COLLEAGUE)
    receipt = (Receipt(channel="x", attested_at=at(20, 5), proof="seen"),)
    story.do(c.MarkPublished(draft.id, 1, receipt), COMMUNICATOR)
    assert about(story.state, draft.id, 1, "correction").channels == ("x",)
