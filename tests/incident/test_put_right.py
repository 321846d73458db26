"""Putting right what was said wrongly: done once everybody is told who read it, and owed until then."""

from __future__ import annotations

from copy import deepcopy

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.effects import DM
from ecomms_bot.incident.events import Receipt
from ecomms_bot.incident.faces import faces
from ecomms_bot.incident.reminders import Reminder, owed
from ecomms_bot.incident.rules.putting_right import unfinished
from ecomms_bot.incident.standing import followers, left_to_put_right, where_it_stands
from ecomms_bot.incident.state import Draft, Incident
from ecomms_bot.incident.things import CARD, publish_thing, receipt_thing
from ecomms_bot.incident.timeline import lines
from ecomms_bot.incident.wording import Rejected
from tests.incident.put_right import correct, correcting_book, follow, without
from tests.incident.stories import COLLEAGUE, COMMUNICATOR, IC, PIO, SME, Story, at, instant


@pytest.fixture
def story() -> Story:
    return Story().open(playbook=correcting_book())


@pytest.fixture
def wrong(story: Story) -> Draft:
    """A closure that went out on X, SMS and road signs at 20:00; now it is 20:10."""
    draft = story.approve(story.submit("D3"), SME, PIO, IC)
    story.mark(draft, "x", "sms", "sign")
    story.now = at(20, 10)
    return story.state.drafts[draft.id]


def left(story: Story, draft: Draft) -> tuple[str, ...]:
    return left_to_put_right(story.state, story.state.drafts[draft.id])


def end(story: Story, draft: Draft, *channels: str, by: str = COMMUNICATOR, reason: str = "Deleted.") -> None:
    story.do(c.EndRelease(draft.id, 1, channels, reason), by)


def refused(story: Story, command: c.Command, code: str, by: str = COMMUNICATOR) -> Rejected:
    with pytest.raises(Rejected) as no:
        story.do(command, by)
    assert no.value.code == code
    return no.value


def owed_of(state: Incident) -> list[Reminder]:
    return [each for each in owed(state).values() if each.subject == "put-right"]


def told(story: Story, last: int = 1) -> list[str]:
    return [str(each.sentence) for each in lines(story.state, story.log)][-last:]


# --- Done when each channel has proof


def test_a_correction_is_done_when_every_channel_of_the_wrong_text_is_told(
    story: Story, wrong: Draft
) -> None:
    draft = correct(story, wrong, "x")
    assert left(story, draft) == ("x", "sms", "sign")[1:]
    story.mark(draft, "sms")
    assert left(story, draft) == ("sign",)
    end(story, wrong, "sign", reason="Changed.")
    assert left(story, draft) == ()


def test_nothing_is_left_of_a_text_that_corrects_none(story: Story, wrong: Draft) -> None:
    assert left(story, wrong) == ()
    update = story.approve(follow(story, wrong, "update"), SME, PIO, IC)
    story.mark(update, "x")
    assert left(story, update) == ()


def test_taking_a_post_down_tells_nobody_so_its_channel_stays_to_be_told(story: Story, wrong: Draft) -> None:
    """Cancel is not correction: Hawaii 2018, cancelled at 8:13, corrected on the same channel at 8:45."""
    end(story, wrong, "x", "sms", "sign")
    assert where_it_stands(story.state, wrong, story.state.drafts[wrong.id].current) == ()
    draft = follow(story, wrong, "cancellation")
    assert left(story, draft) == ("x", "sms")


def test_proof_is_asked_for_on_each_public_channel(story: Story, wrong: Draft) -> None:
    draft = correct(story, wrong)
    bare = Receipt(channel="sms", attested_at=story.now)
    with_proof = Receipt(channel="x", attested_at=story.now, proof="https://example.org/2")
    no = refused(story, c.MarkPublished(draft.id, 1, (with_proof, bare)), "no-proof")
    assert no.field == "proof-sms"
    assert str(no) == (
        "Give proof for SMS: a link, or who saw it there. Until then it counts as not put right."
    )
    assert left(story, draft) == ("x", "sms", "sign")


