from __future__ import annotations

from dataclasses import replace

from ecomms_bot.incident.entry import IncidentRow, ReleaseRow
from ecomms_bot.store import heartbeat, projections
from ecomms_bot.store.engine import Database
from tests.store.samples import at

FLOOD = IncidentRow(
    id="i-flood",
    name="Sumas flood",
    hazard="flood",
    exercise=False,
    severity="high",
    phase="during",
    conversation="C1",
    opener="U-MAYA",
    holder="U-MAYA",
    opened_at=at(0),
    closed_at=None,
    promised_at=at(120),
    seq=7,
)
POST = ReleaseRow(
    incident="i-flood",
    draft="d1",
    revision=2,
    channel="x",
    language="en",
    text="Highway 1 is closed 🌊",
    text_sha256="ab",
    attested_at=at(30),
    attested_by="U-MAYA",
    proof="https://x.example/1",
    exercise=False,
)


def save(db: Database, incident: IncidentRow, *releases: ReleaseRow) -> None:
    with db.write() as conn:
        projections.save(conn, incident, releases)


def test_what_is_saved_comes_back(db: Database) -> None:
    save(db, FLOOD, POST)
    with db.read() as conn:
        assert projections.incident(conn, "i-flood") == FLOOD
        assert projections.releases(conn, "i-flood") == [POST]
        assert projections.incident(conn, "unknown") is None
        assert projections.releases(conn, "unknown") == []


def test_saving_again_replaces_the_incident_and_all_its_releases(db: Database) -> None:
    later = replace(FLOOD, severity="low", promised_at=None, seq=9)
    french = replace(POST, language="fr", text=None)
    save(db, FLOOD, POST, replace(POST, channel="web"))
    save(db, later, french)
    with db.read() as conn:
        assert projections.dump(conn) == {"incidents": [later], "releases": [french]}


def test_saving_one_incident_leaves_the_others_alone(db: Database) -> None:
    other = replace(FLOOD, id="i-fire", hazard="wildfire")
    save(db, FLOOD, POST)
    save(db, other, replace(POST, incident="i-fire"))
    save(db, other)
    with db.read() as conn:
        assert projections.releases(conn, "i-flood") == [POST]
        assert projections.dump(conn)["incidents"] == [other, FLOOD]


def test_lists_show_the_newest_first_and_the_open_ones_alone(db: Database) -> None:
    newer = replace(FLOOD, id="i-newer", opened_at=at(10))
    closed = replace(FLOOD, id="i-closed", opened_at=at(20), closed_at=at(50))
    for incident in (FLOOD, newer, closed):
        save(db, incident)
    with db.read() as conn:
        assert projections.all_incidents(conn) == [closed, newer, FLOOD]
        assert projections.open_incidents(conn) == [newer, FLOOD]


def test_a_conversation_belongs_to_its_open_incident_before_a_closed_one_then_to_the_newest(
    db: Database,
) -> None:
    older = replace(FLOOD, id="i-older", opened_at=at(-10))
    closed = replace(FLOOD, id="i-closed", opened_at=at(20), closed_at=at(50))
    elsewhere = replace(FLOOD, id="i-elsewhere", conversation="C2", closed_at=at(1))
    nowhere = replace(FLOOD, id="i-nowhere", conversation=None)
    for incident in (closed, older, FLOOD, elsewhere, nowhere):
        save(db, incident)
    with db.read() as conn:
        assert projections.incident_by_conversation(conn, "C1") == FLOOD
        assert projections.incident_by_conversation(conn, "C2") == elsewhere
        assert projections.incident_by_conversation(conn, "C3") is None


def test_releases_are_in_the_order_in_which_they_went_out(db: Database) -> None:
    first, second = (
        replace(POST, channel="web", attested_at=at(10)),
        replace(POST, channel="sms", attested_at=at(20)),
    )
    save(db, FLOOD, POST, second, first)
    with db.read() as conn:
        assert projections.releases(conn, "i-flood") == [first, second, POST]


def test_both_can_be_emptied(db: Database) -> None:
    save(db, FLOOD, POST)
    with db.write() as conn:
        projections.clear(conn)
        assert projections.dump(conn) == {"incidents": [], "releases": []}


def test_a_heartbeat_has_an_age(db: Database) -> None:
    with db.write() as conn:
        assert heartbeat.age(conn, "r1", 100.0) is None
        assert heartbeat.age(conn, None, 100.0) is None
        heartbeat.beat(conn, "r1", 90.0)
        heartbeat.beat(conn, "r1", 95.0)
        heartbeat.beat(conn, "r2", 99.5)
        assert heartbeat.age(conn, "r1", 100.0) == 5.0
        assert heartbeat.age(conn, "r2", 100.0) == 0.5
        assert heartbeat.age(conn, None, 100.0) == 0.5
        assert heartbeat.age(conn, "r3", 100.0) is None


def test_bots_of_one_machine_are_told_apart_and_counted(db: Database) -> None:
    with db.write() as conn:
        heartbeat.beat(conn, "east:1:boot:7", 90.0)
        heartbeat.beat(conn, "east:2:boot:8", 95.0)
        heartbeat.beat(conn, "eastern:1:boot:9", 99.0)
        assert heartbeat.age(conn, "east", 100.0) == 5.0
        assert heartbeat.running(conn, "east", 100.0) == (2, 1)
        heartbeat.forget(conn, "east:2:boot:8")
        assert heartbeat.age(conn, "east", 100.0) == 10.0
        assert heartbeat.running(conn, "east", 100.0) == (1, 1)


def test_what_killed_bots_leave_behind_is_cleared_away(db: Database) -> None:
    with db.write() as conn:
        heartbeat.beat(conn, "long silent", 100.0)
        heartbeat.beat(conn, "ended", 4000.0)
        heartbeat.beat(conn, "running", 4000.0, at(9))
        heartbeat.clear(conn, 4000.0, lambda name: name == "ended")
        assert heartbeat.age(conn, "running", 4000.0) == 0
        assert heartbeat.age(conn, "ended", 4000.0) is None
        assert heartbeat.age(conn, "long silent", 4000.0) is None
        assert heartbeat.last_seen(conn) is not None


def test_all_have_stopped_in_order_when_nobody_was_there_shortly_before_the_last_one(db: Database) -> None:
    with db.write() as conn:
        heartbeat.beat(conn, "killed", 100.0, at(9))
        heartbeat.beat(conn, "running", 110.0, at(9))
        heartbeat.forget(conn, "running")
        seen = heartbeat.last_seen(conn)
        assert seen is not None
        assert not seen.stopped
        heartbeat.beat(conn, "running", 300.0, at(9))
        heartbeat.forget(conn, "running")
        seen = heartbeat.last_seen(conn)
        assert seen is not None
        assert seen.stopped
