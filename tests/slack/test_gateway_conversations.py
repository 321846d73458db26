"""The incident's conversation: made once, found again, joined, filled with people, its card pinned."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ecomms_bot.incident.policy import Roster
from ecomms_bot.incident.state import Ref
from ecomms_bot.incident.things import Place
from ecomms_bot.practice.workspace import Conversation
from ecomms_bot.service.ports import CannotShow, TryLater
from ecomms_bot.slack import conversations
from tests.slack.gateway_world import NAME, World

NEW = Place()


def open_it(world: World, place: Place = NEW, *, again: bool = False) -> Ref:
    return world.show("open-conversation", place, thing="conversation", key="i-flood/open", again=again)


def made(world: World) -> list[Conversation]:
    return [each for each in world.workspace.conversations if each.name == NAME]


# --- a new one ----------------------------------------------------------------------------------------------


def test_a_new_conversation_is_public_and_bears_the_incidents_name(world: World) -> None:
    ref = open_it(world)
    [conversation] = made(world)
    assert ref == Ref(conversation.id)
    assert not conversation.private


def test_a_conversation_whose_answer_was_lost_is_adopted(world: World) -> None:
    world.workspace.faults.drop_after("conversations.create")
    with pytest.raises(TryLater) as lost:
        open_it(world)
    assert lost.value.maybe_done

    ref = open_it(world, again=True)

    assert [ref.conversation] == [each.id for each in made(world)]
    assert len(world.calls("conversations.create")) == 1


def test_a_conversation_that_was_never_made_is_made_at_the_retry(world: World) -> None:
    world.workspace.faults.drop_before("conversations.create")
    with pytest.raises(TryLater):
        open_it(world)
    assert [open_it(world, again=True).conversation] == [each.id for each in made(world)]


def test_a_name_taken_by_us_is_adopted(world: World) -> None:
    """The bot was killed between the call and its record, and even forgot that it had begun."""
    first = open_it(world)
    assert open_it(world) == first
    assert len(made(world)) == 1


def test_our_own_one_is_found_many_pages_back(world: World) -> None:
    for number in range(1200):
        world.conversation(f"room-{number}", with_bot=False)
    first = open_it(world)
    assert open_it(world, again=True) == first
    assert len(world.calls("conversations.list")) == 2


@pytest.mark.parametrize("again", [False, True])
@pytest.mark.parametrize("private", [False, True])
def test_a_name_taken_by_a_stranger_is_told_and_left_alone(
    world: World, *, again: bool, private: bool
) -> None:
    theirs = world.conversation(NAME, private=private, with_bot=False)
    with pytest.raises(
        CannotShow, match=f"already a conversation #{NAME}, and it is not the bot's"
    ) as refused:
        open_it(world, again=again)
    assert "another name" in refused.value.advice
    assert theirs.members == [world.mara.id]


def test_our_own_one_that_was_archived_meanwhile_is_not_used(world: World) -> None:
    open_it(world)
    made(world)[0].archived = True
    with pytest.raises(CannotShow, match="was archived"):
        open_it(world)


def test_a_name_that_slack_does_not_take_is_told(world: World) -> None:
    world.state = replace(world.state, conversation_name="Highway 5!")
    with pytest.raises(CannotShow, match="does not take the name"):
        open_it(world)


def test_a_workspace_that_lets_no_bot_make_conversations_says_so(world: World) -> None:
    world.workspace.faults.error("conversations.create", "restricted_action")
    with pytest.raises(CannotShow, match="A rule of this workspace"):
        open_it(world)


def test_looking_for_our_own_one_waits_when_slack_says_so(world: World) -> None:
    world.workspace.faults.rate_limited("conversations.list", retry_after=20)
    with pytest.raises(TryLater) as later:
        open_it(world, again=True)
    assert later.value.retry_after == 20.0
    assert made(world) == []


def test_the_search_for_our_own_one_has_an_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversations, "PAGES", 1)
    for number in range(1000):
        world.conversation(f"room-{number}", with_bot=False)
    open_it(world)
    with pytest.raises(CannotShow, match="already a conversation"):
        open_it(world)
    assert len(world.calls("conversations.list")) == 1


# --- one that is there already ------------------------------------------------------------------------------


def test_a_public_conversation_is_joined(world: World) -> None:
    room = world.conversation("storm-desk", with_bot=False)
    assert open_it(world, Place(room.id)) == Ref(room.id)
    assert world.workspace.bot.id in room.members


def test_one_that_the_bot_is_in_is_taken_as_it_is(world: World) -> None:
    assert open_it(world, world.here, again=True) == Ref(world.room.id)


def test_a_private_one_that_let_the_bot_in_is_used(world: World) -> None:
    room = world.conversation("back-office", private=True)
    assert open_it(world, Place(room.id)) == Ref(room.id)


def test_a_private_one_without_the_bot_is_told_with_what_to_do(world: World) -> None:
    room = world.conversation("back-office", private=True, with_bot=False)
    with pytest.raises(CannotShow, match="cannot join it by itself") as refused:
        open_it(world, Place(room.id))
    assert "/invite" in refused.value.advice


def test_the_direct_messages_with_the_bot_are_no_place_for_an_incident(world: World) -> None:
    with pytest.raises(CannotShow, match="cannot join it by itself"):
        open_it(world, Place(world.workspace.direct_message(world.mara.id).id))


def test_without_the_right_to_join_membership_is_enough(world: World) -> None:
    world.workspace.faults.error("conversations.join", "missing_scope", times=2)
    assert open_it(world, world.here) == Ref(world.room.id)
    outside = world.conversation("storm-desk", with_bot=False)
    with pytest.raises(CannotShow, match="does not have the permission"):
        open_it(world, Place(outside.id))


def test_an_archived_one_is_told(world: World) -> None:
    world.room.archived = True
    with pytest.raises(CannotShow, match="archived") as refused:
        open_it(world, world.here)
    assert "Unarchive" in refused.value.advice


# --- people -------------------------------------------------------------------------------------------------


def test_the_opener_and_all_roles_are_invited_with_one_call(world: World) -> None:
    world.room.members = [world.workspace.bot.id]
    world.show("invite")
    [call] = world.calls("conversations.invite")
    assert call.args["users"] == f"{world.mara.id},{world.pia.id},{world.ike.id}"
    assert world.room.members[1:] == [world.mara.id, world.pia.id, world.ike.id]


def test_who_is_there_already_keeps_nobody_out(world: World) -> None:
    world.show("invite")
    assert {world.pia.id, world.ike.id} <= set(world.room.members)
    first, second = (call.args["users"] for call in world.calls("conversations.invite"))
    assert world.mara.id in first  # who opened it was there, and so is left out of the second call
    assert world.mara.id not in second


def test_in_a_conversation_that_was_there_before_its_opener_is_not_invited(world: World) -> None:
    world.state = replace(world.state, asked_conversation=world.room.id)
    world.roster = Roster({"pio": (world.pia.id, world.mara.id)})
    world.show("invite")
    [call] = world.calls("conversations.invite")
    assert call.args["users"] == world.pia.id


def test_one_person_who_is_asked_to_run_the_incident_is_invited_alone(world: World) -> None:
    zoe = world.workspace.add_user("zoe")
    world.show("invite", user=zoe.id)
    assert [call.args["users"] for call in world.calls("conversations.invite")] == [zoe.id]
    assert zoe.id in world.room.members


def test_one_person_who_cannot_be_invited_is_named_with_what_they_are(world: World) -> None:
    with pytest.raises(CannotShow, match=r"UGONE \(who is asked to run the incident\)"):
        world.show("invite", user="UGONE")


def test_inviting_twice_is_as_good_as_once(world: World) -> None:
    world.show("invite")
    world.show("invite", again=True)
    assert len(world.room.members) == len(set(world.room.members)) == 4


def test_the_bot_does_not_invite_itself(world: World) -> None:
    world.roster = Roster({"observer": (world.workspace.bot.id, world.pia.id)})
    world.show("invite")
    assert world.workspace.bot.id not in world.calls("conversations.invite")[0].args["users"]


def test_one_bad_id_keeps_nobody_out_and_is_named(world: World) -> None:
    world.roster = Roster({"pio": ("UGONE",), "ic": (world.ike.id,), "exec": (world.pia.id,)})
    world.room.members = [world.workspace.bot.id]

    with pytest.raises(CannotShow, match=r"Not invited to the conversation: UGONE \(pio\)") as refused:
        world.show("invite")

    assert set(world.room.members) == {world.workspace.bot.id, world.mara.id, world.ike.id, world.pia.id}
    assert "ecomms.yaml" in refused.value.advice
    assert len(world.calls("conversations.invite")) == 2


def test_when_slack_does_not_say_who_it_was_they_are_invited_one_by_one(world: World) -> None:
    world.roster = Roster({"pio": ("UGONE", world.pia.id)})
    world.room.members = [world.workspace.bot.id]
    fault = world.workspace.faults.error("conversations.invite", "cant_invite", times=None)
    fault.matching = lambda args: "," in str(args["users"])

    with pytest.raises(CannotShow, match=r"UGONE \(pio\)"):
        world.show("invite")

    assert set(world.room.members) == {world.workspace.bot.id, world.mara.id, world.pia.id}


def test_a_person_who_cannot_be_invited_is_told_with_the_reason(world: World) -> None:
    world.workspace.user("pia").deleted = True
    world.room.members.append(world.ike.id)
    with pytest.raises(CannotShow, match=r"\(pio\)\. This person's Slack account is switched off"):
        world.show("invite")


def test_more_than_a_hundred_people_are_invited_in_turns(world: World) -> None:
    world.room.members = [world.workspace.bot.id]
    crowd = tuple(world.workspace.add_user(f"person{number}").id for number in range(150))
    world.roster = Roster({"communicator": crowd})
    world.show("invite")
    assert set(crowd) <= set(world.room.members)
    assert len(world.calls("conversations.invite")) == 2


def test_an_invitation_that_the_bot_may_not_make_is_told(world: World) -> None:
    world.room.members.remove(world.workspace.bot.id)
    with pytest.raises(CannotShow, match="not a member of the conversation"):
        world.show("invite")
    assert len(world.calls("conversations.invite")) == 1


# --- the pin ------------------------------------------------------------------------------------------------


def test_the_card_is_pinned_and_a_second_time_does_no_harm(world: World) -> None:
    card = world.show()
    place = Place(card.conversation, ts=card.ts)
    for again in (False, True):
        assert world.show("pin", place, again=again) == card
    assert list(world.room.pins) == [card.ts]


def test_a_pin_that_the_bot_may_not_set_is_told(world: World) -> None:
    card = world.show()
    world.workspace.scopes = {"chat:write"}
    with pytest.raises(CannotShow, match="permission pins:write"):
        world.show("pin", Place(card.conversation, ts=card.ts))
