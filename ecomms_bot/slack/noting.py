"""Entries by hand: the shortcut "Add to the log", facts, questions of the public and their answers."""

from __future__ import annotations

import copy
import logging
from collections.abc import Mapping
from dataclasses import replace
from http.client import HTTPException
from typing import Any

from slack_bolt import Ack, App
from slack_sdk.errors import SlackApiError

from ecomms_bot.errors import EcommsError
from ecomms_bot.incident.changes import sides_of
from ecomms_bot.incident.commands import AddNote, AnswerQuestion, AskQuestion, Command, RecordFact
from ecomms_bot.incident.events import FactRecorded, QuestionAnswered, QuestionAsked, Quoted
from ecomms_bot.incident.factsheet import found
from ecomms_bot.incident.policy import Act, Person, may, require
from ecomms_bot.incident.rules.common import require_open
from ecomms_bot.incident.rules.notes import NOTE_MAX, require_unanswered
from ecomms_bot.incident.state import Fact, Incident, Recorded
from ecomms_bot.incident.things import question_thing
from ecomms_bot.incident.timeline import line
from ecomms_bot.incident.wording import Rejected, Sentence, Who, reject, say
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.service.handler import Outcome
from ecomms_bot.slack import forms, inputs, names, quoting
from ecomms_bot.slack.blocks import buttons
from ecomms_bot.slack.cards.facts import follows
from ecomms_bot.slack.cards.questions import answer_button
from ecomms_bot.slack.cards.view import View as CardView
from ecomms_bot.slack.cards.view import joined, with_more
from ecomms_bot.slack.desk import (
    ANSWER_ROOM_S,
    OPEN_VIEW_TIMEOUT_S,
    Desk,
    aside,
    deadline_of,
    in_own_messages,
    user_id,
)
from ecomms_bot.slack.fact_forms import KNOWN, OTHER
from ecomms_bot.slack.listeners import Click, Submission, done, errors
from ecomms_bot.slack.message import Block, Message
from ecomms_bot.slack.noting_forms import (
    Noted,
    answer_form,
    fact_form,
    incident_choice,
    log_form,
    redrawn,
    text_of,
)
from ecomms_bot.slack.text import mrkdwn

Body = dict[str, Any]
View = dict[str, Any]
TITLE = "Add to log"

logger = logging.getLogger(__name__)


def register(app: App, desk: Desk) -> None:
    """Answer the shortcut, and draw a form anew when something was chosen that it depends on."""

    @app.message_shortcut(names.LOG_SHORTCUT)
    def add_to_log(ack: Ack, body: Body) -> None:
        exercise = desk.in_exercise(body)
        refused: Sentence | None = None
        try:
            open_log_form(desk, body)
        except Rejected as rejected:
            refused = rejected.sentence
        ack()
        if refused is not None:
            said = desk.personal(refused, exercise=exercise)
            desk.answers.say(body.get("response_url", ""), said, exercise=exercise)

    @app.action(names.FORM_CHANGED)
    def draw_anew(ack: Ack, body: Body) -> None:
        try:
            _update_view(desk, body, _redrawn(desk, body, body["view"]))
        except (EcommsError, SlackApiError, HTTPException, OSError) as error:
            # The form stays as it is; sending it draws it anew as well, so nothing can go wrong unseen.
            logger.info("A form was not drawn anew: %s", error)
        ack()


# --- a message for the log --------------------------------------------------------------------------------


def open_log_form(desk: Desk, body: Body) -> None:
    """Opens the form with the message's words. It needs only what Slack sent along, so it works anywhere."""
    require(desk.person(body), Act.NOTE, Incident(""))
    rows = desk.records.open_incidents(deadline_of(body))
    here = [row for row in rows if row.conversation == body["channel"]["id"]]
    if not rows:
        desk.open_view(body, forms.done(TITLE, mrkdwn(_no_incident(desk, body))))
        return
    text, quoted = quoting.words_of(body["message"]), quoting.quoted_of(body)
    offered = here or rows
    only = offered[0].id if len(offered) == 1 else ""
    noted = Noted(only, quoted=quoted, url=body.get("response_url", ""), length=len(text))
    choice = None if len(here) == 1 else incident_choice(offered)
    desk.open_view(body, _log_form(desk, body, noted, text[:NOTE_MAX], choice))


