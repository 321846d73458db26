"""Slash commands: status here and elsewhere, log, remind, snooze, help, and what is no command."""

from __future__ import annotations

import pytest

from ecomms_bot.practice.stage import Stage
from tests.scenario.acting import Actor, Case, opens
from tests.scenario.aftermath import is_marked


def test_status_in_the_incidents_conversation_is_the_card_and_the_last_entries(case: Case) -> None:
    case.publishes()
    reply = case.types("otto", "status")
    (message,) = reply.messages
    assert "S2 Major · during" in message.plain()
    assert "today at 21:05" in message.plain().split("Promised")[1]
    assert "Last entries" in message.plain()
    last = message.plain().split("Last entries")[1]
    assert "Next update promised for today at 21:05" in last
    assert len(last.strip().splitlines()) == 6  # five entries, and the mark of the exercise
    assert is_marked(message)


def test_status_elsewhere_lists_the_open_incidents_the_most_urgent_promise_first(stage: Stage) -> None:
    quiet = opens(stage, name="Highway 1 rockfall", live=True)
    later = opens(stage, name="Highway 3 washout", live=True)
    sooner = opens(stage, name="Highway 5 flooding", live=True)
    later.publishes(next_update_at="21:30")
    sooner.publishes(next_update_at="21:00")
    reply = Actor(stage, "otto").types("status")
    lines = reply.words.splitlines()
    assert lines[0].startswith("Open incidents: 3")
    assert [line.split(" · ")[0] for line in lines[1:]] == [
        "• Highway 5 flooding",
        "• Highway 3 washout",
        "• Highway 1 rockfall",
    ]
    assert "update promised for today at 21:00" in lines[1]
    assert f"#{sooner.conversation.name}" in lines[1]
    assert "no update promised" in lines[3]
    # what is read aloud names the office's own time zone
    assert "21:00 PST" in reply.messages[0].text
    assert quiet.state.open


def test_status_elsewhere_marks_exercises_and_says_how_to_begin_when_there_is_none(stage: Stage) -> None:
    assert "/ecomms start" in Actor(stage, "mara").types("status").words
    opens(stage)
    assert "EXERCISE - Highway 7 slides" in Actor(stage, "mara").types("status").words


def test_status_and_log_are_for_everyone_who_is_no_guest(case: Case) -> None:
    assert case.types("otto", "status").ok
    assert case.types("otto", "log").ok


def test_the_log_shows_the_last_entries_and_says_how_many_there_are(case: Case) -> None:
    case.publishes()
    reply = case.types("otto", "log")
    (message,) = reply.messages
    assert "Log of Highway 7 slides" in message.plain()
    assert "Next update promised for today at 21:05" in message.plain()
    for number in range(14):
        case.types("mara", f"remind in {number + 30} min call district {number}")
    message = case.types("otto", "log").messages[0]
    assert "15 of 23 lines" in message.plain()
    assert f"Log {case.state.seq}:{case.state.hash}" in message.plain()


def test_elsewhere_the_log_says_where_to_ask(stage: Stage) -> None:
    reply = Actor(stage, "mara").types("log")
    assert "There is no incident in this conversation." in reply.words


@pytest.mark.parametrize(
    ("typed", "clock"),
    [("remind 20:30 call the mayor", "20:30"), ("remind in 25 min call the mayor", "20:25")],
)
def test_a_reminder_of_ones_own_comes_at_its_time_to_who_asked(case: Case, typed: str, clock: str) -> None:
    reply = case.types("theo", typed)
    assert f"I will remind you today at {clock}: call the mayor" in reply.words
    case.clock(clock)
    (dm,) = case.dms("theo")
    assert f"today at {clock}" in dm.plain()
    assert "call the mayor" in dm.plain()
    assert [each for each in case.dms("mara") if "mayor" in each.plain()] == []


def test_a_clock_time_that_passed_today_means_tomorrow(case: Case) -> None:
    reply = case.types("mara", "remind 06:15 call the mayor")
    assert "I will remind you tomorrow at 06:15" in reply.words


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("remind", "Begin with a time"),
        ("remind call the mayor at noon", "Begin with a time"),
        ("remind 25:70 call the mayor", "Begin with a time"),
        ("remind in 9999 h call", "Give at least 1 minute, at most 7 days."),
        ("remind in 0 min call", "Give at least 1 minute, at most 7 days."),
        ("remind 20:30", "Say what to be reminded of"),
        ("snooze soon", "A reminder can be put off by 5 or 10 minutes"),
        ("snooze 7", "A reminder can be put off by 5 or 10 minutes"),
        ("snooze", "No update is promised now"),
        ("call <!channel> & the mayor", "There is no such command. Nothing was done. See /ecomms help."),
        ("strat flood", "There is no such command. Nothing was done. Did you mean start?"),
    ],
)
def test_what_is_not_understood_is_answered_with_what_to_type_and_quoted_whole(
    case: Case, typed: str, said: str
) -> None:
    reply = case.types("mara", typed)
    assert said in reply.words
    assert f"You typed:\n/ecomms {typed}" in reply.words
    assert len(case.entries("ReminderSet")) == 0


def test_a_long_text_that_is_refused_comes_back_whole(case: Case) -> None:
    words = "remind 20:30 " + "call the mayor of every district " * 100
    reply = case.types("mara", words.strip())
    assert "in 1 to 500 characters" in reply.words
    assert "".join(reply.words.split()).count("callthemayorofeverydistrict") >= 100


def test_snooze_puts_off_the_reminder_that_was_said_last(case: Case) -> None:
    case.publishes("theo")
    case.clock("20:50")
    reply = case.types("mara", "snooze 10")
    assert "I will remind you again today at 21:00. The promise stays." in reply.words
    case.clock("21:00")
    assert len(case.dms("mara")) == 2


def test_there_is_nothing_to_snooze_before_the_first_reminder(case: Case) -> None:
    case.publishes()
    assert "There is nothing to put off yet" in case.types("mara", "snooze").words


@pytest.mark.parametrize("typed", ["help", "", "   ", "HELP"])
def test_help_lists_every_command(case: Case, typed: str) -> None:
    words = case.types("otto", typed).words
    for command in ("start flood", "status", "log", "remind", "snooze", "close", "help"):
        assert f"/ecomms {command}" in words


def test_an_observer_sets_no_reminders(case: Case) -> None:
    reply = case.types("otto", "remind 20:30 call the mayor")
    assert "Only communicators and leads may set a reminder" in reply.words


def test_answers_are_seen_by_nobody_else(case: Case) -> None:
    theo = case.actor("theo")
    before = theo.personal()
    assert case.types("mara", "status").words
    assert theo.personal() == before
