"""Which published texts still stand, what they say of the fact sheet, and what is not put right everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ecomms_bot.incident.factsheet import disagreeing, same_value
from ecomms_bot.incident.keys import fact_key
from ecomms_bot.incident.state import Draft, Fact, Incident, Revision
from ecomms_bot.playbook.channels import CHANNELS


@dataclass(frozen=True, slots=True)
class Standing:
    """A text that the public can read on these channels, and that nothing has taken the place of."""

    draft: Draft
    revision: Revision
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flag:
    """A text says `fact`, and that does not count any more; `now` is what does, None while sources disagree.

    `expired`: nobody renewed it in time, and people were told.
    """

    draft: Draft
    revision: Revision
    fact: Fact
    why: Literal["changed", "disputed", "expired"]
    now: Fact | None = None


def standing(state: Incident) -> tuple[Standing, ...]:
    """Texts that are out for the public, by when they went out, without what was replaced or taken down."""
    found = [
        Standing(draft, revision, channels)
        for draft in state.drafts.values()
        for revision in draft.revisions
        if revision.public_at is not None and (channels := where_it_stands(state, draft, revision))
    ]
    return tuple(sorted(found, key=lambda each: each.revision.public_at or each.revision.at))


def where_it_stands(state: Incident, draft: Draft, revision: Revision) -> tuple[str, ...]:
    """The public channels on which people still take this text for true."""
    channels = [each for each in revision.receipts if CHANNELS[each].public and each not in revision.ended]
    replaced = {channel for later in _taking_its_place(state, draft, revision) for channel in later.receipts}
    return tuple(channel for channel in channels if channel not in replaced)


def _taking_its_place(state: Incident, draft: Draft, revision: Revision) -> Iterator[Revision]:
    """Later texts of the same step, and those that follow this one by name."""
    since = revision.public_at or revision.at
    for other in state.drafts.values():
        about = other.about
        follows = about is not None and (about.draft, about.revision) == (draft.id, revision.number)
        if not follows and (other.step != draft.step or other.about is not None):
            continue
        for each in other.revisions:
            if each is not revision and each.public_at is not None and each.public_at >= since:
                yield each


def followers(state: Incident, draft: Draft, revision: Revision) -> tuple[Draft, ...]:
    """The drafts that follow this published text by name and were not given up, oldest first."""
    return tuple(
        each
        for each in state.drafts.values()
        if each.about is not None
        and (each.about.draft, each.about.revision) == (draft.id, revision.number)
        and each.status not in {"declined", "withdrawn"}
    )


def left_to_put_right(state: Incident, draft: Draft) -> tuple[str, ...]:
    """Where the text that this draft corrects or cancels was read, and nobody has proof yet that it is told.

    A channel counts once this draft has a receipt there, or the wrong text was taken down there.
    """
    if draft.about is None or draft.about.relation == "update":
        return ()
    wrong = state.drafts.get(draft.about.draft)
    revision = wrong.revision(draft.about.revision) if wrong else None
    ended = revision.ended if revision else {}
    told = {channel for each in draft.revisions for channel in each.receipts}
    return tuple(each for each in draft.about.channels if each not in told and each not in ended)


def flags(state: Incident) -> tuple[Flag, ...]:
    """Texts on their way or standing that say what counts no more, in the order of the drafts."""
    return tuple(_flags(state))


def flags_of(state: Incident, draft: Draft) -> tuple[Flag, ...]:
    return tuple(each for each in _flags(state) if each.draft is draft)


def _flags(state: Incident) -> Iterator[Flag]:
    out = {(each.draft.id, each.revision.number) for each in standing(state)}
    for draft in state.drafts.values():
        for revision in draft.revisions:
            waits = revision is draft.last and draft.open
            if waits or (draft.id, revision.number) in out:
                yield from _of_revision(state, draft, revision)


def _of_revision(state: Incident, draft: Draft, revision: Revision) -> Iterator[Flag]:
    for name, used in revision.facts.items():
        said = next((each for each in state.facts.get(name, ()) if each.id == used), None)
        if said is None:
            continue
        now = state.fact(name)
        if disagreeing(state.facts[name], state.decided.get(name)):
            yield Flag(draft, revision, said, "disputed")
        elif now is not None and not same_value(now.value, said.value):
            yield Flag(draft, revision, said, "changed", now)
        elif now is not None and fact_key(now.id) in state.fired:
            yield Flag(draft, revision, said, "expired", now)
