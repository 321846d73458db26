"""What people do with a text that is out: correct it, cancel it, update it, take it down."""

from __future__ import annotations

from typing import Any

from ecomms_bot.practice.workspace import Message, Modal
from tests.scenario.acting import Case, Reply

TRUE = {
    "wrong_text": "which side is closed",
    "correct_fact": "Only the eastbound side is closed as of 8 p.m. PST.",
}
LINK = "https://example.org/1"
PUBLIC = ("X", "SMS", "Web")


def published(case: Case, *channels: str, step: str = "D1", **fields: Any) -> Message:
    """A text that is out on these channels; its publish message."""
    case.sends("mara", step, **fields)
    case.approves("pia", step)
    assert case.marks("mara", step, channels=list(channels or PUBLIC)).answer.closed
    return case.last("publish", step)


def form_of(case: Case, who: str = "mara") -> Modal:
    modal = case.actor(who).person.modal
    assert modal is not None, f"no form is in front of {who}"
    return modal


def opens(case: Case, label: str = "Correct…", who: str = "mara", step: str = "D1") -> Modal:
    """From the menu below the published texts to the form."""
    pressed = case.clicks(who, case.last("publish", step), label)
    assert case.actor(who).person.modal is not None, pressed.words
    return form_of(case, who)


def submitted(case: Case, label: str = "Correct…", who: str = "mara", **fields: Any) -> Message:
    """A correction that waits for approval; its review."""
    opens(case, label, who)
    written = case.submits(who, **{**TRUE, **fields})
    assert written.answer.pushed, written.words
    sent = case.submits(who)
    assert sent.answer.closed, sent.words
    return case.last("review", "D8")


def marked(case: Case, *channels: str, who: str = "mara", **fields: Any) -> Reply:
    """The correction is out there, with proof unless `fields` say otherwise."""
    case.opens_mark(who, "D8")
    proofs = {f"proof-{each.casefold()}": LINK for each in channels if each != "Internal"}
    return case.submits(who, channels=list(channels), **{**proofs, **fields})


def takes_down(case: Case, *channels: str, who: str = "mara", step: str = "D1") -> Reply:
    opens(case, "Taken down…", who, step)
    return case.submits(who, channels=list(channels), reason="It held no more.")
