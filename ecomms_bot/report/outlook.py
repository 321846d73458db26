"""What is still to be done in one incident, and by when: for a terminal, while Slack cannot be reached."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from ecomms_bot.incident.changes import disputed, label_of, value_of
from ecomms_bot.incident.factsheet import found
from ecomms_bot.incident.partners import held_back, still_to_hear
from ecomms_bot.incident.policy import missing
from ecomms_bot.incident.progress import step_due
from ecomms_bot.incident.reminders import of_facts, review_wanted
from ecomms_bot.incident.rules.following import title_of
from ecomms_bot.incident.rules.overriding import unseen
from ecomms_bot.incident.rules.putting_right import channels_left, unfinished
from ecomms_bot.incident.standing import standing
from ecomms_bot.incident.state import Draft, Incident
from ecomms_bot.incident.wording import Sentence, Who, any_of, say


@dataclass(frozen=True, slots=True)
class Owed:
    """Something to do, with its time (UTC) if it has one."""

    due: datetime | None
    sentence: Sentence

    def late(self, now: datetime) -> bool:
        return self.due is not None and self.due < now


def outlook(state: Incident) -> tuple[Owed, ...]:
    """What is owed, by its time; what has none comes last. A closed incident owes nothing."""
    if not state.open:
        return ()
    owed = [
        *_promises(state),
        *_texts(state),
        *_put_right(state),
        *_facts(state),
        *_steps(state),
        *_people(state),
    ]
    return tuple(sorted(owed, key=lambda each: (each.due is None, each.due or state.opened_at)))


def _promises(state: Incident) -> Iterator[Owed]:
    for promise in state.live_promises:
        who = tuple(Who(person) for person in dict.fromkeys((promise.author, state.holder)))
        title = state.step(promise.step).title
        words = "update promised to the public ({title}): {who}"
        yield Owed(promise.due.utc, say(words, title=title, who=who))


def _texts(state: Incident) -> Iterator[Owed]:
    for draft in state.drafts.values():
        if draft.status == "in review":
            words = "approval by {roles}: {text}, written by {author}"
            roles = any_of(list(dict.fromkeys(missing(draft.current, draft.approvals))))
            yield Owed(review_wanted(draft.current), _of(state, draft, words, roles=roles))
        elif held_back(state, draft):
            left = ", ".join(still_to_hear(state, draft))
            yield Owed(None, _of(state, draft, "to be told to {left} first: {text}, {author}", left=left))
        elif draft.status == "approved":
            due = draft.current.next_update
            yield Owed(
                due.utc if due else None, _of(state, draft, "to be published and marked: {text}, {author}")
            )
        elif draft.status == "returned":
            yield Owed(None, _of(state, draft, "to be changed: {text}, {author}"))
        for revision in unseen(state, draft):
            words = "second look at {title}, revision {revision}, by a lead who had no part in it"
            title = title_of(state, draft)
            yield Owed(None, say(words, title=title, revision=revision.number))


def _put_right(state: Incident) -> Iterator[Owed]:
    """Corrections that have not reached everybody, and texts that say until when they hold."""
    for draft in unfinished(state):
        words = "to be put right on {channels} as well: {text}, {author}"
        yield Owed(None, _of(state, draft, words, channels=channels_left(state, draft)))
    for each in standing(state):
        if each.revision.expires is not None:
            words = "to be renewed or taken down: {title}, revision {revision}, {holder}"
            title, number = title_of(state, each.draft), each.revision.number
            said = say(words, title=title, revision=number, holder=Who(state.holder))
            yield Owed(each.revision.expires.utc, said)


def _facts(state: Incident) -> Iterator[Owed]:
    for name in disputed(state):
        words = "to be decided, since sources disagree: {name}, by a lead or {holder}"
        yield Owed(None, say(words, name=label_of(state, name), holder=Who(state.holder)))
    for reminder in of_facts(state):
        fact = found(state.facts, reminder.subject_id)
        overtaken = reminder.superseded_at is not None and reminder.superseded_at <= reminder.due
        if fact is not None and reminder.point == "end" and not overtaken:
            words = "to be known anew: {name} = {value}, {people}"
            value = value_of(state, fact.name, fact.value, fact.unit)
            people = tuple(Who(each) for each in dict.fromkeys((fact.person, state.holder)))
            yield Owed(reminder.due, say(words, name=label_of(state, fact.name), value=value, people=people))


def _of(state: Incident, draft: Draft, words: str, **values: str) -> Sentence:
    text = f"{title_of(state, draft)}, revision {draft.current.number}"
    return say(words, text=text, author=Who(draft.current.author), **values)


def _steps(state: Incident) -> Iterator[Owed]:
    """Steps with a time of their own, and no text on its way."""
    promised = {promise.due.utc for promise in state.live_promises}
    for run in state.steps.values():
        due = step_due(state, run.id)
        if due is not None and due.utc not in promised and state.draft_of(run.id) is None:
            yield Owed(
                due.utc,
                say("step {title}: {holder}", title=state.step(run.id).title, holder=Who(state.holder)),
            )


def _people(state: Incident) -> Iterator[Owed]:
    for question in state.open_questions:
        due = question.due.utc if question.due else None
        words = "answer a question: {owner}: “{text}”"
        yield Owed(due, say(words, owner=Who(question.owner), text=question.text))
    for reminder in state.reminders.values():
        if f"personal/{reminder.id}" not in state.fired:
            words = "reminder of {who}: “{text}”"
            yield Owed(reminder.due.utc, say(words, who=Who(reminder.person), text=reminder.text))
