"""States kept in mind: what is read is what the log says, whoever wrote it, whatever was done to it."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.evolve import replay
from ecomms_bot.incident.policy import TERMINAL_ROLES, Person
from ecomms_bot.incident.state import Incident
from ecomms_bot.service import office
from ecomms_bot.service.office import Signature
from ecomms_bot.service.records import STATES, States, load, recorded
from ecomms_bot.store import log
from ecomms_bot.store.engine import Database
from tests.cli.night import COMMUNICATOR, Night, still_open
from tests.store.samples import tamper

_numbers = itertools.count()


@pytest.fixture
def night(db: Database) -> Night:
    return Night(db)


def read(db: Database, states: States, incident: str) -> Incident:
    """The state as kept in mind; the log alone always says the same."""
    with db.read() as conn:
        state, alone = states.load(conn, incident), load(conn, incident)
    assert state == alone
    return state


def test_nothing_is_replayed_when_nothing_happened(db: Database, night: Night) -> None:
    incident, states = night.open(), States()
    assert read(db, states, incident) is read(db, states, incident)


def test_what_another_replica_wrote_is_seen(db: Database, night: Night) -> None:
    incident, ours = night.open(), States()
    before = read(db, ours, incident)
    Night(db).do(incident, c.AddNote("The bridge stands"), COMMUNICATOR)
    assert read(db, ours, incident).seq == before.seq + 1


def test_every_reader_gets_the_state_of_its_own_picture(db: Database, night: Night) -> None:
    # given a picture of the database that is older than the state in mind
    incident, states = night.open(), States()
    with db.read() as early:
        before = load(early, incident)
        night.do(incident, c.AddNote("The bridge stands"), COMMUNICATOR)
        after = read(db, states, incident)
        # then it is answered from that picture, and later ones from theirs
        assert states.load(early, incident) == before
    assert read(db, states, incident) == after != before


def test_a_state_that_was_never_committed_is_not_believed(db: Database, night: Night) -> None:
    incident, states = night.open(), States()
    kept = read(db, states, incident)
    states.keep(kept.at_entry(kept.seq + 1, "f" * 64, kept.seq + 1))
    assert read(db, states, incident) == kept


def test_a_log_from_a_backup_that_went_on_differently_is_read_from_the_beginning(
    db: Database, night: Night
) -> None:
    # given a state in mind, and a database put back to an earlier moment
    incident, states = night.open(), States()
    night.do(incident, c.AddNote("The bridge stands"), COMMUNICATOR)
    last = read(db, states, incident).seq
    tamper(db, f"DELETE FROM events WHERE incident = '{incident}' AND seq = {last}")
    # when something else happened there, up to the same place and beyond it
    again = Night(db)
    for words in ("The bridge is gone", "The river rises"):
        again.do(incident, c.AddNote(words), COMMUNICATOR)
    # then only that is known
    assert read(db, states, incident).seq == last + 1
    with db.read() as conn:
        entries = recorded(log.read(conn, incident))
    assert read(db, states, incident) == replay(incident, entries)


def test_what_was_redacted_after_the_close_is_gone_from_the_state(db: Database, night: Night) -> None:
    # given a state in mind with a fact, by a replica that did not see the close
    incident, states = night.open(), States()
    night.do(incident, c.RecordFact("Shelter", "12 Elm Street, Ms Novak", "her call"), COMMUNICATOR)
    assert "Shelter" in read(db, states, incident).facts
    seq = read(db, states, incident).seq
    night.close(incident)
    # when the words are redacted, which changes no hash
    clerk, at = Person("os:nora", TERMINAL_ROLES), datetime(2021, 11, 20, 17, 0, tzinfo=UTC)
    by = Signature(clerk, at, f"redaction-{next(_numbers)}", lambda: "nonce")
    office.redact(db, incident, seq, "a private address", by)
    # then nobody reads them here
    assert "Elm Street" not in repr(read(db, states, incident))


def test_the_incident_that_nobody_asks_for_is_forgotten_first(db: Database, night: Night) -> None:
    first, second, states = night.open(), still_open(db), States()
    kept = read(db, states, first), read(db, states, second)
    for number in range(STATES - 2):
        states.keep(Incident(f"i{number}", seq=1))
    assert read(db, states, first) is kept[0]
    states.keep(Incident("one more", seq=1))
    assert read(db, states, first) is kept[0]
    assert read(db, states, second) is not kept[1]
