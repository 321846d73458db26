"""Facts that changed, are disputed or expired: what people are told of them, and what they can choose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from textwrap import shorten
from typing import Literal

from ecomms_bot.incident.factsheet import agree, began, brought, by_source, counting, disagreeing, found
from ecomms_bot.incident.standing import Flag, flags
from ecomms_bot.incident.state import Fact, FactDecision, Incident
from ecomms_bot.incident.wording import Value, When, local
from ecomms_bot.playbook.instant import Instant

SHOWN_MAX = 60
"""Of a long value or source, this much is said in one sentence with others."""
SIDES_MAX = 4
"""So many sides of a conflict are told in a sentence, the newest ones."""


@dataclass(frozen=True, slots=True)
class Change:
    """What the message about `fact` says now.

    `texts`: what says something that does not count. `sides`: what the sources say, where they disagree.
    `now`: what counts. `decision`: who settled it, if the sheet rests on that. `newer`: another message about
    the same name tells what to do: a later one, or an earlier one about what counts again.
    """

    name: str
    fact: Fact
    why: Literal["disputed", "changed", "expired", "settled"]
    texts: tuple[Flag, ...] = ()
    sides: tuple[Fact, ...] = ()
    now: Fact | None = None
    decision: FactDecision | None = None
    newer: bool = False


def told(state: Incident, flagged: Sequence[Flag] | None = None) -> dict[str, str]:
    """What the conversation is to know now: the fact that each message is named after → its name.

    A conflict always; what changed or expired only where a text says it. `flagged`: all flags, if known.
    """
    conflicts = {name: fact for name in state.facts if (fact := _began(state, name)) is not None}
    named = {fact.id: name for name, fact in conflicts.items()}
    for flag in flags(state) if flagged is None else flagged:
        if flag.fact.name not in conflicts and flag.now is not None:
            fact = flag.now if flag.why == "expired" else _brought(state, flag.fact.name) or flag.now
            named[fact.id] = flag.fact.name
    return named


def change(state: Incident, fact_id: str) -> Change | None:
    """What to show of the message about this fact; None if the fact was redacted."""
    fact = found(state.facts, fact_id)
    if fact is None:
        return None
    name = fact.name
    sides, now, decision = sides_of(state, name), state.fact(name), state.decided.get(name)
    flagged = flags(state)
    texts = tuple(each for each in flagged if each.fact.name == name)
    why: Literal["disputed", "changed", "expired", "settled"] = "settled"
    if sides:
        why = "disputed"
    elif texts:
        why = texts[0].why
    newer = next((each for each, other in told(state, flagged).items() if other == name), fact_id)
    rests_on = decision if settled(state, name) else None
    return Change(name, fact, why, texts, sides, now, rests_on, newer != fact_id)


def disputed(state: Incident) -> tuple[str, ...]:
    """The names under which sources disagree and nobody has decided."""
    return tuple(name for name in state.facts if sides_of(state, name))


def sides_of(state: Incident, name: str) -> tuple[Fact, ...]:
    """What each source says under this name, oldest first, where they disagree; otherwise nothing."""
    return disagreeing(state.facts.get(name, ()), state.decided.get(name))


def settled(state: Incident, name: str) -> bool:
    """Whether what counts is what somebody decided, and no source has said otherwise since."""
    decision, now = state.decided.get(name), state.fact(name)
    chosen = found(state.facts, decision.fact) if decision is not None else None
    if decision is None or chosen is None or now is None or sides_of(state, name):
        return False
    replaced = any(each.replaces and each.seq > decision.seq for each in state.facts[name])
    return not replaced and agree(chosen, now)


def choices(state: Incident, name: str) -> tuple[Fact, ...]:
    """The facts of which somebody can say now that they count, oldest first.

    In a conflict what its sources say; where one source changed its word, what counted before that. And what
    a text says. What was decided stands, until a source says something new.
    """
    sides, now = sides_of(state, name), state.fact(name)
    if now is None or settled(state, name):
        return ()
    against = sides or (now,)
    earlier = [each.fact for each in flags(state) if each.fact.name == name]
    if not sides and (before := _before(state, name)) is not None:
        earlier.append(before)
    offered = {each.id: each for each in sides}
    for each in earlier:
        if not any(agree(each, other) for other in (*against, *offered.values())):
            offered[each.id] = each
    return tuple(sorted(offered.values(), key=lambda each: each.seq))


def label_of(state: Incident, name: str) -> str:
    """What people call it: as the playbook's field of this name, else the name that they gave."""
    field = state.book.fields.get(name)
    return field.label if field else name


def value_of(state: Incident, name: str, value: str | Instant, unit: str = "") -> Value:
    """As people say it: a time on the clock, the answer that was chosen, a number with its unit."""
    if isinstance(value, Instant):
        return When.of(value)
    field = state.book.fields.get(name)
    if field is None:
        return f"{value} {unit}".rstrip()
    return f"{field.label_of(value)} {unit or field.unit}".rstrip()


def said_by(state: Incident, fact: Fact, now: datetime) -> str:
    """As in "140 vehicles (operations, 09:40 PST)", on one line, for a form where times cannot be drawn."""
    value = value_of(state, fact.name, fact.value, fact.unit)
    words = clock(value.at, value.zone, now) if isinstance(value, When) else _short(str(value))
    return f"{words} ({_short(fact.source)}, {clock(fact.as_of, state.zone, now)})"


def sides_told(state: Incident, name: str, now: datetime) -> str:
    """As in "140 vehicles (operations, 09:40 PST) or 50 vehicles (media, 09:35 PST)", the newest first."""
    newest = sides_of(state, name)[::-1]
    left = len(newest) - SIDES_MAX
    words = [said_by(state, each, now) for each in newest[:SIDES_MAX]]
    return " or ".join([*words, f"{left} more"] if left > 0 else words)


def clock(moment: datetime, zone: str, now: datetime) -> str:
    """As in "09:40 PST", with its date where that is not the date of `now` (UTC)."""
    there, today = local(When(moment, zone)), local(When(now, zone)).date()
    return there.strftime("%H:%M %Z" if there.date() == today else "%-d %b %H:%M %Z")


def _short(words: str) -> str:
    return shorten(words, width=SHOWN_MAX, placeholder=" …")


def _began(state: Incident, name: str) -> Fact | None:
    return began(state.facts[name], state.decided.get(name))


def _brought(state: Incident, name: str) -> Fact | None:
    return brought(state.facts[name], state.decided.get(name))


def _before(state: Incident, name: str) -> Fact | None:
    """What counted until the word came that counts now."""
    facts, decision, turn = state.facts[name], state.decided.get(name), _brought(state, name)
    return counting([each for each in facts if turn is not None and each.seq < turn.seq], decision)


def last_words(state: Incident, name: str) -> Iterator[Fact]:
    """What each source said last, of what still counts for something, oldest first."""
    yield from by_source(state.facts.get(name, ()), state.decided.get(name))
