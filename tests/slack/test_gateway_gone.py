"""Messages of the bot that somebody deleted, as its calls to Slack find out, and what comes back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ecomms_bot.incident.effects import EDIT, PIN, POST
from ecomms_bot.incident.state import Closing, Ref
from ecomms_bot.incident.things import Place
from ecomms_bot.service.ports import CannotShow, NotThere, TryLater
from ecomms_bot.slack.gateway import POSTED_AGAIN, THREADLESS
from tests.slack.gateway_world import NOW, World


def gone(world: World, *, replies: bool = False) -> Place:
    """A message of the bot that an administrator deleted; with replies a notice stands in its place."""
    ref = world.show()
    if replies:
        world.mara.say(world.room, "Noted.", ref.ts)
    world.workspace.delete_message(world.room, ref.ts)
    return Place(world.room.id, ts=ref.ts)


@pytest.mark.parametrize("replies", [False, True], ids=["gone", "a notice in its place"])
@pytest.mark.parametrize("kind", [EDIT, PIN])
def test_what_was_deleted_cannot_be_changed_or_pinned(world: World, kind: str, *, replies: bool) -> None:
    place = gone(world, replies=replies)
    with pytest.raises(NotThere) as found:
        world.show(kind, place)
    assert not found.value.thread


def test_a_message_that_slack_does_not_let_the_bot_change_is_no_deleted_one(world: World) -> None:
    ref = world.show()
    world.workspace.faults.error("chat.update", "cant_update_message")
    with pytest.raises(CannotShow) as refused:
        world.show(EDIT, Place(ref.conversation, ts=ref.ts))
    assert not isinstance(refused.value, NotThere)


def test_nor_is_one_that_slack_does_not_change_just_now(world: World) -> None:
    ref = world.show()
    world.workspace.faults.rate_limited("chat.update")
    with pytest.raises(TryLater):
        world.show(EDIT, Place(ref.conversation, ts=ref.ts))


def test_where_nothing_can_be_looked_up_slacks_word_for_it_counts(world: World) -> None:
    place = gone(world, replies=True)
    world.workspace.faults.error("conversations.replies", "missing_scope")
    with pytest.raises(CannotShow) as refused:
        world.show(EDIT, place)
    assert not isinstance(refused.value, NotThere)
    world.workspace.faults.error("conversations.replies", "thread_not_found")
    with pytest.raises(NotThere):
        world.show(EDIT, place)


# --- a thread -----------------------------------------------------------------------------------------------


def lost_thread(world: World) -> Place:
    place = gone(world)
    return Place(world.room.id, thread=place.ts)


def test_what_belongs_into_the_thread_of_a_step_waits_for_a_new_one(world: World) -> None:
    with pytest.raises(NotThere) as found:
        world.show(POST, lost_thread(world), thing="review:d1:1", step="D1")
    assert found.value.thread
    assert world.texts() == []


def test_after_closing_no_new_one_comes_so_it_stands_in_the_conversation(world: World) -> None:
    world.state = replace(world.state, closing=Closing("U1", NOW, "", 3, "x"))
    world.show(POST, lost_thread(world), thing="receipt:d1:1", step="D1")
    assert world.texts() == [f"The river is high.\n{THREADLESS}"]


def test_where_the_thread_stays_away_the_message_says_why_it_stands_in_the_conversation(world: World) -> None:
    world.show(POST, world.here, thing="review:d1:1", step="D1")
    assert world.texts() == [f"The river is high.\n{THREADLESS}"]


# --- what it says -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("exercise", [False, True])
def test_what_is_posted_again_says_so_also_when_it_is_changed(world: World, *, exercise: bool) -> None:
    if exercise:
        world.be_exercise()
    world.state = replace(world.state, gone={"card": (Ref(world.room.id, "1.0"),)})
    ref = world.show()
    (text,) = world.texts()
    assert POSTED_AGAIN in text
    world.show(EDIT, Place(ref.conversation, ts=ref.ts))
    assert world.texts() == [text]
    # what was not deleted says nothing of the kind
    world.show(thing="closing", key="i-flood/post/closing")
    assert POSTED_AGAIN not in world.texts()[-1]
