"""Answers that one person sees: to the opener, to `/ecomms status`, `log` and `help`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from ecomms_bot.incident.entry import IncidentRow
from ecomms_bot.incident.progress import next_steps
from ecomms_bot.incident.timeline import TimelineLine
from ecomms_bot.incident.wording import Sentence, When, say
from ecomms_bot.playbook.exercise import mark
from ecomms_bot.slack.blocks import divider, exercise, paragraphs, section
from ecomms_bot.slack.cards.card import overview
from ecomms_bot.slack.cards.view import View, compose, due, joined, lines, to_go
from ecomms_bot.slack.message import Message
from ecomms_bot.slack.names import COMMAND
from ecomms_bot.slack.text import conversation_link, mrkdwn, spoken

STATUS_LINES = 5
STATUS_VALUE_MAX = 100
LIST_MAX = 20
LOG_MAX = 9000
"""Characters of the log in one answer; older lines are left out and counted."""
START = f"{COMMAND} start"

Line = Sentence | TimelineLine


def opened(view: View) -> Message:
    """To the person who opened it: where it is and what comes first."""
    state = view.state
    if state.conversation is None:
        said = [say("Opened *{name}*. Its conversation is not there yet.", name=state.name)]
    else:
        where = conversation_link(state.conversation)
        said = [say("Opened *{name}* in {where}.", name=state.name, where=where)]
    first = next(iter(next_steps(state)), None)
    if first is not None:
        wanted = state.steps[first.id].due
        what = say("First: {title}", title=first.title)
        said.append(joined(what, say(", due {when}.", when=due(wanted)) if wanted else say("."), ""))
    return compose(said, [section(" ".join(mrkdwn(each) for each in said))])


def status(view: View, timeline: Sequence[Line]) -> Message:
    """The card's content and the last five lines of the timeline, oldest first."""
    blocks, said = overview(view)
    last = [_dated(view, each) for each in timeline[-STATUS_LINES:]]
    if last:
        blocks = (*blocks, divider(), *paragraphs(("*Last entries*", *lines(last, STATUS_VALUE_MAX))))
        said = (*said, "Last entries:", *(spoken(each) for each in last))
    return _of(view, compose(said, blocks))


def status_list(rows: Sequence[IncidentRow], now: datetime, zone: str = "UTC") -> Message:
    """One line for each open incident, the most urgent promise first; without a promise, the oldest first."""
    open_ones = sorted(
        (row for row in rows if row.closed_at is None),
        key=lambda row: (row.promised_at is None, row.promised_at or row.opened_at),
    )
    if not open_ones:
        none = say("No incident is open. To open one, type *{command}*", command=START)
        return compose([none], [section(mrkdwn(none))])
    first = say("*Open incidents:* {n}", n=len(open_ones))
    shown = [(row, _row(row, now, zone)) for row in open_ones[:LIST_MAX]]
    drawn = [f"• {_marked(row, mrkdwn(each))}" for row, each in shown]
    aloud = [_marked(row, spoken(each)) for row, each in shown]
    if len(open_ones) > LIST_MAX:
        more = say("and {more} more", more=len(open_ones) - LIST_MAX)
        drawn, aloud = [*drawn, mrkdwn(more)], [*aloud, spoken(more)]
    return compose([first, *aloud], paragraphs((mrkdwn(first), *drawn)))


def _row(row: IncidentRow, now: datetime, zone: str) -> Sentence:
    what = say(
        "*{name}* · {hazard} · {severity} · {phase}",
        name=row.name,
        hazard=row.hazard,
        severity=row.severity,
        phase=row.phase,
    )
    if row.conversation:
        what = joined(what, say("{where}", where=conversation_link(row.conversation)), " · ")
    if row.promised_at is None:
        return joined(what, say("no update promised"), " · ")
    promised = (
        "update was promised for {when}, {to_go}" if row.promised_at <= now else "update promised for {when}"
    )
    at = When(row.promised_at, zone)
    return joined(what, say(promised, when=at, to_go=to_go(row.promised_at, now)), " · ")


def _marked(row: IncidentRow, line: str) -> str:
    return mark(line) if row.exercise else line


def log_lines(view: View, timeline: Sequence[Line], *, total: int | None = None) -> Message:
    """These lines of the timeline, oldest first, as many of the last as one message holds.

    `total`: how many lines there are in all, when not all were given.
    """
    every = [_dated(view, each) for each in timeline]
    drawn = lines(every)
    first, room = len(drawn), LOG_MAX
    while first > 0 and len(drawn[first - 1]) < room:
        first -= 1
        room -= len(drawn[first])
    said, total = every[first:], total or len(every)
    above = say("Log of *{name}*, {n} of {total} lines", name=view.state.name, n=len(said), total=total)
    head = say("Log {seq}:{hash}", seq=view.state.seq, hash=view.state.hash)
    blocks = paragraphs((mrkdwn(above), *drawn[first:], mrkdwn(head)))
    return _of(view, compose([joined(above, say(":"), ""), *said], blocks))


def help_text(commands: Mapping[str, str]) -> Message:
    """What can be typed after the command, each with what it does."""
    first = say("Type these in a conversation. In a thread Slack takes no commands: use the buttons there.")
    each = [
        say("*{typed}*: {what}", typed=f"{COMMAND} {typed}", what=what) for typed, what in commands.items()
    ]
    return compose([first, *each], paragraphs(lines([first, *each])))


def _dated(view: View, line: Line) -> Sentence:
    if isinstance(line, Sentence):
        return line
    return joined(say("{when}", when=view.when(line.at)), line.sentence, " · ")


def _of(view: View, message: Message) -> Message:
    return exercise(message) if view.state.exercise else message
