"""A text that waits for approval: what its reminders, the card, Home and the status say of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import things
from ecomms_bot.incident.policy import Roster
from ecomms_bot.slack.cards import answers, render
from ecomms_bot.slack.cards.home import Desktop, home
from tests.slack.life import (
    COLLEAGUE,
    COMMUNICATOR,
    CONVERSATION,
    IC,
    NO_ROLES,
    PIO,
    PIO_2,
    ROSTER,
    ZONE,
    Life,
    bent,
)
from tests.slack.looks import buttons, words


def waiting(
    point: str, roster: Roster = ROSTER, *, tier: Mapping[str, Any] | None = None
) -> tuple[Life, str]:
    """A holding statement submitted at 20:00 and wanted within 20 minutes, and its reminder at this point."""

    def changed(raw: dict[str, Any]) -> None:
        raw["tiers"]["T0"] |= {"target_minutes": 20, **(tier or {})}

    life = Life(roster=roster, raw=bent(changed))
    life.submit("D1")
    life.minutes({"half": 10, "target": 20, "up": 30}[point])
    key = f"review/{life.draft('D1').id}/1/{point}"
    life.do("bot", c.FireReminder(key))
    return life, f"reminder:{key}"


WAITS = "Holding statement, revision 1 waits for approval by pio since Sun 14 Nov, 20:00 PST"


def test_in_the_thread_it_says_whose_decision_is_missing_until_when() -> None:
    life, thing = waiting("half")
    message = render(thing, life.view)
    assert words(message) == (
        f"{WAITS}, wanted by Sun 14 Nov, 20:20 PST, in 10 min.\n(sent to whose decision is missing)"
    )
    assert buttons(message) == {}


def test_who_is_asked_directly_gets_a_link_to_the_texts() -> None:
    life, thing = waiting("half")
    place = "It is in the thread of Holding statement."
    assert words(render(thing, life.view, kind="dm", user=PIO)).endswith(place)
    life.posted(f"review:{life.draft('D1').id}:1", ts="1636999999.000100")
    view = replace(life.view, workspace="https://moti.slack.com/")
    address = f"https://moti.slack.com/archives/{CONVERSATION}/p1636999999000100"
    assert f"<{address}|Read and decide>" in words(render(thing, view, kind="dm", user=PIO))


def test_at_the_target_the_thread_says_that_deputies_are_asked_too() -> None:
    life, thing = waiting("target", replace(ROSTER, deputies={"pio": (COLLEAGUE,)}))
    assert f"Deputies are asked too: <@{COLLEAGUE}>." in words(render(thing, life.view))
    life, thing = waiting("target")
    assert "Deputies" not in words(render(thing, life.view))


def test_the_next_role_up_reads_who_was_asked_and_can_override() -> None:
    life, thing = waiting("up")
    message = render(thing, life.view)
    assert words(message).startswith(f"<@{IC}>: {WAITS}, wanted by Sun 14 Nov, 20:20 PST, 10 min ago.\n")
    assert f"Asked: <@{PIO}>, <@{PIO_2}>." in words(message)
    assert "If it cannot wait, pio or ic can override the approval." in words(message)
    assert list(buttons(message)) == ["Override…"]


def test_where_nobody_may_override_there_is_no_button_for_it() -> None:
    life, thing = waiting("up", tier={"override": "never"})
    message = render(thing, life.view)
    assert "Please find who decides. It cannot go out without." in words(message)
    assert buttons(message) == {}


def test_without_roles_the_opener_reads_that_this_goes_to_them() -> None:
    life, thing = waiting("up", NO_ROLES)
    message = words(render(thing, life.view))
    assert message.startswith(f"<@{COMMUNICATOR}>: Holding statement")
    assert "No roles are configured, so this goes to you." in message
    assert "Asked:" not in message


def test_a_decided_text_is_not_waited_for_any_more() -> None:
    life, thing = waiting("up")
    life.approve("D1", PIO)
    message = render(thing, life.view)
    assert "Holding statement, revision 1 does not wait for approval any more." in words(message)
    assert buttons(message) == {}


# --- Where it stands


def test_the_card_says_that_it_waits_too_long_once_people_were_told() -> None:
    life, _ = waiting("half")
    life.minutes(15)
    assert ", wanted by Sun 14 Nov, 20:20 PST" in words(render(things.CARD, life.view))
    life.do("bot", c.FireReminder(f"review/{life.draft('D1').id}/1/target"))
    card = words(render(things.CARD, life.view))
    assert f"⚠️ <@{PIO}>, <@{PIO_2}> decide on Holding statement" in card
    assert ", was wanted by Sun 14 Nov, 20:20 PST\n" in card


def test_an_answer_says_how_long_it_is_over() -> None:
    life, _ = waiting("half")
    life.minutes(16)
    assert ", was wanted by Sun 14 Nov, 20:20 PST, 6 min over" in words(answers.status(life.view, []))


def test_beside_what_is_to_be_done_it_is_marked_too() -> None:
    life, _ = waiting("up")
    life.do(COMMUNICATOR, c.StartStep("D3"))
    card = words(render(things.CARD, life.view))
    assert "⚠️ Holding statement, revision 1: approval by pio, was wanted by Sun 14 Nov, 20:20 PST" in card


def test_home_marks_it_for_who_decides_who_wrote_it_and_whoever_looks() -> None:
    life, _ = waiting("up")
    over = "was wanted by Sun 14 Nov, 20:20 PST, 10 min over"
    for user, line in {
        PIO: f"⚠️ Decide on *Holding statement*, revision 1, {over}",
        COMMUNICATOR: f"⚠️ *Holding statement*: in review, {over}",
        "U0OTTO": f"⚠️ *Holding statement* waits for approval, {over}",
    }.items():
        desktop = Desktop(ROSTER.person(user), [life.view], 1, life.now, ZONE)
        assert line in said_in(home(desktop))


def said_in(view: Mapping[str, Any]) -> str:
    """The sections of a Home, with times as they are read where Slack draws no date."""
    texts = [block["text"]["text"] for block in view["blocks"] if block["type"] == "section"]
    return "\n".join(re.sub(r"<!date\^[^|]*\|([^>]*)>", r"\1", text) for text in texts)
