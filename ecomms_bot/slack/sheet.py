"""What the fact sheet says to who writes a text: what counts, what is old, what to look at again. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from ecomms_bot.incident.changes import label_of, said_by, settled, sides_of, sides_told
from ecomms_bot.incident.events import FieldValue
from ecomms_bot.incident.factsheet import agree, found, same_value
from ecomms_bot.incident.state import Draft, Fact, Incident, Revision
from ecomms_bot.incident.wording import Sentence, When, say
from ecomms_bot.playbook.checks import Finding
from ecomms_bot.playbook.drafting import fields_for, is_empty
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.slack.cards.fact_words import shown_value, value_of
from ecomms_bot.slack.writing import Writing

CONFLICT, OTHER_THAN_SHEET = "fact-conflict", "fact-sheet"
"""What these findings are called."""
NOTES_MAX = 3
"""Values that a form says it renewed; the others are only filled in."""


def counts(state: Incident, name: str) -> Fact | None:
    """What counts under this name; None also while sources disagree."""
    return None if sides_of(state, name) else state.fact(name)


def since(state: Incident, fact: Fact) -> datetime:
    """From when on it counts (UTC): when it was said, or when somebody decided for it."""
    decision = state.decided.get(fact.name)
    if decision is not None and settled(state, fact.name):
        return max(fact.as_of, decision.at)
    return fact.as_of


def had(state: Incident, revision: Revision, fact: Fact) -> bool:
    """Whether this text was written with the fact in view, whatever it says."""
    used = found(state.facts, revision.facts.get(fact.name, ""))
    return agree(used, fact) if used is not None else revision.at >= since(state, fact)


def renewed(
    state: Incident, draft: Draft, values: Mapping[str, FieldValue]
) -> tuple[dict[str, FieldValue], tuple[Sentence, ...]]:
    """Values of a draft that it took from the sheet before something else counted, and what is said of them.

    What somebody typed after that stays: they knew better, and the preview asks them to look again.
    """
    fresh: dict[str, FieldValue] = {}
    notes: list[Sentence] = []
    for name, value in values.items():
        fact = counts(state, name)
        if fact is None or value is None or not _outdated(state, draft, fact, value):
            continue
        fresh[name] = fact.value
        notes.append(_renewed(state, fact, value))
    return fresh, tuple(notes[:NOTES_MAX])


def _renewed(state: Incident, fact: Fact, value: str | Instant) -> Sentence:
    return say(
        "*{name}* is {value} now ({source}, {when}), and filled in so. This draft said {old}.",
        name=label_of(state, fact.name),
        value=value_of(state, fact),
        source=fact.source,
        when=When(fact.as_of, state.zone),
        old=shown_value(state.book.fields.get(fact.name), value, fact.unit),
    )


def _outdated(state: Incident, draft: Draft, fact: Fact, value: FieldValue) -> bool:
    if is_empty(value) or value is None or same_value(fact.value, value):
        return False
    earlier = [each for each in state.facts[fact.name] if each is not fact and same_value(each.value, value)]
    if not earlier:
        return False
    if draft.working is not None:
        return draft.working.at < since(state, fact)
    return draft.last is not None and not had(state, draft.last, fact)


def findings(
    state: Incident, writing: Writing, values: Mapping[str, FieldValue], now: datetime
) -> Iterator[Finding]:
    """What a text says and the sheet does not: a conflict blocks it, another value is looked at again."""
    for name, field in fields_for(state.book, state.step(writing.step), writing.kind):
        value, fact = values.get(name), state.fact(name)
        if value is None or is_empty(value) or fact is None:
            continue
        if sides_of(state, name):
            yield Finding(
                severity="block",
                rule=CONFLICT,
                channel=None,
                field=name,
                words=str(value),
                message=f"{field.label}, conflict: {sides_told(state, name, now)}",
                instead="A lead or the holder decides under /ecomms facts. Until then, leave it empty.",
            )
        elif not same_value(fact.value, value):
            yield Finding(
                severity="warn",
                rule=OTHER_THAN_SHEET,
                channel=None,
                field=name,
                words=str(value),
                message=f"{field.label}: the fact sheet says {said_by(state, fact, now)}.",
                instead="Change it, or record with /ecomms facts what is so now.",
            )
