"""`/ecomms …`: what people type. The answer goes to the person alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

from slack_bolt import Ack, App

from ecomms_bot.incident.commands import SetReminder, Snooze
from ecomms_bot.incident.entry import IncidentRow
from ecomms_bot.incident.events import ReminderSet
from ecomms_bot.incident.policy import Act, require
from ecomms_bot.incident.rules.common import require_open
from ecomms_bot.incident.state import Incident
from ecomms_bot.incident.timeline import lines
from ecomms_bot.incident.wording import Rejected, Sentence, When, any_of, reject, say
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.slack import forms, names, opening
from ecomms_bot.slack.cards import View, answers
from ecomms_bot.slack.desk import Desk, aside, deadline_of
from ecomms_bot.slack.listeners import Click, Submission
from ecomms_bot.slack.message import Message
from ecomms_bot.slack.times import NotATime, split_time

Body = dict[str, Any]
Answer = Message | Sentence | None
LOG_LINES = 15


def register(app: App, desk: Desk) -> None:
    """Answer `/ecomms`. The answer travels with the acknowledgement, so that one message carries both."""

    @app.command(names.COMMAND)
    def listen(ack: Ack, body: Body) -> None:
        word, _, rest = (body.get("text") or "").strip().partition(" ")
        command = COMMANDS.get(word.lower() or "help", unknown)
        exercise = desk.in_exercise(body)  # before the command: after a commit nothing may fail
        try:
            answer = command(desk, body, rest.strip())
        except Rejected as rejected:
            answer = aside(rejected.sentence, typed=quoted(body))
        except NotATime as error:
            answer = aside(say("{problem}", problem=str(error)), typed=quoted(body))
        if answer is None:
            ack()
            return
        said = desk.personal(answer, exercise=exercise)
        ack(text=said.text, blocks=list(said.blocks), response_type="ephemeral")


def quoted(body: Mapping[str, Any]) -> str:
    """What was typed, to be copied and sent again."""
    return f"{body.get('command', names.COMMAND)} {body.get('text') or ''}".strip()


def start(desk: Desk, body: Body, rest: str) -> Answer:
    """Opens the form, or asks about a young one; nothing is written until the form is sent."""
    require(desk.person(body), Act.OPEN, Incident(""))
    books = [loaded.playbook for loaded in desk.library.playbooks.values()]
    chosen = next((book for book in books if book.id == rest.lower()), None)
    if chosen is None and (rest or not books):
        raise _no_playbook(rest, [book.id for book in books])
    return opening.start(desk, body, chosen or books[0])


def _no_playbook(asked: str, known: list[str]) -> Rejected:
    if not known:
        return reject("no-playbook", "There is no playbook yet. Ask whoever runs the bot to add one.")
    near = get_close_matches(asked.lower(), known, 1) or [each for each in known if each in asked.lower()]
    instead = any_of([f"{names.COMMAND} start {each}" for each in near or known])
    words = "There is no playbook “{asked}”. Type {instead}."
    return reject("no-playbook", words, asked=asked[:50], instead=instead)


def status(desk: Desk, body: Body, _rest: str) -> Answer:
    require(desk.person(body), Act.STATUS, Incident(""))
    row = desk.records.in_conversation(body["channel_id"], deadline_of(body))
    if row is None:
        rows = desk.records.open_incidents(deadline_of(body))
        return answers.status_list(rows, desk.now(), desk.office.time_zone)
    return status_of(desk, body, row.id)


def status_of(desk: Desk, body: Body, incident: str) -> Message:
    """The card's content and the last entries, for one person."""
    state, entries = desk.records.history(incident, deadline_of(body))
    return answers.status(View(state, desk.directory.roster(), desk.now()), lines(state, entries))


def log(desk: Desk, body: Body, _rest: str) -> Answer:
    require(desk.person(body), Act.LOG, Incident(""))
    row = _row(desk, body)
    state, entries = desk.records.history(row.id, deadline_of(body))
    every = lines(state, entries)
    view = View(state, desk.directory.roster(), desk.now())
    return answers.log_lines(view, every[-LOG_LINES:], total=len(every))


def remind(desk: Desk, body: Body, rest: str) -> Answer:
    """`remind 14:30 call the mayor`: a message to the person at that time, in the incident's zone."""
    row = _row(desk, body)
    state = desk.state(body, row.id)
    moment, text = split_time(rest, state.zone, desk.now())
    command = SetReminder(Instant.of(moment, state.zone), text)
    outcome = desk.do(body, row.id, command, body["trigger_id"])
    kept = outcome.new[0].event  # a command that arrives twice is told what the first one set
    assert isinstance(kept, ReminderSet)
    return say("I will remind you at {when}: {text}", when=When.of(kept.due), text=kept.text)


def snooze(desk: Desk, body: Body, rest: str) -> Answer:
    """`snooze` or `snooze 10`: the last reminder of the promise once more, 5 or 10 minutes later."""
    row = _row(desk, body)
    digits = rest.removesuffix("min").strip() or "5"
    if not digits.isdecimal():
        raise reject("minutes", "A reminder can be put off by 5 or 10 minutes, as in: snooze 10.")
    outcome = desk.do(body, row.id, Snooze(int(digits)), body["trigger_id"])
    return snoozed_words(outcome.state)


def snoozed_words(state: Incident) -> Sentence:
    until = max(snooze.until for snooze in state.snoozes.values())
    return say("I will remind you again at {when}. The promise stays.", when=When(until, state.zone))


def close(desk: Desk, body: Body, _rest: str) -> Answer:
    """Opens the closing form, which lists what is still open."""
    row = _row(desk, body)
    state = desk.state(body, row.id)
    require_open(state)
    require(desk.person(body), Act.CLOSE, state)
    desk.open_view(body, forms.close_form(state))
    return None


def unknown(_desk: Desk, body: Body, _rest: str) -> Answer:
    """For a word that is no command. What was typed is quoted by whoever catches this."""
    word = (body.get("text") or "").split()[0].lower()
    meant = get_close_matches(word, COMMANDS, 1)
    if meant:
        raise reject(
            "unknown", "There is no such command. Nothing was done. Did you mean {meant}?", meant=meant[0]
        )
    raise reject(
        "unknown", "There is no such command. Nothing was done. See {help}.", help=f"{names.COMMAND} help"
    )


def help_(desk: Desk, body: Body, _rest: str) -> Answer:
    del desk, body
    return answers.help_text(HELP)


COMMANDS: Mapping[str, Callable[[Desk, Body, str], Answer]] = {
    "start": start,
    "status": status,
    "log": log,
    "remind": remind,
    "snooze": snooze,
    "close": close,
    "help": help_,
}


CLICKS: Mapping[str, tuple[Click, int]] = {}
SUBMISSIONS: Mapping[str, Submission] = {}

HELP: Mapping[str, str] = {
    "start flood": "open an incident or an exercise",
    "status": "what is due, what waits, what is promised; elsewhere a list of open incidents",
    "log": "the last entries of this incident's log",
    "remind 14:30 Call the district": "remind yourself at a time; or in some minutes: in 20 min",
    "snooze": "say the last reminder of a promised update again in 5 minutes; or snooze 10",
    "close": "end this incident",
    "help": "this list",
}
"""What can be typed after the command, and what it does."""


def _row(desk: Desk, body: Body) -> IncidentRow:
    row = desk.records.in_conversation(body["channel_id"], deadline_of(body))
    if row is None:
        raise reject(
            "no-incident-here",
            "There is no incident in this conversation. Go to the incident's own, or type /ecomms start.",
        )
    return row
