from __future__ import annotations

from pathlib import Path

import pytest

from ecomms_bot.incident.entry import OFFICE, Entry, NewEntry
from ecomms_bot.store import log
from ecomms_bot.store.engine import Database
from ecomms_bot.store.faults import AlreadyDone
from ecomms_bot.store.redaction import CannotRedact, redact
from ecomms_bot.store.verify import verify
from tests.store.samples import append, at, entries, nonce, open_incident, tamper


def blank(
    db: Database, incident: str, seq: int, reason: str = "names a child", command: str = "redact-1"
) -> Entry:
    with db.write() as conn:
        return redact(conn, incident, seq, reason, "U-RECORDS", at=at(60), command_id=command, nonce=nonce)


def problems(db: Database) -> list[str]:
    with db.read() as conn:
        return [str(problem) for problem in verify(conn).problems]


def test_a_lawful_redaction_keeps_place_and_hash_and_the_log_still_verifies(db: Database) -> None:
    before = open_incident(db, "i1")[2]

    noted = blank(db, "i1", 3)

    after = entries(db, "i1")[2]
    assert (after.payload, after.payload_sha256, after.hash) == (None, before.payload_sha256, before.hash)
    assert noted == entries(db, OFFICE)[-1]
    assert noted.type == "PayloadRedacted"
    assert noted.payload == {"incident": "i1", "seq": 3, "reason": "names a child", "by": "U-RECORDS"}
    assert problems(db) == []


def test_the_log_goes_on_after_a_redacted_entry(db: Database) -> None:
    open_incident(db, "i1")
    blank(db, "i1", 4)
    with db.write() as conn:
        append(conn, "i1", 4, NewEntry("NoteAdded", {"text": "next"}))
    assert problems(db) == []


@pytest.mark.parametrize("type", ["IncidentOpened", "ApprovalGiven", "DraftApproved"])
def test_openings_and_approvals_cannot_be_redacted(db: Database, type: str) -> None:
    with db.write() as conn:
        append(conn, "i1", 0, NewEntry(type, {"who": "U1"}))
    with pytest.raises(CannotRedact, match=type):
        blank(db, "i1", 1)
    assert entries(db, OFFICE) == []


def test_office_cannot_be_redacted(db: Database) -> None:
    open_incident(db, "i1")
    with pytest.raises(CannotRedact, match="office"):
        blank(db, OFFICE, 1)


@pytest.mark.parametrize(("incident", "seq"), [("i1", 99), ("i1", 0), ("unknown", 1)])
def test_an_unknown_entry_cannot_be_redacted(db: Database, incident: str, seq: int) -> None:
    open_incident(db, "i1")
    with pytest.raises(CannotRedact, match=f"Entry {seq} of {incident} is not in the log"):
        blank(db, incident, seq)


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_redaction_needs_a_reason(db: Database, reason: str) -> None:
    open_incident(db, "i1")
    with pytest.raises(CannotRedact, match="reason"):
        blank(db, "i1", 2, reason)


def test_the_second_redaction_is_told_of_the_first(db: Database) -> None:
    open_incident(db, "i1")
    blank(db, "i1", 2)
    with pytest.raises(CannotRedact, match="redacted already"):
        blank(db, "i1", 2, command="redact-2")
    with pytest.raises(AlreadyDone):
        blank(db, "i1", 3, command="redact-1")
    assert len(entries(db, OFFICE)) == 2


def test_a_text_that_came_back_after_its_redaction_is_found(db: Database) -> None:
    # given somebody who puts a redacted text back, from an old copy
    open_incident(db, "i1")
    with db.read() as conn:
        text = list(log.rows(conn, "i1"))[1]["payload"]
    blank(db, "i1", 2)
    tamper(db, f"UPDATE events SET payload = '{text}' WHERE incident = 'i1' AND seq = 2")
    assert problems(db) == ["incident i1 entry 2: the content is there, but office says that it was redacted"]


def test_nothing_of_a_redacted_text_stays_in_the_files(sqlite_db: Database, tmp_path: Path) -> None:
    secret = "Naomi Okafor, 4 years"
    with sqlite_db.write() as conn:
        opened = NewEntry("IncidentOpened", {})
        append(conn, "i1", 0, opened, NewEntry("NoteAdded", {"text": secret + " and a long text" * 500}))
    sqlite_db.checkpoint()
    assert secret.encode() in b"".join(path.read_bytes() for path in tmp_path.glob("ecomms.db*"))

    blank(sqlite_db, "i1", 2)
    sqlite_db.checkpoint()

    assert secret.encode() not in b"".join(path.read_bytes() for path in tmp_path.glob("ecomms.db*"))
