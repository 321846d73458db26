"""Entries by hand in words: notes, facts, questions of the public."""

from __future__ import annotations

from ecomms_bot.incident import events as e
from ecomms_bot.incident.state import Incident, Recorded
from ecomms_bot.incident.telling.base import short, tell, with_
from ecomms_bot.incident.wording import Sentence, Value, When, Who, say
from ecomms_bot.playbook.instant import Instant


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
    field = state.book.fields.get(event.name)
    told = say(
        "Fact {name} = {value}, says {source}",
        name=field.label if field else event.name,
        value=_value(event, state),
        source=event.source,
    )
    if event.quoted is not None:
        told = with_(told, ", ", say("as of {as_of}", as_of=When(event.as_of, state.zone)))
    return with_(told, ", ", say("recorded by {who}", who=Who(event.person)))


def _value(event: e.FactRecorded, state: Incident) -> Value:
    """As people say it: a time on the clock, the answer that was chosen, a number with its unit."""
    if isinstance(event.value, Instant):
        return When.of(event.value)
    field = state.book.fields.get(event.name)
    if field is None:
        return event.value
    return f"{field.label_of(event.value)} {field.unit}".rstrip()


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
