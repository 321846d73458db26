"""What leaders read, and what is said of it where it was written."""

from __future__ import annotations

import json
from typing import Any

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import things
from ecomms_bot.slack.blocks import is_marked
from ecomms_bot.slack.cards import render
from ecomms_bot.slack.forms import mark_form
from ecomms_bot.slack.message import Message
from ecomms_bot.slack.sample_life import LEADERS
from tests.slack.life import COLLEAGUE, Life, bent

NEWS = "Both lanes are under water."


def brief_book(*channels: str, text: str = "{{ incident_name }}: {{ news }}") -> dict[str, Any]:
    """The update step says this to these channels."""

    def change(raw: dict[str, Any]) -> None:
        step = next(each for each in raw["phases"]["during"] if each["id"] == "D4")
        step["channels"] = list(channels)
        step["texts"] = {"internal": {"title": "Leaders' brief", "templates": dict.fromkeys(channels, text)}}

    return bent(change)


def approved(*channels: str, exercise: bool = False, text: str = "{{ incident_name }}: {{ news }}") -> Life:
    life = Life(raw=brief_book(*(channels or ("leaders",)), text=text), exercise=exercise)
    life.submit("D4", "internal", news=NEWS)
    life.approve_all("D4")
    return life


def brief_of(life: Life) -> str:
    return things.brief_thing(life.draft("D4").id, 1)


def publish(life: Life) -> Message:
    return render(things.publish_thing(life.draft("D4").id, 1), life.view)


def read(message: Message) -> str:
    return "\n".join(json.dumps(block, ensure_ascii=False) for block in message.blocks)


def actions(message: Message) -> list[str]:
    rows = [block["elements"] for block in message.blocks if block["type"] == "actions"]
    return [each["text"]["text"] for row in rows for each in row if "text" in each]


def test_leaders_read_the_approved_words_who_let_them_out_and_of_which_incident() -> None:
    life = approved()
    shown = render(brief_of(life), life.view)
    words = life.draft("D4").current.texts["leaders"]["en"]
    # the words as they are, never parsed
    assert {"type": "text", "text": words} in [
        element
        for block in shown.blocks
        if block["type"] == "rich_text"
        for part in block["elements"]
        for element in part["elements"]
    ]
    assert "*Scheduled update*" in read(shown)
    assert "*Highway 7 flooding* in <#C0FLOOD>" in read(shown)
    assert "Approved by <@U0SME>, <@U0PIO>" in read(shown)
    assert words in shown.text
    assert actions(shown) == []


def test_in_an_exercise_it_says_so_outside_and_inside() -> None:
    life = approved(exercise=True)
    shown = render(brief_of(life), life.view)
    assert is_marked(shown)
    assert "EXERCISE - Highway 7 flooding" in read(shown)


def test_a_text_past_one_message_is_posted_whole_in_several() -> None:
    life = approved(text="{{ news }}\n\n" + "\n\n".join(["Route 7 stays closed. " * 60] * 7))
    shown = render(brief_of(life), life.view)
    assert len(shown.replies) == 1
    assert "1 of 2" in read(shown.replies[0])
    assert "2 of 2" in read(shown)
    pieces = [
        part["elements"][0]["text"]
        for message in (*shown.replies, shown)
        for block in message.blocks
        if block["type"] == "rich_text"
        for part in block["elements"]
    ]
    assert "".join(pieces) == life.draft("D4").current.texts["leaders"]["en"]


def test_where_it_was_written_nobody_is_asked_to_copy_it() -> None:
    life = approved()
    waiting = publish(life)
    assert "the bot posts it in <#C0LEADERS>. Nothing is to be copied." in read(waiting)
    assert NEWS not in read(waiting)
    assert actions(waiting) == []
    # when it stands there
    life.posted(brief_of(life), LEADERS, "7.0")
    done = publish(life)
    assert "Leaders: posted by the bot in <#C0LEADERS>" in read(done)
    assert "is published on every channel" in read(done)
    receipt = render(things.receipt_thing(life.draft("D4").id, life.draft("D4").marks[-1].seq), life.view)
    assert "Posted by the bot to leaders in <#C0LEADERS>" in read(receipt)
    assert "marked by the bot" in read(receipt)


def test_what_slack_refuses_says_which_text_and_the_way_around() -> None:
    life = approved()
    life.do("bot", c.RecordFailure("k", "post", brief_of(life), "The bot is no member.", "Type /invite."))
    trouble = render(things.trouble_thing(life.state.failures[-1].seq), life.view)
    assert "*Scheduled update*, revision 1, did not reach leaders in <#C0LEADERS>." in read(trouble)
    assert "The bot is no member." in read(trouble)
    assert "send it to them by hand and mark it" in read(publish(life))
    assert actions(publish(life)) == ["Mark as published"]


def test_other_channels_are_still_posted_by_people() -> None:
    life = approved("leaders", "internal")
    shown = publish(life)
    assert "*Internal*" in read(shown)
    assert "*Leaders*" not in read(shown)
    assert actions(shown) == ["Mark as published"]
    form = mark_form(life.state, life.draft("D4"), life.draft("D4").current, life.now)
    assert '"value": "internal"' in json.dumps(form)
    assert '"value": "leaders"' not in json.dumps(form)


def test_what_was_taken_back_after_it_was_posted_still_says_where_it_is() -> None:
    life = approved("leaders", "internal")
    draft = life.draft("D4")
    life.do(life.member("pio"), c.TakeBackApproval(draft.id, 1))
    life.posted(brief_of(life), LEADERS, "7.0")
    assert "Leaders: posted by the bot in <#C0LEADERS>" in read(publish(life))


def test_a_brief_that_was_redacted_says_so() -> None:
    life = approved()
    assert "redacted" in render("brief:none:1", life.view).text


def test_sent_by_hand_it_is_marked_like_any_text() -> None:
    life = approved()
    life.do("bot", c.RecordFailure("k", "post", brief_of(life), "The bot is no member.", "Type /invite."))
    life.mark("D4", "leaders", by=COLLEAGUE)
    assert "✅ Leaders: published" in read(publish(life))
    assert "marked by <@U0COLL>" in read(publish(life))
