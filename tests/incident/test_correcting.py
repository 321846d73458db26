"""Correcting a receipt: what was said about where and when was wrong; the promises follow from the truth."""

from __future__ import annotations

from copy import copy
from datetime import datetime, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecomms_bot.incident.commands import CloseIncident, Context, CorrectReceipt
from ecomms_bot.incident.events import PromiseWithdrawn, Receipt, ReceiptCorrected
from ecomms_bot.incident.policy import Roster
from ecomms_bot.incident.progress import step_status
from ecomms_bot.incident.rules.receipts import require_receipts
from ecomms_bot.incident.rules.releases import promise_words
from ecomms_bot.incident.state import Draft
from ecomms_bot.incident.wording import Rejected
from tests.incident.stories import COLLEAGUE, COMMUNICATOR, IC, OBSERVER, PIO, SME, Story, at

WHY = "The web editor was late."


@pytest.fixture
def story() -> Story:
    return Story().open()


@pytest.fixture
def statement(story: Story) -> Draft:
    """Out on X and Web since 20:00, marked at 20:10; it promises an update by 21:00."""
    draft = story.approve(story.submit("D1", next_update=at(21, 0)), PIO)
    story.now = at(20, 10)
    return story.mark(draft, "x", "web", posted=at(20, 0))


def update(story: Story, posted: datetime) -> Draft:
    """An update that was posted then on X, and promises the next one by 23:00."""
    draft = story.approve(story.submit("D4", "update", next_update=at(23, 0)), SME, PIO)
    story.now = max(story.now, posted)
    return story.mark(draft, "x", posted=posted)


def correct(
    story: Story,
    draft: Draft,
    channel: str,
    posted: datetime | None,
    *,
    by: str = PIO,
    proof: str = "",
    reason: str = WHY,
) -> Draft:
    """`posted` None: it was not posted there."""
    receipt = Receipt(channel=channel, attested_at=posted, proof=proof) if posted else None
    story.do(CorrectReceipt(draft.id, 1, channel, reason, receipt), by)
    return story.state.drafts[draft.id]


def refused(
    story: Story, draft: Draft, channel: str, posted: datetime | None, *, by: str = PIO, reason: str = WHY
) -> Rejected:
    seq = story.state.seq
    with pytest.raises(Rejected) as no:
        correct(story, draft, channel, posted, by=by, reason=reason)
    assert story.state.seq == seq
    return no.value


def promised(story: Story, draft: Draft) -> str:
    return promise_words(story.state.promises[f"{draft.id}-1"])


# --- What is recorded


def test_the_entry_says_how_it_was_in_truth_who_says_so_and_why(story: Story, statement: Draft) -> None:
    draft = correct(story, statement, "web", at(20, 7), by=COLLEAGUE, proof="https://example.org/1")
    receipt = Receipt(channel="web", attested_at=at(20, 7), proof="https://example.org/1")
    assert story.log[-1].event == ReceiptCorrected(
        draft=statement.id, revision=1, channel="web", person=COLLEAGUE, reason=WHY, receipt=receipt
    )
    assert draft.receipts["web"] == (receipt, COLLEAGUE)
    assert draft.receipts["x"] == statement.receipts["x"]
    assert (draft.status, promised(story, draft)) == ("published", "live")


def test_one_that_was_not_posted_is_taken_off_and_can_be_marked_again(story: Story, statement: Draft) -> None:
    draft = correct(story, statement, "web", None, by=COMMUNICATOR)
    assert set(draft.receipts) == {"x"}
    assert draft.status == "published"
    assert set(story.mark(draft, "web", posted=at(20, 9)).receipts) == {"x", "web"}


def test_nothing_is_written_when_nothing_was_wrong(story: Story, statement: Draft) -> None:
    recorded, _ = statement.receipts["web"]
    assert story.do(CorrectReceipt(statement.id, 1, "web", WHY, recorded), PIO) == ()


def test_the_same_minute_is_the_same_time_as_people_give_minutes(story: Story) -> None:
    # Given a text that was marked at 20:05:40,
    draft = story.approve(story.submit("D1"), PIO)
    story.now = at(20, 5, 40)
    draft = story.mark(draft, "web")
    # when its link alone is mended in a form that shows 20:05, then it still went out at 20:05:40.
    draft = correct(story, draft, "web", at(20, 5), proof="https://example.org/right")
    assert draft.receipts["web"][0] == Receipt(
        channel="web", attested_at=at(20, 5, 40), proof="https://example.org/right"
    )


