"""The card: the state of the whole incident in one message, pinned and edited, never repeated.

It shows nothing that the passing of time changes: it is edited when something happens, not every minute.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from ecomms_bot.incident.faces import troubles
from ecomms_bot.incident.progress import counts, final_reason
from ecomms_bot.incident.reminders import said_overdue
from ecomms_bot.incident.rules.releases import GRACE
from ecomms_bot.incident.state import Promise
from ecomms_bot.incident.wording import Sentence, Who, say
from ecomms_bot.slack import names
from ecomms_bot.slack.blocks import buttons, context, header, menu, paragraphs, section
from ecomms_bot.slack.cards.asking import ANYONE
from ecomms_bot.slack.cards.drill import drill_line
from ecomms_bot.slack.cards.flags import fact_flags
from ecomms_bot.slack.cards.now import now_and_waiting, now_buttons
from ecomms_bot.slack.cards.questions import question_line
from ecomms_bot.slack.cards.view import View, compose, due, joined, lines, promised_in
from ecomms_bot.slack.message import Block, Message
from ecomms_bot.slack.text import duration, escape, flat, mrkdwn, shorten, spoken

HEAD_SHOWN = 12
STARTS_MAX = 90
"""Steps that the menu offers to start; Slack takes 100 choices. The others are in the list of steps."""
NOW_MAX, WAITING_MAX, PROMISED_MAX, QUESTIONS_MAX = 5, 6, 3, 4
"""Lines of each part; the rest is counted. A card must stay one message."""
_MENU = (("Facts", "facts"), ("Status", "status"), ("Close…", "close"))
"""What the menu always offers."""


def card(view: View) -> Message:
    blocks, said = overview(view)
    return compose(said, (*blocks, *_buttons(view)))


def overview(view: View, *, read_now: bool = False) -> tuple[tuple[Block, ...], tuple[str, ...]]:
    """What the card says, in blocks and in spoken sentences, without its buttons.

    `read_now`: an answer, read as soon as it is drawn, so it can say how late something is.
    """
    state = view.state
    first = headline(view)
    said = [spoken(joined(say("{name}:", name=state.name), first))]
    blocks: list[Block] = [header(flat(state.name)), section(mrkdwn(first))]
    if state.closing is not None:
        closed = say(
            "Closed by {who} at {when}.", who=Who(state.closing.person), when=view.when(state.closing.at)
        )
        if state.closing.in_error:
            closed = joined(closed, say("It was opened in error."))
        parts = [("", [closed], "")]
    else:
        now, waiting = now_and_waiting(view, read_now=read_now)
        parts = [
            *_drill(view),
            ("Now", _first(NOW_MAX, [*_resting(view), *now]), "nothing to write"),
            ("Waiting", _first(WAITING_MAX, [*waiting, *_offered(view)]), "nothing"),
            ("Promised", _first(PROMISED_MAX, _promised(view, read_now=read_now)), "no update promised yet"),
        ]
        if flagged := fact_flags(view):
            parts.append(("Facts", flagged, ""))
        if questions := [question_line(view, each) for each in state.open_questions]:
            parts.append(("Asked", _first(QUESTIONS_MAX, questions), ""))
    for title, sentences, none in parts:
        blocks += paragraphs(_labelled(title, sentences, none))
        said.append(_spoken(title, sentences, none))
    if troubles(state):
        trouble = _trouble(view)
        blocks += paragraphs([mrkdwn(trouble)])
        said.append(spoken(trouble))
    return (*blocks, context(" · ".join(mrkdwn(each) for each in _small_print(view)))), tuple(said)


def _first(most: int, sentences: Iterable[Sentence]) -> list[Sentence]:
    found = list(sentences)
    if len(found) <= most:
        return found
    return [*found[:most], say("and {more} more", more=len(found) - most)]


def headline(view: View) -> Sentence:
    state = view.state
    severity = next((level for name, level in state.book.severities.items() if name == state.severity), None)
    sentence = say(
        "*{live}* · {hazard} · {severity} {title} · *{phase}*",
        live="EXERCISE" if state.exercise else "LIVE",
        hazard=state.book.hazard,
        severity=state.severity,
        title=severity.title if severity else "",
        phase=state.phase,
    )
    return joined(sentence, say("{area}", area=shorten(state.area, 100)), " · ") if state.area else sentence


def _resting(view: View) -> Iterator[Sentence]:
    if view.state.rest is not None and view.state.resting(view.now):
        yield say("the team stands down until {until}", until=due(view.state.rest.until))


def _drill(view: View) -> Iterator[tuple[str, list[Sentence], str]]:
    """How far a drill has come. Its end is edited away when it ends."""
    if (line := drill_line(view)) is not None:
        yield "", [line], ""


def _offered(view: View) -> Iterator[Sentence]:
    offer = view.state.handover
    if offer is not None:
        yield say("{who} was asked to run this incident, and has not accepted yet", who=Who(offer.to))


def _promised(view: View, *, read_now: bool) -> Iterator[Sentence]:
    reason = final_reason(view.state)
    if reason:
        yield say("no more updates: {reason}", reason=reason)
    missed: set[datetime] = set()
    for promise in view.state.live_promises:
        where, not_out = promised_in(view, promise), _not_out(view, promise, read_now=read_now)
        if not_out is None and where:
            yield say("{when}, in the text on {where}", when=due(promise.due), where=where)
        elif not_out is None:
            yield say("{when}", when=due(promise.due))
        elif promise.due.utc not in missed:  # one update keeps all that were promised for this minute
            missed.add(promise.due.utc)
            yield not_out


def _not_out(view: View, promise: Promise, *, read_now: bool) -> Sentence | None:
    late = view.now - promise.due.utc
    if read_now and late >= GRACE:
        return say("⚠️ for {when}: not out, {late} late", when=due(promise.due), late=duration(late))
    if said_overdue(view.state, promise.id) or (read_now and late >= timedelta(0)):
        return say("⚠️ for {when}: not out", when=due(promise.due))
    return None


def _trouble(view: View) -> Sentence:
    many = len(troubles(view.state))
    if many == 1:
        return say("⚠️ 1 thing could not be done; see what to do in this conversation.")
    return say("⚠️ {many} things could not be done; see what to do in this conversation.", many=many)


def _small_print(view: View) -> Iterator[Sentence]:
    state = view.state
    if state.open:
        yield say("Run by {holder}", holder=Who(state.holder))
    done, all_of_them, skipped = counts(state)
    if all_of_them > 1 or skipped:
        words = "Steps: {done} of {all} done" + (", {skipped} skipped" if skipped else "")
        yield say(words, done=done, all=all_of_them, skipped=skipped)
    yield say("Log {seq}:{hash}", seq=state.seq, hash=state.hash[:HEAD_SHOWN])
    if not state.roles_configured:
        yield say("Approved without roles configured: by {anyone}", anyone=ANYONE)


def _labelled(title: str, sentences: list[Sentence], none: str) -> tuple[str, ...]:
    start = f"*{title}* " if title else ""
    if not sentences:
        return (f"{start}{escape(none)}",)
    drawn = lines(sentences)
    if len(drawn) == 1:
        return (f"{start}{drawn[0]}",)
    return (start.strip(), *(f"• {line}" for line in drawn))


def _spoken(title: str, sentences: Iterable[Sentence], none: str) -> str:
    words = " ".join(spoken(each) for each in sentences) or f"{none}."
    return f"{title}: {words}" if title else words


def _buttons(view: View) -> tuple[Block, ...]:
    state = view.state
    if not state.open:
        return ()
    options = [
        (f"Start: {flat(step.title)}", names.pack(state.id, "step", step.id))
        for step in state.book.steps(state.phase)
        if step.id not in state.steps
    ][:STARTS_MAX]
    options += [
        (f"Answer: {flat(each.text)}", names.pack(state.id, "answer", each.id))
        for each in state.open_questions[:QUESTIONS_MAX]
    ]
    options += [(label, names.pack(state.id, what, "")) for label, what in _MENU]
    return buttons(*now_buttons(view), menu(names.MORE, options))
