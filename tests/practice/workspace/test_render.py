"""How texts read on a person's screen."""

from __future__ import annotations

import pytest
from slack_sdk import WebClient

from ecomms_bot.practice.workspace import Conversation, Person, Workspace
from tests.practice.workspace.harness import actions, button, field, option, plain, section

EVENING = 1_636_940_000  # 14 November 2021, 17:33 in Vancouver, 02:33 the next day in Berlin


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("*bold* and _italic_ and ~gone~", "bold and italic and gone"),
        ("*_both_* of them", "both of them"),
        ("5*3*2 and snake_case_name", "5*3*2 and snake_case_name"),
        ("a * b * c", "a * b * c"),
        ("&gt; quoted\n&gt;also", "quoted\nalso"),
        ("&lt;b&gt; &amp;amp; R&amp;D", "<b> &amp; R&D"),
        ("`*as it is*` ```two\nlines```", "*as it is* two\nlines"),
        ("<https://drivebc.ca|DriveBC> <https://x.ca>", "DriveBC https://x.ca"),
        ("<!here> <!channel> <!subteam^S404|@duty>", "@here @channel @duty"),
        ("<!date^1636940000^{time}|17:33 PST>", "17:33"),
        ("<!date^soon^{time}|17:33 PST>", "17:33 PST"),
        ("<!date^1636940000|17:33 PST>", "17:33 PST"),
        ("<!date^99999999999999^{time}|one day>", "one day"),
        (":warning: stays", ":warning: stays"),
    ],
)
def test_mrkdwn(mara: Person, sent: str, read: str) -> None:
    assert mara.reader.mrkdwn(sent) == read


def test_ids_read_as_names(workspace: Workspace, mara: Person, lee: Person, ops: Conversation) -> None:
    duty = workspace.add_group("duty", ["lee"])

    assert (
        mara.reader.mrkdwn(f"<@{lee.id}> in <#{ops.id}>, <!subteam^{duty.id}>") == "@Lee Ortiz in #ops, @duty"
    )
    assert mara.reader.mrkdwn("<@U404> <#C404>") == "@U404 #C404"


@pytest.mark.parametrize(
    ("pattern", "read"),
    [
        ("{date_num}", "2021-11-14"),
        ("{date_slash}", "11/14/2021"),
        ("{date}", "November 14th"),
        ("{date_short}", "Nov 14th, 2021"),
        ("{date_long}", "Sunday, November 14th, 2021"),
        ("{date_pretty} at {time}", "today at 17:33"),
        ("{date_short_pretty} {time_secs}", "today 17:33:20"),
        ("{ago}", "0 minutes ago"),
        ("{century}", "{century}"),
    ],
)
def test_dates(mara: Person, pattern: str, read: str) -> None:
    assert mara.reader.date(EVENING, pattern) == read


def test_days_near_by_and_times_past_and_to_come(mara: Person) -> None:
    hour = 3600
    assert mara.reader.date(EVENING + 24 * hour, "{date_long_pretty}") == "tomorrow"
    assert mara.reader.date(EVENING - 24 * hour, "{date_short_pretty}") == "yesterday"
    assert mara.reader.date(EVENING - 72 * hour, "{date_short_pretty}") == "Nov 11th, 2021"
    assert mara.reader.date(EVENING - hour, "{ago}") == "1 hour ago"
    assert mara.reader.date(EVENING + 72 * hour, "{ago}") == "in 3 days"
    assert mara.reader.date(EVENING + 7 * 24 * hour, "{date}") == "November 21st"
    assert mara.reader.date(EVENING + 365 * 24 * hour, "{date}") == "November 14th, 2022"


def test_each_reader_sees_their_own_zone(
    client: WebClient, mara: Person, lee: Person, ops: Conversation
) -> None:
    client.chat_postMessage(
        channel=ops.id, text=f"Due <!date^{EVENING}^{{date_short_pretty}} {{time}}|later>"
    )

    assert mara.messages(ops)[0].plain() == "Due today 17:33"
    assert lee.messages(ops)[0].plain() == "Due today 02:33"


def test_words_that_are_struck_through_are_marked(client: WebClient, mara: Person, ops: Conversation) -> None:
    runs = [
        {"type": "text", "text": "partly", "style": {"strike": True}},
        {"type": "text", "text": " closed", "style": {"bold": True}},
    ]
    section = {"type": "rich_text_section", "elements": runs}
    client.chat_postMessage(
        channel=ops.id, text="spoken", blocks=[{"type": "rich_text", "elements": [section]}]
    )
    assert mara.messages(ops)[0].plain() == "~partly~ closed"


def test_everything_readable_in_blocks_is_read(client: WebClient, mara: Person, ops: Conversation) -> None:
    text = {"type": "rich_text_section", "elements": [{"type": "text", "text": "as *it* &amp; is"}]}
    numbered = {"type": "rich_text_list", "style": "ordered", "elements": [text, text]}
    bulleted = {"type": "rich_text_list", "style": "bullet", "elements": [text]}
    inline = [
        {"type": "user", "user_id": mara.id},
        {"type": "link", "url": "https://x"},
        {"type": "date", "timestamp": EVENING, "format": "{time}"},
        {"type": "broadcast", "range": "here"},
        {"type": "emoji", "name": "wave"},
        {"type": "channel", "channel_id": ops.id},
        {"type": "color", "value": "#ff0000"},
        {"type": "usergroup", "usergroup_id": "S1"},
    ]
    blocks = [
        {"type": "header", "text": plain("A *header*")},
        section("*Now*", fields=[plain("left"), plain("right")], accessory=button("More", "more")),
        {"type": "divider"},
        {
            "type": "context",
            "elements": [plain("small"), {"type": "image", "image_url": "u", "alt_text": "map"}],
        },
        {"type": "rich_text", "elements": [text, numbered, bulleted]},
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": inline}]},
        {"type": "image", "image_url": "https://x", "alt_text": "a map"},
        {"type": "markdown", "text": "# As it is"},
        {
            "type": "table",
            "rows": [[{"type": "raw_text", "text": "a"}, {"type": "rich_text", "elements": [text]}]],
        },
        field("Why", {"type": "plain_text_input", "action_id": "a"}, "b", hint=plain("in a word")),
        actions({"type": "overflow", "options": [option("Facts", "f")]}, button("Go", "go")),
        actions({"type": "users_select", "placeholder": plain("Who")}, {"type": "datepicker"}),
    ]
    client.chat_postMessage(channel=ops.id, text="spoken *first*", blocks=blocks)

    message = mara.messages(ops)[0]

    assert message.notification() == "spoken first"
    assert message.buttons == ["More", "Go"]
    assert message.plain().split("\n") == [
        "A *header*",
        "Now",
        "left",
        "right",
        "[More]",
        "small [map]",
        "as *it* &amp; is",
        "1. as *it* &amp; is",
        "2. as *it* &amp; is",
        "• as *it* &amp; is",
        "@Mara Lundhttps://x17:33@here:wave:#ops#ff0000@S1",
        "[a map]",
        "# As it is",
        "a | as *it* &amp; is",
        "Why",
        "in a word",
        "[Facts] [Go]",
        "[Who] ",
    ]
