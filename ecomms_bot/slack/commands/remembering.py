"""Commands that put something into the log or the calendar: notes, facts, reminders."""

from __future__ import annotations

import re
from difflib import SequenceMatcher, get_close_matches

from ecomms_bot.incident.changes import label_of, sides_of
from ecomms_bot.incident.commands import AddNote, RecordFact, SetReminder, Snooze
from ecomms_bot.incident.events import FactRecorded, ReminderSet, ReminderSnoozed
from ecomms_bot.incident.factsheet import found
from ecomms_bot.incident.rules.common import require_open
from ecomms_bot.incident.rules.facts import fact_fields
from ecomms_bot.incident.state import Incident
from ecomms_bot.incident.wording import Rejected, Sentence, When, any_of, reject, say
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.model import Field
from ecomms_bot.service.handler import Outcome
from ecomms_bot.slack.cards.fact_words import value_of
from ecomms_bot.slack.cards.facts import fact_sheet_of, follows
from ecomms_bot.slack.cards.facts import facts as fact_sheet
from ecomms_bot.slack.cards.view import View, joined, with_more
from ecomms_bot.slack.commands.asked import Answer, Asked
from ecomms_bot.slack.desk import Desk, aside
from ecomms_bot.slack.names import COMMAND
from ecomms_bot.slack.times import NotATime, split_time, there

OFFERED_MAX = 8
ALIKE = 0.8
"""How like a fact's name what was typed must be to be taken for it misspelt (0 to 1)."""
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*")
BEGUN = 0.9
"""Its whole first words count for more than a misspelling."""


def note(desk: Desk, asked: Asked) -> Answer:
    if not asked.rest:
        example = f"{COMMAND} note the mayor called, two bridges are gone"
        raise reject("text", "Say what happened, as in: {example}", example=example)
    outcome = asked.do(desk, AddNote(asked.rest))
    words = "Your words are in the log of *{name}* now, as entry {entry}. Nobody was notified."
    return say(words, name=outcome.state.name, entry=outcome.new[0].seq)


# --- reminders --------------------------------------------------------------------------------------------


def remind(desk: Desk, asked: Asked) -> Answer:
    """`remind 14:30 call the mayor`: a message to the person at that time, in the incident's zone."""
    state = asked.state(desk)
    require_open(state)
    moment, text = split_time(asked.rest, state.zone, desk.now())
    outcome = asked.do(desk, SetReminder(Instant.of(moment, state.zone), text))
    kept = outcome.new[0].event  # a command that arrives twice is told what the first one set
    assert isinstance(kept, ReminderSet)
    when = there(kept.due.utc, kept.due.zone)
    return say("I will remind you on {when}: {text}", when=when, text=kept.text)


def snooze(desk: Desk, asked: Asked) -> Answer:
    """`snooze` or `snooze 10`: the last reminder of the promise once more, 5 or 10 minutes later."""
    digits = asked.rest.lower().removesuffix("min").strip() or "5"
    if not digits.isdecimal():
        raise reject("minutes", "A reminder can be put off by 5 or 10 minutes, as in: snooze 10.")
    return snoozed_words(asked.do(desk, Snooze(int(digits[:4]))))


def snoozed_words(outcome: Outcome) -> Sentence:
    """When it comes once more; what arrives twice is told what the first one did."""
    event = outcome.new[0].event
    assert isinstance(event, ReminderSnoozed)
    until = When(event.until, outcome.state.zone)
    return say("I will remind you again at {when}. The promise stays.", when=until)


# --- facts ------------------------------------------------------------------------------------------------


def facts(desk: Desk, asked: Asked) -> Answer:
    """What is known now; of one fact, all; or `facts vehicles 140, operations`: what is so, who says it."""
    person = desk.person(asked.body)
    if not asked.rest:
        return fact_sheet(asked.view(desk), person)
    state = asked.state(desk)
    if "," not in asked.rest and (name := _recorded(state, asked.rest)):
        return fact_sheet_of(asked.view(desk), name, person)
    require_open(state)
    what, comma, source = (part.strip() for part in asked.rest.rpartition(","))
    if not comma or not source or not what:
        raise reject(
            "source",
            "A fact needs who says so, after a comma, as in: {example}",
            example=f"{COMMAND} facts {_example(state)}, operations",
        )
    name, typed = _name_and_value(state, what)
    field = dict(fact_fields(state)).get(name)
    typed, source = _ends(field, typed, source)
    try:
        value = _value(state, desk, field, typed)
    except NotATime as error:
        instead = tuple(f"{name} {each}, {source}" for each in error.instead)
        raise NotATime(error.problem, instead) from None
    outcome = asked.do(desk, RecordFact(name, value, source))
    if not outcome.new:
        words = "The log of *{name}* has this fact already, from the same source. Nothing was added twice."
        return say(words, name=state.name)
    recorded = outcome.new[0]
    assert isinstance(recorded.event, FactRecorded)
    fact = found(outcome.state.facts, recorded.event.fact)
    assert fact is not None
    told = say(
        "Recorded in the log of *{incident}*, entry {entry}: *{label}* {value}, says {source}.",
        incident=state.name,
        entry=recorded.seq,
        label=field.label if field else name,
        value=value_of(state, fact),
        source=recorded.event.source,
    )
    view = View(outcome.state, desk.directory.roster(), desk.now())
    said, blocks = follows(view, fact.name, person)
    if field and not sides_of(outcome.state, fact.name):
        told = joined(told, say("The next text that asks for it begins with it."))
    return with_more(aside(told), said, blocks) if said else told


