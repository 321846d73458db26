"""`ecomms due` and `ecomms show`: what people need while Slack cannot be reached, from the log alone."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.office import duty_changed
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.store import log
from ecomms_bot.store.engine import Database
from tests.cli.conftest import Terminal
from tests.cli.night import COMMUNICATOR, PIO, START, ZONE, Night, flood, lived


def test_without_incidents_nothing_is_owed(office: Terminal) -> None:
    assert office.run("due").stdout == "No incident is open, so nothing is owed.\n"


def test_due_says_what_is_promised_by_whom_and_how_late_it_is(office: Terminal, db: Database) -> None:
    night = Night(db)
    incident = night.open()
    night.submit(incident)
    night.approve(incident)
    night.publish(incident)
    said = office.run("due").stdout
    assert "Highway 7 slides · LIVE · S2 · during · " in said
    assert "Times in America/Vancouver." in said
    (line,) = (each for each in said.splitlines() if "update promised to the public" in each)
    assert line.startswith("  Sun 14 Nov 21:05  update promised to the public (Holding statement)")
    assert f": {COMMUNICATOR}, 1" in line  # who is author and holder is named once
    assert line.endswith("late")


def test_due_names_each_kind_of_thing_that_somebody_owes(office: Terminal, db: Database) -> None:
    # given: a text that waits, a question, a reminder, and a step that has a time
    night = Night(db)
    incident = night.open()
    later = Instant.of(night.now.replace(hour=8), ZONE)
    night.do(incident, c.AskQuestion("May trucks pass?", PIO, later), COMMUNICATOR)
    night.do(incident, c.SetReminder(later, "Call the crews."), COMMUNICATOR)
    before = office.run("due").stdout
    assert f"step Holding statement: {COMMUNICATOR}" in before
    assert f"answer a question: {PIO}: “May trucks pass?”" in before
    assert f"reminder of {COMMUNICATOR}: “Call the crews.”" in before
    # when: it is sent for approval, sent back, sent again and approved
    night.submit(incident)
    assert (
        f"approval by pio: Holding statement, revision 1, written by {COMMUNICATOR}"
        in office.run("due").stdout
    )
    night.do(incident, c.AskForChanges("d1", 1, "Which end?"), PIO)
    assert f"to be changed: Holding statement, revision 1, {COMMUNICATOR}" in office.run("due").stdout
    night.submit(incident, area_description="near Hope")
    night.approve(incident)
    after = office.run("due").stdout
    assert f"to be published and marked: Holding statement, revision 2, {COMMUNICATOR}" in after
    assert "step Holding statement" not in after


def test_an_override_asks_for_a_second_look(office: Terminal, db: Database) -> None:
    night = Night(db)
    incident = night.open()
    night.submit(incident)
    revision = night.state(incident).drafts["d1"].current
    night.do(incident, c.Override("d1", 1, revision.text_sha256, "The bridge goes."), PIO)
    assert "second look at Holding statement, revision 1" in office.run("due").stdout


def test_show_prints_the_approved_texts_word_for_word(office: Terminal, db: Database) -> None:
    night = Night(db)
    incident = night.open()
    assert "No text is approved yet." in office.run("show", incident).stdout
    night.submit(incident)
    texts = night.state(incident).drafts["d1"].current.texts
    assert texts["web"]["en"] not in office.run("show", incident).stdout
    night.approve(incident)
    said = office.run("show", incident[:6]).stdout
    assert "Approved, to be posted and marked: Holding statement, revision 1 · text " in said
    for languages in texts.values():
        assert languages["en"] in said
    night.publish(incident)
    assert "Out: Holding statement, revision 1 · text " in office.run("show", incident).stdout


def test_show_gives_out_no_text_before_its_partners_know_it(office: Terminal, db: Database) -> None:
    # Given an approved text of which a partner has to know first,
    raw = deepcopy(flood().raw)
    raw["phases"]["during"][0]["partners"] = ["City of Hope"]
    night = Night(db)
    incident = night.open(playbook=raw)
    night.submit(incident)
    night.approve(incident)
    revision = night.state(incident).drafts["d1"].current
    # then its words are not shown,
    said = office.run("show", incident).stdout
    assert "to be told to City of Hope first: Holding statement, revision 1" in office.run("due").stdout
    assert "Approved, not to be posted before they know of it (City of Hope): Holding statement" in said
    assert revision.texts["web"]["en"] not in said
    # until the partner knows.
    known = c.RecordAcknowledgement("d1", 1, "City of Hope", "Ana Roy, by phone", night.now)
    night.do(incident, known, COMMUNICATOR)
    assert revision.texts["web"]["en"] in office.run("show", incident).stdout


def test_show_says_what_a_text_says_and_counts_no_more(office: Terminal, db: Database) -> None:
    night = Night(db)
    incident = night.open()
    night.do(incident, c.RecordFact("area_description", "near Hope", "police"), COMMUNICATOR)
    night.submit(incident, area_description="near Hope")
    night.approve(incident)
    assert "Look again" not in office.run("show", incident).stdout
    night.do(incident, c.RecordFact("area_description", "near Agassiz", "radio"), COMMUNICATOR)
    assert "to be decided, since sources disagree: " in office.run("due").stdout
    said = office.run("show", incident).stdout
    assert "Look again before it is posted anywhere: " in said
    assert "sources disagree about what it says." in said


def test_show_of_a_text_that_was_taken_down_says_so(office: Terminal, db: Database) -> None:
    night = Night(db)
    incident = night.open()
    night.submit(incident)
    night.approve(incident)
    night.publish(incident)
    night.do(incident, c.EndRelease("d1", 1, ("x", "web"), "The road is open."), COMMUNICATOR)
    said = office.run("show", incident).stdout
    assert "Out, and replaced or taken down since: Holding statement, revision 1" in said


def test_a_closed_incident_has_nothing_to_be_posted(office: Terminal, db: Database) -> None:
    night = Night(db)
    incident = night.open()
    night.submit(incident)
    night.approve(incident)
    night.close(incident)
    said = office.run("show", incident).stdout
    assert "to be posted" not in said
    assert "No text went out." in said


def test_show_of_what_was_redacted_leaves_its_place(office: Terminal, db: Database) -> None:
    # Given a closed incident whose text was redacted with its working copy (entries 6 and 7),
    incident = lived(db)
    for entry in ("6", "7"):
        office.run("log", "redact", incident, entry, "--reason", "A name.", "--yes")
    # then the rest can still be read.
    assert "a redacted text, revision 1 · text " in office.run("show", incident).stdout


def test_a_closed_incident_owes_nothing_and_can_still_be_read(office: Terminal, db: Database) -> None:
    incident = lived(db)
    assert incident not in office.run("due").stdout
    said = office.run("show", incident).stdout
    assert "It is closed: nothing is owed." in said
    assert "Out: Holding statement, revision 1" in said


def test_an_incident_without_anything_to_do_says_so(office: Terminal, db: Database) -> None:
    night = Night(db)
    incident = night.open()
    night.do(incident, c.SkipStep("D1", "The police have said it."), COMMUNICATOR)
    assert "Nothing is owed." in office.run("due").stdout


def test_what_is_no_incident_is_refused(office: Terminal) -> None:
    assert "The office is no incident." in office.refused("show", "office")
    assert "There is no incident no/such." in office.refused("show", "no/such")


def test_a_fact_that_is_known_until_a_time_is_owed_anew_then(office: Terminal, db: Database) -> None:
    night = Night(db)
    incident = night.open()
    until = Instant.of(night.now.replace(hour=7), ZONE)
    night.do(incident, c.RecordFact("vehicles stranded", "140", "RCMP", until=until), COMMUNICATOR)
    (line,) = (each for each in office.run("due").stdout.splitlines() if "to be known anew" in each)
    assert line.startswith(f"  Sun 14 Nov 23:00  to be known anew: vehicles stranded = 140, {COMMUNICATOR}")
    # said anew by its source, that is what ends
    night.do(incident, c.RecordFact("vehicles stranded", "150", "RCMP"), COMMUNICATOR)
    assert "to be known anew" not in office.run("due").stdout


def test_who_is_off_duty_is_named(office: Terminal, db: Database) -> None:
    incident = Night(db).open()
    later = Instant.of(datetime(2999, 1, 1, tzinfo=UTC), ZONE)
    entries = [
        duty_changed("U0PIA", "U0PIA", on=False, until=None, note=""),
        duty_changed("U0DALE", "U0PIA", on=False, until=later, note="asleep"),
    ]
    with db.write() as conn:
        log.append_office(conn, entries, at=START, actor="U0PIA", command_id="duty", nonce=lambda: "n")
    for words in (("due",), ("show", incident)):
        said = office.run(*words).stdout
        assert "Off duty: U0PIA\n" in said
        assert "Off duty: U0DALE until Mon 31 Dec 16:00: asleep\n" in said
