"""A drill that people take part in: the briefing, what comes at its minute, the end with the debrief."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from ecomms_bot.incident.drilling import ends_at, part_of, running
from ecomms_bot.incident.state import Given
from ecomms_bot.incident.wording import Sentence, Who, say
from ecomms_bot.playbook.drills import Inject, InjectKind, TakePart
from ecomms_bot.report.debrief import Debrief, InjectLine, debrief, minutes
from ecomms_bot.report.debrief_page import promise_words
from ecomms_bot.slack import names
from ecomms_bot.slack.blocks import button, buttons, context, header, paragraphs, quote, section
from ecomms_bot.slack.cards.view import View, compose, gone, joined, lines
from ecomms_bot.slack.message import Block, Message
from ecomms_bot.slack.text import flat, mrkdwn

TITLES: dict[InjectKind, str] = {
    "call": "Call",
    "rumour": "Rumour",
    "number": "Number",
    "map": "Map",
    "question": "Question",
    "press": "Press",
    "outage": "Outage",
}
LINES_MAX = 40
"""Injects that the end of a drill names; a drill has no more."""
RETURNED_MAX = 5


def briefing(view: View) -> Message:
    """What is known when it begins, and how it is played."""
    drill, part = view.state.drill, part_of(view.state)
    if drill is None or part is None:
        return gone("The briefing of the drill")
    many = len(part.injects)
    first = say(
        "*Drill: {title}*, {minutes} minutes, until {end}.",
        title=drill.title,
        minutes=part.minutes,
        end=view.when(ends_at(view.state, part)),
    )
    how = say(
        "Calls, questions and other things come here as messages: {many} in all. React as you would on "
        "such a day. What you do with the bot counts; " + _words_count(view),
        many=many,
    )
    goal = joined(say("To reach:"), _targets(part))
    blocks = [
        header(flat(drill.title)),
        section(mrkdwn(first)),
        *quote(part.briefing),
        *paragraphs(lines([how, goal])),
    ]
    return compose([first, say("{briefing}", briefing=part.briefing), how, goal], blocks)


def _words_count(view: View) -> str:
    if view.discussion:
        return "so does what you write in the thread of a message, which the log keeps."
    return "answer with *Add to the log…*, as this office keeps no words of threads."


def _targets(part: TakePart) -> Sentence:
    return say(
        "the first public text within {first} minutes, {kept} % of promised updates in time, {answers} % of "
        "what comes answered in time.",
        first=part.targets.first_message,
        kept=part.targets.promises_kept,
        answers=part.targets.answers,
    )


def inject(view: View, name: str) -> Message:
    """Something happens. Until the drill ends it can be added to the log with one press."""
    part, given = part_of(view.state), view.state.injects.get(name)
    found = part.inject(name) if part else None
    if part is None or given is None or found is None:
        return gone("An inject of the drill")
    first = say(
        "*{kind} {number} of {many}* · {who}",
        kind=TITLES[found.kind],
        number=part.injects.index(found) + 1,
        many=len(part.injects),
        who=found.who,
    )
    below = [*_outage(found), _how_it_stands(view, found, given)]
    press = button("Add to the log…", names.LOG_INJECT, names.pack(view.state.id, name))
    blocks = [
        section(mrkdwn(first)),
        *quote(found.says),
        *paragraphs(lines(below)),
        *(buttons(press) if running(view.state) else ()),
    ]
    return compose([first, say("{words}", words=found.says), *below], blocks)


def _outage(found: Inject) -> Iterator[Sentence]:
    if found.kind == "outage":
        yield say(
            "⚠️ No Slack for {minutes} minutes: work with the printed binder and the phone, and "
            "come back then.",
            minutes=found.minutes or 0,
        )


def _how_it_stands(view: View, found: Inject, given: Given) -> Sentence:
    answered = given.answered
    if answered is not None:
        after = minutes(given.after(answered))
        words = "✓ Answered {after} by {who} ({how})."
        return say(words, after=_after(after), who=Who(answered.person), how=answered.how)
    if not running(view.state):
        return say("Left without an answer when the drill ended.")
    wanted = view.when((given.shown or view.now) + timedelta(minutes=found.within))
    return say("Wanted by {when}: do what you would do now.", when=wanted)


def _after(span: str) -> str:
    return span if span == "at once" else f"after {span}"


def drill_end(view: View) -> Message:
    """That it is over, and what it came to."""
    if part_of(view.state) is None or view.state.drill_ended is None:
        return gone("The end of the drill")
    found = debrief(view.state, threads=view.discussion)
    ended = view.when(found.ended or view.now)
    first = say("*The drill is over.* {title} ended at {when}.", title=found.title, when=ended)
    targets = [
        _target(each.met, f"{each.what}: {each.reached}, wanted {each.wanted}") for each in found.targets
    ]
    came = [_came(each) for each in found.injects[:LINES_MAX]]
    texts = list(_texts(view, found))
    last = say("The whole debrief, with what each inject teaches, is in the file that comes with this.")
    if view.state.open:
        last = joined(last, say("The incident is still open: go on, or type *{close}*.", close=CLOSE))
    blocks: list[Block] = [
        header(f"End of the drill: {flat(found.title)}"),
        *paragraphs(lines([first])),
        *paragraphs(["*Targets*", *lines(targets)]),
        *paragraphs(["*What came*", *lines(came)]),
        *(paragraphs(["*Texts*", *lines(texts)]) if texts else ()),
        context(mrkdwn(last)),
    ]
    return compose([first, *targets, *came, *texts, last], blocks)


CLOSE = f"{names.COMMAND} close"


def _target(met: bool, words: str) -> Sentence:  # noqa: FBT001 - a mark and its words
    return say("{mark} {words}.", mark="✓" if met else "✗", words=words)


def _came(line: InjectLine) -> Sentence:
    who, number = line.inject.who, line.number
    if line.status in {"in time", "late"} and line.answered is not None:
        late = ", late" if line.status == "late" else ""
        return say(
            "{mark} {number}. {source}: {after} by {by} ({how})" + late + ".",
            mark="✓" if line.status == "in time" else "✗",
            number=number,
            source=who,
            after=_after(minutes(line.answered)),
            by=Who(line.by),
            how=line.how,
        )
    words = {
        "left": "✗ {number}. {source}: left without an answer.",
        "still open": "– {number}. {source}: no answer yet, and its time was not over.",
    }.get(line.status, "– {number}. {source}: it never came.")
    return say(words, number=number, source=who)


def _texts(view: View, found: Debrief) -> Iterator[Sentence]:
    for promise in found.promises:
        words = "Update promised for {when}: {how}."
        due = view.when(promise.due)
        yield say(words, when=due, how=promise_words(promise))
    for back in found.returned[:RETURNED_MAX]:
        words = "{title}, revision {n}, declined by {who}: “{why}”"
        if not back.declined:
            words = "{title}, revision {n}, sent back by {who}: “{why}”"
        yield say(words, title=back.title, n=back.revision, who=Who(back.person), why=back.reason)
    if found.approval is not None:
        span = minutes(found.approval)
        yield say("Approvals: {span} (median of {n}).", span=span, n=found.approved)
    if found.overridden:
        yield say("Approvals overridden: {n}.", n=len(found.overridden))


def drill_line(view: View) -> Sentence | None:
    """How far a drill has come, for the card and App Home; None if none is running."""
    state, part = view.state, part_of(view.state)
    if state.drill is None or part is None or not running(state):
        return None
    return say(
        "Drill *{title}* until {end}: {n} of {many} injects came",
        title=state.drill.title,
        end=view.when(ends_at(state, part)),
        n=len(state.injects),
        many=len(part.injects),
    )
