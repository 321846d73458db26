"""How facts are written: value with unit, who says it since when, who confirmed it, who disagrees."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ecomms_bot.incident.changes import label_of, sides_of
from ecomms_bot.incident.factsheet import expired
from ecomms_bot.incident.state import Fact, Incident
from ecomms_bot.incident.wording import Sentence, Value, When, Who, say
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.model import Field
from ecomms_bot.slack.cards.view import View, due, joined, people
from ecomms_bot.slack.text import flat

SOURCES_MAX = 4
"""Sources of one fact that a line names; the others are counted."""
SHOWN_MAX = 45
"""Characters of a value or a source where several stand in one line, which holds 3,000 as drawn."""


def value_of(state: Incident, fact: Fact) -> Value:
    """As in "140 vehicles"."""
    return shown_value(state.book.fields.get(fact.name), fact.value, fact.unit)


def shown_value(field: Field | None, value: str | Instant, unit: str = "") -> Value:
    """With its unit; of a choice what people read; a time as one. `field` None: a name of its own."""
    if isinstance(value, Instant):
        return When.of(value)
    if field is not None and field.type == "choice":
        return field.label_of(value)
    unit = unit or (field.unit if field is not None else "")
    return f"{value} {unit}" if unit else value


def said_by(view: View, fact: Fact) -> Sentence:
    """As in "140 vehicles (operations, today at 09:10)". Several of them fit into one line."""
    value, source = value_in_short(view.state, fact), flat(fact.source, SHOWN_MAX)
    return say("{value} ({source}, {when})", value=value, source=source, when=view.when(fact.as_of))


def value_in_short(state: Incident, fact: Fact) -> Value:
    """Its value, of long words only the beginning."""
    value = value_of(state, fact)
    return value if isinstance(value, When) else flat(str(value), SHOWN_MAX)


def either_or(view: View, facts: Sequence[Fact], most: int = SOURCES_MAX) -> Sentence:
    """As in "140 (operations, today at 09:40) or 50 (media, today at 09:35)", the newest first."""
    newest = list(reversed(facts))
    first, *others = [said_by(view, fact) for fact in newest[:most]]
    for each in others:
        first = joined(first, each, " or ")
    if len(newest) > most:
        more = len(newest) - most
        words = "or what {more} more say" if more > 1 else "or what another one says"
        first = joined(first, say(words, more=more), ", ")
    return first


def conflict(view: View, name: str, most: int = SOURCES_MAX) -> Sentence:
    """The question that somebody has to decide."""
    asked = say("⚠️ *{name}*, conflict:", name=label_of(view.state, name))
    return joined(joined(asked, either_or(view, sides_of(view.state, name), most)), say("?"), "")


def confirmed(fact: Fact) -> Sentence | None:
    """As in "confirmed by @Sam"."""
    if not fact.verified:
        return None
    return say("confirmed by {who}", who=people(each.person for each in fact.verified))


def known_until(view: View, fact: Fact) -> Sentence | None:
    """Until when it is known, or that this time has passed at the moment of drawing."""
    if fact.until is None:
        return None
    if expired(fact, view.now):
        return say("⚠️ was known until {until}, and that has passed", until=due(fact.until))
    return say("known until {until}", until=due(fact.until))


def fact_line(view: View, fact: Fact) -> Sentence:
    """As in "*River level*: 3.1 m · operations, today at 20:05 · recorded by @Mara"."""
    first = say("*{name}*:", name=label_of(view.state, fact.name))
    return joined(first, said_in_full(view, fact))


def said_in_full(view: View, fact: Fact) -> Sentence:
    line = say(
        "{value} · {source}, {when} · recorded by {who}",
        value=value_of(view.state, fact),
        source=fact.source,
        when=view.when(fact.as_of),
        who=Who(fact.person),
    )
    for more in _more(view, fact):
        line = joined(line, more, " · ")
    return line


def _more(view: View, fact: Fact) -> Iterator[Sentence]:
    for each in (confirmed(fact), known_until(view, fact)):
        if each is not None:
            yield each
