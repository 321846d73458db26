"""The fact sheet: what is so and who says it, who confirmed it, which of several words counts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from ecomms_bot.incident import changes
from ecomms_bot.incident.commands import Context, DecideFact, RecordFact, VerifyFact
from ecomms_bot.incident.events import (
    Event,
    FactDecided,
    FactRecorded,
    FactVerified,
    FieldValue,
    Quoted,
    UsedFact,
)
from ecomms_bot.incident.factsheet import agree, by_source, expired, same_source, same_value
from ecomms_bot.incident.ids import make_id
from ecomms_bot.incident.policy import LEADS, Act, may, require
from ecomms_bot.incident.rules.common import fitting, needed, require_open, require_reason, when
from ecomms_bot.incident.state import Fact, FactDecision, Incident
from ecomms_bot.incident.wording import Rejected, When, Who, reject, visible
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.model import Field
from ecomms_bot.playbook.values import (
    AS_OF,
    INCIDENT_NAME,
    NEXT_UPDATE,
    NO_PROMISE_REASON,
    FieldError,
    is_empty,
    parse,
)

NAME_MAX, VALUE_MAX, SOURCE_MAX, UNIT_MAX = 80, 300, 150, 30
REASON_MAX = 500
SAME_FACT = timedelta(minutes=5)
"""The same fact again, as of so near a time, is the same entry: a form was sent twice."""
OF_EACH_TEXT = frozenset({INCIDENT_NAME, AS_OF, NEXT_UPDATE, NO_PROMISE_REASON})
"""Fields of the playbook that are no facts: each text has its own."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TS = re.compile(r"([0-9]{1,10})(?:\.([0-9]{1,6}))?")
"""How Slack writes the time of a message: seconds since 1970, and a fraction."""


def fact_fields(state: Incident) -> tuple[tuple[str, Field], ...]:
    """The fields of the playbook that can be recorded as facts, in its order."""
    return tuple((name, field) for name, field in state.book.fields.items() if name not in OF_EACH_TEXT)


def record_fact(state: Incident, command: RecordFact, ctx: Context) -> tuple[Event, ...]:
    """A number without a source is no fact: who says it is always asked for.

    What people record is never lost: where it should replace the word of others, and who records it may not
    decide that, it stands beside theirs until somebody decides.
    """
    require_open(state)
    require(ctx.person, Act.FACTS, state)
    name = _name(state, needed(command.name, NAME_MAX, "name", "Say what the fact is about"))
    fact = Fact(
        id=make_id("f", ctx.command_id),
        name=name,
        value=_value(state, name, command.value, ctx),
        source=needed(command.source, SOURCE_MAX, "source", "Say who says so; a fact needs a source"),
        person=ctx.person.id,
        as_of=_said_at(command.quoted, ctx.now),
        quoted=command.quoted,
        unit=_unit(state, name, command.unit),
        until=_until(state, command.until, ctx.now),
    )
    said = by_source(state.facts.get(name, ()), state.decided.get(name))
    otherwise = any(not same_source(each, fact) and not agree(each, fact) for each in said)
    replaces = command.replaces and otherwise and may(ctx.person, Act.DECIDE_FACT, state)
    if not replaces and any(_same(each, fact) for each in said):
        return ()
    return (
        FactRecorded(
            fact=fact.id,
            person=fact.person,
            name=name,
            value=fact.value,
            source=fact.source,
            as_of=fact.as_of,
            quoted=fact.quoted,
            unit=fact.unit,
            until=fact.until,
            replaces=replaces,
        ),
    )


def verify_fact(state: Incident, command: VerifyFact, ctx: Context) -> tuple[Event, ...]:
    """By somebody else than who recorded it, as they saw it: a newer word is looked at first."""
    require_open(state)
    require(ctx.person, Act.VERIFY, state)
    fact = _require_fact(state, command.name, command.fact)
    if any(each.person == ctx.person.id for each in fact.verified):
        return ()
    if fact.person == ctx.person.id:
        raise reject(
            "own-fact", "You recorded this fact, so another lead has to confirm it. Nothing was changed."
        )
    _require_newest(state, fact)
    if fact.until is not None and expired(fact, ctx.now):
        raise reject(
            "expired-fact",
            "{source} knew this until {until}. Nothing was confirmed: ask again, and record what is so now.",
            source=fact.source,
            until=When.of(fact.until),
        )
    roles = sorted(ctx.person.roles & LEADS) if state.roles_configured else ()
    return (FactVerified(name=fact.name, fact=fact.id, person=ctx.person.id, roles=tuple(roles)),)


def decide_fact(state: Incident, command: DecideFact, ctx: Context) -> tuple[Event, ...]:
    """What counts where sources disagree; where one of them changed its word, that the earlier one stays."""
    require_open(state)
    require(ctx.person, Act.DECIDE_FACT, state)
    before = state.decided.get(command.name)
    mine = before is not None and (before.person, before.fact) == (ctx.person.id, command.fact)
    if mine and changes.settled(state, command.name):
        return ()
    fact = require_decidable(state, command.name, command.fact, ctx)
    ask = "Please say why, in a sentence that others can follow."
    reason = require_reason(command.reason, ask, REASON_MAX)
    return (FactDecided(name=fact.name, fact=fact.id, person=ctx.person.id, reason=reason),)


def require_decidable(state: Incident, name: str, fact_id: str, ctx: Context) -> Fact:
    """The fact, if this person can still say that it counts; also asked before a form is opened."""
    require_open(state)
    require(ctx.person, Act.DECIDE_FACT, state)
    fact, decision, now = _require_fact(state, name, fact_id), state.decided.get(name), state.fact(name)
    if fact in changes.choices(state, name):
        return fact
    if decision is not None and now is not None and changes.settled(state, name):
        raise _decided(state, decision, now)
    _require_newest(state, fact)
    raise reject("counts", "This counts already, and no source says otherwise, so nothing had to be decided.")


