"""Each way to change the log behind its back is found, and the first bad entry named."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import exc, select, update

from ecomms_bot.errors import DatabaseError
from ecomms_bot.incident.entry import OFFICE, NewEntry
from ecomms_bot.store import codec, log
from ecomms_bot.store.engine import Database
from ecomms_bot.store.tables import events
from ecomms_bot.store.verify import BadHead, Head, verify
from tests.store.samples import append, entries, note, open_incident, seal, tamper, without_triggers


def problems(db: Database, heads: dict[str, Head] | None = None) -> list[str]:
    with db.read() as conn:
        return [str(problem) for problem in verify(conn, heads).problems]


@pytest.fixture
def night(db: Database) -> Database:
    """Two incidents of five entries each, the second one closed and sealed with a sixth."""
    open_incident(db, "i1", notes=4)
    open_incident(db, "i2", notes=4)
    seal(db, "i2", 5)
    return db


def test_an_untouched_log_has_no_problems_and_everything_was_looked_at(night: Database) -> None:
    with night.read() as conn:
        verified = verify(conn, {"i1": log.head(conn, "i1"), OFFICE: log.head(conn, OFFICE)})
    assert verified.problems == ()
    assert (verified.streams, verified.entries) == (3, 5 + 6 + 3)


def test_an_empty_log_has_no_problems(db: Database) -> None:
    with db.read() as conn:
        assert verify(conn) == verify(conn, {})
        assert verify(conn).entries == 0


def test_a_changed_byte_in_a_text(night: Database) -> None:
    tamper(night, "UPDATE events SET payload = replace(payload, 'note 2', 'note 7') WHERE incident = 'i1'")
    assert problems(night) == ["incident i1 entry 3: the content does not match its hash"]


def test_a_changed_byte_in_a_column(night: Database) -> None:
    tamper(night, "UPDATE events SET actor = 'U-OTHER' WHERE incident = 'i2' AND seq = 4")
    assert problems(night) == ["incident i2 entry 4: the entry does not match its hash"]


def test_a_changed_text_with_its_own_hash_made_to_match(night: Database) -> None:
    digest = codec.sha256("{}")
    tamper(
        night,
        f"UPDATE events SET payload = '{{}}', payload_sha256 = '{digest}' WHERE incident = 'i1' AND seq = 3",
    )
    assert problems(night) == ["incident i1 entry 3: the entry does not match its hash"]


def test_a_changed_byte_in_the_file_that_makes_it_no_text(tmp_path: Any, sqlite_db: Database) -> None:
    open_incident(sqlite_db, "i1")
    tamper(sqlite_db, "UPDATE events SET payload = CAST(X'FF7B7D' AS TEXT) WHERE incident = 'i1' AND seq = 2")
    tamper(sqlite_db, "UPDATE events SET actor = CAST(X'FF' AS TEXT) WHERE incident = 'office' AND seq = 1")
    assert problems(sqlite_db) == [
        "office entry 1: the entry does not match its hash",
        "incident i1 entry 2: the content does not match its hash",
    ]


def test_a_deleted_row(night: Database) -> None:
    tamper(night, "DELETE FROM events WHERE incident = 'i1' AND seq = 3")
    assert problems(night) == ["incident i1 entry 3: it is missing"]


def test_a_deleted_first_row(night: Database) -> None:
    tamper(night, "DELETE FROM events WHERE incident = 'i1' AND seq = 1")
    assert problems(night)[0] == "incident i1 entry 1: it is missing"


def test_a_swapped_pair(night: Database) -> None:
    tamper(
        night,
        "UPDATE events SET seq = 99 WHERE incident = 'i1' AND seq = 3",
        "UPDATE events SET seq = 3 WHERE incident = 'i1' AND seq = 4",
        "UPDATE events SET seq = 4 WHERE incident = 'i1' AND seq = 99",
    )
    assert problems(night) == ["incident i1 entry 3: the entry does not match its hash"]


def test_an_entry_put_in_from_nowhere(night: Database) -> None:
    tamper(
        night,
        "INSERT INTO events"
        " SELECT incident, 0, at, actor, 'new', 0, type, payload, payload_sha256, prev, hash"
        " FROM events WHERE incident = 'i1' AND seq = 1",
    )
    assert problems(night) == ["incident i1 entry 0: the entry does not match its hash"]


def test_a_cut_tail_shows_by_a_head_that_was_written_down(night: Database) -> None:
    seq, head = entries(night, "i1")[-1].seq, entries(night, "i1")[-1].hash
    tamper(night, "DELETE FROM events WHERE incident = 'i1' AND seq >= 4")

    assert problems(night) == []  # nothing in the database tells: that is what the head is for
    missing = ["incident i1 entry 5: it is missing: the log ends at entry 3, but not the head that was given"]
    assert problems(night, {"i1": (seq, head)}) == missing
    assert problems(night, {"i1": f"{seq}:{head}"}) == missing
    assert problems(night, {"i1": f"{seq}:{head[:10]}…"}) == missing
    assert problems(night, {"i1": head[:12].upper()}) == [
        f"incident i1: no entry has the head that was given {head[:12]}: entries were cut off or rewritten"
    ]


def test_a_cut_tail_of_a_closed_incident_shows_by_its_seal(night: Database) -> None:
    tamper(night, "DELETE FROM events WHERE incident = 'i2' AND seq >= 5")
    assert problems(night) == [
        "incident i2 entry 6: it is missing: the log ends at entry 4, but not the seal in office"
    ]


def test_later_entries_do_not_contradict_an_earlier_head_or_a_seal(night: Database) -> None:
    early = entries(night, "i1")[2]
    with night.write() as conn:
        append(conn, "i1", 5, note("later"))
        append(conn, "i2", 6, note("after closing"))
    assert problems(night, {"i1": f"3:{early.hash}"}) == []


def test_a_vanished_incident(night: Database) -> None:
    tamper(night, "DELETE FROM events WHERE incident = 'i1'")
    assert problems(night) == ["incident i1: the whole incident has vanished from the log"]


def test_an_incident_that_vanished_from_office_too_shows_by_a_head(night: Database) -> None:
    # given an attacker who owns the tables and makes the chain of office anew, without the incident
    head = entries(night, "i2")[-1].hash
    tamper(night, "DELETE FROM events WHERE incident = 'i2' OR (incident = 'office' AND seq > 1)")
    assert problems(night) == []
    assert problems(night, {"i2": f"6:{head}"}) == [
        "incident i2: the whole incident has vanished from the log"
    ]


def test_an_incident_that_office_does_not_know(night: Database) -> None:
    with night.write() as conn:
        append(conn, "i3", 0, note("slipped in"))
    assert problems(night) == ["incident i3: office does not know this incident"]


def test_a_recomputed_chain_is_caught_by_a_head_and_by_the_registration(night: Database) -> None:
    # given somebody who owns the tables, changes the first entry and computes all hashes anew
    before = entries(night, "i1")
    with night.write() as conn:
        without_triggers(conn)
        prev = ""
        for row in conn.execute(select(events).where(events.c.incident == "i1").order_by(events.c.seq)).all():
            text = row.payload.replace("Flood", "Drill")
            values = {**row._asdict(), "payload": text, "payload_sha256": codec.sha256(text), "prev": prev}
            values["hash"] = prev = codec.link_hash([values[name] for name in codec.LINKED])
            place = (events.c.incident == "i1", events.c.seq == row.seq)
            conn.execute(update(events).where(*place).values(**values))

    rewritten = (
        "incident i1 entry 1: it is another one than the registration in office says: the log was rewritten"
    )
    assert problems(night) == [rewritten]
    assert problems(night, {"i1": f"4:{before[3].hash}"}) == [
        rewritten,
        "incident i1 entry 4: it is another one than the head that was given says: the log was rewritten",
    ]


def test_a_broken_link(night: Database) -> None:
    # given an entry whose own hash was made to match a `prev` that is not the entry before
    with night.write() as conn:
        without_triggers(conn)
        place = (events.c.incident == "i1", events.c.seq == 3)
        row = conn.execute(select(events).where(*place)).one()
        values = {**row._asdict(), "prev": "0" * 64}
        values["hash"] = codec.link_hash([values[name] for name in codec.LINKED])
        conn.execute(update(events).where(*place).values(**values))
    assert problems(night) == ["incident i1 entry 3: it does not follow from the entry before"]


def test_damage_in_office_is_found_and_does_not_stop_the_check(night: Database) -> None:
    tamper(
        night,
        "UPDATE events SET payload = '{\"incident\": ' WHERE incident = 'office' AND seq = 1",
        "UPDATE events SET payload = '[]' WHERE incident = 'office' AND seq = 2",
        "UPDATE events SET payload = NULL WHERE incident = 'office' AND seq = 3",
    )
    assert problems(night) == [
        "office entry 1: the content does not match its hash",
        "incident i1: office does not know this incident",
        "incident i2: office does not know this incident",
    ]


def test_a_text_removed_without_office_knowing(night: Database) -> None:
    tamper(night, "UPDATE events SET payload = NULL WHERE incident = 'i1' AND seq = 3")
    assert problems(night) == [
        "incident i1 entry 3: the content was removed, and office knows of no lawful redaction"
    ]


@pytest.mark.parametrize("text", ["", "5", "xyz", "5:", "12345", "5:abc", "-1:abcdef0", "5:" + "a" * 65])
def test_a_head_that_cannot_be_read_is_refused_in_words(db: Database, text: str) -> None:
    with db.read() as conn, pytest.raises(BadHead, match="looks like"):
        verify(conn, {"i1": text})


def test_a_long_log_is_walked_without_holding_it(db: Database) -> None:
    with db.write() as conn:
        opened = NewEntry("IncidentOpened", {})
        append(conn, "i1", 0, opened, *(note(str(number)) for number in range(1500)))
    with db.read() as conn:
        verified = verify(conn)
    assert verified.entries == 1501
    assert [str(problem) for problem in verified.problems] == [
        "incident i1: office does not know this incident"
    ]


# --- any change of any stored column ---

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
NUMBERS = st.integers(-(2**31), 2**31 - 1)
CHANGES = st.one_of(
    st.tuples(st.just("payload"), st.none() | TEXTS),
    *(
        st.tuples(st.just(column.name), NUMBERS if column.name in {"seq", "ordinal"} else TEXTS)
        for column in events.c
    ),
)


class Undo(Exception):
    """Ends the transaction of an example."""


@given(change=CHANGES, place=st.sampled_from([("i1", 1), ("i1", 3), ("i2", 6), (OFFICE, 1), (OFFICE, 3)]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # each example is rolled back
def test_any_change_of_any_stored_value_is_found(
    sealed_night: Database, change: tuple[str, Any], place: tuple[str, int]
) -> None:
    column, value = change
    here = (events.c.incident == place[0], events.c.seq == place[1])
    with contextlib.suppress(Undo, exc.IntegrityError), sealed_night.write() as conn:
        row = conn.execute(select(events).where(*here)).one()
        changed = conn.execute(update(events).where(*here).values(**{column: value}))
        assert changed.rowcount == 1
        if getattr(row, column) != value:
            assert verify(conn).problems
        raise Undo


@pytest.fixture
def sealed_night(night: Database) -> Database:
    """As `night`, open to attack."""
    tamper(night)
    return night


def test_reading_what_is_no_text_says_that_the_file_is_damaged(sqlite_db: Database) -> None:
    open_incident(sqlite_db, "i1")
    tamper(sqlite_db, "UPDATE events SET actor = CAST(X'FF' AS TEXT) WHERE incident = 'i1' AND seq = 2")
    assert problems(sqlite_db)
    with pytest.raises(DatabaseError, match="is damaged"):
        entries(sqlite_db, "i1")
