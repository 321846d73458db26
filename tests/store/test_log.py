from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import monotonic, sleep

import pytest

from ecomms_bot.errors import EcommsError
from ecomms_bot.incident.entry import OFFICE, NewEntry
from ecomms_bot.incident.office import incident_registered
from ecomms_bot.store import codec, log
from ecomms_bot.store.engine import Database
from ecomms_bot.store.faults import AlreadyDone, Conflict, LogDamaged
from ecomms_bot.store.verify import verify
from tests.store.samples import append, at, entries, nonce, note, open_incident, tamper

PATIENCE_S = 60.0


def test_entries_come_back_as_they_were_written(db: Database) -> None:
    with db.write() as conn:
        written = append(
            conn, "i1", 0, note("Évacuez 🌊"), NewEntry("RoadClosed", {"roads": ["1", "5"], "lanes": 2})
        )

    assert entries(db, "i1") == list(written)
    first, second = written
    assert (first.seq, first.ordinal, first.prev) == (1, 0, "")
    assert (second.seq, second.ordinal, second.prev) == (2, 1, first.hash)
    assert second.payload == {"roads": ["1", "5"], "lanes": 2}
    assert (first.at, first.actor, first.command_id) == (at(0), "U-MAYA", "i1-after-0")


def test_a_stream_can_be_read_from_a_place_on_and_knows_its_head(db: Database) -> None:
    written = open_incident(db, "i1", notes=3)
    with db.read() as conn:
        assert log.read_after(conn, "i1", 2) == written[2:]
        assert log.head(conn, "i1") == (4, written[-1].hash)
        assert log.head(conn, "unknown") == (0, "")
        assert log.read(conn, "unknown") == []


def test_what_a_command_wrote_is_found_by_its_id_across_streams(db: Database) -> None:
    open_incident(db, "i1", notes=1)
    with db.read() as conn:
        found = log.by_command(conn, "i1-after-0")
        assert [(entry.incident, entry.seq, entry.ordinal) for entry in found] == [
            ("i1", 1, 0),
            (OFFICE, 1, 1),
        ]
        assert log.by_command(conn, "never sent") == []


def test_office_is_told_the_hash_of_the_entries_written_with_it(db: Database) -> None:
    with db.write() as conn:
        office = [
            NewEntry(
                "Told", {"first": log.FIRST_HASH, "last": log.LAST_HASH, "seq": log.LAST_SEQ, "by": "U1"}
            )
        ]
        first, second, told, _ = append(conn, "i1", 0, note("a"), note("b"), office=[*office, note("c")])
    assert told.payload == {"first": first.hash, "last": second.hash, "seq": 2, "by": "U1"}


def test_office_can_be_written_alone_and_is_one_chain(db: Database) -> None:
    open_incident(db, "i1")
    with db.write() as conn:
        kept = log.append_office(
            conn, [NewEntry("PlaybookLoaded", {})], at=at(9), actor="os:root", command_id="start", nonce=nonce
        )
    assert entries(db, OFFICE)[-1:] == list(kept)
    assert [entry.seq for entry in entries(db, OFFICE)] == [1, 2]
    assert kept[0].prev == entries(db, OFFICE)[0].hash


def test_office_takes_no_expected_seq(db: Database) -> None:
    with db.write() as conn, pytest.raises(ValueError, match="append_office"):
        append(conn, OFFICE, 0, note("a"))


def test_office_cannot_refer_to_entries_that_are_not_there(db: Database) -> None:
    with db.write() as conn, pytest.raises(ValueError, match="there are none"):
        append(conn, "i1", 0, office=[incident_registered("i1", log.FIRST_HASH)])


@pytest.mark.parametrize("expected", [0, 2], ids=["behind", "ahead"])
def test_who_expects_another_seq_than_there_is_has_a_conflict(db: Database, expected: int) -> None:
    with db.write() as conn:
        append(conn, "i1", 0, note("first"))
    with pytest.raises(Conflict, match="Nothing was kept"), db.write() as conn:
        append(conn, "i1", expected, note("second"), command="other")
    assert len(entries(db, "i1")) == 1


def test_a_command_that_is_in_the_log_is_already_done_even_if_it_expects_the_wrong_place(
    db: Database,
) -> None:
    with db.write() as conn:
        append(conn, "i1", 0, note("once"), command="trigger-1")
    for expected in (1, 0):
        with pytest.raises(AlreadyDone), db.write() as conn:
            append(conn, "i1", expected, note("twice"), command="trigger-1")
    with pytest.raises(AlreadyDone), db.write() as conn:
        log.append_office(conn, [note("twice")], at=at(0), actor="U", command_id="trigger-1", nonce=nonce)
    assert len(entries(db, "i1")) == 1