def _recorded(state: Incident, typed: str) -> str:
    """The recorded fact that is called exactly so, by id or label; "" if none is."""
    wanted = _plain(typed)
    called = {_plain(each): name for name in state.facts for each in (name, label_of(state, name))}
    return called.get(wanted, "")


def _example(state: Incident) -> str:
    """Name and value of a field of this playbook, a number if it has one."""
    fields = sorted(fact_fields(state), key=lambda each: each[1].type not in {"integer", "decimal"})
    return f"{fields[0][0]} {fields[0][1].example}" if fields else "vehicles = 140"


def _name_and_value(state: Incident, what: str) -> tuple[str, str]:
    """The playbook's field that these words begin with, or a name of their own before an equals sign."""
    name, equals, value = (part.strip() for part in what.partition("="))
    if equals:
        if not name or not value:
            raise reject("name", "Write the fact as NAME = VALUE, SOURCE. Nothing was recorded.")
        return (_called(state, name)[1] or name, value)
    words = what.split()
    found = [(_called(state, " ".join(words[:count])), count) for count in range(1, min(len(words), 8) + 1)]
    (_, called), count = max(found, key=lambda each: (each[0][0], each[1]))
    if not called:
        raise _no_such_fact(state, what)
    if count == len(words):
        raise reject("value", "Say what is so after “{name}”, then a comma and who says it.", name=what)
    return called, " ".join(words[count:])


def _ends(field: Field | None, typed: str, source: str) -> tuple[str, str]:
    """Value and source: a source may have commas, as in "2.8, operations, by phone", where a value cannot."""
    value, comma, more = (part.strip() for part in typed.partition(", "))
    if field is None:
        ends = bool(_NUMBER.fullmatch(value))
    elif field.type == "choice":
        ends = value.casefold() in {
            each.casefold() for choice in field.choices for each in (choice.value, choice.label)
        }
    else:
        ends = field.type in {"integer", "decimal"}
    return (value, f"{more}, {source}") if comma and ends else (typed, source)


def _called(state: Incident, typed: str) -> tuple[float, str]:
    """How near, 0 to 1, the one fact is that is called so by id or label, or begins so; "" if none is."""
    wanted = _plain(typed)
    known = {name: {_plain(name)} for name in state.facts}
    for name, field in fact_fields(state):
        known[name] = {_plain(name), _plain(field.label)}
    begun = [name for name, called in known.items() if any(each.startswith(f"{wanted} ") for each in called)]
    likeness = {name: max(_likeness(wanted, each) for each in called) for name, called in known.items()}
    nearest = max(likeness, key=lambda name: likeness[name], default="")
    if nearest and likeness[nearest] == 1:
        return 1, nearest
    if len(begun) == 1:
        return BEGUN, begun[0]
    return (likeness[nearest], nearest) if nearest and likeness[nearest] >= ALIKE else (0, "")


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio()


def _plain(name: str) -> str:
    return " ".join(name.replace("_", " ").casefold().split())


def _no_such_fact(state: Incident, what: str) -> Rejected:
    word = _plain(what.split(maxsplit=1)[0])
    fields = fact_fields(state)
    near = [name for name, field in fields if word in _plain(f"{name} {field.label}").split()]
    near = near or [name for name, _ in fields if get_close_matches(word, _plain(name).split(), 1, ALIKE)]
    offered = any_of((near or [name for name, _ in fields])[:OFFERED_MAX])
    return reject(
        "name",
        "Which fact is meant? Nothing was recorded. Begin with one of the playbook's, such as {offered}; "
        "or give it a name of its own: {own}",
        offered=offered,
        own=f"{COMMAND} facts NAME = VALUE, SOURCE",
    )


def _value(state: Incident, desk: Desk, field: Field | None, typed: str) -> str | Instant:
    """A choice in any case, a number without its unit, a time as people type it; all else as it was typed."""
    if field is None:
        return typed
    if field.type == "choice":
        called = {
            each.casefold(): choice.value for choice in field.choices for each in (choice.value, choice.label)
        }
        return called.get(typed.casefold().strip(), typed)
    if field.type in {"integer", "decimal"} and field.unit:
        return typed.removesuffix(field.unit).strip()
    if field.type == "datetime":
        moment, rest = split_time(typed, state.zone, desk.now())
        if rest:
            raise NotATime(f"“{typed}” is more than a time. Write it as in 14:30 or tomorrow 6am.")
        return Instant.of(moment, state.zone)
    return typed
