"""An administrator deletes what the bot showed: what people need stands there again, word for word."""

from __future__ import annotations

from typing import Any

import pytest

from ecomms_bot.practice.workspace import Message
from tests.scenario.acting import Case
from tests.scenario.test_slack_trouble import all_once, told

AGAIN = "Posted again: the message that stood here before was deleted."


def delete(case: Case, message: Message) -> None:
    """As an administrator, and wait until the bot has heard of it and done what follows."""
    case.on.workspace.delete_message(case.conversation, message.ts)
    case.on.heard()


def texts(message: Message) -> list[Any]:
    """The texts of a message, and the fingerprint below them, as Slack keeps them."""
    kept = [block["elements"] for block in message.blocks if block["type"] == "rich_text"]
    (print_,) = {word for word in message.plain().split() if word.count("-") == 1 and len(word) == 9}
    return [kept, print_]


def thread_of(message: Message) -> str | None:
    return message.thread_ts


# --- the bad luck of the issue ------------------------------------------------------------------------------


def test_a_review_thread_deleted_by_an_administrator_is_posted_again_and_decided_there(case: Case) -> None:
    review, root = case.sends("mara"), case.last("step")
    # when an administrator deletes the thread: its first message, and the review in it
    delete(case, root)
    delete(case, review)
    # then both stand there once more, the review in the new thread
    (again,) = case.messages("review")
    new = case.last("step")
    assert (new.ts != root.ts, again.ts != review.ts, thread_of(again)) == (True, True, new.ts)
    assert AGAIN in new.plain()
    assert AGAIN in again.plain()
    # with exactly the same texts
    assert texts(again) == texts(review)
    assert again.buttons == review.buttons
    # and it is approved there, and posted from there
    assert case.clicks("pia", again, "Approve").ok
    assert case.draft().status == "approved"
    assert thread_of(case.last("publish")) == new.ts
    assert case.marks("mara").answer.closed
    assert "Approved by @Pia Sohal" in case.last("review").plain()
    all_once(case)


def test_in_the_other_order_it_comes_to_the_same(case: Case) -> None:
    review, root = case.sends("mara"), case.last("step")
    delete(case, review)
    delete(case, root)
    new = case.last("step")
    again = [each for each in case.messages("review") if thread_of(each) == new.ts]
    assert [texts(each) for each in again] == [texts(review)]
    assert case.clicks("pia", again[0], "Approve").ok
    assert case.draft().status == "approved"
    all_once(case)


@pytest.mark.parametrize("kind", ["card", "step", "review", "publish"])
def test_each_message_that_people_need_comes_back_once(case: Case, kind: str) -> None:
    case.sends("mara")
    if kind == "publish":
        case.approves("pia")
    before = case.last(kind)
    delete(case, before)
    (after,) = case.messages(kind)
    assert after.ts != before.ts
    assert AGAIN in after.plain()
    assert after.buttons == before.buttons
    assert case.messages("trouble") == []
    # when it is brought up to date it still says so
    if kind == "publish":
        case.marks("mara", channels=["x"])
    else:
        case.approves("pia")
    case.on.settle()
    assert AGAIN in case.last(kind).plain()


def test_the_card_is_pinned_again(case: Case) -> None:
    delete(case, case.last("card"))
    assert list(case.conversation.pins) == [case.last("card").ts]


def test_what_nobody_needs_stays_away_without_a_word(case: Case) -> None:
    case.publishes()
    receipt = case.last("receipt")
    delete(case, receipt)
    delete(case, case.last("review"))
    assert case.messages("receipt") == case.messages("review") == case.messages("trouble") == []
    # and what would have changed it fails no more
    case.clicks("mara", receipt, "Correct receipt…")
    case.actor("mara").leaves()
    assert case.closes("pia", withdraw_reason="It is over.").answer.closed
    assert case.messages("trouble") == []
    all_once(case)


def test_the_fourth_time_the_holder_is_told(case: Case) -> None:
    case.sends("mara")
    for _ in range(4):
        delete(case, case.last("review"))
    assert case.messages("review") == []
    words = told(case, "mara")
    assert "The review of revision 1 of Holding statement was deleted in Slack once more" in words
    assert "change a word and submit it once more" in words
    # and that way on works
    case.sends("mara", road="Highway 7A")
    assert case.approves("pia").ok


# --- however Slack tells of it ------------------------------------------------------------------------------


def test_an_event_that_arrives_twice_posts_it_once(case: Case) -> None:
    case.sends("mara")
    case.on.workspace.faults.delivered_twice("events_api")
    delete(case, case.last("review"))
    assert len(case.messages("review")) == 1
    all_once(case)


def silent(case: Case, message: Message) -> None:
    """An administrator deletes it, and Slack does not tell the bot."""
    subscribed, case.on.workspace.events.subscribed = case.on.workspace.events.subscribed, set()
    case.on.workspace.delete_message(case.conversation, message.ts)
    case.on.workspace.events.subscribed = subscribed


@pytest.mark.parametrize("kind", ["card", "step", "review"])
def test_when_slack_does_not_tell_the_next_change_finds_it(case: Case, kind: str) -> None:
    """As with `discussion: false`, or when the bot was not there."""
    review = case.sends("mara")
    gone = case.last(kind)
    silent(case, gone)
    case.clicks("pia", review, "Approve")
    case.on.settle()
    (again,) = case.messages(kind)
    assert again.ts != gone.ts
    assert AGAIN in again.plain()
    assert case.messages("trouble") == []


def test_the_event_and_an_edit_that_fails_together_post_it_once(case: Case) -> None:
    case.sends("mara")
    review = case.last("review")
    # given an edit of the review is on its way to Slack when it is deleted
    held = case.on.workspace.faults.hold("chat.update")
    held.matching = lambda args: args.get("ts") == review.ts
    assert case.actor("pia").person.click(review, "Approve").ok
    held.wait_reached()
    case.on.workspace.delete_message(case.conversation, review.ts)
    case.on.workspace.wait_for(lambda: case.entries("PostGone"))
    held.release()
    case.on.settle()
    assert len(case.messages("review")) == 1
    assert len(case.entries("PostGone")) == 1
    all_once(case)


def test_a_text_that_is_sent_into_a_thread_that_is_gone_waits_for_the_new_one(case: Case) -> None:
    # given somebody deleted the step's message while Mara wrote, and Slack did not tell
    case.writes("mara")
    silent(case, case.last("step"))
    assert case.submits("mara").answer.closed
    # then the review stands in a new thread
    (review,) = case.messages("review")
    assert thread_of(review) == case.last("step").ts
    assert case.clicks("pia", review, "Approve").ok
    assert case.draft().status == "approved"
