"""What the form of a correction begins with: which text was wrong, in what, and what is true. Pure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from ecomms_bot.incident.events import FieldValue
from ecomms_bot.incident.standing import flags_of
from ecomms_bot.incident.state import Draft, Fact, Incident, Revision
from ecomms_bot.playbook.channels import CHANNELS, in_reading_order
from ecomms_bot.playbook.drafting import fields_for, is_empty
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.times import datetime_words, time_words
from ecomms_bot.playbook.values import AS_OF, NEXT_UPDATE
from ecomms_bot.slack.cards.following import followed, out_at
from ecomms_bot.slack.cards.view import title_in
from ecomms_bot.slack.text import listed
from ecomms_bot.slack.writing import Writing

SUPERSEDED, WRONG, TRUE = "superseded_item", ("wrong_text", "wrong_part"), "correct_fact"
"""The fields of correction texts by their names in the playbooks that ship."""
PLACES = {"web": "the web page", "sign": "road signs"}
"""How the public calls a channel, where that is not its title."""


def prefilled(
    state: Incident, writing: Writing, now: datetime, recorded: Collection[str]
) -> dict[str, FieldValue]:
    """Values of fields for a text that corrects or takes back another one; what is not known is left out.

    The wrong text's own values come before those of newer texts, unless a fact was `recorded` since.
    """
    if writing.about is None or writing.about.relation == "update":
        return {}
    found = followed(state, writing.about)
    if found is None:
        return {}
    draft, revision = found
    asked = dict(fields_for(state.book, state.step(writing.step), writing.kind))
    own = {
        name: value
        for name, field in asked.items()
        if field.carry and name not in {AS_OF, NEXT_UPDATE, *recorded}
        if not is_empty(value := revision.values.get(name))
    }
    words = {SUPERSEDED: _superseded(state, draft, revision, writing.about.channels, now)}
    flag = _flag(state, draft, revision)
    if flag is not None:
        words |= {**dict.fromkeys(WRONG, (_value(state, flag[0]),)), TRUE: _true(state, flag[1])}
    for name, ways in words.items():
        fitting = (each for each in ways if name in asked and len(each) <= asked[name].max_length)
        if (first := next(fitting, None)) is not None:
            own[name] = first
    return own


def _superseded(
    state: Incident, draft: Draft, revision: Revision, channels: Collection[str], now: datetime
) -> tuple[str, ...]:
    """As in "the holding statement of 8:10 p.m. PST on X, SMS and the web page": the longest first."""
    at, today = Instant.of(out_at(revision), state.zone), Instant.of(now, state.zone)
    when = time_words(at) if at.local.date() == today.local.date() else datetime_words(at)
    title = title_in(state, draft.step, revision.kind)
    title = title if title[1:2].isupper() else title[:1].lower() + title[1:]
    public = [each for each in in_reading_order(channels) if CHANNELS[each].public]
    where = listed(PLACES.get(each, CHANNELS[each].title) for each in public)
    ways = (f"the {title} of {when} on {where}", f"the {title} of {when}", f"the text of {when} on {where}")
    return (*(ways if public else ways[1:2]), f"the text of {when}")


def _flag(state: Incident, draft: Draft, revision: Revision) -> tuple[Fact, Fact] | None:
    """What the text says and what counts now, if that is the one thing that changed."""
    changed = [
        (each.fact, each.now)
        for each in flags_of(state, draft)
        if each.revision is revision and each.why == "changed" and each.now is not None
    ]
    return changed[0] if len(changed) == 1 else None


def _true(state: Incident, fact: Fact) -> tuple[str, ...]:
    field = state.book.fields.get(fact.name)
    label, value = field.label if field else fact.name, _value(state, fact)
    since = f"as of {time_words(Instant.of(fact.as_of, state.zone))}."
    return f"{label}: {value} {since}", f"{value} {since}"


def _value(state: Incident, fact: Fact) -> str:
    """As in "140 vehicles"."""
    if isinstance(fact.value, Instant):
        return datetime_words(fact.value)
    field = state.book.fields.get(fact.name)
    if field is not None and field.type == "choice":
        return field.label_of(fact.value)
    unit = fact.unit or (field.unit if field else "")
    return f"{fact.value} {unit}" if unit and not fact.value.endswith(unit) else fact.value
