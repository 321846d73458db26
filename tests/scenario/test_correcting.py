"""Correcting a receipt: what was said about where and when a text was posted was wrong."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from tests.scenario.acting import Case, Reply

WRONG, NOT_THERE = "It was posted, but the details are wrong", "It was not posted there"


def corrects(case: Case, who: str = "pia", step: str = "D1", **fields: Any) -> Reply:
    """From the receipt to the submitted form."""
    pressed = case.clicks(who, case.last("receipt", step), "Correct receipt…")
    assert case.actor(who).person.modal is not None, pressed.words
    return case.submits(who, **fields)


def test_the_form_says_what_is_recorded_and_keeps_what_is_left_empty(live: Case) -> None:
    live.sends("mara")
    live.approves("pia")
    live.clock("20:10")
    live.opens_mark("mara")
    live.submits("mara", **{"channels": ["X", "Web"], "proof-x": "https://x.com/1"})
    # when Theo corrects the time on X alone
    live.clicks("theo", live.last("receipt"), "Correct receipt…")
    modal = live.actor("theo").person.modal
    assert modal is not None
    assert modal.options("Which receipt is wrong") == ["X", "Web"]
    assert re.search(r"Recorded: \w+ \d+ \w+, 20:10 PST", str(modal.blocks))
    reply = live.submits("theo", channel="X", what=WRONG, attested_at=live.at("20:05"), reason="Misread")
    assert reply.answer.closed, reply.words
    # then the receipt says so, and the link is still there
    said = live.last("receipt").plain()
    assert "Published on X and Web today at 20:05." in said
    assert "Corrected by @Theo Brandt today at 20:10, X: Misread" in said
    assert "X: https://x.com/1" in said


def test_a_channel_that_was_not_posted_is_to_do_again(case: Case) -> None:
    case.publishes()
    reply = corrects(case, channel="SMS", what="It was not played there", reason="The gateway was down")
    assert reply.answer.closed, reply.words
    assert "not played on SMS: The gateway was down" in case.last("receipt").plain()
    publish = case.last("publish").plain()
    assert "Still to do: SMS" in publish
    assert "SMS: played" not in publish
    # and it can be marked once more
    assert case.marks("mara").answer.closed
    assert "Played on SMS" in case.last("receipt").plain()


def test_the_promise_follows_when_nothing_was_public(live: Case) -> None:
    live.sends("mara")
    live.approves("pia")
    live.marks("mara", channels=["Web"])
    assert [each.status for each in live.state.promises.values()] == ["live"]
    # a communicator cannot take the promise back
    refused = corrects(live, "theo", channel="Web", what=NOT_THERE, reason="Wrong site")
    assert not refused.answer.closed
    modal = live.actor("theo").person.modal
    assert modal is not None
    assert "only pio or ic may take a promise back" in modal.plain()
    assert modal.field("What went wrong") == "Wrong site"
    live.actor("theo").leaves()
    # the pio can
    assert corrects(live, "pia", channel="Web", what=NOT_THERE, reason="Wrong site").answer.closed
    assert [each.status for each in live.state.promises.values()] == ["withdrawn"]
    assert "It is not published on Web, as it turned out." in live.last("receipt").plain()
    assert "Next update promised" not in live.last("receipt").plain()
    assert live.draft().status == "approved"


def test_an_update_that_did_not_go_out_is_owed_again(live: Case) -> None:
    live.publishes()
    live.clock("20:50")
    live.publishes("mara", "D4")
    assert next(iter(live.state.promises.values())).status == "kept"
    for channel in ("X", "SMS", "Web"):
        assert corrects(live, "pia", "D4", channel=channel, what=NOT_THERE, reason="Outage").answer.closed
    (first, second) = live.state.promises.values()
    assert (first.status, second.status) == ("live", "withdrawn")
    # and people are reminded of it again
    live.clock("21:06")
    said = "the update promised for today at 21:05 is not out"
    assert any(said in each.plain() for each in live.messages("reminder"))


def test_what_cannot_be_is_told_beside_its_field(live: Case) -> None:
    live.sends("mara")
    live.clock("20:04")
    live.approves("pia")
    live.clock("20:10")
    live.marks("mara", channels=["Web"])
    late = corrects(live, channel="Web", what=WRONG, attested_at=live.at("20:11"), reason="Misread")
    assert late.answer.errors == {
        "Posted at": "This time is still to come. Give the time at which it was posted."
    }
    early = live.submits("pia", attested_at=live.at("20:04") - timedelta(minutes=1))
    assert list(early.answer.errors) == ["Posted at"]
    blank = live.submits("pia", attested_at=live.at("20:06"), reason="  ")
    assert list(blank.answer.errors) == ["What went wrong"]
    same = live.submits("pia", attested_at=live.at("20:10"), reason="Nothing")
    assert "This is what is recorded already." in same.answer.errors["How it was"]
    assert live.entries("ReceiptCorrected") == []
    assert live.submits("pia", attested_at=live.at("20:06"), reason="Misread").answer.closed


def test_two_forms_correct_it_once(case: Case) -> None:
    case.publishes()
    receipt = case.last("receipt")
    for who in ("pia", "irene"):
        case.clicks(who, receipt, "Correct receipt…")
    fields = {"channel": "SMS", "what": "It was not played there", "reason": "Outage"}
    assert case.submits("pia", **fields).answer.closed
    second = case.submits("irene", **fields)
    assert "This text is not marked as posted on SMS" in second.answer.errors["Which receipt is wrong"]
    assert len(case.entries("ReceiptCorrected")) == 1


def test_an_observer_does_not_correct(case: Case) -> None:
    case.publishes()
    reply = case.clicks("otto", case.last("receipt"), "Correct receipt…")
    assert "Only communicators and leads may mark a text as published" in reply.words
    assert case.actor("otto").person.modal is None
