"""Answers that one person sees."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.entry import IncidentRow
from ecomms_bot.incident.projection import incident_row
from ecomms_bot.incident.timeline import lines
from ecomms_bot.incident.wording import say
from ecomms_bot.slack import names
from ecomms_bot.slack.blocks import is_marked
from ecomms_bot.slack.cards import answers, render
from ecomms_bot.slack.message import Message
from tests.slack.life import COMMUNICATOR, CONVERSATION, NIGHT, ZONE, Life
from tests.slack.looks import buttons, words


def test_the_opener_hears_where_it_is_and_what_comes_first() -> None:
    message = render("", Life().view, kind="answer", user=COMMUNICATOR)

    assert message.text == (
        f"Opened Highway 7 flooding in <#{CONVERSATION}>. "
        "First: Holding statement, due Sun 14 Nov, 20:15 PST."
    )
    assert words(message) == message.text


def test_the_opener_hears_when_the_conversation_is_not_there_yet() -> None:
    message = render("", Life(conversation=False).view, kind="answer", user=COMMUNICATOR)

    assert message.text.startswith("Opened Highway 7 flooding. Its conversation is not there yet. First:")


# --- status ---


def test_status_is_the_card_and_the_last_five_lines_of_the_log() -> None:
    life = Life()
    life.published("D1")
    timeline = lines(life.state, life.log)

    said = words(answers.status(life.view, timeline)).splitlines()

    assert "Highway 7 flooding" in said
    assert any(line.startswith("Promised Sun 14 Nov, 21:00 PST") for line in said)
    at = said.index("Last entries")
    assert len(said) - at - 1 == 5
    assert said[-1] == "Sun 14 Nov, 20:05 PST · Step Scheduled update started"


def test_status_takes_ready_sentences_too_and_has_no_buttons() -> None:
    life = Life()

    message = answers.status(life.view, [say("*{what}* happened", what="Something")])

    assert words(message).endswith("Last entries\nSomething happened")
    assert not buttons(message)


def test_status_without_entries_is_the_card() -> None:
    assert "Last entries" not in words(answers.status(Life().view, ()))


# --- the list of incidents ---


def row(
    name: str, *, promised_in: float | None = None, opened_ago: float = 60, exercise: bool = False
) -> IncidentRow:
    return replace(
        incident_row(Life(exercise=exercise).state),
        name=name,
        opened_at=NIGHT - timedelta(minutes=opened_ago),
        promised_at=None if promised_in is None else NIGHT + timedelta(minutes=promised_in),
    )


def test_the_most_urgent_promise_comes_first_then_what_has_been_open_longest() -> None:
    rows = [
        row("new"),
        row("old", opened_ago=500),
        row("soon", promised_in=10),
        row("overdue", promised_in=-4),
        replace(row("closed"), closed_at=NIGHT),
    ]

    said = words(answers.status_list(rows, NIGHT, ZONE)).splitlines()

    assert said[0] == "Open incidents: 4"
    assert [line.split(" · ")[0] for line in said[1:]] == ["• overdue", "• soon", "• old", "• new"]


def test_each_line_says_what_where_and_what_is_promised() -> None:
    rows = [row("A & B", promised_in=-4), row("C", promised_in=10), row("D")]

    said = words(answers.status_list(rows, NIGHT, ZONE)).splitlines()

    start = f"• A & B · flood · S2 · during · <#{CONVERSATION}>"
    assert said[1] == f"{start} · update was promised for Sun 14 Nov, 19:56 PST, 4 min ago"
    assert said[2].endswith("· update promised for Sun 14 Nov, 20:10 PST")
    assert said[3].endswith("· no update promised")


def test_an_exercise_is_marked_in_its_line() -> None:
    message = answers.status_list([row("Real"), row("Drill", exercise=True)], NIGHT, ZONE)

    real, drill = words(message).splitlines()[1:]
    assert "EXERCISE" not in real
    assert drill.startswith("• EXERCISE - Drill")
    assert drill.endswith(" - EXERCISE")
    assert "EXERCISE - Drill" in message.text


def test_a_long_list_says_how_many_more_there_are() -> None:
    message = answers.status_list([row(f"N{n}") for n in range(25)], NIGHT, ZONE)

    assert words(message).splitlines()[-1] == "and 5 more"


def test_when_nothing_is_open_it_says_how_to_begin() -> None:
    assert answers.status_list([], NIGHT).text == "No incident is open. To open one, type /ecomms start."


# --- which incident, what was meant ---


def which(rows: list[IncidentRow], values: dict[str, str], **more: int) -> Message:
    return answers.which_incident(
        rows, values, "/ecomms note x", now=NIGHT, zone=ZONE, more=more.get("more", 0)
    )


def test_the_question_which_incident_has_a_line_and_a_button_for_each() -> None:
    rows = [replace(row("A & B", promised_in=10), id="i1"), replace(row("Drill", exercise=True), id="i2")]

    message = which(rows, {"i1": "i1|words", "i2": "i2|words"})

    said = words(message).splitlines()
    assert said[0] == ("There is no incident in this conversation. Nothing was done yet. Which one is meant?")
    assert said[1].startswith("A & B · flood · S2 · during")
    assert any(line.startswith("EXERCISE - Drill") for line in said)
    assert buttons(message) == {
        "Use A & B": (names.USE_INCIDENT, "i1|words"),
        "Use Drill": (names.USE_INCIDENT, "i2|words"),
    }


def test_each_button_stands_in_a_row_of_its_own_since_they_share_their_action() -> None:
    rows = [replace(row(f"N{n}"), id=f"i{n}") for n in range(5)]

    message = which(rows, {each.id: f"{each.id}|x" for each in rows})

    rows_of_buttons = [block for block in message.blocks if block["type"] == "actions"]
    assert [len(block["elements"]) for block in rows_of_buttons] == [1] * 5


def test_a_name_of_eighty_characters_fits_a_button() -> None:
    (label,) = buttons(which([replace(row("W" * 80), id="i1")], {"i1": "i1|x"}))

    assert len(label) <= 75


def test_what_is_left_out_is_counted_and_words_too_long_are_shown() -> None:
    message = which([row("A")], {}, more=3)

    assert "and 3 more: type the command in the conversation of the one you mean." in words(message)
    assert "Your words are too long for a button. Copy them, and send them in its conversation:" in words(
        message
    )
    assert "/ecomms note x" in words(message)
    assert not buttons(message)


def test_what_can_be_typed_instead_can_be_copied_and_is_read_aloud() -> None:
    message = answers.asked_back(
        say("6: which time is meant?"), ["/ecomms remind 06:00 a", "/ecomms remind 18:00 a"]
    )

    assert words(message).splitlines() == [
        "6: which time is meant? Nothing was done. Type one of these:",
        "/ecomms remind 06:00 a",
        "/ecomms remind 18:00 a",
    ]
    assert message.text.endswith("/ecomms remind 06:00 a /ecomms remind 18:00 a")
    assert "Type this:" in answers.asked_back(say("So?"), ["/ecomms help"]).text


# --- steps and severities ---


def test_steps_are_listed_with_what_they_do_and_the_button_that_helps() -> None:
    life = Life()
    life.submit("D1")
    life.do(COMMUNICATOR, c.StartStep("D3"))

    message = answers.steps(life.view)

    said = words(message)
    assert "D1 · Holding statement · in review" in said
    assert "D3 · " in said
    labels = beside(message)
    assert "Write D3" in labels
    assert "Write D1" not in labels
    assert any(label.startswith("Start ") for label in labels)


def test_the_steps_of_a_closed_incident_have_no_buttons() -> None:
    life = Life()
    life.close()

    assert "D1 · Holding statement" in words(answers.steps(life.view))
    assert beside(answers.steps(life.view)) == []


def beside(message: Message) -> list[str]:
    """The labels of the buttons beside lines."""
    return [block["accessory"]["text"]["text"] for block in message.blocks if "accessory" in block]


def test_severities_say_what_they_mean_and_how_to_change() -> None:
    said = words(answers.severities(Life().view)).splitlines()

    assert said[0].startswith("The severity of Highway 7 flooding is S2.")
    assert len(said) == 6
    assert said[1].startswith("• S1 Life safety, every 30 min: ")
    assert said[4].startswith("• S4 Minor or stable, every day: ")
    example = "/ecomms severity S1 two bridges are gone"
    assert said[5] == f"To change it, type the new one and why, as in: {example}"


# --- log and help ---


def test_the_log_comes_with_times_in_its_order_and_its_full_head() -> None:
    life = Life()
    life.minutes(4)
    life.submit("D1")

    said = words(answers.log_lines(life.view, lines(life.state, life.log))).splitlines()

    assert said[0] == "Log of Highway 7 flooding, 4 of 4 lines"
    assert said[1].startswith("Sun 14 Nov, 20:00 PST · Highway 7 flooding opened by")
    assert said[4].startswith("Sun 14 Nov, 20:04 PST · Revision 1 of Holding statement submitted by")
    assert said[5] == f"Log {life.state.seq}:{life.state.hash}"


def test_of_a_log_too_long_for_one_message_the_last_lines_are_shown_and_counted() -> None:
    life = Life()
    many = [say("{n} {words}", n=n, words="x" * 200) for n in range(100)]

    said = words(answers.log_lines(life.view, many, total=300)).splitlines()

    shown = len(said) - 2
    assert said[0] == f"Log of Highway 7 flooding, {shown} of 300 lines"
    assert 10 < shown < 100
    assert said[-2].startswith("99 ")


def test_help_says_what_can_be_typed() -> None:
    message = answers.help_text(
        {"status": "what is due", "remind 14:30 TEXT": "also `remind in 20 min TEXT`"}
    )

    assert words(message).splitlines()[1:] == [
        "/ecomms status: what is due",
        "/ecomms remind 14:30 TEXT: also `remind in 20 min TEXT`",
    ]


def test_help_of_one_command_says_who_may_and_what_can_go_wrong() -> None:
    message = answers.help_one("/ecomms note TEXT", "put it into the log", "leads", "its number", "no words")

    assert words(message).splitlines() == [
        "/ecomms note TEXT: put it into the log.",
        "Who: leads",
        "It answers: its number",
        "What can go wrong: no words",
    ]


def test_what_is_said_about_an_exercise_is_marked() -> None:
    life = Life(exercise=True)

    assert is_marked(answers.status(life.view, ()))
    assert is_marked(answers.log_lines(life.view, lines(life.state, life.log)))
    assert is_marked(answers.steps(life.view))
    assert is_marked(answers.severities(life.view))
    assert not is_marked(answers.status(Life().view, ()))