# --- What is refused


def test_a_correction_says_what_was_wrong(story: Story, statement: Draft) -> None:
    no = refused(story, statement, "web", None, reason=" ")
    assert (no.field, str(no)) == ("reason", "Say what was wrong, so that the log explains itself.")
    no = refused(story, statement, "web", None, reason="x" * 501)
    assert (no.field, str(no)) == (
        "reason",
        "Say what was wrong in up to 500 characters. Nothing was changed.",
    )


@pytest.mark.parametrize(("posted", "code"), [(at(19, 59), "before-approval"), (at(20, 11), "future")])
def test_the_time_is_after_the_approval_and_not_to_come(
    story: Story, statement: Draft, posted: datetime, code: str
) -> None:
    # The minute of the approval, 20:00, counts as after it.
    posted = posted if code == "future" else posted - timedelta(days=1)
    no = refused(story, statement, "web", posted)
    assert (no.code, no.field) == (code, "attested_at")


def test_only_what_is_marked_can_be_corrected(story: Story, statement: Draft) -> None:
    no = refused(story, statement, "sms", None)
    assert no.field == "channel"
    assert str(no) == (
        "This text is not marked as posted on SMS, so there is nothing to correct. Choose another."
    )
    assert refused(story, statement, "pigeon", None).code == "no-receipt"
    waiting = story.submit("D4", "update")
    assert refused(story, waiting, "web", None).code == "no-receipt"
    with pytest.raises(Rejected, match="This text is not marked as published anywhere"):
        story.do(CorrectReceipt(statement.id, 2, "web", WHY, None), PIO)
    with pytest.raises(Rejected, match="not part of"):
        story.do(CorrectReceipt("d0", 1, "web", WHY, None), PIO)


def test_a_receipt_stays_on_its_channel(story: Story, statement: Draft) -> None:
    with pytest.raises(Rejected, match="A correction stays on its channel"):
        story.do(
            CorrectReceipt(statement.id, 1, "web", WHY, Receipt(channel="x", attested_at=at(20, 5))), PIO
        )


def test_only_communicators_and_leads_correct_and_only_while_it_is_open(
    story: Story, statement: Draft
) -> None:
    assert refused(story, statement, "web", None, by=OBSERVER).code == "not-allowed"
    story.do(CloseIncident("Over.", withdraw_reason="The city speaks now."), PIO)
    assert refused(story, statement, "web", None).code == "closed"


def test_a_form_opens_only_where_there_is_something_to_correct(story: Story, statement: Draft) -> None:
    ctx = Context(story.now, story.roster.person(PIO), "form", story.roster)
    assert require_receipts(story.state, statement.id, 1, ctx) == (statement, statement.current)


# --- The promises that others made


def test_the_right_time_gives_the_right_lateness(story: Story, statement: Draft) -> None:
    # Given an update that was recorded for 21:14, too late for the promise of 21:00,
    answer = update(story, at(21, 14))
    assert promised(story, statement) == "late by 14 min"
    # when it turns out that it was posted at 21:04, then the promise was kept after all.
    correct(story, answer, "x", at(21, 4))
    assert promised(story, statement) == "kept, 4 min late"
    # And nothing is written about promises where nothing is new.
    correct(story, answer, "x", at(21, 4), proof="https://example.org/x")
    assert story.types()[-2:] == ["PromiseAnswered", "ReceiptCorrected"]


def test_another_text_answers_where_the_first_turns_out_to_be_later(story: Story, statement: Draft) -> None:
    closure = story.approve(story.submit("D3", next_update=at(23, 30)), SME, PIO, IC)
    story.now = at(21, 20)
    story.mark(closure, "x", posted=at(21, 20))
    answer = update(story, at(21, 25))
    assert story.state.promises[f"{statement.id}-1"].answered_by == closure.id
    story.now = at(21, 40)
    correct(story, closure, "x", at(21, 30))
    assert story.state.promises[f"{statement.id}-1"].answered_by == answer.id
    assert promised(story, statement) == "late by 25 min"


