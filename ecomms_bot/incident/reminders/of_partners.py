"""Reminders of an approved text that is held back: a partner has not acknowledged it yet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from ecomms_bot.incident.keys import partner_key
from ecomms_bot.incident.partners import held_back
from ecomms_bot.incident.reminders.base import Reminder
from ecomms_bot.incident.state import Draft, Incident

PARTNER_FIRST = timedelta(minutes=5)
PARTNER_EVERY = timedelta(minutes=15)


def of_partners(state: Incident, draft: Draft) -> Iterator[Reminder]:
    """Who wrote it, 5 minutes after the approval; then pio, every 15, until each is heard or given up."""
    revision = draft.last
    if revision is None or revision.approved_at is None or not held_back(state, draft):
        return
    due, said = revision.approved_at + PARTNER_FIRST, 0
    key = partner_key(draft.id, revision.approved_seq, said)
    while (fired := state.fired.get(key)) is not None:
        due, said = fired.at + PARTNER_EVERY, said + 1
        key = partner_key(draft.id, revision.approved_seq, said)
    again = max((each.seq for each in draft.corrections if each.revision == revision.number), default=0)
    yield Reminder(key, "partner", draft.id, "author" if said == 0 else "pio", due, again=again)
