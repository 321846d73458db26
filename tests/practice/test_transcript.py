"""A drill as somebody reads it who was not there: who is who, what was refused, and what was left behind."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from ecomms_bot.practice.drill import run_drill
from ecomms_bot.practice.transcript import Transcript
from tests.books import FOLDER

NIGHT = """\
schema_version: 1
id: short-night
title: A short night
zone: America/Vancouver
starts: "2021-11-14 20:00"
office: {organisation: Road ministry, info_url: https://example.gov}
people:
  mara: {name: Mara Lund, roles: [communicator]}
  dale: {name: Dale Ito, roles: [sme]}
  pia: {name: Pia Sohal, roles: [pio]}
  irene: {name: Irene Wall, roles: [ic]}
  eve: {name: Eve Nour, roles: [exec]}
scenes:
  - at: "2021-11-14 20:05"
    who: mara
    does: open
    text: flood
    with: {name: Highway 7 slides, area: Highway 7, severity: S2, zone: America/Vancouver}
"""
WRITES = """\
  - at: "2021-11-14 20:06"
    who: mara
    does: write
    step: D1
    with:
      hazard_seen: mudslides
      road: Highway 7
      area_description: near Hope
      not_known_yet: trapped
      how_finding_out: crews-now
      as_of: "20:05"
      next_update_at: "19:00"
"""
STARTS = """\
  - at: "2021-11-14 20:07"
    who: mara
    does: start-step
    step: D3
"""


def play(tmp_path: Path, scenes: str, code: int = 0) -> str:
    """Everything that was printed."""
    script = tmp_path / "night.yaml"
    script.write_text(NIGHT + scenes)
    printed: list[str] = []
    done = run_drill(script, tmp_path / "out", None, printed.append, playbooks=FOLDER)
    assert done == code, "\n".join(printed)
    return "\n".join(printed)


def test_steps_go_by_their_titles_and_a_refusal_in_a_form_is_printed(tmp_path: Path) -> None:
    said = play(tmp_path, WRITES + "    refused: has already passed\n" + STARTS)
    assert "Mara Lund (communicator) writes on D1 · Holding statement\n" in said
    assert "starts D3 · Road closure or change from the card\n" in said
    (line,) = [each for each in said.splitlines() if "The form says: " in each]
    assert line.strip().startswith("The form says: Next update by: ")
    assert "has already passed" in line


def test_a_step_that_is_not_there_is_said(tmp_path: Path) -> None:
    said = play(tmp_path, STARTS.replace("D3", "D9"), code=1)
    assert "starts D9 from the card\n" in said
    assert "The card does not offer to start the step D9." in said


def test_what_a_form_does_not_take_stops_the_drill_and_names_the_field(tmp_path: Path) -> None:
    said = play(tmp_path, WRITES.replace("      road: Highway 7\n", ""), code=1)
    stopped = said[said.index("The drill stopped: ") :]
    assert "mara could not write: " in stopped
    assert "Road: " in stopped


def test_the_summary_names_people_and_the_transcript_is_kept(tmp_path: Path) -> None:
    said = play(tmp_path, "")
    summary = (tmp_path / "out" / "summary.md").read_text()
    assert "opened by Mara Lund: exercise" in summary
    assert (tmp_path / "out" / "transcript.txt").read_text() == said + "\n"


def test_nothing_stands_above_the_title_but_that_an_older_log_was_replaced(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = play(tmp_path, ""), play(tmp_path, "")
    assert first.startswith("EXERCISE - A short night\n")
    replaced = f"The log of the last drill in {tmp_path / 'out'} was replaced.\n\n"
    assert second.startswith(f"{replaced}EXERCISE - A short night\n")
    # and no library said anything beside it
    assert [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING] == []


def test_a_text_of_short_lines_that_was_printed_is_named_as_a_whole() -> None:
    sign = ["Road sign 2 / 2 pages (2 more)", "EXERCISE", "", "ROAD CLOSED", "", "TURN BACK", "", "EXERCISE"]
    told: list[str] = []
    transcript = Transcript(None, told.append, None)  # type: ignore[arg-type]  # nobody is asked
    transcript.block("in a thread", "\n".join([*sign, "[Approve]"]))
    first = len(told)
    transcript.block("in a thread", "\n".join([*sign, "[Mark as played]"]))
    assert told[first + 1 :] == [
        "         │ [… 5 lines of text, word for word as above]",
        "         │ [Mark as played]",
    ]
    # the same short words elsewhere are told again
    transcript.block("elsewhere", "TURN BACK")
    assert told[-1] == "         │ TURN BACK"
