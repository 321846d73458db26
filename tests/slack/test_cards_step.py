"""The root of a step: what kind it is, what it is doing, and what can be done with it."""

from __future__ import annotations

from typing import Any

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.practice.workspace.view_rules import check_view
from ecomms_bot.slack import names
from ecomms_bot.slack.cards import render
from ecomms_bot.slack.composing import begin
from ecomms_bot.slack.message import Message
from ecomms_bot.slack.writing import Writing, draft_form
from tests.slack.life import COMMUNICATOR, PIO, Life, bent
from tests.slack.looks import buttons, words


def root(life: Life, step: str = "D1") -> Message:
    return render(f"step:{step}", life.view)


def started(step: str) -> Life:
    life = Life()
    if step not in life.state.steps:
        life.do(COMMUNICATOR, c.StartStep(step))
    return life


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("D1", "How often: once"),
        ("D3", "How often: on demand, whenever it is needed"),
        ("D4", "How often: every hour, as severity S2 asks"),
    ],
)
def test_the_three_kinds_of_steps_are_told_apart_in_words(step: str, said: str) -> None:
    assert said in words(root(started(step), step))


def test_a_step_with_a_cadence_of_its_own_does_not_speak_of_the_severity() -> None:
    def every_ten_minutes(raw: dict[str, Any]) -> None:
        next(each for each in raw["phases"]["during"] if each["id"] == "D4")["cadence"] = 10

    life = Life(raw=bent(every_ten_minutes))
    life.do(COMMUNICATOR, c.StartStep("D4"))
    said = words(root(life, "D4"))
    assert "How often: every 10 min" in said
    assert "severity" not in said


def listing(checklist: list[str], verify: list[str]) -> Life:
    """An incident whose first step asks for these."""

    def change(raw: dict[str, Any]) -> None:
        raw["phases"]["during"][0] |= {"checklist": checklist, "verify": verify}

    return Life(raw=bent(change))


def test_what_to_do_stands_before_what_to_check() -> None:
    life = listing(["Call the duty officer", "Open the question line"], ["The exact place"])
    said = words(root(life))
    assert (
        "To do:\n• Call the duty officer\n• Open the question line\nCheck first:\n• The exact place\n" in said
    )
    heard = root(life).text
    assert "To do: Call the duty officer. Open the question line. Check first: The exact place." in heard


def test_a_list_that_is_not_there_is_not_spoken_of() -> None:
    assert "To do:" not in words(root(listing([], ["The exact place"])))
    assert "Check first" not in words(root(listing(["Call the duty officer"], [])))


def test_of_long_lists_the_first_are_shown_and_the_rest_is_counted() -> None:
    said = words(root(listing([f"Call number {n}" for n in range(14)], ["Look at camera " * 30] * 20)))
    assert "• Call number 9\n• 4 more in the playbook\nCheck first:\n" in said
    assert said.count("• Look at camera") == 10
    assert "• 10 more in the playbook" in said


def test_the_form_begins_with_both_lists() -> None:
    life = listing(["Call the <duty> officer", "Open the question line"], [f"Camera {n}" for n in range(12)])
    writing = Writing(life.state.id, "d1", "D1", "statement")
    form = draft_form(life.state, writing, begin(life.state, writing, COMMUNICATOR, life.now, {}))
    check_view(form, ("modal",))
    small = [block["elements"][0]["text"] for block in form["blocks"] if block["type"] == "context"]
    assert "To do: Call the &lt;duty&gt; officer · Open the question line" in small
    assert small[-1].startswith("Check first: Camera 0 · Camera 1 · ")
    assert small[-1].endswith(" · Camera 9 · 2 more in the playbook")


def test_slack_takes_the_form_of_a_step_with_the_longest_lists() -> None:
    life = listing(["<" * 500] * 20, ["&" * 500] * 20)
    writing = Writing(life.state.id, "d1", "D1", "statement")
    form = draft_form(life.state, writing, begin(life.state, writing, COMMUNICATOR, life.now, {}))
    check_view(form, ("modal",))


