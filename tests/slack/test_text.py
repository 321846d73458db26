from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ecomms_bot.incident.wording import When, Who, say
from ecomms_bot.slack.text import (
    clock,
    conversation_link,
    date,
    duration,
    escape,
    every,
    flat,
    listed,
    mention,
    mrkdwn,
    plain,
    shorten,
    spoken,
)

NIGHT = datetime(2021, 11, 15, 4, 5, tzinfo=UTC)
VANCOUVER = When(NIGHT, "America/Vancouver")


def test_only_the_three_characters_that_slack_parses_are_escaped() -> None:
    assert escape("A & B <!channel> *bold* _x_") == "A &amp; B &lt;!channel&gt; *bold* _x_"


@pytest.mark.parametrize(
    "typed",
    ["<!channel>", "<!here>", "<@U0PIO>", "<#C0FLOOD>", "<!subteam^S1>", "<https://example.org|look>"],
)
def test_typed_words_mention_nobody_and_link_nowhere(typed: str) -> None:
    for write in (mrkdwn, spoken):
        assert "<" not in write(say("Said: {words}", words=typed))


def test_typed_words_stay_in_their_line() -> None:
    assert mrkdwn(say("*{name}*", name="one\ntwo\r\n\tthree\u2028four")) == "*one two three four*"


def test_typed_words_cannot_begin_a_code_block_that_swallows_the_rest() -> None:
    assert "```" not in mrkdwn(say("{name}", name="````all of it"))


def test_right_to_left_words_cannot_turn_the_rest_of_the_line_around() -> None:
    assert flat("سيل") == "\u2068سيل\u2069"
    assert flat("gnp.\u202eexe") == "gnp.exe"
    assert flat("Crue de la Loire") == "Crue de la Loire"


def test_control_characters_of_typed_words_are_gone() -> None:
    assert flat("a\x00b\x07c") == "a b c"


def test_a_bold_mark_of_the_template_is_drawn_and_not_read_aloud() -> None:
    sentence = say("✅ *{name}* · done", name="5 * 3")

    assert mrkdwn(sentence) == "✅ *5 * 3* · done"
    assert spoken(sentence) == "5 * 3, done."


def test_an_address_at_the_end_gets_no_full_stop_that_would_break_it() -> None:
    assert spoken(say("See {url}", url="https://www.drivebc.ca")) == "See https://www.drivebc.ca"


def test_a_person_is_mentioned() -> None:
    assert mrkdwn(say("{who} closed it", who=Who("U0PIO"))) == "<@U0PIO> closed it"
    assert mrkdwn(say("{who}", who=(Who("U1"), Who("W2")))) == "<@U1>, <@W2>"


@pytest.mark.parametrize(
    ("actor", "named"),
    [
        ("bot", "the bot"),
        ("os:root", "root (at the terminal)"),
        ("os:<!channel>", "&lt;!channel&gt; (at the terminal)"),
    ],
)
def test_an_actor_without_a_slack_account_is_named(actor: str, named: str) -> None:
    assert mention(actor) == named


def test_a_conversation_is_linked_only_by_an_id() -> None:
    assert conversation_link("C0FLOOD") == "<#C0FLOOD>"
    assert conversation_link("<!channel>") == "&lt;!channel&gt;"
    assert mrkdwn(say("in {where}", where=conversation_link("C0FLOOD"))) == "in <#C0FLOOD>"


def test_a_date_is_drawn_in_the_readers_zone_and_falls_back_to_date_time_and_zone() -> None:
    assert date(VANCOUVER) == "<!date^1636949100^{date_short_pretty} at {time}|Sun 14 Nov, 20:05 PST>"


def test_an_at_before_a_moment_is_not_said_twice() -> None:
    sentence = say("Looked at by {who} at {when}, due {when}", who=Who("U0PIO"), when=VANCOUVER)

    today = "<!date^1636949100^{date_short_pretty} at {time}|"
    due = f"due {today}Sun 14 Nov, 20:05 PST>"
    assert mrkdwn(sentence) == f"Looked at by <@U0PIO> {today}on Sun 14 Nov, 20:05 PST>, {due}"
    assert spoken(sentence).startswith("Looked at by <@U0PIO> on Sun 14 Nov, 20:05 PST, due Sun 14 Nov,")
    assert plain(say("Come at {when} at {where}", when=VANCOUVER, where="noon")) == (
        "Come on Sun 14 Nov, 20:05 PST at noon"
    )


@pytest.mark.parametrize(
    ("when", "words"),
    [
        (VANCOUVER, "Sun 14 Nov, 20:05 PST"),
        (When(datetime(2021, 7, 1, 7, 0, tzinfo=UTC), "America/Vancouver"), "Thu 1 Jul, 00:00 PDT"),
        (When(NIGHT, "America/Sao_Paulo"), "Mon 15 Nov, 01:05 UTC-3"),
        (When(NIGHT, "UTC"), "Mon 15 Nov, 04:05 UTC"),
    ],
)
def test_read_aloud_a_moment_has_date_time_and_zone(when: When, words: str) -> None:
    assert clock(when) == words
    assert spoken(say("Due {when}", when=when)) == f"Due {words}."


def test_plain_words_need_no_escaping_and_name_people() -> None:
    sentence = say("*{who}* said {words} at {when}", who=Who("U0PIO"), words="A & B", when=VANCOUVER)

    assert plain(sentence, {"U0PIO": "Pia"}) == "@Pia said A & B on Sun 14 Nov, 20:05 PST"
    assert plain(sentence) == "U0PIO said A & B on Sun 14 Nov, 20:05 PST"
    assert plain(say("{who}", who=(Who("U0PIO"), Who("bot"))), {"U0PIO": "Pia"}) == "@Pia, the bot"


def test_long_words_are_cut_between_words_and_say_so() -> None:
    assert shorten("short", 10) == "short"
    assert shorten("one two three", 10) == "one two…"
    assert shorten("x" * 30, 10) == "x" * 9 + "…"
    assert len(mrkdwn(say("{w}", w="&" * 9000), 50)) == 49 * len("&amp;") + 1


def test_lists_read_like_sentences() -> None:
    assert listed([]) == ""
    assert listed(["X"]) == "X"
    assert listed(["X", "Web", "SMS"]) == "X, Web and SMS"
    assert listed(["sme", "pio"], "or") == "sme or pio"


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0.9, "0 min"),
        (12, "12 min"),
        (60, "1 h"),
        (990, "16 h 30 min"),
        (1500, "1 day 1 h"),
        (2880, "2 days"),
    ],
)
def test_durations_have_units(minutes: float, said: str) -> None:
    assert duration(timedelta(minutes=minutes)) == said


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (30, "every 30 min"),
        (60, "every hour"),
        (180, "every 3 h"),
        (1440, "every day"),
        (2880, "every 2 days"),
        (10080, "every week"),
        (20160, "every 2 weeks"),
    ],
)
def test_how_often_is_said_as_people_say_it(minutes: int, said: str) -> None:
    assert every(timedelta(minutes=minutes)) == said
