"""Opening an incident: what is fixed then, what is refused, and the name of its conversation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ecomms_bot.incident.commands import OpenIncident, StartStep
from ecomms_bot.incident.events import IncidentOpened
from ecomms_bot.incident.rules.opening import conversation_name
from ecomms_bot.incident.wording import Rejected
from tests.incident.stories import (
    COMMUNICATOR,
    NO_ROLES,
    OBSERVER,
    PIO,
    STRANGER,
    ZONE,
    Story,
    at,
    flood,
    flood_with,
    instant,
)

FLOOD = OpenIncident(
    name="Highway 7 mudslides",
    area="between Agassiz and Hope",
    zone=ZONE,
    phase="during",
    severity="S2",
    exercise=False,
    playbook=flood().raw,
    playbook_sha256=flood().sha256,
)


def opened(command: OpenIncident, story: Story | None = None) -> IncidentOpened:
    first, *_ = (story or Story()).do(command, COMMUNICATOR)
    assert isinstance(first, IncidentOpened)
    return first


def test_an_incident_opens_with_its_first_step_and_everything_that_is_fixed_for_good() -> None:
    # Given nothing, when a communicator opens the flood at 20:00,
    story = Story()
    story.do(FLOOD, COMMUNICATOR)
    # then its state holds what was chosen, and who opened it runs it,
    state = story.state
    assert (state.name, state.area, state.zone) == (FLOOD.name, FLOOD.area, ZONE)
    assert (state.phase, state.severity, state.exercise) == ("during", "S2", False)
    assert state.opener == state.holder == COMMUNICATOR
    # and the holding statement is under way, due 15 minutes later as the playbook says.
    assert story.types() == ["IncidentOpened", "StepStarted"]
    assert state.steps["D1"].due == instant(at(20, 15))


def test_the_whole_playbook_is_in_the_log_so_that_an_edited_file_changes_nothing() -> None:
    assert opened(FLOOD).playbook == flood().raw
    story = Story().open()
    assert story.state.book == flood().playbook


def test_an_incident_that_was_never_opened_has_no_playbook() -> None:
    with pytest.raises(LookupError, match="never opened"):
        _ = Story().state.book


def test_steps_that_are_only_done_on_demand_do_not_open_an_incident() -> None:
    story = Story().open(playbook=flood_with({"recurrence": "on-demand"}, {}, {}))
    assert list(story.state.steps) == ["D4"]


def test_a_playbook_of_steps_on_demand_begins_with_its_first() -> None:
    on_demand = {"recurrence": "on-demand"}
    story = Story().open(playbook=flood_with(on_demand, on_demand, on_demand))
    assert list(story.state.steps) == ["D1"]


def test_a_second_opening_of_the_same_incident_is_refused() -> None:
    story = Story().open()
    with pytest.raises(Rejected, match="Highway 7 mudslides is open already"):
        story.do(FLOOD, PIO)


@pytest.mark.parametrize("person", [OBSERVER, STRANGER])
def test_only_communicators_and_leads_open_incidents(person: str) -> None:
    with pytest.raises(Rejected, match=r"Only communicators and leads may open an incident"):
        Story().do(FLOOD, person)


def test_without_a_roles_file_anybody_but_a_guest_opens_one_and_the_log_says_so() -> None:
    story = Story(roster=NO_ROLES)
    assert not opened(FLOOD, story).roles_configured
    with pytest.raises(Rejected, match="Guests cannot open an incident"):
        Story(roster=NO_ROLES).do(FLOOD, STRANGER, guest=True)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"name": "   "}, "name", "name"),
        ({"name": "x" * 61}, "name", "name"),
        ({"area": "x" * 151}, "area", "area"),
        ({"zone": "Mars/Olympus"}, "zone", "zone"),
        ({"zone": ""}, "zone", "zone"),
        ({"zone": "../etc/passwd"}, "zone", "zone"),
        ({"zone": "America"}, "zone", "zone"),
        ({"severity": "S9"}, "severity", "severity"),
        ({"phase": "after"}, "phase", "phase"),
        ({"phase": "someday"}, "phase", "phase"),
        ({"playbook": {}}, "playbook", None),
    ],
)
def test_a_mistake_comes_back_beside_its_field_and_nothing_is_opened(
    change: dict[str, Any], code: str, field: str | None
) -> None:
    story = Story()
    with pytest.raises(Rejected) as refused:
        story.do(replace(FLOOD, **change), COMMUNICATOR)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert not story.state.exists


def test_names_stay_on_one_line_and_keep_their_letters() -> None:
    # A pasted line break or control character would tear a post apart; an emoji family and Arabic are words.
    name = "Flood\r\nof\t2021 \x00👨‍👩‍👧 فيضان"
    event = opened(replace(FLOOD, name=name, area=" a\n\u2028b "))
    assert (event.name, event.area) == ("Flood of 2021 👨‍👩‍👧 فيضان", "a b")


@pytest.mark.parametrize(
    ("name", "exercise", "conversation"),
    [
        ("Highway 5 flooding", False, "highway-5-flooding-ghij"),
        ("Highway 5 flooding", True, "exercise-highway-5-flooding-ghij"),
        ("Überschwemmung: Straße #5!", False, "uberschwemmung-strae-5-ghij"),
        ("洪水", False, "incident-ghij"),
        ("-- ! --", False, "incident-ghij"),
        ("x" * 60 + " " + "y" * 60, True, "exercise-" + "x" * 60 + "-yyyyy-ghij"),
        ("x" * 75 + " y", False, "x" * 75 + "-ghij"),
    ],
)
def test_the_name_of_a_conversation_is_one_that_slack_takes_and_ends_with_the_incident_s_id(
    name: str,
    exercise: bool,  # noqa: FBT001 - a column of the table above
    conversation: str,
) -> None:
    made = conversation_name(name, "i7abcdefghij", exercise=exercise)
    assert made == conversation
    assert len(made) <= 80


def test_the_conversation_to_use_is_the_one_that_was_asked_for() -> None:
    assert opened(FLOOD).conversation is None
    story = Story()
    opened(replace(FLOOD, conversation="C-existing"), story)
    assert story.state.asked_conversation == "C-existing"


def test_a_step_is_started_once() -> None:
    story = Story().open()
    story.do(StartStep("D3"), COMMUNICATOR)
    assert "D3" in story.state.steps
    assert story.do(StartStep("D3"), PIO) == ()


def test_a_step_that_the_playbook_does_not_have_cannot_be_started() -> None:
    with pytest.raises(Rejected, match="has no step D9"):
        Story().open().do(StartStep("D9"), COMMUNICATOR)


def test_nothing_can_be_done_in_an_incident_that_does_not_exist() -> None:
    with pytest.raises(Rejected, match="no such incident"):
        Story().do(StartStep("D1"), COMMUNICATOR)
