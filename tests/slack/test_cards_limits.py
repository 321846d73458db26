"""Whatever people type and however long a playbook is, Slack takes every message."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.models.blocks import Block as SdkBlock

from ecomms_bot.incident.policy import Roster
from ecomms_bot.practice.workspace.blocks import characters, check_message_blocks
from ecomms_bot.slack.blocks import (
    EXERCISE_FIRST,
    button,
    buttons,
    confirm,
    context,
    header,
    menu,
    paragraphs,
    pieces,
)
from ecomms_bot.slack.message import Message
from tests.slack.life import NO_ROLES, Life, bent, every_message, whole_life
from tests.slack.looks import drawn

WILD_NAMES = (
    "<!channel> & <@U0PIO> *bold* _x_ ~y~ `z` ```code``` & <!here>",
    "&" * 60,
    "سيل على الطريق السريع رقم 7 \u202e🌊🌊🌊 <#C0FLOOD>",
    "👩‍👩‍👧‍👦" * 8,
    ">>> quoted | <https://example.org|here> &amp; {name} {0}",
)


def huge(raw: dict[str, Any]) -> None:
    """Everything as long as the playbook's own limits allow, made of what takes most room when escaped."""
    for step in raw["phases"]["during"]:
        step["title"] = "&" * 75
        step["purpose"] = step["audience"] = "&" * 500
        step["checklist"] = step["verify"] = ["<" * 500] * 20
        for text in step["texts"].values():
            text["title"] = "<" * 75
            for channel in ("web", "internal"):
                start = text["templates"][channel]
                text["templates"][channel] = start + "\n\nLong & longer. Long & longer." * 300
    for field in raw["fields"].values():
        field["label"] = "&" * 75
    for tier in raw["tiers"].values():
        tier["title"] = "&" * 75
    raw["hazard"] = "&" * 75
    raw["severities"]["S2"]["title"] = "&" * 75
    during = raw["phases"]["during"]
    during += [{**during[1], "id": f"E{n}"} for n in range(20)]


def refused(message: Message) -> str:
    """What Slack would say against this message; "" if nothing."""
    assert 0 < len(message.text) <= 4000  # chat.update
    assert len(message.blocks) <= 50
    check_message_blocks([*message.blocks])
    for block in message.blocks:
        parsed = SdkBlock.parse(block)
        assert parsed is not None
        parsed.validate_json()
    return ""


def check(life: Life) -> None:
    for thing, message in every_message(life):
        for each in (*message.replies, message):
            assert not refused(each), thing


@pytest.mark.parametrize("exercise", [False, True])
@pytest.mark.parametrize("name", WILD_NAMES)
def test_slack_takes_every_message_of_an_incident_with_a_wild_name(name: str, *, exercise: bool) -> None:
    check(whole_life(name=name[:60], area=(name * 5)[:150], exercise=exercise, reason=name * 40))


def test_slack_takes_every_message_without_roles() -> None:
    check(whole_life(roster=NO_ROLES))


def test_slack_takes_every_message_of_the_longest_playbook_with_a_crowd_of_people() -> None:
    crowd = {role: tuple(f"U0{role.upper()}{n:07}" for n in range(40)) for role in ("pio", "sme", "ic")}
    life = whole_life(
        name="&" * 60,
        area="&" * 150,
        raw=bent(huge),
        exercise=True,
        reason="&" * 3000,
        roster=Roster({"communicator": ("U0COMM",), **crowd}),
    )

    for step in life.state.book.steps("during"):
        if step.id.startswith("E"):
            life.submit(step.id)

    check(life)


def test_nothing_of_a_long_text_is_missing_from_the_review_and_the_publishable_texts() -> None:
    life = Life(raw=bent(huge))
    draft = life.submit("D1")

    review = dict(every_message(life))[f"review:{draft.id}:1"]

    shown = "".join(
        part["text"]
        for reply in review.replies
        for block in reply.blocks
        if block["type"] == "rich_text"
        for element in block["elements"]
        for part in element["elements"]
    )
    order = ("x", "sms", "web", "internal")
    assert shown == "".join(draft.current.texts[channel]["en"] for channel in order)
    assert len(shown) > 15_000


@pytest.mark.parametrize("name", WILD_NAMES)
def test_no_typed_word_mentions_links_or_begins_a_line(name: str) -> None:
    life = whole_life(name=name[:60], area=name, reason=f"line one\n{name}\n>>> three")
    for thing, message in every_message(life):
        for text in (message.text, drawn(message)):
            inert = text if text is message.text else "\n".join(_mrkdwn(message))
            assert "<!channel>" not in inert, thing
            assert "<!here>" not in inert, thing
            assert "<https://example.org" not in inert, thing
            assert "```" not in inert, thing
            assert not any(line.startswith(("&gt;", ">")) for line in inert.splitlines()), thing


def _mrkdwn(message: Message) -> list[str]:
    """What Slack parses: not the headers, not the rich text."""
    found: list[str] = []

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if node.get("type") == "mrkdwn":
                assert node["verbatim"] is True
                found.append(node["text"])
            for value in node.values():
                walk(value)
        elif isinstance(node, list | tuple):
            for each in node:
                walk(each)

    walk(message.blocks)
    return found


# --- builders ---


def test_pieces_end_after_paragraphs_and_add_up() -> None:
    text = "\n\n".join(f"Paragraph {n}. " + "word " * 30 for n in range(40))

    parts = pieces(text, 1000)

    assert "".join(parts) == text
    assert all(len(part) <= 1000 for part in parts)
    assert all(part.endswith("\n\n") for part in parts[:-1])


@pytest.mark.parametrize("text", ["x" * 2500, "one line\n" * 300, "A sentence. " * 200, "\n\n" * 900, ""])
def test_a_text_without_paragraphs_is_still_divided_and_complete(text: str) -> None:
    parts = pieces(text, 1000)

    assert "".join(parts) == text
    assert all(0 < len(part) <= 1000 for part in parts)


def test_long_labels_are_shortened_to_what_slack_takes() -> None:
    message = (
        header("x" * 200),
        context(*["y"] * 12),
        *buttons(
            button("x" * 100, "one", "v", confirm=confirm("x" * 200, "x" * 400, "x" * 40, "x" * 40)),
            menu("two", [(f"{n}" + "x" * 100, str(n)) for n in range(5)]),
            menu("three", [(f"{n}" + "x" * 100, str(n)) for n in range(120)]),
        ),
        *paragraphs(["x" * 2000, "y" * 2000, "z"]),
    )

    assert not refused(Message("words", message))


def test_a_row_without_buttons_is_no_row() -> None:
    assert buttons(None) == ()


def test_the_validator_would_find_a_block_that_is_too_long() -> None:
    too_long = {**EXERCISE_FIRST, "elements": [{"type": "mrkdwn", "text": "x" * 3001}]}

    with pytest.raises(Exception, match="invalid_blocks"):
        refused(Message("words", (too_long,)))
    assert characters([too_long]) == 3001
