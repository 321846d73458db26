"""Commands that show and remember: status, log, report, note, remind, snooze, help; and what is none."""

from __future__ import annotations

import pytest

from ecomms_bot.practice.stage import Stage
from ecomms_bot.slack.commands.table import COMMANDS
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


def test_the_log_shows_the_last_entries_and_says_how_many_there_are(case: Case) -> None:
    case.publishes()
    reply = case.types("otto", "log")
    (message,) = reply.messages
    assert "Log of Highway 7 slides" in message.plain()
    assert "Next update promised for today at 21:05" in message.plain()
    for number in range(14):
        case.types("mara", f"note call number {number}")
    message = case.types("otto", "log").messages[0]
    assert "15 of 23 lines" in message.plain()
    assert f"Log {case.state.seq}:{case.state.hash}" in message.plain()


def test_the_report_says_where_it_comes_and_it_comes(case: Case) -> None:
    reply = case.types("otto", "report")
    assert "The log of Highway 7 slides comes as two files in your messages with me" in reply.words
    (request,) = case.state.reports.values()
    assert request.person == case.actor("otto").id


def test_after_the_end_status_log_and_report_still_work_in_its_conversation(case: Case) -> None:
    case.closes()
    assert "Closed by @Pia Sohal" in case.types("otto", "status").words
    assert "Log of Highway 7 slides" in case.types("otto", "log").words
    assert "comes as two files" in case.types("otto", "report").words
    assert "was closed by @Pia Sohal" in case.types("mara", "note too late").words
    assert case.entries("NoteAdded") == []


# --- notes and reminders ------------------------------------------------------------------------------------


def test_a_note_is_in_the_log_word_for_word(case: Case) -> None:
    reply = case.types("mara", "note: The mayor called — « tout va bien » 🚒 <b>&</b>")
    (entry,) = case.entries("NoteAdded")
    assert f"Your words are in the log of Highway 7 slides now, as entry {entry.seq}." in reply.words
    assert "The mayor called — « tout va bien » 🚒 <b>&</b>" in case.types("otto", "log").words


def test_in_a_note_people_and_conversations_stay_readable(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    # as with the manifest's should_escape, which turns @mara into an id and & into an entity
    monkeypatch.setattr(case.on.workspace, "should_escape", True)
    case.types("mara", "note @pia asked R&D in #ops-desk if 3 < 4")
    (entry,) = case.entries("NoteAdded")
    assert entry.event is not None
    assert entry.event.model_dump()["text"] == "@pia asked R&D in #ops-desk if 3 < 4"
    calls = [message for message in case.messages() if case.actor("pia").id in message.notified]
    assert calls == []


def test_a_reminder_of_ones_own_comes_at_its_time_to_who_asked(case: Case) -> None:
    day = f"{case.evening:%a} {case.evening.day} {case.evening:%b}"
    for typed, clock in (
        ("remind in 25 min call the mayor", "20:25"),
        ("remind 20:30 call the mayor", "20:30"),
        ("remind tonight at 8:40pm, call the mayor", "20:40"),
    ):
        reply = case.types("theo", typed)
        assert f"I will remind you on {day}, {clock} PST: call the mayor" in reply.words
        case.clock(clock)
        newest = case.dms("theo")[-1]
        assert f"today at {clock}" in newest.plain()
        assert "call the mayor" in newest.plain()
    assert len(case.dms("theo")) == 3
    assert [each for each in case.dms("mara") if "mayor" in each.plain()] == []


def test_a_time_that_has_passed_is_asked_back_with_what_to_type(case: Case) -> None:
    reply = case.types("mara", "remind 6:15 call the mayor")
    assert "06:15 today has passed. Nothing was done. Type this:" in reply.words
    assert "/ecomms remind tomorrow 6:15 call the mayor" in reply.words
    assert case.entries("ReminderSet") == []
    # and that works
    reply = case.types("mara", "remind tomorrow 6:15 call the mayor")
    assert ", 06:15 PST: call the mayor" in reply.words


NOT_UNDERSTOOD = [
    ("remind", "Begin with a time"),
    ("remind call the mayor at noon", "Begin with a time"),
    ("remind 25:70 call the mayor", "There is no time 25:70."),
    ("remind in 9999 h call", "That is more than 180 days away."),
    ("remind in 0 min call", "Give at least 1 minute"),
    ("remind 20:30", "Say what to be reminded of"),
    ("snooze soon", "A reminder can be put off by 5 or 10 minutes"),
    ("snooze 7", "A reminder can be put off by 5 or 10 minutes"),
    ("snooze", "No update is promised now"),
    ("note", "Say what happened, as in: /ecomms note"),
    ("phone <!channel> & the mayor", "There is no command “phone”. Nothing was done."),
    ("mayor of Hope called again", "To put these words into the log, begin with /ecomms note."),
    ("帮助", "There is no command “帮助”. Nothing was done. Type /ecomms help"),
]


def test_what_is_not_understood_is_answered_with_what_to_type_and_quoted_whole(case: Case) -> None:
    before = case.state.seq
    for typed, said in NOT_UNDERSTOOD:
        reply = case.types("mara", typed)
        assert said in reply.words
        assert f"You typed:\n/ecomms {typed}" in reply.words
    assert case.state.seq == before


MISTYPED = [
    ("strat flood", "start flood"),
    ("remnd 20:30 phone the mayor", "remind 20:30 phone the mayor"),
    ("rappel 20:30 appeler le maire", "remind 20:30 appeler le maire"),
    ("stand-down until 23:00", "standdown until 23:00"),
]


def test_a_word_that_is_nearly_a_command_is_asked_about_with_all_its_words(case: Case) -> None:
    before = case.state.seq
    for typed, meant in MISTYPED:
        reply = case.types("mara", typed)
        word, command = typed.split()[0], meant.split()[0]
        assert f"There is no command “{word}”. Did you mean {command}?" in reply.words
        assert f"Type this:\n/ecomms {meant}" in reply.words
    assert case.state.seq == before


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
    assert "There is nothing to put off yet" not in case.types("mara", "snooze").words


# --- help ---------------------------------------------------------------------------------------------------


def test_help_lists_every_command(stage: Stage) -> None:
    for typed in ("help", "", "   ", "HELP", "?"):
        words = Actor(stage, "otto").types(typed).words
        for command in COMMANDS.values():
            assert f"/ecomms {command.line}: {command.does}" in words


def test_help_of_one_command_says_who_may_and_what_can_go_wrong(stage: Stage) -> None:
    words = Actor(stage, "otto").types("help severity").words
    assert "/ecomms severity [S1 to S4] REASON: show the severity, or change it." in words
    assert "Who: pio, ic or the holder of the incident; to see it, everyone but guests" in words
    assert "What can go wrong: no reason" in words


def test_answers_are_seen_by_nobody_else(case: Case) -> None:
    theo = case.actor("theo")
    before = theo.personal()
    assert case.types("mara", "status").words
    assert theo.personal() == before
