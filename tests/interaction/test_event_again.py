"""Slack delivers an event again when it saw no answer in time: each is done once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from ecomms_bot.practice.workspace import Envelope
from ecomms_bot.slack.connection import Repeats
from tests.interaction.meeting import READER, Meeting

WAIT_S = 20.0


def deliveries(monkeypatch: pytest.MonkeyPatch) -> threading.Semaphore:
    """One more for each delivery of which it is known whether it is the first."""
    known, first = threading.Semaphore(0), Repeats.first

    def count(repeats: Repeats, event_id: str) -> bool:
        new = first(repeats, event_id)
        known.release()
        return new

    monkeypatch.setattr(Repeats, "first", count)
    return known


def opened(meeting: Meeting) -> Envelope:
    """Somebody looks at their Home tab; the event that this makes."""
    meeting.actor(READER).person.open_home()
    envelope = next(each for each in meeting.on.workspace.envelopes if each.type == "events_api")
    meeting.on.workspace.wait_for(lambda: envelope.outcome)
    return envelope


@contextmanager
def slack_hurries(meeting: Meeting, patience: float) -> Iterator[None]:
    """Slack waits so long for an answer, and tries again at once."""
    events, wire = meeting.on.workspace.events, meeting.on.workspace.wire
    before = events.retry_after, wire.ack_timeout
    events.retry_after, wire.ack_timeout = (0.0, 0.0, 0.0), patience
    try:
        yield
    finally:
        events.retry_after, wire.ack_timeout = before


def test_an_event_is_done_once_though_it_comes_four_times(
    meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    came = deliveries(monkeypatch)
    # given that each acknowledgement is lost on its way, so that Slack tries again three times
    meeting.on.workspace.faults.ack_dropped("events_api", times=4)
    with slack_hurries(meeting, patience=0.05):
        envelope = opened(meeting)
        for _ in range(4):
            assert came.acquire(timeout=WAIT_S)
    # then the Home is drawn once, however far the first had come by then
    meeting.on.workspace.wait_for(lambda: envelope.acks and not meeting.on.workspace.busy())
    assert envelope.attempt == 3
    assert meeting.called == ["views.publish"]


def test_the_same_event_twice_at_once_is_done_once(meeting: Meeting, monkeypatch: pytest.MonkeyPatch) -> None:
    came = deliveries(monkeypatch)
    meeting.on.workspace.faults.delivered_twice("events_api")
    with slack_hurries(meeting, patience=WAIT_S):
        envelope = opened(meeting)
        for _ in range(2):
            assert came.acquire(timeout=WAIT_S)
        # one of them is answered; the other may come while that is at work, and then it is not
        meeting.on.workspace.wait_for(lambda: envelope.acks and not meeting.on.workspace.busy())
    assert meeting.called == ["views.publish"]


def test_another_event_is_another_matter(meeting: Meeting) -> None:
    opened(meeting)
    assert meeting.called == ["views.publish"]
    meeting.actor(READER).person.open_home()
    meeting.on.workspace.wait_for(lambda: not meeting.on.workspace.busy())
    assert meeting.called == ["views.publish"] * 2
