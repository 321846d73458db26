"""What has to be done in the world because of what happened: tasks to add and to cancel.

`wanted` says from a state alone which things should be shown and which reminders are owed; `faces`, what
each of them shows. The effects of a transaction are the differences between before and after: nothing has to
remember to cancel a reminder or to edit a card.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from ecomms_bot.incident import faces, things
from ecomms_bot.incident.entry import Task, TaskChanges
from ecomms_bot.incident.events import Posted
from ecomms_bot.incident.keys import task_name
from ecomms_bot.incident.reminders import owed
from ecomms_bot.incident.rules.drafts import newest_preview
from ecomms_bot.incident.state import Draft, Failure, Fired, Incident, Recorded

POST, DM, REMINDER = "post", "dm", "reminder"
EDIT, REPORT = faces.EDIT, faces.REPORT
OPEN_CONVERSATION, ANSWER, INVITE, PIN = "open-conversation", "answer", "invite", "pin"


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
    tasks = [
        *_opening(state),
        *_steps(state),
        *_drafts(state),
        *_overrides(state),
        *_previews(state),
        *_course(state),
        *_questions(state),
        *_reports(state),
        *_said(state),
        *_ending(state),
    ]
    wanted_now = {task.key: _due(state, task, now) for task in tasks}
    for key, reminder in owed(state).items():
        task_key = f"{state.id}/{REMINDER}/{task_name(key, reminder.again)}"
        lane = f"{state.id}/{REMINDER}/{key}"
        wanted_now[task_key] = Task(task_key, state.id, REMINDER, lane, reminder.due, {"reminder": key})
    return wanted_now


def _edits(before: Incident, after: Incident, new: Sequence[Recorded], now: datetime) -> Iterator[Task]:
    had, has = faces.faces(before), faces.faces(after)
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
    if state.conversation is None and not state.open:
        return  # closed before it had one: none is made any more
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
    return f"{state.id}/{things.CONVERSATION}"


def lane_of_retry(key: str, kind: str, lane: str) -> str:
    """Where what Slack did not take now waits for its next try.

    At the opening one comes after the other, but nobody waits for an invitation or a pin that Slack puts
    off: it leaves the line. Only the conversation is needed by all.
    """
    return key if lane.endswith(f"/{things.CONVERSATION}") and kind != OPEN_CONVERSATION else lane


def _drafts(state: Incident) -> Iterator[Task]:
    for draft in state.drafts.values():
        if things.step_thing(draft.step) not in state.posted:
            continue
        for thing in _things_of(draft):
            yield _post(state, thing, _thread(state, draft.step), step=draft.step)


def _overrides(state: Incident) -> Iterator[Task]:
    """In the conversation, where all leads see it at once."""
    if state.conversation is not None:
        for draft in state.drafts.values():
            for override in draft.overridden_by:
                yield _post(state, things.override_thing(draft.id, override.seq), f"{state.id}/talk")


def _things_of(draft: Draft) -> Iterator[str]:
    for revision in draft.revisions:
        yield things.review_thing(draft.id, revision.number)
        if revision.approved_at is not None:
            yield things.publish_thing(draft.id, revision.number)
        for seq in revision.passed_on:
            yield things.your_turn_thing(draft.id, seq)
        for stood in revision.stood:
            yield things.taken_back_thing(draft.id, stood.until.seq)
        if revision.second_review is not None and not revision.second_review.agrees:
            yield things.found_wrong_thing(draft.id, revision.second_review.seq)
    for back in draft.returns:
        yield things.returned_thing(draft.id, back.revision)
    for mark in draft.marks:
        yield things.receipt_thing(draft.id, mark.seq)


def _previews(state: Incident) -> Iterator[Task]:
    """Of several previews of one draft only the newest is worth posting."""
    for preview in state.previews.values():
        newest = newest_preview(state, preview.draft) == preview
        if newest and things.step_thing(preview.step) in state.posted:
            thing = things.preview_thing(preview.draft, preview.seq)
            yield _post(state, thing, _thread(state, preview.step), step=preview.step)


def _course(state: Incident) -> Iterator[Task]:
    """What everybody has to know goes to the conversation, an offer to whom it is made to.

    Who is asked to run the incident is invited too, and stays so once they said yes.
    """
    if state.conversation is not None:
        for turn in state.turns:
            yield _post(state, things.turn_thing(turn.seq), f"{state.id}/talk")
    for offer in state.handovers.values():
        thing, open_ = things.handover_thing(offer.id), offer is state.handover
        if open_:
            yield from _to_people(state, thing, (offer.to,))
        if state.conversation is not None and (open_ or offer.accepted_at is not None):
            yield _task(state, INVITE, f"{state.id}/invite", thing, user=offer.to)


def _questions(state: Incident) -> Iterator[Task]:
    """Who has to answer is told, and who took the question down hears the answer; nobody of their own."""
    for question in state.questions.values():
        if question.answered is None and question.owner != question.person:
            yield from _to_people(state, things.question_thing(question.id), (question.owner,))
        elif question.answered is not None and question.answered.person != question.person:
            yield from _to_people(state, things.answered_thing(question.id), (question.person,))


def _reports(state: Incident) -> Iterator[Task]:
    for asked in state.reports.values():
        thing = things.report_thing(asked.id)
        lane = f"{state.id}/{REPORT}/{asked.person}"
        yield _task(state, REPORT, lane, thing, thing=thing, user=asked.person)


def _said(state: Incident) -> Iterator[Task]:
    """The messages of reminders that fired: to people, in the thread, or in the conversation.

    What is said in one place only goes to its people instead when Slack refused that place. Each has a lane
    of its own: it comes at its time, also behind a message that waits for somebody to mend something.
    """
    refused = {each.thing for each in state.failures if each.kind in {POST, OPEN_CONVERSATION}}
    nowhere = state.conversation is None and things.CONVERSATION in refused
    for fired in state.fired.values():
        thing = things.reminder_thing(fired.event.key)
        alone = nowhere or thing in refused
        if fired.event.role:
            if state.conversation is not None and not alone:
                yield _post(state, thing, f"{state.id}/{thing}")
        else:
            step = reminder_step(state, fired)
            root = things.step_thing(step) if step else ""
            if root in state.posted and not alone:
                yield _post(state, thing, f"{state.id}/{thing}", step=step)
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
        case "review" | "unmarked" | "unmarked-promise" | "second-review":
            draft = state.drafts.get(subject_id)
            return draft.step if draft else ""
        case "step":
            return subject_id
        case _:
            return ""


def _ending(state: Incident) -> Iterator[Task]:
    for failure in state.failures:
        thing = things.trouble_thing(failure.seq)
        if failure.kind == REPORT:
            yield from _to_people(state, thing, (_asker(state, failure),))
        elif things.split(failure.thing)[0] == "trouble":
            # The conversation took not even the word of what failed: it goes to who runs the incident.
            yield from _to_people(state, failure.thing, (state.holder, state.opener))
        elif state.conversation is not None and failure.thing != things.CONVERSATION:
            yield _post(state, thing, f"{state.id}/talk")
        else:
            yield from _to_people(state, thing, (state.opener,))
    if state.closing is not None and state.conversation is not None:
        yield _post(state, things.CLOSING, f"{state.id}/talk")


def _asker(state: Incident, failure: Failure) -> str:
    """Who wanted the files that could not be sent: nobody else has to know."""
    report = state.reports.get("".join(things.split(failure.thing)[1]))
    return report.person if report else state.opener


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
