"""The fact sheet: what counts under each name, and where sources disagree."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from ecomms_bot.incident.parts import Fact, FactDecision
from ecomms_bot.incident.wording import visible
from ecomms_bot.playbook.instant import Instant

_NUMBER = re.compile(r"[+-]?(?:0|[1-9][0-9]{0,2}(?:,[0-9]{3})+|[1-9][0-9]*)(?:\.[0-9]+)?")
"""A number as people write it; what begins with a nought, such as a telephone number, is none."""


def counting(facts: Sequence[Fact], decision: FactDecision | None) -> Fact | None:
    """What counts of all that was recorded under one name; of several that disagree, the newest."""
    said = by_source(facts, decision)
    return max(said, key=lambda fact: fact.seq, default=None)


def disagreeing(facts: Sequence[Fact], decision: FactDecision | None) -> tuple[Fact, ...]:
    """What each source says, oldest first, where two of them say different things; otherwise nothing.

    A source that says something new takes its own word back; another one disagrees until somebody decides.
    """
    said = by_source(facts, decision)
    return () if all(agree(one, other) for one in said for other in said) else said


def began(facts: Sequence[Fact], decision: FactDecision | None) -> Fact | None:
    """The fact with which sources began to disagree; None where they do not."""
    began_with: Fact | None = None
    for last, fact in enumerate(facts, start=1):
        if not disagreeing(facts[:last], decision):
            began_with = None
        elif began_with is None:
            began_with = fact
    return began_with


def brought(facts: Sequence[Fact], decision: FactDecision | None) -> Fact | None:
    """The fact that brought the value that counts now; who says the same later brings nothing new."""
    now = counting(facts, decision)
    first = now
    chosen = decided(facts, decision)
    for fact in reversed(facts):
        passed_over = decision is not None and chosen is not None and chosen.seq < fact.seq < decision.seq
        if now is None or fact.seq > now.seq or passed_over:
            continue
        if not agree(fact, now):
            break
        first = fact
    return first


def decided(facts: Sequence[Fact], decision: FactDecision | None) -> Fact | None:
    """The fact that was chosen, if its entry was not redacted."""
    return next((fact for fact in facts if decision is not None and fact.id == decision.fact), None)


def found(facts: Mapping[str, Sequence[Fact]], fact_id: str) -> Fact | None:
    """A fact by its id, whatever its name is."""
    return next((fact for said in facts.values() for fact in said if fact.id == fact_id), None)


def by_source(facts: Sequence[Fact], decision: FactDecision | None) -> tuple[Fact, ...]:
    """The last word of each source since somebody decided or replaced what was said, oldest first."""
    since = max((fact.seq for fact in facts if fact.replaces), default=0)
    chosen: tuple[Fact, ...] = ()
    if decision is not None and decision.seq > since:
        since = decision.seq
        chosen = tuple(fact for fact in facts if fact.id == decision.fact)
    later = [fact for fact in facts if fact.seq >= since and fact not in chosen]
    last = {_one_line(fact.source): fact for fact in (*chosen, *later)}
    return tuple(sorted(last.values(), key=lambda fact: fact.seq))


def expired(fact: Fact, now: datetime) -> bool:
    """Whether the time until which it was known has passed at `now` (UTC)."""
    return fact.until is not None and fact.until.utc <= now


def agree(one: Fact, other: Fact) -> bool:
    """Whether two facts say the same, in the same unit where both name one."""
    units = _one_line(one.unit), _one_line(other.unit)
    return same_value(one.value, other.value) and ("" in units or units[0] == units[1])


def same_source(one: Fact, other: Fact) -> bool:
    return _one_line(one.source) == _one_line(other.source)


def same_value(one: str | Instant, other: str | Instant) -> bool:
    """Whether two values say the same: letters of either case, 3.10 and 3.1, one moment in any zone."""
    return _plain(one) == _plain(other)


def _plain(value: str | Instant) -> str:
    if isinstance(value, Instant):
        return value.utc.isoformat()
    plain = _one_line(value)
    return f"{Decimal(plain.replace(',', '')).normalize():f}" if _NUMBER.fullmatch(plain) else plain


def _one_line(words: str) -> str:
    return " ".join(visible(words).casefold().split())