def open_log_form_of(desk: Desk, body: Body, incident: str, quoted: Quoted, text: str) -> None:
    """Opens the form for words that stand at `quoted`, in the log of this incident."""
    noted = Noted(incident, quoted=quoted, url=body.get("response_url", ""), length=len(text))
    desk.open_view(body, _log_form(desk, body, noted, text[:NOTE_MAX], None))


def _log_form(desk: Desk, body: Body, noted: Noted, text: str, choice: Block | None) -> View:
    state: Incident | None = None
    entries: tuple[int, ...] = ()
    if noted.incident:
        state, log = desk.records.history(noted.incident, deadline_of(body))
        entries = quoting.earlier(log, noted.quoted) if noted.quoted is not None else ()
    decides = state is not None and _decides(desk, body, state)
    return log_form(noted, state, text, desk.now(), choice=choice, entries=entries, decides=decides)


def _no_incident(desk: Desk, body: Body) -> Sentence:
    """Why there is nothing to add to; the message stays where it is."""
    closed = desk.records.in_conversation(body["channel"]["id"], deadline_of(body))
    start = f"{names.COMMAND} start"
    to_do = say("The message stays where it is. To open an incident, type {start}.", start=start)
    if closed is not None:
        return joined(say("{name} is closed, so nothing can be added to its log.", name=closed.name), to_do)
    return joined(say("No incident is open, so there is no log to add to."), to_do)


def log(desk: Desk, body: Body, view: View) -> dict[str, Any] | None:
    """Records what the message is; a form that lacks what was chosen last is drawn anew first."""
    drawn, entered = Noted.drawn(view), inputs.raw_values(view)
    noted = drawn.chosen(entered)
    if not noted.incident:
        return errors(incident="Choose the incident.")
    if not drawn.fits(noted):
        return _asks_for_more(desk, body, view)
    return _recorded(desk, body, view, noted, _command(desk, body, noted, entered))


def _command(desk: Desk, body: Body, noted: Noted, entered: Mapping[str, Any]) -> Command:
    match noted.kind:
        case "note":
            return AddNote(entered["text"] or "", noted.quoted)
        case "question":
            owner = next((each for name, each in entered.items() if name.startswith("owner-")), None)
            state, due = desk.state(body, noted.incident), entered["due"]
            wanted = Instant.of(due, state.zone) if due is not None else None
            return AskQuestion(entered["text"] or "", owner or "", wanted, noted.quoted)
        case _:
            return _fact(desk.state(body, noted.incident), noted, entered)


# --- a fact -----------------------------------------------------------------------------------------------


def add_fact(desk: Desk, body: Body, value: tuple[str, ...]) -> None:
    """Opens the form of a fact."""
    state = desk.state(body, value[0])
    require_open(state)
    require(desk.person(body), Act.FACTS, state)
    noted = Noted(state.id, "fact", url=body.get("response_url", ""))
    desk.open_view(body, fact_form(noted, state, decides=_decides(desk, body, state)))


def still_so(desk: Desk, body: Body, value: tuple[str, ...]) -> None:
    """Opens the form with a fact that is to be recorded anew."""
    incident, fact_id = value
    state = desk.state(body, incident)
    require_open(state)
    require(desk.person(body), Act.FACTS, state)
    given = require_fact(state, fact_id)
    noted = Noted(state.id, "fact", KNOWN + given.name, url=body.get("response_url", ""))
    desk.open_view(body, fact_form(noted, state, decides=_decides(desk, body, state), given=given))


def _decides(desk: Desk, body: Body, state: Incident) -> bool:
    return may(desk.person(body), Act.DECIDE_FACT, state)