def test_where_nothing_answers_it_any_more_the_update_is_owed_again(story: Story, statement: Draft) -> None:
    # Given a promise of 21:00 that an update of 20:50 kept,
    answer = update(story, at(20, 50))
    assert promised(story, statement) == "kept"
    # when at 21:20 it turns out that this update never went out,
    story.until(at(21, 20))
    correct(story, answer, "x", None)
    # then it is owed again, what the unpublished text promised is withdrawn, and that text waits to go out.
    assert promised(story, statement) == "live"
    assert promised(story, answer) == "withdrawn"
    assert story.types()[-3:] == ["ReceiptCorrected", "PromiseWithdrawn", "PromiseReopened"]
    assert step_status(story.state, "D4") == "approved"


def test_an_update_that_is_owed_again_is_reminded_of_and_overdue_at_once(
    story: Story, statement: Draft
) -> None:
    answer = update(story, at(20, 50))
    story.until(at(21, 20))
    correct(story, answer, "x", None)
    said = story.until(at(21, 20))
    due = [story.state.fired[key].event for key in said if key.startswith("promise/")]
    assert [(each.role, each.late_seconds) for each in due] == [("ic", 0)]
    # Approved and not marked, it is asked for as any other.
    assert any(key.startswith(f"unmarked/{answer.id}/") for key in story.until(at(21, 31)))


def test_one_that_is_owed_again_in_time_has_all_its_reminders_still(story: Story, statement: Draft) -> None:
    answer = update(story, at(20, 20))
    story.now = at(20, 25)
    correct(story, answer, "x", None)
    said = [key for key in story.until(at(21, 10)) if key.startswith(f"promise/{statement.id}-1/")]
    assert [key.split("/")[2] for key in said] == ["T-15", "T-5", "T+0", "T+10"]


# --- The promise that it made itself


def test_the_promise_counts_from_when_the_public_could_read_it(story: Story, statement: Draft) -> None:
    # Given an update of 20:30 that answered the statement of 20:00,
    story.now = at(20, 30)
    update(story, at(20, 30))
    assert promised(story, statement) == "kept"
    # when it turns out that the statement went out at 20:35, the update cannot have answered it.
    story.now = at(20, 40)
    correct(story, statement, "x", at(20, 35))
    assert promised(story, statement) == "kept"
    correct(story, statement, "web", at(20, 35))
    assert promised(story, statement) == "live"
    assert story.state.promises[f"{statement.id}-1"].made_at == at(20, 35)


def test_a_promise_that_was_never_public_is_withdrawn(story: Story, statement: Draft) -> None:
    draft = correct(story, statement, "x", None)
    assert promised(story, statement) == "live"
    draft = correct(story, statement, "web", None)
    assert story.log[-1].event == PromiseWithdrawn(promise=f"{statement.id}-1", person=PIO, reason=WHY)
    assert (draft.status, draft.receipts) == ("approved", {})
    assert story.state.live_promises == ()
    # Posted at last and marked, it promises once more.
    story.mark(draft, "web")
    assert promised(story, statement) == "live"
    assert [key.split("/")[2] for key in story.until(at(21, 0))] == ["T-15", "T-5", "T+0"]


def test_which_takes_pio_or_ic(story: Story, statement: Draft) -> None:
    correct(story, statement, "x", None, by=COMMUNICATOR)
    no = refused(story, statement, "web", None, by=COMMUNICATOR)
    assert no.code == "not-allowed"
    assert str(no) == (
        "This text promised an update by 14 Nov 2021 21:00 PST. If it was never public, the promise goes "
        "too, and only pio or ic may take a promise back. Ask U-pio, U-pio2, U-both. Nothing was changed."
    )
    story.roster = Roster({"communicator": (COMMUNICATOR,)})
    no = refused(story, statement, "web", None, by=COMMUNICATOR)
    assert str(no).endswith("take a promise back. Nobody holds these roles now. Nothing was changed.")


def test_a_text_without_promise_can_be_taken_off_by_anybody_who_marks(story: Story) -> None:
    facts = {"next_update_at": None, "no_promise_reason": "the road is open"}
    draft = story.publish("D4", "final", facts=facts)
    for channel in ("x", "web", "sms"):
        draft = correct(story, draft, channel, None, by=COMMUNICATOR)
    assert draft.status == "approved"
    assert "PromiseWithdrawn" not in story.types()


