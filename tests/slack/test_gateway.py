"""Posting, changing, direct messages: once, or visibly perhaps twice; never an exercise without its mark."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from ecomms_bot.errors import EcommsError
from ecomms_bot.incident.state import Failure, Ref
from ecomms_bot.incident.things import Place
from ecomms_bot.playbook.exercise import is_marked as text_is_marked
from ecomms_bot.service.ports import CannotShow, TryLater
from ecomms_bot.slack import cards, gateway
from ecomms_bot.slack.blocks import exercise, is_marked
from ecomms_bot.slack.calls import Calls
from ecomms_bot.slack.gateway import SENT_AGAIN, THREADLESS, with_line
from ecomms_bot.slack.message import Message
from tests.slack.gateway_world import KEY, World, message

# --- a first attempt ----------------------------------------------------------------------------------------


def test_a_post_appears_in_the_conversation_with_its_key_and_without_previews(world: World) -> None:
    ref = world.show()

    [seen] = world.mara.messages(world.room)
    assert (ref.conversation, ref.ts, ref.unsure) == (world.room.id, seen.ts, False)
    assert seen.plain() == "The river is high."
    assert seen.metadata == {"event_type": "ecomms_task", "event_payload": {"key": KEY}}
    [call] = world.calls("chat.postMessage")
    assert (call.args["unfurl_links"], call.args["unfurl_media"]) == (False, False)


def test_a_post_with_a_thread_is_a_reply(world: World) -> None:
    root = world.root
    world.show(place=root)
    assert world.texts(thread=root.thread) == ["A step", "The river is high."]


def test_a_first_attempt_asks_nothing_before_it_posts(world: World) -> None:
    world.show()
    assert [call.method for call in world.workspace.calls] == ["chat.postMessage"]


def test_a_direct_message_goes_to_the_person_and_is_drawn_for_them(world: World) -> None:
    ref = world.show("dm", Place(user=world.pia.id), thing="reminder:step/D1", user=world.pia.id)

    assert [each.plain() for each in world.pia.dms()] == ["The river is high."]
    assert ref == Ref(world.pia.dm.id, world.pia.dms()[0].ts)
    assert world.asked == [("reminder:step/D1", "dm", world.pia.id)]


def test_an_edit_changes_the_message_and_keeps_its_key(world: World) -> None:
    ref = world.show()
    world.drawn = message("The river falls.")

    edited = world.show("edit", Place(ref.conversation, ts=ref.ts), key="i-flood/edit/card/9")

    assert edited == ref
    [seen] = world.mara.messages(world.room)
    assert seen.plain() == "The river falls."
    assert seen.metadata is not None
    assert seen.metadata["event_payload"] == {"key": KEY}


def test_an_edit_whose_answer_was_lost_is_done_again_without_harm(world: World) -> None:
    ref = world.show()
    place = Place(ref.conversation, ts=ref.ts)
    world.workspace.faults.drop_after("chat.update")
    with pytest.raises(TryLater):
        world.show("edit", place)

    assert world.show("edit", place, again=True) == ref
    assert world.texts() == ["The river is high."]


def test_an_edit_of_a_long_review_leaves_its_parts_alone(world: World) -> None:
    ref = world.show()
    world.drawn = message("Approved.", replies=("part one", "part two"))
    world.show("edit", Place(ref.conversation, ts=ref.ts))
    assert world.texts() == ["Approved."]


def test_without_a_place_there_is_nothing_to_send(world: World) -> None:
    for kind in ("post", "edit", "pin", "invite"):
        with pytest.raises(CannotShow, match="no conversation in Slack yet"):
            world.show(kind, Place())
    assert world.workspace.calls == []


def test_an_unknown_kind_of_notice_is_said_and_not_guessed(world: World) -> None:
    with pytest.raises(CannotShow, match="does not know how to do this: sing"):
        world.show("sing")


# --- a second attempt: the first one may have arrived -------------------------------------------------------


@pytest.mark.parametrize("where", ["conversation", "thread", "dm"])
def test_a_lost_answer_then_a_retry_is_one_message(world: World, where: str) -> None:
    places = {"conversation": world.here, "thread": world.root, "dm": Place(user=world.pia.id)}
    place = places[where]
    kind = "dm" if where == "dm" else "post"
    world.workspace.faults.drop_after("chat.postMessage")
    with pytest.raises(TryLater) as lost:
        world.show(kind, place)
    assert lost.value.maybe_done

    ref = world.show(kind, place, again=True)

    sent = [call for call in world.calls("chat.postMessage") if call.ok]
    assert len(sent) == 1
    assert sent[0].result is not None
    assert (ref.ts, ref.unsure) == (sent[0].result["ts"], False)
    assert ref.conversation == sent[0].result["channel"]


def test_a_retry_of_what_never_arrived_posts_it_plainly(world: World) -> None:
    world.workspace.faults.drop_before("chat.postMessage")
    with pytest.raises(TryLater):
        world.show()

    ref = world.show(again=True)

    assert world.texts() == ["The river is high."]
    assert not ref.unsure


def test_the_key_is_found_many_pages_back(world: World) -> None:
    first = world.show()
    for number in range(450):
        world.mara.say(world.room, f"talk {number}")

    assert world.show(again=True) == replace(first, found=True)
    assert len(world.calls("conversations.history")) == 3


def test_a_look_up_that_finds_no_end_leads_to_a_marked_repeat(world: World) -> None:
    first = world.show()
    for number in range(2050):
        world.mara.say(world.room, f"talk {number}")

    ref = world.show(again=True)

    assert ref.unsure
    assert ref.ts != first.ts
    assert len(world.calls("conversations.history")) == 10
    assert SENT_AGAIN in world.texts()[-1]


def test_a_key_in_somebody_elses_message_is_not_ours(world: World) -> None:
    """Any app of the workspace can write any metadata, so one could keep a reminder from being sent."""
    first = world.show()
    stored = world.room.message(first.ts)
    assert stored is not None
    stored.user = world.ike.id

    assert world.show(again=True).ts != first.ts


@pytest.mark.parametrize("code", ["missing_scope", "not_in_channel", "channel_not_found"])
def test_where_looking_up_is_impossible_the_repeat_says_so(world: World, code: str) -> None:
    world.workspace.faults.error("conversations.history", code)

    ref = world.show(again=True)

    assert ref.unsure
    [seen] = world.mara.messages(world.room)
    assert seen.plain().splitlines()[-1] == "Sent again: the first attempt may have arrived."
    assert seen.text == "The river is high. Sent again: the first attempt may have arrived."


def test_a_direct_message_that_cannot_be_looked_up_is_a_marked_repeat(world: World) -> None:
    world.workspace.faults.error("conversations.open", "missing_scope")
    assert world.show("dm", Place(user=world.pia.id), again=True).unsure
    assert SENT_AGAIN in world.pia.dms()[-1].plain()


def test_a_look_up_that_fails_for_now_posts_nothing_and_stays_unsure(world: World) -> None:
    world.workspace.faults.rate_limited("conversations.history", retry_after=7)

    with pytest.raises(TryLater) as later:
        world.show(again=True)

    assert (later.value.retry_after, later.value.maybe_done) == (7.0, True)
    assert world.writes == []


def not_connected() -> str:
    raise EcommsError("The bot is still connecting to Slack.")


@pytest.mark.parametrize("bot_user", [str, not_connected])
def test_before_the_bot_knows_its_own_name_nothing_is_looked_up(
    world: World, bot_user: Callable[[], str]
) -> None:
    world.gateway = world.make_gateway(bot_user=bot_user)
    with pytest.raises(TryLater) as later:
        world.show(again=True)
    assert later.value.maybe_done
    assert world.workspace.calls == []


def test_the_time_for_one_effect_is_limited(world: World) -> None:
    """Given no time at all, no call is begun: the lease of the task must not run out under a call."""
    world.gateway = world.make_gateway(budget_s=0.0)
    with pytest.raises(TryLater):
        world.show()
    assert world.workspace.calls == []


# --- long reviews: the texts in numbered parts, then the message with the buttons ---------------------------


@pytest.fixture
def long_review(world: World) -> World:
    world.drawn = message("Please approve.", replies=("text 1 of 3", "text 2 of 3", "text 3 of 3"))
    return world


IN_ORDER = ["text 1 of 3", "text 2 of 3", "text 3 of 3", "Please approve."]


def test_the_parts_of_a_long_review_come_first_and_in_order(long_review: World) -> None:
    root = long_review.root
    ref = long_review.show(place=root, key=KEY)

    seen = long_review.mara.messages(long_review.room, root.thread)[1:]
    assert [each.plain() for each in seen] == IN_ORDER
    assert [each.metadata["event_payload"]["key"] for each in seen if each.metadata] == [
        f"{KEY}#1",
        f"{KEY}#2",
        f"{KEY}#3",
        KEY,
    ]
    assert ref.ts == seen[-1].ts


@pytest.mark.parametrize("arrived", [0, 1, 2, 3])
@pytest.mark.parametrize("lost", ["answer", "request"])
def test_a_long_review_cut_off_anywhere_is_completed_without_doubles(
    long_review: World, arrived: int, lost: str
) -> None:
    """Given that the line breaks at one of the four, when it is tried again, then each is there once."""
    root = long_review.root
    breaks = long_review.workspace.faults
    fault = (breaks.drop_after if lost == "answer" else breaks.drop_before)("chat.postMessage")
    fault.matching = lambda args: IN_ORDER[arrived] == args["text"]
    with pytest.raises(TryLater) as cut:
        long_review.show(place=root)
    assert cut.value.maybe_done

    ref = long_review.show(place=root, again=True)

    assert long_review.texts(thread=root.thread)[1:] == IN_ORDER
    assert not ref.unsure


def test_being_slowed_down_after_a_part_still_counts_as_perhaps_done(long_review: World) -> None:
    """Else the retry would not look for the part that is there, and post it twice."""
    fault = long_review.workspace.faults.rate_limited("chat.postMessage", retry_after=3)
    fault.matching = lambda args: args["text"] == IN_ORDER[1]
    with pytest.raises(TryLater) as slowed:
        long_review.show()
    assert (slowed.value.retry_after, slowed.value.maybe_done) == (3.0, True)


def test_being_slowed_down_before_anything_was_sent_is_certain(long_review: World) -> None:
    long_review.workspace.faults.rate_limited("chat.postMessage", retry_after=3)
    with pytest.raises(TryLater) as slowed:
        long_review.show()
    assert (slowed.value.retry_after, slowed.value.maybe_done) == (3.0, False)


def test_a_long_review_that_cannot_be_looked_up_is_marked_in_every_part(long_review: World) -> None:
    long_review.workspace.faults.error("conversations.history", "missing_scope")
    assert long_review.show(again=True).unsure
    assert [text.splitlines() for text in long_review.texts()] == [[text, SENT_AGAIN] for text in IN_ORDER]


# --- an exercise never goes out unmarked (promise 5) --------------------------------------------------------


@pytest.mark.parametrize("kind", ["post", "edit", "dm", "answer"])
def test_a_message_of_an_exercise_without_its_mark_is_refused_loudly(
    world: World, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    world.be_exercise(marked=False)
    url = world.workspace.new_response_url("commands", world.mara.id, world.room.id)

    with pytest.raises(CannotShow, match="did not carry the mark"):
        world.show(kind, Place(world.room.id, ts="1.000001"), url=url, user=world.mara.id)

    assert world.workspace.calls == []
    [record] = [each for each in caplog.records if "without its mark" in each.getMessage()]
    assert record.levelname == "ERROR"


def test_the_place_that_sends_looks_for_itself(world: World) -> None:
    """Whoever calls it, and whatever was checked before."""
    calls, url = (
        Calls(world.client),
        world.workspace.new_response_url("commands", world.mara.id, world.room.id),
    )
    with pytest.raises(CannotShow):
        gateway.post(calls, message("x"), exercise=True, place=world.here, key=KEY)
    with pytest.raises(CannotShow):
        gateway.update(calls, message("x"), exercise=True, place=world.here)
    with pytest.raises(CannotShow):
        gateway.answer(url, message("x"), exercise=True)
    assert world.workspace.calls == []


def test_an_exercise_with_one_unmarked_part_sends_none_of_them(world: World) -> None:
    marked = exercise(message("Please approve.", replies=("one", "two")))
    world.be_exercise(marked=False)
    world.drawn = replace(marked, replies=(marked.replies[0], message("two")))
    with pytest.raises(CannotShow):
        world.show()
    assert world.workspace.calls == []


def test_a_marked_message_of_an_exercise_goes_out(world: World) -> None:
    world.be_exercise()
    world.show()
    [seen] = world.mara.messages(world.room)
    assert text_is_marked(seen.text)
    assert "The river is high." in seen.plain()


def test_the_line_that_it_is_sent_again_stays_inside_the_mark() -> None:
    again = with_line(exercise(message("The river is high.")), SENT_AGAIN)
    assert is_marked(again)
    assert again.text == f"EXERCISE - The river is high. {SENT_AGAIN} - EXERCISE"
    assert again.blocks[-2] == with_line(message("x"), SENT_AGAIN).blocks[-1]


# --- a thread whose first message was deleted ---------------------------------------------------------------


def without_root(world: World) -> Place:
    """A thread of which the first message is gone."""
    root = world.mara.say(world.room, "A step")
    world.workspace.delete_message(world.room, root.ts)
    return Place(world.room.id, thread=root.ts)


def test_what_belongs_in_a_thread_that_was_deleted_stands_in_the_conversation(world: World) -> None:
    ref = world.show(place=without_root(world), thing="review:d1:1")
    [seen] = world.mara.messages(world.room)
    assert (ref.ts, ref.unsure) == (seen.ts, False)
    assert seen.plain() == f"The river is high.\n{THREADLESS}"


def test_there_it_is_looked_for_too_when_its_answer_was_lost(world: World) -> None:
    place = without_root(world)
    fault = world.workspace.faults.drop_after("chat.postMessage")
    fault.matching = lambda args: "thread_ts" not in args
    with pytest.raises(TryLater):
        world.show(place=place, thing="review:d1:1")
    ref = world.show(place=place, thing="review:d1:1", again=True)
    assert ref.found
    assert len(world.mara.messages(world.room)) == 1


def test_a_long_text_of_an_exercise_is_cut_inside_the_mark(world: World) -> None:
    """The blocks hold it all; `text` is read aloud, and an update takes at most 4,000 characters of it."""
    world.be_exercise(marked=False)
    world.drawn = exercise(Message("flood " * 1500, message("All of it.").blocks))
    ref = world.show()

    world.show("edit", Place(ref.conversation, ts=ref.ts))

    [call] = world.calls("chat.update")
    assert call.ok
    assert len(call.args["text"]) <= 4000
    assert text_is_marked(call.args["text"])
    [posted] = world.calls("chat.postMessage")
    assert len(posted.args["text"]) > 4000


def test_a_message_without_blocks_is_never_cut(world: World) -> None:
    world.drawn = Message("flood " * 1000, ())
    world.show()
    assert world.texts() == ["flood " * 1000]


# --- drawing ------------------------------------------------------------------------------------------------


def test_the_cards_of_the_house_are_drawn_unless_told_otherwise(world: World) -> None:
    failure = Failure(4, "i-flood/pin", "pin", "card", "The pin was refused.", "Pin it by hand.")
    world.state = replace(world.state, failures=(failure,))
    world.gateway = world.make_gateway(render=cards.render)

    world.show("dm", Place(user=world.mara.id), thing="trouble:4", user=world.mara.id)

    assert "The pin was refused." in world.mara.dms()[-1].plain()


def test_what_the_drawing_itself_has_to_say_is_passed_on(world: World) -> None:
    def refusing(*_: object, **__: object) -> Message:
        raise TryLater("Not now.")

    world.gateway = world.make_gateway(render=refusing)
    with pytest.raises(TryLater, match="Not now"):
        world.show()


def test_what_cannot_be_drawn_is_said_instead_of_tried_for_ever(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> Message:
        raise KeyError("severity")

    world.gateway = world.make_gateway(render=broken)
    with pytest.raises(CannotShow, match="a mistake in the bot"):
        world.show()
    assert "could not be drawn" in caplog.text