def test_proof_cannot_be_taken_away_again(story: Story, wrong: Draft) -> None:
    draft = correct(story, wrong, "x")
    bare = Receipt(channel="x", attested_at=story.now)
    refused(story, c.CorrectReceipt(draft.id, 1, "x", "Wrong link.", bare), "no-proof")


def test_staff_are_told_without_proof_and_an_update_needs_none(story: Story, wrong: Draft) -> None:
    update = story.approve(follow(story, wrong, "update"), SME, PIO, IC)
    story.do(c.MarkPublished(update.id, 1, (Receipt(channel="x", attested_at=story.now),)), COMMUNICATOR)
    draft = correct(story, wrong)
    story.do(
        c.MarkPublished(draft.id, 1, (Receipt(channel="internal", attested_at=story.now),)), COMMUNICATOR
    )
    assert "internal" in story.state.drafts[draft.id].receipts


def test_a_channel_that_is_marked_for_the_wrong_text_afterwards_has_to_be_told_too(
    story: Story, wrong: Draft
) -> None:
    draft = correct(story, wrong, "x", "sms")
    end(story, wrong, "sign")
    assert left(story, draft) == ()
    story.mark(wrong, "web")
    assert left(story, draft) == ("web",)


def test_a_channel_where_the_wrong_text_was_not_posted_after_all_is_not(story: Story, wrong: Draft) -> None:
    draft = correct(story, wrong, "x")
    story.do(c.CorrectReceipt(wrong.id, 1, "sms", "It hung.", None), COMMUNICATOR)
    assert left(story, draft) == ("sign",)


def test_who_corrects_a_correction_tells_everybody_who_read_the_first_text(
    story: Story, wrong: Draft
) -> None:
    first = correct(story, wrong, "x")
    story.now = at(20, 20)
    second = correct(story, first)
    assert second.about is not None
    assert second.about.channels == ("x", "sms", "sign")
    assert left(story, first) == ("sms", "sign")
    story.mark(second, "x")
    assert (left(story, first), left(story, second)) == ((), ("sms", "sign"))
    end(story, wrong, "sign")
    assert left(story, second) == ("sms",)


def test_a_second_correction_of_the_same_text_takes_over_from_the_first(story: Story, wrong: Draft) -> None:
    first = correct(story, wrong, "x", "sms")
    second = correct(story, wrong)
    assert left(story, first) == ("sign",)
    story.mark(second, "x")
    assert (left(story, first), left(story, second)) == ((), ("sms", "sign"))


def test_a_correction_that_was_given_up_counts_if_somebody_read_it(story: Story, wrong: Draft) -> None:
    draft = correct(story, wrong)
    story.now = at(20, 20)
    story.do(c.TakeBackApproval(draft.id, 1), PIO)
    story.do(c.WithdrawDraft(draft.id), COMMUNICATOR)
    assert followers(story.state, wrong, wrong.current) == ()
    receipt = Receipt(channel="x", attested_at=at(20, 15), proof="seen")
    story.do(c.MarkPublished(draft.id, 1, (receipt,)), COMMUNICATOR)
    assert [each.id for each in followers(story.state, wrong, wrong.current)] == [draft.id]
    assert left(story, draft) == ("sms", "sign")


def test_where_the_entries_of_the_wrong_text_were_redacted_what_was_known_then_counts(
    story: Story, wrong: Draft
) -> None:
    draft = correct(story, wrong, "x")
    state = without(story, "MarkedPublished", 0)
    assert left_to_put_right(state, state.drafts[draft.id]) == ("sms", "sign")


# --- An obligation until then


