"""The debrief of a drill as a page of Markdown. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ecomms_bot.incident.state import Incident
from ecomms_bot.incident.wording import When, plain
from ecomms_bot.playbook.exercise import mark
from ecomms_bot.report.debrief import Debrief, InjectLine, PromiseLine, after, minutes
from ecomms_bot.report.log_report import EXERCISE, PRACTICE, clean
from ecomms_bot.report.summary import cell

Names = Mapping[str, str]


def file_name(state: Incident) -> str:
    """Such as `EXERCISE-highway-7-slides-k7qa-debrief.md`."""
    return f"{EXERCISE}-{state.conversation_name.removeprefix('exercise-')}-debrief.md"


def debrief_markdown(found: Debrief, names: Names | None = None) -> str:
    """The whole debrief. `names`: ids of people → what they are called."""
    known = names or {}
    page = [
        f"# {cell(mark(f'Debrief of {found.title}'))}",
        "",
        f"**{PRACTICE}**",
        "",
        *_what(found),
        *_targets(found),
        *_injects(found, known),
        *_promises(found),
        *_texts(found, known),
        f"**{PRACTICE}**",
    ]
    return "\n".join(clean(line) for line in page) + "\n"


def _what(found: Debrief) -> Iterator[str]:
    ended = plain(When(found.ended, found.zone)) if found.ended else "still running"
    rows = (
        ("Incident", f"{found.name} ({found.incident})"),
        ("Drill", f"{found.title} ({found.drill}), {found.minutes} min"),
        ("Began", plain(When(found.began, found.zone))),
        ("Ended", ended),
        ("Result", result(found)),
    )
    yield from ("| What | |", "| --- | --- |")
    yield from (f"| {what} | {cell(value)} |" for what, value in rows)
    yield ""


def result(found: Debrief) -> str:
    """The one line that is read first. Of a drill that goes on it is only how far it got."""
    reached = "every target was reached" if found.met else "not every target was reached"
    return reached if found.ended else f"so far {reached}"


def _targets(found: Debrief) -> Iterator[str]:
    yield from ("## Targets", "", "| Target | Wanted | Reached | |", "| --- | --- | --- | --- |")
    for each in found.targets:
        yield f"| {each.what} | {each.wanted} | {each.reached} | {'met' if each.met else 'not met'} |"
    yield ""


def _injects(found: Debrief, names: Names) -> Iterator[str]:
    yield from ("## What came, and what was done", "")
    if not found.threads:
        yield "This office keeps no words of threads, so replies could not count, only entries of the log."
        yield ""
    for line in found.injects:
        inject = line.inject
        yield f"### {line.number}. Minute {inject.minute}: {cell(inject.who)}"
        yield ""
        yield f"> {cell(inject.says)}"
        yield ""
        if found.explains(line):
            yield f"- Wanted: {cell(line.asked)}, within {inject.within} min"
        yield f"- **{outcome(line, names)}**"
        if said := noticed(line, names):
            yield f"- {said}"
        if found.explains(line):
            yield f"- What it teaches: {cell(inject.teaches)}"
        yield ""


def outcome(line: InjectLine, names: Names) -> str:
    """What came of an inject, as in “Answered after 4 min by Mara (fact)”."""
    by = cell(names.get(line.by, line.by))
    match line.status:
        case "in time" | "late":
            assert line.answered is not None
            when = after(minutes(line.answered))
            late = f", later than {line.inject.within} min" if line.status == "late" else ""
            return f"Answered {when} by {by} ({line.how}){late}"
        case "left":
            return "Left without an answer"
        case "still open":
            return "Not answered by then, and its time was not over"
        case _:
            return "It never came"


def noticed(line: InjectLine, names: Names) -> str:
    """Who said something about it, where that was not the answer; "" if nobody did."""
    if line.noticed is None or line.noticed == line.answered:
        return ""
    who = cell(names.get(line.noticed_by, line.noticed_by))
    return f"Spoken about {after(minutes(line.noticed))} by {who}"


def _promises(found: Debrief) -> Iterator[str]:
    yield from ("## Updates promised to the public", "")
    if not found.promises:
        yield from ("None was promised.", "")
        return
    yield from ("| Promised for | In | |", "| --- | --- | --- |")
    for each in found.promises:
        due = plain(When(each.due, found.zone))
        yield f"| {due} | {cell(each.title)} | {promise_words(each)} |"
    yield ""


def promise_words(line: PromiseLine) -> str:
    return f"{minutes(line.late)} late" if line.late is not None else line.status


def _texts(found: Debrief, names: Names) -> Iterator[str]:
    yield from ("## Texts", "")
    first = "no public text was played" if found.first_message is None else minutes(found.first_message)
    yield f"- First public text: {first}"
    median = f", {after(minutes(found.approval))} (median)" if found.approval is not None else ""
    yield f"- Approved: {found.approved}{median}"
    for back in found.returned:
        who, what = cell(names.get(back.person, back.person)), "declined" if back.declined else "sent back"
        title = f"{cell(back.title)}, revision {back.revision}"
        yield f"- {title}, {what} by {who}: {cell(back.reason)}"
    for over in found.overridden:
        who = cell(names.get(over.person, over.person))
        title = f"{cell(over.title)}, revision {over.revision}"
        yield f"- {title}, let out by {who} without approval: {cell(over.reason)}"
    yield ""
