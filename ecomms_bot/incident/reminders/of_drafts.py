"""Reminders of texts on their way: not approved yet, approved and not marked, let out and not looked at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from ecomms_bot.incident.keys import review_key, second_review_key
from ecomms_bot.incident.partners import held_back
from ecomms_bot.incident.reminders.base import POINTS, QUIET, Reminder
from ecomms_bot.incident.rules.overriding import unseen
from ecomms_bot.incident.state import Draft, Incident, Revision

HALF_NEEDS = timedelta(minutes=3)
"""With a shorter way between two reminders of an approval, the one at half its target is left out."""
UP_AT_LEAST = timedelta(minutes=5)
UP_EVERY = timedelta(minutes=30)
"""The next role up is asked half the target after it, at least so much; then again and again."""
SECOND_REVIEW = timedelta(minutes=15)
"""After an override, unless the tier says otherwise (the domain's rule for corrections)."""
SECOND_REVIEW_EVERY = timedelta(minutes=30)
UNMARKED_FIRST = timedelta(minutes=5)
UNMARKED_EVERY = timedelta(minutes=10)


def of_review(state: Incident, draft: Draft) -> Iterator[Reminder]:
    """A text that waits for approval: at half its target, at the target, and then to the next role up.

    A rest does not hold them back: who wrote it counts on its going out. What was said later says it all.
    """
    revision = draft.last
    if revision is None or draft.status != "in review" or not revision.texts:
        return
    target, wanted = revision.wanted_by.utc - revision.at, review_wanted(revision)
    up, said = wanted + max(target / 2, UP_AT_LEAST), 0
    # It was marked, and turned out not to be posted: then it waits once more.
    again = max((each.seq for each in draft.corrections if each.revision == revision.number), default=0)
    key = review_key(draft.id, revision, "up")
    if key not in state.fired:
        if target / 2 >= HALF_NEEDS and review_key(draft.id, revision, "target") not in state.fired:
            half = review_key(draft.id, revision, "half")
            yield Reminder(half, "review", draft.id, "half", wanted - target / 2, wanted, again)
        at_target = review_key(draft.id, revision, "target")
        yield Reminder(at_target, "review", draft.id, "target", wanted, up, again)
    while (fired := state.fired.get(key)) is not None:
        up, said = fired.at + UP_EVERY, said + 1
        key = review_key(draft.id, revision, "up", said)
    yield Reminder(key, "review", draft.id, "up", up, again=again)


def review_wanted(revision: Revision) -> datetime:
    """When its approval is wanted (UTC): anew from when it was taken back."""
    if revision.taken_back is None:
        return revision.wanted_by.utc
    return revision.taken_back.at + (revision.wanted_by.utc - revision.at)


def of_unmarked(state: Incident, draft: Draft) -> Iterator[Reminder]:
    """An approved text that nobody marked: 5 minutes after, then every 10, and at its printed T-5 and T+0."""
    revision = draft.last
    if revision is None or revision.approved_at is None or not waits_for_public_receipt(draft):
        return
    void = [each for each in draft.corrections if each.revision == revision.number and each.receipt is None]
    since, again = revision.approved_at, revision.approved_seq if revision.stood else 0
    if void and void[-1].seq > revision.approved_seq:
        since, again = void[-1].at, void[-1].seq
    base = f"{draft.id}/{revision.number}"
    said = 0
    while f"unmarked/{base}/{said}" in state.fired:
        said += 1
    printed = tuple(_of_printed_promise(draft, revision, since, again))
    if held_back(state, draft):  # nobody may post it yet, so nobody is asked to mark it
        yield from printed
        return
    due = max((since, *(each.recorded_at for each in draft.partner_words))) + UNMARKED_FIRST
    if said:
        due = max(due, state.fired[f"unmarked/{base}/{said - 1}"].at + UNMARKED_EVERY)
    if any(abs(due - each.due) < QUIET for each in printed):
        due = printed[-1].due + QUIET
    yield Reminder(f"unmarked/{base}/{said}", "unmarked", draft.id, str(said), due, again=again)
    yield from printed


def of_second_review(state: Incident, draft: Draft) -> Iterator[Reminder]:
    """A text that was let out and at which somebody else should have looked by now: until one did."""
    for revision in unseen(state, draft):
        tier = state.book.tiers.get(revision.tier)
        minutes = tier.second_review_minutes if tier else None
        first = SECOND_REVIEW if minutes is None else timedelta(minutes=minutes)
        due = (revision.approved_at or revision.at) + first
        key, said = second_review_key(draft.id, revision.approved_seq, 0), 0
        while (fired := state.fired.get(key)) is not None:
            due, said = fired.at + SECOND_REVIEW_EVERY, said + 1
            key = second_review_key(draft.id, revision.approved_seq, said)
        # It may have been stopped or replaced, and turned out to be posted before that.
        again = max((each.seq for each in draft.marks if each.revision == revision.number), default=0)
        yield Reminder(key, "second-review", draft.id, str(said), due, again=again)


def _of_printed_promise(draft: Draft, revision: Revision, since: datetime, again: int) -> Iterator[Reminder]:
    if revision.next_update is None:
        return
    for point in ("T-5", "T+0"):
        due = revision.next_update.utc + POINTS[point]
        if due > since:
            superseded = revision.next_update.utc if point == "T-5" else None
            key = f"unmarked-promise/{draft.id}/{revision.number}/{point}"
            yield Reminder(key, "unmarked-promise", draft.id, point, due, superseded, again)


def said_stalled(state: Incident, draft: Draft) -> bool:
    """Whether people were told that the time in which its approval was wanted has passed."""
    if draft.last is None or draft.status != "in review":
        return False
    return any(review_key(draft.id, draft.last, point) in state.fired for point in ("target", "up"))


def said_outdated(state: Incident, draft: Draft) -> bool:
    """Whether people were told that the time this text promises has passed, and nothing of it is out."""
    if draft.last is None or not waits_for_public_receipt(draft):
        return False
    return f"unmarked-promise/{draft.id}/{draft.current.number}/T+0" in state.fired


def waits_for_public_receipt(draft: Draft) -> bool:
    """Approved, has a text for the public, and no public channel is marked."""
    return draft.status == "approved" and draft.current.for_public
