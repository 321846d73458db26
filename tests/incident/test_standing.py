"""Which published texts people still take for true: not what was replaced, put right or taken down."""

from __future__ import annotations

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.standing import standing, where_it_stands
from ecomms_bot.incident.state import Draft
from tests.incident.put_right import correct, correcting_book, follow
from tests.incident.stories import COMMUNICATOR, IC, PIO, SME, SME_AND_PIO, Story, at, instant


@pytest.fixture
def story() -> Story:
    return Story().open(playbook=correcting_book())


def update(story: Story, *channels: str) -> Draft:
    draft = story.approve(story.submit("D4", "update"), SME, PIO)
    return story.mark(draft, *channels)


def stand(story: Story) -> list[tuple[str, tuple[str, ...]]]:
    """The steps whose texts stand, and where."""
    return [(each.draft.step, each.channels) for each in standing(story.state)]


def test_nothing_stands_before_anything_is_out(story: Story) -> None:
    story.approve(story.submit("D1"), PIO)
    assert stand(story) == []


def test_texts_of_different_steps_stand_beside_each_other_by_when_they_went_out(story: Story) -> None:
    story.now = at(20, 5)
    update(story, "x")
    draft = story.approve(story.submit("D1"), PIO)
    story.mark(draft, "web")
    assert stand(story) == [("D4", ("x",)), ("D1", ("web",))]


def test_what_staff_alone_read_does_not_stand_in_public(story: Story) -> None:
    update(story, "internal")
    assert stand(story) == []


def test_the_next_update_takes_the_place_of_the_last_where_it_is_out(story: Story) -> None:
    update(story, "x", "web")
    story.now = at(20, 30)
    update(story, "x")
    assert stand(story) == [("D4", ("web",)), ("D4", ("x",))]


def test_an_older_text_that_is_marked_later_takes_no_newer_ones_place(story: Story) -> None:
    first = story.approve(story.submit("D1", next_update=at(22, 0)), PIO)
    story.now = at(20, 30)
    second = story.approve(story.submit("D1", renews=True, next_update=at(22, 0)), SME_AND_PIO)
    story.mark(second, "x", posted=at(20, 30))
    story.mark(first, "web", posted=at(20, 1), revision=1)
    story.mark(first, "x", posted=at(20, 1), revision=1)
    assert stand(story) == [("D1", ("web",)), ("D1", ("x",))]


def test_texts_of_a_step_on_demand_are_about_different_things(story: Story) -> None:
    story.publish("D3")
    story.now = at(20, 10)
    story.publish("D3")
    assert [step for step, _ in stand(story)] == ["D3", "D3"]


def test_unless_one_follows_the_other_by_name(story: Story) -> None:
    old = story.publish("D3")
    story.now = at(20, 10)
    new = story.approve(follow(story, old, "update"), SME, PIO, IC)
    story.mark(new, "x", "sms", "web")
    assert [each.draft.id for each in standing(story.state)] == [new.id]


def test_an_update_that_follows_another_step_by_name_takes_both_places(story: Story) -> None:
    first = update(story, "x")
    statement = story.approve(story.submit("D1"), PIO)
    story.mark(statement, "x")
    story.now = at(20, 10)
    second = story.approve(follow(story, statement, "update"), SME, PIO)
    story.mark(second, "x")
    assert [each.draft.id for each in standing(story.state)] == [second.id]
    assert where_it_stands(story.state, first, story.state.drafts[first.id].current) == ()


def test_a_correction_takes_the_place_of_what_it_puts_right_and_of_nothing_else(story: Story) -> None:
    wrong, other = story.publish("D1"), update(story, "x")
    story.now = at(20, 10)
    first = correct(story, wrong, "x", "sms", "web")
    second = correct(story, other, "x")
    assert [each.draft.id for each in standing(story.state)] == [first.id, second.id]


def test_what_was_taken_down_does_not_stand_and_the_rest_does(story: Story) -> None:
    draft = story.publish("D1")
    story.do(c.EndRelease(draft.id, 1, ("x", "web"), "Over."), COMMUNICATOR)
    assert stand(story) == [("D1", ("sms",))]


def test_a_time_in_the_text_does_not_end_it(story: Story) -> None:
    facts = {"expires_at": instant(at(20, 40)), "next_update_at": instant(at(22, 0))}
    draft = story.approve(story.submit("D3", facts=facts), SME, PIO, IC)
    story.mark(draft, "x")
    story.until(at(21, 0))
    assert stand(story) == [("D3", ("x",))]
