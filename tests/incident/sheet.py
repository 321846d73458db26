"""How people fill the fact sheet of a story: the level of a river, as one source after the other says it."""

from __future__ import annotations

from datetime import datetime

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.state import Draft, Fact
from tests.incident.stories import COMMUNICATOR, PIO, Story, instant

LEVEL = "gauge_level_m"


def record(
    story: Story,
    value: str,
    source: str = "operations",
    *,
    name: str = LEVEL,
    by: str = COMMUNICATOR,
    until: datetime | None = None,
    replaces: bool = False,
    unit: str = "",
) -> Fact:
    """The fact as it stands on the sheet then."""
    known_until = instant(until) if until else None
    story.do(c.RecordFact(name, value, source, unit=unit, until=known_until, replaces=replaces), by)
    return story.state.facts[name][-1]


def decide(story: Story, fact: Fact, *, by: str = PIO, reason: str = "They measured it.") -> None:
    story.do(c.DecideFact(fact.name, fact.id, reason), by)


def says(story: Story, level: str, *, next_update: datetime | None = None) -> Draft:
    """A scheduled update that is out everywhere and says this level."""
    return story.publish("D4", "update", next_update=next_update, facts={LEVEL: level})
