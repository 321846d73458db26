"""What is done to the log from the terminal: check, export, redact, make the lists again."""

from __future__ import annotations

import hashlib
import itertools
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from ecomms_bot.errors import DatabaseError
from ecomms_bot.incident import commands as c
from ecomms_bot.incident.events import RevisionSubmitted
from ecomms_bot.incident.policy import TERMINAL_ROLES, Person
from ecomms_bot.incident.wording import Rejected
from ecomms_bot.service import office
from ecomms_bot.service.office import NotFound, Signature
from ecomms_bot.service.records import Records
from ecomms_bot.store import log, projections
from ecomms_bot.store.engine import Database
from ecomms_bot.store.faults import LogDamaged
from ecomms_bot.store.redaction import CannotRedact
from tests.cli.night import COMMUNICATOR, PIO, Night, lived, still_open
from tests.store.samples import tamper

CLERK = Person("os:nora", TERMINAL_ROLES)
_numbers = itertools.count()


def by(person: Person = CLERK) -> Signature:
    number = next(_numbers)
    at = datetime(2021, 11, 20, 17, 0, tzinfo=UTC)
    return Signature(person, at, f"terminal-{number}", lambda: f"nonce-of-the-terminal-{number}")


def problems(db: Database, **heads: str) -> list[str]:
    return [str(problem) for problem in office.check(db, heads).problems]


def head(db: Database, stream: str) -> str:
    with db.read() as conn:
        seq, hash = log.head(conn, stream)
    return f"{seq}:{hash}"


def _missing_after(seq: int) -> str:
    return f"it is missing: the log ends at entry {seq}, but not"


def both_lists(db: Database) -> object:
    with db.read() as conn:
        return projections.dump(conn)


def entry_of(db: Database, incident: str, type: str) -> int:
    """The place of the first entry of a type."""
    with db.read() as conn:
        return next(entry.seq for entry in log.read(conn, incident) if entry.type == type)


# --- finding and listing ---


def test_an_incident_is_found_by_its_id_a_beginning_of_it_and_its_conversation(db: Database) -> None:
    closed, running = lived(db), still_open(db)
    assert office.find(db, closed) == closed
    assert office.find(db, closed[:5]) == closed
    assert office.find(db, "C0FLOOD") == closed
    assert office.find(db, "C0FIVE") == running
    assert office.find(db, "office") == "office"
    # small or capital letters are the same
    assert office.find(db, closed.upper()) == office.find(db, "c0flood") == closed
    assert office.find(db, "OFFICE") == "office"


@pytest.mark.parametrize("name", ["", "i", "nothing", "half a \ud83d character", "C0NONE"])
def test_what_names_none_or_more_than_one_is_not_found(db: Database, name: str) -> None:
    lived(db)
    still_open(db)
    with pytest.raises(NotFound):
        office.find(db, name)


def test_open_incidents_are_listed_first_each_with_its_head(db: Database) -> None:
    closed, running = lived(db), still_open(db)
    older = lived(db, "An earlier one", exercise=True)
    found = office.listing(db)
    assert found[0].row.id == running
    assert {each.row.id for each in found} == {closed, running, older}
    assert {f"{each.entries}:{each.head}" for each in found} == {
        head(db, closed),
        head(db, running),
        head(db, older),
    }


# --- checking ---


def test_a_log_that_nobody_touched_is_whole(db: Database) -> None:
    incident, running = lived(db), still_open(db)
    heads = {incident: head(db, incident), running[:6]: head(db, running), "office": head(db, "office")}
    found = office.check(db, heads)
    assert found.problems == ()
    assert found.streams == 3
    with db.read() as conn:
        assert found.entries == sum(1 for _ in log.rows(conn))


def test_a_changed_byte_is_named(db: Database) -> None:
    incident = lived(db)
    seq = entry_of(db, incident, "RevisionSubmitted")
    tamper(
        db,
        "UPDATE events SET payload = replace(payload, 'mudslides', 'mudslidez')"
        f" WHERE incident = '{incident}' AND seq = {seq}",
    )
    assert problems(db) == [f"incident {incident} entry {seq}: the content does not match its hash"]


