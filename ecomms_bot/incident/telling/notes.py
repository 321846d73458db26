"""Entries by hand in words: notes, facts, questions of the public."""

from __future__ import annotations

from ecomms_bot.incident import events as e
from ecomms_bot.incident.changes import label_of, value_of
from ecomms_bot.incident.factsheet import found
from ecomms_bot.incident.state import Incident, Recorded
from ecomms_bot.incident.telling.base import and_, short, tell, with_
from ecomms_bot.incident.wording import Sentence, When, Who, say


@tell.register
def _(event: e.NoteAdded, _recorded: Recorded, _state: Incident) -> Sentence:
    who = Who(event.person)
    if event.quoted is None:
        return say("{who} noted: {text}", who=who, text=event.text)
    if not event.quoted.author:
        return say("{who} noted a message: {text}", who=who, text=event.text)
    author = Who(event.quoted.author)
    return say("{who} noted what {author} wrote: {text}", who=who, author=author, text=event.text)


@tell.register
def _(event: e.FactRecorded, _recorded: Recorded, state: Incident) -> Sentence:
    told = say(
        "Fact {name} = {value}, says {source}",
        name=label_of(state, event.name),
        value=value_of(state, event.name, event.value, event.unit),
        source=event.source,
    )
    if event.quoted is not None:
        told = with_(told, ", ", say("as of {as_of}", as_of=When(event.as_of, state.zone)))
    if event.until is not None:
        told = with_(told, ", ", say("known until {until}", until=When.of(event.until)))
    if event.replaces:
        told = with_(told, ", ", say("in the place of what others said"))
    return with_(told, ", ", say("recorded by {who}", who=Who(event.person)))


@tell.register
def _(event: e.FactVerified, _recorded: Recorded, state: Incident) -> Sentence:
    told = with_(_fact(state, event.name, event.fact), " ", say("confirmed by {who}", who=Who(event.person)))
    return with_(told, " ", say("as {roles}", roles=and_(event.roles))) if event.roles else told


@tell.register
def _(event: e.FactDecided, _recorded: Recorded, state: Incident) -> Sentence:
    told = say("counts, decided by {who}: {reason}", who=Who(event.person), reason=event.reason)
    return with_(_fact(state, event.name, event.fact), " ", told)


def _fact(state: Incident, name: str, fact_id: str) -> Sentence:
    fact = found(state.facts, fact_id)
    if fact is None:
        return say("A redacted fact about {name}", name=label_of(state, name))
    return say(
        "Fact {name} = {value} ({source})",
        name=label_of(state, name),
        value=value_of(state, name, fact.value, fact.unit),
        source=fact.source,
    )


@tell.register
def _(event: e.QuestionAsked, _recorded: Recorded, _state: Incident) -> Sentence:
    told = say("Question of the public for {owner}", owner=Who(event.owner))
    if event.due is not None:
        told = with_(told, ", ", say("wanted by {due}", due=When.of(event.due)))
    return with_(told, ": ", say("{text}", text=event.text))


@tell.register
def _(event: e.QuestionAnswered, _recorded: Recorded, state: Incident) -> Sentence:
    asked = state.questions.get(event.question)
    subject = say("Question “{text}”", text=short(asked.text)) if asked else say("A redacted question")
    told = say(" answered by {who}: {answer}", who=Who(event.person), answer=event.answer)
    return with_(subject, told)
