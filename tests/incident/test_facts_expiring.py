"""Facts that are known until a time: who hears that it comes, and that nobody knows any more."""

from __future__ import annotations

from datetime import datetime

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.effects import wanted
from ecomms_bot.incident.events import Quoted, ReminderFired
from ecomms_bot.incident.evolve import replay
from ecomms_bot.incident.keys import fact_key, fact_soon_key
from ecomms_bot.incident.reminders import audience, owed
from ecomms_bot.incident.state import Fact
from tests.incident.sheet import LEVEL, decide, record
from tests.incident.stories import COLLEAGUE, COMMUNICATOR, PIO, Story, at, instant


@pytest.fixture
def story() -> Story:
    return Story().open()


def times(story: Story) -> dict[str, datetime]:
    """When which reminder of facts is planned: the value, and whether it is the first or the last."""
    facts = {fact.id: str(fact.value) for fact in story.state.facts[LEVEL]}
    planned = story.reminder_times("fact/")
    return {f"{facts[key.split('/')[1]]} {key.count('/')}": due for key, due in planned.items()}


def soon_and_end(fact: Fact) -> list[str]:
    return [fact_soon_key(fact.id), fact_key(fact.id)]


def test_who_recorded_it_and_the_holder_hear_it_before_and_when_it_ends(story: Story) -> None:
    # Given a level that is known until 21:00,
    fact = record(story, "3.1", by=COLLEAGUE, until=at(21, 0))
    # when time passes, then both hear of it at 20:45 and at 21:00, each in their own messages;
    assert times(story) == {"3.1 2": at(20, 45), "3.1 1": at(21, 0)}
    said = story.until(at(21, 0))
    assert [key for key in said if key.startswith("fact/")] == soon_and_end(fact)
    fired = [each.event for each in story.log if isinstance(each.event, ReminderFired)]
    assert [each.to for each in fired if each.key in soon_and_end(fact)] == [(COLLEAGUE, COMMUNICATOR)] * 2
    dms = {task.ids["user"] for task in story.pending.values() if task.ids.get("thing", "").endswith(fact.id)}
    assert dms == {COLLEAGUE, COMMUNICATOR}
    # and never again.
    assert not [key for key in owed(story.state) if key.startswith("fact/")]


@pytest.mark.parametrize(("minutes", "said"), [(30, ["end"]), (31, ["soon", "end"])])
def test_with_half_an_hour_or_less_only_the_end_is_said(story: Story, minutes: int, said: list[str]) -> None:
    record(story, "3.1", until=at(20 + minutes // 60, minutes % 60))
    points = [each.point for key, each in owed(story.state).items() if key.startswith("fact/")]
    assert points == said


def test_what_counts_is_when_it_was_recorded_not_how_long_ago_it_was_said(story: Story) -> None:
    story.now = at(23, 0)
    quoted = Quoted(conversation="C-ops", ts="1636948800.0", author=PIO)  # 20:00
    story.do(c.RecordFact(LEVEL, "3.1", "operations", quoted, until=instant(at(23, 10))), COMMUNICATOR)
    assert times(story) == {"3.1 1": at(23, 10)}


def test_after_the_bot_was_away_only_the_end_is_said(story: Story) -> None:
    fact = record(story, "3.1", until=at(21, 0))
    said = story.wake_at(at(21, 5))
    assert [key for key in said if key.startswith("fact/")] == [fact_key(fact.id)]


@pytest.mark.parametrize("value", ["3.1", "3.4"])
def test_a_renewed_fact_has_its_own_end_or_none(story: Story, value: str) -> None:
    record(story, "3.1", until=at(21, 0))
    record(story, value, until=at(22, 0))
    assert times(story) == {f"{value} 2": at(21, 45), f"{value} 1": at(22, 0)}
    record(story, value)
    assert times(story) == {}


def test_what_was_decided_against_owes_nothing_and_what_was_chosen_does(story: Story) -> None:
    # Given two sources, each with a time,
    operations = record(story, "3.1", until=at(21, 0))
    record(story, "4.0", "media", until=at(22, 0))
    assert len(times(story)) == 4
    # when a lead decides, then the other is not asked for any more;
    decide(story, operations)
    assert times(story) == {"3.1 2": at(20, 45), "3.1 1": at(21, 0)}


def test_one_that_comes_back_after_its_end_is_said_at_once(story: Story) -> None:
    # Given a level of which a lead said that another is to count, and whose end has passed meanwhile,
    earlier = record(story, "3.1", until=at(20, 20))
    record(story, "3.4")
    story.until(at(20, 30))
    # when a lead keeps it, then people hear that nobody knows it any more.
    decide(story, earlier)
    assert [key for key in story.until(at(20, 30)) if key.startswith("fact/")] == [fact_key(earlier.id)]


def test_where_another_source_still_knows_it_nothing_ends(story: Story) -> None:
    # Given 3.1 until 21:00 by one source and until 22:00 by another, when 21:00 comes, then nobody is told.
    record(story, "3.1", until=at(21, 0))
    longer = record(story, "3.1", "the city", until=at(22, 0))
    said = [key for key in story.until(at(23, 0)) if key.startswith("fact/")]
    assert said == soon_and_end(longer)


def test_two_that_end_at_once_are_said_once(story: Story) -> None:
    record(story, "3.1", until=at(21, 0))
    later = record(story, "3.1", "the city", until=at(21, 0))
    assert [key for key in story.until(at(21, 0)) if key.startswith("fact/")] == soon_and_end(later)


def test_where_the_other_source_says_something_else_after_all_it_has_ended(story: Story) -> None:
    # Given that the city still knew it when its time came, so that nobody was told,
    fact = record(story, "3.1", until=at(21, 0))
    record(story, "3.1", "the city")
    story.until(at(21, 5))
    # when the city says something else, then nobody knows it.
    record(story, "3.3", "the city")
    assert fact_key(fact.id) in story.until(at(21, 5))


def test_a_closed_incident_reminds_of_nothing(story: Story) -> None:
    record(story, "3.1", until=at(21, 0))
    story.do(c.CloseIncident("It is over."), PIO)
    assert times(story) == {}


def test_of_a_redacted_fact_nobody_is_reminded(story: Story) -> None:
    fact = record(story, "3.1", by=COLLEAGUE, until=at(21, 0))
    reminder = owed(story.state)[fact_key(fact.id)]
    state = replay(story.state.id, [each for each in story.log if each.type != "FactRecorded"])
    assert not [key for key in wanted(state, story.now) if "fact/" in key]
    assert audience(state, reminder) == ("", (COMMUNICATOR,))
