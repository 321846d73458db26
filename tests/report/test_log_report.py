"""The log as files: what a person keeps, prints and sorts after an incident."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.evolve import replay
from ecomms_bot.report.log_report import (
    BOM,
    COLUMNS,
    Account,
    comma_separated,
    file_name,
    markdown,
    people_in,
)
from tests.incident.drill_night import drill_night
from tests.incident.stories import COLLEAGUE, COMMUNICATOR, PIO, Story, at, instant

NAMES = {COMMUNICATOR: "Mara Lund", PIO: "Pia Sohal"}


def lived(*, exercise: bool = False, note: str = "The dike holds.") -> Account:
    """Opened 20:00, a first text sent back at 20:04, a note at 20:06."""
    story = Story().open(exercise=exercise)
    draft = story.submit("D1")
    story.now = at(20, 4)
    story.do(c.AskForChanges(draft.id, 1, "Which | lanes?\n<all>"), PIO)
    story.now = at(20, 6)
    story.do(c.AddNote(note), COLLEAGUE)
    story.work()
    return Account(story.state, story.log)


def sheet(account: Account) -> list[dict[str, str]]:
    text = comma_separated(account, NAMES)
    return list(csv.DictReader(io.StringIO(text.removeprefix(BOM))))


def timeline(page: str) -> list[str]:
    return [each for each in page.split("## Timeline")[1].splitlines() if each[:3].strip("| ").isdigit()]


def test_the_page_says_what_the_incident_is_and_where_its_log_ends() -> None:
    account = lived()
    page = markdown(account, at(21, 0), NAMES)
    assert page.startswith("# Log of Highway 7 mudslides\n")
    for row in (
        "| Kind | live, flood |",
        "| Severity | S2 Major |",
        "| Time zone | America/Vancouver |",
        "| Written | 14 Nov 2021 21:00 PST |",
        f"| Entries in the log | {account.state.seq} |",
        f"| Head of the log | {account.state.seq}:{account.state.hash} |",
    ):
        assert row in page


def test_each_entry_has_its_local_time_and_who_it_was_by_name() -> None:
    first = timeline(markdown(lived(), at(21, 0), NAMES))[0]
    assert first.startswith(
        "| 1 | 14 Nov 2021 20:00 PST | Mara Lund | Highway 7 mudslides opened by Mara Lund:"
    )


def test_who_is_not_known_by_name_goes_by_the_id() -> None:
    said = timeline(markdown(lived(), at(21, 0), NAMES))[-1]
    assert f"| {COLLEAGUE} |" in said
    assert "The dike holds." in said


def test_what_only_says_where_a_message_stands_is_left_out_and_the_page_says_so() -> None:
    account = lived()
    page = markdown(account, at(21, 0))
    assert any(each.type == "Posted" for each in account.entries)
    assert len(timeline(page)) == len(sheet(account)) < len(account.entries)
    assert "so numbers are missing here" in page


def test_the_fact_sheet_says_what_counted_who_confirmed_it_and_what_was_left_undecided() -> None:
    story = Story().open()
    story.do(c.RecordFact("gauge_level_m", "3.1", "operations", until=instant(at(22, 0))), COMMUNICATOR)
    story.do(c.VerifyFact("gauge_level_m", story.state.facts["gauge_level_m"][0].id), PIO)
    for source, count in (("RCMP | Hope", "50"), ("media", "140")):
        story.do(c.RecordFact("vehicles", count, source, unit="trucks"), COMMUNICATOR)
    page = markdown(Account(story.state, story.log), at(21, 0), NAMES)
    assert page.split("## Facts\n\n")[1].split("\n\n")[0].splitlines() == [
        "| Fact | What counts | Source | As of | Confirmed by | Known until |",
        "| --- | --- | --- | --- | --- | --- |",
        "| River level | 3.1 m | operations | 14 Nov 2021 20:00 PST | Pia Sohal | 14 Nov 2021 22:00 PST |",
        "| vehicles | 50 trucks (in conflict) | RCMP \\| Hope | 14 Nov 2021 20:00 PST |  |  |",
        "| vehicles | 140 trucks (in conflict) | media | 14 Nov 2021 20:00 PST |  |  |",
    ]


def test_of_a_redacted_fact_and_without_facts_the_sheet_says_nothing() -> None:
    assert "## Facts" not in markdown(lived(), at(21, 0), NAMES)
    story = Story().open()
    for source, count in (("RCMP", "50"), ("media", "140")):
        story.do(c.RecordFact("vehicles", count, source), COMMUNICATOR)
    first, second = story.state.facts["vehicles"]
    story.do(c.DecideFact("vehicles", second.id, "They flew over it."), PIO)
    log = [replace(each, event=None) if each.seq == second.seq else each for each in story.log]
    state = replay(story.state.id, log)
    assert state.facts["vehicles"] == (first,)
    assert "## Facts" not in markdown(Account(state, log), at(21, 0), NAMES)


def test_only_a_log_that_was_checked_is_called_verified() -> None:
    account = lived()
    assert "| Checked | verified: every entry follows" in markdown(account, at(21, 0))
    bad = Account(account.state, account.entries, ("incident i7 entry 3: it is missing",))
    page = markdown(bad, at(21, 0))
    assert "NOT verified: incident i7 entry 3: it is missing. Tell whoever runs the bot." in page
    assert "| Checked | verified" not in page


def test_typed_words_are_no_markup_and_stay_in_their_row() -> None:
    page = markdown(lived(), at(21, 0), NAMES)
    assert r"Which \| lanes? &lt;all>" in page


def test_the_table_has_one_row_for_each_entry_with_local_time_and_utc() -> None:
    first, *_, last = sheet(lived())
    assert list(first) == list(COLUMNS)
    assert (first["Mode"], first["Entry"]) == ("LIVE", "1")
    assert (first["Date and time"], first["Zone"]) == ("2021-11-14 20:00:00", "PST")
    assert first["UTC"] == "2021-11-15T04:00:00Z"
    assert (first["Who"], first["Id"]) == ("Mara Lund", COMMUNICATOR)
    assert last["What"].endswith("The dike holds.")


def test_the_table_begins_with_the_mark_by_which_excel_knows_utf_8() -> None:
    account = lived(note="Évacuation terminée 🚨 مرحبا")
    assert comma_separated(account).encode().startswith(b"\xef\xbb\xbf")
    assert "Évacuation terminée 🚨 مرحبا" in sheet(account)[-1]["What"]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", " =1"])  # noqa: RUF001
def test_no_cell_is_taken_for_a_formula(name: str) -> None:
    """A cell that begins like one gets an apostrophe, which spreadsheets do not show."""
    rows = csv.DictReader(io.StringIO(comma_separated(lived(), {COMMUNICATOR: name})))
    who = next(rows)["Who"]
    assert who.startswith("'")
    assert who.removeprefix("'").strip() == name.strip()


def test_a_note_of_several_lines_stays_one_entry() -> None:
    account = lived(note='First line\nsecond, with a comma and "quotes"')
    assert sheet(account)[-1]["What"].endswith('First line\nsecond, with a comma and "quotes"')
    assert 'First line second, with a comma and "quotes"' in markdown(account, at(21, 0))


def test_words_from_right_to_left_do_not_turn_the_rest_around() -> None:
    account = lived(note="\u202egnihtyreve\u2066 \u0007bell")
    assert "gnihtyreve  bell" in sheet(account)[-1]["What"]
    assert "\u202e" not in markdown(account, at(21, 0)) + comma_separated(account)


def test_an_exercise_is_marked_at_both_ends_of_the_page_in_every_row_and_in_the_names() -> None:
    account = lived(exercise=True)
    page = markdown(account, at(21, 0)).strip().splitlines()
    assert page[0] == "# EXERCISE - Log of Highway 7 mudslides - EXERCISE"
    assert page[-1] == "**EXERCISE - this is practice, not the real event - EXERCISE**"
    assert {row["Mode"] for row in sheet(account)} == {"EXERCISE"}
    assert file_name(account.state, "w1", "md").startswith("EXERCISE-highway-7-mudslides-")


def test_every_report_has_a_name_of_its_own() -> None:
    state = lived().state
    assert file_name(state, "w1", "csv") == f"highway-7-mudslides-{state.id[-4:]}-log-w1.csv"
    assert file_name(state, "w1", "csv") != file_name(state, "w2", "csv")


def test_everybody_who_is_named_is_asked_for_once_and_the_bot_is_not() -> None:
    assert people_in(lived()) == (COMMUNICATOR, PIO, COLLEAGUE)


def test_of_a_drill_that_people_took_part_in_the_page_names_it() -> None:
    night = drill_night()
    assert "| Drill | A river night |" in markdown(Account(night.state, night.log), at(22, 0))
