"""From kept facts to finished texts, and which facts a form begins with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ecomms_bot.incident.changes import sides_of
from ecomms_bot.incident.events import FieldValue, Kind
from ecomms_bot.incident.progress import next_promise
from ecomms_bot.incident.rules.drafts import kept_mark, last_approved, tier_for
from ecomms_bot.incident.rules.facts import fact_fields
from ecomms_bot.incident.rules.following import channels_for
from ecomms_bot.incident.state import Draft, Fact, Incident, Revision
from ecomms_bot.incident.wording import Sentence, When, Who, say
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
from ecomms_bot.playbook.model import Step
from ecomms_bot.playbook.values import AS_OF, INCIDENT_NAME, NEXT_UPDATE
from ecomms_bot.slack import sheet
from ecomms_bot.slack.prefilling import prefilled
from ecomms_bot.slack.writing import Beginning, Writing

TIMES = (AS_OF, NEXT_UPDATE)
OTHERS_SHOWN = 5
"""Facts under names of their own that a form lists."""


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
        Render(
            values,
            incident_name=state.name,
            exercise=state.exercise,
            zone=state.zone,
            only=channels_for(step.text(writing.kind), writing.about),
        ),
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
    weighed = sorted((*sheet.findings(state, writing, values, now), *found), key=_weight)
    bounded = renews or writing.kind == "no-change"
    last = last_approved(state, writing.step) if bounded else None
    return Composed(
        texts, text_sha256(texts), tuple(weighed), tier_for(state, writing.step, writing.kind, values, last)
    )


def _weight(finding: Finding) -> bool:
    """What blocks comes first."""
    return finding.severity != "block"


def begin(
    state: Incident, writing: Writing, person: str, now: datetime, office: Mapping[str, str]
) -> Beginning:
    """What the form of this text starts with for this person, and what they should know about it."""
    draft = state.draft_of(writing.step)
    values = starting_values(state, writing.step, writing.kind, now, office)
    notes: list[Sentence] = []
    if draft is None:
        values.update(prefilled(state, writing, now, news(state)))
        if (ended := _ended(state, writing)) is not None:
            values.update(_kept_values(ended, writing.kind))
            values.update(fresh_times(state, writing.step, writing.kind, now, values))
            notes.append(_where_from(state, ended))
    else:
        values.update(_kept_values(draft, writing.kind))
        fresh, renewed_notes = sheet.renewed(state, draft, values)
        values.update(fresh)
        notes += renewed_notes
        if draft.status == "returned":
            notes.append(_sent_back(draft, "{who} asked for changes of revision {number}: “{reason}”"))
        if draft.working is not None and draft.working.author != person:
            notes.append(
                say(
                    "{who} saved this draft at {when}. What you change replaces it.",
                    who=Who(draft.working.author),
                    when=When(draft.working.at, state.zone),
                )
            )
    values, renewed = _without_passed_times(state, writing, values, now)
    return Beginning(
        values,
        said=said_before(state, writing.step),
        seen=kept_mark(draft),
        news=news(state),
        others=other_facts(state)[:OTHERS_SHOWN],
        notes=(*notes, *renewed),
    )


def _kept_values(draft: Draft, kind: Kind) -> Mapping[str, FieldValue]:
    """The working copy; of a submitted text its words, if it is the same kind of text."""
    if draft.working is not None:
        return draft.working.values
    return draft.current.values if draft.last is not None and draft.kind == kind else {}


def _ended(state: Incident, writing: Writing) -> Draft | None:
    """The step's newest draft, if it was this text and was declined or withdrawn: its words come back."""
    run = state.steps.get(writing.step)
    draft = state.drafts[run.drafts[-1]] if run and run.drafts else None
    if draft is None or draft.status not in {"declined", "withdrawn"} or not _alike(draft, writing):
        return None
    if draft.working is not None:
        return draft if draft.kind == writing.kind else None
    return draft if draft.last is not None and draft.last.kind == writing.kind else None


def _alike(draft: Draft, writing: Writing) -> bool:
    """Whether both follow the same text, or none: what was wrong in one text was not wrong in another."""
    mine, other = draft.about, writing.about
    if mine is None or other is None:
        return mine is other
    return (mine.relation, mine.draft, mine.revision) == (other.relation, other.draft, other.revision)


def _where_from(state: Incident, ended: Draft) -> Sentence:
    if ended.withdrawal is None:
        return _sent_back(ended, "Filled in with revision {number}, declined by {who}: “{reason}”.")
    return say(
        "Filled in with the draft that {who} withdrew at {when}.",
        who=Who(ended.withdrawal.person),
        when=When(ended.withdrawal.at, state.zone),
    )


def _sent_back(draft: Draft, words: str) -> Sentence:
    back = draft.returns[-1]
    return say(words, number=back.revision, who=Who(back.person), reason=back.reason)