def test_a_byte_that_makes_no_text_is_named_too(sqlite_db: Database) -> None:
    incident = lived(sqlite_db)
    where = f"WHERE incident = '{incident}' AND seq = 6"
    tamper(sqlite_db, f"UPDATE events SET actor = CAST(x'55ff' AS TEXT) {where}")
    assert problems(sqlite_db) == [f"incident {incident} entry 6: the entry does not match its hash"]
    # and where it is the name of a stream, there is nothing left to check, and that is said
    tamper(sqlite_db, f"UPDATE events SET incident = CAST(x'69ff' AS TEXT) {where}")
    with pytest.raises(DatabaseError, match="is damaged"):
        office.check(sqlite_db)


def test_a_deleted_row_is_named(db: Database) -> None:
    incident = lived(db)
    tamper(db, f"DELETE FROM events WHERE incident = '{incident}' AND seq = 4")
    assert problems(db) == [f"incident {incident} entry 4: it is missing"]


def test_a_swapped_pair_is_named(db: Database) -> None:
    incident = lived(db)
    where = f"WHERE incident = '{incident}' AND seq ="
    tamper(
        db,
        f"UPDATE events SET seq = 99 {where} 6",
        f"UPDATE events SET seq = 6 {where} 7",
        f"UPDATE events SET seq = 7 {where} 99",
    )
    assert problems(db) == [f"incident {incident} entry 6: the entry does not match its hash"]


def test_a_cut_tail_is_named_when_its_head_was_written_down(db: Database) -> None:
    running = still_open(db)
    written_down = head(db, running)
    last = int(written_down.partition(":")[0])
    tamper(db, f"DELETE FROM events WHERE incident = '{running}' AND seq = {last}")
    office.rebuild(db)  # the attacker is thorough: the lists fit the shorter log
    assert problems(db) == []
    assert problems(db, **{running: written_down}) == [
        f"incident {running} entry {last}: {_missing_after(last - 1)} the head that was given"
    ]


def test_a_closed_incident_that_was_cut_shows_without_any_head(db: Database) -> None:
    incident = lived(db)
    seq = entry_of(db, incident, "IncidentClosed")
    tamper(db, f"DELETE FROM events WHERE incident = '{incident}' AND seq = {seq}")
    assert problems(db) == [f"incident {incident} entry {seq}: {_missing_after(seq - 1)} the seal in office"]


def test_a_vanished_incident_is_named(db: Database) -> None:
    incident = lived(db)
    tamper(db, f"DELETE FROM events WHERE incident = '{incident}'")
    assert problems(db) == [f"incident {incident}: the whole incident has vanished from the log"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            "UPDATE incidents SET name = 'Nothing happened'",
            f"the list of incidents is not what the log says (name). {office.REBUILD}",
        ),
        ("DELETE FROM incidents", f"it is missing from the list of incidents. {office.REBUILD}"),
        (
            "UPDATE releases SET text = 'All is well' WHERE channel = 'x'",
            f"the list of releases is not what the log says. {office.REBUILD}",
        ),
        (
            "DELETE FROM releases WHERE channel = 'web'",
            f"the list of releases is not what the log says. {office.REBUILD}",
        ),
    ],
)
def test_a_list_that_says_otherwise_than_the_log_is_named_and_can_be_mended(
    db: Database, change: str, said: str
) -> None:
    incident = lived(db)
    with db.write() as conn:
        conn.exec_driver_sql(change)
    assert problems(db) == [f"incident {incident}: {said}"]
    office.rebuild(db)
    assert problems(db) == []


