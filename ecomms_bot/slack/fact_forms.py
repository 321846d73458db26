"""The forms of facts: what one is made of, and the decision which of several sources counts. Pure."""

from __future__ import annotations

from ecomms_bot.incident.changes import choices, label_of, last_words
from ecomms_bot.incident.rules.facts import NAME_MAX, REASON_MAX, SOURCE_MAX, UNIT_MAX, VALUE_MAX, fact_fields
from ecomms_bot.incident.state import Fact, Incident
from ecomms_bot.incident.wording import say
from ecomms_bot.playbook.model import Field
from ecomms_bot.playbook.values import COMMON_FIELDS
from ecomms_bot.slack import names
from ecomms_bot.slack.blocks import OPTION_MAX, context, paragraphs
from ecomms_bot.slack.cards.fact_words import said_by
from ecomms_bot.slack.cards.flags import outdated, texts_say
from ecomms_bot.slack.cards.view import View as CardView
from ecomms_bot.slack.cards.view import joined, lines
from ecomms_bot.slack.fields import field_input, last_known
from ecomms_bot.slack.forms import View, modal
from ecomms_bot.slack.inputs import ask, moment_input, option, radio_input, select_input, text_input
from ecomms_bot.slack.message import Block
from ecomms_bot.slack.text import flat, mrkdwn, plain, shorten

OTHER = "+"
"""In place of a fact's name: one that is typed. A known name stands behind `KNOWN`."""
KNOWN = "="
OPTIONS_MAX, OTHERS_MAX = 100, 25
"""Choices in a list: Slack's limit; facts under names of their own, the newest."""
CHOICES_MAX = 10
"""Slack: options of radio buttons."""
SOURCES_SHOWN = 3
WITH_UNITS = frozenset({"integer", "decimal"})
"""Types of fields whose values count something."""


def told_at_once(block: Block) -> Block:
    """The field tells the bot what was chosen in it, and the form is drawn anew for that."""
    changed = {**block["element"], "action_id": names.FORM_CHANGED}
    return {**block, "dispatch_action": True, "element": changed}


def fact_fields_of(chosen: str, state: Incident, *, decides: bool, given: Fact | None = None) -> list[Block]:
    """What a fact is made of; its value is asked for once it is known what it is about.

    `decides`: whoever fills it in may say that it counts in the place of what others said. `given`: the fact
    that is recorded anew.
    """
    select = select_input(_fact_options(state), chosen)
    source = ask(
        "source",
        "Who says so",
        text_input(SOURCE_MAX, given.source if given is not None else None),
        hint="Who counted, measured or decided it, such as: operations, by phone.",
    )
    return [
        told_at_once(ask("name", "What it is about", select)),
        *_value_fields(chosen, state, given),
        source,
        *(_beside(chosen, state, decides=decides) if chosen else ()),
    ]


def _fact_options(state: Incident) -> list[Block]:
    """First what the texts of the phase ask for, then names of one's own, then the other fields."""
    fields = dict(fact_fields(state))
    of_phase = {*COMMON_FIELDS, *(name for step in state.book.steps(state.phase) for name in step.fields)}
    others = [name for name in reversed(list(state.facts)) if name not in fields][:OTHERS_MAX]
    offered = [option(field.label, KNOWN + name) for name, field in fields.items() if name in of_phase]
    offered += [option(flat(name), KNOWN + name) for name in others]
    offered += [option(field.label, KNOWN + name) for name, field in fields.items() if name not in of_phase]
    return [*offered[: OPTIONS_MAX - 1], option("Something else…", OTHER)]


