"""Which published texts still stand, what they say of the fact sheet, what is not put right everywhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Literal

from ecomms_bot.incident.events import About
from ecomms_bot.incident.factsheet import agree, disagreeing, same_value
from ecomms_bot.incident.keys import fact_key
from ecomms_bot.incident.state import Draft, Fact, Incident, Revision
from ecomms_bot.playbook.channels import CHANNELS, in_reading_order
from ecomms_bot.playbook.instant import Instant


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


@dataclass(frozen=True, slots=True)
class Unlike:
    """A text says `value`, which somebody typed; the fact sheet says `now`, or its sources disagree."""

    name: str
    value: str | Instant
    now: Fact


def standing(state: Incident) -> tuple[Standing, ...]:
    """Texts that are out for the public, by when they went out, without what was replaced or taken down."""
    out = _out(state)
    found = [
        Standing(each.draft, each.revision, channels)
        for each in out
        if (channels := _where(state, each, out))
    ]
    return tuple(found)


def where_it_stands(state: Incident, draft: Draft, revision: Revision) -> tuple[str, ...]:
    """The public channels on which people still take this text for true."""
    out = _out(state)
    text = draft.id, revision.number
    this = next((each for each in out if (each.draft.id, each.revision.number) == text), None)
    return _where(state, this, out) if this is not None else ()


@dataclass(frozen=True, slots=True)
class _Out:
    """A text that the public read. `since`: when it was first read, and its place where that is the same."""

    draft: Draft
    revision: Revision
    since: tuple[datetime, int]


def _out(state: Incident) -> tuple[_Out, ...]:
    """By when they went out, looked up once for many questions: each answer compares a text with others."""
    texts = [(draft, each) for draft in state.drafts.values() for each in draft.revisions if each.receipts]
    found = [
        _Out(draft, each, (each.public_at, place))
        for place, (draft, each) in enumerate(texts)
        if each.public_at is not None
    ]
    return tuple(sorted(found, key=lambda each: each.since))


def _where(state: Incident, this: _Out, out: Sequence[_Out]) -> tuple[str, ...]:
    """Where it is read, without the channels of later texts that take its place.

    Texts of a step on demand are each about something else, such as another road: only by name does one of
    them take the place of another. Neither does a correction of another text.
    """
    ended = this.revision.ended
    left = {each for each in this.revision.receipts if CHANNELS[each].public and each not in ended}
    for other in takewhile(lambda each: each.since > this.since and left, reversed(out)):
        if _takes_place(state, this.draft, this.revision, other.draft):
            left.difference_update(other.revision.receipts)
    return tuple(each for each in this.revision.receipts if each in left)


def _takes_place(state: Incident, draft: Draft, revision: Revision, other: Draft) -> bool:
    if other is draft or _follows(other, draft, revision):
        return True
    if other.step != draft.step or (other.about is not None and puts_right(other.about)):
        return False
    return other.step in state.steps and state.step(other.step).recurrence != "on-demand"


def _follows(other: Draft, draft: Draft, revision: Revision) -> bool:
    about = other.about
    return about is not None and (about.draft, about.revision) == (draft.id, revision.number)


def followers(state: Incident, draft: Draft, revision: Revision) -> tuple[Draft, ...]:
    """The drafts that follow this published text by name, oldest first; not those given up and never out."""
    return tuple(
        each
        for each in state.drafts.values()
        if _follows(each, draft, revision) and (each.status not in {"declined", "withdrawn"} or _told(each))
    )


def puts_right(about: About) -> bool:
    """Whether this is a correction or a cancellation, which everybody has to hear who read the other text."""
    return about.relation != "update"


def read_on(state: Incident, draft: Draft, revision: Revision) -> frozenset[str]:
    """Every channel on which this text was read, and for a correction those of what it puts right as well.

    Taking a post down tells nobody, so a channel where it was taken down is among them.
    """
    channels = frozenset(revision.receipts)
    return channels | _wrong_on(state, draft)


def left_to_put_right(state: Incident, draft: Draft) -> tuple[str, ...]:
    """Where the text that this draft corrects or cancels was read, and nobody has proof yet that it is told.

    A channel counts once this draft has a receipt there. Where its step has no words for a channel, such as a
    road sign, it counts once the wrong text was taken down or changed there: elsewhere that tells nobody
    (Hawaii 2018: cancelled after 5 minutes, corrected on the same channel after 38). What another correction
    has taken over is left to that one.
    """
    if draft.about is None or _successor_out(state, draft):
        return ()
    words = state.step(draft.step).texts.get("correction")
    has_words = frozenset(words.templates) if words else frozenset()
    done = _told(draft) | (_ended_on(state, draft) - has_words)
    return tuple(each for each in in_reading_order(_wrong_on(state, draft)) if each not in done)


def _wrong_on(state: Incident, draft: Draft) -> frozenset[str]:
    """Where the text was read that this draft puts right, as it is known by now."""
    if draft.about is None or not puts_right(draft.about):
        return frozenset()
    # Where the receipts themselves were redacted, what was known when it was written still counts.
    wrong, revision = _followed(state, draft.about)
    void = {each.channel for each in wrong.corrections if each.revision == revision.number}
    return (frozenset(draft.about.channels) - void) | read_on(state, wrong, revision)


def _ended_on(state: Incident, draft: Draft) -> frozenset[str]:
    """Where the text that this draft puts right was taken down, or the one that it put right in its turn."""
    if draft.about is None:
        return frozenset()
    wrong, revision = _followed(state, draft.about)
    return frozenset(revision.ended) | _ended_on(state, wrong)


def _followed(state: Incident, about: About) -> tuple[Draft, Revision]:
    """It was out, so it was approved: also of a redacted text that is known."""
    draft = state.drafts[about.draft]
    return draft, next(each for each in draft.revisions if each.number == about.revision)


def _told(draft: Draft) -> frozenset[str]:
    return frozenset(channel for each in draft.revisions for channel in each.receipts)


def _successor_out(state: Incident, draft: Draft) -> bool:
    """Whether what corrects this draft is out, or a later correction of the same text."""
    after = False
    for other in state.drafts.values():
        about = other.about
        if about is not None and puts_right(about) and _told(other):
            assert draft.about is not None
            same = (about.draft, about.revision) == (draft.about.draft, draft.about.revision)
            if about.draft == draft.id or (same and after):
                return True
        after = after or other is draft
    return False


def flags(state: Incident) -> tuple[Flag, ...]:
    """Texts on their way or standing that say what counts no more, in the order of the drafts."""
    return tuple(_flags(state))


def flags_of(state: Incident, draft: Draft) -> tuple[Flag, ...]:
    return tuple(each for each in _flags(state) if each.draft is draft)


def _flags(state: Incident) -> Iterator[Flag]:
    if not state.facts:
        return
    out, sheet = _out(state), _sheet(state)
    read = {(each.draft.id, each.revision.number): each for each in out}
    for draft in state.drafts.values():
        for revision in draft.revisions:
            found = tuple(_of_revision(state, draft, revision, sheet))
            this = read.get((draft.id, revision.number))
            waits = revision is draft.last and draft.open
            if found and (waits or (this is not None and _where(state, this, out))):
                yield from found


_Sheet = Mapping[str, tuple[Mapping[str, Fact], bool, Fact | None]]
"""Name → its facts by their ids, whether sources disagree, what counts."""


def _sheet(state: Incident) -> _Sheet:
    return {
        name: (
            {fact.id: fact for fact in facts},
            bool(disagreeing(facts, state.decided.get(name))),
            state.fact(name),
        )
        for name, facts in state.facts.items()
    }


def _of_revision(state: Incident, draft: Draft, revision: Revision, sheet: _Sheet) -> Iterator[Flag]:
    for name, used in revision.facts.items():
        facts, disputed, now = sheet.get(name, ({}, False, None))
        said = facts.get(used)
        if said is None:
            continue
        if disputed:
            yield Flag(draft, revision, said, "disputed")
        elif now is not None and not agree(now, said):
            yield Flag(draft, revision, said, "changed", now)
        elif now is not None and fact_key(now.id) in state.fired:
            yield Flag(draft, revision, said, "expired", now)


def unlike_sheet(state: Incident, draft: Draft, revision: Revision) -> tuple[Unlike, ...]:
    """What a text on its way says otherwise than the fact sheet, without ever having taken it from there.

    Who typed it may know better than the sheet; whoever approves it should know of both.
    """
    if revision is not draft.last or not draft.open:
        return ()
    found = (
        Unlike(name, value, now)
        for name, value in revision.values.items()
        if value and name not in revision.facts and (now := state.fact(name)) is not None
    )
    return tuple(
        each
        for each in found
        if not same_value(each.now.value, each.value)
        or disagreeing(state.facts[each.name], state.decided.get(each.name))
    )