def test_two_writers_race_for_one_seq_and_exactly_one_wins(db: Database) -> None:
    # given an incident, and two writers who have both read it up to entry 1
    open_incident(db, "i1", notes=0)
    ready = Barrier(2, timeout=60)

    def write(name: str) -> str:
        ready.wait()
        try:
            with db.write() as conn:
                append(conn, "i1", 1, note(name), note("and more"), command=name)
        except Conflict:
            return "conflict"
        return "won"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(write, ["A", "B"])) == ["conflict", "won"]
    assert len(entries(db, "i1")) == 3


@pytest.mark.parametrize(
    ("second_place", "second_command", "expected"),
    [("i1", "B", Conflict), ("i2", "A", AlreadyDone)],
    ids=["the same place", "the same command elsewhere"],
)
def test_the_second_is_told_rightly_when_the_first_has_not_even_committed(
    postgres_db: Database, second_place: str, second_command: str, expected: type[EcommsError]
) -> None:
    # given a first writer who has not committed, and a second who waits for it inside the database
    def second() -> None:
        with postgres_db.write() as conn:
            append(conn, second_place, 0, note("second"), command=second_command)

    with ThreadPoolExecutor(1) as pool:
        with postgres_db.write() as conn:
            append(conn, "i1", 0, note("first"), command="A")
            waiting = pool.submit(second)
            until = monotonic() + PATIENCE_S
            while not _somebody_waits(postgres_db):
                assert monotonic() < until, "the second writer does not wait"
                sleep(0.005)
        with pytest.raises(expected):
            waiting.result(PATIENCE_S)
    assert [entry.payload for entry in entries(postgres_db, "i1")] == [{"text": "first"}]
    assert entries(postgres_db, "i2") == []


def _somebody_waits(db: Database) -> bool:
    with db.read() as conn:
        here = "datname = current_database() AND wait_event_type = 'Lock'"
        return bool(conn.exec_driver_sql(f"SELECT count(*) FROM pg_stat_activity WHERE {here}").scalar())


def test_forty_incidents_opened_at_once_are_all_there_and_office_is_whole(db: Database) -> None:
    ready = Barrier(40, timeout=60)

    def work(number: int) -> None:
        ready.wait()
        open_incident(db, f"i{number}", notes=1)

    with ThreadPoolExecutor(40) as pool:
        list(pool.map(work, range(40)))

    with db.read() as conn:
        verified = verify(conn)
    assert verified.problems == ()
    assert (verified.streams, verified.entries) == (41, 40 * 2 + 40)
    assert [entry.seq for entry in entries(db, OFFICE)] == list(range(1, 41))


def test_a_failed_block_keeps_nothing(db: Database) -> None:
    def work() -> None:
        with db.write() as conn:
            append(conn, "i1", 0, note("a"))
            raise RuntimeError("something broke after the append")

    with pytest.raises(RuntimeError, match="after"):
        work()
    assert entries(db, "i1") == []


def test_reading_shows_old_payloads_in_todays_form_and_leaves_the_hashes_alone(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with db.write() as conn:
        (written,) = append(conn, "i1", 0, NewEntry("RoadClosed", {"road": "1"}))
    monkeypatch.setitem(codec.UPCASTERS, ("RoadClosed", 1), lambda old: {"roads": [old["road"]]})

    (read,) = entries(db, "i1")
    assert read.payload == {"roads": ["1"], "v": 2}
    assert read.hash == written.hash
    with db.read() as conn:
        assert verify(conn).problems[0].text == "office does not know this incident"
        assert len(verify(conn).problems) == 1


def test_rows_are_exactly_what_was_hashed(db: Database) -> None:
    open_incident(db, "i1")
    with db.read() as conn:
        stored = list(log.rows(conn, "i1"))
        everything = list(log.rows(conn))
    assert [codec.sha256(row["payload"]) for row in stored] == [row["payload_sha256"] for row in stored]
    assert len(everything) == len(stored) + 1
    for before, after in itertools.pairwise(stored):
        assert after["prev"] == before["hash"]


def test_an_entry_that_was_made_unreadable_is_named(db: Database) -> None:
    open_incident(db, "i1")
    tamper(db, "UPDATE events SET payload = 'no json' WHERE incident = 'i1' AND seq = 2")
    with pytest.raises(LogDamaged, match="Entry 2 of i1 cannot be read"):
        entries(db, "i1")