def fact(desk: Desk, body: Body, view: View) -> dict[str, Any] | None:
    """Records it."""
    drawn, entered = Noted.drawn(view), inputs.raw_values(view)
    noted = drawn.chosen(entered)
    if not drawn.fits(noted):
        return _asks_for_more(desk, body, view)
    return _recorded(desk, body, view, noted, _fact(desk.state(body, noted.incident), noted, entered))


def _fact(state: Incident, noted: Noted, entered: Mapping[str, Any]) -> RecordFact:
    """What is not there or not right is told by the rules, beside its field."""
    name = noted.fact.removeprefix(KNOWN)
    if noted.fact == OTHER:
        name = _known_name(state, entered.get("other") or "")
    value = next((each for block, each in entered.items() if _is_value(block)), None) or ""
    if not isinstance(value, str):
        value = Instant.of(value, state.zone)
    until = entered.get("until")
    return RecordFact(
        name,
        value,
        entered.get("source") or "",
        noted.quoted,
        unit=next((each or "" for block, each in entered.items() if block.startswith("unit-")), ""),
        until=Instant.of(until, state.zone) if until is not None else None,
        replaces=any(each for block, each in entered.items() if block.startswith("replaces-")),
    )


def require_fact(state: Incident, fact_id: str) -> Fact:
    """The fact of a button."""
    fact = found(state.facts, fact_id)
    if fact is None:
        raise reject(
            "no-fact",
            "This fact is not in the log of {name} any more. Type {how} for what is known.",
            name=state.name,
            how=f"{names.COMMAND} facts",
        )
    return fact


def _known_name(state: Incident, typed: str) -> str:
    """The field or fact that is called so already, in whatever case it was typed."""
    wanted = " ".join(typed.split()).casefold()
    called = {name.casefold(): name for name in state.facts}
    for name, field in state.book.fields.items():
        called |= {name.casefold(): name, field.label.casefold(): name}
    return called.get(wanted, typed)


def _is_value(block: str) -> bool:
    return block == "value" or block.startswith("value-")


# --- an answer --------------------------------------------------------------------------------------------


def answer(desk: Desk, body: Body, value: tuple[str, ...]) -> None:
    """Opens the form of an answer."""
    incident, question = value
    state = desk.state(body, incident)
    require_open(state)
    require(desk.person(body), Act.NOTE, state)
    asked = require_unanswered(state, question)
    shown = in_own_messages(body)
    desk.open_view(body, answer_form(state, asked, body.get("response_url", ""), in_place=shown))


def answered(desk: Desk, body: Body, view: View) -> dict[str, Any] | None:
    """Records it. Nothing goes to the public."""
    held = forms.metadata_of(view)
    command = AnswerQuestion(held["q"], inputs.raw_values(view)["answer"] or "")
    place = question_thing(held["q"]) if held.get("m") else ""
    return _recorded(desk, body, view, Noted(held["i"], url=held["u"]), command, in_place=place)


# --- what all of them share -------------------------------------------------------------------------------


def _redrawn(desk: Desk, body: Body, view: View) -> View:
    """The form for what is chosen in it now, with all that was entered."""
    noted = Noted.drawn(view).chosen(inputs.raw_values(view))
    if view["callback_id"] == names.FACT_FORM:
        state = desk.state(body, noted.incident)
        return redrawn(view, fact_form(noted, state, decides=_decides(desk, body, state)))
    choice = next((block for block in view["blocks"] if block.get("block_id") == "incident"), None)
    return redrawn(view, _log_form(desk, body, noted, text_of(view), choice))


def _asks_for_more(desk: Desk, body: Body, view: View) -> dict[str, Any]:
    """What was chosen needs other fields than this form has: Slack's answer to the choice was lost."""
    words = "Nothing was added yet. Please fill in what is asked now."
    return {"response_action": "update", "view": forms.with_problem(_redrawn(desk, body, view), words)}


