"""App Home: conflicts for who may decide them, and texts to put right for who runs it or wrote them."""

from __future__ import annotations

from collections.abc import Iterator

from ecomms_bot.incident.changes import disputed, sides_of
from ecomms_bot.incident.policy import Act, Person, may
from ecomms_bot.incident.wording import Sentence
from ecomms_bot.slack import names
from ecomms_bot.slack.blocks import button
from ecomms_bot.slack.cards.fact_words import conflict
from ecomms_bot.slack.cards.flags import outdated, short, update_button
from ecomms_bot.slack.cards.view import View
from ecomms_bot.slack.message import Block


def facts_wait(view: View, person: Person) -> Iterator[tuple[Sentence, Block | None]]:
    """Each with its button. Most of them are said once more on the card."""
    state = view.state
    if may(person, Act.DECIDE_FACT, state):
        for name in disputed(state):
            newest = sides_of(state, name)[-1]
            value = names.pack(state.id, newest.id)
            yield conflict(view, name, most=2), button("Decide…", names.USE_FACT, value)
    for each in outdated(state):
        authors = {author for flag in each.all for author in flag.draft.authors}
        if each.why != "disputed" and person.id in {state.holder, *authors}:
            writes = may(person, Act.DRAFT, state)
            yield short(view, each), update_button(view, each.all) if writes else None
