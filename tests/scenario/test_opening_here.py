"""An incident in a conversation that is there already: joined, refused before anything is written, let in."""

from __future__ import annotations

import pytest

from ecomms_bot.practice.stage import Stage
from ecomms_bot.practice.workspace import Message
from ecomms_bot.slack.opening import packed
from tests.scenario.acting import VANCOUVER, Actor, Case, filled, opens, starts_form
from tests.scenario.aftermath import is_marked

PRIVATE = (
    "I am not in this conversation and cannot join a private one. Choose a new conversation; or close this, "
    "type /invite @ecomms, and press Open again in the message under your command."
)


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
    assert theo.submits({"conversation": "new", "severity": "S1"}).answer.updated  # asked about the other
    assert theo.submits({"another": ["yes"]}).answer.closed


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


def asked(stage: Stage, mara: Actor) -> Message:
    """The message under her command, as it stands last."""
    stage.settle()
    return next(each for each in reversed(mara.personal()) if "Open again" in each.buttons)


def test_a_private_conversation_without_the_bot_is_refused_before_anything_is_written(stage: Stage) -> None:
    place = stage.workspace.add_conversation("private-room", ["mara"], private=True)
    mara = starts_form(stage, place=place)
    # when Mara wants the incident to live there
    reply = mara.submits(filled("Private slides", here=True))
    # then she reads beside the field why not, and what she can do; nothing was opened, no word is lost
    assert reply.answer.errors == {"Conversation": PRIVATE}
    assert stage.bot.records.open_incidents() == []
    modal = mara.person.modal
    assert modal is not None
    assert modal.field("Name") == "Private slides"
    # and a new conversation is one choice away
    assert mara.submits({"conversation": "new"}).answer.closed


def test_once_the_bot_is_invited_the_form_comes_back_with_every_word(stage: Stage) -> None:
    place = stage.workspace.add_conversation("war-room", ["mara"], private=True)
    mara = starts_form(stage, place=place)
    typed = filled("Éboulement 🚨 \u202eabc | <!channel>", here=True, severity="S1", zone="America/Edmonton")
    mara.submits(typed)
    # given she closes the form and invites the bot
    told = asked(stage, mara)
    assert "Type /invite @ecomms, then press Open again" in told.plain()
    assert is_marked(told)  # she had chosen an exercise
    mara.leaves()
    mara.person.invite_app(place)
    # when she presses the button
    mara.clicks(told, "Open again")
    modal = mara.person.modal
    assert modal is not None
    assert modal.field("Name") == typed["name"]
    assert modal.field("Where") == typed["area"]
    assert modal.field("Time zone") == "America/Edmonton"
    # then one more press opens it there
    assert mara.submits().answer.closed
    row = stage.bot.records.in_conversation(place.id)
    assert row is not None
    assert (row.name, row.severity, row.exercise) == (typed["name"], "S1", True)
    assert Case(stage, row.id, stage.now.astimezone(VANCOUVER)).last("card").conversation == place.id


def test_a_button_from_another_version_of_the_bot_opens_nothing(stage: Stage) -> None:
    place = stage.workspace.add_conversation("old-room", ["mara"], private=True)
    mara = starts_form(stage, place=place)
    mara.submits(filled(here=True))
    told = asked(stage, mara)
    mara.leaves()
    for value in ("???", packed({"playbook": "volcano"})):
        button = next(each for block in told.blocks for each in block.get("elements", ()) if "value" in each)
        button["value"] = value
        reply = mara.clicks(told, "Open again")
        assert "This button is from another version of the bot, so nothing was changed." in reply.words
        assert mara.person.modal is None


def test_direct_messages_are_no_place_for_an_incident(stage: Stage) -> None:
    mara = starts_form(stage, place=stage.workspace.person("mara").dm)
    reply = mara.submits(filled(here=True))
    said = "An incident cannot live in direct messages. Choose a new conversation."
    assert reply.answer.errors == {"Conversation": said}


def test_a_conversation_that_was_archived_meanwhile_is_refused_beside_the_field(stage: Stage) -> None:
    place = stage.workspace.add_conversation("gone-room", ["mara"])
    mara = starts_form(stage, place=place)
    stage.workspace.archive(place)
    reply = mara.submits(filled(here=True))
    said = "This conversation is archived. Choose a new conversation."
    assert reply.answer.errors == {"Conversation": said}


@pytest.mark.parametrize("trouble", ["drop_before", "rate_limited"])
def test_when_slack_does_not_say_in_time_it_is_opened_and_the_opener_is_told(
    stage: Stage, trouble: str
) -> None:
    place = stage.workspace.add_conversation(f"quiet-room-{trouble}", ["mara"], private=True)
    mara = starts_form(stage, place=place)
    getattr(stage.workspace.faults, trouble)("conversations.info")
    # given the question is lost, so that Mara's words are kept rather than sent back
    mara.submits(filled(f"Quiet {trouble}", here=True))
    told = [each.plain() for each in mara.person.dms() if f"Quiet {trouble}" in each.plain()]
    assert "it is private or between people" in told[-1]
    assert "/invite" in told[-1]
    row = stage.bot.records.in_conversation(place.id)
    assert row is not None
    assert stage.bot.records.state(row.id).conversation is None


def test_an_opening_in_a_public_conversation_takes_no_more_calls(stage: Stage) -> None:
    place = stage.workspace.add_conversation("ops-room", ["mara", "otto"])
    mara = starts_form(stage, place=place)
    stage.workspace.calls.clear()
    mara.submits(filled(here=True))
    made = [call.method for call in stage.workspace.calls if call.method != "views.publish"]
    # one look before it is written, and one more invitation, since Otto was there
    assert made == [
        "conversations.info",
        "conversations.join",
        "chat.postMessage",
        "conversations.invite",
        "conversations.invite",
        "pins.add",
        "chat.postMessage",
        "response_url",
    ]
