"""Reminders of facts that are known until a time: shortly before it, and when it has come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from ecomms_bot.incident.factsheet import agree, by_source, found
from ecomms_bot.incident.keys import fact_key, fact_soon_key
from ecomms_bot.incident.reminders.base import Reminder
from ecomms_bot.incident.state import Fact, Incident

SOON = timedelta(minutes=15)
SOON_NEEDS = timedelta(minutes=30)
"""With less time left when it was recorded, only the end itself is said."""


def of_facts(state: Incident) -> Iterator[Reminder]:
    """Of the last word of each source, also where no text says it: silence would look as if it still held.

    A renewed one has another end, and what was replaced or decided against owes nothing. Where another
    source still knows the same, nothing ends.
    """
    for name, facts in state.facts.items():
        decision = state.decided.get(name)
        said = by_source(facts, decision)
        newest = max(facts[-1].seq, decision.seq if decision is not None else 0)
        for fact in said:
            yield from _of_fact(fact, said, newest)


def _of_fact(fact: Fact, said: tuple[Fact, ...], newest: int) -> Iterator[Reminder]:
    """Whatever was said or decided since may have brought it back."""
    if fact.until is None:
        return
    end, again = fact.until.utc, newest if newest > fact.seq else 0
    still = any(other is not fact and agree(other, fact) and _outlasts(other, fact) for other in said)
    if end - (fact.at or fact.as_of) > SOON_NEEDS:
        due = end - SOON
        yield Reminder(fact_soon_key(fact.id), "fact", fact.id, "soon", due, due if still else end, again)
    yield Reminder(fact_key(fact.id), "fact", fact.id, "end", end, end if still else None, again)


def _outlasts(other: Fact, fact: Fact) -> bool:
    """Whether it is known longer, or as long and recorded later."""
    if other.until is None or fact.until is None:
        return True
    return (other.until.utc, other.seq) > (fact.until.utc, fact.seq)


def who_recorded(state: Incident, fact_id: str) -> str:
    fact = found(state.facts, fact_id)
    return fact.person if fact is not None else ""
