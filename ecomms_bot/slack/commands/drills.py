"""`/ecomms drill`: what people can take part in, and beginning it."""

from __future__ import annotations

from difflib import get_close_matches

from ecomms_bot.incident.policy import Act, require
from ecomms_bot.incident.state import Incident
from ecomms_bot.slack import drilling, opening
from ecomms_bot.slack.cards.drills import drills
from ecomms_bot.slack.commands.asked import Answer, Asked, normal
from ecomms_bot.slack.desk import Desk


def drill(desk: Desk, asked: Asked) -> Answer:
    """The list; with a name, the form of that drill."""
    known = desk.drills()
    if not asked.rest:
        if not known:
            raise drilling.no_drill("", desk)
        return drills(tuple(known.values()))
    require(desk.person(asked.body), Act.OPEN, Incident(""))
    wanted = normal(asked.rest)
    called = {normal(each): found for name, found in known.items() for each in (found.title, name)}
    near = get_close_matches(wanted, called, 1)
    chosen = called.get(wanted) or (called[near[0]] if near else None)
    if chosen is None:
        raise drilling.no_drill(asked.rest, desk)
    opening.start_drill(desk, asked.body, chosen)
    return None