def test_a_step_that_is_to_do_can_be_skipped() -> None:
    life = Life()
    assert buttons(root(life))["Skip…"] == (names.SKIP, names.pack(life.state.id, "D1"))
    # also with a working copy, which is kept
    life.save("D1", "statement")
    assert "Skip…" in buttons(root(life))


def test_a_skipped_step_says_who_skipped_it_when_and_why_and_can_be_taken_up_again() -> None:
    life = Life()
    life.minutes(3)
    life.do(COMMUNICATOR, c.SkipStep("D1", "<!channel> The police speak first"))
    said = words(root(life))
    assert f"Status: skipped by <@{COMMUNICATOR}> on Sun 14 Nov, 20:03 PST; " in said
    assert "writing its text takes it up again. The reason: <!channel> The police speak first" in said
    assert "<!channel>" not in str(root(life).blocks)
    assert list(buttons(root(life))) == ["Write draft"]


@pytest.mark.parametrize("further", ["in review", "approved", "published"])
def test_a_text_on_its_way_or_out_is_not_skipped(further: str) -> None:
    life = Life()
    life.submit("D1")
    if further != "in review":
        life.approve("D1", PIO)
    if further == "published":
        life.mark("D1", "x", "web")
    assert life.draft("D1").status == further
    assert "Skip…" not in buttons(root(life))


def test_a_draft_is_withdrawn_from_the_message_that_it_is_written_from() -> None:
    life = Life()
    assert "Withdraw draft…" not in buttons(root(life))
    draft = life.save("D1", "statement")
    wanted = (names.WITHDRAW, names.pack(life.state.id, draft.id))
    assert buttons(root(life))["Withdraw draft…"] == wanted
    life.submit("D1")
    assert buttons(root(life))["Withdraw draft…"] == wanted
    life.approve("D1", PIO)
    assert buttons(root(life))["Withdraw draft…"] == wanted
    # but not what is out anywhere
    life.mark("D1", "internal")
    assert "Withdraw draft…" not in buttons(root(life))


def test_after_a_withdrawal_the_step_is_to_do_again_and_says_why() -> None:
    life = Life()
    draft = life.submit("D1")
    life.minutes(2)
    life.do(COMMUNICATOR, c.WithdrawDraft(draft.id))
    said = words(root(life))
    assert f"Status: to do. <@{COMMUNICATOR}> withdrew the last draft on Sun 14 Nov, 20:02 PST." in said
    assert list(buttons(root(life))) == ["Write draft", "Skip…"]
    # until somebody writes the next one
    life.minutes(1)
    life.save("D1", "statement")
    assert "Status: a draft is being written." in words(root(life))


def test_a_closed_incident_leaves_nothing_to_press() -> None:
    life = Life()
    life.save("D1", "statement")
    life.close()
    assert buttons(root(life)) == {}


def test_the_scheduled_update_says_when_its_next_round_is_due() -> None:
    life = Life()
    life.published("D1", next_update=60)
    # given a promise for 21:00, made at 20:05 by the first text
    assert "How often: every hour, as severity S2 asks · next due Sun 14 Nov, 21:00 PST" in words(
        root(life, "D4")
    )
    # when the update is out, its own promise is the next round
    life.minutes(30)
    life.published("D4", "update", next_update=60)
    assert "next due Sun 14 Nov, 21:35 PST" in words(root(life, "D4"))
    assert list(buttons(root(life, "D4"))) == ["Write update", "No change", "Write final text"]


def test_a_step_that_is_done_once_is_not_due_any_more() -> None:
    life = Life()
    assert "due Sun 14 Nov, 20:15 PST" in words(root(life))
    life.published("D1")
    assert "due Sun" not in words(root(life)).splitlines()[0]
