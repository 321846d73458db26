"""Opening: from `/ecomms start flood` to a conversation with a card, a first step, and people in it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ecomms_bot.practice.stage import Stage
from ecomms_bot.practice.workspace import Message
from tests.scenario.acting import Actor, Case, filled, person, starts_form
from tests.scenario.aftermath import is_marked

Opening = Callable[..., Case]


def test_the_form_asks_for_everything_that_is_fixed_at_opening(stage: Stage) -> None:
    mara = starts_form(stage)
    modal = mara.person.modal
    assert modal is not None
    assert modal.title == "Open an incident"
    assert modal.labels == [
        "Playbook",
        "Name",
        "Severity",
        "Where",
        "Phase",
        "Time zone",
        "Live or exercise",
        "Conversation",
    ]
    assert (modal.field("Playbook"), modal.field("Phase")) == ("Flood", "during")
    assert modal.field("Time zone") == "America/Vancouver"
    assert any("The public hears from us every hour" in str(block) for block in modal.blocks)


def test_live_or_exercise_has_no_default_and_must_be_chosen(stage: Stage) -> None:
    mara = starts_form(stage)
    reply = mara.submits({"name": "Highway 7"})
    assert list(reply.answer.errors) == ["Live or exercise"]
    assert stage.bot.records.open_incidents() == []


def test_an_incident_gets_a_conversation_a_card_its_people_and_a_first_step(case: Case) -> None:
    place = case.conversation
    assert place.creator == case.on.workspace.bot.id
    assert place.name == f"exercise-highway-7-slides-{case.id[-4:]}"
    # Mara who opened it, and everybody who holds a role; the guest and strangers stay out.
    names = {case.on.workspace.user(member).handle for member in place.members}
    assert names == {"ecomms", "mara", "theo", "dale", "pia", "irene", "otto"}
    assert len(case.messages()) == 2
    card, step = case.last("card"), case.last("step")
    assert list(place.pins) == [card.ts]
    assert "Holding statement, due today at 20:15 → @Mara Lund" in card.plain()
    assert step.plain().splitlines()[1] == "D1 · Holding statement · due today at 20:15"
    assert step.buttons[0] == "Write draft"


def test_the_opener_is_told_where_it_is_and_what_comes_first(stage: Stage) -> None:
    # given Mara typed the command among others
    mara, theo = starts_form(stage), Actor(stage, "theo")
    before = theo.personal()
    reply = mara.submits(filled())
    # then the answer to her command comes there, for her alone
    assert "Opened Highway 7 slides in #exercise-highway-7-slides-" in reply.words
    assert "First: Holding statement, due today at 20:15." in reply.words
    assert all(is_marked(message) for message in reply.messages)
    assert theo.personal() == before


def test_opening_takes_six_calls_and_its_opener_sees_it_after_three(stage: Stage) -> None:
    mara = starts_form(stage)
    stage.workspace.calls.clear()
    mara.submits(filled())
    # (the Home of somebody who looked at it before is drawn anew beside all that)
    calls = [call for call in stage.workspace.calls if call.method != "views.publish"]
    made = [call.method for call in calls]
    # the conversation, the card in it, and Mara's invitation; then she has all she needs
    assert made[:3] == ["conversations.create", "chat.postMessage", "conversations.invite"]
    (created, card, _, _, step, _) = calls
    assert created.result is not None
    assert card.args["channel"] == step.args["channel"] == created.result["channel"]["id"]
    # the pin, the first step, and the answer where she typed
    assert made[3:] == ["pins.add", "chat.postMessage", "response_url"]


def test_a_live_incident_is_named_and_marked_as_the_real_thing(live: Case) -> None:
    assert live.conversation.name == f"highway-7-slides-{live.id[-4:]}"
    assert "LIVE · flood · S2 Major · during" in live.last("card").plain()
    assert not any(is_marked(message) for message in live.messages())


def test_an_exercise_carries_its_mark_in_every_message_and_modal(case: Case) -> None:
    assert all(is_marked(message) for message in case.messages())
    case.clicks("mara", case.last("step", "D1"), "Write draft")
    modal = person(case.on, "mara").modal
    assert modal is not None
    assert modal.title == "EXERCISE - Write draft"


def test_only_communicators_and_leads_can_open(stage: Stage) -> None:
    otto = Actor(stage, "otto")
    reply = otto.types("start flood")
    assert "Only communicators and leads may open an incident" in reply.words
    assert "You typed:\n/ecomms start flood" in reply.words
    assert otto.person.modal is None


@pytest.mark.parametrize("asked", ["volcano", "flood now", "FLOODS"])
def test_a_playbook_that_is_not_there_is_said_with_what_to_type(stage: Stage, asked: str) -> None:
    reply = Actor(stage, "mara").types(f"start {asked}")
    assert f"There is no playbook “{asked}”. Type /ecomms start flood." in reply.words
    assert f"You typed:\n/ecomms start {asked}" in reply.words


def test_a_second_incident_of_the_same_name_gets_a_conversation_of_its_own(open_case: Opening) -> None:
    first, second = open_case(), open_case("theo")
    assert first.id != second.id
    assert first.conversation.id != second.conversation.id
    assert first.conversation.name[:-4] == second.conversation.name[:-4]


def test_a_name_with_marks_of_markup_is_shown_as_it_was_typed(open_case: Opening) -> None:
    case = open_case(name="*R&D* <!channel> | Ärger #7")
    card: Message = case.last("card")
    assert "*R&D* <!channel> | Ärger #7" in card.plain()
    assert case.conversation.name == f"exercise-r-d-channel-arger-7-{case.id[-4:]}"
