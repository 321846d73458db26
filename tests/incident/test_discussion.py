"""What people write in the thread of a text under review is kept, as it was; nothing else is."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import things
from ecomms_bot.incident.effects import effects
from ecomms_bot.incident.events import DiscussionAdded, DiscussionChanged, DiscussionDeleted, Event
from ecomms_bot.incident.evolve import replay
from ecomms_bot.incident.rules.discussing import TEXT_MAX
from ecomms_bot.incident.state import Draft
from ecomms_bot.incident.timeline import lines
from tests.incident.stories import COLLEAGUE, COMMUNICATOR, GUEST, IC, PIO, SME, STRANGER, Story

WORDS = "It is closed from Agassiz, not from Hope."
_ts = (f"1636950000.{number:06}" for number in count(1))


@pytest.fixture
def story() -> Story:
    return Story().open()


def root(story: Story, step: str = "D1") -> str:
    return story.state.posted[things.step_thing(step)].ts


def reply(
    story: Story, text: str = WORDS, by: str = IC, *, thread: str = "", ts: str = ""
) -> tuple[Event, ...]:
    """Somebody writes in the thread of D1, unless it is said where."""
    return story.do(c.AddDiscussion(thread or root(story), ts or next(_ts), text), by)


def kept(story: Story, text: str = WORDS, by: str = IC, **where: str) -> DiscussionAdded:
    (event,) = reply(story, text, by, **where)
    assert isinstance(event, DiscussionAdded)
    return event


def said(story: Story) -> list[str]:
    """The timeline's lines about what people wrote."""
    told = [str(each.sentence) for each in lines(story.state, story.log)]
    return [each for each in told if "in the thread of" in each]


# --- what is kept -------------------------------------------------------------------------------------------


def test_a_reply_belongs_to_the_text_under_review_in_its_thread(story: Story) -> None:
    draft = story.submit("D1")
    story.work()
    event = kept(story, f"  {WORDS}\n", ts="1636950000.000100")
    assert event == DiscussionAdded(draft=draft.id, revision=1, person=IC, text=WORDS, ts="1636950000.000100")
    assert said(story) == [f"{IC} wrote in the thread of revision 1 of Holding statement: {WORDS}"]


def test_after_a_new_revision_it_belongs_to_that_one(story: Story) -> None:
    draft = story.submit("D1")
    story.work()
    story.do(c.AskForChanges(draft.id, 1, "It is Highway 7."), PIO)
    assert kept(story).revision == 1
    story.submit("D1", facts={"road": "Highway 1"})
    assert kept(story).revision == 2


@pytest.mark.parametrize("by", [PIO, SME, COLLEAGUE, GUEST, STRANGER])
def test_everybodys_words_are_kept_as_they_are_said_in_the_thread(story: Story, by: str) -> None:
    story.submit("D1")
    story.work()
    assert kept(story, by=by).person == by


def test_between_approval_and_publication_people_still_discuss_it(story: Story) -> None:
    draft = story.submit("D1")
    story.work()
    story.approve(draft, PIO)
    assert kept(story).revision == 1


def test_marking_it_inside_only_does_not_end_the_review(story: Story) -> None:
    draft = story.approve(story.submit("D1"), PIO)
    story.work()
    story.mark(draft, "internal")
    kept(story)
    story.mark(draft, "x")
    assert reply(story) == ()


def test_after_a_text_of_the_step_was_withdrawn_it_is_about_the_next_one(story: Story) -> None:
    first = story.submit("D1")
    story.work()
    story.do(c.WithdrawDraft(first.id, ""), COMMUNICATOR)
    second = story.submit("D1", facts={"road": "Highway 1"})
    assert kept(story).draft == second.id != first.id


def test_a_reply_in_the_thread_of_a_message_that_was_deleted_is_about_the_same_text(story: Story) -> None:
    story.submit("D1")
    story.work()
    before = root(story)
    story.do(c.RecordGone(things.step_thing("D1"), before), "bot")
    kept(story, thread=before)
    story.work()
    assert root(story) != before
    kept(story, thread=before)
    kept(story)


