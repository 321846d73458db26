"""The card and the root messages of the steps."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.policy import Roster
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.slack import names
from ecomms_bot.slack.cards import render
from ecomms_bot.slack.message import Message
from tests.slack.life import COLLEAGUE, COMMUNICATOR, NO_ROLES, PIO, PIO_2, ROSTER, SME, ZONE, Life, bent
from tests.slack.looks import buttons, choices, style_of, words


def card(life: Life) -> Message:
    return render("card", life.view)


def root(life: Life, step: str) -> Message:
    return render(f"step:{step}", life.view)


def test_a_new_incident_says_what_it_is_what_to_do_until_when_and_whose_turn_it_is() -> None:
    said = words(card(Life()))

    assert "Highway 7 flooding" in said
    assert "LIVE · flood · S2 Major · during · Fraser Valley" in said
    assert f"Now Holding statement, due Sun 14 Nov, 20:15 PST → <@{COMMUNICATOR}>" in said
    assert "Waiting nothing" in said
    assert "Promised no update promised yet" in said


def test_read_aloud_the_card_says_the_same() -> None:
    assert card(Life()).text == (
        "Highway 7 flooding: LIVE, flood, S2 Major, during, Fraser Valley. "
        f"Now: Holding statement, due Sun 14 Nov, 20:15 PST for <@{COMMUNICATOR}>. "
        "Waiting: nothing. Promised: no update promised yet."
    )


def test_the_card_has_the_head_of_the_log_in_twelve_characters() -> None:
    life = Life()

    assert f"Log {life.state.seq}:{life.state.hash[:12]}" in words(card(life))
    assert life.state.hash[:13] not in words(card(life))


def test_while_a_text_is_in_review_the_card_says_who_decides_and_has_no_other_button() -> None:
    life = Life()
    life.submit("D1", by=PIO_2)

    assert f"Now <@{PIO}> decides on Holding statement, wanted by Sun 14 Nov, 20:05 PST" in words(card(life))
    assert not buttons(card(life))


def test_where_several_people_are_asked_their_roles_are_named() -> None:
    life = Life()
    life.published("D1")
    life.submit("D4", "update")
    asked = f"<@{SME}>, <@{PIO}>, <@{PIO_2}> decide on Scheduled update (sme and pio), wanted by"
    assert f"Now {asked}" in words(card(life))

    life.approve("D4", PIO)

    assert f"Now <@{SME}> decides on Scheduled update, wanted by" in words(card(life))


def test_where_nobody_can_decide_the_role_is_named() -> None:
    life = Life(roster=Roster({**ROSTER.members, "pio": ()}))
    life.submit("D1")

    assert "Now pio decides on Holding statement, wanted by" in words(card(life))


def test_what_is_to_be_written_comes_before_what_others_decide_on() -> None:
    life = Life()
    life.do(COMMUNICATOR, c.StartStep("D3"))
    life.submit("D3")

    said = words(card(life))

    assert "Now Holding statement, due" in said
    assert "Waiting Road closure or change, revision 1: approval by sme, pio and ic, wanted by" in said


def test_a_draft_that_came_back_is_for_its_author_to_change() -> None:
    life = Life()
    life.submit("D1", by=COLLEAGUE)
    life.ask_for_changes("D1", "Which side?")

    said = words(card(life))

    due = "due Sun 14 Nov, 20:15 PST"
    assert f"Now Holding statement, sent back by <@{PIO}>, {due} → <@{COLLEAGUE}>" in said
    assert "Waiting nothing" in said
    assert "Next step" in buttons(card(life))


def test_an_approved_text_is_to_be_posted_and_marked_by_one_press() -> None:
    life = Life()
    life.submit("D1")
    life.approve("D1", PIO)

    assert f"Now post Holding statement, then mark it → <@{COMMUNICATOR}>" in words(card(life))
    assert buttons(card(life)) == {
        "Mark as published": (names.MARK, names.pack(life.state.id, life.draft("D1").id, "1"))
    }


def test_in_an_exercise_it_is_played() -> None:
    life = Life(exercise=True)
    life.submit("D1")
    life.approve("D1", PIO)

    assert f"Now play Holding statement, then mark it → <@{COMMUNICATOR}>" in words(card(life))
    assert "Mark as played" in buttons(card(life))


def test_posting_comes_before_writing() -> None:
    life = Life()
    life.do(COMMUNICATOR, c.StartStep("D3"))
    life.submit("D1")
    life.approve("D1", PIO)

    assert list(buttons(card(life))) == ["Mark as published", "Next step"]
    assert "• post Holding statement, then mark it" in words(card(life))
    assert "• Road closure or change" in words(card(life))


def test_after_a_final_text_nothing_more_is_promised_and_the_incident_can_be_closed() -> None:
    life = Life()
    life.published("D1")
    life.minutes(10)
    life.submit("D4", "final", next_update=None, no_promise_reason="the road is open")
    life.approve_all("D4")
    assert "no more updates" not in words(card(life))

    life.mark("D4", "x")

    said = words(card(life))
    assert "Promised no more updates: the road is open" in said
    assert f"Now close the incident → <@{COMMUNICATOR}>" in said
    assert buttons(card(life)) == {"Close the incident…": (names.CLOSE, life.state.id)}


def test_a_promise_that_people_were_told_is_not_out_stands_there_as_that() -> None:
    life = Life()
    life.published("D1", next_update=60)
    life.minutes(55)
    life.fire()

    assert "Promised ⚠️ for Sun 14 Nov, 21:00 PST: not out" in words(card(life))


def test_an_update_that_is_late_is_the_first_thing_that_the_card_says() -> None:
    life = Life()
    life.published("D1", next_update=30)
    assert "Now Scheduled update, due Sun 14 Nov, 20:30 PST" in words(card(life))
    while not any("T+0" in key for key in life.state.fired):
        life.fire_next()
    assert "Now ⚠️ Scheduled update, was due Sun 14 Nov, 20:30 PST" in words(card(life))


def test_a_rest_that_is_over_is_not_told_any_more() -> None:
    life = Life()
    life.published("D1", next_update=60)
    life.do(PIO, c.StandDown(life.promise().due))
    assert "the team stands down until Sun 14 Nov, 21:00 PST" in words(card(life))
    life.now = life.promise().due.utc
    assert "stands down" not in words(card(life))


def test_a_promise_is_an_absolute_time_and_the_place_where_it_was_read() -> None:
    life = Life()
    life.submit("D1", next_update=60)
    life.approve("D1", PIO)
    life.mark("D1", "internal", "x")

    said = words(card(life))

    assert "Promised Sun 14 Nov, 21:00 PST, in the text on X" in said
    assert "Now Scheduled update, due Sun 14 Nov, 21:00 PST" in said


def test_after_one_update_the_next_one_is_on_the_card_again() -> None:
    life = Life()
    life.published("D1")
    life.published("D4", "update", next_update=45)

    assert "Now Scheduled update, due Sun 14 Nov, 20:50 PST" in words(card(life))


def test_the_card_leads_to_the_next_step_and_to_what_was_not_started() -> None:
    life = Life()

    assert buttons(card(life))["Next step"] == (names.NEXT_STEP, life.state.id)
    assert choices(card(life)) == {
        "Start: Road closure or change": names.pack(life.state.id, "step", "D3"),
        "Start: Scheduled update": names.pack(life.state.id, "step", "D4"),
        "Facts": names.pack(life.state.id, "facts", ""),
        "Status": names.pack(life.state.id, "status", ""),
        "Close…": names.pack(life.state.id, "close", ""),
    }

    life.do(COMMUNICATOR, c.StartStep("D3"))

    assert "Start: Road closure or change" not in choices(card(life))


def test_more_steps_than_an_overflow_menu_takes_are_all_offered() -> None:
    def many(raw: dict[str, Any]) -> None:
        during = raw["phases"]["during"]
        during += [{**during[1], "id": f"E{n}", "title": f"Extra {n}"} for n in range(8)]

    life = Life(raw=bent(many))

    assert len([each for each in choices(card(life)) if each.startswith("Start: ")]) == 10


def test_steps_are_counted_where_there_is_more_than_one_to_do_once() -> None:
    def twice(raw: dict[str, Any]) -> None:
        during = raw["phases"]["during"]
        during += [{**during[0], "id": "E1", "title": "Word to partners"}]

    life = Life(raw=bent(twice))
    life.published("D1")

    assert "Steps: 1 of 2 done" in words(card(life))
    assert "Steps" not in words(card(Life()))


def test_what_could_not_be_done_is_on_the_card() -> None:
    life = Life()
    life.do("bot", c.RecordFailure("k", "pin", "card", "Not pinned.", "Pin it by hand."))
    assert "⚠️ 1 thing could not be done" in words(card(life))

    life.do("bot", c.RecordFailure("k2", "pin", "card", "Not pinned.", "Pin it by hand."))

    assert "⚠️ 2 things could not be done" in words(card(life))


def test_without_roles_the_card_says_so() -> None:
    life = Life(roster=NO_ROLES)
    life.submit("D1")

    assert "Approved without roles configured" in words(card(life))
    assert "Now anyone who did not write it decides on Holding statement" in words(card(life))
    assert "without roles" not in words(card(Life()))
    # and no role is named as if somebody held it
    assert "Approval: anyone who did not write it (no roles configured), within 5 min" in words(
        render("step:D1", life.view)
    )


def test_a_card_with_very_much_on_it_says_how_much_more_there_is() -> None:
    def many(raw: dict[str, Any]) -> None:
        during = raw["phases"]["during"]
        during += [{**during[1], "id": f"E{n}", "title": f"Extra {n}"} for n in range(9)]

    life = Life(raw=bent(many))
    for n in range(9):
        life.do(COMMUNICATOR, c.StartStep(f"E{n}"))

    said = words(card(life))

    assert "• Extra 3" in said
    assert "• and 5 more" in said


def test_a_closed_incident_says_so_and_has_nothing_to_press() -> None:
    life = Life()
    life.submit("D1")
    life.close()

    closed = card(life)

    assert f"Closed by <@{PIO}> on Sun 14 Nov, 20:00 PST." in words(closed)
    assert "Now" not in words(closed)
    assert not buttons(closed)
    assert not choices(closed)


def test_typed_names_do_nothing_but_stand_there() -> None:
    life = Life(name="<!channel> *A* & B", area="Here\n> there")

    message = card(life)

    assert "<!channel>" not in message.text
    assert "&lt;!channel&gt; *A* &amp; B" in message.text
    assert message.blocks[0] == {
        "type": "header",
        "text": {"type": "plain_text", "text": "<!channel> *A* & B", "emoji": False},
    }
    assert "Here &gt; there" in str(message.blocks[1])


# --- steps ---


def test_a_step_says_why_for_whom_where_who_approves_and_what_to_check() -> None:
    said = words(root(Life(), "D1"))

    assert "D1 · Holding statement · due Sun 14 Nov, 20:15 PST" in said
    assert "People see the water before they hear from us." in said
    assert "For: drivers, freight, people nearby" in said
    assert "On: X, SMS, Web and Internal" in said
    assert "Approval: public information officer (pio), within 5 min" in said
    assert "• The exact place" in said
    assert "Status: to do." in said


def test_a_step_without_anything_to_check_says_nothing_about_it() -> None:
    def trusting(raw: dict[str, Any]) -> None:
        del raw["phases"]["during"][0]["verify"]

    assert "Check first" not in words(root(Life(raw=bent(trusting)), "D1"))


def test_a_step_that_the_playbook_does_not_have_is_said_to_be_missing() -> None:
    assert words(root(Life(), "Z9")) == "Step Z9 is not in this incident's playbook."


def test_a_step_has_a_button_for_each_of_its_texts() -> None:
    life = Life()
    life.do(COMMUNICATOR, c.StartStep("D4"))
    incident = life.state.id

    assert buttons(root(life, "D1")) == {
        "Write draft": (names.WRITE, names.pack(incident, "D1", "statement")),
        "Skip…": (names.SKIP, names.pack(incident, "D1")),
    }
    assert buttons(root(life, "D4")) == {
        "Write update": (names.WRITE, names.pack(incident, "D4", "update")),
        "No change": (names.NO_CHANGE, names.pack(incident, "D4")),
        "Write final text": (names.WRITE, names.pack(incident, "D4", "final")),
        "Skip…": (names.SKIP, names.pack(incident, "D4")),
    }


def test_questions_of_the_public_stand_on_the_card_the_most_urgent_first_each_with_its_answer() -> None:
    # given two questions: one without a time, one wanted in 30 minutes
    life = Life()
    life.do(COMMUNICATOR, c.AskQuestion("Is the school open?", PIO))
    due = Instant.of(life.now + timedelta(minutes=30), ZONE)
    life.do(COMMUNICATOR, c.AskQuestion("When may trucks pass?", SME, due))
    # then both stand there with their owners, and the menu answers them
    said = words(card(life))
    first = said.index(f"“When may trucks pass?” → <@{SME}>, wanted by Sun 14 Nov, 20:30 PST")
    assert first < said.index(f"“Is the school open?” → <@{PIO}>")
    asked = life.state.open_questions[0]
    assert choices(card(life))["Answer: When may trucks pass?"] == names.pack(
        life.state.id, "answer", asked.id
    )
    # when one is answered, it is gone
    life.do(SME, c.AnswerQuestion(asked.id, "At 6 a.m., with chains."))
    assert "trucks" not in words(card(life))


def test_a_step_tells_what_its_text_is_doing() -> None:
    life = Life()
    life.save("D1", "statement")
    assert "Status: a draft is being written." in words(root(life, "D1"))

    life.submit("D1")
    assert "Status: waiting for approval, in this thread." in words(root(life, "D1"))

    life.approve("D1", PIO)
    assert "Status: approved, to be published and marked." in words(root(life, "D1"))

    life.mark("D1", "x")
    assert "✅ Status: published." in words(root(life, "D1"))


def test_a_step_whose_text_was_sent_back_says_by_whom() -> None:
    life = Life()
    life.submit("D1")
    life.ask_for_changes("D1", "Which side?")

    assert f"Status: sent back by <@{PIO}>, to be changed." in words(root(life, "D1"))
    assert style_of(root(life, "D1"), "Write new revision") == "primary"


def test_while_a_text_waits_for_others_a_new_revision_is_not_what_is_asked_for() -> None:
    life = Life()
    assert style_of(root(life, "D1"), "Write draft") == "primary"

    life.submit("D1")
    assert style_of(root(life, "D1"), "Write new revision") == ""

    life.approve("D1", PIO)
    assert style_of(root(life, "D1"), "Write new revision") == ""


def test_while_a_draft_is_under_way_its_own_kind_comes_first_and_no_other_is_begun() -> None:
    life = Life()
    life.published("D1")
    life.submit("D4", "no-change")

    offered = buttons(root(life, "D4"))

    assert offered["Write new revision"] == (names.WRITE, names.pack(life.state.id, "D4", "no-change"))
    assert "No change" not in offered


def test_a_step_that_is_done_once_and_for_all_has_nothing_to_press() -> None:
    life = Life()
    life.published("D1")

    assert not buttons(root(life, "D1"))


def test_an_update_that_is_out_leads_to_the_next_one() -> None:
    life = Life()
    life.published("D1")
    life.published("D4", "update")

    assert "the last one is published; the next one can be written" in words(root(life, "D4"))
    assert set(buttons(root(life, "D4"))) == {"Write update", "No change", "Write final text"}


def test_steps_of_a_closed_incident_have_nothing_to_press() -> None:
    life = Life()
    life.close()

    assert "Status: the incident is closed." in words(root(life, "D1"))
    assert not buttons(root(life, "D1"))


def test_what_was_published_stays_so_after_closing() -> None:
    life = Life()
    life.published("D1")
    life.close(withdraw="The road office takes over.")

    assert "✅ Status: published. The incident is closed." in words(root(life, "D1"))
