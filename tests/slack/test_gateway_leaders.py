"""A text for leaders that somebody stopped while an earlier attempt to post it was under way."""

from __future__ import annotations

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import things
from ecomms_bot.incident.things import Place
from ecomms_bot.service.ports import CannotShow, NotWanted
from tests.slack.gateway_world import World
from tests.slack.test_cards_leaders import approved, brief_of

KEY = "i7abcdefghij/post/brief:d:1/9"


@pytest.fixture
def stopped(world: World) -> tuple[World, str]:
    """The world, and the name of a text for leaders whose approval was taken back."""
    life = approved()
    draft = life.draft("D4")
    life.do(life.member("pio"), c.TakeBackApproval(draft.id, 1))
    world.state = life.state
    return world, brief_of(life)


def test_it_is_not_posted(stopped: tuple[World, str]) -> None:
    world, thing = stopped
    for again in (False, True):
        with pytest.raises(NotWanted):
            world.show(thing=thing, key=KEY, again=again)
    assert world.texts() == []


def test_what_is_there_already_is_found(stopped: tuple[World, str]) -> None:
    world, thing = stopped
    first = world.show(key=KEY)  # the earlier attempt, while it was approved
    again = world.show(thing=thing, key=KEY, again=True)
    assert (again.ts, again.found) == (first.ts, True)
    assert len(world.texts()) == 1


def test_where_that_cannot_be_looked_up_people_are_asked_to_look(stopped: tuple[World, str]) -> None:
    world, thing = stopped
    elsewhere = world.conversation("leaders", private=True, with_bot=False)
    with pytest.raises(CannotShow) as raised:
        world.show(place=Place(elsewhere.id), thing=thing, key=KEY, again=True)
    assert "may have been posted just before" in raised.value.problem
    assert "Look in the leaders' conversation" in raised.value.advice


def test_what_was_not_stopped_is_posted(world: World) -> None:
    life = approved()
    world.state = life.state
    place = things.place_of(life.state, brief_of(life))
    assert place == Place("C0LEADERS")
    world.show(thing=brief_of(life), key=KEY)
    assert world.asked == [(brief_of(life), "post", "")]
    assert len(world.texts()) == 1
