"""Publishing: who attests what, and how releases answer promises. Only the attested time counts."""

from __future__ import annotations

from datetime import datetime

import pytest

from ecomms_bot.incident.commands import CloseIncident, MarkPublished
from ecomms_bot.incident.events import PromiseAnswered, PromiseMade, Receipt
from ecomms_bot.incident.progress import next_promise, step_status
from ecomms_bot.incident.rules.releases import promise_words, require_approved
from ecomms_bot.incident.state import Draft, Promise
from ecomms_bot.incident.wording import Rejected
from tests.incident.stories import (
    COLLEAGUE,
    COMMUNICATOR,
    IC,
    OBSERVER,
    PIO,
    PUBLIC,
    SME,
    Story,
    at,
    flood,
    flood_with,
    instant,
    texts_of,
)


@pytest.fixture
def story() -> Story:
    return Story().open()


@pytest.fixture
def approved(story: Story) -> Draft:
    """The holding statement, approved at 20:04:30, printing an update by 21:00."""
    draft = story.submit("D1", next_update=at(21, 0))
    story.now = at(20, 4, 30)
    return story.approve(draft, PIO)


def update(story: Story, posted: datetime, *, promised: datetime) -> Draft:
    """An approved scheduled update that went out at `posted` and was marked now."""
    draft = story.submit("D4", "update", next_update=promised)
    return story.mark(story.approve(draft, SME, PIO), posted=posted)


def ended(story: Story, draft: Draft) -> str:
    """How the promise of this draft's text ended."""
    return promise_words(story.state.promises[f"{draft.id}-{draft.current.number}"])


# --- Receipts


def test_a_receipt_says_who_attests_what_where_and_when(story: Story, approved: Draft) -> None:
    story.now = at(20, 10)
    draft = story.mark(approved, "x", by=COLLEAGUE, posted=at(20, 8))
    receipt = Receipt(channel="x", attested_at=at(20, 8), proof="https://example.org/x")
    assert dict(draft.receipts) == {"x": (receipt, COLLEAGUE)}
    (mark,) = draft.marks
    assert (mark.revision, mark.person, mark.channels, mark.at) == (1, COLLEAGUE, ("x",), at(20, 10))


def test_channels_are_marked_one_after_the_other_by_anyone_who_may(story: Story, approved: Draft) -> None:
    story.mark(approved, "x")
    draft = story.mark(approved, "x", "web", by=COLLEAGUE)
    assert {channel: person for channel, (_, person) in draft.receipts.items()} == {
        "x": COMMUNICATOR,
        "web": COLLEAGUE,
    }


def test_a_channel_that_is_marked_already_is_not_marked_again(story: Story, approved: Draft) -> None:
    story.mark(approved, "x")
    with pytest.raises(Rejected, match=r"Already marked by U-comm, posted 14 Nov 2021 20:04 PST") as no:
        story.mark(approved, "x", by=COLLEAGUE)
    assert no.value.code == "marked"


def test_a_channel_given_twice_counts_once(story: Story, approved: Draft) -> None:
    receipts = tuple(Receipt(channel="x", attested_at=story.now, proof=proof) for proof in ("a", "b"))
    story.do(MarkPublished(approved.id, 1, receipts), COMMUNICATOR)
    ((receipt, _),) = story.state.drafts[approved.id].receipts.values()
    assert receipt.proof == "b"


@pytest.mark.parametrize(
    ("receipts", "code", "field"),
    [
        ([], "no-channel", "channels"),
        ([("radio", at(20, 4))], "channel", None),
        ([("x", at(20, 5))], "future", "attested_at"),
        ([("x", at(20, 3))], "before-approval", "attested_at"),
        ([("x", at(20, 4)), ("web", at(20, 3))], "before-approval", "attested_at"),
    ],
)
def test_what_cannot_be_true_is_not_recorded(
    story: Story, approved: Draft, receipts: list[tuple[str, datetime]], code: str, field: str | None
) -> None:
    given = tuple(Receipt(channel=channel, attested_at=moment) for channel, moment in receipts)
    with pytest.raises(Rejected) as no:
        story.do(MarkPublished(approved.id, 1, given), COMMUNICATOR)
    assert (no.value.code, no.value.field) == (code, field)
    assert not story.state.drafts[approved.id].receipts


