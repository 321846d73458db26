"""The event `app_home_opened`: the Home tab is drawn for who looks at it."""

from __future__ import annotations

from ecomms_bot.practice.workspace import Answer
from tests.interaction.meeting import READER, Meeting


def looks(meeting: Meeting, who: str = READER, tab: str = "home") -> Answer:
    """How the event of opening a tab ended."""
    ws = meeting.on.workspace
    meeting.actor(who).person.open_home(tab)
    event = next(each for each in reversed(ws.envelopes) if each.type == "events_api")
    return ws.wait_for(lambda: event.outcome, what="the app's answer to the event") or Answer(ok=False)


def test_it_is_drawn_for_who_looks(meeting: Meeting) -> None:
    case = meeting.case()
    assert looks(meeting).ok
    (call,) = meeting.calls
    assert (call.method, call.args["user_id"]) == ("views.publish", case.actor(READER).id)
    home = meeting.actor(READER).person.home
    assert home is not None
    assert "Highway 7 slides" in home.plain()
    assert meeting.actor("pia").person.home is None


def test_it_follows_what_its_reader_does(meeting: Meeting) -> None:
    case = meeting.case()
    looks(meeting)
    case.sends(READER)
    assert meeting.called.count("views.publish") >= 2


def test_another_tab_draws_nothing(meeting: Meeting) -> None:
    assert looks(meeting, tab="messages").ok
    assert meeting.called == []


def test_slack_away_while_it_is_drawn_does_no_harm(meeting: Meeting) -> None:
    meeting.on.workspace.faults.drop_before("views.publish")
    assert looks(meeting).ok
    meeting.on.settle()
    assert looks(meeting).ok
    assert meeting.called == ["views.publish"] * 2
