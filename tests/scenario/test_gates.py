"""Going on to the next phase: required steps are done, or skipped with a word."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ecomms_bot.practice.stage import Stage
from tests.scenario.acting import Case, next_evening, opens
from tests.scenario.aftermath import leave
from tests.scenario.gated import gated_office


@pytest.fixture(scope="module")
def _gated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with gated_office(tmp_path_factory.mktemp("gates")) as made:
        yield made


@pytest.fixture
def case(_gated: Stage) -> Iterator[Case]:
    next_evening(_gated)
    since = _gated.now
    yield opens(_gated)
    leave(_gated, since)


WHY = "Why Holding statement is skipped"


def test_a_required_step_is_asked_for_before_the_next_phase(case: Case) -> None:
    case.starts("mara", "D4")
    assert case.types("pia", "phase after, the water falls").ok
    modal = case.actor("pia").person.modal
    assert modal is not None
    assert modal.title == "EXERCISE - Next phase"
    assert "Highway 7 slides goes from during to after." in modal.plain()
    assert "Open as well, and going on: Scheduled update (to do)" in modal.plain()
    assert modal.field("What everybody should know") == "the water falls"
    # a word that says nothing is refused beside its field, and nothing is lost
    reply = case.submits("pia", **{WHY: "  "})
    assert WHY in reply.answer.errors
    assert case.entries("PhaseChanged") == []
    assert modal.field("What everybody should know") == "the water falls"
    # when it is said, everybody reads both
    assert case.submits("pia", **{WHY: "Police spoke first."}).answer.closed
    assert case.state.phase == "after"
    assert "Phase: after (was during), says @Pia Sohal." in case.last("turn").plain()
    assert "Why: the water falls" in case.last("turn").plain()
    assert "skipped by @Pia Sohal" in case.last("step", "D1").plain()
    types = [entry.type for entry in case.entries("StepSkipped", "PhaseChanged")]
    assert types == ["StepSkipped", "PhaseChanged"]


def test_with_nothing_required_left_the_phase_changes_at_once(case: Case) -> None:
    case.publishes()
    assert "is in the phase after now." in case.types("pia", "phase after").words
    assert case.actor("pia").person.modal is None
    # and back needs no word
    assert "is in the phase during now." in case.types("pia", "phase during").words


def test_who_may_not_change_the_phase_is_told_so_before_a_form_opens(case: Case) -> None:
    assert "Only pio, ic or the holder" in case.types("theo", "phase after").words
    assert case.actor("theo").person.modal is None


def test_what_was_done_meanwhile_needs_no_word_any_more(case: Case) -> None:
    case.types("pia", "phase after")
    case.publishes("mara")
    assert case.submits("pia", **{WHY: "Police spoke first."}).answer.closed
    assert case.state.phase == "after"
    assert case.entries("StepSkipped") == []


def test_a_required_step_is_asked_for_when_the_incident_is_closed(case: Case) -> None:
    case.types("pia", "close")
    modal = case.actor("pia").person.modal
    assert modal is not None
    field = "Holding statement, a required step, is not done"
    assert field in modal.labels
    reply = case.submits("pia", note="Over.")
    assert "Say of this: done, handed to whom, or why not." in reply.words
    assert case.submits("pia", **{field: "Police spoke first."}).answer.closed
    assert f"Left open: {field}: Police spoke first." in case.last("closing").plain()