def test_the_minute_of_the_approval_counts_as_after_it(story: Story, approved: Draft) -> None:
    # Approved at 20:04:30; a form that knows minutes says 20:04.
    assert story.mark(approved, "x", posted=at(20, 4)).status == "published"


def test_only_communicators_and_leads_mark(story: Story, approved: Draft) -> None:
    with pytest.raises(Rejected, match="Only communicators and leads may mark a text as published"):
        story.mark(approved, by=OBSERVER)


def test_only_an_approved_text_is_marked(story: Story) -> None:
    draft = story.submit("D1")
    with pytest.raises(Rejected, match="This text is not approved") as no:
        story.mark(draft)
    assert no.value.code == "not-approved"
    with pytest.raises(Rejected, match="This text is not approved"):
        story.mark(draft, revision=2)


def test_a_form_opens_only_for_the_last_approved_revision(story: Story, approved: Draft) -> None:
    assert require_approved(story.state, approved.id, 1) == approved
    story.submit("D1", next_update=at(22, 0))
    for revision, code in ((1, "stale"), (2, "not-approved"), (3, "stale")):
        with pytest.raises(Rejected) as no:
            require_approved(story.state, approved.id, revision)
        assert no.value.code == code
    story.save("D4", "update")
    with pytest.raises(Rejected, match="Another revision"):
        require_approved(story.state, story.draft_id("D4"), 1)


# --- Out, or only said inside


def test_what_is_only_said_inside_is_not_out(story: Story, approved: Draft) -> None:
    # Given a text for the public that was sent around inside, nothing is promised yet and it still waits,
    draft = story.mark(approved, "internal")
    assert (draft.status, step_status(story.state, "D1")) == ("approved", "approved")
    assert story.state.promises == {}
    assert story.types()[-1] == "MarkedPublished"
    # then the first public channel makes the promise and starts the next step, and later ones change nothing.
    draft = story.mark(approved, "x")
    assert draft.status == "published"
    assert story.types()[-3:] == ["MarkedPublished", "PromiseMade", "StepStarted"]
    story.mark(approved, "web")
    assert story.types()[-1] == "MarkedPublished"


def test_a_text_for_inside_only_is_out_when_it_is_marked_there() -> None:
    text = {"title": "For the switchboard", "templates": {"internal": "Crews look at {{ road }}."}}
    story = Story().open(playbook=flood_with({"texts": {"internal": text}}, {}, {}))
    draft = story.submit("D1", "internal")
    story.approve(draft, PIO)
    draft = story.mark(draft, "internal")
    assert draft.status == "published"
    assert story.types()[-2:] == ["MarkedPublished", "StepStarted"]
    assert story.state.promises == {}


def test_after_the_first_release_the_next_step_of_the_phase_begins(story: Story) -> None:
    story.publish("D1")
    assert list(story.state.steps) == ["D1", "D4"]  # D3 is on demand
    story.publish("D4", "update")
    assert list(story.state.steps) == ["D1", "D4"]


def test_after_a_step_on_demand_or_a_further_round_nothing_begins() -> None:
    # Given a playbook with a step on demand, and two that follow each other after it,
    d1, d3, d4 = flood().raw["phases"]["during"]
    steps = [d1, d3, d4, {**d1, "id": "D8"}]
    story = Story().open(playbook={**flood().raw, "phases": {"during": steps}})
    # when the one on demand goes out first, then none of the others begins for it;
    story.publish("D3")
    assert list(story.state.steps) == ["D1", "D3"]
    # each begins when the one before it is out for the first time, and no round of it begins more.
    story.publish("D1")
    assert list(story.state.steps) == ["D1", "D3", "D4"]
    story.publish("D4", "update")
    assert list(story.state.steps) == ["D1", "D3", "D4", "D8"]
    story.publish("D4", "update")
    assert list(story.state.steps) == ["D1", "D3", "D4", "D8"]


def test_each_release_starts_one_step_and_not_each_channel_of_it() -> None:
    # Given a playbook in which three steps follow each other,
    story = Story().open(playbook=flood_with({}, {"recurrence": "once"}, {}))
    draft = story.approve(story.submit("D1"), PIO)
    story.mark(draft, "x")
    assert list(story.state.steps) == ["D1", "D3"]
    # then the next channel of the same text starts nothing, and the next text does.
    story.mark(draft, "web", "sms")
    assert list(story.state.steps) == ["D1", "D3"]
    story.publish("D3")
    assert list(story.state.steps) == ["D1", "D3", "D4"]


