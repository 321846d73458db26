"""Who is off duty: written to the office stream once, known by every replica, over by itself at its time."""

from __future__ import annotations

import itertools
import logging
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.exc import OperationalError

from ecomms_bot.errors import DatabaseError
from ecomms_bot.incident.entry import OFFICE, Entry
from ecomms_bot.incident.policy import Person, Roster
from ecomms_bot.incident.wording import Rejected
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.service.duty import Changed, Duty, DutyChange
from ecomms_bot.store import line, log
from ecomms_bot.store.engine import Database
from ecomms_bot.store.verify import verify
from tests.store.test_line import PATIENCE_S, queue

NIGHT = datetime(2021, 11, 15, 4, 0, tzinfo=UTC)
ROSTER = Roster({"pio": ("U0PIA",), "ic": ("U0IRENE",), "communicator": ("U0MARA",)})
_numbers = itertools.count()


@dataclass
class Hands:
    """A clock that a test moves."""

    at: datetime = NIGHT
    practice: bool = True

    def now(self) -> datetime:
        return self.at

    def machine(self) -> float:
        return 0.0

    def real_delay(self, due: datetime) -> float | None:
        raise NotImplementedError


@dataclass
class Replica:
    """One bot of several on this database."""

    db: Database
    clock: Hands = field(default_factory=Hands)

    def __post_init__(self) -> None:
        self.duty = Duty(self.db, self.clock, lambda: "nonce")

    def says(
        self, by: str, person: str = "", *, on: bool = False, hours: float | None = None, id: str = ""
    ) -> Changed:
        until = None if hours is None else Instant.of(self.clock.at + timedelta(hours=hours), "UTC")
        command_id = id or f"command-{next(_numbers)}"
        change = DutyChange(person or by, on=on, until=until)
        return self.duty.change(change, ROSTER.person(by), ROSTER, command_id)


def written(db: Database) -> list[Entry]:
    with db.read() as conn:
        return log.read(conn, OFFICE)


@pytest.fixture
def one(db: Database) -> Replica:
    return Replica(db)


def test_it_is_in_the_log_and_the_log_is_whole(one: Replica) -> None:
    done = one.says("U0PIA", hours=8)
    assert done.new
    assert set(one.duty.off()) == {"U0PIA"}
    (entry,) = written(one.db)
    assert (entry.type, entry.actor) == ("DutyChanged", "U0PIA")
    with one.db.read() as conn:
        assert verify(conn).problems == ()


def test_when_the_time_has_come_nobody_has_to_say_anything(one: Replica) -> None:
    one.says("U0PIA", hours=8)
    one.clock.at += timedelta(hours=8, seconds=-1)
    assert set(one.duty.off()) == {"U0PIA"}
    one.clock.at += timedelta(seconds=1)
    assert one.duty.off() == {}
    # who is on duty again can go off again, and that is new
    assert one.says("U0PIA", hours=8).new


def test_another_replica_and_a_new_start_learn_it(one: Replica) -> None:
    other = Replica(one.db)
    one.says("U0PIA")
    assert other.duty.off() == {}
    other.duty.refresh()
    assert set(other.duty.off()) == {"U0PIA"}
    # and what it says itself rests on what the first one wrote
    assert not other.says("U0PIA").new
    one.says("U0PIA", on=True)
    other.duty.refresh()
    assert other.duty.off() == {}


def test_the_same_command_twice_and_what_is_so_already_are_written_once(one: Replica) -> None:
    assert one.says("U0PIA", id="c1").new
    assert one.says("U0PIA", id="c1").new
    assert not one.says("U0PIA").new
    assert not one.says("U0MARA", on=True).new
    assert len(written(one.db)) == 1


def test_two_replicas_at_the_same_moment_write_one_after_the_other(one: Replica) -> None:
    replicas = [Replica(one.db) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        done = [*pool.map(lambda each: each.says("U0PIA"), replicas)]
    assert sorted(each.new for each in done) == [False, False, False, True]
    assert len(written(one.db)) == 1


def test_what_another_wrote_in_the_same_transaction_is_not_known_before_it_is_on_the_disk(
    sqlite_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, said = Replica(sqlite_db), list[Changed]()
    monkeypatch.setattr(line, "SHARED_S", PATIENCE_S)
    # given two who say the same, and whose writes share a commit
    with queue(sqlite_db) as waiting:
        for _ in range(2):
            waiting.joins(lambda: said.append(one.says("U0PIA")))
        # when that commit fails
        failing = iter([OperationalError("COMMIT", {}, sqlite3.OperationalError("disk is full"))])

        def fail_once(_: Connection) -> None:
            for error in failing:
                raise error

        event.listen(vars(sqlite_db)["_made"], "commit", fail_once)
    assert all(isinstance(each.exception(), DatabaseError) for each in waiting.writers)
    # then both are told, and nothing of it is known
    assert said == []
    assert one.duty.off() == {}
    assert written(sqlite_db) == []
    # and who says it again has it written
    assert one.says("U0PIA").new
    assert set(one.duty.off()) == {"U0PIA"}
    assert len(written(sqlite_db)) == 1


def test_a_database_that_does_not_answer_leaves_what_was_known(
    sqlite_db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    one = Replica(sqlite_db)
    one.says("U0PIA")
    with sqlite_db.write() as conn:
        conn.exec_driver_sql("ALTER TABLE events RENAME TO gone")
    with caplog.at_level(logging.WARNING):
        one.duty.refresh()
    assert set(one.duty.off()) == {"U0PIA"}
    assert "Who is on duty could not be read" in caplog.text


# --- who may, and what cannot be ---


@pytest.mark.parametrize(
    ("by", "about", "code"),
    [
        ("U0MARA", "U0PIA", "not-allowed"),
        ("U0NOBODY", "U0NOBODY", "not-allowed"),
        ("U0PIA", "U0NOBODY", "no-role"),
    ],
)
def test_what_is_refused_is_not_written(one: Replica, by: str, about: str, code: str) -> None:
    with pytest.raises(Rejected) as no:
        one.says(by, about)
    assert no.value.code == code
    assert "Nothing was changed." in str(no.value)
    assert written(one.db) == []


@pytest.mark.parametrize("by", ["U0PIA", "U0IRENE"])
def test_pio_and_ic_say_it_for_others(one: Replica, by: str) -> None:
    assert one.says(by, "U0MARA").new
    assert one.duty.off()["U0MARA"].by == by


def test_a_time_that_has_passed_is_refused_beside_its_field(one: Replica) -> None:
    with pytest.raises(Rejected, match="That time has passed") as no:
        one.says("U0PIA", hours=-1)
    assert no.value.field == "until"
    assert written(one.db) == []


def test_who_may_be_in_a_group_that_slack_has_not_told_of_is_not_called_without_a_role(one: Replica) -> None:
    roster = Roster({"pio": ("U0PIA",)}, unread=frozenset({"ic"}))
    change = DutyChange("U0IRENE", on=False)
    assert one.duty.change(change, roster.person("U0PIA"), roster, "c").new


def test_without_roles_nobody_is_off_duty(one: Replica) -> None:
    roster = Roster(configured=False)
    with pytest.raises(Rejected, match="so everybody is asked"):
        one.duty.change(DutyChange("U1", on=False), roster.person("U1"), roster, "c")


def test_guests_are_sent_to_a_full_member(one: Replica) -> None:
    with pytest.raises(Rejected, match=r"Guests cannot go on or off duty\."):
        one.duty.change(DutyChange("U1", on=False), Person("U1", guest=True), ROSTER, "c")