def _value_fields(chosen: str, state: Incident, given: Fact | None) -> list[Block]:
    name = chosen.removeprefix(KNOWN)
    if chosen == OTHER:
        about = ask("other", "Its name", text_input(NAME_MAX), hint="Such as: Shelter in the high school.")
        return [about, ask("value", "What is so", text_input(VALUE_MAX, multiline=True)), _unit(name)]
    if not chosen:
        return []
    last = state.fact(name)
    known = last_known(state, last) if last is not None else ""
    field = state.book.fields.get(name)
    value = given.value if given is not None else None
    if field is None:
        hint = f"Last known: {known}." if known else ""
        words = text_input(VALUE_MAX, value, multiline=True)
        unit = _unit(name, last)
        return [ask("value", "What is so", words, hint=hint), unit]
    needed = field.model_copy(update={"required": True})
    # An id of its own for each field: what was chosen for one is no value for another.
    asked = field_input(f"value-{name}", needed, value, recorded=f"Last known: {known}" if known else "")
    return [asked, _unit(name, last)] if _takes_unit(field) else [asked]


def _takes_unit(field: Field) -> bool:
    """A number of which the playbook does not say what it counts."""
    return field.type in WITH_UNITS and not field.unit


def _unit(name: str, last: Fact | None = None) -> Block:
    """It has an id of its own for each fact, as its value has."""
    known = text_input(UNIT_MAX, last.unit if last is not None else None)
    return ask(f"unit-{name}", "Unit", known, hint="What a number counts, such as: vehicles.", optional=True)


def _beside(chosen: str, state: Incident, *, decides: bool) -> list[Block]:
    """Until when it is known; and, where something was said already, what becomes of that."""
    until = ask(
        "until",
        "Known until",
        moment_input(None),
        hint="If it will not stay so. You and the holder are reminded before.",
        optional=True,
    )
    name = chosen.removeprefix(KNOWN)
    said = tuple(last_words(state, name)) if chosen != OTHER else ()
    if not said:
        return [until]
    so_far = "; ".join(last_known(state, each) for each in reversed(said[-SOURCES_SHOWN:]))
    if not decides:
        words = "If another source says otherwise, both are kept until a lead or {holder} decides."
        return [until, context(mrkdwn(say(words, holder="the holder")))]
    box: Block = {
        "type": "checkboxes",
        "options": [
            option("It replaces what was said before", "yes", "Else it waits until somebody decides")
        ],
    }
    hint = f"Said so far: {shorten(so_far, 600)}."
    # An id of its own for each fact: what was ticked for one replaces nothing of another.
    return [until, ask(f"replaces-{name}", "If another source said otherwise", box, hint=hint, optional=True)]


# --- which source counts ----------------------------------------------------------------------------------


def decide_form(view: CardView, fact: Fact, url: str, *, writes: bool) -> View:
    """Asks which of those that disagree counts, this one chosen already, and why.

    `writes`: whether whoever decides can go on with the update that puts published texts right.
    """
    state = view.state
    said = [
        say("*{name}*, for {incident}. What counts?", name=label_of(state, fact.name), incident=state.name)
    ]
    said += [joined(texts_say(view, each), say("."), "") for each in outdated(state, fact.name)]
    blocks = [
        *paragraphs(lines(said)),
        ask("fact", "This counts", radio_input(_choices(view, fact), fact.id)),
        ask(
            "reason", "Why", text_input(REASON_MAX), hint="A few words for the log, such as: counted on site."
        ),
    ]
    if writes:
        box: Block = {"type": "checkboxes", "options": [option("Then open the update, filled in", "yes")]}
        box |= {"initial_options": box["options"]}
        blocks.append(ask("then", "Texts that say something else", box, optional=True))
    return modal(
        names.DECIDE_FACT_FORM,
        "Decide",
        blocks,
        submit="Decide",
        metadata={"i": state.id, "f": fact.id, "u": url},
        exercise=state.exercise,
    )


def _choices(view: CardView, fact: Fact) -> list[Block]:
    """What can be decided for, the newest first; this one among them in any case."""
    said = [each for each in reversed(choices(view.state, fact.name)) if each.id != fact.id]
    offered = sorted((fact, *said[: CHOICES_MAX - 1]), key=lambda each: -each.seq)
    return [option(shorten(plain(said_by(view, each)), OPTION_MAX), each.id) for each in offered]
