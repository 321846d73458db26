"""What people are told: turns of course, offers, questions, reports, reminders."""

from __future__ import annotations

from collections.abc import Iterator

from ecomms_bot.incident import things
from ecomms_bot.incident.effects.base import INVITE, OPEN_CONVERSATION, POST, REPORT, post, task, to_people
from ecomms_bot.incident.entry import Task
from ecomms_bot.incident.state import Fired, Incident


def course(state: Incident) -> Iterator[Task]:
    """What everybody has to know goes to the conversation, an offer to whom it is made to.

    Who is asked to run the incident is invited too, and stays so once they said yes.
    """
    if state.conversation is not None:
        for away in state.away:
            yield post(state, things.away_thing(away.seq), f"{state.id}/talk")
        for turn in state.turns:
            yield post(state, things.turn_thing(turn.seq), f"{state.id}/talk")
    for offer in state.handovers.values():
        thing, open_ = things.handover_thing(offer.id), offer is state.handover
        if open_:
            yield from to_people(state, thing, (offer.to,))
        if state.conversation is not None and (open_ or offer.accepted_at is not None):
            yield task(state, INVITE, f"{state.id}/invite", thing, user=offer.to)


def questions(state: Incident) -> Iterator[Task]:
    """Who has to answer is told, and who took the question down hears the answer; nobody of their own."""
    for question in state.questions.values():
        if question.answered is None and question.owner != question.person:
            yield from to_people(state, things.question_thing(question.id), (question.owner,))
        elif question.answered is not None and question.answered.person != question.person:
            yield from to_people(state, things.answered_thing(question.id), (question.person,))


def reports(state: Incident) -> Iterator[Task]:
    for asked in state.reports.values():
        thing = things.report_thing(asked.id)
        lane = f"{state.id}/{REPORT}/{asked.person}"
        yield task(state, REPORT, lane, thing, thing=thing, user=asked.person)


def said(state: Incident) -> Iterator[Task]:
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
                yield post(state, thing, f"{state.id}/{thing}")
        else:
            step = reminder_step(state, fired)
            begun = bool(step) and things.has_thread(state, step)
            if begun and not alone:
                yield post(state, thing, f"{state.id}/{thing}", step=step)
            rootless = bool(step) and things.step_thing(step) in refused and not begun
            alone = alone or rootless or not fired.event.key.startswith("unmarked/")
        if alone:
            yield from to_people(state, thing, fired.event.to)


def reminder_step(state: Incident, fired: Fired) -> str:
    """The step in whose thread a reminder is said; "" when it is none's."""
    subject, subject_id, *_ = fired.event.key.split("/")
    match subject:
        case "promise":
            promise = state.promises.get(subject_id)
            return promise.step if promise else ""
        case (
            "review" | "unmarked" | "unmarked-promise" | "second-review" | "partner" | "put-right" | "expiry"
        ):
            draft = state.drafts.get(subject_id)
            return draft.step if draft else ""
        case "step":
            return subject_id
        case _:
            return ""
