"""The forms of entries by hand, and what is read out of a message: no Slack, no database."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.entry import IncidentRow
from ecomms_bot.incident.events import Quoted
from ecomms_bot.incident.state import Question
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.practice.workspace.blocks import characters, check_message_blocks
from ecomms_bot.practice.workspace.view_rules import check_view
from ecomms_bot.slack import names, quoting
from ecomms_bot.slack.blocks import is_marked
from ecomms_bot.slack.cards import render
from ecomms_bot.slack.cards.facts import facts
from ecomms_bot.slack.cards.questions import question_line
from ecomms_bot.slack.fact_forms import OTHER
from ecomms_bot.slack.inputs import raw_values
from ecomms_bot.slack.noting_forms import (
    Noted,
    answer_form,
    fact_form,
    incident_choice,
    log_form,
    redrawn,
    text_of,
)
from ecomms_bot.slack.text import plain
from tests.slack.life import COLLEAGUE, COMMUNICATOR, NIGHT, ZONE, Life, bent
from tests.slack.looks import buttons, drawn, quoted, words
from tests.slack.test_cards_limits import refused

NASTY = "<!channel> <@U0NOBODY> & | *b* 🌊 \u202e\u05e2\u05d1\u05e8\u05d9\u05ea\u200b déjà"
HERE = Quoted(conversation="C0FLOOD", ts="1636949100.000200", author="U0OPS")


def message(text: str = "", **more: Any) -> dict[str, Any]:
    return {"type": "message", "ts": HERE.ts, "user": "U0OPS", "text": text, **more}


# --- what a message says ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("140 vehicles", "140 vehicles"),
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("&amp;lt;", "&lt;"),
        ("see <https://www.drivebc.ca>", "see https://www.drivebc.ca"),
        ("see <https://www.drivebc.ca|DriveBC>", "see DriveBC (https://www.drivebc.ca)"),
        ("see <http://drivebc.ca|drivebc.ca>", "see http://drivebc.ca"),
        ("<mailto:ops@example.org|ops@example.org>", "ops@example.org"),
        ("<@U0OPS|ops> says", "@ops says"),
        ("<@U0OPS> says", "@U0OPS says"),
        ("in <#C0FLOOD|hwy-7>", "in #hwy-7"),
        ("<!here> <!channel|channel>", "@here channel"),
        ("<!subteam^S0PIO|@pio> asks", "@pio asks"),
        ("by <!date^1636949100^{time}|20:05 PST>", "by 20:05 PST"),
        ("two\nlines", "two\nlines"),
        ("   ", ""),
    ],
)
def test_the_words_of_a_message_are_read_as_people_see_them(sent: str, read: str) -> None:
    assert quoting.words_of(message(sent)) == read


def test_a_message_of_a_file_or_of_another_app_has_words_too() -> None:
    assert quoting.words_of(message(files=[{"name": "slide.jpg"}])) == "File: slide.jpg"
    assert quoting.words_of(message("Look", files=[{"name": "a.jpg"}])) == "Look\nFile: a.jpg"
    assert quoting.words_of(message(attachments=[{"fallback": "Gauge at 3.1 m"}])) == "Gauge at 3.1 m"
    assert quoting.words_of(message()) == ""


def test_a_message_that_names_nobody_is_quoted_without_an_author() -> None:
    body = {"channel": {"id": "C0FLOOD"}, "message": {"ts": HERE.ts, "text": "x", "bot_id": "B1"}}
    assert quoting.quoted_of(body) == Quoted(conversation="C0FLOOD", ts=HERE.ts, author="")


def test_the_entries_made_from_the_same_message_are_found_and_no_others() -> None:
    life = Life()
    life.do(COMMUNICATOR, c.AddNote("one", HERE))
    life.do(COMMUNICATOR, c.AddNote("by hand"))
    life.do(COMMUNICATOR, c.AddNote("other", HERE.model_copy(update={"ts": "1636949101.000200"})))
    life.do(COMMUNICATOR, c.RecordFact("road", "Highway 7", "operations", HERE))

    found = quoting.earlier(life.log, HERE)

    assert [life.log[seq - 1].type for seq in found] == ["NoteAdded", "FactRecorded"]


# --- forms ------------------------------------------------------------------------------------------------


def entered(view: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """The form as Slack sends it back: what it began with, and what was changed in it."""
    keys = {
        "plain_text_input": ("value", "initial_value"),
        "url_text_input": ("value", "initial_value"),
        "users_select": ("selected_user", "initial_user"),
        "datetimepicker": ("selected_date_time", "initial_date_time"),
        "static_select": ("selected_option", "initial_option"),
        "radio_buttons": ("selected_option", "initial_option"),
    }
    state: dict[str, Any] = {}
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        element = block["element"]
        key, initial = keys[element["type"]]
        value = element.get(initial)
        if block["block_id"] in changed:
            value = changed[block["block_id"]]
            if "options" in element:
                value = next(each for each in element["options"] if each["value"] == value)
        state[block["block_id"]] = {element["action_id"]: {"type": element["type"], key: value}}
    return {**view, "id": "V1", "state": {"values": state}}


def ids(view: dict[str, Any]) -> list[str]:
    return [block["block_id"] for block in view["blocks"] if block["type"] == "input"]


def block(view: dict[str, Any], block_id: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in view["blocks"] if each.get("block_id") == block_id)
    return found


def element(view: dict[str, Any], block_id: str) -> dict[str, Any]:
    found: dict[str, Any] = block(view, block_id)["element"]
    return found


def noted(life: Life, kind: Any = "note", fact: str = "", length: int = 0) -> Noted:
    return Noted(life.state.id, kind, fact, HERE, "https://hooks.example/1", length)


def test_the_form_of_a_note_holds_the_whole_message_and_nothing_else_is_needed() -> None:
    life = Life()
    view = log_form(noted(life), life.state, NASTY, NIGHT)
    assert ids(view) == ["kind", "text"]
    assert element(view, "text")["initial_value"] == NASTY
    shown = json.dumps(view["blocks"][0])
    assert "What <@U0OPS> wrote" in shown
    assert "for the log of *Highway 7 flooding*" in shown


@pytest.mark.parametrize("kind", ["note", "fact", "question"])
@pytest.mark.parametrize("exercise", [True, False])
@pytest.mark.parametrize("text", [NASTY, "é" * 3000, "👩‍👩‍👧‍👦" * 400, ""])
def test_slack_takes_the_form_of_every_kind_of_entry(kind: str, text: str, *, exercise: bool) -> None:
    life = Life(name="&" * 60, exercise=exercise)
    for n in range(120):
        life.do(COMMUNICATOR, c.RecordFact(f"{n} {NASTY}"[:80], NASTY * 6, NASTY * 3))
    rows = [row(f"i{n}", "&" * 60, exercise=bool(n % 2)) for n in range(150)]

    view = log_form(
        noted(life, kind, OTHER), life.state, text, NIGHT, choice=incident_choice(rows), entries=[1, 2]
    )

    check_view(view, ("modal",))
    assert view["title"]["text"] == ("EXERCISE - " if exercise else "") + "Add to log"
    assert len(json.dumps(view)) < 60_000  # over 65,535 bytes an answer never leaves Slack's socket client


def row(incident: str, name: str, *, exercise: bool = False) -> IncidentRow:
    return IncidentRow(
        id=incident,
        name=name,
        hazard="flood",
        exercise=exercise,
        severity="S2",
        phase="during",
        conversation=None,
        opener="U1",
        holder="U1",
        opened_at=NIGHT,
        closed_at=None,
        promised_at=None,
        seq=1,
    )


def test_an_incident_is_only_chosen_beforehand_where_there_is_one() -> None:
    one, two = row("i1", "Highway 7"), row("i2", "Training", exercise=True)
    assert "initial_option" in incident_choice([one])["element"]
    several = incident_choice([one, two])["element"]
    assert "initial_option" not in several
    assert [each["text"]["text"] for each in several["options"]] == ["Highway 7", "EXERCISE - Training"]


def test_the_words_survive_every_change_of_mind_about_what_a_message_is() -> None:
    # given a message that is longer than a question may be
    life = Life()
    text = "Which road is open? " * 120
    view = log_form(noted(life), life.state, text, NIGHT)
    # when it becomes a question, a fact and a note again
    for kind in ("question", "fact", "note"):
        sent = entered(view, kind=kind)
        chosen = Noted.drawn(sent).chosen(raw_values(sent))
        view = redrawn(sent, log_form(chosen, life.state, text_of(sent), NIGHT))
        assert text_of(entered(view)) == text
    # then the note holds all of it
    assert element(view, "text")["initial_value"] == text


def test_words_that_were_changed_stay_changed() -> None:
    life = Life()
    view = log_form(noted(life), life.state, "140 cars", NIGHT)
    sent = entered(view, kind="question", text="How many cars?")
    view = redrawn(sent, log_form(noted(life, "question"), life.state, text_of(sent), NIGHT))
    assert element(view, "text")["initial_value"] == "How many cars?"
    assert element(view, "kind")["initial_option"]["value"] == "question"


def test_a_long_message_says_how_much_of_it_is_here() -> None:
    life = Life()
    view = log_form(noted(life, length=5200), life.state, "x" * 3000, NIGHT)
    asks = block(view, "text")
    assert asks["hint"]["text"] == "The message has 5,200 characters; here are the first 3,000."


def test_a_question_goes_to_the_holder_within_the_hour_unless_it_is_said_otherwise() -> None:
    life = Life()
    life.minutes(1.5)
    view = log_form(noted(life, "question"), life.state, "Is the school open?", life.now)
    owner = f"owner-{life.state.id}"
    assert ids(view) == ["kind", "text", owner, "due"]
    assert element(view, owner)["initial_user"] == COMMUNICATOR
    due = element(view, "due")["initial_date_time"]
    assert due == int(NIGHT.timestamp()) + 65 * 60  # 21:01:30, up to the next five minutes


def test_the_value_of_a_fact_is_asked_for_as_its_field_of_the_playbook_is() -> None:
    life = Life()
    begun = fact_form(Noted(life.state.id, "fact"), life.state)
    assert ids(begun) == ["name", "source"]
    for name, kind in (("closure_state", "static_select"), ("reopen_estimate_at", "datetimepicker")):
        view = fact_form(Noted(life.state.id, "fact", f"={name}"), life.state)
        assert ids(view) == ["name", f"value-{name}", "source", "until"]
        assert element(view, f"value-{name}")["type"] == kind
        asks = block(view, f"value-{name}")
        assert not asks.get("optional")  # also where a text may leave it out
    view = fact_form(Noted(life.state.id, "fact", OTHER), life.state)
    assert ids(view) == ["name", "other", "value", "unit-+", "source", "until"]


def test_what_was_typed_for_one_fact_is_offered_for_the_next_that_takes_words() -> None:
    life = Life()
    begun = fact_form(Noted(life.state.id, "fact", "=road"), life.state)
    sent = entered(begun, **{"value-road": "near Hope", "source": "operations"})
    view = redrawn(sent, fact_form(Noted(life.state.id, "fact", "=area_description"), life.state))
    assert element(view, "value-area_description")["initial_value"] == "near Hope"
    assert element(view, "source")["initial_value"] == "operations"
    view = redrawn(sent, fact_form(Noted(life.state.id, "fact", "=closure_state"), life.state))
    assert "initial_option" not in element(view, "value-closure_state")


def test_the_hint_of_a_fact_says_what_is_known_who_says_so_and_when() -> None:
    life = Life()
    life.do(COMMUNICATOR, c.RecordFact("gauge_level_m", "3.1", "operations"))
    life.do(COMMUNICATOR, c.RecordFact("Shelter", "open", "school district"))
    view = fact_form(Noted(life.state.id, "fact", "=gauge_level_m"), life.state)
    asks = block(view, "value-gauge_level_m")
    assert "Last known: 3.1 m, operations, Sun 14 Nov, 20:00 PST." in asks["hint"]["text"]
    names_offered = [each["text"]["text"] for each in element(view, "name")["options"]]
    assert names_offered[-2:] == ["Shelter", "Something else…"]
    assert "Next update by" not in names_offered


def test_of_very_many_fields_those_of_the_phase_and_names_of_ones_own_are_offered_first() -> None:
    def many(raw: dict[str, Any]) -> None:
        made = {f"extra_{n}": {**raw["fields"]["road"], "label": f"Extra {n}"} for n in range(120)}
        raw["fields"] = {**made, **raw["fields"]}

    life = Life(raw=bent(many))
    for name in ("Shelter", "Boats"):
        life.do(COMMUNICATOR, c.RecordFact(name, "The high school", "the city"))
    view = fact_form(Noted(life.state.id, "fact"), life.state)
    check_view(view, ("modal",))
    offered = [each["text"]["text"] for each in element(view, "name")["options"]]
    assert len(offered) == 100
    assert offered[0] == "What happened"
    assert offered.index("Boats") < offered.index("Shelter") < offered.index("Extra 0")
    assert offered[-1] == "Something else…"


def test_a_form_knows_what_it_was_drawn_for() -> None:
    drawn_for = Noted("i1", "fact", "=road", HERE, "https://hooks.example/1", 12)
    view = {"private_metadata": json.dumps(drawn_for.metadata())}
    assert Noted.drawn(view) == drawn_for
    assert drawn_for.fits(drawn_for.chosen({"name": "=road"}))
    assert not drawn_for.fits(drawn_for.chosen({"name": "=area_description"}))
    assert not drawn_for.fits(drawn_for.chosen({"kind": "note"}))
    assert not drawn_for.fits(drawn_for.chosen({"incident": "i2"}))
    note = Noted("i1", "note", quoted=HERE)
    assert note.fits(note.chosen({"incident": "i2"}))


# --- what is shown ----------------------------------------------------------------------------------------


def asked(life: Life, text: str = "Is the school open?", *, minutes: float | None = 60) -> Question:
    due = None if minutes is None else Instant.of(life.now + timedelta(minutes=minutes), ZONE)
    life.do(COMMUNICATOR, c.AskQuestion(text, COLLEAGUE, due))
    return list(life.state.questions.values())[-1]


def test_the_owner_of_a_question_reads_what_is_asked_until_when_and_can_answer() -> None:
    life = Life()
    question = asked(life, f"Is the school open? {NASTY}")
    message = render(f"question:{question.id}", life.view, kind="dm", user=COLLEAGUE)
    said = words(message)
    assert "Highway 7 flooding in <#C0FLOOD>: you own a question of the public" in said
    assert "wanted by Sun 14 Nov, 21:00 PST" in said
    assert quoted(message) == [f"Is the school open? {NASTY}"]
    assert buttons(message) == {"Answer…": (names.ANSWER, f"{life.state.id}|{question.id}")}
    assert "<!channel>" not in message.text
    assert "<!channel>" not in drawn(message).replace(NASTY, "")


def test_an_answered_question_says_who_answered_and_has_no_button() -> None:
    life = Life()
    question = asked(life, minutes=None)
    life.minutes(5)
    life.do(COMMUNICATOR, c.AnswerQuestion(question.id, "Closed until Tuesday."))
    message = render(f"question:{question.id}", life.view, kind="dm", user=COLLEAGUE)
    assert f"Answered by <@{COMMUNICATOR}>" in words(message)
    assert "Closed until Tuesday." in words(message)
    assert buttons(message) == {}


def test_a_question_that_was_redacted_says_so() -> None:
    assert "redacted" in words(render("question:q0000000000", Life().view))


def test_the_line_of_a_question_on_the_card_names_its_owner_and_its_time() -> None:
    life = Life()
    question = asked(life)
    said = plain(question_line(life.view, question), {COLLEAGUE: "Theo"})
    assert said == "“Is the school open?” for @Theo, wanted by Sun 14 Nov, 21:00 PST"
    without = asked(life, "And the library?", minutes=None)
    assert plain(question_line(life.view, without), {COLLEAGUE: "Theo"}) == "“And the library?” for @Theo"


@pytest.mark.parametrize("exercise", [True, False])
def test_the_facts_are_listed_with_unit_source_person_and_time(*, exercise: bool) -> None:
    life = Life(exercise=exercise)
    life.do(COMMUNICATOR, c.RecordFact("Shelter", "Hope <!channel> school", "school district"))
    life.minutes(5)
    life.do(COLLEAGUE, c.RecordFact("gauge_level_m", "3.1", "operations"))
    life.do(COLLEAGUE, c.RecordFact("closure_state", "one-lane", "operations"))
    life.minutes(5)
    life.do(COMMUNICATOR, c.RecordFact("gauge_level_m", "3.2", "Operations"))

    message = facts(life.view)

    listed = [line for line in words(message).splitlines() if line.startswith("•")]
    hers, his = f"recorded by <@{COMMUNICATOR}>", f"recorded by <@{COLLEAGUE}>"
    assert listed == [
        f"• State of the road: is down to 1 lane · operations, Sun 14 Nov, 20:05 PST · {his}",
        f"• River level: 3.2 m · Operations, Sun 14 Nov, 20:10 PST · {hers}",
        f"• Shelter: Hope <!channel> school · school district, Sun 14 Nov, 20:00 PST · {hers}",
    ]
    assert "<!channel>" not in drawn(message)
    assert buttons(message) == {"Add a fact…": (names.ADD_FACT, life.state.id)}
    assert message.text.startswith("EXERCISE - ") == exercise


def test_without_a_fact_it_is_said_how_to_add_one() -> None:
    message = facts(Life().view)
    assert "No fact of Highway 7 flooding is recorded yet." in words(message)
    assert list(buttons(message)) == ["Add a fact…"]


def test_a_closed_incident_takes_no_more_facts() -> None:
    life = Life()
    life.do(COMMUNICATOR, c.RecordFact("Shelter", "open", "school district"))
    life.close()
    assert buttons(facts(life.view)) == {}


def test_very_many_facts_still_fit_into_one_message() -> None:
    life = Life(name="&" * 60)
    for n in range(60):
        life.do(COMMUNICATOR, c.RecordFact(f"{n:02} {'&' * 77}", "<" * 300, "&" * 150))
    message = facts(life.view)
    check_message_blocks([*message.blocks])
    assert len(message.text) <= 4000
    assert characters([*message.blocks]) <= 13_000
    assert "… and 54 more: /ecomms facts 06 &&&" in words(message)


def test_the_form_of_an_answer_shows_the_question_whole() -> None:
    life = Life()
    question = asked(life, ("Is it open? " * 90)[:1000].strip())
    view = answer_form(life.state, question, "")
    check_view(view, ("modal",))
    assert ids(view) == ["answer"]
    assert question.text in json.dumps(view["blocks"], ensure_ascii=False)


@pytest.mark.parametrize("text", ["&" * 1000, NASTY * 20, "👩‍👩‍👧‍👦" * 140])
@pytest.mark.parametrize("exercise", [True, False])
def test_slack_takes_the_longest_question_and_its_reminder(text: str, *, exercise: bool) -> None:
    life = Life(name="&" * 60, exercise=exercise)
    question = asked(life, text)
    shown = [render(f"question:{question.id}", life.view, kind="dm", user=COLLEAGUE)]
    life.minutes(61)
    reminder = next(each for each in life.fire() if "question" in each)
    shown.append(render(reminder, life.view, kind="dm", user=COLLEAGUE))
    life.do(COMMUNICATOR, c.AnswerQuestion(question.id, "é" * 3000))
    shown.append(render(f"question:{question.id}", life.view, kind="dm", user=COLLEAGUE))
    shown.append(render(reminder, life.view, kind="dm", user=COLLEAGUE))
    assert "is answered by now" in shown[-1].text
    assert buttons(shown[-1]) == {}
    for each in shown:
        assert not refused(each)
        assert "<!channel>" not in each.text
        assert is_marked(each) == exercise
