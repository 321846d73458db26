"""Opening: from `/ecomms start flood` to a conversation with a card, a first step, and people in it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ecomms_bot.practice.stage import Stage
from ecomms_bot.practice.workspace import Message
from tests.scenario.acting import Actor, Case, filled, opens, person, starts_form
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
    assert step.buttons == ["Write draft"]


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


def test_things_are_shown_in_the_order_in_which_they_are_needed(stage: Stage) -> None:
    opens(stage)
    done = [call.method for call in stage.workspace.calls if not call.method.startswith("conversations.mem")]
    after = done[done.index("conversations.create") :]
    assert after.index("conversations.create") == 0
    assert after.index("chat.postMessage") < after.index("pins.add")
    assert {"response_url", "conversations.invite", "pins.add"} <= set(after)


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


def test_this_conversation_can_be_used_instead_of_a_new_one(stage: Stage) -> None:
    place = stage.workspace.add_conversation("hwy-7-room", ["mara", "otto"])
    case = opens(stage, here=True, place=place)
    # then the bot has come into it, and posts there
    assert case.conversation.id == place.id
    assert stage.workspace.bot.id in place.members
    assert case.last("card").conversation == place.id
    assert stage.workspace.calls_of("conversations.create") == []


def test_this_conversation_is_refused_beside_the_field_while_another_incident_is_open_there(
    stage: Stage,
) -> None:
    place = stage.workspace.add_conversation("hwy-1-room", ["mara", "theo"])
    opens(stage, name="Highway 1 slides", here=True, place=place)
    # when Theo wants to open another one there
    theo = starts_form(stage, "theo", place)
    reply = theo.submits(filled("Highway 5 flooding", here=True))
    # then he reads why, and all that he typed is still there
    assert reply.answer.errors == {
        "Conversation": "Highway 1 slides is open in this conversation. Choose a new conversation."
    }
    modal = theo.person.modal
    assert modal is not None
    assert modal.field("Name") == "Highway 5 flooding"
    assert theo.submits({"conversation": "new"}).answer.closed


def test_a_private_conversation_that_the_bot_is_not_in_is_told_to_the_opener(stage: Stage) -> None:
    place = stage.workspace.add_conversation("private-room", ["mara"], private=True)
    mara = starts_form(stage, place=place)
    mara.submits(filled("Private slides", here=True))
    # then she learns by direct message that it is not done, and what to do
    told = [message.plain() for message in mara.person.dms() if "Private slides" in message.plain()]
    assert "/invite" in told[-1]
    assert "Open the incident once more" in told[-1]


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


@pytest.mark.parametrize(("first_live", "was"), [(True, "a live incident"), (False, "an exercise")])
def test_a_conversation_belongs_to_exercises_or_to_real_incidents(
    stage: Stage, *, first_live: bool, was: str
) -> None:
    # given a conversation whose incident is over
    place = stage.workspace.add_conversation(f"room-{'real' if first_live else 'drill'}", ["mara", "pia"])
    opens(stage, name="Highway 1 slides", here=True, place=place, live=first_live).closes("pia")
    # when one of the other kind is to be opened there
    mara = starts_form(stage, place=place)
    reply = mara.submits(filled(here=True, live=not first_live))
    # then it is refused beside the field, and one of the same kind may
    said = reply.answer.errors["Conversation"]
    assert said.startswith(f"This conversation belonged to {was}, Highway 1 slides, so ")
    assert mara.submits({"mode": "live" if first_live else "exercise"}).answer.closed


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
