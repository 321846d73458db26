"""Slack delivers an event again when it saw no answer in time: each is done once."""

from __future__ import annotations

from ecomms_bot.practice.workspace import Envelope
from tests.interaction.meeting import READER, Meeting


def opened(meeting: Meeting) -> Envelope:
    """Somebody looks at their Home tab; the event that this makes."""
    meeting.actor(READER).person.open_home()
    envelope = next(each for each in meeting.on.workspace.envelopes if each.type == "events_api")
    meeting.on.workspace.wait_for(lambda: envelope.outcome)
    return envelope


def test_an_event_is_done_once_though_it_comes_four_times(meeting: Meeting) -> None:
    events, events_before = meeting.on.workspace.events, meeting.on.workspace.events.retry_after
    # given that each acknowledgement is lost on its way, so that Slack tries again three times
    wire, patience = meeting.on.workspace.wire, meeting.on.workspace.wire.ack_timeout
    events.retry_after, wire.ack_timeout = (0.0, 0.0, 0.0), 0.05
    meeting.on.workspace.faults.ack_dropped("events_api", times=4)
    try:
        meeting.actor(READER).person.open_home()
        envelope = next(each for each in meeting.on.workspace.envelopes if each.type == "events_api")
        meeting.on.workspace.wait_for(lambda: len(envelope.acks) == 4)
    finally:
        events.retry_after, wire.ack_timeout = events_before, patience
    # then all four were answered, and the Home was drawn once
    assert envelope.attempt == 3
    assert meeting.called == ["views.publish"]


def test_the_same_event_twice_at_once_is_done_once(meeting: Meeting) -> None:
    meeting.on.workspace.faults.delivered_twice("events_api")
    envelope = opened(meeting)
    meeting.on.workspace.wait_for(lambda: len(envelope.acks) == 2)
    assert meeting.called == ["views.publish"]


def test_another_event_is_another_matter(meeting: Meeting) -> None:
    opened(meeting)
    assert meeting.called == ["views.publish"]
    meeting.actor(READER).person.open_home()
    meeting.on.workspace.wait_for(lambda: not meeting.on.workspace.busy())
    assert meeting.called == ["views.publish"] * 2
