"""Previews: whole in the window where they fit, else whole in the step's thread; no word is left out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from itertools import cycle
from typing import Any

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import things
from ecomms_bot.incident.events import FieldValue
from ecomms_bot.incident.state import ThreadPreview
from ecomms_bot.playbook.channels import count
from ecomms_bot.playbook.checks import Finding
from ecomms_bot.playbook.drafting import Texts, text_sha256
from ecomms_bot.practice.workspace.blocks import check_message_blocks
from ecomms_bot.slack import names
from ecomms_bot.slack.cards import render
from ecomms_bot.slack.composing import Composed, compose
from ecomms_bot.slack.forms import metadata_of
from ecomms_bot.slack.message import Message
from ecomms_bot.slack.writing import ANSWER_MAX, BLOCKS_MAX, Writing, fits, is_long, preview
from tests.slack.life import COLLEAGUE, COMMUNICATOR, PIO, Life, bent
from tests.slack.looks import buttons, copied, words

SCRIPTS = {
    "Latin": "Slow down on Highway 7. ",
    "emoji": "🌊👩‍👩‍👧‍👦 ",
    "right-to-left": "\u200fأغلق الطريق السريع رقم. ",
    "French and zero-width": "Où êtes-vous\u00a0? «\u202fÀ l’abri\u202f»\u200b.\u200d ",
    "markup": "<!channel> <@U0PIO> & | *b* `c` > ",
}


def long_texts(many: int, letters: str, most: int = 20_000) -> Texts:
    """The most that a template may give, in `many` languages."""
    text = (letters * (most // len(letters) + 1))[:most]
    return {"web": {f"l{number:02}": f"{number:02}{text[2:]}" for number in range(many)}}


def drawn(
    life: Life, texts: Texts, *findings: Finding, extra: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    writing = Writing(life.state.id, "dabcdefghij", "D1", "statement")
    return preview(
        life.state, writing, texts, text_sha256(texts), findings, tier="T1", seen=None, extra=extra or {}
    )


def in_window(view: dict[str, Any]) -> list[str]:
    return copied(Message("", tuple(view["blocks"])))


def reads(view: dict[str, Any]) -> str:
    return words(Message("", tuple(view["blocks"])))


def found(severity: Any = "block", message: str = "Web: a blank was not filled in.") -> Finding:
    return Finding(severity, "L26", "web", None, "", message, "Fill it in.")


# --- the window -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("letters", SCRIPTS.values(), ids=SCRIPTS)
def test_a_window_shows_every_character_as_long_as_it_can_hold_them(letters: str) -> None:
    texts = long_texts(1, letters, 3_000)
    view = drawn(Life(), texts)
    assert "".join(in_window(view)) == texts["web"]["l00"]
    assert view["submit"]["text"] == "Submit for approval"
    assert not is_long(view)


@pytest.mark.parametrize("letters", SCRIPTS.values(), ids=SCRIPTS)
@pytest.mark.parametrize("many", [1, 4, 13, 60])
def test_a_window_is_never_larger_than_an_answer_to_slack_can_be(letters: str, many: int) -> None:
    texts = long_texts(many, letters)
    view = drawn(Life(exercise=True), texts, *(found("warn", f"{n}: {letters * 400}") for n in range(40)))
    sent = json.dumps({"envelope_id": "0" * 36, "payload": {"response_action": "push", "view": view}})
    assert len(sent) <= ANSWER_MAX + 200 < 65_535
    assert len(view["blocks"]) <= BLOCKS_MAX
    # and it says of every text how long it is
    assert all(f"(l{number:02})" in reads(view) for number in range(many)) or many == 1
    assert "… and 28 more things to look at" in reads(view)


def test_what_a_window_cannot_hold_is_submitted_from_the_thread() -> None:
    texts = long_texts(13, SCRIPTS["Latin"])
    view = drawn(Life(), texts)
    assert is_long(view)
    assert "submit" not in view
    said = reads(view)
    assert "Every word is being posted in the step's thread; Submit for approval is there." in said
    assert count("web", texts["web"]["l00"]).text.removeprefix("Web ") in said
    assert all(
        text.startswith(begin) for text, begin in zip(texts["web"].values(), in_window(view), strict=True)
    )
    assert "more characters" in said


def test_what_must_be_changed_first_is_not_posted() -> None:
    view = drawn(Life(), long_texts(13, SCRIPTS["Latin"]), found())
    assert "submit" not in view
    assert "Change first what is marked below." in reads(view)
    assert "Must be changed Web: a blank was not filled in." in reads(view)


def test_texts_made_by_one_click_ask_before_they_are_posted() -> None:
    view = drawn(Life(), long_texts(13, SCRIPTS["Latin"]), extra={"t": {}, "r": 0})
    assert view["submit"]["text"] == "Show in the thread"
    assert "Show in the thread posts every word in the step's thread" in reads(view)


def test_new_times_of_an_approved_text_are_sent_from_the_window() -> None:
    view = drawn(Life(), long_texts(13, SCRIPTS["Latin"]), extra={"t": {}, "r": 1})
    assert view["submit"]["text"] == "Submit for approval"
    assert "Only the times are new; every other word is that of the approved revision." in reads(view)


def test_the_window_holds_what_its_submission_needs() -> None:
    texts = long_texts(13, SCRIPTS["Latin"])
    held = metadata_of(drawn(Life(), texts))
    assert (held["d"], held["s"], held["k"], held["h"]) == (
        "dabcdefghij",
        "D1",
        "statement",
        text_sha256(texts),
    )


def test_the_same_finding_of_several_blanks_is_said_once() -> None:
    view = drawn(Life(), long_texts(1, "Short. ", 100), found(), found())
    assert reads(view).count("a blank was not filled in") == 1


def test_a_window_fits_by_its_bytes_not_by_its_characters() -> None:
    # given the same number of characters, as Slack's client writes them
    assert fits(drawn(Life(), long_texts(1, "a", 20_000)))
    assert not is_long(drawn(Life(), long_texts(1, "a", 20_000)))
    assert is_long(drawn(Life(), long_texts(1, "🌊", 20_000)))


# --- the thread -------------------------------------------------------------------------------------------


def long_web(raw: dict[str, Any]) -> None:
    """A step whose text is long in thirteen languages."""
    templates = raw["phases"]["during"][0]["texts"]["statement"]["templates"]
    start = templates["web"] + "\n\n"
    templates["web"] = {
        f"l{number:02}": start + letters * (9_000 // len(letters))
        for number, letters in zip(range(13), cycle(SCRIPTS.values()), strict=False)
    }


def keep(life: Life, **changed: str) -> tuple[Writing, dict[str, FieldValue], Composed]:
    draft = life.state.draft_of("D1")
    values = life.values("D1", "statement", 60, changed)
    writing = Writing(life.state.id, draft.id if draft else "dabcdefghij", "D1", "statement")
    composed = compose(life.state, writing, values, life.now)
    life.do(COMMUNICATOR, c.SaveDraft(writing.draft, "D1", "statement", values))
    return writing, values, composed


def show(life: Life, **changed: str) -> ThreadPreview:
    writing, values, made = keep(life, **changed)
    life.do(COMMUNICATOR, c.ShowTexts(writing.draft, "D1", "statement", values, made.texts, made.sha256))
    return max(life.state.previews.values(), key=lambda each: each.seq)


def card(life: Life, shown: ThreadPreview) -> Message:
    return render(things.preview_thing(shown.draft, shown.seq), life.view)


@pytest.mark.parametrize("exercise", [False, True])
def test_the_thread_shows_every_character_of_every_text(*, exercise: bool) -> None:
    life = Life(raw=bent(long_web), exercise=exercise)
    shown = show(life)
    message = card(life, shown)
    everything = "".join(text for reply in message.replies for text in copied(reply))
    wanted = [text for channel in ("x", "sms", "web", "internal") for text in shown.texts[channel].values()]
    assert everything == "".join(wanted)
    assert text_sha256(shown.texts) == shown.text_sha256
    for each in (*message.replies, message):
        assert len(each.blocks) <= 50
        check_message_blocks([*each.blocks])
    # and the last message says how many there are, and has the buttons
    assert f"The full texts are in the {len(message.replies)} messages just before this one." in words(
        message
    )
    assert buttons(message) == {
        "Submit for approval": (names.SUBMIT_SHOWN, names.pack(life.state.id, str(shown.seq))),
        "Change…": (names.WRITE, names.pack(life.state.id, "D1", "statement")),
    }
    assert f"<@{COMMUNICATOR}>, here is every word." in words(message)


def test_a_preview_whose_draft_was_changed_cannot_be_submitted_any_more() -> None:
    life = Life(raw=bent(long_web))
    first = show(life)
    second = show(life, area_description="near Hope")
    assert buttons(card(life, first)) == {}
    assert "These are not the newest words of this draft any more" in words(card(life, first))
    assert "Submit for approval" in buttons(card(life, second))
    # nor can the second, once somebody typed on
    keep(life, area_description="near Agassiz")
    assert buttons(card(life, second)) == {}


def test_a_submitted_preview_says_so_and_has_no_buttons() -> None:
    life = Life(raw=bent(long_web))
    shown = show(life)
    life.minutes(4)
    sent = c.SubmitDraft(
        shown.draft, "D1", "statement", shown.values, shown.texts, shown.text_sha256, seen=None
    )
    life.do(COLLEAGUE, sent)
    message = card(life, shown)
    assert buttons(message) == {}
    assert "Revision 1 was submitted from this on Sun 14 Nov, 20:04 PST." in words(message)
    # and the review shows the lead the same characters
    review = render(things.review_thing(shown.draft, 1), life.view)
    assert [copied(each) for each in review.replies] == [copied(each) for each in message.replies]


@pytest.mark.parametrize("ending", ["withdrawn", "closed"])
def test_a_preview_of_what_has_ended_says_so(ending: str) -> None:
    life = Life(raw=bent(long_web))
    shown = show(life)
    if ending == "withdrawn":
        life.do(COMMUNICATOR, c.WithdrawDraft(shown.draft))
    else:
        life.close(by=PIO)
    message = card(life, shown)
    assert buttons(message) == {}
    said = "the draft was withdrawn" if ending == "withdrawn" else "the incident is closed"
    assert f"It was not submitted: {said}." in words(message)


def test_a_preview_that_is_not_in_the_log_any_more_says_so() -> None:
    life = Life()
    message = render(things.preview_thing("dabcdefghij", 99), life.view)
    assert words(message) == "This preview was redacted from the log."


def test_time_alone_does_not_change_what_a_preview_shows() -> None:
    life = Life(raw=bent(long_web))
    shown = show(life)
    before = card(life, shown)
    life.now += timedelta(hours=9)
    assert card(life, shown) == before
