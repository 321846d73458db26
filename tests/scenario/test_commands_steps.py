"""Commands that lead to a form: next, step, update; and the card's Next step."""

from __future__ import annotations

import pytest

from tests.scenario.acting import Case


def title_of_form(case: Case, who: str = "mara") -> str:
    """What the form in front of this person is about, and it is put away."""
    actor = case.actor(who)
    modal = actor.person.modal
    assert modal is not None
    words = f"{modal.title}: {modal.plain()}"
    actor.leaves()
    return words


@pytest.mark.parametrize("way", ["command", "button"])
def test_next_opens_what_is_most_urgent(case: Case, way: str) -> None:
    def next_for(who: str) -> str:
        if way == "command":
            return case.types(who, "next").words
        return case.clicks(who, case.last("card"), "Next step").words

    # first the step that is due
    next_for("mara")
    assert "Holding statement for Highway 7 slides" in title_of_form(case)
    # a draft that came back
    case.sends("mara")
    case.sends_back("pia", "Say which lane.")
    next_for("theo")
    assert "Say which lane." in title_of_form(case, "theo")


def test_an_approved_text_is_to_be_marked_and_a_missed_promise_comes_before_everything(case: Case) -> None:
    case.sends("mara")
    case.approves("pia")
    case.types("theo", "next")
    assert title_of_form(case, "theo").startswith("EXERCISE - Played")
    case.marks("mara")
    case.starts("mara", "D3")
    case.clock("21:06")
    case.types("theo", "next")
    assert "Scheduled update" in title_of_form(case, "theo")


def test_while_everything_waits_for_others_next_says_for_whom_and_what_is_promised(case: Case) -> None:
    case.sends("mara")
    reply = case.types("theo", "next")
    assert "Nothing of Highway 7 slides waits to be written or published." in reply.words
    assert "Holding statement, revision 1, waits for approval by pio." in reply.words
    assert "No update is promised. Type /ecomms step to see all steps." in reply.words
    assert case.actor("theo").person.modal is None


def test_step_lists_the_steps_of_the_phase_with_a_button_each(case: Case) -> None:
    (message,) = case.types("otto", "step").messages
    assert "Highway 7 slides, phase during:" in message.plain()
    assert "D1 · Holding statement · to do, due today at 20:15" in message.plain()
    assert "not started" in message.plain()
    case.clicks("mara", message, "Write D1")
    assert "Holding statement" in title_of_form(case)
    case.clicks("mara", message, "Start D3")
    assert "Road closure or change" in title_of_form(case)
    assert len(case.state.steps) == 2


def test_step_with_an_id_or_a_near_title_starts_it_and_opens_its_form(case: Case) -> None:
    title = case.state.step("D3").title
    for typed in ("d3", "D3.", title.upper(), title[:-1], title.split()[-1]):
        case.types("theo", f"step {typed}")
        assert title in title_of_form(case, "theo")
    assert len([each for each in case.entries("StepStarted") if each.event.step == "D3"]) == 1  # type: ignore[union-attr]


def test_a_step_that_is_none_is_answered_with_those_there_are(case: Case) -> None:
    reply = case.types("mara", "step volcano")
    assert "There is no step “volcano” in the playbook of Highway 7 slides." in reply.words
    assert "D1 (Holding statement)" in reply.words
    assert "/ecomms step D1" in reply.words
    assert len(case.state.steps) == 1


def test_update_opens_the_form_of_the_scheduled_update(case: Case) -> None:
    case.types("mara", "update")
    assert "Scheduled update for Highway 7 slides" in title_of_form(case)
    assert "D4" in case.state.steps
    case.types("pia", "phase before")
    assert "The phase before has no scheduled update." in case.types("mara", "update").words


def test_who_may_not_write_is_told_and_nothing_starts(case: Case) -> None:
    for typed in ("next", "update", "step D3"):
        assert "Only communicators and leads may write a draft" in case.types("otto", typed).words
        assert case.actor("otto").person.modal is None
    assert len(case.state.steps) == 1
