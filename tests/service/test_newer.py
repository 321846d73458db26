"""While bots are updated one after the other, an older one never decides without what a newer one wrote."""

from __future__ import annotations

from typing import Any

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.entry import NewEntry
from ecomms_bot.service.records import NewerEntry, Records, States
from ecomms_bot.store import log
from ecomms_bot.store.engine import Database
from ecomms_bot.store.verify import verify
from tests.cli.night import COMMUNICATOR, Night
from tests.store.samples import append, entries

NEWER: dict[str, NewEntry] = {
    "an entry of a kind that is not known": NewEntry("RadioBroadcast", {"station": "CBC"}),
    "a known one that says more": NewEntry("NoteAdded", {"text": "Slide", "photo": "F1", "person": "U1"}),
}


@pytest.fixture
def night(db: Database) -> Night:
    return Night(db)


def writes(db: Database, incident: str, entry: NewEntry) -> None:
    """A bot of a newer version does."""
    with db.write() as conn:
        append(conn, incident, log.head(conn, incident)[0], entry)


@pytest.mark.parametrize("kind", NEWER)
def test_nothing_is_decided_without_it_and_whoever_asks_is_told(
    db: Database, night: Night, kind: str
) -> None:
    incident = night.open()
    night.do(incident, c.AddNote("Slide at Agassiz"), COMMUNICATOR)  # the state is in mind
    writes(db, incident, NEWER[kind])
    before = entries(db, incident)
    with pytest.raises(NewerEntry) as told:
        night.do(incident, c.AddNote("The bridge stands"), COMMUNICATOR)
    words = f"Entry {before[-1].seq} of this incident, {NEWER[kind].type}, was written by another version"
    assert words in str(told.value)
    assert "nothing was changed" in str(told.value)
    assert entries(db, incident) == before


@pytest.mark.parametrize("look", [Records.state, Records.history, Records.checked])
def test_nothing_is_shown_without_it(db: Database, night: Night, look: Any) -> None:
    incident = night.open()
    writes(db, incident, NEWER["an entry of a kind that is not known"])
    with pytest.raises(NewerEntry):
        look(Records(db, States()), incident)


def test_other_incidents_go_on(db: Database, night: Night) -> None:
    incident, other = night.open(), night.open("Mill Road", conversation="C0MILL")
    writes(db, incident, NEWER["an entry of a kind that is not known"])
    assert night.do(other, c.AddNote("The bridge stands"), COMMUNICATOR).new


def test_the_chain_can_be_checked_by_any_version(db: Database, night: Night) -> None:
    incident = night.open()
    writes(db, incident, NEWER["an entry of a kind that is not known"])
    with db.read() as conn:
        found = verify(conn)
    assert [str(each) for each in found.problems if "hash" in str(each)] == []
