"""From events to what is stored, and back: entries, ids, the office's entries, and the two projections."""

from __future__ import annotations

import json
from datetime import UTC

import pytest

from ecomms_bot.incident import office
from ecomms_bot.incident.commands import CloseIncident
from ecomms_bot.incident.entry import IncidentRow, NewEntry
from ecomms_bot.incident.events import EVENTS, Event
from ecomms_bot.incident.evolve import evolve, replay
from ecomms_bot.incident.ids import make_id
from ecomms_bot.incident.projection import incident_row, release_rows
from ecomms_bot.incident.state import Incident, Recorded
from tests.incident.stories import COLLEAGUE, COMMUNICATOR, CONVERSATION, NIGHT, PIO, Story, at
from tests.incident.whole_night import whole_night

# --- Events and entries


def test_an_event_is_stored_under_its_name_as_plain_data_and_read_back_the_same() -> None:
    for recorded in whole_night().log:
        assert recorded.event is not None
        entry = recorded.event.entry()
        assert entry.type == recorded.type
        payload = json.loads(json.dumps(entry.payload))
        assert payload == entry.payload
        assert EVENTS[entry.type].model_validate(payload) == recorded.event


def test_only_what_changes_nothing_for_people_is_plumbing() -> None:
    plumbing = {name for name, event in EVENTS.items() if event.plumbing}
    assert plumbing == {"PostGone", "Posted", "PreviewAsked", "ReportAsked"}


def test_what_people_say_is_read_in_the_log_and_changes_no_message() -> None:
    silent = {name for name, event in EVENTS.items() if event.silent}
    assert silent == {"DiscussionAdded", "DiscussionChanged", "DiscussionDeleted"}
    assert not any(event.plumbing and event.silent for event in EVENTS.values())


def test_the_state_is_the_replay_of_the_log_and_of_nothing_else() -> None:
    story = whole_night()
    assert replay(story.state.id, story.log) == story.state


def test_an_event_without_a_meaning_is_a_mistake_of_ours() -> None:
    class Unheard(Event):
        pass

    recorded = Recorded(1, NIGHT, "bot", "c", "Unheard", "h", Unheard())
    with pytest.raises(LookupError, match="no meaning is written down for Unheard"):
        evolve(Incident("i1"), recorded)


# --- Ids


def test_an_id_follows_from_the_command_so_that_one_that_arrives_twice_makes_one_thing() -> None:
    assert make_id("i", "V123") == make_id("i", "V123") != make_id("i", "V124")
    # The first 10 base32 characters of SHA-256("V123"), in lower case.
    assert make_id("i", "V123") == "iiiv3ein5bt"


# --- Office


def test_the_office_notes_incidents_and_what_belongs_to_none() -> None:
    assert office.incident_registered("i1", "h") == NewEntry(
        "IncidentRegistered", {"incident": "i1", "first_hash": "h"}
    )
    assert office.incident_sealed("i1", 9, "h") == NewEntry(
        "IncidentSealed", {"incident": "i1", "seq": 9, "head": "h"}
    )
    assert office.playbook_loaded("flood", "a1").type == "PlaybookLoaded"
    assert office.configuration_loaded("a1").payload == {"sha256": "a1"}
    assert office.exported("i1", "os:root", 9).payload == {"incident": "i1", "by": "os:root", "entries": 9}
    retried = office.effect_retried("i1", "i1/post/card", "os:root")
    assert retried.payload == {"incident": "i1", "effect": "i1/post/card", "by": "os:root"}
    settled = office.effect_settled("i1", "i1/post/card", "os:root", "Posted by hand.")
    assert settled.payload == {**retried.payload, "note": "Posted by hand."}


# --- Projections


def test_the_row_of_an_incident() -> None:
    story = Story().open(exercise=True)
    story.publish("D1", next_update=at(21, 0))
    row = IncidentRow(
        id="i7abcdefghij",
        name="Highway 7 mudslides",
        hazard="flood",
        exercise=True,
        severity="S2",
        phase="during",
        conversation=CONVERSATION,
        opener=COMMUNICATOR,
        holder=COMMUNICATOR,
        opened_at=NIGHT,
        closed_at=None,
        promised_at=at(21, 0).astimezone(UTC),
        seq=story.state.changed_seq,
    )
    assert incident_row(story.state) == row


def test_the_row_of_a_closed_incident() -> None:
    story = Story().open(shown=False)
    story.now = at(20, 30)
    story.do(CloseIncident(""), PIO)
    row = incident_row(story.state)
    assert (row.closed_at, row.promised_at, row.conversation) == (at(20, 30), None, None)


def test_a_row_counts_what_people_did_and_not_where_things_were_shown() -> None:
    story = Story().open()
    assert story.state.seq > story.state.changed_seq == 2
    assert incident_row(story.state).seq == 2


def test_each_text_that_went_out_has_a_row() -> None:
    story = Story().open()
    draft = story.approve(story.submit("D1"), PIO)
    story.mark(draft, "web", posted=at(20, 0))
    story.now = at(20, 5)
    story.mark(draft, "x", by=COLLEAGUE)
    rows = {row.channel: row for row in release_rows(story.state)}
    assert set(rows) == {"web", "x"}
    x = rows["x"]
    assert (x.incident, x.draft, x.revision, x.language) == (story.state.id, draft.id, 1, "en")
    assert (x.text, x.text_sha256) == (draft.current.texts["x"]["en"], draft.current.text_sha256)
    assert (x.attested_at, x.attested_by, x.proof) == (at(20, 5), COLLEAGUE, "https://example.org/x")
    assert not x.exercise


def test_what_is_approved_and_not_posted_has_none() -> None:
    story = Story().open()
    story.approve(story.submit("D1"), PIO)
    assert release_rows(story.state) == ()


def test_every_revision_that_went_out_has_its_own_rows() -> None:
    story = Story().open()
    draft = story.approve(story.submit("D1"), PIO)
    story.mark(draft, "internal")
    story.now = at(20, 10)
    draft = story.approve(story.submit("D1", renews=True), PIO)
    story.mark(draft, "internal", "x")
    rows = release_rows(story.state)
    assert [(row.revision, row.channel) for row in rows] == [(1, "internal"), (2, "internal"), (2, "x")]
    assert rows[0].text != rows[1].text