def _without_passed_times(
    state: Incident, writing: Writing, values: dict[str, FieldValue], now: datetime
) -> tuple[dict[str, FieldValue], tuple[Sentence, ...]]:
    """Times that must be still to come and are not: made anew where that is known, else emptied."""
    passed = {
        name: field.label
        for name, field in fields_for(state.book, state.step(writing.step), writing.kind)
        if not field.past_allowed and isinstance(value := values.get(name), Instant) and value.utc <= now
    }
    if not passed:
        return values, ()
    fresh = fresh_times(state, writing.step, writing.kind, now, values)
    kept = {**values, **dict.fromkeys(passed)}
    notes: list[Sentence] = []
    if NEXT_UPDATE in passed:
        kept.update(fresh)
        notes.append(say("Times renewed; check *Facts as of*."))
    emptied = [label for name, label in passed.items() if name not in fresh]
    notes += [say("{label} had passed, so it is empty now.", label=label) for label in emptied]
    return kept, tuple(notes)


def starting_values(
    state: Incident, step_id: str, kind: Kind, now: datetime, office: Mapping[str, str]
) -> dict[str, FieldValue]:
    """What a new form holds: what was recorded or said last, the office's own, and fresh times.

    Facts that the playbook does not carry start empty, but where the text is there to repeat them; one that
    was recorded since the last text is news, so a form begins with it until a text had it. What sources
    disagree about starts empty.
    """
    said = repeated_values(state, Writing(state.id, "", step_id, kind), office)
    recorded = news(state)
    for name, field in fields_for(state.book, state.step(step_id), kind):
        if name in recorded:
            said[name] = recorded[name].value
        elif sides_of(state, name) or (not field.carry and kind != "no-change"):
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
    promised = _next_update(state, state.step(step_id), kind, now)
    moments = {AS_OF: now.replace(second=0, microsecond=0), NEXT_UPDATE: promised}
    if kind == "final" and is_empty(values.get(NEXT_UPDATE)):
        del moments[NEXT_UPDATE]
    return {name: Instant.of(moment, state.zone) for name, moment in moments.items() if name in values}


def _next_update(state: Incident, step: Step, kind: Kind, now: datetime) -> datetime:
    """What this text promises; in one for staff, which promises nothing, what the public was promised."""
    owed = next_promise(state)
    if not step.text(kind).promises and owed is not None and owed.due.utc > now:
        return owed.due.utc
    return default_next_update(state.book, step, kind, state.severity, now)


def known_values(state: Incident, step_id: str, office: Mapping[str, str]) -> dict[str, FieldValue]:
    """The facts that were said last: this step's before any other's, the office's where none was said."""
    return {**office, INCIDENT_NAME: state.name, **said_before(state, step_id)}


def said_before(state: Incident, step_id: str) -> dict[str, FieldValue]:
    """The facts of approved texts, the latest of each; those of this step before any other's. No times."""
    known: dict[str, FieldValue] = {}
    for revision in (*_approved_texts(state), last_approved(state, step_id)):
        if revision is not None:
            known.update({name: value for name, value in revision.values.items() if not is_empty(value)})
    return {name: value for name, value in known.items() if name not in TIMES}


def news(state: Incident) -> dict[str, Fact]:
    """Facts for fields of the playbook that are newer than the last approved text that had the field.

    A text with new times only was not written anew, so it takes no news away.
    """
    written = [each for each in _approved_texts(state) if not each.renews]
    last = {name: each for each in sorted(written, key=lambda each: each.at) for name in each.values}
    known = ((name, sheet.counts(state, name)) for name, _ in fact_fields(state))
    return {
        name: fact
        for name, fact in known
        if fact is not None and not (name in last and sheet.had(state, last[name], fact))
    }


def other_facts(state: Incident) -> tuple[Fact, ...]:
    """The last fact of every name that is no field of the playbook, the newest first."""
    last = [found[-1] for name, found in state.facts.items() if name not in state.book.fields]
    return tuple(sorted(last, key=lambda fact: fact.as_of, reverse=True))


def missing_values(state: Incident, writing: Writing, values: Mapping[str, FieldValue]) -> tuple[str, ...]:
    """The names of fields of this text that somebody has to look at before it can be sent.

    Those that it needs and that nobody has said yet; and those of which a newer fact was recorded, since
    then it is not true that nothing changed; nor is it known while sources disagree.
    """
    recorded = news(state)
    return tuple(
        name
        for name, field in fields_for(state.book, state.step(writing.step), writing.kind)
        if (field.required and is_empty(values.get(name)))
        or (name in recorded and recorded[name].value != values.get(name))
        or (sides_of(state, name) and not is_empty(values.get(name)))
    )


def _approved_texts(state: Incident) -> list[Revision]:
    """In the order in which they were approved."""
    approved = [
        revision for draft in state.drafts.values() for revision in draft.revisions if revision.approved
    ]
    return sorted(approved, key=lambda revision: revision.approved_at or revision.at)
