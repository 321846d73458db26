"""Answers that one person sees."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from ecomms_bot.incident.entry import IncidentRow
from ecomms_bot.incident.projection import incident_row
from ecomms_bot.incident.timeline import lines
from ecomms_bot.incident.wording import say
from ecomms_bot.slack.blocks import is_marked
from ecomms_bot.slack.cards import answers, render
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


def test_what_is_said_about_an_exercise_is_marked() -> None:
    life = Life(exercise=True)

    assert is_marked(answers.status(life.view, ()))
    assert is_marked(answers.log_lines(life.view, lines(life.state, life.log)))
    assert not is_marked(answers.status(Life().view, ()))
