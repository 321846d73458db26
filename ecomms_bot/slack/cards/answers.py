"""Answers that one person sees: to the opener, to `/ecomms status`, `log` and `help`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ecomms_bot.incident.entry import IncidentRow
from ecomms_bot.incident.progress import next_steps
from ecomms_bot.incident.timeline import TimelineLine
from ecomms_bot.incident.wording import Sentence, When, say
from ecomms_bot.playbook.exercise import mark
from ecomms_bot.slack.blocks import divider, exercise, header, paragraphs, section
from ecomms_bot.slack.cards.card import overview
from ecomms_bot.slack.cards.view import View, compose, due, joined, lines
from ecomms_bot.slack.message import Message
from ecomms_bot.slack.names import COMMAND
from ecomms_bot.slack.text import conversation_link, flat, mrkdwn, spoken

STATUS_LINES = 5
LIST_MAX = 20

START = f"{COMMAND} start flood"

COMMANDS: tuple[tuple[str, str], ...] = (
    (f"{COMMAND} start flood", "open an incident or an exercise"),
    (f"{COMMAND} status", "what is due, what waits, what is promised; elsewhere a list of open incidents"),
    (f"{COMMAND} log", "the last entries of this incident's log"),
    (f"{COMMAND} remind 14:30 Call the district", "remind yourself at a time, or in some minutes: in 20 min"),
    (f"{COMMAND} snooze", "put off the next reminder before a promised update, by 5 minutes; or say 10"),
    (f"{COMMAND} close", "close this incident"),
    (f"{COMMAND} help", "this list"),
)


def opened(view: View) -> Message:
    """To the person who opened it: where it is and what comes first."""
    state = view.state
    if state.conversation is None:
        where = say("Opened *{name}*. Its conversation is not there yet.", name=state.name)
    else:
        where = say(
            "Opened *{name}* in {where}.", name=state.name, where=conversation_link(state.conversation)
        )
    said = [where]
    first = next(iter(next_steps(state)), None)
    if first is not None:
        at = state.steps[first.id].due
        step = say("First: {title}", title=first.title)
        said.append(
            joined(step, say("due {when}.", when=due(at)), ", ") if at else joined(step, say("."), "")
        )
    return compose(said, [section(" ".join(mrkdwn(each) for each in said))])


def status(view: View, timeline: Sequence[Sentence | TimelineLine]) -> Message:
    """The card's content and the last five lines of the timeline, oldest first."""
    blocks, said = overview(view)
    last = [_dated(view, each) for each in timeline[-STATUS_LINES:]]
    if last:
        blocks = (*blocks, divider(), *paragraphs(("*Last entries*", *lines(last))))
        said = (*said, "Last entries:", *(spoken(each) for each in last))
    return _of(view, compose(said, blocks))


def status_list(rows: Sequence[IncidentRow], now: datetime, zone: str = "UTC") -> Message:
    """One line for each open incident, the most urgent promise first; without a promise, the oldest first."""
    open_ones = sorted(
        (row for row in rows if row.closed_at is None),
        key=lambda row: (row.promised_at is None, row.promised_at or row.opened_at),
    )
    if not open_ones:
        none = say("No incident is open. To open one: {command}", command=START)
        return compose([none], [section(mrkdwn(none))])
    sentences = [_row(row, now, zone) for row in open_ones[:LIST_MAX]]
    more = len(open_ones) - LIST_MAX
    if more > 0:
        sentences.append(say("and {more} more", more=more))
    drawn = [
        mark(line) if row.exercise else line for line, row in zip(lines(sentences), open_ones, strict=False)
    ]
    drawn += lines(sentences)[len(drawn) :]
    first = say("Open incidents: {n}.", n=len(open_ones))
    aloud = [
        mark(spoken(each)) if row.exercise else spoken(each)
        for each, row in zip(sentences, open_ones, strict=False)
    ]
    return compose(
        [first, *(f"{line}." for line in aloud)],
        paragraphs((mrkdwn(first), *(f"• {line}" for line in drawn))),
    )


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
    at = When(row.promised_at, zone)
    overdue = "update was promised for {when}" if row.promised_at <= now else "update promised for {when}"
    return joined(what, say(overdue, when=at), " · ")


def log_lines(
    view: View, timeline: Sequence[Sentence | TimelineLine], *, total: int | None = None
) -> Message:
    """These lines of the timeline, oldest first. `total`: how many there are in all, if more."""
    name, said = view.state.name, [_dated(view, each) for each in timeline]
    if total is not None and total > len(timeline):
        first = say("Log of *{name}*, the last {n} of {total} lines", name=name, n=len(timeline), total=total)
    else:
        first = say("Log of *{name}*, {n} lines", name=name, n=len(timeline))
    blocks = [header(f"Log of {flat(name)}"), *paragraphs(lines([first, *said]))]
    head = say("Log {seq}:{hash}", seq=view.state.seq, hash=view.state.hash)
    return _of(view, compose([joined(first, say(":"), ""), *said], [*blocks, *paragraphs(lines([head]))]))


def help_text(asked: str = "") -> Message:
    """All commands. `asked`: what was typed and not understood, which is said back."""
    said = (
        [say("There is no command {asked}. Nothing was done.", asked=f"{COMMAND} {asked}".strip())]
        if asked
        else []
    )
    said.append(say("Slack takes commands outside of threads only; in a thread, use the buttons."))
    listing = [say("*{command}*: {what}", command=command, what=what) for command, what in COMMANDS]
    return compose([*said, *listing], paragraphs(lines([*said, *listing])))


def _dated(view: View, line: Sentence | TimelineLine) -> Sentence:
    if isinstance(line, Sentence):
        return line
    return joined(say("{when}", when=view.when(line.at)), line.sentence, " · ")


def _of(view: View, message: Message) -> Message:
    return exercise(message) if view.state.exercise else message
