"""Examples of a drill that people take part in: its list, its form, what comes, its end. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import things
from ecomms_bot.incident.wording import say
from ecomms_bot.playbook.drills import SAYS_MAX, Drill
from ecomms_bot.slack import cards, forms
from ecomms_bot.slack.cards.drills import drills
from ecomms_bot.slack.cards.home import Desktop, home
from ecomms_bot.slack.drilling_forms import drill_form
from ecomms_bot.slack.message import Message
from ecomms_bot.slack.sample_book import RAW, SHA256
from ecomms_bot.slack.sample_life import COLLEAGUE, COMMUNICATOR, ROSTER, ZONE, SampleLife

Drawn = tuple[str, Message | forms.View, str]
"""The kind of a thing, of a form or of an answer; what it looks like; in which state."""
_LONG = ("The gauge below the bridge reads 6.8 metres, 30 centimetres above what was said at noon. " * 20)[
    :SAYS_MAX
]
DRILL: dict[str, Any] = {
    "schema_version": 1,
    "id": "river-night",
    "title": "A river night, and a pump station that holds",
    "about": "The river rises, numbers do not fit together, and a rumour runs.",
    "sources": ["the city's own log of that night"],
    "take_part": {
        "playbook": RAW["id"],
        "severity": "S2",
        "incident": "Prairie below the pump station",
        "minutes": 50,
        "briefing": _LONG,
        "injects": [
            {
                "id": "gauge",
                "minute": 4,
                "kind": "call",
                "who": "Duty hydrologist, by phone",
                "says": _LONG,
                "answer": "reply",
                "teaches": "A number goes on the fact sheet with its source.",
            },
            {
                "id": "rumour",
                "minute": 10,
                "kind": "rumour",
                "who": "A post on X",
                "says": "They say the pumps have failed. <Is that so?>",
                "within": 5,
                "teaches": "Ask before you repeat it.",
            },
            {
                "id": "no-slack",
                "minute": 20,
                "kind": "outage",
                "minutes": 10,
                "who": "IT",
                "says": "Slack is away in the whole building.",
                "within": 15,
                "teaches": "The printed binder has the words and the numbers to call.",
            },
        ],
    },
}


def taking_part() -> Iterator[Drawn]:
    """A drill is an exercise, whatever else is looked at."""
    drill = Drill.parse(DRILL)
    life = SampleLife(RAW, SHA256, name="Prairie below the pump station", exercise=True, drill=DRILL)
    part = drill.take_part
    assert part is not None
    yield "answer drills", drills((drill,)), ""
    held = {"url": "", "conversation": "", "known": [], "drill": drill.id}
    one = say("*{name}* was opened already.", name="Highway 7 flooding")
    form = drill_form(drill, part, life.state.book, zone=ZONE, held=held)
    yield form["callback_id"], form, "of a drill"
    form = drill_form(drill, part, life.state.book, zone=ZONE, held=held, similar=one)
    yield form["callback_id"], form, "of a drill, one is there already"
    yield _shown(life, things.BRIEFING, "")
    life.posted(things.CARD)
    for minutes in (4, 6, 10):
        life.minutes(minutes)
        life.fire()
    for name in life.state.injects:
        life.posted(things.inject_thing(name), ts=f"{name}.1")
        yield _shown(life, things.inject_thing(name), name)
    life.do(COLLEAGUE, c.AddDiscussion("gauge.1", "9.1", "We put it on the sheet."))
    yield _shown(life, things.inject_thing("gauge"), "answered")
    yield _shown(life, things.CARD, "a drill")
    desktop = Desktop(ROSTER.person(COMMUNICATOR), [life.view], 1, life.now, ZONE)
    yield "home", home(desktop), "a drill"
    life.submit("D1")
    life.ask_for_changes("D1", "Which side of the river?")
    life.submit("D1", next_update=10)
    life.approve_all("D1")
    life.mark("D1", "x", "web")
    life.minutes(40)
    life.fire()
    yield _shown(life, things.inject_thing("rumour"), "left")
    yield _shown(life, things.DRILL_END, "")


def _shown(life: SampleLife, thing: str, state: str) -> Drawn:
    return things.split(thing)[0], cards.render(thing, life.view), state
