"""Answers that one person sees: to the opener, to `/ecomms status`, `log` and `help`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from ecomms_bot.incident.entry import IncidentRow
from ecomms_bot.incident.progress import left_open, next_steps, step_due, step_status
from ecomms_bot.incident.timeline import TimelineLine
from ecomms_bot.incident.wording import Sentence, When, say
from ecomms_bot.playbook.exercise import mark
from ecomms_bot.playbook.model import Step
from ecomms_bot.slack import names
from ecomms_bot.slack.blocks import button, buttons, copyable, divider, exercise, paragraphs, section
from ecomms_bot.slack.cards.card import overview
from ecomms_bot.slack.cards.view import View, compose, due, joined, lines, to_go
from ecomms_bot.slack.message import Block, Message
from ecomms_bot.slack.names import COMMAND
from ecomms_bot.slack.text import conversation_link, escape, every, flat, mrkdwn, spoken

STATUS_LINES = 5
STATUS_VALUE_MAX = 100
LIST_MAX = 20
STEPS_MAX, OTHERS_MAX = 35, 10
USE_NAME_MAX = 70
"""A button's label has 75 characters."""
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
    blocks, said = overview(view, read_now=True)
    last = [_dated(view, each) for each in timeline[-STATUS_LINES:]]
    if last:
        blocks = (*blocks, divider(), *paragraphs(("*Last entries*", *lines(last, STATUS_VALUE_MAX))))
        said = (*said, "Last entries:", *(spoken(each) for each in last))
    return _of(view, compose(said, blocks))


def status_list(rows: Sequence[IncidentRow], now: datetime, zone: str = "UTC") -> Message:
    """One line for each open incident, the most urgent promise first; without a promise, the oldest first."""
    open_ones = most_urgent_first(row for row in rows if row.closed_at is None)
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


def most_urgent_first(rows: Iterable[IncidentRow]) -> list[IncidentRow]:
    """By the update that is promised; those without a promise last, the oldest of them first."""
    return sorted(rows, key=lambda row: (row.promised_at is None, row.promised_at or row.opened_at))


def which_incident(
    rows: Sequence[IncidentRow],
    values: Mapping[str, str],
    typed: str,
    *,
    now: datetime,
    zone: str,
    more: int = 0,
    there: bool = False,
) -> Message:
    """The question which incident is meant, with a button for each: incident → its button's value.

    Without values the words are too long for a button and are shown, to be sent again in the conversation of
    the incident. `more`: how many open incidents are not listed. `there`: they are all in this conversation.
    """
    if there:
        first = say(
            "This conversation has {n} open incidents. Nothing was done yet. Which one is meant?", n=len(rows)
        )
    else:
        first = say("There is no incident in this conversation. Nothing was done yet. Which one is meant?")
    blocks, aloud = [section(mrkdwn(first))], [spoken(first)]
    for row in rows:
        line = _row(row, now, zone)
        blocks.append(section(_marked(row, mrkdwn(line))))
        aloud.append(_marked(row, spoken(line)))
        if row.id in values:
            label = f"Use {flat(row.name, USE_NAME_MAX)}"
            blocks += buttons(button(label, names.USE_INCIDENT, values[row.id]))
    if more:
        left = say("and {more} more: type the command in the conversation of the one you mean.", more=more)
        blocks.append(section(mrkdwn(left)))
        aloud.append(spoken(left))
    if not values:
        again = say("Your words are too long for a button. Copy them, and send them in its conversation:")
        blocks += [section(mrkdwn(again)), *copyable(typed)]
        aloud.append(spoken(again))
    return compose(aloud, blocks)


def asked_back(problem: Sentence, lines_to_type: Sequence[str]) -> Message:
    """What was not clear, and what can be typed instead, ready to be copied."""
    how = say(
        "Nothing was done. Type this:" if len(lines_to_type) == 1 else "Nothing was done. Type one of these:"
    )
    said = [problem, how]
    drawn = section(" ".join(mrkdwn(each) for each in said))
    blocks = [drawn, *(block for line in lines_to_type for block in copyable(line))]
    return compose([*said, *(escape(flat(line)) for line in lines_to_type)], blocks)


