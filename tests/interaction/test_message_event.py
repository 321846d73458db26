"""The event `message`: kept if it is a reply to a text under review, acknowledged and forgotten if not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy.event import listen, remove

from ecomms_bot.incident.commands import AddDiscussion
from ecomms_bot.incident.entry import IncidentRow
from ecomms_bot.incident.policy import Person
from ecomms_bot.practice.workspace import Envelope, Message
from ecomms_bot.service.handler import Request
from ecomms_bot.slack.threads import heard
from ecomms_bot.store.deadline import Deadline
from ecomms_bot.store.faults import DatabaseBusy
from tests.interaction.meeting import Meeting
from tests.scenario.acting import Case

WORDS = "It is closed from Agassiz, not from Hope."


def last_event(meeting: Meeting) -> Envelope:
    meeting.on.heard()
    return next(each for each in reversed(meeting.on.workspace.envelopes) if each.type == "events_api")


def event(meeting: Meeting) -> dict[str, Any]:
    """What the last event said."""
    told: dict[str, Any] = last_event(meeting).payload["event"]
    return told


def says(case: Case, words: str = WORDS, **more: Any) -> Message:
    """Irene writes in the thread of a text under review."""
    said = case.actor("irene").person.say(case.conversation, words, case.last("step"), **more)
    case.on.heard()
    return said


def under_review(meeting: Meeting) -> Case:
    case = meeting.case()
    case.sends("mara")
    meeting.on.heard()
    meeting.on.workspace.calls.clear()
    return case


def test_a_reply_to_a_text_under_review_is_kept_and_acknowledged_without_a_call(meeting: Meeting) -> None:
    case = under_review(meeting)
    says(case)
    assert event(meeting)["thread_ts"] == case.last("step").ts
    assert [ack.payload for ack in last_event(meeting).acks] == [None]
    (entry,) = case.entries("DiscussionAdded")
    assert (entry.actor, entry.command_id) == (
        case.actor("irene").id,
        last_event(meeting).payload["event_id"],
    )
    assert meeting.called == []


def test_the_same_event_again_is_kept_once_even_by_another_replica(meeting: Meeting) -> None:
    case = under_review(meeting)
    meeting.on.workspace.faults.delivered_twice("events_api")
    said = says(case)
    assert len(case.entries("DiscussionAdded")) == 1
    # a replica that has not seen the event finds it in the log
    event_id = last_event(meeting).payload["event_id"]
    command = AddDiscussion(case.last("step").ts, "1636950000.000001", "The same event.")
    outcome = meeting.on.bot.handler.handle(Request(case.id, command, event_id, Person(said.user)))
    assert outcome.duplicate
    assert len(case.entries("DiscussionAdded")) == 1


def test_an_edit_and_a_deletion_are_events_of_their_own(meeting: Meeting) -> None:
    case = under_review(meeting)
    said, irene = says(case), case.actor("irene").person
    irene.edit(said, "From Hope.")
    assert (event(meeting)["subtype"], event(meeting)["message"]["text"]) == ("message_changed", "From Hope.")
    irene.delete(irene.latest(said))
    assert (event(meeting)["subtype"], event(meeting)["deleted_ts"]) == ("message_deleted", said.ts)
    assert [each.type for each in case.entries()[-2:]] == ["DiscussionChanged", "DiscussionDeleted"]
    assert [each.actor for each in case.entries()[-2:]] == [irene.id, "bot"]
    assert meeting.called == []


def test_what_the_bot_shows_itself_is_no_discussion(meeting: Meeting) -> None:
    """At Slack an app is told of its own messages and edits too."""
    events = meeting.on.workspace.events
    events.echoes = True
    try:
        case = under_review(meeting)
        case.approves("pia")
        meeting.on.heard()
    finally:
        events.echoes = False
    told = [each.payload["event"] for each in meeting.on.workspace.envelopes if each.type == "events_api"]
    own = [each for each in told if each.get("bot_id") or each.get("message", {}).get("bot_id")]
    assert {each.get("subtype") for each in own} >= {None, "message_changed"}
    assert case.entries("DiscussionAdded", "DiscussionChanged", "PostGone") == []


def test_nor_is_what_another_app_says(meeting: Meeting) -> None:
    case = under_review(meeting)
    root = case.last("step").ts
    said = {"type": "message", "ts": "1636950000.000100", "thread_ts": root, "text": "Build passed."}
    for more in ({"user": "U0APP", "bot_id": "B0APP"}, {"subtype": "bot_message", "bot_id": "B0APP"}):
        meeting.on.workspace.events.tell(case.conversation, {**said, **more})
        meeting.on.heard()
    assert case.entries("DiscussionAdded") == []


def test_a_deleted_message_of_the_bot_is_posted_again(meeting: Meeting) -> None:
    case = under_review(meeting)
    review = case.last("review")
    meeting.on.workspace.delete_message(case.conversation, review.ts)
    meeting.on.heard()
    assert event(meeting)["subtype"] == "message_deleted"
    assert "chat.postMessage" in meeting.called
    assert case.last("review").ts != review.ts


def test_the_first_message_of_a_thread_turns_into_slacks_notice(meeting: Meeting) -> None:
    case = under_review(meeting)
    root = case.last("step")
    meeting.on.workspace.delete_message(case.conversation, root.ts)
    meeting.on.heard()
    assert event(meeting)["subtype"] == "message_changed"
    assert event(meeting)["message"]["subtype"] == "tombstone"
    assert case.last("step").ts != root.ts


def test_slack_need_not_say_what_was_deleted(meeting: Meeting) -> None:
    """Its documentation shows the event without the message that was there before."""
    case = under_review(meeting)
    review = case.last("review")
    told = {"type": "message", "subtype": "message_deleted", "hidden": True, "deleted_ts": review.ts}
    meeting.on.workspace.events.tell(case.conversation, {**told, "ts": "1636950000.000100"})
    meeting.on.heard()
    assert len(case.entries("PostGone")) == 1


def test_a_busy_conversation_costs_no_look_into_any_log(
    meeting: Meeting, caplog: pytest.LogCaptureFixture
) -> None:
    case = under_review(meeting)
    theo, here = case.actor("theo").person, case.conversation
    theo.invite_app("ops-desk")
    first = theo.say("ops-desk", "Lunch?")
    meeting.on.heard()
    caplog.clear()
    with statements(meeting) as read:
        # given chatter in another conversation, its threads among it, and in the incident's own
        for number in range(30):
            theo.say("ops-desk", f"{number} o'clock?")
            theo.say("ops-desk", "Yes.", first)
            theo.say(here, "The bridge holds.")
        theo.delete(theo.say("ops-desk", "Never mind."))
        meeting.on.heard()
    told = [each for each in meeting.on.workspace.envelopes if each.type == "events_api"][-92:]
    assert all(each.payload["event"]["type"] == "message" and each.acks for each in told)
    assert [each for each in read if "FROM events" in each] == []
    assert meeting.called == []
    assert caplog.records == []
    theo.remove_app("ops-desk")


@contextmanager
def statements(meeting: Meeting) -> Iterator[list[str]]:
    """What is asked of the database meanwhile."""
    seen: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(" ".join(statement.split()))

    with meeting.on.bot.db.read() as conn:
        engine = conn.engine
    listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        remove(engine, "before_cursor_execute", note)


def test_while_the_database_is_away_slack_is_asked_to_tell_again(meeting: Meeting) -> None:
    case = under_review(meeting)
    events, before = meeting.on.workspace.events, meeting.on.workspace.events.retry_after
    events.retry_after = (0.0, 0.0, 0.0)
    row, failing = meeting.on.bot.records.in_conversation, iter([DatabaseBusy()])

    def once_away(conversation: str, deadline: Deadline | None = None) -> IncidentRow | None:
        for error in failing:
            raise error
        return row(conversation, deadline)

    meeting.on.bot.records.in_conversation = once_away  # type: ignore[method-assign]
    try:
        case.actor("irene").person.say(case.conversation, WORDS, case.last("step"))
        meeting.on.workspace.wait_for(lambda: case.entries("DiscussionAdded"))
    finally:
        del meeting.on.bot.records.in_conversation  # the class has it
        events.retry_after = before
    assert last_event(meeting).attempt == 1


@pytest.mark.parametrize(
    "told",
    [
        {"ts": "5.0", "user": "U1", "text": "no thread"},
        {"ts": "5.0", "thread_ts": "5.0", "user": "U1", "text": "what began the thread"},
        {"ts": "5.0", "thread_ts": "1.0", "user": "U1", "subtype": "channel_join", "text": "joined"},
        {"ts": "5.0", "thread_ts": "1.0", "subtype": "bot_message", "text": "an app"},
        {"ts": "5.0", "thread_ts": "1.0", "text": "nobody"},
        {"subtype": "message_changed", "ts": "5.0"},
        {"subtype": "message_changed", "message": {"ts": "5.0", "user": "U1", "text": "no reply"}},
        {"subtype": "message_deleted", "ts": "6.0"},
        {"subtype": "message_deleted", "deleted_ts": "5.0", "previous_message": {"ts": "5.0", "user": "U1"}},
        {
            "subtype": "message_changed",
            "message": {"ts": "5.0", "subtype": "tombstone", "thread_ts": "5.0", "user": "USLACKBOT"},
            "previous_message": {"ts": "5.0", "thread_ts": "5.0", "user": "U1"},
        },
        {"subtype": "message_replied", "message": {"ts": "5.0", "thread_ts": "5.0"}, "ts": "6.0"},
        {},
    ],
    ids=str,
)
def test_most_of_what_slack_tells_is_put_aside_at_once(told: dict[str, Any]) -> None:
    assert heard({"type": "message", "channel": "C1", **told}) is None


def test_a_message_without_words_is_kept_as_one() -> None:
    said = heard({"channel": "C1", "ts": "5.0", "thread_ts": "1.0", "user": "U1", "text": "", "blocks": [{}]})
    assert said is not None
    assert said.command == AddDiscussion("1.0", "5.0", "(nothing that can be read as words)")
