"""The log of one incident as files: Markdown to read, CSV to sort. Pure; without payloads and plumbing."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ecomms_bot.incident.state import Incident, Recorded
from ecomms_bot.incident.timeline import TimelineLine, lines
from ecomms_bot.incident.wording import When, Who, local, plain
from ecomms_bot.playbook.exercise import mark
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.times import zone_word
from ecomms_bot.report.fact_sheet import fact_sheet
from ecomms_bot.report.summary import cell, figures, summarise, written

BOM = "\ufeff"
"""Without it Excel takes a CSV file for the machine's old code page and breaks every accent."""
COLUMNS = ("Mode", "Entry", "Date and time", "Zone", "UTC", "Who", "Id", "What")
EXERCISE = "EXERCISE"
PRACTICE = mark("this is practice, not the real event")

_FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # noqa: RUF001 - the wide ones count too
"""OWASP, CSV injection: a cell that begins so is a formula to a spreadsheet."""
_DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
BOT, TERMINAL = "bot", "os:"
"""Actors without an account in Slack: the bot, and who sits at the machine."""


@dataclass(frozen=True, slots=True)
class Account:
    """All that a report is made of. `problems`: what is wrong with the log, empty if it was verified."""

    state: Incident
    entries: Sequence[Recorded]
    problems: Sequence[str] = ()


def people_in(account: Account) -> tuple[str, ...]:
    """The ids of everybody whom the report names, in the order of their first word."""
    found: dict[str, None] = {}
    for each in lines(account.state, account.entries):
        found[each.actor] = None
        for value in each.sentence.values.values():
            named = value if isinstance(value, tuple) else (value,)
            found.update(dict.fromkeys(who.id for who in named if isinstance(who, Who)))
    return tuple(each for each in found if each != BOT and not each.startswith(TERMINAL))


def file_name(state: Incident, report: str, suffix: str) -> str:
    """Such as `EXERCISE-highway-7-slides-k7qa-log-w3….md`: no other report has the same."""
    name = state.conversation_name.removeprefix("exercise-")
    return f"{'EXERCISE-' if state.exercise else ''}{name}-log-{report}.{suffix}"


def markdown(account: Account, now: datetime, names: Mapping[str, str] | None = None) -> str:
    """The log as a page, written at `now` (UTC). `names`: ids of people → what they are called."""
    state, known = account.state, names or {}
    title = f"Log of {clean(state.name)}"
    rows = [
        f"| {each.seq} | {plain(When(each.at, state.zone))} | {cell(clean(_name(each.actor, known)))} "
        f"| {cell(clean(written(each.sentence, known)))} |"
        for each in lines(state, account.entries)
    ]
    page = [
        f"# {cell(mark(title) if state.exercise else title)}",
        "",
        *_practice(state),
        "| What | |",
        "| --- | --- |",
        *(f"| {what} | {cell(clean(value))} |" for what, value in _facts(account, now)),
        "",
        *(clean(each) for each in fact_sheet(state, known)),
        "## Timeline",
        "",
        "| Entry | When | Who | What |",
        "| --- | --- | --- | --- |",
        *rows,
        "",
        "Entries that only say where a message stands are left out, so numbers are missing here.",
        *(["", *_practice(state)][:-1] if state.exercise else []),
    ]
    return "\n".join(page) + "\n"


def comma_separated(account: Account, names: Mapping[str, str] | None = None) -> str:
    """The log as a table for spreadsheets: UTF-8 with a mark, and no cell that is taken for a formula."""
    state, known = account.state, names or {}
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(COLUMNS)
    for each in lines(state, account.entries):
        table.writerow(map(_safe, _row(state, each, known)))
    return BOM + out.getvalue()


def _practice(state: Incident) -> list[str]:
    return [f"**{PRACTICE}**", ""] if state.exercise else []


def _facts(account: Account, now: datetime) -> Iterator[tuple[str, str]]:
    """What is so, then what is counted; the head is the one that was looked at."""
    state = account.state
    level = next((each for name, each in state.book.severities.items() if name == state.severity), None)
    yield "Kind", f"{EXERCISE if state.exercise else 'live'}, {state.book.hazard}"
    if state.drill is not None:
        yield "Drill", state.drill.title
    yield "Severity", f"{state.severity} {level.title}" if level else state.severity
    yield "Phase", state.phase
    if state.area:
        yield "Where", state.area
    yield "Time zone", state.zone
    yield "Written", plain(When(now, state.zone))
    yield from (
        (what, figure) for what, figure in figures(summarise(state), state.zone) if what not in _OF_ITS_END
    )
    yield "Entries in the log", str(state.seq)
    yield "Head of the log", f"{state.seq}:{state.hash}"
    yield "Checked", _checked(account.problems)
    if state.closing is not None and state.closing.in_error:
        yield "Closed", "opened in error"


_OF_ITS_END = {"Entries in the log", "Head of the log"}


def _checked(problems: Sequence[str]) -> str:
    if problems:
        return f"NOT verified: {'; '.join(problems)}. Tell whoever runs the bot."
    return "verified: every entry follows from the one before, and none was changed"


def _row(state: Incident, line: TimelineLine, names: Mapping[str, str]) -> tuple[str, ...]:
    there = local(When(line.at, state.zone))
    return (
        EXERCISE if state.exercise else "LIVE",
        str(line.seq),
        f"{there:%Y-%m-%d %H:%M:%S}",
        zone_word(Instant.of(line.at, state.zone)),
        f"{line.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        _name(line.actor, names),
        line.actor,
        written(line.sentence, names),
    )


def _name(actor: str, names: Mapping[str, str]) -> str:
    if actor == BOT:
        return "the bot"
    if actor.startswith(TERMINAL):
        return f"{actor.removeprefix(TERMINAL)} (at the terminal)"
    return names.get(actor, actor)


def _safe(text: str) -> str:
    """A cell that no spreadsheet computes; numbers and times begin with a digit."""
    cleaned = clean(text)
    return f"'{cleaned}" if cleaned.lstrip(" ").startswith(_FORMULA) else cleaned


def clean(text: str) -> str:
    """Without what turns a line around or is no character at all."""
    return _CONTROLS.sub(" ", _DIRECTIONS.sub("", text))
