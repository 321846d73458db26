"""Handing over: both read the same brief, and once it is accepted reminders follow."""

from __future__ import annotations

import pytest

from ecomms_bot.incident.commands import AskQuestion, RecordFact
from ecomms_bot.incident.policy import Person
from ecomms_bot.service.handler import Request
from tests.scenario.acting import Case

OPEN = (
    "1 to do · 1 promised · 1 waiting for approval · 1 being written · 1 asked · 1 facts to look at",
    "Promised\n• today at 21:00, in 1 h, in the text on X, SMS and Web",
    "Waiting for approval\n• Scheduled update, revision 1: since today at 20:00, by sme and pio",
    "Drafts\n• Road closure or change: @Theo Brandt, since today at 20:00",
    "Asked\n• “When does the road open?” → @Dale Ito",
    "Facts to look at\n• ⚠️ Vehicles, conflict: 30 (media, today at 20:00) or 12 (police, today at 20:00)?",
    "On duty: pio @Pia Sohal · ic @Irene Wall · sme @Dale Ito",
)


@pytest.fixture
def busy(case: Case, monkeypatch: pytest.MonkeyPatch) -> Case:
    """A promise, a text in review, a draft, a question, and two sources that disagree."""
    monkeypatch.setattr(case.on.workspace, "should_escape", True)
    case.publishes(next_update_at="21:00")
    case.sends("mara", "D4", label="Write update", next_update_at="21:30")
    case.writes("theo", "D3")
    case.actor("theo").leaves()
    dale, mara = case.actor("dale").id, Person(case.actor("mara").id, frozenset({"communicator"}))
    for number, command in enumerate(
        (
            AskQuestion("When does the road open?", dale),
            RecordFact("Vehicles", "12", "police"),
            RecordFact("Vehicles", "30", "media"),
        )
    ):
        case.on.bot.handler.handle(Request(case.id, command, f"busy-{case.id}-{number}", mara))
    case.on.settle()
    return case


def test_who_asks_somebody_off_duty_is_told(busy: Case) -> None:
    warned = "@Irene Wall is off duty now and may not see it: call them, or ask somebody else"
    assert warned not in busy.types("mara", "handover @irene the night is yours").words
    busy.types("irene", "duty off until 23:00")
    assert warned in busy.types("mara", "handover @irene the night is yours").words
    assert "asks you to run Highway 7 slides" in busy.dms("irene")[-1].plain()


def test_both_read_what_is_open_before_anybody_accepts(busy: Case) -> None:
    # when Mara hands over
    reply = busy.types("mara", "handover @irene the night is yours")
    asked = busy.dms("irene")[-1]
    # then Irene reads it, with the button
    assert "@Mara Lund asks you to run Highway 7 slides" in asked.plain()
    assert "@Mara Lund says: the night is yours" in asked.plain()
    assert asked.buttons == ["Accept"]
    # and Mara sees what was sent
    assert "Until they accept, you run it. This is what they read:" in reply.words
    for line in OPEN:
        assert line in asked.plain(), asked.plain()
        assert line in reply.words
    # and nothing changed yet
    assert busy.state.holder == busy.actor("mara").id


def test_once_it_is_accepted_reminders_come_to_who_runs_it(busy: Case) -> None:
    busy.types("mara", "handover @irene the night is yours")
    busy.clicks("irene", busy.dms("irene")[-1], "Accept")
    assert busy.state.holder == busy.actor("irene").id
    # the brief stays, without its button
    read = busy.dms("irene")[-1]
    assert read.buttons == []
    assert OPEN[1] in read.plain()
    # when the promise comes near
    busy.clock("20:46")
    assert "update promised for today at 21:00" in busy.dms("irene")[-1].plain()