# --- Promises


def test_the_printed_next_update_is_the_promise_from_the_first_public_mark_on(
    story: Story, approved: Draft
) -> None:
    story.now = at(20, 10)
    story.mark(approved, "web", posted=at(20, 9))
    promise = story.promise()
    assert promise == Promise(
        id=f"{approved.id}-1",
        draft=approved.id,
        revision=1,
        step="D1",
        author=COMMUNICATOR,
        due=instant(at(21, 0)),
        made_at=at(20, 9),
        started_at=at(20, 10),
    )
    assert next_promise(story.state) == promise
    assert promise_words(promise) == "live"


@pytest.mark.parametrize(
    ("posted", "words"),
    [
        (at(20, 30), "kept"),
        (at(21, 0), "kept"),
        (at(21, 3), "kept, 3 min late"),
        (at(21, 5), "kept, 5 min late"),
        (at(21, 5, 1), "late by 5 min"),
        (at(21, 14), "late by 14 min"),
    ],
)
def test_a_promise_is_kept_up_to_five_minutes_after_its_time(
    story: Story, posted: datetime, words: str
) -> None:
    first = story.publish("D1", next_update=at(21, 0))
    story.now = at(20, 20)
    draft = story.approve(story.submit("D4", "update", next_update=at(23, 0)), SME, PIO)
    story.now = posted
    story.mark(draft)
    assert ended(story, first) == words
    assert story.promise().due == instant(at(23, 0))


def test_when_it_was_marked_does_not_matter_only_when_it_was_posted(story: Story) -> None:
    first = story.publish("D1", next_update=at(21, 0))
    draft = story.approve(story.submit("D4", "update", next_update=at(23, 0)), SME, PIO)
    # Posted at 20:58, marked an hour later.
    story.now = at(22, 0)
    story.mark(draft, posted=at(20, 58))
    assert ended(story, first) == "kept"
    assert story.state.promises[f"{first.id}-1"].answered_by == draft.id


def test_one_release_keeps_all_promises_made_before_it(story: Story) -> None:
    first = story.publish("D1", next_update=at(21, 0))
    story.now = at(20, 10)
    second = story.publish("D3", next_update=at(21, 10))
    story.now = at(20, 30)
    assert ended(story, first) == "kept"
    third = update(story, at(20, 30), promised=at(21, 30))
    assert ended(story, second) == "kept"
    assert story.promise().draft == third.id


def test_texts_posted_at_the_same_moment_do_not_answer_each_other(story: Story) -> None:
    drafts = [story.approve(story.submit("D1", next_update=at(21, 0)), PIO)]
    drafts.append(story.approve(story.submit("D3", next_update=at(21, 30)), SME, PIO, IC))
    for draft in drafts:
        story.mark(draft)
    assert [promise.due for promise in story.state.live_promises] == [instant(at(21, 0)), instant(at(21, 30))]


def test_a_final_text_ends_the_promises_and_makes_none(story: Story) -> None:
    first = story.publish("D1", next_update=at(21, 0))
    story.now = at(20, 50)
    facts = {"next_update_at": None, "no_promise_reason": "the road is open to everyone"}
    story.publish("D4", "final", facts=facts)
    assert ended(story, first) == "kept"
    assert story.state.live_promises == ()
    assert next_promise(story.state) is None


def test_no_change_keeps_a_promise_and_makes_the_next(story: Story) -> None:
    story.publish("D4", "update", next_update=at(21, 0))
    story.now = at(20, 55)
    draft = story.approve(story.submit("D4", "no-change", next_update=at(22, 0)), PIO)
    story.mark(draft)
    assert story.promise().due == instant(at(22, 0))


# --- Posted late, and Renew times


def test_a_text_whose_promised_time_has_passed_is_renewed_unless_it_is_out(
    story: Story, approved: Draft
) -> None:
    story.now = at(21, 0)
    with pytest.raises(Rejected, match=r"tick this box. If not, close this and press \*Renew times\*") as no:
        story.mark(approved)
    assert (no.value.code, no.value.field) == ("renew", "posted_late")
    # If the person confirms that it was posted like this, it is recorded as it is, overdue at once.
    story.mark(approved, late=True)
    assert story.promise().due == instant(at(21, 0))
    assert story.promise().made_at == at(21, 0)


