"""Cards: what people read in Slack, drawn from the state at the moment of sending. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ecomms_bot.incident import things
from ecomms_bot.slack.blocks import exercise
from ecomms_bot.slack.cards.answers import opened
from ecomms_bot.slack.cards.away import away
from ecomms_bot.slack.cards.card import card
from ecomms_bot.slack.cards.changed_fact import changed_fact
from ecomms_bot.slack.cards.closing import closing, trouble
from ecomms_bot.slack.cards.drill import briefing, drill_end, inject
from ecomms_bot.slack.cards.leaders import brief as leaders_brief
from ecomms_bot.slack.cards.override import found_wrong, override
from ecomms_bot.slack.cards.partners import partners
from ecomms_bot.slack.cards.preview import preview
from ecomms_bot.slack.cards.publishing import publish, returned, taken_back
from ecomms_bot.slack.cards.questions import answered, question
from ecomms_bot.slack.cards.receipts import receipt
from ecomms_bot.slack.cards.reminders import reminder
from ecomms_bot.slack.cards.review import review, your_turn
from ecomms_bot.slack.cards.step import step_root
from ecomms_bot.slack.cards.turns import handover, turn
from ecomms_bot.slack.cards.view import View
from ecomms_bot.slack.message import Message

__all__ = ["View", "render"]


def render(thing: str, view: View, *, kind: str = "post", user: str = "") -> Message:
    """What a thing (see `incident.things`) looks like now, marked if it is an exercise.

    `kind` "dm": for `user` alone, so it says which incident; "answer": to the opener, whatever the thing is.
    LookupError for what is never shown.
    """
    message = opened(view) if kind == "answer" else _render(thing, view, dm=kind == "dm" or bool(user))
    return exercise(message) if view.state.exercise else message


def _render(thing: str, view: View, *, dm: bool) -> Message:
    kind, ids = things.split(thing)
    if kind in _TO_ONE_OR_ALL:
        return _TO_ONE_OR_ALL[kind](view, *ids, dm=dm)
    if kind in _DRAWN:
        return _DRAWN[kind](view, *ids)
    msg = f"nothing is shown for {thing}"
    raise LookupError(msg)


_DRAWN: Mapping[str, Callable[..., Message]] = {
    "answered": answered,
    "away": away,
    "brief": leaders_brief,
    "briefing": briefing,
    "card": card,
    "changed-fact": changed_fact,
    "closing": closing,
    "drill-end": drill_end,
    "found-wrong": found_wrong,
    "handover": handover,
    "inject": inject,
    "override": override,
    "partners": partners,
    "preview": preview,
    "publish": publish,
    "question": question,
    "receipt": receipt,
    "returned": returned,
    "review": review,
    "step": step_root,
    "taken-back": taken_back,
    "turn": turn,
    "your-turn": your_turn,
}
"""Kind of thing → what draws it, from the view and the thing's ids."""
_TO_ONE_OR_ALL: Mapping[str, Callable[..., Message]] = {"reminder": reminder, "trouble": trouble}
"""Those that say which incident they are about when one person alone reads them."""
