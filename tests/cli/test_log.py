"""`ecomms log` and `ecomms rebuild` on incidents that were really lived."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from ecomms_bot.cli.common import login, shown
from ecomms_bot.incident.entry import NewEntry
from ecomms_bot.incident.office import duty_changed
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.store import log, projections
from ecomms_bot.store.engine import Database
from tests.cli.conftest import Terminal
from tests.cli.night import Night, lived, still_open
from tests.store.samples import at, nonce, tamper


def head(db: Database, stream: str) -> str:
    with db.read() as conn:
        seq, hash = log.head(conn, stream)
    return f"{seq}:{hash}"


def type_at(db: Database, incident: str, type: str) -> str:
    """The place of the first entry of a type, as it is typed."""
    with db.read() as conn:
        return next(str(entry.seq) for entry in log.read(conn, incident) if entry.type == type)


# --- list ---


def test_list_shows_every_incident_open_ones_first(office: Terminal, db: Database) -> None:
    closed, running = lived(db, "An exercise", exercise=True), still_open(db)
    first, second, third = office.run("log", "list").stdout.splitlines()
    assert first.split() == ["incident", "opened", "(UTC)", "closed", "(UTC)", "entries", "head", "name"]
    entries, hash = head(db, running).split(":")
    assert second.split(maxsplit=7) == [
        *(running, "LIVE", "2021-11-15", "05:00", "open", entries),
        *(f"{entries}:{hash[:12]}", "Highway 5 flooding"),
    ]
    assert third.split()[:6] == [closed, "EXERCISE", "2021-11-15", "04:00", "2021-11-15", "04:40"]


def test_list_says_when_there_is_nothing(office: Terminal) -> None:
    assert office.run("log", "list").stdout == "The log has no incidents yet.\n"


# --- show ---


def test_show_tells_the_timeline_in_the_incidents_own_zone(office: Terminal, db: Database) -> None:
    incident = lived(db)
    said = office.run("log", "show", incident[:6]).stdout
    first, second, *_ = said.splitlines()
    assert first == f"Highway 7 slides · LIVE · closed · {incident}"
    assert second == "Times in America/Vancouver. People are shown by their Slack ids."
    opened = "    1  Sun 14 Nov 2021 20:00:00 PST  U0MARA  Highway 7 slides opened by U0MARA: live, flood,"
    assert opened in said
    assert "Sun 14 Nov 2021 20:08:00 PST  U0PIA  Revision 1 of Holding statement approved by U0PIA" in said
    assert said.rstrip().endswith(f"Head {head(db, incident)}")


def test_show_hides_what_the_bot_notes_for_itself_unless_asked(office: Terminal, db: Database) -> None:
    incident = lived(db)
    few, all_ = (office.run("log", "show", incident, *more).stdout for more in ([], ["--all"]))
    assert "Shown in Slack" not in few
    assert "3 of them hidden (--all shows them)" in few
    assert all_.count("Shown in Slack: ") == 3
    assert "hidden" not in all_
    with db.read() as conn:
        assert len(all_.splitlines()) == 3 + len(log.read(conn, incident))


def test_show_finds_an_incident_by_its_conversation(office: Terminal, db: Database) -> None:
    running = still_open(db, conversation="C0FIVE")
    assert running in office.run("log", "show", "C0FIVE").stdout


def test_show_marks_an_exercise(office: Terminal, db: Database) -> None:
    assert " · EXERCISE · closed · " in office.run("log", "show", lived(db, exercise=True)).stdout


def test_show_says_of_a_redacted_entry_that_it_is_redacted(office: Terminal, db: Database) -> None:
    incident = lived(db)
    seq = type_at(db, incident, "DraftSaved")
    office.run("log", "redact", incident, seq, "--reason", "A name was in it.", "--yes")
    (line,) = [
        each for each in office.run("log", "show", incident).stdout.splitlines() if each[:5].strip() == seq
    ]
    assert line.endswith("PST  U0MARA  redacted")


def test_show_tells_of_office(office: Terminal, db: Database) -> None:
    incident = lived(db)
    office.run("log", "redact", incident, "4", "--reason", "A name was in it.", "--yes")
    office.run("log", "export", incident)
    said = office.run("log", "show", "office").stdout
    assert f"Incident {incident} registered" in said
    assert f"Incident {incident} closed at " in said
    assert f"Entry 4 of {incident} redacted by os:" in said
    assert said.count("A name was in it.") == 1
    assert f"entries of {incident} exported by os:" in said
    assert said.rstrip().endswith(f"Head {head(db, 'office')}")


def test_show_tells_in_office_who_went_off_duty_and_on_again(office: Terminal, db: Database) -> None:
    entries = [
        duty_changed(
            "U0PIA", "U0PIA", on=False, until=Instant.of(at(600), "America/Vancouver"), note="dentist"
        ),
        duty_changed("U0PIA", "U0IRENE", on=True, until=None, note=""),
        duty_changed("U0DALE", "U0IRENE", on=False, until=None, note=""),
    ]
    with db.write() as conn:
        log.append_office(conn, entries, at=at(0), actor="U0IRENE", command_id="d", nonce=nonce)
    said = office.run("log", "show", "office").stdout
    assert "  U0PIA off duty until 20" in said
    assert ": dentist\n" in said
    assert "  U0PIA on duty, says U0IRENE\n" in said
    assert "  U0DALE off duty until further notice, says U0IRENE\n" in said


def test_show_does_not_let_an_incident_write_on_the_terminal(
    sqlite_office: Terminal, sqlite_db: Database
) -> None:
    """A name or a note with escape sequences, a turned direction or lines of its own stays what it is."""
    night = Night(sqlite_db)
    incident = night.open("Flood \u202e")
    night.close(incident, note="Over \x1b[2J.\n   99  Mon 15 Nov 2021 09:00:00 PST  U0PIA  forged")
    said = sqlite_office.run("log", "show", incident).stdout + sqlite_office.run("log", "list").stdout
    assert "forged" in said
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert not any(line.startswith("   99") for line in said.splitlines())


@pytest.mark.parametrize("sign", ["\x00", "\x07", "\x1b", "\r", "\x7f", "\x9b", "\u202e", "\u2066", "\udcff"])
def test_what_a_terminal_would_obey_is_not_printed(sign: str) -> None:
    assert shown(f"Mud{sign}slide – 道 🌊\n") == "Mud\ufffdslide – 道 🌊\n"


@pytest.mark.parametrize("command", ["show", "export"])
def test_an_incident_that_is_not_there(sqlite_office: Terminal, sqlite_db: Database, command: str) -> None:
    lived(sqlite_db)
    said = sqlite_office.refused("log", command, "i404")
    assert said == "There is no incident i404. `ecomms log list` shows all of them."


def test_a_beginning_that_fits_two(sqlite_office: Terminal, sqlite_db: Database) -> None:
    first, second = lived(sqlite_db), still_open(sqlite_db)
    said = sqlite_office.refused("log", "show", "i")
    assert said.startswith("More than one incident begins with i: ")
    assert first in said
    assert second in said


# --- verify ---


def test_verify_says_what_was_checked(office: Terminal, db: Database) -> None:
    incident = lived(db)
    result = office.run("log", "verify", "--head", f"{incident}={head(db, incident)}")
    assert result.exit_code == 0
    with db.read() as conn:
        count = sum(1 for _ in log.rows(conn))
    assert (
        result.stdout
        == f"Checked: 2 streams, {count} entries, both lists, heads given: 1.\nThe log is whole.\n"
    )


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (
            "UPDATE events SET payload = replace(payload, 'mudslides', 'mudslidez') WHERE seq = 6",
            " entry 6: ",
        ),
        ("DELETE FROM events WHERE incident <> 'office' AND seq = 6", " entry 6: it is missing"),
        ("DELETE FROM events WHERE incident <> 'office'", ": the whole incident has vanished"),
        ("UPDATE incidents SET closed_at = NULL", ": the list of incidents is not what the log says"),
    ],
)
def test_verify_names_what_is_wrong_and_ends_with_1(
    office: Terminal, db: Database, change: str, named: str
) -> None:
    incident = lived(db)
    tamper(db, change)
    result = office.run("log", "verify")
    assert result.exit_code == 1
    assert result.stdout.startswith(f"incident {incident}{named}")
    assert result.stdout.endswith("Problems: 1.\n")


def test_verify_compares_with_a_head_that_was_written_down(office: Terminal, db: Database) -> None:
    running = still_open(db)
    written_down = head(db, running)
    last = written_down.partition(":")[0]
    tamper(db, f"DELETE FROM events WHERE incident = '{running}' AND seq = {last}")
    office.run("rebuild")
    assert office.run("log", "verify").exit_code == 0
    result = office.run("log", "verify", "--head", f"{running[:5]}={written_down[:20]}")
    assert result.exit_code == 1
    assert f"incident {running} entry {last}: it is missing" in result.stdout


def test_verify_refuses_a_head_that_cannot_be_one(sqlite_office: Terminal, sqlite_db: Database) -> None:
    incident = lived(sqlite_db)
    result = sqlite_office.run("log", "verify", "--head", f"{incident}=the last one")
    assert result.exit_code == 2
    assert "cannot be read" in result.stderr


# --- export ---


def test_export_writes_one_entry_a_line_into_a_file_of_its_own(office: Terminal, db: Database) -> None:
    incident = lived(db)
    result = office.run("log", "export", incident, "--to", "night.jsonl")
    file = Path("night.jsonl")
    lines = file.read_text(encoding="utf-8").splitlines()
    assert result.stderr == f"{len(lines)} entries of {incident} to night.jsonl, head {head(db, incident)}.\n"
    assert [json.loads(line)["seq"] for line in lines] == list(range(1, len(lines) + 1))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_export_to_the_terminal_is_nothing_but_the_lines(office: Terminal, db: Database) -> None:
    incident = lived(db)
    entries = [json.loads(line) for line in office.run("log", "export", incident).stdout.splitlines()]
    assert {entry["incident"] for entry in entries} == {incident}


def test_export_overwrites_nothing_and_then_notes_nothing(
    sqlite_office: Terminal, sqlite_db: Database
) -> None:
    incident = lived(sqlite_db)
    before = head(sqlite_db, "office")
    Path("mine.txt").write_text("mine")
    assert "exists already" in sqlite_office.refused("log", "export", incident, "--to", "mine.txt")
    assert "cannot be made" in sqlite_office.refused("log", "export", incident, "--to", "no/where.jsonl")
    assert Path("mine.txt").read_text() == "mine"
    assert head(sqlite_db, "office") == before


# --- redact ---


def test_redact_shows_the_entry_and_asks(office: Terminal, db: Database) -> None:
    incident = lived(db)
    before = head(db, "office")
    seq = type_at(db, incident, "DraftSaved")
    for answer in ("n\n", "\n", ""):
        result = office.run("log", "redact", incident, seq, "--reason", "A name was in it.", answer=answer)
        assert result.exit_code == 1
        assert (
            f"Entry {seq} of Highway 7 slides ({incident}): Draft of Holding statement saved" in result.stderr
        )
        assert result.stderr.endswith("Nothing was changed.\n")
    assert head(db, "office") == before


def test_redact_blanks_it_and_says_what_else_to_do(office: Terminal, db: Database) -> None:
    incident = lived(db)
    seq, other = (type_at(db, incident, each) for each in ("RevisionSubmitted", "DraftSaved"))
    result = office.run("log", "redact", incident, seq, "--reason", "A name was in it.", answer="y\n")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[:3] == [
        f"Entry {seq} of {incident} is redacted. The log shows that, by os:{login()}, and why.",
        f"The same draft is also in these entries; redact them too if need be: {other}.",
        "What stands in Slack, in exports and in backups is not touched: remove it there.",
    ]
    assert ("VACUUM" in result.stdout) == (db.dialect == "postgresql")
    with db.read() as conn:
        assert [release.text for release in projections.releases(conn, incident)] == [None, None]
    assert office.run("log", "verify").exit_code == 0


def test_the_log_names_who_sits_there_whatever_the_environment_says(office: Terminal, db: Database) -> None:
    incident = lived(db)
    office.run("log", "redact", incident, "4", "--reason", "x", "--yes", LOGNAME="mallory", USER="mallory")
    with db.read() as conn:
        entry = log.read(conn, "office")[-1]
    assert entry.actor.startswith("os:")
    assert "mallory" not in entry.actor


def test_who_has_no_name_on_this_machine_is_logged_by_number(
    sqlite_office: Terminal, sqlite_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a container a user may be nothing but a number."""
    monkeypatch.setattr("os.getuid", lambda: 987_654)
    sqlite_office.run("log", "redact", lived(sqlite_db), "4", "--reason", "x", "--yes")
    with sqlite_db.read() as conn:
        assert log.read(conn, "office")[-1].actor == "os:987654"


