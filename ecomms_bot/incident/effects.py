"""What has to be done in the world because of what happened: tasks to add and to cancel.

`wanted` says from a state alone which things should be shown and which reminders are owed; `faces`, what
each of them shows. The effects of a transaction are the differences between before and after: nothing has to
remember to cancel a reminder or to edit a card.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from ecomms_bot.incident import things
from ecomms_bot.incident.entry import Task, TaskChanges
from ecomms_bot.incident.events import Posted
from ecomms_bot.incident.policy import missing
from ecomms_bot.incident.progress import step_status
from ecomms_bot.incident.reminders import owed, said_overdue
from ecomms_bot.incident.state import Draft, Fired, Incident, Recorded

POST, EDIT, DM, REMINDER = "post", "edit", "dm", "reminder"
OPEN_CONVERSATION, ANSWER, INVITE, PIN = "open-conversation", "answer", "invite", "pin"
REPORT = "report"


def effects(before: Incident, after: Incident, new: Sequence[Recorded]) -> TaskChanges:
    """The tasks that one transaction adds and cancels; what is to do now is due when it was written."""
    now = new[-1].at
    had, has = wanted(before, now), wanted(after, now)
    add = [task for key, task in has.items() if key not in had]
    cancel = [key for key in had if key not in has]
    return TaskChanges((*add, *_edits(before, after, new, now)), tuple(cancel))


def wanted(state: Incident, now: datetime) -> dict[str, Task]:
    """Every task this state has ever called for and still does, by key; done ones are among them."""
    if not state.exists:
        return {}
    tasks = [*_opening(state), *_steps(state), *_drafts(state), *_said(state), *_ending(state)]
    wanted_now = {task.key: _due(state, task, now) for task in tasks}
    for key, reminder in owed(state).items():
        task_key = f"{state.id}/{REMINDER}/{key}"
        wanted_now[task_key] = Task(
            task_key, state.id, REMINDER, f"{state.id}/{REMINDER}/{key}", reminder.due, {"reminder": key}
        )
    return wanted_now


def faces(state: Incident) -> dict[str, Hashable]:
    """What each thing shows, reduced to what tells one look from another."""
    shown: dict[str, Hashable] = {things.CARD: _card_face(state)}
    for run in state.steps.values():
        status = state.drafts[run.drafts[-1]].status if run.drafts else ""
        shown[things.step_thing(run.id)] = (step_status(state, run.id), status, len(run.drafts), state.open)
    for draft in state.drafts.values():
        for revision in draft.revisions:
            last = revision.number == draft.current.number
            review = (last, draft.status if last else "", len(draft.approvals) if last else 0, state.open)
            shown[things.review_thing(draft.id, revision.number)] = review
            if revision.approved_at is not None:
                publish = (last, tuple(revision.receipts), state.open)
                shown[things.publish_thing(draft.id, revision.number)] = publish
    return shown


def _card_face(state: Incident) -> Hashable:
    return (
        state.severity,
        state.phase,
        state.holder,
        tuple((run, step_status(state, run)) for run in state.steps),
        tuple(
            (
                draft.id,
                draft.status,
                len(draft.revisions),
                missing(draft.current, draft.approvals) if draft.revisions else (),
            )
            for draft in state.drafts.values()
        ),
        tuple((promise.id, said_overdue(state, promise.id)) for promise in state.live_promises),
        # A failed edit of the card is not on it: else telling of it would be the next edit, without end.
        sum((failure.kind, failure.thing) != (EDIT, things.CARD) for failure in state.failures),
        state.open,
    )


def _edits(before: Incident, after: Incident, new: Sequence[Recorded], now: datetime) -> Iterator[Task]:
    had, has = faces(before), faces(after)
    fresh = {each.event.thing: each.event.seen for each in new if isinstance(each.event, Posted)}
    for thing, face in has.items():
        if thing not in after.posted:
            continue
        outdated = fresh[thing] < after.changed_seq if thing in fresh else had.get(thing) != face
        if outdated:
            lane = f"{after.id}/{EDIT}/{thing}"
            yield Task(f"{lane}/{after.seq}", after.id, EDIT, lane, now, {"thing": thing}, coalesce=True)


def _opening(state: Incident) -> Iterator[Task]:
    """One after the other: conversation, card, invitation, pin, first step, answer.

    The answer is there from the beginning; what belongs before it goes ahead by an earlier time.
    """
    lane = _arrival(state)
    yield _task(state, OPEN_CONVERSATION, lane, "", thing=things.CONVERSATION)
    yield _task(state, ANSWER, lane, "")
    if state.conversation is None:
        return
    yield _ahead(_post(state, things.CARD, lane))
    yield _ahead(_task(state, INVITE, lane, ""))
    if things.CARD in state.posted:
        yield _ahead(_task(state, PIN, lane, "", thing=things.CARD))


def _ahead(task: Task) -> Task:
    return replace(task, due_at=task.due_at - timedelta(microseconds=1))


def _due(state: Incident, task: Task, now: datetime) -> Task:
    """Due when it was written, but for what goes ahead of others in its lane."""
    assert state.opened_at is not None
    return task if task.due_at < state.opened_at else replace(task, due_at=now)


def _steps(state: Incident) -> Iterator[Task]:
    """Below the card; if Slack refused that one, without it."""
    refused = any(failure.thing == things.CARD and failure.kind == POST for failure in state.failures)
    if state.conversation is None or not (refused or things.CARD in state.posted):
        return
    for run in state.steps.values():
        yield _ahead(_post(state, things.step_thing(run.id), _arrival(state)))


def _arrival(state: Incident) -> str:
    return f"{state.id}/conversation"


def _drafts(state: Incident) -> Iterator[Task]:
    for draft in state.drafts.values():
        if things.step_thing(draft.step) not in state.posted:
            continue
        for thing in _things_of(draft):
            yield _post(state, thing, _thread(state, draft.step), step=draft.step)


def _things_of(draft: Draft) -> Iterator[str]:
    for revision in draft.revisions:
        yield things.review_thing(draft.id, revision.number)
        if revision.approved_at is not None:
            yield things.publish_thing(draft.id, revision.number)
    for back in draft.returns:
        yield things.returned_thing(draft.id, back.revision)
    for mark in draft.marks:
        yield things.receipt_thing(draft.id, mark.seq)


def _said(state: Incident) -> Iterator[Task]:
    """The messages of reminders that fired: to people, in the thread, or in the conversation.

    What is said in one place only goes to its people instead when Slack refused that place.
    """
    refused = {each.thing for each in state.failures if each.kind in {POST, OPEN_CONVERSATION}}
    nowhere = state.conversation is None and things.CONVERSATION in refused
    for fired in state.fired.values():
        thing = things.reminder_thing(fired.event.key)
        alone = nowhere or thing in refused
        if fired.event.role:
            if state.conversation is not None and not alone:
                yield _post(state, thing, f"{state.id}/talk")
        else:
            step = reminder_step(state, fired)
            root = things.step_thing(step) if step else ""
            if root in state.posted and not alone:
                yield _post(state, thing, _thread(state, step), step=step)
            rootless = root in refused and root not in state.posted
            alone = alone or rootless or not fired.event.key.startswith("unmarked/")
        if alone:
            yield from _to_people(state, thing, fired.event.to)


def _to_people(state: Incident, thing: str, people: Iterable[str]) -> Iterator[Task]:
    for person in dict.fromkeys(people):
        yield _task(state, DM, f"{state.id}/dm/{person}", f"{thing}/{person}", thing=thing, user=person)


def reminder_step(state: Incident, fired: Fired) -> str:
    """The step in whose thread a reminder is said; "" when it is none's."""
    subject, subject_id, *_ = fired.event.key.split("/")
    match subject:
        case "promise":
            promise = state.promises.get(subject_id)
            return promise.step if promise else ""
        case "unmarked" | "unmarked-promise":
            draft = state.drafts.get(subject_id)
            return draft.step if draft else ""
        case "step":
            return subject_id
        case _:
            return ""


def _ending(state: Incident) -> Iterator[Task]:
    for failure in state.failures:
        thing = things.trouble_thing(failure.seq)
        if things.split(failure.thing)[0] == "trouble":
            # The conversation took not even the word of what failed: it goes to who runs the incident.
            yield from _to_people(state, failure.thing, (state.holder, state.opener))
        elif state.conversation is not None and failure.thing != things.CONVERSATION:
            yield _post(state, thing, f"{state.id}/talk")
        else:
            yield from _to_people(state, thing, (state.opener,))
    if state.closing is not None and state.conversation is not None:
        yield _post(state, things.CLOSING, f"{state.id}/talk")


def _thread(state: Incident, step: str) -> str:
    return f"{state.id}/step/{step}"


def _post(state: Incident, thing: str, lane: str, step: str = "") -> Task:
    return _task(state, POST, lane, thing, thing=thing, step=step)


def _task(state: Incident, kind: str, lane: str, suffix: str, **ids: str) -> Task:
    key = f"{state.id}/{kind}/{suffix}" if suffix else f"{state.id}/{kind}"
    assert state.opened_at is not None
    return Task(
        key, state.id, kind, lane, state.opened_at, {name: value for name, value in ids.items() if value}
    )
