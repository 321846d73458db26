"""What a notification says and a screen reader reads: the `text` of every message of a whole incident."""

from __future__ import annotations

import re

import pytest

from ecomms_bot.playbook.exercise import EXERCISE_AFTER, EXERCISE_BEFORE
from ecomms_bot.practice.stage import Stage
from tests.scenario.acting import Actor, Case, opens
from tests.scenario.aftermath import SENDS

LEFT_OVER = {
    "a date that is drawn": re.compile(r"<!"),
    "bold": re.compile(r"(?<!\w)\*\w"),
    "code": re.compile(r"`"),
    "an emoji by its code": re.compile(r":[a-z_]+:"),
    "a blank that was not filled in": re.compile(r"\{\w*\}|\{\{|None\b"),
    "a list mark": re.compile(r"[•→·]"),
    "two marks in a row": re.compile(r"(?<!\.)\.\.(?!\.)|,\.|;\.|:\.| [.,]|  "),
    "an id": re.compile(r"(?<![@#<])\b[UCD][A-Z0-9]{9,}\b"),
}

ENDED = re.compile(r"[.?!:…)]$| - EXERCISE$")


def whole_life(on: Stage, *, live: bool) -> Case:
    """One of everything: drafts, a return, a refusal, publishing, reminders, a late update, closing."""
    case = opens(on, live=live)
    case.types("theo", "remind 20:10 call the mayor")
    case.sends("mara")
    case.approves("otto")
    case.sends_back("pia", "Say which side of the river.")
    case.sends("mara", label="Write new revision", area_description="north of the river")
    case.approves("pia")
    case.clock("20:06")
    case.marks("mara")
    case.sends("theo", "D3", next_update_at="22:00")
    for who in ("dale", "irene", "pia"):
        case.approves(who, "D3")
    case.clock("20:50")
    case.clock("21:25")
    case.publishes("mara", "D4")
    case.sends("mara", "D4", label="Final text", no_promise_reason="the road is open", next_update_at=None)
    case.sends_back("dale", "Not yet.", "D4", label="Decline")
    for typed in ("status", "log", "help", "snooze", "nonsense"):
        case.types("mara", typed)
        Actor(on, "mara").types(typed)
    case.closes("pia", withdraw_reason="The road list takes over.", note="Highway 7 is open again.")
    return case


def spoken(on: Stage, case: Case) -> list[str]:
    """Every `text` that went out about this incident, without those of other places."""
    calls = [call for call in on.workspace.calls if call.method in SENDS and call.ok]
    acks = [
        ack.payload
        for envelope in on.workspace.envelopes
        for ack in envelope.acks
        if envelope.type == "slash_commands" and ack.payload
    ]
    here = case.conversation.id
    return [
        *(str(call.args["text"]) for call in calls if call.args.get("channel") == here),
        *(str(ack["text"]) for ack in acks),
        *(dm.text for who in ("mara", "theo") for dm in case.dms(who)),
    ]


@pytest.mark.parametrize("live", [True, False], ids=["live", "exercise"])
def test_every_text_reads_well_and_is_framed_by_the_mark_in_an_exercise(stage: Stage, *, live: bool) -> None:
    case = whole_life(stage, live=live)
    texts = spoken(stage, case)
    assert len(set(texts)) > 25
    problems = [
        f"{problem}: …{text[max(0, found.start() - 40) : found.end() + 40]}…"
        for text in texts
        for problem, sign in LEFT_OVER.items()
        if (found := sign.search(text)) is not None
    ]
    assert not problems, "\n".join(problems)
    # every one ends like a sentence, but for what a person typed and gets back as it was
    unfinished = [text for text in texts if not ENDED.search(text) and "You typed: " not in text]
    assert not unfinished, "\n".join(unfinished)
    marks = {(text.startswith(EXERCISE_BEFORE), text.endswith(EXERCISE_AFTER)) for text in in_its_place(case)}
    assert marks == {(not live, not live)}
    assert not any(EXERCISE_BEFORE + EXERCISE_BEFORE in text for text in texts)


def in_its_place(case: Case) -> list[str]:
    """Every `text` that was sent to the incident's conversation, edits included."""
    calls = [call for call in case.on.workspace.calls if call.method in SENDS and call.ok]
    here = [str(call.args["text"]) for call in calls if call.args.get("channel") == case.conversation.id]
    assert len(here) > 30
    return here
