"""The shipped drill from its script to the summary; scripts and places that drills are refused with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from ecomms_bot.errors import ConfigurationError, EcommsError
from ecomms_bot.practice import playing
from ecomms_bot.practice.drill import run_drill
from ecomms_bot.practice.script import BadScript, recorded
from ecomms_bot.settings import from_environment
from ecomms_bot.store import log, projections
from ecomms_bot.store.engine import Database
from ecomms_bot.store.verify import verify
from tests.scenario.acting import office, opens

DRILLS = Path(__file__).parents[2] / "playbooks" / "drills"
SHIPPED = DRILLS / "bc-highways-2021.yaml"
HEAD = re.compile(r"Incident (?P<incident>i\w+), head of the log (?P<head>\d+:[0-9a-f]{64})")


@dataclass(frozen=True)
class Played:
    """What a drill left behind."""

    code: int
    lines: list[str]
    folder: Path
    url: str

    @property
    def transcript(self) -> str:
        return "\n".join(self.lines)


def plays(script: Path, folder: Path, url: str | None = None) -> Played:
    lines: list[str] = []
    code = run_drill(script, folder, url, lines.append)
    played = Played(code, lines, folder, url or f"sqlite:///{folder / 'drill.db'}")
    assert played.code == 0, played.transcript[-2000:]
    return played


POINTS = {
    "bc-highways-2021": {
        "a promise kept": r"update promised for [^\n]*21:20[^\n]* is out: kept",
        "one missed": r"@Pia, the update promised for [^\n]*22:15[^\n]* is not out",
        "and escalated": r"@Irene, the update promised for [^\n]*22:15[^\n]* late",
        "and out at last": r"Update out, 16 min late",
        "a draft sent back": r"changes asked by @Dale to Road closure or change, revision 1",
        "and then approved": r"Road closure or change, revision 2 is approved",
        "a click without the role": r"only Otto sees\n[^\n]*Your click was not counted",
        "a click by the author": r"only Mara sees\n[^\n]*Your click was not counted",
        "the same click twice": r"the click arrives twice",
        "a stale click on an old revision": r"This is revision 1; revision 2 replaced it",
        "a rest each night": r"(?s)stands down until .*06:00.*down until .*06:30.*down until .*07:00",
        "counts that disagree": r"Vehicles trapped, conflict: 140 vehicles \(rescue team[^\n]*or 50 vehicles",
        "no text with a disputed count": r"The form says: [^\n]*Must be changed Vehicles trapped, conflict",
        "a decision between sources": r"140 vehicles \(rescue team\) counts, decided by @Dale",
        "a brief that the bot posts to leaders": r"EXERCISE, #leaders\n[^\n]*Leaders' brief",
        "an estimate that ends": r"Expected to reopen: today at 17:00 was known until today at 17:00",
        "and is taken back by name": r"Updates: Road closure or change, revision 1, played today at 10:18",
        "another phase": r"Phase: after \(was during\)",
        "a promise of a month": r"stands down until Mon 20 Dec, 08:30 PST",
        "a number that is wrong": r"Limits for vehicles, conflict: [^\n]*11 794[^\n]*11 894",
        "a correction on every channel": r"Correction 3 of 5 channels: SMS and Road sign still to do",
        "and nobody left out": r"Correction 4 of 5 channels: Road sign still to do",
        "a second look": r"Your second look is in the log",
        "closing refused": r"so the incident stays open",
        "the last scene": r"Wednesday, 19 January 2022",
        "close": r"was closed by @Irene",
    },
    "lead-asleep": {
        "a deputy is asked": r"Deputies are asked too: @Dev",
        "and decides": r"Holding statement, revision 1 is approved",
        "an override": r"@Irene overrode the approval of Evacuation",
        "that takes two": r"It takes two people",
        "and not just anybody": r"Only pio or ic may override",
        "the word of a partner": r"held back until its partners know it",
        "a second look": r"Your second look is in the log",
    },
    "sent-as-live": {
        "an exercise stays one": r"River exercise is open in this conversation. Choose a new conversation",
        "taking down tells nobody": r"Takes back: Holding statement, revision 1, played today at 08:07",
        "one channel is left": r"Cancellation 2 of 3 channels: SMS still to do",
        "nobody closes before": r"The form says: [^\n]*SMS still to do",
        "the last channel counts": r"Put right wherever the old words were read",
    },
}


def missing(played: Played, name: str) -> list[str]:
    """What the drill is there to show, and its transcript does not."""
    return [point for point, words in POINTS[name].items() if not re.search(words, played.transcript)]


def test_every_drill_that_ships_and_plays_by_itself_is_played_here() -> None:
    assert sorted(POINTS) == [path.stem for path in recorded(DRILLS.parent)]


@pytest.mark.long
def test_the_highways_drill_shows_what_it_is_to_show_and_keeps_it(tmp_path: Path) -> None:
    """One play for all that is asked of it, as it is long."""
    played = plays(SHIPPED, tmp_path)
    assert missing(played, "bc-highways-2021") == []
    assert (played.folder / "transcript.txt").read_text() == played.transcript + "\n"
    each_approval_is_counted_once(played)
    agrees(played)
    summary = (played.folder / "summary.md").read_text()
    assert "Flood, Highways 7, 1 and 5" in summary
    assert "EXERCISE" in summary
    assert re.search(r"\d+:[0-9a-f]{64}", summary)
    assert "21 of 22" in summary
    assert "promises kept: 21 of 22" in played.transcript


@pytest.mark.parametrize("name", ["lead-asleep", "sent-as-live"])
def test_the_short_drills_show_what_they_are_to_show(name: str, tmp_path: Path) -> None:
    played = plays(DRILLS / f"{name}.yaml", tmp_path)
    assert missing(played, name) == []
    agrees(played)


def each_approval_is_counted_once(played: Played) -> None:
    """Also that of the click which arrived twice."""
    database = Database(played.url)
    with database.read() as conn:
        entries = log.read(conn, identity(played))
    database.dispose()
    approvals = [
        (entry.actor, (entry.payload or {})["draft"], (entry.payload or {})["revision"])
        for entry in entries
        if entry.type == "ApprovalGiven"
    ]
    assert len(approvals) >= 40
    assert len(approvals) == len(set(approvals))


def identity(played: Played) -> str:
    found = HEAD.search(played.transcript)
    assert found is not None
    return found["incident"]


def agrees(played: Played) -> None:
    """The database's log is whole, and it is the one whose head the transcript prints."""
    found = HEAD.search(played.transcript)
    assert found is not None
    database = Database(played.url)
    with database.read() as conn:
        assert verify(conn, {found["incident"]: found["head"]}).problems == ()
        (row,) = projections.all_incidents(conn)
    database.dispose()
    assert row.exercise
    assert row.closed_at is not None
    # the closing message prints a head as well, and the log agrees with that one too
    printed = re.findall(r"\b\d+:[0-9a-f]{64}\b", played.transcript)
    assert len(printed) >= 2