def steps(view: View) -> Message:
    """The steps of the phase: what each is doing, and its button."""
    state = view.state
    of_phase = state.book.steps(state.phase)
    words = (
        "*{name}*, phase {phase}: {n} steps"
        if of_phase
        else "The playbook of *{name}* has no steps for the phase {phase}."
    )
    if len(of_phase) == 1:
        words = "*{name}*, phase {phase}: 1 step"
    first = say(words, name=state.name, phase=state.phase, n=len(of_phase))
    blocks, said = [section(mrkdwn(first))], [first]
    for step in of_phase[:STEPS_MAX]:
        _add_step(view, step, blocks, said)
    if len(of_phase) > STEPS_MAX:
        left = say(
            "and {more} more: type {how} and its title.",
            more=len(of_phase) - STEPS_MAX,
            how=f"{COMMAND} step",
        )
        said.append(left)
        blocks.append(section(mrkdwn(left)))
    if state.open and (others := left_open(state)):
        still = say("Still open from another phase:")
        said.append(still)
        blocks.append(section(mrkdwn(still)))
        for step in others[:OTHERS_MAX]:
            _add_step(view, step, blocks, said)
    return _of(view, compose(said, blocks))


def _add_step(view: View, step: Step, blocks: list[Block], said: list[Sentence]) -> None:
    line = _step_line(view, step)
    said.append(line)
    press = _step_button(view, step) if view.state.open else None
    blocks.append({**section(mrkdwn(line)), **({"accessory": press} if press else {})})


def _step_line(view: View, step: Step) -> Sentence:
    status = step_status(view.state, step.id) if step.id in view.state.steps else "not started"
    line = say("{id} · *{title}* · {status}", id=step.id, title=step.title, status=status)
    wanted = step_due(view.state, step.id) if status in {"to do", "drafting"} else None
    return joined(line, say("due {when}", when=due(wanted)), ", ") if wanted else line


def _step_button(view: View, step: Step) -> Block | None:
    state = view.state
    if step.id not in state.steps:
        return button(f"Start {step.id}", names.MORE, names.pack(state.id, "step", step.id))
    status = step_status(state, step.id)
    again = status == "published" and step.recurrence != "once"
    if again or status in {"to do", "drafting", "skipped"}:
        draft = state.draft_of(step.id)
        return button(
            f"Write {step.id}",
            names.WRITE,
            names.pack(state.id, step.id, draft.kind if draft else step.main.kind),
        )
    return None


def severities(view: View) -> Message:
    """How severe it is, and the levels there are with what they mean."""
    state = view.state
    first = say(
        "The severity of *{name}* is *{level}*. It says how often the public hears from us:",
        name=state.name,
        level=state.severity,
    )
    levels = [
        say(
            "• *{level} {title}*, {every}: {meaning}",
            level=name,
            title=level.title,
            every=every(timedelta(minutes=level.cadence_minutes)),
            meaning=level.meaning,
        )
        for name, level in sorted(state.book.severities.items())
    ]
    example = f"{COMMAND} severity S1 two bridges are gone"
    last = say("To change it, type the new one and why, as in: {example}", example=example)
    return _of(view, compose([first, *levels, last], paragraphs(lines([first, *levels, last]))))


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


def help_one(typed: str, does: str, who: str, answer: str, refuses: str) -> Message:
    """All about one command."""
    told = [
        say("*{typed}*: {does}.", typed=typed, does=does),
        say("Who: {who}", who=who),
        say("It answers: {answer}", answer=answer),
        say("What can go wrong: {refuses}", refuses=refuses),
    ]
    return compose(told, paragraphs(lines(told)))


def _dated(view: View, line: Line) -> Sentence:
    if isinstance(line, Sentence):
        return line
    return joined(say("{when}", when=view.when(line.at)), line.sentence, " · ")


def _of(view: View, message: Message) -> Message:
    return exercise(message) if view.state.exercise else message
