"""What things in Slack show of the fact sheet: they are edited when that changes."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from ecomms_bot.incident import things
from ecomms_bot.incident.changes import disputed, sides_of, told
from ecomms_bot.incident.factsheet import found
from ecomms_bot.incident.standing import Flag, Unlike, flags, unlike_sheet
from ecomms_bot.incident.state import Draft, Incident, Revision


def fact_faces(state: Incident) -> Iterator[tuple[str, Hashable]]:
    """Thing → what it shows of facts, beside its own look: the card, messages of texts, messages of facts."""
    flagged = flags(state)
    conflicts = tuple((name, _sides(state, name)) for name in disputed(state))
    yield things.CARD, (tuple(_of_flag(state, each) for each in flagged), conflicts)
    for draft in state.drafts.values():
        for revision in draft.revisions:
            unlike = tuple(_of_unlike(state, each) for each in unlike_sheet(state, draft, revision))
            if revision.facts or unlike:
                said = tuple(_of_flag(state, each) for each in flagged if each.revision is revision)
                yield from _of_text(state, draft, revision, (said, unlike))
    if state.facts:
        yield from _of_messages(state, flagged)


def _of_text(
    state: Incident, draft: Draft, revision: Revision, said: Hashable
) -> Iterator[tuple[str, Hashable]]:
    """Who reviews it also sees who confirmed its facts."""
    used = (found(state.facts, fact) for fact in revision.facts.values())
    confirmed = tuple((fact.id, tuple(each.person for each in fact.verified)) for fact in used if fact)
    yield things.review_thing(draft.id, revision.number), (said, confirmed)
    if revision.approved_at is not None:
        yield things.publish_thing(draft.id, revision.number), said
    for mark in draft.marks:
        if mark.revision == revision.number:
            yield things.receipt_thing(draft.id, mark.seq), said


def _of_messages(state: Incident, flagged: tuple[Flag, ...]) -> Iterator[tuple[str, Hashable]]:
    """Those that were posted. Of several about one name the others lead to the one that says what to do."""
    newest = {name: fact for fact, name in told(state, flagged).items()}
    for thing in state.posted:
        kind, ids = things.split(thing)
        fact = found(state.facts, ids[0]) if kind == "changed-fact" else None
        if fact is None:
            continue
        name = fact.name
        texts = tuple(_of_flag(state, each) for each in flagged if each.fact.name == name)
        now, decision = state.fact(name), state.decided.get(name)
        told_by = newest.get(name)
        there = told_by is not None and things.changed_fact_thing(told_by) in state.posted
        counts = (now and now.id, decision and decision.seq, told_by, there)
        yield thing, (texts, _sides(state, name), counts, state.holder, state.open)


def _of_flag(state: Incident, flag: Flag) -> Hashable:
    text = (flag.draft.id, flag.revision.number, flag.draft.status)
    return text, flag.fact.id, flag.why, flag.now and flag.now.id, _sides(state, flag.fact.name)


def _of_unlike(state: Incident, unlike: Unlike) -> Hashable:
    return unlike.name, unlike.now.id, _sides(state, unlike.name)


def _sides(state: Incident, name: str) -> tuple[str, ...]:
    return tuple(fact.id for fact in sides_of(state, name))