def _update_view(desk: Desk, body: Body, view: View) -> None:
    client = copy.copy(desk.views)
    if (deadline := deadline_of(body)) is not None:
        left = max(0.1, deadline.remaining() + ANSWER_ROOM_S)
        client.timeout = min(OPEN_VIEW_TIMEOUT_S, left)  # type: ignore[assignment] # any number of seconds
    client.views_update(view_id=body["view"]["id"], view=view)


def _recorded(
    desk: Desk, body: Body, view: View, noted: Noted, command: Command, *, in_place: str = ""
) -> dict[str, Any] | None:
    """Carries it out; the person is told aside what stands in the log now.

    `in_place`: the thing that is shown instead, in the place of the message that was clicked.
    """
    try:
        outcome = desk.do(body, noted.incident, command, view["id"])
    except Rejected as rejected:
        raise Rejected(rejected.code, rejected.sentence, _block(view, rejected.field)) from None
    if outcome.duplicate or not outcome.new:
        return done("Done", _already(outcome), outcome.state)
    words = _kept(outcome.state, outcome.new[0], user_id(body))
    if not noted.url:
        return done("Done", words, outcome.state)
    if in_place:
        desk.instead(noted.url, in_place, outcome.state)
        return None
    said, exercise = _aside(desk, outcome, words, desk.person(body)), outcome.state.exercise
    desk.answers.say(noted.url, desk.personal(said, exercise=exercise), exercise=exercise)
    return None


def _aside(desk: Desk, outcome: Outcome, words: Sentence, person: Person) -> Message:
    """What was kept, and what can be done from here: answer a question of one's own, decide a conflict."""
    said, event = aside(words), outcome.new[0].event
    shown = CardView(outcome.state, desk.directory.roster(), desk.now())
    if isinstance(event, FactRecorded):
        return with_more(said, *follows(shown, event.name, person))
    if not isinstance(event, QuestionAsked) or event.owner != person.id:
        return said
    button = answer_button(shown, outcome.state.questions[event.question], primary=False)
    return replace(said, blocks=(*said.blocks, *buttons(button)))


def _block(view: View, field: str | None) -> str | None:
    """The block of a form that asks for what the rules call `field`."""
    blocks = inputs.input_blocks(view)
    if field == "name" and "other" in blocks:
        return "other"
    return next((block for block in blocks if block == field or block.startswith(f"{field}-")), field)


def _already(outcome: Outcome) -> Sentence:
    name = outcome.state.name
    if outcome.new:
        words = "This is in the log of {name} already, as entry {entry}. Nothing was added twice."
        return say(words, name=name, entry=outcome.new[0].seq)
    words = "The log of {name} has this fact already, from the same source. Nothing was added twice."
    return say(words, name=name)


def _kept(state: Incident, recorded: Recorded, person: str) -> Sentence:
    """What stands in the log now, and what follows from it."""
    told = say("Added to the log of {name}.", name=state.name)
    if (follows := _follows(state, recorded, person)) is not None:
        told = joined(told, follows)
    return joined(joined(told, say("Entry {entry}:", entry=recorded.seq)), line(recorded, state))


def _follows(state: Incident, recorded: Recorded, person: str) -> Sentence | None:
    match recorded.event:
        case FactRecorded() as event if sides_of(state, event.name):
            return None
        case FactRecorded() as event if event.name in state.book.fields:
            return say("The next text that asks for it begins with it.")
        case QuestionAsked() as event if event.owner != person:
            return say("{who} is asked in a direct message.", who=Who(event.owner))
        case QuestionAsked():
            return say("It stays on the card until it is answered.")
        case QuestionAnswered():
            return say("Nothing went to the public: for that, write a text.")
        case _:
            return None


CLICKS: Mapping[str, tuple[Click, int]] = {
    names.ADD_FACT: (add_fact, 1),
    names.STILL_SO: (still_so, 2),
    names.ANSWER: (answer, 2),
}
SUBMISSIONS: Mapping[str, Submission] = {
    names.LOG_FORM: log,
    names.FACT_FORM: fact,
    names.ANSWER_FORM: answered,
}
