"""Which incident a command is about: that of the conversation; otherwise the person presses a button."""

from __future__ import annotations

from ecomms_bot.incident.commands import OpenIncident
from ecomms_bot.incident.ids import make_id
from ecomms_bot.incident.policy import COMMUNICATOR, Person
from ecomms_bot.playbook.library import load_with_source
from ecomms_bot.practice.stage import Stage
from ecomms_bot.service.handler import Request
from tests.books import FLOOD_FILE
from tests.scenario.acting import GUEST, Actor, Case, opens


def test_elsewhere_a_button_carries_out_what_was_typed_for_the_incident_it_names(stage: Stage) -> None:
    slides, flood = opens(stage, live=True), opens(stage, name="Highway 5 flooding", live=True)
    mara = Actor(stage, "mara")
    reply = mara.types("note the mayor | called & “asked” 🚒")
    assert (
        "There is no incident in this conversation. Nothing was done yet. Which one is meant?" in reply.words
    )
    assert slides.entries("NoteAdded") == flood.entries("NoteAdded") == []
    (asked,) = reply.messages
    assert sorted(asked.buttons) == ["Use Highway 5 flooding", "Use Highway 7 slides"]
    # when one is chosen
    told = mara.clicks(asked, "Use Highway 5 flooding")
    # then it is done there, once, however often the button is pressed
    assert "Your words are in the log of Highway 5 flooding now" in told.words
    mara.clicks(asked, "Use Highway 5 flooding")
    (entry,) = flood.entries("NoteAdded")
    assert entry.event is not None
    assert entry.event.model_dump()["text"] == "the mayor | called & “asked” 🚒"
    assert slides.entries("NoteAdded") == []
    # and it can be done in the other one too
    mara.clicks(asked, "Use Highway 7 slides")
    assert len(slides.entries("NoteAdded")) == 1


def test_a_command_that_opens_a_form_opens_it_from_there_too(stage: Stage) -> None:
    case = opens(stage)
    pia = Actor(stage, "pia")
    (asked,) = pia.types("close").messages
    assert "EXERCISE - Highway 7 slides" in asked.plain()
    pia.clicks(asked, "Use Highway 7 slides")
    assert pia.person.modal is not None
    assert pia.submits({"note": "Road reopened."}).answer.closed
    assert case.state.closing is not None
    # when it is pressed again, after the end
    assert "was closed by" in pia.clicks(asked, "Use Highway 7 slides").words


def test_what_is_asked_back_or_refused_there_is_said_with_what_was_typed(stage: Stage) -> None:
    opens(stage)
    mara = Actor(stage, "mara")
    (asked,) = mara.types("remind 6:15 call").messages
    told = mara.clicks(asked, "Use Highway 7 slides")
    assert "06:15 today has passed." in told.words
    assert "/ecomms remind tomorrow 6:15 call" in told.words
    (asked,) = mara.types("severity S9 why not").messages
    told = mara.clicks(asked, "Use Highway 7 slides")
    assert "There is no severity S9" in told.words
    assert "You typed:\n/ecomms severity S9 why not" in told.words


def test_of_many_the_five_most_urgent_are_offered_and_the_rest_counted(stage: Stage) -> None:
    cases = [opens(stage, name=f"Highway {number}", live=True) for number in range(1, 8)]
    cases[5].publishes(next_update_at="21:00")
    (asked,) = Actor(stage, "mara").types("log").messages
    assert asked.buttons[0] == "Use Highway 6"
    assert len(asked.buttons) == 5
    assert "and 2 more: type the command in the conversation of the one you mean." in asked.plain()


def test_words_that_no_button_holds_are_shown_to_be_copied(stage: Stage) -> None:
    case = opens(stage, live=True)
    words = "é" * 1500
    (asked,) = Actor(stage, "mara").types(f"note {words}").messages
    assert asked.buttons == []
    assert "Copy them, and send them in its conversation:" in asked.plain()
    assert words in "".join(asked.plain().split())
    assert case.entries("NoteAdded") == []


def test_without_any_open_incident_it_says_how_to_begin_and_keeps_the_words(stage: Stage) -> None:
    reply = Actor(stage, "mara").types("note the mayor called")
    assert "No incident is open, so nothing was done. To open one, type /ecomms start." in reply.words
    assert "You typed:\n/ecomms note the mayor called" in reply.words


def open_behind_its_back(case: Case, name: str) -> Case:
    """A second open incident in the conversation of the first, as a fault may leave it."""
    loaded = load_with_source(FLOOD_FILE)
    command = OpenIncident(
        name=name,
        area="",
        zone=case.state.zone,
        phase="during",
        severity="S2",
        exercise=case.state.exercise,
        playbook=loaded.raw,
        playbook_sha256=loaded.sha256,
        conversation=case.state.conversation,
    )
    mara = Person(case.actor("mara").id, frozenset({COMMUNICATOR}))
    origin = f"opened/{case.id}/{name}"
    identity = make_id("i", origin)
    case.on.bot.handler.handle(Request(identity, command, origin, mara))
    case.on.settle()
    return Case(case.on, identity, case.evening)


def test_in_a_conversation_with_two_open_incidents_it_asks_which_one(live: Case) -> None:
    other = open_behind_its_back(live, "Second slide")
    reply = live.types("mara", "note which one")
    assert "This conversation has 2 open incidents. Nothing was done yet. Which one is meant?" in reply.words
    live.clicks("mara", reply.messages[0], "Use Second slide")
    assert len(other.entries("NoteAdded")) == 1
    assert live.entries("NoteAdded") == []
    # status lists both
    assert "Open incidents: 2" in live.types("mara", "status").words


def test_an_incident_whose_conversation_could_not_be_made_is_reached_from_anywhere(stage: Stage) -> None:
    stage.workspace.faults.error("conversations.create", "restricted_action", times=None)
    case = opens(stage, live=True)
    assert case.state.conversation is None
    pia = Actor(stage, "pia")
    assert "Highway 7 slides" in pia.types("status").words
    (asked,) = pia.types("close error").messages
    pia.clicks(asked, "Use Highway 7 slides")
    assert pia.submits({"note": "No conversation."}).answer.updated  # no conversation could say it
    assert case.state.closing is not None
    assert case.state.closing.in_error


def test_a_guest_is_shown_no_incident(stage: Stage) -> None:
    opens(stage, live=True)
    for typed in ("note x", "facts", "phase", "log", "handover", "close", "status"):
        reply = Actor(stage, GUEST).types(typed)
        assert "Guests cannot" in reply.words
        assert "Highway 7" not in reply.words