def test_below_a_review_that_stands_in_the_conversation_people_discuss_it_too(story: Story) -> None:
    draft = story.submit("D1")
    story.work()
    kept(story, thread=story.state.posted[things.review_thing(draft.id, 1)].ts)


# --- what is not kept ---------------------------------------------------------------------------------------


def test_before_anything_is_submitted_people_write_among_themselves(story: Story) -> None:
    assert reply(story) == ()
    story.save("D1")
    assert reply(story) == ()


@pytest.mark.parametrize("ending", ["published", "declined", "withdrawn"])
def test_once_it_is_out_or_ended_nothing_more_is_kept(story: Story, ending: str) -> None:
    draft = story.submit("D1")
    story.work()
    match ending:
        case "published":
            story.mark(story.approve(draft, PIO))
        case "declined":
            story.do(c.Decline(draft.id, 1, "No."), PIO)
        case _:
            story.do(c.WithdrawDraft(draft.id, ""), draft.authors[0])
    assert story.state.drafts[draft.id].status == ending
    assert reply(story) == ()


def test_other_threads_and_other_conversations_are_none_of_its_business(story: Story) -> None:
    story.submit("D1")
    story.work()
    card = story.state.posted[things.CARD].ts
    assert [reply(story, thread=each) for each in (card, "1636900000.000001")] == [(), ()]
    assert reply(story, "   \n") == ()


def test_after_closing_nothing_is_kept(story: Story) -> None:
    story.submit("D1")
    story.work()
    said_before = kept(story)
    story.do(c.CloseIncident("It is over."), PIO)
    assert reply(story) == ()
    assert story.do(c.ChangeDiscussion(said_before.ts, "Something else."), IC) == ()
    assert story.do(c.DeleteDiscussion(said_before.ts), "bot") == ()


def test_one_message_is_kept_once_however_slack_tells_of_it(story: Story) -> None:
    """A reply that is also sent to the conversation may be told of twice, as two events."""
    story.submit("D1")
    story.work()
    event = kept(story)
    assert reply(story, ts=event.ts) == ()


# --- how much of it -----------------------------------------------------------------------------------------


def test_a_long_reply_is_cut_and_says_how_much_is_missing(story: Story) -> None:
    story.submit("D1")
    story.work()
    assert kept(story, "x" * TEXT_MAX).left_out == 0
    event = kept(story, "x" * 40_000)
    assert (event.text, event.left_out) == ("x" * TEXT_MAX, 36_000)
    assert said(story)[-1].endswith("xxx … (36,000 characters more in Slack)")


def test_half_a_character_that_no_file_can_hold_does_not_lose_the_reply(story: Story) -> None:
    story.submit("D1")
    story.work()
    assert kept(story, "The bridge \ud83c holds.").text == "The bridge \ufffd holds."


# --- edits and deletions ------------------------------------------------------------------------------------


def discussed(story: Story) -> tuple[Draft, str]:
    draft = story.submit("D1")
    story.work()
    return draft, kept(story).ts


def test_an_edit_stands_beside_what_was_said_before(story: Story) -> None:
    draft, ts = discussed(story)
    assert story.do(c.ChangeDiscussion(ts, "From Hope."), IC) == (
        DiscussionChanged(draft=draft.id, revision=1, person=IC, text="From Hope.", ts=ts),
    )
    assert said(story) == [
        f"{IC} wrote in the thread of revision 1 of Holding statement: {WORDS}",
        f"{IC} changed what they wrote in the thread of revision 1 of Holding statement: From Hope.",
    ]


def test_a_change_that_changes_no_word_is_none(story: Story) -> None:
    """Slack tells of one when it shows what stands behind a link."""
    _, ts = discussed(story)
    assert story.do(c.ChangeDiscussion(ts, f"{WORDS} "), IC) == ()
    assert story.do(c.ChangeDiscussion("1636900000.000001", "Never kept."), IC) == ()