def test_an_incident_that_only_the_list_knows_is_named(db: Database) -> None:
    lived(db)
    with db.write() as conn:
        columns = "name, hazard, exercise, severity, phase, opener, holder, opened_at, seq"
        conn.exec_driver_sql(
            f"INSERT INTO incidents (id, {columns}) SELECT 'iinvented', {columns} FROM incidents"
        )
    assert problems(db) == [
        f"incident iinvented: it is in the list of incidents, but not in the log. {office.REBUILD}"
    ]


# --- making the lists again ---


def test_rebuilt_equals_live(db: Database) -> None:
    lived(db)
    lived(db, "An exercise", exercise=True)
    still_open(db)
    live = both_lists(db)
    with db.write() as conn:
        projections.clear(conn)
    assert office.rebuild(db) == 3
    assert both_lists(db) == live


def test_rebuilt_equals_live_after_a_redaction_too(db: Database) -> None:
    incident = lived(db)
    office.redact(db, incident, entry_of(db, incident, "RevisionSubmitted"), "A name was in it.", by())
    live = both_lists(db)
    office.rebuild(db)
    assert both_lists(db) == live


def test_an_incident_goes_on_after_its_lists_were_made_again(db: Database) -> None:
    night, running = Night(db), still_open(db)
    office.rebuild(db)
    night.later(70)
    night.save(running)
    night.submit(running)
    assert problems(db) == []


def test_lists_are_made_again_while_somebody_writes_to_them(postgres_db: Database) -> None:
    """On SQLite there is one writer at a time; on PostgreSQL two could leave a list that is neither's."""
    running = still_open(postgres_db)
    with ThreadPoolExecutor(1) as pool:
        # Given a transaction that has put the incident's row anew and is not over
        with postgres_db.write() as conn:
            row = projections.incident(conn, running)
            assert row is not None
            projections.save(conn, row, ())
            # When the lists are made again, and that waits
            rebuilding = pool.submit(office.rebuild, postgres_db)
            while not _somebody_waits(postgres_db):
                assert not rebuilding.done()
        # Then it goes on when the other is done
        assert rebuilding.result() == 1
    assert problems(postgres_db) == []


def _somebody_waits(db: Database) -> bool:
    query = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with db.read() as conn:
        return conn.execute(text(query)).first() is not None


def test_a_damaged_log_leaves_the_lists_as_they_are(db: Database) -> None:
    incident = lived(db)
    live = both_lists(db)
    tamper(db, f"UPDATE events SET payload = 'no JSON' WHERE incident = '{incident}' AND seq = 6")
    with pytest.raises(LogDamaged, match=f"Entry 6 of {incident} cannot be read"):
        office.rebuild(db)
    assert both_lists(db) == live


# --- redacting ---


def test_a_lawful_redaction_blanks_the_text_everywhere_and_the_log_still_verifies(db: Database) -> None:
    # Given a closed incident whose published text holds words that must not be kept
    incident = lived(db)
    before, seq = head(db, incident), entry_of(db, incident, "RevisionSubmitted")
    with db.read() as conn:
        assert all("Lougheed" in (row.text or "") for row in projections.releases(conn, incident))
    # When its revision and its working copy are redacted
    done = office.redact(db, incident, seq, "A name was in it.", by())
    for echo in done.echoes:
        office.redact(db, incident, echo, "A name was in it.", by())
    # Then the words are in neither log nor lists, the place and the hash stay, and all verifies
    assert not done.remains
    with db.read() as conn:
        rows = [str(tuple(row.values())) for row in log.rows(conn, incident)]
        releases = projections.releases(conn, incident)
    assert [row for row in rows if "Lougheed Highway), " in row] == []
    assert [(row.text, bool(row.text_sha256)) for row in releases] == [(None, True)] * len(releases)
    assert head(db, incident) == before
    assert problems(db, **{incident: before}) == []


