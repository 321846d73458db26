"""The message shortcut "Add to the log": what is said in a thread becomes an entry, in two taps."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from ecomms_bot.incident.events import FactRecorded, NoteAdded, QuestionAsked
from ecomms_bot.practice.stage import Stage
from ecomms_bot.practice.workspace import Message, Modal
from tests.scenario.acting import GUEST, Actor, Case, Reply, lost_ack, opens, person
from tests.scenario.test_bad_input import NASTY, everything_sent

SHORTCUT = "add-to-log"


def takes_down(on: Stage, who: str, message: Message) -> Reply:
    """Choose Add to the log from the menu of a message."""
    actor = Actor(on, who)
    seen = actor.personal()
    return actor.reply(actor.person.shortcut(SHORTCUT, message), seen)


def form(on: Stage, who: str = "mara") -> Modal:
    modal = person(on, who).modal
    assert modal is not None
    return modal


def in_thread(case: Case, text: str, who: str = "dale") -> Message:
    """Somebody says something below the first step; what they type is escaped by Slack."""
    sent = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return person(case.on, who).say(case.conversation, sent, thread=case.last("step"))


def only(case: Case, kind: str) -> Any:
    (entry,) = case.entries(kind)
    return entry.event


# --- notes ------------------------------------------------------------------------------------------------


def test_what_is_said_in_a_thread_becomes_a_note_in_two_taps(case: Case) -> None:
    said = in_thread(case, "The mayor wants to hear before we publish.")
    takes_down(case.on, "mara", said)
    modal = form(case.on)
    assert modal.title == "EXERCISE - Add to log"
    assert "What @Dale Ito wrote today at 20:00, for the log of Highway 7 slides." in modal.plain()
    assert modal.field("What the log keeps") == "The mayor wants to hear before we publish."
    # when it is added as it is
    reply = case.submits("mara")
    # then the window is closed, and the person alone is told what stands in the log now
    assert reply.answer.closed
    event = only(case, "NoteAdded")
    assert isinstance(event, NoteAdded)
    assert event.text == "The mayor wants to hear before we publish."
    assert event.quoted is not None
    quoted = (event.quoted.conversation, event.quoted.ts, event.quoted.author)
    assert quoted == (case.conversation.id, said.ts, case.actor("dale").id)
    (told,) = reply.messages
    assert "Added to the log of Highway 7 slides. Entry " in told.plain()
    assert "@Mara Lund noted what @Dale Ito wrote: The mayor wants to hear" in told.plain()
    assert told.text.startswith("EXERCISE - ")


def test_a_message_of_the_bot_can_be_taken_down_too(case: Case) -> None:
    takes_down(case.on, "mara", case.last("step"))
    assert "Holding statement" in form(case.on).field("What the log keeps")
    assert case.submits("mara").answer.closed


def test_nothing_but_the_message_is_needed_where_the_bot_is_no_member(case: Case) -> None:
    # given a private conversation of two people
    place = case.on.workspace.add_conversation("ops-leads", ["mara", "theo"], private=True)
    said = person(case.on, "theo").say(place, "Crews are turning back.")
    # when there is one open incident, it is chosen already
    takes_down(case.on, "mara", said)
    modal = form(case.on)
    assert "for the log of" not in modal.plain()
    assert modal.options("Incident") == ["EXERCISE - Highway 7 slides"]
    reply = case.submits("mara")
    assert reply.answer.closed
    assert "noted what @Theo Brandt wrote: Crews are turning back." in reply.words
    assert only(case, "NoteAdded").quoted.conversation == place.id


def test_with_several_incidents_it_has_to_be_said_which(stage: Stage) -> None:
    first = opens(stage, name="Highway 7 slides", live=True)
    second = opens(stage, name="Training on Highway 1")
    said = person(stage, "theo").say("ops-desk", "Who has the keys?")
    takes_down(stage, "mara", said)
    offered = sorted(form(stage).options("Incident"))
    assert offered == ["EXERCISE - Training on Highway 1", "Highway 7 slides"]
    refused = Actor(stage, "mara").submits()
    assert list(refused.answer.errors) == ["Incident"]
    # when the training is chosen, the form is marked as an exercise
    assert person(stage, "mara").fill({"Incident": "EXERCISE - Training on Highway 1"}).ok
    assert form(stage).title == "EXERCISE - Add to log"
    assert form(stage).field("What the log keeps") == "Who has the keys?"
    assert Actor(stage, "mara").submits().answer.closed
    assert first.entries("NoteAdded") == []
    assert len(second.entries("NoteAdded")) == 1


def test_without_an_incident_the_form_says_so_and_the_message_stays(stage: Stage) -> None:
    said = person(stage, "theo").say("ops-desk", "Water on the road at km 12.")
    takes_down(stage, "mara", said)
    modal = form(stage)
    assert (
        "No incident is open, so there is no log to add to. The message stays where it is." in modal.plain()
    )
    assert "/ecomms start" in modal.plain()
    assert modal.submit_text is None
    assert person(stage, "mara").latest(said).text == "Water on the road at km 12."


def test_after_closing_it_is_said_that_the_log_is_closed(case: Case) -> None:
    case.closes()
    takes_down(case.on, "mara", in_thread(case, "Thank you all."))
    assert "Highway 7 slides is closed, so nothing can be added to its log." in form(case.on).plain()


def test_an_incident_that_is_closed_while_the_form_is_open_keeps_the_words(case: Case) -> None:
    takes_down(case.on, "mara", in_thread(case, "The road list is right."))
    case.closes()
    reply = case.submits("mara")
    assert reply.answer.updated
    assert "Highway 7 slides was closed by @Pia Sohal" in form(case.on).plain()
    assert form(case.on).field("What the log keeps") == "The road list is right."


@pytest.mark.parametrize(
    ("who", "words"), [("otto", "may add a note, and you are not one of them"), (GUEST, "Guests cannot")]
)
def test_who_may_not_write_is_told_aside_and_sees_no_form(case: Case, who: str, words: str) -> None:
    person(case.on, who).join(case.conversation)
    reply = takes_down(case.on, who, in_thread(case, "Send help."))
    assert words in reply.words
    assert person(case.on, who).modal is None


# --- facts and questions ----------------------------------------------------------------------------------


def test_a_message_becomes_a_fact_of_the_playbook_with_its_own_field_and_a_source(case: Case) -> None:
    takes_down(case.on, "mara", in_thread(case, "Gauge at Hope says 3.1"))
    mara = case.actor("mara").person
    # when it is a fact, the form asks what it is about; when that is known, for its value
    mara.fill({"What it is": "A fact"})
    assert "Gauge at Hope says 3.1" in form(case.on).plain()
    mara.fill({"What it is about": "River level"})
    assert form(case.on).labels[-3:] == ["River level (m)", "Who says so", "Known until"]
    # when the value is none, that is said beside it and everything is still there
    reply = case.submits("mara", **{"River level (m)": "three", "Who says so": "gauge"})
    assert list(reply.answer.errors) == ["River level (m)"]
    assert form(case.on).field("River level (m)") == "three"
    reply = case.submits("mara", **{"River level (m)": "3.1"})
    # then it is in the log with the message it is from, and the next text begins with it
    assert reply.answer.closed
    event = only(case, "FactRecorded")
    assert isinstance(event, FactRecorded)
    assert (event.name, event.value, event.source) == ("gauge_level_m", "3.1", "gauge")
    assert "The next text that asks for it begins with it." in reply.words
    assert "Fact River level = 3.1 m, says gauge" in reply.words


def test_a_message_becomes_a_question_that_somebody_owns(case: Case) -> None:
    takes_down(case.on, "theo", in_thread(case, "Callers ask: is the school open?"))
    case.actor("theo").person.fill({"What it is": "A question of the public"})
    modal = form(case.on, "theo")
    assert modal.field("What people ask") == "Callers ask: is the school open?"
    assert modal.field("Who finds the answer") == case.actor("mara").id  # she holds the incident
    assert modal.field("Wanted by") == case.at("21:00").timestamp()
    reply = case.submits("theo", **{"What people ask": "Is the school open?"})
    assert reply.answer.closed
    event = only(case, "QuestionAsked")
    assert isinstance(event, QuestionAsked)
    assert (event.text, event.owner) == ("Is the school open?", case.actor("mara").id)
    assert event.due is not None
    assert event.due.utc == case.at("21:00")
    assert "@Mara Lund is asked in a direct message." in reply.words


def test_a_time_that_has_passed_is_told_beside_it_and_the_words_are_still_there(case: Case) -> None:
    takes_down(case.on, "theo", in_thread(case, "Is the school open?"))
    case.actor("theo").person.fill({"What it is": "A question of the public"})
    reply = case.submits("theo", **{"Wanted by": case.evening - timedelta(minutes=1)})
    assert list(reply.answer.errors) == ["Wanted by"]
    assert form(case.on, "theo").field("What people ask") == "Is the school open?"
    assert case.entries("QuestionAsked") == []


def test_when_the_form_could_not_be_drawn_anew_sending_it_does_that_first(case: Case) -> None:
    takes_down(case.on, "mara", in_thread(case, "140 vehicles between the slides"))
    # given Slack does not take the form for a fact
    case.on.workspace.faults.server_error("views.update")
    case.actor("mara").person.fill({"What it is": "A fact"})
    assert "What it is about" not in form(case.on).labels
    # when it is sent, it asks for what is missing and nothing was added
    reply = case.submits("mara")
    assert reply.answer.updated
    assert "Nothing was added yet. Please fill in what is asked now." in form(case.on).plain()
    assert "140 vehicles between the slides" in form(case.on).plain()
    case.actor("mara").person.fill({"What it is about": "Something else…"})
    reply = case.submits("mara", **{"Its name": "Vehicles", "What is so": "140", "Who says so": "operations"})
    assert reply.answer.closed
    assert only(case, "FactRecorded").name == "Vehicles"


# --- twice ------------------------------------------------------------------------------------------------


def test_a_form_whose_answer_was_lost_adds_one_entry(case: Case) -> None:
    takes_down(case.on, "mara", in_thread(case, "Rescue has arrived."))
    with lost_ack(case.on, "view_submission"):
        first = case.submits("mara")
    assert first.answer.error  # Slack's own words; the form is still open
    assert case.submits("mara").answer.updated
    assert "This is in the log of Highway 7 slides already, as entry" in form(case.on).plain()
    assert "Nothing was added twice." in form(case.on).plain()
    assert len(case.entries("NoteAdded")) == 1


def test_who_takes_the_same_message_down_again_is_told_first(case: Case) -> None:
    said = in_thread(case, "Rescue has arrived.")
    takes_down(case.on, "mara", said)
    case.submits("mara")
    (entry,) = case.entries("NoteAdded")
    takes_down(case.on, "theo", said)
    assert f"This message is in the log already, as entry {entry.seq}." in form(case.on, "theo").plain()


# --- words that could be markup, and very long ones -------------------------------------------------------


def test_typed_words_are_never_markup(live: Case) -> None:
    said = in_thread(live, f"{NASTY} \N{ARABIC LETTER SEEN}\u202e\u200b déjà 🌊")
    takes_down(live.on, "mara", said)
    live.submits("mara")
    takes_down(live.on, "mara", said)
    live.actor("mara").person.fill({"What it is": "A question of the public"})
    live.submits("mara", **{f"owner-{live.id}": "theo"})
    takes_down(live.on, "mara", said)
    live.actor("mara").person.fill({"What it is": "A fact"})
    live.actor("mara").person.fill({"What it is about": "Something else…"})
    fact = {"Its name": NASTY, "What is so": NASTY, "Who says so": NASTY}
    assert live.submits("mara", **fact).answer.closed
    live.types("mara", "log")
    for text in everything_sent(live.on):
        assert "<!channel>" not in text
        assert "<@U0NOBODY>" not in text
    assert NASTY in only(live, "NoteAdded").text
    assert only(live, "FactRecorded").value == NASTY


def test_three_thousand_characters_are_kept_whole(case: Case) -> None:
    text = ("Crews saw 👩‍👩‍👧‍👦 at km 12. " * 200)[:3000].strip()
    takes_down(case.on, "mara", in_thread(case, text))
    assert case.submits("mara").answer.closed
    assert only(case, "NoteAdded").text == text


def test_of_a_longer_message_the_form_says_how_much_is_there(case: Case) -> None:
    takes_down(case.on, "mara", in_thread(case, "x" * 3600))
    hint = form(case.on).hint("What the log keeps")
    assert hint == "The message has 3,600 characters; here are the first 3,000."
    assert case.submits("mara").answer.closed


def test_a_forged_submission_of_forty_thousand_characters_is_refused(case: Case) -> None:
    takes_down(case.on, "mara", in_thread(case, "x"))
    mara = case.actor("mara").person
    mara.fill({"What the log keeps": "y" * 40_000})
    answer = mara.submit(unchecked=True)
    assert list(answer.errors) == ["What the log keeps"]
    assert "40000" in answer.errors["What the log keeps"].replace(",", "")
    assert case.entries("NoteAdded") == []


def test_in_direct_messages_it_works_too(case: Case) -> None:
    theirs = person(case.on, "mara").dm
    said = person(case.on, "mara").say(theirs, "Remember: the bridge is single lane.")
    takes_down(case.on, "mara", said)
    assert case.submits("mara").answer.closed
    assert only(case, "NoteAdded").quoted.conversation == theirs.id
