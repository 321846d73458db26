"""Lengths as the channels count them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecomms_bot.playbook.channels import CHANNELS, GSM_BASIC, GSM_EXTENSION, count, in_reading_order


def test_which_channels_are_public() -> None:
    assert [channel.id for channel in CHANNELS.values() if channel.public] == ["web", "x", "sms", "sign"]
    assert [channel.id for channel in CHANNELS.values() if not channel.public] == ["internal", "leaders"]


def test_channels_are_named_in_the_order_in_which_people_read_them() -> None:
    assert in_reading_order(CHANNELS) == ("x", "sms", "sign", "web", "internal", "leaders")


@pytest.mark.parametrize(
    ("text", "used"),
    [
        ("", 0),
        ("Highway 7 is closed.", 20),
        ("https://www.drivebc.ca/a/very/long/address?that=counts&as=23", 23),
        ("drivebc.ca", 23),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467", 2),  # a family is one emoji
        ("日本", 4),
        ("é", 1),
        ("e\u0301", 1),  # the same letter in two parts
    ],
)
def test_x_weighs_its_characters(text: str, used: int) -> None:
    assert count("x", text).used == used


def test_x_says_how_full_it_is_and_when_it_is_over() -> None:
    full, over = count("x", "a" * 280), count("x", "a" * 281)
    assert (full.text, full.over) == ("X 280 / 280", False)
    assert (over.text, over.over) == ("X 281 / 280", True)


def test_web_and_internal_have_no_limit_of_their_own() -> None:
    assert count("web", "a" * 20_000).text == "Web 20000 characters"
    assert not count("internal", "a" * 20_000).over


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),  # two places each
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 152, 3),  # no escape and its character in two messages
        ("–" * 70, 1),
        ("–" * 71, 2),
        ("–" * 134, 2),
        ("–" * 135, 3),
        ("😀" * 35, 1),  # two places each
        ("😀" * 36, 2),
        ("a" * 66 + "😀" + "a" * 66, 3),  # nor half an emoji
    ],
)
def test_sms_counts_messages(text: str, messages: int) -> None:
    assert count("sms", text).used == messages


def test_sms_names_the_alphabet_and_what_switches_it() -> None:
    plain = count("sms", "Hwy 1 closed - use Hwy 7")
    assert (plain.text, plain.detail, plain.switches) == (
        "SMS 1 / 4 messages",
        "1 message, 24 characters, GSM-7",
        "",
    )
    dear = count("sms", "Hwy 1 closed – don’t use Hwy 7 – wait")
    assert dear.detail == "1 message, 37 characters, UCS-2 because of – ’"
    assert dear.switches == "–’"


def test_sms_is_over_above_four_messages() -> None:
    assert not count("sms", "a" * 612).over
    assert count("sms", "a" * 613).over


def test_the_alphabets_are_those_of_the_standard() -> None:
    assert len(GSM_BASIC) == 127  # 128 places, one of them the escape
    assert len(GSM_EXTENSION) == 10
    assert not GSM_BASIC & GSM_EXTENSION


@given(st.text(), st.sampled_from(sorted(CHANNELS)))
def test_every_text_can_be_counted_and_never_shrinks_by_adding(text: str, channel: str) -> None:
    counted = count(channel, text)
    assert counted.used >= 0
    assert channel == "x" or count(channel, text + "a").used >= counted.used


def test_a_channel_nobody_knows_is_a_mistake_of_the_program() -> None:
    with pytest.raises(KeyError):
        count("pigeon", "coo")


# --- road signs


@pytest.mark.parametrize(
    ("text", "excess"),
    [
        ("A\nB\nC\n\nD\nE\nF", ""),
        ("A\n\nB\n\nC", "the text is 1 page too long."),
        ("A\nB\nC\nD", "page 1 has 4 lines; a sign shows 3."),
        ("A\n\n" + "B" * 19, f"“{'B' * 19}” has 19 characters; a line of a sign holds 18."),
    ],
)
def test_a_sign_shows_two_pages_of_three_lines_of_18_characters(text: str, excess: str) -> None:
    counted = count("sign", text)
    assert (counted.over, counted.excess) == (bool(excess), excess)


def test_pages_that_mark_an_exercise_come_on_top() -> None:
    counted = count("sign", "EXERCISE\n\nROAD CLOSED\n\nTURN BACK\n\nEXERCISE")
    assert (counted.used, counted.over, counted.text) == (2, False, "Road sign 2 / 2 pages")
