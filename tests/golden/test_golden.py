"""Every log that a version wrote is replayed by every later one, to the same end."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from ecomms_bot.incident.entry import OFFICE
from ecomms_bot.incident.events import EVENTS
from ecomms_bot.service import office
from ecomms_bot.service.clocks import SystemClock
from ecomms_bot.service.duty import Duty
from ecomms_bot.service.records import Records
from ecomms_bot.store import log
from ecomms_bot.store.engine import Database
from ecomms_bot.store.tables import events
from ecomms_bot.store.verify import verify
from tests.golden.account import account
from tests.golden.make import OF_OFFICE

HERE = Path(__file__).parent
KEPT = sorted(HERE.glob("v*/*.jsonl"))


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def comes_to(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(params=KEPT, ids=lambda path: f"{path.parent.name}-{path.stem}")
def kept(request: pytest.FixtureRequest, db: Database) -> Path:
    """A kept log, put into the database of today exactly as it was stored."""
    path: Path = request.param
    with db.write() as conn:
        conn.execute(insert(events), rows(path))
    return path


def only_kept(now: Any, then: Any) -> Any:
    """Of what a log comes to now, that which was kept: later versions may have more to say."""
    if isinstance(then, dict) and isinstance(now, dict):
        return {name: only_kept(now.get(name), value) for name, value in then.items()}
    if isinstance(then, list) and isinstance(now, list) and len(now) == len(then):
        return [only_kept(*pair) for pair in zip(now, then, strict=True)]
    return now


def test_its_chain_holds_against_the_heads_that_were_written_down(kept: Path, db: Database) -> None:
    with db.read() as conn:
        found = verify(conn, comes_to(kept)["heads"])
    assert found.problems == ()
    assert found.entries == len(rows(kept))


def test_it_replays_to_what_it_came_to_then(kept: Path, db: Database) -> None:
    then = comes_to(kept)["incidents"]
    records = Records(db)
    now = {incident: json.loads(json.dumps(account(records.state(incident)))) for incident in then}
    assert only_kept(now, then) == then


def test_its_lists_can_be_made_and_agree_with_it(kept: Path, db: Database) -> None:
    incidents = comes_to(kept)["incidents"]
    assert office.rebuild(db) == len(incidents)
    assert {listed.row.id for listed in office.listing(db)} == set(incidents)
    assert office.check(db).problems == ()


def test_its_words_of_duty_are_understood(kept: Path, db: Database) -> None:
    duty = Duty(db, SystemClock(lambda: 0.0), lambda: "nonce")
    duty.refresh()
    with db.read() as conn:
        changed = log.of_type(conn, OFFICE, "DutyChanged")
    last = {str(each.payload["person"]): each.payload["on"] for each in changed if each.payload}
    assert {person for person, on in last.items() if not on} == duty.off().keys()


def test_of_the_newest_version_every_kind_of_entry_is_kept() -> None:
    """If not: `python -m tests.golden.make` and the name of the next version."""
    newest = max({path.parent for path in KEPT}, key=lambda folder: int(folder.name.removeprefix("v")))
    found = {row["type"] for path in newest.glob("*.jsonl") for row in rows(path)}
    assert found >= EVENTS.keys() | OF_OFFICE


def test_an_entry_whose_words_were_redacted_is_among_them() -> None:
    for folder in {path.parent for path in KEPT}:
        assert [row["seq"] for row in rows(folder / "night.jsonl") if row["payload"] is None]


def test_a_kept_log_is_never_written_again() -> None:
    before = {path: path.read_bytes() for path in (HERE / "v1").iterdir()}
    again = subprocess.run(
        [sys.executable, "-m", "tests.golden.make", "v1"],
        cwd=HERE.parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert again.returncode == 1
    assert "never written again" in again.stderr
    assert {path: path.read_bytes() for path in (HERE / "v1").iterdir()} == before
