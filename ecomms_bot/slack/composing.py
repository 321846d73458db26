"""From kept facts to finished texts, and which facts a form begins with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ecomms_bot.incident.events import FieldValue, Kind
from ecomms_bot.incident.rules.drafts import last_approved, tier_for
from ecomms_bot.incident.state import Incident, Revision
from ecomms_bot.playbook import checks
from ecomms_bot.playbook.checks import Finding
from ecomms_bot.playbook.drafting import (
    Render,
    Texts,
    default_next_update,
    fields_for,
    is_empty,
    render,
    text_sha256,
)
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.values import AS_OF, INCIDENT_NAME, NEXT_UPDATE
from ecomms_bot.slack.forms import Writing

TIMES = (AS_OF, NEXT_UPDATE)


@dataclass(frozen=True, slots=True)
class Composed:
    """Texts as they would be submitted, with what was found and who would approve them."""

    texts: Texts
    sha256: str
    findings: tuple[Finding, ...]
    tier: str


def compose(
    state: Incident,
    writing: Writing,
    values: Mapping[str, FieldValue],
    now: datetime,
    *,
    renews: bool = False,
) -> Composed:
    """Render and check. Pure: the same facts give the same bytes."""
    step = state.step(writing.step)
    texts = render(
        state.book,
        step,
        writing.kind,
        Render(values, incident_name=state.name, exercise=state.exercise, zone=state.zone),
    )
    found = checks.check(
        state.book,
        step,
        writing.kind,
        texts,
        values,
        exercise=state.exercise,
        now=now,
        severity=state.severity,
    )
    bounded = renews or writing.kind == "no-change"
    last = last_approved(state, writing.step) if bounded else None
    return Composed(
        texts, text_sha256(texts), found, tier_for(state, writing.step, writing.kind, values, last)
    )


def starting_values(
    state: Incident, step_id: str, kind: Kind, now: datetime, office: Mapping[str, str]
) -> dict[str, FieldValue]:
    """What a new form holds: lasting facts said last in this incident, the office's own, and fresh times.

    Facts that the playbook does not carry start empty, but where the text is there to repeat them.
    """
    said = repeated_values(state, Writing(state.id, "", step_id, kind), office)
    for name, field in fields_for(state.book, state.step(step_id), kind):
        if not field.carry and kind != "no-change":
            said[name] = None
    return {**said, **fresh_times(state, step_id, kind, now, said)}


def repeated_values(state: Incident, writing: Writing, office: Mapping[str, str]) -> dict[str, FieldValue]:
    """For each field of this text, what was said last; times are left open."""
    known = known_values(state, writing.step, office)
    asked = fields_for(state.book, state.step(writing.step), writing.kind)
    return {name: known.get(name) for name, _ in asked}


def fresh_times(
    state: Incident, step_id: str, kind: Kind, now: datetime, values: Mapping[str, FieldValue]
) -> dict[str, Instant]:
    """As of now, and the next update when the playbook's cadence says; only for times that this text has."""
    step = state.step(step_id)
    promised = default_next_update(state.book, step, kind, state.severity, now)
    moments = {AS_OF: now.replace(second=0, microsecond=0), NEXT_UPDATE: promised}
    if kind == "final" and is_empty(values.get(NEXT_UPDATE)):
        del moments[NEXT_UPDATE]
    return {name: Instant.of(moment, state.zone) for name, moment in moments.items() if name in values}


def known_values(state: Incident, step_id: str, office: Mapping[str, str]) -> dict[str, FieldValue]:
    """The facts that were said last: this step's before any other's, the office's where none was said."""
    return {**office, INCIDENT_NAME: state.name, **said_before(state, step_id)}


def said_before(state: Incident, step_id: str) -> dict[str, FieldValue]:
    """The facts of approved texts, the latest of each; those of this step before any other's. No times."""
    known: dict[str, FieldValue] = {}
    for revision in (*_approved_elsewhere(state), last_approved(state, step_id)):
        if revision is not None:
            known.update({name: value for name, value in revision.values.items() if not is_empty(value)})
    return {name: value for name, value in known.items() if name not in TIMES}


def missing_values(state: Incident, writing: Writing, values: Mapping[str, FieldValue]) -> tuple[str, ...]:
    """The names of fields that this text needs and that nobody has said yet."""
    asked = fields_for(state.book, state.step(writing.step), writing.kind)
    return tuple(name for name, field in asked if field.required and is_empty(values.get(name)))


def _approved_elsewhere(state: Incident) -> list[Revision]:
    approved = [
        revision
        for draft in state.drafts.values()
        for revision in draft.revisions
        if revision.approved_at is not None
    ]
    return sorted(approved, key=lambda revision: revision.approved_at or revision.at)