def test_posted_in_time_and_marked_after_the_promised_time_is_recorded_without_a_question(
    story: Story, approved: Draft
) -> None:
    story.now = at(21, 30)
    story.mark(approved, posted=at(20, 6))
    assert story.promise().due == instant(at(21, 0))


def test_once_it_is_out_more_channels_are_marked_without_a_question(story: Story, approved: Draft) -> None:
    story.mark(approved, "x")
    story.now = at(21, 30)
    assert set(story.mark(approved, "web", "internal").receipts) == {"x", "web", "internal"}


def test_inside_it_can_be_marked_at_any_time(story: Story, approved: Draft) -> None:
    story.now = at(21, 30)
    assert set(story.mark(approved, "internal").receipts) == {"internal"}


def test_a_text_said_inside_only_can_still_have_its_times_renewed(story: Story, approved: Draft) -> None:
    # Given a text whose promised time passed after it was sent around inside,
    story.mark(approved, "internal")
    story.now = at(21, 1)
    # when its times are renewed, the new text needs receipts of its own; the old ones stay with the old text.
    draft = story.approve(story.submit("D1", renews=True, next_update=at(22, 0)), PIO)
    assert not draft.receipts
    assert set(draft.revisions[0].receipts) == {"internal"}
    draft = story.mark(draft, "internal", "x")
    assert set(draft.receipts) == {"internal", "x"}
    assert story.promise().due == instant(at(22, 0))


def test_what_was_posted_before_another_revision_replaced_it_is_recorded_too(
    story: Story, approved: Draft
) -> None:
    # Given an approved text that somebody posted at 20:10 and forgot to mark, and new times in review,
    story.now = at(20, 30)
    draft = story.submit("D1", renews=True, by=COLLEAGUE, next_update=at(21, 30))
    # then it can be marked for what it is: its promise counts, and the review goes on.
    draft = story.mark(approved, "x", posted=at(20, 10), revision=1)
    assert (draft.status, draft.current.number) == ("in review", 2)
    assert not draft.receipts
    assert (story.promise().revision, story.promise().author) == (1, COMMUNICATOR)
    assert story.promise().due == instant(at(21, 0))
    # The new text, once out, answers it.
    story.mark(story.approve(draft, PIO), "x")
    assert story.promise().due == instant(at(21, 30))


# --- Marks out of order


def test_a_release_marked_late_is_answered_by_the_one_that_followed_it(story: Story) -> None:
    # Given a statement posted at 20:10 that nobody marked, and an update posted at 20:50,
    forgotten = story.approve(story.submit("D1", next_update=at(20, 40)), PIO)
    story.now = at(20, 20)
    draft = story.approve(story.submit("D4", "update", next_update=at(22, 0)), SME, PIO)
    story.now = at(20, 55)
    story.mark(draft, posted=at(20, 50))
    # when the statement is marked at last, its promise is answered at once by that update: 10 minutes late.
    story.mark(forgotten, posted=at(20, 10))
    assert ended(story, forgotten) == "late by 10 min"
    assert story.state.promises[f"{forgotten.id}-1"].answered_by == draft.id
    assert story.promise().draft == draft.id


def test_of_several_later_releases_the_first_one_answers(story: Story) -> None:
    forgotten = story.approve(story.submit("D1", next_update=at(20, 40)), PIO)
    first, second = (
        story.submit("D4", "update", next_update=at(22, 0)),
        story.submit("D3", next_update=at(22, 0)),
    )
    story.approve(first, SME, PIO)
    story.approve(second, SME, PIO, IC)
    story.now = at(21, 0)
    story.mark(second, posted=at(20, 55))
    story.mark(first, posted=at(20, 44))
    story.mark(forgotten, posted=at(20, 10))
    assert ended(story, forgotten) == "kept, 4 min late"


def test_an_earlier_release_that_is_marked_later_corrects_the_lateness(story: Story) -> None:
    # Given a promise for 21:00 that an update of 21:20 answered late,
    first = story.publish("D1", next_update=at(21, 0))
    closure = story.approve(story.submit("D3", next_update=at(22, 30)), SME, PIO, IC)
    story.now = at(21, 20)
    update(story, at(21, 20), promised=at(22, 0))
    assert ended(story, first) == "late by 20 min"
    # when the closure that was posted at 20:58 is marked at last, the promise was kept by that.
    story.now = at(21, 30)
    story.mark(closure, posted=at(20, 58))
    assert ended(story, first) == "kept"
    assert story.state.promises[f"{first.id}-1"].answered_by == closure.id