def test_what_is_deleted_in_slack_stays_in_the_log_which_says_so_once(story: Story) -> None:
    draft, ts = discussed(story)
    assert story.do(c.DeleteDiscussion(ts), "bot") == (
        DiscussionDeleted(draft=draft.id, revision=1, person=IC, ts=ts),
    )
    assert said(story) == [
        f"{IC} wrote in the thread of revision 1 of Holding statement: {WORDS}",
        (
            f"What {IC} wrote in the thread of revision 1 of Holding statement was deleted in Slack; "
            "this log keeps it"
        ),
    ]
    assert story.do(c.DeleteDiscussion(ts), "bot") == ()
    assert story.do(c.ChangeDiscussion(ts, "After all."), IC) == ()
    assert story.do(c.DeleteDiscussion("1636900000.000001"), "bot") == ()


def test_once_it_is_out_what_was_said_can_still_be_changed_and_deleted(story: Story) -> None:
    draft, ts = discussed(story)
    story.mark(story.approve(draft, PIO))
    assert len(story.do(c.ChangeDiscussion(ts, "From Hope."), IC)) == 1
    assert len(story.do(c.DeleteDiscussion(ts), "bot")) == 1


# --- what follows from it: nothing --------------------------------------------------------------------------


def test_nothing_in_slack_changes_with_it(story: Story) -> None:
    _, ts = discussed(story)
    before = story.state
    waiting = dict(story.pending)
    reply(story, "Agreed.", PIO)
    story.do(c.ChangeDiscussion(ts, "From Hope."), IC)
    story.do(c.DeleteDiscussion(ts), "bot")
    assert story.pending == waiting
    assert effects(before, story.state, story.log[-3:]).add == ()
    assert story.state.changed_seq == before.changed_seq


def test_a_message_that_was_on_its_way_meanwhile_is_not_changed_for_it(story: Story) -> None:
    draft = story.submit("D1")
    (post,) = [task for task in story.pending.values() if task.ids.get("thing", "").startswith("review:")]
    seen = story.state.seq
    reply(story)
    story.do(c.RecordPosted(post.ids["thing"], "C-flood", "9.0", seen), "bot")
    assert [each for each in story.pending if f"/edit/review:{draft.id}" in each] == []


# --- redacted -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("redacted", "left"),
    [
        ("DiscussionAdded", ["changed what they wrote", "was deleted in Slack"]),
        ("DiscussionChanged", ["wrote in the thread", "was deleted in Slack"]),
        ("DiscussionDeleted", ["wrote in the thread", "changed what they wrote"]),
    ],
)
def test_each_of_the_three_can_be_redacted(story: Story, redacted: str, left: list[str]) -> None:
    _, ts = discussed(story)
    story.do(c.ChangeDiscussion(ts, "From Hope."), IC)
    story.do(c.DeleteDiscussion(ts), "bot")
    log = [replace(each, event=None) if each.type == redacted else each for each in story.log]
    state = replay(story.state.id, log)
    told = [str(each.sentence) for each in lines(state, log) if "in the thread of" in str(each.sentence)]
    assert [words in each for words, each in zip(left, told, strict=True)] == [True, True]


def test_a_reply_whose_words_were_redacted_may_still_be_told_to_be_deleted(story: Story) -> None:
    _, ts = discussed(story)
    story.do(c.DeleteDiscussion(ts), "bot")
    log = [replace(each, event=None) if each.type == "DiscussionAdded" else each for each in story.log]
    assert replay(story.state.id, log).discussion == {}


def test_words_about_a_redacted_text_can_still_be_read(story: Story) -> None:
    discussed(story)
    log = [replace(each, event=None) if each.type == "RevisionSubmitted" else each for each in story.log]
    state = replay(story.state.id, log)
    told = [str(each.sentence) for each in lines(state, log)]
    assert f"{IC} wrote in the thread of revision 1 of a redacted text: {WORDS}" in told
