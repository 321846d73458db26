"""`ecomms debrief`: what a drill came to, from the log alone."""

from __future__ import annotations

from pathlib import Path

from ecomms_bot.store import log
from ecomms_bot.store.engine import Database
from tests.cli.conftest import Terminal
from tests.cli.night import Night
from tests.golden.make import keep
from tests.incident.drill_night import drill_night


def played(db: Database) -> str:
    """A drill that people took part in, as the bot wrote it."""
    night = drill_night()
    keep(db, night)
    return night.state.id


def test_the_debrief_is_a_page_of_markdown(office: Terminal, db: Database) -> None:
    said = office.run("debrief", played(db)).stdout
    assert said.startswith("# EXERCISE - Debrief of A river night - EXERCISE\n")
    assert said.endswith("**EXERCISE - this is practice, not the real event - EXERCISE**\n")
    assert "| Injects answered in time | 80 % | 7 of 7 | met |" in said
    assert "- **Answered after 2 min by U-comm (fact)**" in said


def test_it_can_be_written_to_a_file(office: Terminal, db: Database, tmp_path: Path) -> None:
    incident, file = played(db), tmp_path / "debrief.md"
    assert office.run("debrief", incident, "--out", str(file)).stdout == f"Written: {file}\n"
    assert file.read_text() == office.run("debrief", incident).stdout
    there = tmp_path / "nowhere" / "debrief.md"
    refused = office.refused("debrief", incident, "--out", str(there))
    assert f"The file {there} cannot be written" in refused


def test_another_incident_has_none(office: Terminal, db: Database) -> None:
    incident = Night(db).open()
    refused = office.refused("debrief", incident)
    assert "is no drill that people take part in, so there is no debrief." in refused
    assert "The office is no drill." in office.refused("debrief", "office")
    with db.read() as conn:
        assert log.head(conn, incident)[0] > 0  # it is there all the same
