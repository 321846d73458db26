"""Cards: what people read in Slack, drawn from the state at the moment of sending. Pure."""

from __future__ import annotations

from ecomms_bot.incident import things
from ecomms_bot.slack.blocks import exercise
from ecomms_bot.slack.cards.answers import opened
from ecomms_bot.slack.cards.card import card
from ecomms_bot.slack.cards.closing import closing, trouble
from ecomms_bot.slack.cards.publishing import publish, returned
from ecomms_bot.slack.cards.receipts import receipt
from ecomms_bot.slack.cards.reminders import reminder
from ecomms_bot.slack.cards.review import review
from ecomms_bot.slack.cards.step import step_root
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


def _render(thing: str, view: View, *, dm: bool) -> Message:  # noqa: PLR0911 - one return for each kind of thing
    match things.split(thing):
        case ("card", ()):
            return card(view)
        case ("step", (step,)):
            return step_root(view, step)
        case ("review", (draft, revision)):
            return review(view, draft, revision)
        case ("publish", (draft, revision)):
            return publish(view, draft, revision)
        case ("returned", (draft, revision)):
            return returned(view, draft, revision)
        case ("receipt", (draft, seq)):
            return receipt(view, draft, seq)
        case ("reminder", (key,)):
            return reminder(view, key, dm=dm)
        case ("trouble", (seq,)):
            return trouble(view, seq, dm=dm)
        case ("closing", ()):
            return closing(view)
        case _:
            msg = f"nothing is shown for {thing}"
            raise LookupError(msg)
