"""Which reminders are owed, when and to whom: computed from the state, so that none has to be cancelled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, assert_never

from ecomms_bot.incident.keys import promise_key, question_key, review_key, second_review_key, step_key
from ecomms_bot.incident.policy import IC, PIO
from ecomms_bot.incident.progress import ended_with_its_phase, owed_by, rounds, step_due
from ecomms_bot.incident.rules.overriding import unseen
from ecomms_bot.incident.state import Draft, Incident, Promise, Revision, StepRun
from ecomms_bot.playbook.instant import Instant

Point = Literal["T-15", "T-5", "T+0", "T+10"]
Subject = Literal[
    "promise", "review", "unmarked", "unmarked-promise", "second-review", "step", "question", "personal"
]
ReviewPoint = Literal["half", "target", "up"]

POINTS: dict[Point, timedelta] = {
    "T-15": timedelta(minutes=-15),
    "T-5": timedelta(minutes=-5),
    "T+0": timedelta(0),
    "T+10": timedelta(minutes=10),
}
BEFORE: tuple[Point, ...] = ("T-15", "T-5")
ESCALATES_TO: dict[str, str] = {"T+0": PIO, "T+10": IC}
T15_NEEDS = timedelta(minutes=20)
"""With fewer than 20 minutes left when the promise starts, T-15 would come on the heels of publishing."""
QUIET = timedelta(minutes=5)
"""What can wait is not said so shortly before or after a reminder that cannot."""
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


@dataclass(frozen=True, slots=True)
class Reminder:
    """Something to say at `due` (UTC). `subject_id` is a promise, a draft, a step, a question or one's own.

    `again`: the entry with which its time was moved or it came back, 0 if it never was.
    """

    key: str
    subject: Subject
    subject_id: str
    point: str
    due: datetime
    superseded_at: datetime | None = None
    again: int = 0


def owed(state: Incident) -> dict[str, Reminder]:
    """Every reminder that is still to be said, by key. A closed incident owes none."""
    if not state.open:
        return {}
    found = [
        *(reminder for promise in state.live_promises for reminder in of_promise(state, promise)),
        *(reminder for draft in state.drafts.values() for reminder in of_review(state, draft)),
        *(reminder for draft in state.drafts.values() for reminder in of_unmarked(state, draft)),
        *(reminder for draft in state.drafts.values() for reminder in of_second_review(state, draft)),
        *of_steps(state),
        *of_questions(state),
        *of_people(state),
    ]
    return {reminder.key: reminder for reminder in found if reminder.key not in state.fired}


def of_promise(state: Incident, promise: Promise) -> Iterator[Reminder]:
    """T-15, T-5, T+0 and T+10 of a live promise, and the one that was snoozed.

    What had passed when the promise started is not said; one that started overdue escalates at once.
    """
    for point, offset in POINTS.items():
        due = promise.due.utc + offset
        if point in ESCALATES_TO:
            if point == "T+0" and promise.started_at >= promise.due.utc + POINTS["T+10"]:
                continue
            due = max(due, promise.started_at)
        elif due <= promise.started_at or (point == "T-15" and _short(promise)):
            continue
        key = promise_key(promise, point)
        yield Reminder(key, "promise", promise.id, point, due, _superseded(promise, point))
    snooze = state.snoozes.get(promise.id)
    if snooze is not None and not (snooze.point == "T-15" and before_t5(promise, snooze.until)):
        key = promise_key(promise, f"{snooze.point}/again")
        yield Reminder(key, "promise", promise.id, "again", snooze.until)


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
    due = since + UNMARKED_FIRST
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


def of_steps(state: Incident) -> Iterator[Reminder]:
    """A step with a due time and no text submitted yet reminds its holder, once; a round of it likewise.

    What falls due while the team rests is said when the rest ends. Where texts promise, the promise reminds.
    """
    for run in state.steps.values():
        if run.skipped is not None or _submitted(state, run) or ended_with_its_phase(state, run.id):
            continue
        number = rounds(state, run)
        due = _round_due(state, run) if number else _first_due(run)
        if due is not None:
            rested = max(due.utc, state.rest.until.utc) if state.rest else due.utc
            again = max(state.course_seq, run.again_seq, *_last_marks(state, run))
            yield Reminder(step_key(run.id, number), "step", run.id, "due", rested, again=again)


def _last_marks(state: Incident, run: StepRun) -> Iterator[int]:
    """The entries that said last when its texts went out: a round counts from there."""
    for draft in (state.drafts[each] for each in run.drafts):
        yield from (each.seq for each in draft.marks[-1:])
        yield from (each.seq for each in draft.corrections[-1:])


def _submitted(state: Incident, run: StepRun) -> bool:
    """Whether a text of this step is with others, or was."""
    drafts = (state.drafts[draft] for draft in run.drafts)
    return any(each.revisions and each.open for each in drafts)


def _first_due(run: StepRun) -> Instant | None:
    """A time that had passed when the step was to do again is not said any more."""
    passed = run.due is not None and run.again_at is not None and run.due.utc <= run.again_at
    return None if passed else run.due


def _round_due(state: Incident, run: StepRun) -> Instant | None:
    step = state.step(run.id)
    rounds_by_itself = step.recurrence == "recurring" and owed_by(state, step) is None
    return step_due(state, run.id) if rounds_by_itself else None


def of_questions(state: Incident) -> Iterator[Reminder]:
    for each in state.open_questions:
        if each.due is not None:
            yield Reminder(question_key(each.id), "question", each.id, "due", each.due.utc)


def of_people(state: Incident) -> Iterator[Reminder]:
    for each in state.reminders.values():
        yield Reminder(f"personal/{each.id}", "personal", each.id, "due", each.due.utc)


def audience(state: Incident, reminder: Reminder) -> tuple[str, tuple[str, ...]]:
    """The role it is for, or "" and the people: the author of the text, the holder of the incident."""
    if reminder.point in ESCALATES_TO and reminder.subject in {"promise", "unmarked-promise"}:
        return ESCALATES_TO[reminder.point], ()
    if reminder.subject == "second-review":
        return PIO, ()
    return "", tuple(dict.fromkeys(person for person in _people(state, reminder) if person))


def _people(state: Incident, reminder: Reminder) -> tuple[str, ...]:
    match reminder.subject:
        case "question":
            return (state.questions[reminder.subject_id].owner,)
        case "personal":
            return (state.reminders[reminder.subject_id].person,)
        case "promise":
            return state.promises[reminder.subject_id].author, state.holder
        case "unmarked":
            return (state.drafts[reminder.subject_id].current.author,)
        case "unmarked-promise":
            return state.drafts[reminder.subject_id].current.author, state.holder
        case "step" | "second-review" | "review":
            return (state.holder,)
        case _:
            assert_never(reminder.subject)


def before_t5(promise: Promise, moment: datetime) -> bool:
    """Whether T-5 comes so soon after this moment that it says all there is to say."""
    t5 = promise.due.utc + POINTS["T-5"]
    return t5 - QUIET <= moment <= t5


def said_overdue(state: Incident, promise_id: str) -> bool:
    """Whether people were told that this update is not out."""
    promise = state.promises.get(promise_id)
    return promise is not None and any(promise_key(promise, each) in state.fired for each in ESCALATES_TO)


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


def _short(promise: Promise) -> bool:
    return promise.due.utc - promise.started_at < T15_NEEDS


def _superseded(promise: Promise, point: Point) -> datetime | None:
    """When the next reminder of the same people makes this one pointless (after the bot was away)."""
    following: dict[Point, Point] = {"T-15": "T-5", "T-5": "T+0"}
    return promise.due.utc + POINTS[following[point]] if point in following else None
