"""Texts on their way that say something else than the fact sheet, because somebody typed it."""

from __future__ import annotations

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.faces import faces
from ecomms_bot.incident.standing import flags, unlike_sheet
from ecomms_bot.incident.state import Draft
from ecomms_bot.incident.things import review_thing
from tests.incident.sheet import LEVEL, decide, record
from tests.incident.stories import COMMUNICATOR, PIO, SME, Story


@pytest.fixture
def story() -> Story:
    """A river at 3.1 m, operations say."""
    opened = Story().open()
    record(opened, "3.1")
    return opened


def typed(story: Story, level: str | None) -> Draft:
    return story.submit("D4", "update", facts={LEVEL: level})


def unlike(story: Story, draft: Draft) -> list[tuple[str, str, str]]:
    """Under which name, what the text says, what the sheet says."""
    draft = story.state.drafts[draft.id]
    found = unlike_sheet(story.state, draft, draft.current)
    return [(each.name, str(each.value), str(each.now.value)) for each in found]


def test_a_typed_value_that_is_not_the_sheets_is_named(story: Story) -> None:
    draft = typed(story, "3.3")
    assert unlike(story, draft) == [(LEVEL, "3.3", "3.1")]
    # It never was a fact, so nothing that was said before changed.
    assert flags(story.state) == ()


@pytest.mark.parametrize("level", ["3.1", "3.10", None])
def test_what_the_sheet_says_and_what_is_left_out_are_not(story: Story, level: str | None) -> None:
    assert unlike(story, typed(story, level)) == []


def test_a_fact_recorded_after_the_text_was_sent_is_compared_too(story: Story) -> None:
    draft = story.submit("D4", "update", facts={"road": "Highway 1"})
    record(story, "Highway 7", name="road")
    assert unlike(story, draft) == [("road", "Highway 1", "Highway 7")]
    record(story, "Highway 1", name="road")
    assert unlike(story, draft) == []


def test_while_sources_disagree_either_value_is_named(story: Story) -> None:
    draft = typed(story, "3.3")
    record(story, "3.3", "the city")
    assert unlike(story, draft) == [(LEVEL, "3.3", "3.3")]
    decide(story, story.state.facts[LEVEL][-1])
    assert unlike(story, draft) == []


def test_a_revision_that_was_replaced_and_a_text_that_is_out_are_past(story: Story) -> None:
    """What is out is compared with what it took from the sheet: a street nobody recorded is no mistake."""
    draft = typed(story, "3.3")
    story.do(c.AskForChanges(draft.id, 1, "Measure again."), PIO)
    draft = story.submit("D4", "update", facts={LEVEL: "3.2", "road": "Highway 1"})
    old, _ = draft.revisions
    assert unlike_sheet(story.state, draft, old) == ()
    assert unlike(story, draft) == [(LEVEL, "3.2", "3.1")]
    story.mark(story.approve(draft, SME, PIO))
    assert unlike(story, draft) == []


def test_the_review_is_drawn_anew_when_the_sheet_changes(story: Story) -> None:
    draft = typed(story, "3.3")
    review = review_thing(draft.id, 1)
    before = faces(story.state)[review]
    record(story, "3.2")
    between = faces(story.state)[review]
    assert between != before
    story.do(c.AddNote("Somebody called."), COMMUNICATOR)
    assert faces(story.state)[review] == between
    record(story, "3.3")
    assert faces(story.state)[review] != between