def test_its_author_is_reminded_after_five_minutes_and_then_every_ten_with_who_runs_it(
    story: Story, wrong: Draft
) -> None:
    draft = story.approve(follow(story, wrong, by=COLLEAGUE), PIO)
    assert not story.reminder_times("put-right")
    story.mark(draft, "x")
    keys = [key for key in story.until(at(20, 41)) if key.startswith("put-right")]
    assert keys == [f"put-right/{draft.id}/{number}" for number in range(3)]
    fired = [story.state.fired[key] for key in keys]
    assert [each.at for each in fired] == [at(20, 15), at(20, 25), at(20, 35)]
    both = (COLLEAGUE, COMMUNICATOR)
    assert [each.event.to for each in fired] == [(COLLEAGUE,), both, both]


def test_it_is_said_in_its_thread_and_to_its_people(story: Story, wrong: Draft) -> None:
    draft = correct(story, wrong, "x")
    story.work()
    story.until(at(20, 15))
    told_in = {(task.kind, task.ids.get("step"), task.ids.get("user")) for task in story.pending.values()}
    assert {("post", "D8", None), (DM, None, COMMUNICATOR)} <= told_in
    assert left(story, draft)


def test_nobody_is_reminded_once_everybody_is_told_and_again_if_it_was_not_posted(
    story: Story, wrong: Draft
) -> None:
    draft = correct(story, wrong, "x", "sms")
    end(story, wrong, "sign")
    assert not story.reminder_times("put-right")
    story.now = at(20, 12)
    story.do(c.CorrectReceipt(draft.id, 1, "sms", "It hung.", None), COMMUNICATOR)
    assert story.reminder_times("put-right") == {f"put-right/{draft.id}/0": at(20, 15)}


def test_the_time_counts_from_when_it_was_marked_by_what_is_left_of_the_log(
    story: Story, wrong: Draft
) -> None:
    draft = correct(story, wrong, "x")
    story.now = at(20, 14)
    moved = Receipt(channel="x", attested_at=at(20, 11), proof="seen")
    story.do(c.CorrectReceipt(draft.id, 1, "x", "Later.", moved), COMMUNICATOR)
    assert [each.due for each in owed_of(story.state)] == [at(20, 15)]
    assert [each.due for each in owed_of(without(story, "MarkedPublished", -1))] == [at(20, 19)]


def test_it_is_seen_on_the_card_and_on_the_messages_of_both_texts(story: Story, wrong: Draft) -> None:
    draft = correct(story, wrong, "x")
    before = faces(story.state)
    story.mark(draft, "sms")
    after = faces(story.state)
    receipt = receipt_thing(wrong.id, wrong.marks[0].seq)
    for thing in (CARD, "step:D8", publish_thing(draft.id, 1), publish_thing(wrong.id, 1), receipt):
        assert before[thing] != after[thing], thing


def test_nobody_stands_down_before_that(story: Story, wrong: Draft) -> None:
    correct(story, wrong, "x")
    no = refused(story, c.StandDown(instant(at(21, 0))), "not-put-right", PIO)
    assert str(no) == (
        "Correction has not reached SMS, Road sign yet, where the old words were read. Post and mark it "
        "there, then stand down."
    )


def test_closing_is_refused_until_everybody_is_told(story: Story, wrong: Draft) -> None:
    draft = correct(story, wrong, "x")
    close = c.CloseIncident("Open again.", withdraw_reason="Open again.")
    no = refused(story, close, "not-put-right", PIO)
    assert no.field == "left_reason"
    assert str(no) == (
        "Correction has not reached SMS, Road sign yet, where the old words were read, so the incident stays "
        "open. Post and mark it there, or let pio or ic say why it is left."
    )
    story.mark(draft, "sms")
    end(story, wrong, "sign")
    story.do(close, PIO)
    assert not story.state.open


def test_or_until_pio_or_ic_say_why_it_is_left(story: Story, wrong: Draft) -> None:
    correct(story, wrong, "x")
    story.now = at(22, 0)
    final = story.publish(
        "D4", "final", facts={"no_promise_reason": "the road is open", "next_update_at": None}
    )
    assert not story.state.live_promises, final
    close = c.CloseIncident("Open again.", left_reason=" The gateway is gone. ")
    no = refused(story, close, "not-allowed")
    assert "Only pio or ic may leave a correction unfinished. Ask U-pio" in str(no)
    story.do(close, IC)
    assert story.state.closing is not None
    assert story.state.closing.left_reason == "The gateway is gone."
    (said,) = told(story)
    assert said == (
        "Highway 7 mudslides closed by U-ic: Open again.; a correction was left that had not reached "
        "everybody: The gateway is gone."
    )