@pytest.mark.parametrize(
    ("seq", "reason", "said"),
    [
        ("1", "A name was in it.", "(IncidentOpened) cannot be redacted"),
        ("999", "A name was in it.", "is not in the log"),
        ("6", "  ", "needs a reason"),
    ],
)
def test_redact_refuses_before_it_asks(
    sqlite_office: Terminal, sqlite_db: Database, seq: str, reason: str, said: str
) -> None:
    incident = lived(sqlite_db)
    assert said in sqlite_office.refused("log", "redact", incident, seq, "--reason", reason)


def test_redact_waits_until_an_incident_is_closed(office: Terminal, db: Database) -> None:
    running = still_open(db)
    said = office.refused("log", "redact", running, "6", "--reason", "A name was in it.", "--yes")
    assert said == (
        f"Highway 5 flooding ({running}) is still open, and its texts are needed. Nothing was changed."
        " Close it first; then its entries can be redacted."
    )


def test_redact_says_when_a_reader_keeps_the_words_in_sqlites_other_file(
    sqlite_office: Terminal, sqlite_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ecomms_bot.service.office.FORGET_S", 0.02)
    incident = lived(sqlite_db)
    seq = type_at(sqlite_db, incident, "DraftSaved")
    with sqlite_db.read() as conn:
        conn.exec_driver_sql("SELECT count(*) FROM events")
        said = sqlite_office.run(
            "log", "redact", incident, seq, "--reason", "A name was in it.", "--yes"
        ).stdout
    assert "-wal may still hold the words." in said


# --- rebuild ---


def test_entries_that_this_version_does_not_understand_are_named_not_guessed(
    office: Terminal, db: Database
) -> None:
    # Given an incident in which another version wrote, properly, what this one does not expect
    incident = still_open(db)
    with db.write() as conn:
        seq = log.head(conn, incident)[0]
        strange = NewEntry("StepStarted", {"stage": "D2"})
        log.append(conn, incident, seq, [strange], at=at(90), actor="U", command_id="strange", nonce=nonce)
    # Then each command says so, and the lists stay as they are
    said = f"Entry {seq + 1} of this incident, StepStarted, was written by another version of ecomms-bot."
    for command in (("log", "show", incident), ("rebuild",)):
        assert office.refused(*command).startswith(said)
    result = office.run("log", "verify")
    assert result.exit_code == 1
    assert result.stdout.startswith(f"incident {incident}: {said}")
    assert incident in office.run("log", "list").stdout


def test_rebuild_makes_both_lists_again(office: Terminal, db: Database) -> None:
    lived(db)
    still_open(db)
    with db.read() as conn:
        live = projections.dump(conn)
    with db.write() as conn:
        projections.clear(conn)
    assert office.run("rebuild").stdout == "The lists were made again from the log: 2 incidents.\n"
    with db.read() as conn:
        assert projections.dump(conn) == live
