"""Commands that only show: status, the last entries, and the log as files."""

from __future__ import annotations

from ecomms_bot.incident.commands import AskReport
from ecomms_bot.incident.policy import Act, require
from ecomms_bot.incident.state import Incident
from ecomms_bot.incident.timeline import lines
from ecomms_bot.incident.wording import say
from ecomms_bot.slack.cards import View, answers
from ecomms_bot.slack.commands.asked import Answer, Asked, Body
from ecomms_bot.slack.commands.which import here
from ecomms_bot.slack.desk import Desk, deadline_of
from ecomms_bot.slack.message import Message

LOG_LINES = 15


def status(desk: Desk, asked: Asked) -> Answer:
    """The card here; elsewhere, and where there are two, a line for each open incident."""
    if asked.incident:
        return status_of(desk, asked.body, asked.incident)
    found = here(desk, asked.body)
    if len(found) == 1:
        return status_of(desk, asked.body, found[0].id)
    rows = desk.records.open_incidents(deadline_of(asked.body))
    return answers.status_list(rows, desk.now(), desk.office.time_zone)


def status_of(desk: Desk, body: Body, incident: str) -> Message:
    """The card's content and the last entries, for one person."""
    require(desk.person(body), Act.STATUS, Incident(""))
    state, entries = desk.records.history(incident, deadline_of(body))
    return answers.status(View(state, desk.directory.roster(), desk.now()), lines(state, entries))


def log(desk: Desk, asked: Asked) -> Answer:
    state, entries = desk.records.history(asked.incident, deadline_of(asked.body))
    every = lines(state, entries)
    view = View(state, desk.directory.roster(), desk.now())
    return answers.log_lines(view, every[-LOG_LINES:], total=len(every))


def report(desk: Desk, asked: Asked) -> Answer:
    """The files come by themselves, as soon as they are written."""
    state = asked.do(desk, AskReport()).state
    words = (
        "The log of *{name}* comes as two files in your messages with me: one to read, one for a spreadsheet."
    )
    return say(words, name=state.name)
