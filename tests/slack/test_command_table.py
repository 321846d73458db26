"""What is read out of the words behind `/ecomms`, before any command is carried out."""

from __future__ import annotations

import pytest

from ecomms_bot.slack.commands.asked import Asked, person_first, readable, split
from ecomms_bot.slack.commands.table import COMMANDS, TABLE, meant
from ecomms_bot.slack.commands.which import VALUE_MAX, packed, unpacked
from ecomms_bot.slack.listeners import OtherVersion
from ecomms_bot.slack.names import pack, unpack

TRIGGER = "12345678901.98765432101.abcdef8be486d7d9c2f4abc123456789"


def asked(text: str) -> Asked:
    return Asked.of({"command": "/ecomms"}, text, TRIGGER)


# --- the word ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    "written",
    ["{}", "{} more", " {}  more", "{}: more", "{}, more", "{}. more", "/{} more", "“{}” more", "*{}* more"],
)
def test_a_command_is_known_with_punctuation_around_it(command: str, written: str) -> None:
    word, rest = split(written.format(command))
    assert word.rstrip("”*") == command
    assert rest in {"", "more"}


@pytest.mark.parametrize(
    "typed",
    [
        "STATUS",
        "Status",
        "\uff53\uff54\uff41\uff54\uff55\uff53",
        "sta\u200btus",
        "\u2068status\u2069",
        "\ufeffstatus",
        "status!?",
        "🚒 status",
    ],
)
def test_case_wide_letters_and_what_nobody_sees_make_no_difference(typed: str) -> None:
    assert split(typed)[0] == "status"


def test_what_comes_after_the_word_stays_as_it_was_typed() -> None:
    assert split("note  L’eau monte:  été 🚒\n1. مرحبا")[1] == "L’eau monte:  été 🚒\n1. مرحبا"


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("statsu", "status"),
        ("sataus", "status"),
        ("strat", "start"),
        ("hlep", "help"),
        ("reminder", "remind"),
        ("severty", "severity"),
        ("stand-down", "standdown"),
        ("stand", "standdown"),
        ("hand", "handover"),
        ("aide", "help"),
        ("étape", "step"),
        ("démarrer", "start"),
        ("fermer", "close"),
        ("faits", "facts"),
        ("notez", "note"),
        ("mayor", ""),
        ("the", ""),
        ("帮助", ""),
        ("помощь", ""),
        ("مساعدة", ""),
        ("", ""),
        ("🚒", ""),
    ],
)
def test_what_a_word_may_be_meant_as(typed: str, command: str) -> None:
    assert meant(split(typed)[0]) == command


def test_every_other_word_leads_to_its_command() -> None:
    for each in TABLE:
        for other in (each.word, *each.also):
            assert meant(split(other)[0]) == each.word


# --- what Slack makes of it -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "typed"),
    [
        ("<@U1|mara> said so", "@mara said so"),
        ("in <#C1|ops-desk>", "in #ops-desk"),
        ("<!subteam^S1|@pio-team> knows", "@pio-team knows"),
        ("&lt;!channel&gt; R&amp;D 3 &lt; 4", "<!channel> R&D 3 < 4"),
        ("&amp;lt;", "&lt;"),
        ("a | b <the> c", "a | b <the> c"),
        ("<@U0NOBODY>", "<@U0NOBODY>"),
    ],
)
def test_words_read_as_they_were_typed(sent: str, typed: str) -> None:
    assert readable(sent) == typed


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("<@U012AB|mara> the night is quiet", ("U012AB", "the night is quiet")),
        ("<@W012AB>, R&amp;D", ("W012AB", "R&D")),
        ("@mara the night", None),
        ("mara", None),
        ("<#C1|ops>", None),
        ("", None),
    ],
)
def test_a_person_is_who_slack_names_by_id(raw: str, found: tuple[str, str] | None) -> None:
    assert person_first(raw) == found


# --- the words in a button --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["status", "note a|b <@U1|mara> &amp; “é” 🚒 \u200b مرحبا", "note " + "x" * 1200, "note \ud83d half"],
)
def test_words_in_a_button_come_back_as_they_were(text: str) -> None:
    value = pack("i012345678", packed(asked(text)))
    incident, words = unpack(value)
    assert len(value) <= VALUE_MAX
    again = unpacked({"command": "/ecomms"}, incident, words)
    assert again.rest == asked(text).rest.replace("\ud83d", "?")
    assert (again.word, again.incident) == (asked(text).word, "i012345678")


def test_pressed_twice_it_is_the_same_command_and_for_another_incident_another_one() -> None:
    words = packed(asked("note x"))
    first, twice = (unpacked({}, "i1", words).command_id for _ in range(2))
    assert first == twice
    assert first != unpacked({}, "i2", words).command_id
    assert first != unpacked({}, "i1", packed(Asked.of({}, "note x", "another"))).command_id


@pytest.mark.parametrize("value", ["", "x", "!!!!", "bm90IGpzb24", "W10", "WzEsMiwzXQ", "MQ"])
def test_a_value_that_was_never_packed_is_of_another_version(value: str) -> None:
    with pytest.raises(OtherVersion):
        unpacked({}, "i1", value)