def test_the_words_are_gone_from_the_files_of_sqlite(sqlite_db: Database) -> None:
    incident = lived(sqlite_db)
    night, secret = Night(sqlite_db), b"Sandy Chen of Yale"
    other = night.open("Another")
    night.save(other, road=secret.decode())
    night.close(other)
    path = sqlite_db.address.path

    def kept() -> bool:
        files = (path, path.with_name(path.name + "-wal"))
        return any(secret in file.read_bytes() for file in files if file.exists())

    assert kept()
    office.redact(sqlite_db, other, entry_of(sqlite_db, other, "DraftSaved"), "A name was in it.", by())
    assert not kept()
    assert problems(sqlite_db) == []
    assert incident != other


def test_who_redacted_what_and_why_stands_in_office(db: Database) -> None:
    incident = lived(db)
    seq = entry_of(db, incident, "DraftSaved")
    office.redact(db, incident, seq, "A name was in it.", by())
    with db.read() as conn:
        noted = log.read(conn, "office")[-1]
    assert (noted.type, noted.actor) == ("PayloadRedacted", "os:nora")
    assert noted.payload == {"incident": incident, "seq": seq, "reason": "A name was in it.", "by": "os:nora"}


def test_a_redaction_names_the_other_entries_of_the_same_draft(db: Database) -> None:
    incident = lived(db)
    saved, submitted = (entry_of(db, incident, each) for each in ("DraftSaved", "RevisionSubmitted"))
    planned = office.rehearse_redaction(db, incident, submitted, "A name was in it.", by())
    assert isinstance(planned.entry.event, RevisionSubmitted)
    assert planned.echoes == (saved,)


def test_a_redaction_of_what_somebody_said_names_what_it_said_before(db: Database) -> None:
    night = Night(db)
    incident = night.open()
    night.submit(incident)
    for ts in ("7.1", "7.2"):
        night.do(incident, c.AddDiscussion("1.2", ts, "Sandy Chen saw it."), PIO)
    night.do(incident, c.ChangeDiscussion("7.1", "A resident saw it."), PIO)
    night.do(incident, c.DeleteDiscussion("7.1"), "bot")
    night.close(incident)
    added, changed = (entry_of(db, incident, each) for each in ("DiscussionAdded", "DiscussionChanged"))
    planned = office.rehearse_redaction(db, incident, changed, "A name was in it.", by())
    assert planned.echoes == (added,)
    office.redact(db, incident, added, "A name was in it.", by())
    assert [each.text for each in night.state(incident).discussion.values()] == [
        "Sandy Chen saw it.",
        "A resident saw it.",
    ]


def test_a_redaction_names_also_what_was_shown_in_the_thread(db: Database) -> None:
    night = Night(db)
    incident = night.open()
    night.save(incident)
    night.show(incident)
    night.close(incident)
    saved, shown = (entry_of(db, incident, each) for each in ("DraftSaved", "PreviewAsked"))
    assert office.rehearse_redaction(db, incident, saved, "A name was in it.", by()).echoes == (shown,)
    assert office.rehearse_redaction(db, incident, shown, "A name was in it.", by()).echoes == (saved,)


def test_a_rehearsal_changes_nothing(db: Database) -> None:
    incident = lived(db)
    before = (head(db, incident), head(db, "office"), both_lists(db))
    office.rehearse_redaction(db, incident, entry_of(db, incident, "DraftSaved"), "A name was in it.", by())
    assert (head(db, incident), head(db, "office"), both_lists(db)) == before
    assert Records(db).history(incident)[1][5].event is not None


@pytest.mark.parametrize("type", ["IncidentOpened", "ApprovalGiven", "DraftApproved"])
def test_openings_and_approvals_are_not_redacted(db: Database, type: str) -> None:
    incident = lived(db)
    with pytest.raises(CannotRedact, match="Nothing was changed"):
        office.redact(db, incident, entry_of(db, incident, type), "A name was in it.", by())
    assert problems(db) == []


def test_what_is_not_there_is_not_redacted(db: Database) -> None:
    incident = lived(db)
    with pytest.raises(CannotRedact, match="not in the log"):
        office.redact(db, incident, 999, "A name was in it.", by())


def test_office_is_not_redacted(db: Database) -> None:
    lived(db)
    with pytest.raises(CannotRedact, match="proof of all others"):
        office.redact(db, "office", 1, "A name was in it.", by())


