"""`/ecomms …`: from what was typed to the answer, which goes to the person alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack, App

from ecomms_bot.incident.policy import HOLDER, PERMISSIONS, Act, require
from ecomms_bot.incident.state import Incident
from ecomms_bot.incident.wording import Rejected, reject, say
from ecomms_bot.slack import names
from ecomms_bot.slack.cards import answers
from ecomms_bot.slack.commands import which
from ecomms_bot.slack.commands.asked import Answer, Asked, readable, split, typed_in
from ecomms_bot.slack.commands.table import COMMANDS, Typed, meant
from ecomms_bot.slack.desk import Desk, aside, user_id
from ecomms_bot.slack.listeners import Click, Submission
from ecomms_bot.slack.message import Message
from ecomms_bot.slack.times import NotATime

Body = dict[str, Any]
WORD_SHOWN = 40
REPEATED_MAX = 300
"""Characters of the words after a time that are repeated behind each time that could be meant."""
SENTENCE = 4
"""So many words and no command among them: somebody wanted to say something."""


def register(app: App, desk: Desk) -> None:
    """Answer `/ecomms`. The answer travels with the acknowledgement, so that one message carries both."""

    @app.command(names.COMMAND)
    def listen(ack: Ack, body: Body) -> None:
        exercise = desk.in_exercise(body)  # before the command: after a commit nothing may fail
        answer = answered(desk, Asked.of(body, body.get("text") or "", body["trigger_id"]))
        if answer is None:
            ack()
        else:
            said = desk.personal(answer, exercise=exercise)
            ack(text=said.text, blocks=list(said.blocks), response_type="ephemeral")
        desk.home.acted(user_id(body))


def quoted(body: Mapping[str, Any]) -> str:
    """What was typed, to be copied and sent again."""
    return typed_in(body)


def use_incident(desk: Desk, body: Body, value: tuple[str, ...]) -> Answer:
    """The command that was typed, for the incident whose button was pressed; twice pressed acts once."""
    incident, packed = value
    return answered(desk, which.unpacked(body, incident, packed))


def answered(desk: Desk, asked: Asked) -> Answer:
    """Carried out, or why not and what to type instead, with what was typed."""
    try:
        return _carried_out(desk, asked)
    except Rejected as rejected:
        return aside(rejected.sentence, typed=asked.typed)
    except NotATime as error:
        if not error.instead or len(error.rest) > REPEATED_MAX:
            hint = f" Type {' or '.join(error.instead)}." if error.instead else ""
            return aside(say("{problem}" + hint, problem=error.problem), typed=asked.typed)
        lines = [f"{names.COMMAND} {asked.word} {each} {error.rest}".strip() for each in error.instead]
        return answers.asked_back(say("{problem}", problem=error.problem), lines)


def _carried_out(desk: Desk, asked: Asked) -> Answer:
    if not readable(asked.text).strip(" ?!.\n"):
        return COMMANDS["help"].run(desk, asked)
    command = COMMANDS.get(asked.word)
    if command is None:
        return _unknown(asked)
    _require_welcome(desk, asked, command)
    if command.about == "an incident":
        chosen = which.choose(desk, asked)
        if isinstance(chosen, Message):
            return chosen
        asked = chosen
    return command.run(desk, asked)


def _require_welcome(desk: Desk, asked: Asked, command: Typed) -> None:
    """Before any incident is named: who may do this nowhere hears it. What its holder may, the rules say."""
    act = Act.STATUS if command.shows_one or (command.shows and not asked.rest) else command.may
    person = desk.person(asked.body)
    if act is not None and (person.guest or HOLDER not in PERMISSIONS[act]):
        require(person, act, Incident(""))


def _unknown(asked: Asked) -> Answer:
    """For a word that is no command: what was meant, if that can be guessed."""
    text = readable(asked.text).strip()
    word, rest = split(text)
    found = meant(word)
    if found:
        problem = say(
            "There is no command “{word}”. Did you mean *{meant}*?", word=word[:WORD_SHOWN], meant=found
        )
        return answers.asked_back(problem, [f"{names.COMMAND} {found} {rest}".strip()])
    words = "There is no command “{word}”. Nothing was done. Type {help} to see what there is."
    if len(text.split()) >= SENTENCE:
        words += " To put these words into the log, begin with {note}."
    raise reject(
        "unknown",
        words,
        word=(word or text)[:WORD_SHOWN],
        help=f"{names.COMMAND} help",
        note=f"{names.COMMAND} note",
    )


CLICKS: Mapping[str, tuple[Click, int]] = {names.USE_INCIDENT: (use_incident, 2)}
SUBMISSIONS: Mapping[str, Submission] = {}
