"""The input of one fact in a form: what fits its type, with what was recorded and said of it last. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ecomms_bot.incident.changes import sides_of
from ecomms_bot.incident.events import FieldValue
from ecomms_bot.incident.state import Fact, Incident
from ecomms_bot.incident.wording import When, say
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.model import Field
from ecomms_bot.slack.blocks import context
from ecomms_bot.slack.cards.fact_words import shown_value, value_of
from ecomms_bot.slack.inputs import ask, moment_input, option, select_input, text_input
from ecomms_bot.slack.message import Block
from ecomms_bot.slack.names import COMMAND
from ecomms_bot.slack.text import clock, flat, listed, mrkdwn, plain, shorten

SIDES_SHOWN = 3
"""Sources that a hint names where they disagree, the newest."""
LINE_SHOWN, HINT_SHOWN, RECORDED_SHOWN = 100, 300, 900
"""Characters of a value in a line, in the hint beside a field, of all sources in it: Slack takes 2,000."""


def field_input(
    name: str, field: Field, value: FieldValue, said: FieldValue = None, *, recorded: str = ""
) -> Block:
    """One fact, with its unit, what the sheet says (see `on_the_sheet`), what was said last, or an example.

    Choices and times need no example: the form offers only what can be.
    """
    hints = [field.hint]
    if recorded:
        hints.append(recorded)
    if said not in (None, "") and field.type != "datetime":
        hints.append(f"Last said: {_shown(field, said)}")
    elif not recorded and field.type not in {"choice", "datetime"}:
        hints.append(f"Such as: {field.example}")
    label = f"{field.label} ({field.unit})" if field.unit else field.label
    return ask(
        name,
        label,
        element(field, value),
        hint=" ".join(hint if hint.endswith((".", "?", "…")) else f"{hint}." for hint in hints if hint),
        optional=not field.required,
    )


def element(field: Field, value: FieldValue) -> Block:
    """What is typed or chosen in, with a value already there."""
    match field.type:
        case "choice":
            return select_input([option(choice.label, choice.value) for choice in field.choices], value)
        case "datetime":
            return moment_input(value.utc if isinstance(value, Instant) else None)
        case "url":
            return {**text_input(field.max_length, value), "type": "url_text_input"} | {"max_length": None}
        case _:
            return text_input(field.max_length, value, multiline=field.type == "long_text")


def on_the_sheet(state: Incident, name: str) -> str:
    """For a hint: what is known of a field, or that sources disagree; "" if nothing was recorded."""
    if sides := sides_of(state, name):
        newest = [last_known(state, each) for each in reversed(sides[-SIDES_SHOWN:])]
        wait = f"A lead decides under {COMMAND} facts; until then, leave it empty"
        return f"Conflict: {shorten('; or '.join(newest), RECORDED_SHOWN)}. {wait}"
    fact = state.fact(name)
    return f"Last known: {last_known(state, fact)}" if fact is not None else ""


def last_known(state: Incident, fact: Fact) -> str:
    """As in "140 m, operations, Sun 14 Nov, 20:05 PST, confirmed by pio": where Slack draws no date."""
    value = value_of(state, fact)
    short = value if isinstance(value, When) else flat(str(value), HINT_SHOWN)
    when = When(fact.as_of, state.zone)
    line = plain(say("{value}, {source}, {when}", value=short, source=fact.source, when=when))
    if fact.verified:
        roles = dict.fromkeys(role for each in fact.verified for role in each.roles)
        line += f", confirmed by {listed(roles)}" if roles else ", confirmed"
    if fact.until is not None:
        line += f", known until {clock(When.of(fact.until))}"
    return line


def recorded_facts(state: Incident, facts: Sequence[Fact]) -> Block:
    """Facts that no field asks for, for whoever writes: each with who says it and since when."""
    told = [
        say(
            "{name}: {value} · {source}, {when}",
            name=fact.name,
            value=shown_value(None, fact.value, fact.unit),
            source=fact.source,
            when=When(fact.as_of, state.zone),
        )
        for fact in facts
    ]
    return context("Facts recorded:", *(mrkdwn(each, LINE_SHOWN) for each in told))


def _shown(field: Field, value: FieldValue) -> str:
    if field.type == "choice":
        return field.label_of(str(value))
    return shorten(str(value), HINT_SHOWN)
