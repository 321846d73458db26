"""Reminders of texts that are out: a correction that has not reached everybody, words that hold no longer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from ecomms_bot.incident.keys import expiry_key, put_right_key
from ecomms_bot.incident.reminders.base import Reminder
from ecomms_bot.incident.rules.putting_right import unfinished
from ecomms_bot.incident.standing import Standing, standing
from ecomms_bot.incident.state import Draft, Incident, Revision

PUT_RIGHT_FIRST = timedelta(minutes=5)
PUT_RIGHT_EVERY = timedelta(minutes=10)
"""The same channel was told after 38 minutes where nobody was reminded (Hawaii 2018, FCC report)."""
EXPIRY_BEFORE = timedelta(minutes=15)
BEFORE_NEEDS = timedelta(minutes=30)
"""With a shorter time to hold, the reminder before its end would come on the heels of publishing."""
EXPIRY_EVERY = timedelta(minutes=30)


def of_put_right(state: Incident) -> Iterator[Reminder]:
    """A correction that is out somewhere: 5 minutes after, then every 10, until everybody is told."""
    for draft in unfinished(state):
        due, said, key = _first_out(draft) + PUT_RIGHT_FIRST, 0, put_right_key(draft.id, 0)
        while (fired := state.fired.get(key)) is not None:
            due, said = fired.at + PUT_RIGHT_EVERY, said + 1
            key = put_right_key(draft.id, said)
        yield Reminder(key, "put-right", draft.id, str(said), due, again=_last_said(state))


def of_expiry(state: Incident) -> Iterator[Reminder]:
    """A text that people can read beyond the time until which it holds: at that time, then every 30 minutes.

    15 minutes before as well, if it was to hold longer than 30. A text that came out too late asks at once.
    """
    for each in standing(state):
        if each.revision.expires is not None:
            yield from _of_expiring(state, each, each.revision.expires.utc)


def _of_expiring(state: Incident, each: Standing, expires: datetime) -> Iterator[Reminder]:
    draft, revision, again = each.draft, each.revision, _last_said(state)
    out = _marked_at(draft, revision)
    if expires - out > BEFORE_NEEDS:
        key = expiry_key(draft.id, revision.number, "before")
        yield Reminder(key, "expiry", draft.id, "before", expires - EXPIRY_BEFORE, expires, again)
    due, said, key = max(expires, out), 0, expiry_key(draft.id, revision.number, "0")
    while (fired := state.fired.get(key)) is not None:
        due, said = fired.at + EXPIRY_EVERY, said + 1
        key = expiry_key(draft.id, revision.number, str(said))
    yield Reminder(key, "expiry", draft.id, str(said), due, again=again)


def said_expired(state: Incident, draft: Draft, revision: Revision) -> bool:
    """Whether people were told that it stands beyond the time until which it holds."""
    return expiry_key(draft.id, revision.number, "0") in state.fired


def _first_out(draft: Draft) -> datetime:
    """When it was first said of a receipt that still holds that it was posted (UTC)."""
    return min(_marked_at(draft, each) for each in draft.revisions if each.receipts)


def _marked_at(draft: Draft, revision: Revision) -> datetime:
    """By what corrected a receipt, if the entry that said so was redacted."""
    said = {
        channel: each.at
        for each in draft.marks
        if each.revision == revision.number
        for channel in each.channels
    }
    held = [said[channel] for channel in revision.receipts if channel in said]
    return min(held, default=draft.corrections[-1].at if draft.corrections else revision.at)


def _last_said(state: Incident) -> int:
    """The entry that said last where a text was posted or not: with it what is owed may have come back."""
    marks = (each.seq for draft in state.drafts.values() for each in draft.marks)
    corrections = (each.seq for draft in state.drafts.values() for each in draft.corrections)
    return max((*marks, *corrections), default=0)
