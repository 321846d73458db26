"""The reminder of a fact that is known until a time: who says it still, and which texts do."""

from __future__ import annotations

from ecomms_bot.incident.changes import label_of, last_words, sides_of
from ecomms_bot.incident.factsheet import found
from ecomms_bot.incident.wording import Sentence, say
from ecomms_bot.slack import names
from ecomms_bot.slack.blocks import button, buttons
from ecomms_bot.slack.cards.fact_words import said_by, value_in_short
from ecomms_bot.slack.cards.facts import show_button
from ecomms_bot.slack.cards.flags import how_many, outdated, update_button
from ecomms_bot.slack.cards.view import View, due, joined, to_go
from ecomms_bot.slack.message import Block


def fact_ends(view: View, fact_id: str) -> tuple[list[Sentence], tuple[Block, ...]] | None:
    """What is said shortly before and when the time has come, and the buttons; None if it was redacted."""
    state = view.state
    fact = found(state.facts, fact_id)
    if fact is None or fact.until is None:
        return None
    name = label_of(state, fact.name)
    now = state.fact(fact.name)
    if now is not None and fact not in last_words(state, fact.name):
        renewed = joined(say("*{name}* is renewed by now:", name=name), said_by(view, now))
        return [joined(renewed, say("."), "")], ()
    until, value = due(fact.until), value_in_short(state, fact)
    if view.now < fact.until.utc:
        words = "*{name}*: {value} is known until {until}, {to_go}. Source: {source}. Ask what is so now."
        span = to_go(fact.until.utc, view.now)
        said = [say(words, name=name, value=value, until=until, to_go=span, source=fact.source)]
    else:
        words = "*{name}*: {value} was known until {until}. Source: {source}. Ask what is so now."
        said = [say(words, name=name, value=value, until=until, source=fact.source)]
    flagged = [each for each in outdated(state, fact.name) if each.why == "expired"]
    said += [joined(how_many(each), say("it.")) for each in flagged]
    texts = [flag for each in flagged for flag in each.all]
    update = update_button(view, texts) if texts and not sides_of(state, fact.name) else None
    still = button("Still so…", names.STILL_SO, names.pack(state.id, fact.id), "primary")
    return said, buttons(still, update, show_button(view, fact))
