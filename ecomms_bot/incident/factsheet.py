"""The fact sheet: what counts under each name, and where sources disagree."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ecomms_bot.incident.parts import Fact, FactDecision
from ecomms_bot.playbook.instant import Instant


def counting(facts: Sequence[Fact], decision: FactDecision | None) -> Fact | None:
    """What counts of all that was recorded under one name; of several that disagree, the newest."""
    said = by_source(facts, decision)
    return max(said, key=lambda fact: fact.seq, default=None)


def disagreeing(facts: Sequence[Fact], decision: FactDecision | None) -> tuple[Fact, ...]:
    """What each source says, oldest first, where two of them say different things; otherwise nothing.

    A source that says something new takes its own word back; another one disagrees until somebody decides.
    """
    said = by_source(facts, decision)
    return said if len({_plain(fact.value) for fact in said}) > 1 else ()


def by_source(facts: Sequence[Fact], decision: FactDecision | None) -> tuple[Fact, ...]:
    """The last word of each source since somebody decided or replaced what was said, oldest first."""
    since = max((fact.seq for fact in facts if fact.replaces), default=0)
    chosen: tuple[Fact, ...] = ()
    if decision is not None and decision.seq > since:
        since = decision.seq
        chosen = tuple(fact for fact in facts if fact.id == decision.fact)
    later = [fact for fact in facts if fact.seq >= since and fact not in chosen]
    last = {_source(fact): fact for fact in (*chosen, *later)}
    return tuple(sorted(last.values(), key=lambda fact: fact.seq))


def expired(fact: Fact, now: datetime) -> bool:
    """Whether the time until which it was known has passed at `now` (UTC)."""
    return fact.until is not None and fact.until.utc <= now


def same_value(one: str | Instant, other: str | Instant) -> bool:
    """Whether two facts say the same: letters of either case, the same moment in any zone."""
    return _plain(one) == _plain(other)


def _source(fact: Fact) -> str:
    return " ".join(fact.source.casefold().split())


def _plain(value: str | Instant) -> str:
    return value.utc.isoformat() if isinstance(value, Instant) else " ".join(value.casefold().split())
