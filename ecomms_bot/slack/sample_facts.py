"""A fact that two sources see differently, that texts say and that ends: samples of what people see."""

from __future__ import annotations

from collections.abc import Iterator

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import things
from ecomms_bot.incident.changes import disputed, sides_of, told
from ecomms_bot.incident.keys import fact_key, fact_soon_key
from ecomms_bot.incident.state import Fact
from ecomms_bot.slack import cards, forms, noting_forms
from ecomms_bot.slack.cards.changed_fact import saying
from ecomms_bot.slack.cards.facts import fact_sheet_of, facts
from ecomms_bot.slack.cards.home import Desktop, home
from ecomms_bot.slack.fact_forms import KNOWN, decide_form
from ecomms_bot.slack.message import Message
from ecomms_bot.slack.noting_forms import Noted
from ecomms_bot.slack.sample_book import RAW, SHA256
from ecomms_bot.slack.sample_life import COLLEAGUE, COMMUNICATOR, PIO, SME, ZONE, SampleLife

Drawn = tuple[str, Message | forms.View, str]
"""The kind of a thing, of a form or of an answer; what it looks like; in which state."""
ROAD = "road"
URL = "https://hooks.slack.com/commands/T0/1/sample"


def sheet(*, exercise: bool) -> Iterator[Drawn]:
    """Drawn at the moments at which people see them."""
    life = SampleLife(RAW, SHA256, exercise=exercise)
    life.do(COMMUNICATOR, c.RecordFact(ROAD, "Highway 7", "operations, by phone"))
    life.do(SME, c.VerifyFact(ROAD, _counts(life).id))
    life.submit("D1")
    yield _shown(life, things.review_thing(life.draft("D1").id, 1), "says a fact of the sheet")
    life.approve_all("D1")
    life.mark("D1", "x", "web")
    life.minutes(5)
    life.do(COLLEAGUE, c.RecordFact(ROAD, "Highways 7 and 1", "operations, by phone"))
    yield from _changed(life)
    life.do(COLLEAGUE, c.RecordFact(ROAD, "Highway 1", "the radio"))
    yield from _disputed(life)
    yield from _ending(life)


def _counts(life: SampleLife) -> Fact:
    found = life.state.fact(ROAD)
    assert found is not None
    return found


def _shown(life: SampleLife, thing: str, state: str, *, dm: bool = False) -> Drawn:
    how: dict[str, str] = {"kind": "dm", "user": COMMUNICATOR} if dm else {}
    return things.split(thing)[0], cards.render(thing, life.view, **how), state


def _message(life: SampleLife) -> str:
    (fact,) = told(life.state)
    return things.changed_fact_thing(fact)


def _changed(life: SampleLife) -> Iterator[Drawn]:
    """The text that is out says what counts no more."""
    draft = life.draft("D1")
    yield _shown(life, _message(life), "texts say the old one")
    yield _shown(life, things.publish_thing(draft.id, 1), "says what counts no more")
    yield _shown(life, things.receipt_thing(draft.id, draft.marks[0].seq), "says what counts no more")
    yield _shown(life, things.CARD, "texts say what counts no more")
    yield "answer facts", saying(life.view, ROAD), "texts that say what counts no more"
    yield "answer facts", facts(life.view, life.roster.person(PIO)), "to be confirmed"
    yield "home", _home(life, COMMUNICATOR), "whose text says what counts no more"


def _disputed(life: SampleLife) -> Iterator[Drawn]:
    """Two sources disagree, until a lead decides."""
    assert disputed(life.state) == (ROAD,)
    yield _shown(life, _message(life), "sources disagree")
    yield _shown(life, things.CARD, "sources disagree")
    yield "answer facts", facts(life.view, life.roster.person(PIO)), "sources disagree"
    yield "answer facts", fact_sheet_of(life.view, ROAD, life.roster.person(PIO)), "one in conflict"
    yield "home", _home(life, PIO), "who decides between sources"
    noted = Noted(life.state.id, "fact", KNOWN + ROAD, url=URL)
    form = noting_forms.fact_form(noted, life.state, decides=True, given=_counts(life))
    yield form["callback_id"], form, "may replace others"
    first, last = sides_of(life.state, ROAD)
    form = decide_form(life.view, first, URL, writes=True)
    yield form["callback_id"], form, ""
    thing = _message(life)
    life.do(PIO, c.DecideFact(ROAD, last.id, "The radio asked the police."))
    yield _shown(life, thing, "decided")
    yield "answer facts", fact_sheet_of(life.view, ROAD, life.roster.person(PIO)), "one decided"


def _ending(life: SampleLife) -> Iterator[Drawn]:
    """A fact that was known until a time."""
    life.minutes(5)
    life.do(COMMUNICATOR, c.RecordFact(ROAD, "Highway 7", "the radio", until=life.instant(60)))
    fact = _counts(life)
    life.minutes(45)
    life.do("bot", c.FireReminder(fact_soon_key(fact.id)))
    yield _shown(life, things.reminder_thing(fact_soon_key(fact.id)), "a fact, soon")
    life.minutes(15)
    life.do("bot", c.FireReminder(fact_key(fact.id)))
    ended = things.reminder_thing(fact_key(fact.id))
    yield _shown(life, ended, "a fact")
    yield _shown(life, ended, "a fact, to one person", dm=True)
    yield "answer facts", facts(life.view, life.roster.person(PIO)), "one is not known any more"


def _home(life: SampleLife, user: str) -> forms.View:
    return home(Desktop(life.roster.person(user), [life.view], 1, life.now, ZONE))
