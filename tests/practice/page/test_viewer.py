"""What a person sees on the page: the right messages, in order, drawn anew only when they changed."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import pytest
from markupsafe import Markup

from ecomms_bot.practice.page import draw
from ecomms_bot.practice.page.kept import PLACES, Kept
from ecomms_bot.practice.page.viewer import face, usable
from ecomms_bot.practice.page.where import SHOWN, Where
from ecomms_bot.practice.workspace import Message, views
from ecomms_bot.practice.workspace.state import Json
from tests.practice.page.screens import Room

APPROVE: Json = {
    "type": "actions",
    "block_id": "decide",
    "elements": [
        {
            "type": "button",
            "action_id": "approve",
            "text": {"type": "plain_text", "text": "Approve"},
            "value": "r1",
        }
    ],
}


@pytest.fixture
def room() -> Room:
    return Room()


# --- messages ---------------------------------------------------------------------------------------------


def test_messages_stand_in_their_order_with_who_wrote_them_and_when_for_the_reader(room: Room) -> None:
    room.says("mara", "The river rises.")
    room.posts("Noted.")
    assert room.rows("mara") == ["ML Mara Lund 09:00 The river rises.", "E ecomms app 09:00 Noted."]
    assert room.rows("lee")[0] == "ML Mara Lund 18:00 The river rises."  # in Berlin


def test_what_people_write_is_text_whatever_it_looks_like(room: Room) -> None:
    room.act("mara", "say", text='<script>alert("x")</script> & <b>bold</b>')
    row = next(node for name, node in room.screen("lee").items() if name.startswith("m-"))
    assert '<script>alert("x")</script> & <b>bold</b>' in row.text
    assert row.all("script") == []


def test_a_hostile_name_is_text_too(room: Room) -> None:
    room.ws.user("lee").name = '"><script>x</script>'
    room.says("lee", "Hello.")
    html = "".join(piece.html for piece in room.pieces("mara"))
    assert "<script" not in html


def test_only_the_newest_are_drawn_and_earlier_ones_on_demand(room: Room) -> None:
    for number in range(SHOWN + 10):
        room.says("mara", f"Message {number}")
    assert len(room.rows("lee")) == SHOWN
    assert room.rows("lee")[0].endswith("Message 10")
    link = room.screen("lee")["earlier"].all("a")[0]
    assert "(10)" in link.text
    assert "count=250" in link.attributes["href"]
    assert len(room.rows("lee", count=250)) == SHOWN + 10
    assert "earlier" not in room.screen("lee", count=250)
    assert "beginning" in room.screen("lee", count=250)


def test_a_personal_message_is_seen_by_one_person_until_they_put_it_away(room: Room) -> None:
    shown = room.posts("Only you.", only="mara")
    assert room.rows("lee") == []
    (row,) = room.rows("mara")
    assert "Only visible to you" in row
    room.act("mara", "dismiss", ts=shown.ts)
    assert room.rows("mara") == []


def test_a_deleted_message_with_replies_says_so(room: Room) -> None:
    ts = room.says("mara", "Wrong.")
    room.says("lee", "Is that so?", thread=ts)
    room.act("mara", "delete", ts=ts)
    (row,) = room.rows("lee")
    assert "This message was deleted." in row
    assert "Wrong" not in row


def test_an_edited_message_says_so(room: Room) -> None:
    ts = room.says("mara", "The river raises.")
    room.act("mara", "edit", ts=ts, text="The river rises.")
    assert room.rows("lee") == ["ML Mara Lund 18:00 The river rises.(edited)"]


def test_what_somebody_says_in_one_go_stands_under_one_name(room: Room) -> None:
    first, second = room.says("mara", "One."), room.says("mara", "Two.")
    room.clock.now += 6 * 60
    third = room.says("mara", "Three.")
    screen = room.screen("lee")
    together = ["together" in screen[f"m-{ts}"].all("li")[0].classes for ts in (first, second, third)]
    assert together == [False, True, False]


def test_messages_of_the_app_keep_their_own_head(room: Room) -> None:
    one, other = room.posts("A card", APPROVE), room.posts("Another", APPROVE)
    screen = room.screen("lee")
    assert not any("together" in screen[f"m-{each.ts}"].all("li")[0].classes for each in (one, other))


def test_each_day_begins_with_its_date_in_the_zone_of_the_reader(room: Room) -> None:
    room.says("mara", "Sunday.")
    room.clock.now += 7 * 3600  # 16:00 in Vancouver, already Monday in Berlin
    room.says("mara", "Later.")
    assert [node.text for name, node in room.screen("mara").items() if name.startswith("day-")] == ["Today"]
    assert [node.text for name, node in room.screen("lee").items() if name.startswith("day-")] == [
        "Sunday, November 14",
        "Today",
    ]


def test_what_one_window_has_drawn_another_of_the_same_person_shows(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a window on two messages
    first, second = room.says("mara", "One."), room.posts("A card", APPROVE)
    room.pieces("lee")
    # When the same person comes back, beside a thread, after one of them was changed
    room.act("mara", "edit", ts=first, text="One, but better.")
    drawn, message = list[str](), draw.message

    def counted(one: Message, **how: Any) -> Markup:
        drawn.append(one.ts)
        return message(one, **how)

    monkeypatch.setattr(draw, "message", counted)
    room.pieces("lee", thread=second.ts)
    # Then only that one is drawn, and what stands in the thread
    assert drawn == [first, second.ts]
    # And nothing of it is shown to somebody else, for whom other times hold
    assert any("09:00" in row for row in room.rows("mara"))


def test_who_is_called_otherwise_now_is_so_everywhere(room: Room) -> None:
    room.says("lee", "Hello.")
    room.pieces("mara")
    room.ws.user("lee").name = "Lee Stone"
    assert room.rows("mara") == ["LS Lee Stone 09:00 Hello."]


def test_of_what_nobody_looks_at_any_more_nothing_is_kept() -> None:
    kept, first = Kept(), Where("mara", "C1")
    drawn = kept.at(first)
    assert kept.at(Where("mara", "C1", thread="1.2")) is drawn
    assert kept.at(Where("mara", "C1", count=SHOWN + 1)) is not drawn
    for number in range(PLACES):
        kept.at(Where("lee", f"C{number}"))
    assert kept.at(first) is not drawn


def test_what_changed_is_drawn_anew_and_nothing_else(room: Room) -> None:
    ts = room.says("mara", "One.")
    card = room.posts("A card", APPROVE)
    viewer = room.viewer("lee")
    before = {piece.id: piece.html for piece in viewer.pieces()}
    room.act("mara", "edit", ts=ts, text="Two.")
    after = {piece.id: piece.html for piece in viewer.pieces()}
    assert after[f"m-{card.ts}"] is before[f"m-{card.ts}"]
    assert "Two." in after[f"m-{ts}"]
    assert "Two." not in before[f"m-{ts}"]


def test_dates_are_drawn_anew_on_the_next_day(room: Room) -> None:
    ts = room.posts(f"By <!date^{int(room.clock.now)}^{{date_short_pretty}} at {{time}}|nine>").ts
    viewer = room.viewer("mara")
    first = next(piece.html for piece in viewer.pieces() if piece.id == f"m-{ts}")
    room.clock.now += 24 * 3600
    second = next(piece.html for piece in viewer.pieces() if piece.id == f"m-{ts}")
    assert "today at 09:00" in first.casefold()
    assert "yesterday at 09:00" in second.casefold()


# --- threads ----------------------------------------------------------------------------------------------


def test_a_root_tells_of_its_thread_and_the_thread_shows_it_whole(room: Room) -> None:
    root = room.posts("Step 1", APPROVE)
    room.says("mara", "I take it.", thread=root.ts)
    room.says("lee", "Good.", thread=root.ts)
    screen = room.screen("lee")
    replies = screen[f"m-{root.ts}"].all("a")[0]
    assert "2 replies" in replies.text
    assert "Mara Lund, Lee Ortiz, last at 18:00" in replies.text
    assert [name for name in screen if name.startswith("t-")] == []
    beside = room.screen("lee", thread=root.ts)
    assert len([name for name in beside if name.startswith("t-")]) == 3
    assert len(room.rows("lee", thread=root.ts)) == 1  # replies are not in the main flow


def test_a_reply_that_calls_somebody_is_marked_until_they_look_at_the_thread(room: Room) -> None:
    root = room.says("mara", "A draft.")
    room.act("mara", "say", text="@lee please read", thread=root)
    assert "1 new for you" in room.rows("lee")[0]
    assert "new for you" not in room.rows("mara")[0]
    last = room.ops.messages[-1].ts
    room.act("lee", "seen", thread=root, ts=last)
    assert "new for you" not in room.rows("lee")[0]


def test_a_reply_sent_to_the_conversation_stands_in_both(room: Room) -> None:
    root = room.says("mara", "A draft.")
    room.act("lee", "say", text="Approved.", thread=root, broadcast=True)
    assert room.rows("mara")[-1].endswith("replied in a thread Approved.")
    assert room.rows("mara", kind="t", thread=root)[-1].endswith("Approved.")


def test_no_id_is_there_twice_when_a_root_stands_in_both(room: Room) -> None:
    picker = {
        "type": "users_select",
        "action_id": "who",
        "placeholder": {"type": "plain_text", "text": "Who"},
    }
    root = room.posts("A card", {"type": "actions", "block_id": "one", "elements": [picker]})
    nodes = [one for node in room.screen("mara", thread=root.ts).values() for one in node.walk()]
    ids = [one.attributes["id"] for one in nodes if "id" in one.attributes]
    assert len([one for one in nodes if one.tag == "select"]) == 2
    assert len(ids) == len(set(ids))


# --- what is unread ---------------------------------------------------------------------------------------


def test_what_came_while_somebody_was_away_is_below_a_line(room: Room) -> None:
    room.act("lee", "seen", ts=room.says("mara", "Before."))
    room.says("mara", "After.")
    names = list(room.screen("lee"))
    assert names.index("new") == names.index(next(n for n in reversed(names) if n.startswith("m-"))) - 1
    assert "new" not in room.screen("mara")  # who wrote it has read it


def test_conversations_say_what_is_unread_and_how_much_of_it_is_for_me(room: Room) -> None:
    aside = room.ws.add_conversation("aside", ["lee"])

    def listed() -> str:
        ops = room.screen("lee", place=aside.id)["sidebar"].all("a")[0]
        return f"{ops.attributes['class']}: {ops.text}"

    assert listed() == ": #ops"
    ts = room.says("mara", "Hello.")
    assert listed() == "unread: #ops (unread)"
    room.act("mara", "say", text="@lee look")
    assert listed() == "unread: #ops 1 for you"
    assert "1 unread for them" in room.screen("mara")["sidebar"].text
    room.act("lee", "seen", ts=ts)
    assert listed() == "unread: #ops 1 for you"
    room.act("lee", "seen", ts=room.ops.messages[-1].ts)
    assert listed() == ": #ops"


def test_direct_messages_of_the_app_are_for_me_each(room: Room) -> None:
    room.posts("Soon due.", place=room.ws.person("lee").dm)
    room.posts("Due now.", place=room.ws.person("lee").dm)
    (link,) = room.screen("lee")["sidebar"].all("a", data_opens="messages")
    assert link.text == "ecomms Messages 2 for you"


# --- where ------------------------------------------------------------------------------------------------


def test_nobody_sees_what_they_are_no_member_of(room: Room) -> None:
    leads = room.ws.add_conversation("leads", ["mara"], private=True)
    seen = usable(room.site, Where("lee", leads.id))
    assert seen.place == room.ops.id
    assert "leads" not in room.screen("lee")["sidebar"].text
    assert "leads" in room.screen("mara")["sidebar"].text


def test_a_public_conversation_can_be_looked_at_and_joined(room: Room) -> None:
    room.says("mara", "Hello.")
    assert "messages with ecomms" in room.screen("otto", place="")["beginning"].text  # he is in none
    there = room.screen("otto")
    assert "Join" in there["composer"].text
    assert [node.text for name, node in there.items() if name.startswith("m-")]
    room.act("otto", "join")
    assert room.screen("otto", place="")["composer"].all("textarea")


@pytest.mark.parametrize(
    "asked", [Where("nobody"), Where(""), Where("mara", "C0"), Where("mara", "", "1.2", count=10**9)]
)
def test_an_address_that_leads_nowhere_leads_to_the_nearest_place(room: Room, asked: Where) -> None:
    found = usable(room.site, asked)
    assert (found.handle, found.place, found.thread) == ("mara", room.ops.id, "")


@pytest.mark.parametrize("count", ["", "x", "-5", "²", "49"])
def test_a_count_that_is_none_is_the_usual_one(count: str) -> None:
    assert Where.read({"as": "mara", "count": count}).count == SHOWN


@pytest.mark.parametrize(
    "where", [Where("mara", "C1", "5.000001"), Where("o tto&", "C1", count=250), Where("mara", home=True)]
)
def test_an_address_reads_back_as_what_it_says(where: Where) -> None:
    assert Where.read(dict(parse_qsl(where.address.removeprefix("/?")))) == where


def test_archived_conversations_take_nothing(room: Room) -> None:
    room.ws.archive(room.ops)
    assert "archived" in room.screen("mara", place=room.ops.id)["composer"].text


# --- modals and home --------------------------------------------------------------------------------------


def form(**more: object) -> Json:
    title = {"type": "plain_text", "text": "A form"}
    block = {
        "type": "input",
        "block_id": "reason",
        "label": {"type": "plain_text", "text": "Reason"},
        "element": {"type": "plain_text_input", "action_id": "value"},
    }
    return {
        "type": "modal",
        "title": title,
        "blocks": [block],
        "submit": {"type": "plain_text", "text": "Send"},
    } | more


def test_the_modal_on_top_is_shown_to_its_person_alone(room: Room) -> None:
    view = room.opens("mara", form())
    assert "Reason" in room.screen("mara")[f"v-{view.id}"].text
    assert not any(name.startswith("v-") for name in room.screen("lee"))


def test_the_home_tab_shows_what_the_app_published(room: Room) -> None:
    assert "not shown anything" in room.screen("mara", home=True)["home"].text
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "Waits for *you*"}}
    views.publish(room.ws, room.ws.user("mara").id, {"type": "home", "blocks": [section]}, "")
    screen = room.screen("mara", home=True)
    assert "Waits for you" in screen["home"].text
    assert "composer" not in screen


def test_a_name_has_two_letters_in_place_of_a_picture() -> None:
    assert [face(name) for name in ("Mara Lund", "ecomms", "Jean-Luc de la Tour", "(x) y")] == [
        "ML",
        "E",
        "JT",
        "Y",
    ]
