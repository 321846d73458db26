"""Reminders in words: set, said, put off."""

from __future__ import annotations

from datetime import datetime, timedelta

from ecomms_bot.incident import events as e
from ecomms_bot.incident.changes import label_of, value_of
from ecomms_bot.incident.factsheet import found
from ecomms_bot.incident.state import Incident, Recorded
from ecomms_bot.incident.telling.base import (
    REDACTED,
    REDACTED_TEXT,
    apart,
    find,
    promise_of,
    revision_of,
    short,
    step_title,
    tell,
    title_of,
    with_,
)
from ecomms_bot.incident.telling.following import not_everybody
from ecomms_bot.incident.wording import Sentence, When, Who, duration, say

LATE = timedelta(minutes=1)
"""A reminder said later than this tells how late it came."""


@tell.register
def _(event: e.ReminderSet, _recorded: Recorded, _state: Incident) -> Sentence:
    return say(
        "{who} wants to be reminded at {due}: {text}",
        who=Who(event.person),
        due=When.of(event.due),
        text=event.text,
    )


@tell.register
def _(event: e.ReminderFired, recorded: Recorded, state: Incident) -> Sentence:
    said = with_(_told(event), ": ", about(event.key, recorded.at, state))
    if event.late_seconds < LATE.total_seconds():
        return said
    return with_(said, " ", say("(said {late} late)", late=duration(timedelta(seconds=event.late_seconds))))


@tell.register
def _(event: e.ReminderSnoozed, _recorded: Recorded, state: Incident) -> Sentence:
    said = say(
        "reminder put off by {who}, to {until}", who=Who(event.person), until=When(event.until, state.zone)
    )
    return with_(promise_of(state, event.promise), ": ", said)


@tell.register
def _(event: e.WasAway, _recorded: Recorded, state: Incident) -> Sentence:
    since, until = When(event.since, state.zone), When(event.until, state.zone)
    span = duration(event.until - event.since)
    said = say("No bot was running from {since} to {until} ({span})", since=since, until=until, span=span)
    for number, each in enumerate(event.due):
        between = ". Came due meanwhile: " if number == 0 else "; "
        said = with_(said, between, apart(about(each.key, event.until, state), number))
    return said


def _told(event: e.ReminderFired) -> Sentence:
    """Whom a reminder went to: people, members of a role, or who stands in; and who of them is off duty."""
    said, asleep = _whom(event), tuple(Who(person) for person in event.off_duty)
    return with_(said, " ", say("(off duty: {asleep})", asleep=asleep)) if asleep else said


def _whom(event: e.ReminderFired) -> Sentence:
    who = tuple(Who(person) for person in event.to)
    if not event.role:
        return say("Reminder to {who}", who=who)
    if not event.stand_in:
        return say("Reminder to {role} ({who})", role=event.role, who=who)
    if not who:
        return say("Reminder to the conversation, as {role} has no members", role=event.role)
    return say("Reminder to {who}, as nobody of {role} is on duty", role=event.role, who=who)


def about(key: str, at: datetime, state: Incident) -> Sentence:
    """What the reminder of this key is about, as it stands `at` this moment (UTC)."""
    subject, subject_id, *rest = key.split("/")
    match subject:
        case "promise":
            return _due(state, subject_id, at)
        case "step":
            return say("step {title} is due", title=step_title(state, subject_id))
        case "fact":
            return _known_until(state, subject_id, ended=not rest)
        case "question":
            question = state.questions.get(subject_id)
            if question is None:
                return REDACTED
            return say("the question “{text}” has no answer yet", text=short(question.text))
        case "personal":
            reminder = state.reminders.get(subject_id)
            return say("{text}", text=reminder.text) if reminder else REDACTED
        case _:
            return _of_text(subject, subject_id, rest, at, state)


def _of_text(subject: str, draft_id: str, rest: list[str], at: datetime, state: Incident) -> Sentence:
    match subject:
        case "review":
            return _not_decided(state, draft_id, int(rest[0]), at)
        case "unmarked" | "unmarked-promise":
            return _not_marked(state, draft_id, int(rest[0]), promising=subject == "unmarked-promise")
        case "put-right":
            return not_everybody(state, draft_id)
        case "expiry":
            return _holds_until(state, draft_id, int(rest[0]), at)
        case "partner":
            return _held_back(state, draft_id)
        case _:
            draft = state.drafts.get(draft_id)
            title = title_of(state, draft.step, draft.kind) if draft else REDACTED_TEXT
            return say("nobody has looked at {title} once more since it was let out", title=title)


def _holds_until(state: Incident, draft_id: str, number: int, at: datetime) -> Sentence:
    revision = find(state, draft_id, number)
    expires = revision.expires if revision else None
    said = say("holds no more and is out")
    if expires is not None:
        words = "holds until {until}" if at < expires.utc else "holds no more since {until} and is out"
        said = say(words, until=When.of(expires))
    return with_(revision_of(state, draft_id, number, "revision"), " ", said)


def _held_back(state: Incident, draft_id: str) -> Sentence:
    draft = state.drafts.get(draft_id)
    if draft is None or draft.last is None:
        return with_(say(REDACTED_TEXT), " ", say("waits until its partners know it"))
    said = say("is approved and waits until its partners know it")
    return with_(revision_of(state, draft_id, draft.current.number, "revision"), " ", said)


def _known_until(state: Incident, fact_id: str, *, ended: bool) -> Sentence:
    fact = found(state.facts, fact_id)
    if fact is None or fact.until is None:
        return REDACTED
    words = "{name} = {value} was known until {until}" if ended else "{name} = {value} is known until {until}"
    value = value_of(state, fact.name, fact.value, fact.unit)
    return say(words, name=label_of(state, fact.name), value=value, until=When.of(fact.until))


def _not_decided(state: Incident, draft_id: str, number: int, at: datetime) -> Sentence:
    revision = find(state, draft_id, number)
    said = say("waits for approval")
    if revision is not None:
        wanted = revision.wanted_by
        words = "waits for approval, wanted by {wanted}"
        if at >= wanted.utc:
            words = "waits for approval, which was wanted by {wanted}"
        said = say(words, wanted=When.of(wanted))
    return with_(revision_of(state, draft_id, number, "revision"), " ", said)


def _not_marked(state: Incident, draft_id: str, number: int, *, promising: bool = False) -> Sentence:
    out = "played" if state.exercise else "published"
    revision = find(state, draft_id, number)
    said = say("is approved and not marked as {out}", out=out)
    if promising and revision and revision.next_update:
        said = say(
            "promises an update by {promised} and is not marked as {out}",
            promised=When.of(revision.next_update),
            out=out,
        )
    return with_(revision_of(state, draft_id, number, "revision"), " ", said)


def _due(state: Incident, promise_id: str, at: datetime) -> Sentence:
    promise = state.promises.get(promise_id)
    if promise is None or not promise.draft:
        return say("an update is promised")
    promised = When.of(promise.due)
    late = at - promise.due.utc
    if late < timedelta(0):
        return say("update promised for {promised}", promised=promised)
    if late < timedelta(minutes=1):
        return say("the update promised for {promised} is not out", promised=promised)
    words = "the update promised for {promised} is not out, {late_by} late"
    return say(words, promised=promised, late_by=duration(late))
