"""After no bot was running: how long, and what came due meanwhile. Each reminder still comes for itself."""

from __future__ import annotations

from datetime import datetime

from ecomms_bot.incident.events import CameDue
from ecomms_bot.incident.telling.reminding import about
from ecomms_bot.incident.wording import Sentence, say
from ecomms_bot.slack.blocks import paragraphs
from ecomms_bot.slack.cards.view import View, called, compose, gone, joined, lines
from ecomms_bot.slack.message import Message
from ecomms_bot.slack.text import duration, listed

DUE_MAX = 10
"""Obligations that are named; `/ecomms status` shows all."""


def away(view: View, seq: str) -> Message:
    found = next((each for each in view.state.away if str(each.seq) == seq), None)
    if found is None:
        return gone("What came due while no bot was running")
    event = found.event
    since, until = view.when(event.since), view.when(event.until)
    words = "I was away {since}\N{EN DASH}{until} ({span})."
    first = say(words, since=since, until=until, span=duration(event.until - event.since))
    named = [_line(view, each, event.until) for each in event.due[:DUE_MAX]]
    if len(event.due) > DUE_MAX:
        named.append(say("and {more} more: type /ecomms status", more=len(event.due) - DUE_MAX))
    kept = say("Nothing that was typed or clicked and confirmed is lost.")
    if not named:
        said = [joined(first, joined(say("Nothing came due meanwhile."), kept))]
        return compose(said, paragraphs(lines(said)))
    first = joined(first, say("Came due meanwhile:"))
    drawn = (*lines([first]), *(f"\N{BULLET} {line}" for line in lines(named)), *lines([kept]))
    return compose([first, *(joined(each, say("."), "") for each in named), kept], paragraphs(drawn))


def _line(view: View, each: CameDue, until: datetime) -> Sentence:
    """What it is, as it stood when the bot came back, and whom its reminders call."""
    what = about(each.key, until, view.state)
    if each.roles:
        return joined(what, say("{roles}", roles=listed(each.roles)), " \N{RIGHTWARDS ARROW} ")
    return joined(what, called(each.to), " \N{RIGHTWARDS ARROW} ") if each.to else what