def test_one_posted_at_the_same_moment_corrects_nothing(story: Story) -> None:
    first = story.publish("D1", next_update=at(21, 0))
    closure = story.approve(story.submit("D3", next_update=at(22, 30)), SME, PIO, IC)
    story.now = at(21, 20)
    draft = update(story, at(21, 20), promised=at(22, 0))
    story.mark(closure, posted=at(21, 20))
    assert story.state.promises[f"{first.id}-1"].answered_by == draft.id
    assert story.types().count("PromiseAnswered") == 1


def test_another_channel_of_the_same_text_that_was_posted_earlier_corrects_it_too(story: Story) -> None:
    first = story.publish("D1", next_update=at(21, 0))
    draft = story.approve(story.submit("D4", "update", next_update=at(22, 0)), SME, PIO)
    story.now = at(21, 20)
    story.mark(draft, "x", posted=at(21, 15))
    assert ended(story, first) == "late by 15 min"
    story.mark(draft, "web", posted=at(21, 2))
    assert ended(story, first) == "kept, 2 min late"
    story.mark(draft, "sms", posted=at(21, 10))
    assert ended(story, first) == "kept, 2 min late"
    # and it does not promise the same update twice.
    assert story.types().count("PromiseMade") == 2


def test_a_release_posted_before_a_promise_was_made_does_not_answer_it(story: Story) -> None:
    closure = story.approve(story.submit("D3", next_update=at(22, 0)), SME, PIO, IC)
    story.now = at(20, 30)
    first = story.publish("D1", next_update=at(21, 0))
    story.mark(closure, posted=at(20, 10))
    assert ended(story, first) == "live"
    # but the statement of 20:30 answers what the closure of 20:10 had promised.
    assert ended(story, closure) == "kept"


def test_a_withdrawn_promise_stays_withdrawn(story: Story) -> None:
    first = story.publish("D1", next_update=at(21, 0))
    story.do(CloseIncident("Handed over.", withdraw_reason="The city speaks from now on."), PIO)
    assert ended(story, first) == "withdrawn"


# --- A correction


@pytest.fixture
def correcting() -> Story:
    """A playbook whose correction prints the time of the next update."""
    texts = texts_of("D4")
    correction = {**texts["update"], "title": "Correction", "promises": True}
    return Story().open(playbook=flood_with({}, {}, {"texts": {**texts, "correction": correction}}))


def test_a_correction_keeps_no_promise_but_what_it_prints_is_promised(correcting: Story) -> None:
    story = correcting
    first = story.publish("D1", next_update=at(21, 0))
    story.now = at(20, 30)
    story.publish("D4", "correction", next_update=at(21, 30))
    assert ended(story, first) == "live"
    assert [promise.due for promise in story.state.live_promises] == [instant(at(21, 0)), instant(at(21, 30))]


def test_nor_does_it_keep_one_that_is_marked_after_it(correcting: Story) -> None:
    story = correcting
    forgotten = story.approve(story.submit("D1", next_update=at(21, 0)), PIO)
    story.now = at(20, 30)
    story.publish("D4", "correction", next_update=at(21, 30))
    story.mark(forgotten, posted=at(20, 10))
    assert ended(story, forgotten) == "live"


def test_the_entries_say_which_text_answered_and_which_promised(story: Story) -> None:
    first = story.publish("D1", next_update=at(21, 0))
    story.now = at(21, 14)
    second = update(story, at(21, 14), promised=at(22, 0))
    answered, made = (each.event for each in story.log if each.seq > story.state.seq - 2)
    assert answered == PromiseAnswered(
        promise=f"{first.id}-1",
        draft=second.id,
        revision=1,
        attested_at=at(21, 14),
        late_seconds=14 * 60,
        kept=False,
    )
    assert made == PromiseMade(
        promise=f"{second.id}-1", draft=second.id, revision=1, due=instant(at(22, 0)), attested_at=at(21, 14)
    )
    assert set(second.receipts) == set(PUBLIC)