def test_an_open_incident_is_not_redacted(db: Database) -> None:
    running = still_open(db)
    with pytest.raises(CannotRedact, match="still open"):
        office.redact(db, running, entry_of(db, running, "DraftSaved"), "A name was in it.", by())
    assert problems(db) == []


def test_no_redaction_makes_a_closed_incident_open_again(db: Database) -> None:
    incident = lived(db)
    try:
        office.redact(db, incident, entry_of(db, incident, "IncidentClosed"), "A name was in it.", by())
    except CannotRedact as refused:
        assert "Nothing was changed" in str(refused)  # noqa: PT017 - either way is fine, but not an open incident
    assert Records(db).state(incident).closing is not None
    assert problems(db) == []


def test_only_records_redact_and_export(db: Database) -> None:
    incident = lived(db)
    communicator = Person(COMMUNICATOR, frozenset({"communicator"}))
    seq = entry_of(db, incident, "DraftSaved")
    with pytest.raises(Rejected, match="redact an entry"):
        office.redact(db, incident, seq, "A name was in it.", by(communicator))
    with pytest.raises(Rejected, match="export the log"):
        office.export(db, incident, by(communicator), print)
    with db.read() as conn:
        assert {"Exported", "PayloadRedacted"} & {entry.type for entry in log.read(conn, "office")} == set()


# --- exporting ---


def test_an_export_can_be_verified_without_this_program(db: Database) -> None:
    # Given an incident of which one entry is redacted
    incident = lived(db)
    redacted = entry_of(db, incident, "DraftSaved")
    office.redact(db, incident, redacted, "A name was in it.", by())
    lines: list[str] = []
    # When it is exported
    done = office.export(db, incident, by(), lines.append)
    # Then hashlib and json are enough to check every link of the chain, as docs and design describe it
    prev = ""
    for seq, entry in enumerate(map(json.loads, lines), 1):
        if seq != redacted:
            assert hashlib.sha256(entry["payload"].encode()).hexdigest() == entry["payload_sha256"]
            assert json.loads(entry["payload"])["nonce"]
        linked = [1, prev, incident, seq, *(entry[name] for name in ("at", "actor", "command_id", "ordinal"))]
        linked += [entry["type"], entry["payload_sha256"]]
        text = json.dumps(linked, separators=(",", ":"), ensure_ascii=False)
        assert hashlib.sha256(text.encode()).hexdigest() == entry["hash"]
        prev = entry["hash"]
    assert head(db, incident) == f"{len(lines)}:{prev}" == f"{done.entries}:{done.head}"


def test_an_export_is_noted_in_office(db: Database) -> None:
    incident = lived(db)
    done = office.export(db, incident, by(), lambda _: None)
    with db.read() as conn:
        noted = log.read(conn, "office")[-1]
    assert (noted.type, noted.payload) == (
        "Exported",
        {"incident": incident, "by": "os:nora", "entries": done.entries},
    )
    assert problems(db) == []


def test_office_itself_can_be_exported_up_to_the_note_of_it(db: Database) -> None:
    lived(db)
    lines: list[str] = []
    done = office.export(db, "office", by(), lines.append)
    assert [json.loads(line)["type"] for line in lines] == ["IncidentRegistered", "IncidentSealed"]
    assert done.entries == 2


def test_a_database_that_is_out_of_reach_keeps_everything_as_it_was(
    sqlite_db: Database, tmp_path: Path
) -> None:
    """The note comes before the first line: what is not noted is not given out."""
    incident = lived(sqlite_db)
    written: list[str] = []
    with sqlite_db.write() as conn:
        conn.execute(text("DROP TRIGGER events_command"))
        conn.execute(
            text("CREATE TRIGGER full BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'disk full'); END")
        )
    with pytest.raises(Exception, match="disk full"):
        office.export(sqlite_db, incident, by(), written.append)
    assert written == []