def test_where_nobody_holds_these_roles_it_says_so(story: Story, wrong: Draft) -> None:
    correct(story, wrong, "x")
    story.roster = type(story.roster)({"communicator": (COMMUNICATOR,)})
    close = c.CloseIncident("Open again.", withdraw_reason="-", left_reason="No way.")
    promised = story.state.live_promises
    assert promised
    assert "nobody holds these roles" in str(refused(story, close, "not-allowed")).lower()


def test_a_reason_is_not_kept_where_nothing_is_left(story: Story) -> None:
    story.do(c.CloseIncident("Nothing.", left_reason="Whatever."), PIO)
    assert story.state.closing is not None
    assert story.state.closing.left_reason == ""


# --- The log


def test_the_wrong_text_stays_and_says_what_put_it_right(story: Story, wrong: Draft) -> None:
    draft = correct(story, wrong, "x", "sms")
    shown = [str(each.sentence) for each in lines(story.state, story.log)]
    published = [each for each in shown if " published on " in each]
    assert published[0].startswith("Revision 1 of Road closure or change published on X, SMS, Road sign")
    assert published[0].endswith(", corrected by revision 1 of Correction")
    assert published[1].endswith(", corrects revision 1 of Road closure or change")
    second = correct(story, draft, "x")
    shown = [str(each.sentence) for each in lines(story.state, story.log)]
    assert any(
        each.endswith("corrects revision 1 of Road closure or change, corrected by revision 1 of Correction")
        for each in shown
    ), second


def test_the_words_of_a_cancellation_and_of_an_update(story: Story, wrong: Draft) -> None:
    follow(story, wrong, "update")
    assert told(story)[0].endswith(", follows revision 1 of Road closure or change")
    draft = story.approve(follow(story, wrong, "cancellation"), PIO)
    story.mark(draft, "x")
    shown = [str(each.sentence) for each in lines(story.state, story.log)]
    assert any(each.endswith(", takes back revision 1 of Road closure or change") for each in shown)
    assert any(each.endswith(", taken back by revision 1 of Correction") for each in shown)


def test_a_reminder_says_of_which_text(story: Story, wrong: Draft) -> None:
    draft = correct(story, wrong, "x")
    story.until(at(20, 15))
    (said,) = told(story)
    assert said == (
        "Reminder to U-comm: Correction has not reached everybody who read the old words of revision 1 of "
        "Road closure or change"
    )
    state = without(story, "RevisionSubmitted")
    (said,) = (str(each.sentence) for each in lines(state, story.log[-1:]))
    assert said.endswith("a redacted text has not reached everybody who read the old words"), draft


def test_several_unfinished_corrections_are_told_apart(story: Story, wrong: Draft) -> None:
    statement = story.publish("D1")
    first = correct(story, wrong, "x")
    second = correct(story, statement, "x")
    assert [each.id for each in unfinished(story.state)] == [first.id, second.id]


def test_a_step_without_its_correction_text_any_more_counts_what_was_taken_down() -> None:
    """The words of a step are those of the playbook in the log."""
    book = deepcopy(correcting_book())
    book["phases"]["during"][-1]["texts"]["correction"]["templates"].pop("sms")
    book["phases"]["during"][-1]["channels"] = ["internal", "web", "x"]
    story = Story().open(playbook=book)
    wrong = story.publish("D1")
    story.now = at(20, 10)
    draft = correct(story, wrong, "x", "web")
    assert left(story, draft) == ("sms",)
    end(story, wrong, "sms", reason="A second message says so.")
    assert left(story, draft) == ()
