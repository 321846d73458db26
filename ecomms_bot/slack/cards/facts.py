"""The facts of an incident as they were recorded: each with its unit, who says it, since when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ecomms_bot.incident.rules.notes import fact_fields
from ecomms_bot.incident.state import Fact, Incident
from ecomms_bot.incident.wording import Sentence, Value, When, Who, say
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.model import Field
from ecomms_bot.slack import names
from ecomms_bot.slack.blocks import button, buttons, exercise, paragraphs, section
from ecomms_bot.slack.cards.view import View, compose, lines
from ecomms_bot.slack.message import Message
from ecomms_bot.slack.text import mrkdwn

LIST_MAX = 9000
"""Characters of the list; what does not fit is counted."""
VALUE_SHOWN = 100
"""Characters of one value in it."""


def facts(view: View) -> Message:
    """What is known now, the playbook's fields first, then the newest; and a button to record more."""
    state = view.state
    known = latest(state)
    if known:
        first = say("*What is known* of {name}", name=state.name)
        told = list(_fitting(fact_line(view, fact) for fact in known))
        if len(told) < len(known):
            told.append(say("and {more} more, in the log", more=len(known) - len(told)))
        shown = (section(mrkdwn(first)), *paragraphs(f"• {line}" for line in lines(told, VALUE_SHOWN)))
    else:
        first = say("No fact of {name} is recorded yet.", name=state.name)
        told = [say("Add one as soon as somebody says what is so. The next text begins with it.")]
        shown = paragraphs(lines([first, *told]))
    add = button("Add a fact…", names.ADD_FACT, state.id)
    message = compose([first, *told], (*shown, *(buttons(add) if state.open else ())))
    return exercise(message) if state.exercise else message


def _fitting(sentences: Iterable[Sentence]) -> Iterator[Sentence]:
    """The first ones, as many as one message holds."""
    room = LIST_MAX
    for each in sentences:
        room -= len(mrkdwn(each, VALUE_SHOWN))
        if room < 0:
            return
        yield each


def latest(state: Incident) -> list[Fact]:
    """The last fact of every name: the playbook's in its order, then the others, the newest first."""
    by_name: dict[str, Fact] = {name: found[-1] for name, found in state.facts.items() if found}
    asked = [by_name.pop(name) for name, _ in fact_fields(state) if name in by_name]
    return [*asked, *sorted(by_name.values(), key=lambda fact: fact.as_of, reverse=True)]


def fact_line(view: View, fact: Fact) -> Sentence:
    """As in "*River level*: 3.1 m · operations, today at 20:05 · recorded by @Mara"."""
    field = view.state.book.fields.get(fact.name)
    value = shown_value(field, fact.value)
    return say(
        "*{name}*: {value} · {source}, {when} · recorded by {who}",
        name=field.label if field else fact.name,
        value=value,
        source=fact.source,
        when=view.when(fact.as_of),
        who=Who(fact.person),
    )


def shown_value(field: Field | None, value: str | Instant) -> Value:
    """With its unit; of a choice what people read; a time as one. `field` None: a name of its own."""
    if isinstance(value, Instant):
        return When.of(value)
    if field is None:
        return value
    if field.type == "choice":
        return field.label_of(value)
    return f"{value} {field.unit}" if field.unit else value