def test_an_internal_receipt_says_nothing_of_promises(story: Story, statement: Draft) -> None:
    story.mark(statement, "internal")
    draft = correct(story, statement, "internal", None, by=COMMUNICATOR)
    assert (draft.status, promised(story, draft)) == ("published", "live")


def test_a_withdrawn_promise_stays_withdrawn(story: Story, statement: Draft) -> None:
    # Given a statement whose promise went with its receipts, and another text that was posted later,
    draft = correct(story, correct(story, statement, "x", None), "web", None)
    answer = update(story, at(20, 30))
    correct(story, answer, "x", at(20, 20))
    assert promised(story, draft) == "withdrawn"


# --- However it came about


MINUTES = st.integers(0, 180)
PLACES = [("D1", "x"), ("D1", "web"), ("D4", "x"), ("D4", "web"), ("D3", "x"), ("D3", "web")]
receipts = st.fixed_dictionaries(dict.fromkeys(PLACES, MINUTES))


@cache
def three_texts() -> Story:
    """Three texts approved at 20:00, with promises for 21:00, 22:00 and 22:30; at 23:00 nothing is marked."""
    story = Story().open()
    story.approve(story.submit("D1", next_update=at(21, 0)), PIO)
    story.approve(story.submit("D4", "update", next_update=at(22, 0)), SME, PIO)
    story.approve(story.submit("D3", next_update=at(22, 30)), SME, PIO, IC)
    story.now = at(23, 0)
    return story


def posted(minutes: dict[tuple[str, str], int]) -> Story:
    """All of them marked, each channel at its minute after 20:00."""
    story = copy(three_texts())
    story.log, story.pending = list(story.log), dict(story.pending)
    story.keys, story.cancelled = list(story.keys), list(story.cancelled)
    for (step, channel), minute in minutes.items():
        story.mark(drafts(story)[step], channel, posted=at(20, 0) + timedelta(minutes=minute), late=True)
    return story


def drafts(story: Story) -> dict[str, Draft]:
    return {draft.step: draft for draft in story.state.drafts.values()}


def change(story: Story, place: tuple[str, str], minute: int | None) -> None:
    step, channel = place
    draft = drafts(story)[step]
    if channel in draft.receipts:
        correct(story, draft, channel, None if minute is None else at(20, 0) + timedelta(minutes=minute))


def promises(story: Story) -> dict[str, tuple[object, ...]]:
    return {
        each.id: ("withdrawn",)
        if each.status == "withdrawn"
        else (each.status, each.late_seconds, each.answered_by)
        for each in story.state.promises.values()
    }


@pytest.mark.chance
@settings(max_examples=40)
@given(receipts, receipts, st.permutations(PLACES), st.permutations(PLACES), st.sets(st.sampled_from(PLACES)))
def test_the_same_receipts_give_the_same_promises_whatever_the_way(
    before: dict[tuple[str, str], int],
    after: dict[tuple[str, str], int],
    one_way: list[tuple[str, str]],
    other_way: list[tuple[str, str]],
    not_posted: set[tuple[str, str]],
) -> None:
    ends = {place: None if place in not_posted else minute for place, minute in after.items()}
    first, second = posted(before), posted(before)
    for place in one_way:
        change(first, place, ends[place])
    for place in other_way:
        change(second, place, before[other_way[0]])  # a detour
        change(second, place, ends[place])
    assert promises(first) == promises(second)
    assert {draft.status for draft in drafts(first).values()} <= {"published", "approved"}


@pytest.mark.chance
@settings(max_examples=40)
@given(receipts, st.lists(st.tuples(st.sampled_from(PLACES), MINUTES), min_size=1, max_size=3))
def test_corrections_taken_back_leave_the_promises_as_they_were(
    minutes: dict[tuple[str, str], int], changes: list[tuple[tuple[str, str], int]]
) -> None:
    story = posted(minutes)
    before = promises(story)
    for place, minute in changes:
        change(story, place, minute)
    for place, _ in reversed(changes):
        change(story, place, minutes[place])
    assert promises(story) == before


@pytest.mark.chance
@settings(max_examples=40)
@given(receipts, receipts)
def test_marked_late_or_corrected_later_is_the_same(
    wrong: dict[tuple[str, str], int], right: dict[tuple[str, str], int]
) -> None:
    corrected, marked = posted(wrong), posted(right)
    for place in PLACES:
        change(corrected, place, right[place])
    assert promises(corrected) == promises(marked)
