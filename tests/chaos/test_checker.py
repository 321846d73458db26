"""The check of a chaos run, on a small made-up night: each thing that must not be is counted where it is."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from tests.chaos.bots import ROOT
from tests.chaos.checker import counted, table

I = "i1"  # noqa: E741 - the incident
MARA, PIA, BOT = "U-mara", "U-pia", "U-bot"
Night = dict[str, Any]
DUE = {"utc": "2021-11-15T05:00:00Z", "zone": "America/Vancouver", "offset_minutes": -480}


def row(seq: int, type_: str, command: str, actor: str = "bot", ordinal: int = 0, **said: Any) -> list[Any]:
    payload = json.dumps({"nonce": f"n{seq}", **said}, sort_keys=True)
    return [I, seq, f"2021-11-15T04:{seq:02}:00Z", actor, command, ordinal, type_, payload]


def sealed(rows: list[list[Any]]) -> list[list[Any]]:
    """The rows with their digests, each linked to the one before of its stream."""
    last: dict[str, str] = {}
    done = []
    for incident, seq, at, actor, command, ordinal, type_, payload in rows:
        digest = hashlib.sha256(payload.encode()).hexdigest()
        prev = last.get(incident, "")
        linked = [1, prev, incident, seq, at, actor, command, ordinal, type_, digest]
        text = json.dumps(linked, separators=(",", ":"), ensure_ascii=False)
        last[incident] = hashlib.sha256(text.encode()).hexdigest()
        done.append(
            [incident, seq, at, actor, command, ordinal, type_, payload, digest, prev, last[incident]]
        )
    return done


def log() -> list[list[Any]]:
    draft: dict[str, Any] = {"draft": "d1", "revision": 1}
    receipt = [{"channel": "x", "attested_at": "2021-11-15T04:09:00Z", "proof": ""}]
    return [
        row(1, "IncidentOpened", "V1", MARA, conversation_name="slide-m1x", name="Slide m1x"),
        row(2, "StepStarted", "V1", MARA, 1, step="D1"),
        row(3, "NoteAdded", "T2", PIA, note="n", person=PIA, text="m2x"),
        row(4, "RevisionSubmitted", "V3", MARA, **draft),
        row(5, "ApprovalGiven", "T4", PIA, person=PIA, **draft),
        row(6, "DraftApproved", "T4", PIA, 1, **draft),
        row(7, "MarkedPublished", "V5", MARA, receipts=receipt, **draft),
        row(8, "PromiseMade", "V5", MARA, 1, promise="d1-1", due=DUE, attested_at=receipt[0]["attested_at"]),
        row(9, "ReminderFired", "k1", key="promise/d1-1/T+0", to=[PIA]),
        row(10, "ReminderFired", "k2", key="promise/d1-1/T+10", to=[PIA]),
    ]


def stands(ts: float, key: str, thread: str = "", text: str = "words") -> dict[str, Any]:
    return {
        "ts": f"{ts:.6f}", "thread": thread or None, "by_app": True, "only_for": None, "gone": False,
        "key": f"{I}/{key}", "text": text,
    }  # fmt: skip


def act(number: int, who: str, what: str, ids: list[str], outcome: str = "done") -> dict[str, Any]:
    tried = {"ids": ids, "at": 1.0, "ended": 2.0, "outcome": outcome, "words": "", "answers": f"A{number}"}
    return {
        "number": number, "who": who, "user": who, "what": what, "mark": f"m{number}x", "place": "",
        "about": "", "tries": [tried],
    }  # fmt: skip


def night() -> Night:
    messages = [
        stands(1, "post/card"),
        stands(2, "post/step:D1"),
        stands(3, "post/review:d1:1", "2"),
        stands(4, "post/publish:d1:1", "2"),
        stands(5, "post/receipt:d1:7", "2"),
        stands(6, "post/reminder:promise/d1-1/T+0"),
        stands(7, "post/reminder:promise/d1-1/T+10"),
    ]
    place = {"id": "C1", "name": "slide-m1x", "kind": "channel", "creator": BOT, "members": [BOT, MARA, PIA]}
    return {
        "seed": 1, "database": "sqlite", "seconds": 90.0, "mutant": "", "speed": 20.0, "bot": BOT,
        "now": "2021-11-15T06:00:00+00:00", "people": {MARA: "mara", PIA: "pia"},
        "conversations": [{**place, "pins": ["1.000000"], "messages": messages}],
        "answers": [{"address": "A1", "arrived": True, "spoiled": ""}],
        "calls": 9, "spoiled": 0, "envelopes": 5, "delivered_again": 0,
        "acts": [
            act(1, MARA, "open", ["T1", "V1"]),
            act(2, PIA, "note", ["T2"]),
            act(4, PIA, "approve", ["T4"], "acked"),
        ],
        "misfortunes": {"killed": 1}, "lines": [], "steps": [], "deaths": [], "unsure": "", "unrest": [],
        "ended": [0, 0, 0], "unforeseen": [], "stumbles": [], "rows": log(),
    }  # fmt: skip


def counts(made: Night) -> dict[str, list[str]]:
    rows = made.pop("rows")
    first = sealed(rows)[0]
    registered = json.dumps({"incident": I, "first_hash": first[-1]})
    office = ["office", 1, "2021-11-15T04:01:00Z", MARA, "V1", 9, "IncidentRegistered", registered]
    made["log"] = made.pop("stored", None) or sealed([*rows, office])
    return {name: problems for name, problems in counted(made).items() if problems}


def test_a_good_night_has_nothing_that_must_not_be() -> None:
    made = night()
    assert counts(made) == {}
    assert "acked and lost" in table(made, counted(made))


def messages_of(made: Night) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = made["conversations"][0]["messages"]
    return found


def without(made: Night, key: str) -> None:
    made["conversations"][0]["messages"] = [
        each for each in messages_of(made) if not each["key"].endswith(key)
    ]


def lost_note(made: Night) -> None:
    made["acts"].append(act(9, PIA, "note", ["T9"]))


def lost_click(made: Night) -> None:
    made["acts"].append(act(9, PIA, "approve", ["T9"], "acked"))


def reminder_missing(made: Night) -> None:
    del made["rows"][-1]
    without(made, "T+10")


def reminder_doubled(made: Night) -> None:
    made["rows"].append(row(11, "ReminderFired", "k3", key="promise/d1-1/T+10", to=[PIA]))


def receipt_missing(made: Night) -> None:
    without(made, "receipt:d1:7")


def card_doubled(made: Night) -> None:
    messages_of(made).append(stands(1.5, "post/card"))


def thread_upside_down(made: Night) -> None:
    without(made, "publish:d1:1")
    messages_of(made).append(stands(9, "post/publish:d1:1", "2"))


def step_above_the_card(made: Night) -> None:
    without(made, "step:D1")
    messages_of(made).append(stands(0.5, "post/step:D1"))


def no_card(made: Night) -> None:
    without(made, "card")


def card_not_pinned(made: Night) -> None:
    made["conversations"][0]["pins"] = []


def somebody_not_invited(made: Night) -> None:
    made["conversations"][0]["members"].remove(PIA)


def opener_not_answered(made: Night) -> None:
    made["answers"] = []


def second_conversation(made: Night) -> None:
    made["conversations"].append({**made["conversations"][0], "id": "C2", "messages": []})


def approved_twice(made: Night) -> None:
    made["rows"].append(row(11, "ApprovalGiven", "T8", PIA, person=PIA, draft="d1", revision=1))


def note_twice(made: Night) -> None:
    made["rows"].append(row(11, "NoteAdded", "T2~", PIA, note="n", person=PIA, text="m2x"))


def marked_twice(made: Night) -> None:
    made["rows"].append([*row(11, "MarkedPublished", "V8", MARA)[:7], made["rows"][6][7]])
    messages_of(made).append(stands(8, "post/receipt:d1:11", "2"))


def entry_changed(made: Night) -> None:
    office = ["office", 1, "2021-11-15T04:01:00Z", MARA, "V1", 9, "IncidentRegistered"]
    stored = sealed(made["rows"])
    registered = json.dumps({"incident": I, "first_hash": stored[0][-1]})
    stored += sealed([[*office, registered]])
    stored[2][7] = stored[2][7].replace("m2x", "m2x m2x")
    made["stored"] = stored


def entry_gone(made: Night) -> None:
    del made["rows"][2]
    made["acts"] = made["acts"][:1]


def never_done(made: Night) -> None:
    made["unrest"] = [f"{I}/post/away:9"]


def killed_by_itself(made: Night) -> None:
    made["ended"] = [0, None, 0]


def fell_over(made: Night) -> None:
    made["unforeseen"] = ["2026-01-01T00:00:00Z ERROR ecomms_bot: The worker stumbled and goes on"]


WRONG: dict[Callable[[Night], None], str] = {
    lost_note: "acked and lost",
    lost_click: "acked and lost",
    reminder_missing: "reminders missing",
    reminder_doubled: "reminders doubled",
    receipt_missing: "messages missing",
    card_doubled: "messages doubled and not reported as unsure",
    thread_upside_down: "threads out of order",
    step_above_the_card: "threads out of order",
    no_card: "half-made incidents",
    card_not_pinned: "half-made incidents",
    somebody_not_invited: "half-made incidents",
    opener_not_answered: "half-made incidents",
    second_conversation: "half-made incidents",
    approved_twice: "done or decided twice",
    note_twice: "done or decided twice",
    marked_twice: "done or decided twice",
    entry_changed: "entries that do not follow",
    entry_gone: "entries that do not follow",
    never_done: "due and never done",
    killed_by_itself: "bots that did not stop in order",
    fell_over: "errors nobody foresaw",
}


@pytest.mark.parametrize("spoil", WRONG, ids=lambda each: each.__name__)
def test_what_is_wrong_is_counted_and_nothing_else(spoil: Callable[[Night], None]) -> None:
    made = night()
    spoil(made)
    assert list(counts(made)) == [WRONG[spoil]]


def test_the_check_shares_nothing_with_the_bot() -> None:
    shared = "[name for name in sys.modules if name.split('.')[0] == 'ecomms_bot']"
    program = f"import sys, tests.chaos.checker; print({shared})"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("told", ["at its message", "by the command line"])
def test_what_stands_twice_and_is_said_to_be_so_is_no_fault(told: str) -> None:
    made = night()
    again = "Sent again: the first attempt may have arrived." if told == "at its message" else "words"
    messages_of(made).append(stands(1.5, "post/card", text=again))
    if told == "by the command line":
        made["unsure"] = f"unsure  2021-11-15 04:00  {I}/post/card  (done, attempts 2)"
    assert counts(made) == {}


def test_who_was_told_why_not_and_who_was_not_told_since_the_bot_died_lost_nothing() -> None:
    made = night()
    lost_click(made)
    made["answers"].append({"address": "A9", "arrived": False, "spoiled": "drop_before"})
    assert counts(made) == {}
    made = night()
    lost_click(made)
    made["deaths"] = [4.0]
    assert counts(made) == {}


def test_a_reminder_that_had_no_time_before_it_was_kept_is_not_missing() -> None:
    # given an update that was out 12 minutes late by the clock, which had jumped an hour a moment before
    made = night()
    reminder_missing(made)
    answered = row(11, "PromiseAnswered", "V9", MARA, promise="d1-1", draft="d2", revision=1)
    answered[2] = "2021-11-15T05:30:00Z"
    made["rows"][9:] = [row(10, "NoteAdded", "x", text=""), answered]
    made["acts"].append(act(9, MARA, "mark", ["T9", "V9"]))
    made["steps"] = [[1.5, 3600.0]]
    assert counts(made) == {}
    # while without the jump there was time
    made["rows"] = [*log()[:9], row(10, "NoteAdded", "x", text=""), answered]
    made["steps"] = []
    assert list(counts(made)) == ["reminders missing"]


def test_a_promise_that_was_long_overdue_when_it_was_recorded_goes_to_the_last_at_once() -> None:
    made = night()
    made["rows"][7][2] = "2021-11-15T05:12:00Z"
    made["rows"][8] = row(9, "NoteAdded", "x", text="")  # in the place of T+0
    without(made, "T+0")
    assert counts(made) == {}