def _decided(state: Incident, decision: FactDecision, now: Fact) -> Rejected:
    return reject(
        "decided",
        "{who} decided at {when} that {value} counts ({source}). Nothing was changed. If that is wrong, "
        "record the fact again and say that it replaces what others said.",
        who=Who(decision.person),
        when=when(state, decision.at),
        value=changes.value_of(state, now.name, now.value, now.unit),
        source=now.source,
    )


def require_undisputed(state: Incident, values: Mapping[str, FieldValue], now: datetime) -> None:
    """No text says what sources disagree about. Raises Rejected beside the first such field."""
    for name in disputed_in(state, values):
        raise reject(
            "disputed",
            "Conflict: {sides}? Until somebody decides, no text can say it. Leads and the holder can "
            "decide under /ecomms facts.",
            field=name,
            sides=changes.sides_told(state, name, now),
        )


def disputed_in(state: Incident, values: Mapping[str, FieldValue]) -> tuple[str, ...]:
    """The fields with words in them about which sources disagree."""
    return tuple(name for name in values if not is_empty(values[name]) and changes.sides_of(state, name))


def facts_said(state: Incident, values: Mapping[str, FieldValue]) -> tuple[UsedFact, ...]:
    """What of the fact sheet these values are: the facts that count and that they say."""
    found = []
    for name, value in values.items():
        fact = state.fact(name)
        if fact is not None and value is not None and value != "" and same_value(fact.value, value):
            found.append(UsedFact(name=name, fact=fact.id))
    return tuple(found)


def _require_fact(state: Incident, name: str, fact_id: str) -> Fact:
    fact = next((each for each in state.facts.get(name, ()) if each.id == fact_id), None)
    if fact is None:
        raise reject(
            "no-fact", "This fact is not part of {name}. Please use the latest fact sheet.", name=state.name
        )
    return fact


def _require_newest(state: Incident, fact: Fact) -> None:
    """It is the last word of its source, and nobody decided against it."""
    said = tuple(changes.last_words(state, fact.name))
    if fact in said:
        return
    newer = next((each for each in said if same_source(each, fact)), state.fact(fact.name))
    if newer is None:
        raise reject(
            "redacted-fact",
            "What was decided about this fact was redacted, so nothing was changed. Record what is so now.",
        )
    raise reject(
        "stale-fact",
        "{source} says {value} since {time}, and that came later. Nothing was changed. Please look at the "
        "fact sheet again.",
        source=newer.source,
        value=changes.value_of(state, newer.name, newer.value, newer.unit),
        time=when(state, newer.as_of),
    )


def _name(state: Incident, typed: str) -> str:
    """As it is written already, in the playbook or on the sheet: two spellings would hide a conflict."""
    typed = " ".join(visible(typed).split())
    known = (*state.book.fields, *state.facts)
    if typed in known:
        return typed
    alike = [name for name in known if name.casefold() == typed.casefold()]
    labelled = [name for name, field in fact_fields(state) if field.label.casefold() == typed.casefold()]
    return next(iter((*alike, *labelled)), typed)


def _value(state: Incident, name: str, value: str | Instant, ctx: Context) -> str | Instant:
    """As the playbook's field of this name takes it; under any other name, words."""
    field = state.book.fields.get(name)
    if name in OF_EACH_TEXT:
        raise reject(
            "name",
            "“{label}” is set in each text, so it is not kept as a fact. Choose another name.",
            field="name",
            label=field.label if field else name,
        )
    if field is None:
        if isinstance(value, Instant):
            raise reject(
                "value", "Write it in words: “{name}” is no time of the playbook.", "value", name=name
            )
        return needed(value, VALUE_MAX, "value", "Say what is so")
    raw = value.utc if isinstance(value, Instant) else value
    required = field.model_copy(update={"required": True})
    try:
        known = parse(name, required, raw, zone=state.zone, now=ctx.now)
    except FieldError as error:
        raise reject("value", "{problem}", field="value", problem=error.message) from None
    assert known is not None
    return known


def _unit(state: Incident, name: str, typed: str) -> str:
    """What the number counts: as the playbook has it, else as given, else as it was given last."""
    field = state.book.fields.get(name)
    unit = " ".join(fitting(typed, "unit", UNIT_MAX).split())
    if field is not None and field.unit:
        if unit and unit.casefold() != field.unit.casefold():
            raise reject(
                "unit", "Texts say this in {unit}. Please give it in {unit}.", field="unit", unit=field.unit
            )
        return field.unit
    before = state.fact(name)
    return unit or (before.unit if before is not None else "")


def _until(state: Incident, until: Instant | None, now: datetime) -> Instant | None:
    if until is not None and until.utc <= now:
        raise reject(
            "past",
            "{when} has passed. Give a time that is still to come, or none.",
            field="until",
            when=when(state, until.utc),
        )
    return until


def _said_at(quoted: Quoted | None, now: datetime) -> datetime:
    """When the fact was said: with the message it is from, otherwise now. Never later than now."""
    found = _TS.fullmatch(quoted.ts) if quoted is not None else None
    if found is None:
        return now
    seconds, fraction = found.groups(default="")
    said = _EPOCH + timedelta(seconds=int(seconds), microseconds=int(fraction.ljust(6, "0")))
    return min(said, now)


def _same(last: Fact, new: Fact) -> bool:
    said, again = ((each.value, each.source, each.unit, each.until) for each in (last, new))
    return said == again and abs(new.as_of - last.as_of) < SAME_FACT
