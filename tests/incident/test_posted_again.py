"""A message of the bot that somebody deleted comes back as the log has it, if people still need it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import effects as fx
from ecomms_bot.incident import things
from ecomms_bot.incident.effects import wanted
from ecomms_bot.incident.entry import Task
from ecomms_bot.incident.events import EffectFailed, Event, PostGone
from ecomms_bot.incident.evolve import replay
from ecomms_bot.incident.returning import AGAIN_MAX, comes_back
from ecomms_bot.incident.state import Draft
from ecomms_bot.incident.things import Place
from ecomms_bot.incident.timeline import lines
from tests.incident.stories import COLLEAGUE, COMMUNICATOR, CONVERSATION, IC, PIO, SME, Story, flood

ROOT = things.step_thing("D1")


@pytest.fixture
def story() -> Story:
    return Story().open()


def deleted(story: Story, thing: str) -> tuple[Event, ...]:
    """Somebody deletes the message that shows this thing now."""
    return story.do(c.RecordGone(thing, story.state.posted[thing].ts), "bot")


def to_post(story: Story) -> list[str]:
    """The names of what is to be posted now, in the order of their lanes."""
    posts = [task for task in story.pending.values() if task.kind == fx.POST]
    return [task.key.split("/post/")[1] for task in sorted(posts, key=lambda task: task.due_at)]


def post_of(story: Story, name: str) -> Task:
    return story.pending[f"{story.state.id}/post/{name}"]


def reviewed(story: Story) -> tuple[Draft, str]:
    """A text under review, and its review."""
    draft = story.submit("D1")
    story.work()
    return draft, things.review_thing(draft.id, 1)


# --- what comes back ----------------------------------------------------------------------------------------


def test_a_review_comes_back_with_the_same_text_to_be_decided(story: Story) -> None:
    draft, review = reviewed(story)
    before = story.state.posted[review]
    assert deleted(story, review) == (PostGone(thing=review, conversation=CONVERSATION, ts=before.ts),)
    assert review not in story.state.posted
    assert to_post(story) == [f"{review}@1"]
    assert post_of(story, f"{review}@1").ids == {"thing": review, "step": "D1"}
    story.work()
    assert story.state.posted[review].ts != before.ts
    assert story.state.drafts[draft.id] == draft
    assert story.approve(draft, PIO).status == "approved"


def test_the_card_comes_back_and_is_pinned_again_and_nothing_else_is_posted(story: Story) -> None:
    deleted(story, things.CARD)
    assert to_post(story) == ["card@1"]
    story.finish(post_of(story, "card@1"))
    assert [key for key in story.pending if "/pin" in key] == [f"{story.state.id}/pin/@1"]


def test_approved_texts_come_back_until_they_are_posted_everywhere(story: Story) -> None:
    draft, _ = reviewed(story)
    story.approve(draft, PIO)
    story.work()
    publish = things.publish_thing(draft.id, 1)
    deleted(story, publish)
    assert to_post(story) == [f"{publish}@1"]
    story.work()
    story.mark(draft, "x")
    story.work()
    assert len(deleted(story, publish)) == 1
    assert to_post(story) == [f"{publish}@2"]
    story.work()
    story.mark(draft, *(set(draft.current.texts) - {"x"}))
    story.work()
    deleted(story, publish)
    assert to_post(story) == []


@pytest.mark.parametrize("kind", ["preview", "override", "returned"])
def test_what_has_another_way_on_does_not_come_back(story: Story, kind: str) -> None:
    match kind:
        case "preview":
            story.save("D1")
            kept = story.submission("D1")
            words = (kept.draft, kept.step, kept.kind, kept.values, kept.texts, kept.text_sha256)
            story.do(c.ShowTexts(*words), COMMUNICATOR)
        case "override":
            draft, _ = reviewed(story)
            story.do(c.Override(draft.id, 1, draft.current.text_sha256, "The river rises."), IC)
        case _:
            story.do(c.AskForChanges(reviewed(story)[0].id, 1, "It is Highway 7."), PIO)
    story.work()
    (thing,) = [each for each in story.state.posted if each.startswith(f"{kind}:")]
    assert len(deleted(story, thing)) == 1
    assert to_post(story) == []


# --- a thread -----------------------------------------------------------------------------------------------


def test_with_the_first_message_of_a_step_its_open_review_comes_back_in_a_new_thread(story: Story) -> None:
    draft, review = reviewed(story)
    old = story.state.posted[ROOT].ts
    events = deleted(story, ROOT)
    assert [each.thing for each in events if isinstance(each, PostGone)] == [ROOT, review]
    # one after the other: the thread, then what belongs into it
    root, again = post_of(story, f"{ROOT}@1"), post_of(story, f"{review}@1")
    assert root.lane == again.lane
    assert root.due_at < again.due_at
    story.finish(root)
    new = story.state.posted[ROOT].ts
    assert new != old
    assert things.place_of(story.state, review, "D1") == Place(CONVERSATION, thread=new)
    story.work()
    assert story.approve(draft, PIO).status == "approved"


def test_of_an_approved_text_both_review_and_texts_come_back_of_an_earlier_one_nothing(story: Story) -> None:
    draft, _ = reviewed(story)
    story.do(c.AskForChanges(draft.id, 1, "It is Highway 7."), PIO)
    story.submit("D1", facts={"road": "Highway 7a"})
    story.work()
    story.approve(draft, PIO)
    story.work()
    deleted(story, ROOT)
    assert to_post(story) == [
        f"{ROOT}@1",
        f"{things.review_thing(draft.id, 2)}@1",
        f"{things.publish_thing(draft.id, 2)}@1",
    ]


def test_what_another_thread_shows_stays_as_it_is(story: Story) -> None:
    reviewed(story)
    other = story.submit("D3")
    story.work()
    deleted(story, ROOT)
    assert things.review_thing(other.id, 1) in story.state.posted


def test_what_is_said_in_a_thread_that_is_gone_waits_or_stands_in_the_conversation(story: Story) -> None:
    draft, review = reviewed(story)
    deleted(story, ROOT)
    # given the thread is not back yet when somebody sends the text back
    story.do(c.AskForChanges(draft.id, 1, "It is Highway 7."), PIO)
    returned = things.returned_thing(draft.id, 1)
    assert post_of(story, returned).lane == post_of(story, f"{ROOT}@1").lane
    assert things.place_of(story.state, returned, "D1") == Place(CONVERSATION)
    assert f"{story.state.id}/post/{review}@1" in story.cancelled, "it does not wait for approval any more"
    story.work()
    assert returned in story.state.posted


def test_a_reminder_that_comes_due_while_the_thread_is_gone_is_said(story: Story) -> None:
    reviewed(story)
    deleted(story, ROOT)
    said = story.until(story.reminders()[0].due_at)
    assert any(f"reminder:{key}" in task for key in said for task in story.pending)
    story.work()
    assert all(key in wanted(story.state, story.now) for key in story.keys if "/dm/" in key)


# --- what does not ------------------------------------------------------------------------------------------


def test_what_is_over_stays_away_and_is_not_edited_any_more(story: Story) -> None:
    draft, review = reviewed(story)
    story.mark(story.approve(draft, PIO))
    story.work()
    assert deleted(story, review)
    receipt = things.receipt_thing(draft.id, story.state.drafts[draft.id].marks[-1].seq)
    assert deleted(story, receipt)
    assert to_post(story) == []
    story.do(c.CorrectReceipt(draft.id, 1, "x", "It was not.", None), COMMUNICATOR)
    assert [key for key in story.pending if f"/edit/{receipt}" in key] == []


def test_a_text_that_turns_out_not_to_be_out_shows_its_deleted_texts_again(story: Story) -> None:
    draft = story.approve(reviewed(story)[0], PIO)
    story.work()
    story.mark(draft, *draft.current.texts)
    publish = things.publish_thing(draft.id, 1)
    deleted(story, publish)
    assert f"{publish}@1" not in to_post(story)
    story.work()
    for channel in draft.current.texts:
        story.do(c.CorrectReceipt(draft.id, 1, channel, "It was not.", None), IC)
    assert f"{publish}@1.{len(draft.current.texts)}" in to_post(story)


def test_a_text_that_goes_out_and_turns_out_not_to_be_comes_back_once_whenever_it_was_deleted(
    story: Story,
) -> None:
    draft = story.approve(reviewed(story)[0], PIO)
    story.work()
    publish = things.publish_thing(draft.id, 1)
    # given it was deleted, and before it is back it goes out
    deleted(story, publish)
    story.mark(draft, *draft.current.texts)
    assert f"{story.state.id}/post/{publish}@1" in story.cancelled
    # when that turns out to be wrong
    story.do(c.CorrectReceipt(draft.id, 1, "x", "It was not.", None), IC)
    assert f"{publish}@1.1" in to_post(story)
    story.work()
    story.mark(draft, "x")
    story.do(c.CorrectReceipt(draft.id, 1, "web", "It was not.", None), IC)
    story.work()
    assert len(story.keys) == len(set(story.keys))


def test_after_closing_nothing_comes_back(story: Story) -> None:
    _, review = reviewed(story)
    deleted(story, review)
    story.work()
    story.do(c.CloseIncident("It is over."), PIO)
    assert deleted(story, review) == deleted(story, things.CARD) == ()


def test_what_was_to_come_back_does_not_after_closing(story: Story) -> None:
    _, review = reviewed(story)
    deleted(story, review)
    story.do(c.CloseIncident("It is over."), PIO)
    assert f"{story.state.id}/post/{review}@1" in story.cancelled
    assert not comes_back(story.state, review)


def test_what_was_said_to_leaders_is_not_unsaid_and_a_conversation_is_no_message(story: Story) -> None:
    story.do(c.RecordPosted("brief:d1:1", "C-leaders", "1.5", 0), "bot")
    assert deleted(story, "brief:d1:1") == ()
    assert deleted(story, things.CONVERSATION) == ()


def test_nobody_knows_what_became_of_a_redacted_text(story: Story) -> None:
    draft, review = reviewed(story)
    deleted(story, review)
    about = {each.seq for each in story.log if draft.id in str(each.event)}
    gone = [each.seq for each in story.log if isinstance(each.event, PostGone)]
    log = [
        replace(each, event=None) if each.seq in about and each.seq not in gone else each
        for each in story.log
    ]
    assert not comes_back(replay(story.state.id, log), review)


# --- once ---------------------------------------------------------------------------------------------------


def test_told_twice_it_comes_back_once(story: Story) -> None:
    _, review = reviewed(story)
    old = story.state.posted[review].ts
    assert story.do(c.RecordGone(review, old), "bot")
    assert story.do(c.RecordGone(review, old), "bot") == ()
    story.work()
    # an edit that was on its way to the old message fails after the new one stands
    assert story.do(c.RecordGone(review, old), "bot") == ()
    assert story.keys.count(f"{story.state.id}/post/{review}@1") == 1


def test_a_review_that_was_lost_with_its_thread_comes_back_once(story: Story) -> None:
    _, review = reviewed(story)
    refs = dict(story.state.posted)
    deleted(story, ROOT)
    assert story.do(c.RecordGone(review, refs[review].ts), "bot") == ()
    story.work()
    assert [key for key in story.keys if "/post/review:" in key and "@" in key] == [
        f"{story.state.id}/post/{review}@1"
    ]


# --- bounded ------------------------------------------------------------------------------------------------


def lose(story: Story, thing: str, times: int = AGAIN_MAX) -> None:
    for _ in range(times):
        deleted(story, thing)
        story.work()


PLAIN = {
    "card": "The card of the incident was deleted",
    "step": "The first message of Holding statement was deleted",
    "review": "The review of revision 1 of Holding statement was deleted",
    "publish": "The approved texts of revision 1 of Holding statement were deleted",
}


@pytest.mark.parametrize("kind", PLAIN)
def test_after_three_times_it_stays_away_and_the_holder_is_told(story: Story, kind: str) -> None:
    draft, review = reviewed(story)
    story.approve(draft, PIO)
    story.work()
    thing = {"card": things.CARD, "step": ROOT, "review": review}.get(kind, things.publish_thing(draft.id, 1))
    lose(story, thing)
    assert thing in story.state.posted
    events = deleted(story, thing)
    failures = [each for each in events if isinstance(each, EffectFailed) and each.thing == thing]
    assert [each.problem for each in failures] == [
        f"{PLAIN[kind]} in Slack once more, after 3 times, and will not be posted again."
    ]
    assert to_post(story) == []
    told = [task for task in story.pending.values() if task.kind == fx.DM]
    assert {task.ids["user"] for task in told} == {story.state.holder} == {COMMUNICATOR}
    # and the steps that are still to come are shown
    story.do(c.StartStep("D3"), COLLEAGUE)
    assert things.step_thing("D3") in to_post(story)


def test_what_belongs_into_a_thread_that_stays_away_stands_in_the_conversation(story: Story) -> None:
    lose(story, ROOT, AGAIN_MAX + 1)
    _, review = reviewed(story)
    assert review in story.state.posted
    assert things.place_of(story.state, review, "D1") == Place(CONVERSATION)


# --- the log ------------------------------------------------------------------------------------------------


def test_people_read_of_it_only_if_they_ask_for_all(story: Story) -> None:
    _, review = reviewed(story)
    deleted(story, review)
    told = [str(each.sentence) for each in lines(story.state, story.log, all=True)]
    assert told[-1] == "Deleted in Slack: review"
    assert "Deleted in Slack: review" not in [str(each.sentence) for each in lines(story.state, story.log)]


def test_who_decides_next_is_still_asked_once(story: Story) -> None:
    raw = flood().raw
    in_sequence = {**raw["tiers"], "T2": {**raw["tiers"]["T2"], "order": "sequence"}}
    story = Story().open(playbook={**raw, "tiers": in_sequence})
    update = story.submit("D4", "update")
    story.work()
    story.approve(update, SME)
    story.work()
    asked = [key for key in story.keys if "/post/your-turn:" in key]
    deleted(story, things.step_thing("D4"))
    story.work()
    assert [key for key in story.keys if "/post/your-turn:" in key] == asked