def test_a_drill_with_postgresql(postgres_database_url: str, tmp_path: Path) -> None:
    played = plays(DRILLS / "lead-asleep.yaml", tmp_path, postgres_database_url)
    assert not (tmp_path / "drill.db").exists()
    assert missing(played, "lead-asleep") == []
    agrees(played)


def test_a_drill_that_does_not_go_as_the_script_expects_says_where_and_ends_with_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(playing, "REPLY_S", 1.0)  # the words that it waits for never come
    text = (
        SHIPPED.read_text()
        .replace("refused: Only pio", "refused: You may")
        .split('  - at: "2021-11-14 20:15"')[0]
    )
    script = tmp_path / "other.yaml"
    script.write_text(text)
    lines: list[str] = []
    assert run_drill(script, tmp_path / "out", None, lines.append) == 1
    assert "The drill stopped:" in lines[-1]
    assert "“You may”" in lines[-1]
    assert "Only pio can decide on this" in lines[-1]


BROKEN = {
    "no yaml": ("scenes: [", "broken.yaml:2:1: a list or a group above is not closed"),
    "no script": ("- one\n- two\n", ""),
    "unknown person": ("who: mara", "there is nobody called"),
    "unknown action": ("does: open", "open"),
    "out of order": ('at: "2021-11-14 20:05"', "this is before"),
    "unknown word": ("zone: America/Vancouver", "colour"),
    "no time": ('at: "2021-11-14 20:08"', "at"),
}
CHANGES = {
    "unknown person": "who: nobody",
    "unknown action": "does: dance",
    "out of order": 'at: "2021-11-14 19:05"',
    "unknown word": "zone: America/Vancouver\ncolour: red",
    "no time": "at: tonight",
}


@pytest.mark.parametrize("mistake", BROKEN)
def test_a_broken_script_is_refused_with_plain_words(tmp_path: Path, mistake: str) -> None:
    part, said = BROKEN[mistake]
    text = SHIPPED.read_text().replace(part, CHANGES[mistake], 1) if mistake in CHANGES else part
    script = tmp_path / "broken.yaml"
    script.write_text(text)
    with pytest.raises(EcommsError) as error:
        run_drill(script, tmp_path / "out", None, print)
    assert "broken.yaml" in str(error.value)
    assert said in str(error.value)
    for jargon in ("Traceback", "pydantic", "Error:", "validation error"):
        assert jargon not in str(error.value)
    assert not (tmp_path / "out" / "drill.db").exists()


def test_a_script_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadScript, match="There is no drill"):
        run_drill(tmp_path / "none.yaml", tmp_path, None, print)


@pytest.mark.parametrize("address", ["https://slack.com/api/", "https://127.0.0.1.example.org/api/"])
def test_the_bot_refuses_a_practice_clock_with_a_slack_that_is_not_on_this_machine(
    tmp_path: Path, address: str
) -> None:
    environment = {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
        "SLACK_API_URL": address,
        "ECOMMS_CLOCK": str(tmp_path / "clock.json"),
    }
    with pytest.raises(ConfigurationError, match="real incidents run on the system's clock"):
        from_environment(environment)
    assert from_environment({**environment, "SLACK_API_URL": "http://127.0.0.1:9/api/"}).clock is not None


def test_a_drill_is_not_played_where_an_incident_is_live(tmp_path: Path) -> None:
    with office(tmp_path) as on:
        opens(on, live=True)
    with pytest.raises(ConfigurationError, match="A drill needs its own"):
        run_drill(SHIPPED, tmp_path / "out", f"sqlite:///{tmp_path / 'ecomms.db'}", print)
