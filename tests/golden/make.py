"""Keep a log of this version for ever: `python -m tests.golden.make v2` writes tests/golden/v2.

To be done when a version is released that writes new kinds of entries, or old ones otherwise. What was kept
is never written again: it is what offices have in their databases.
"""

from __future__ import annotations

import inspect
import json
import re
import secrets
import sys
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from ecomms_bot.incident import office as notes
from ecomms_bot.incident.entry import OFFICE, NewEntry
from ecomms_bot.incident.events import EVENTS, Event
from ecomms_bot.incident.policy import Person
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.practice.drill import run_drill
from ecomms_bot.service import office
from ecomms_bot.service.handler import office_entries
from ecomms_bot.service.office import Signature
from ecomms_bot.service.records import load
from ecomms_bot.store import log
from ecomms_bot.store.engine import Database
from ecomms_bot.store.migrate import migrate
from tests.golden.account import account
from tests.incident.drill_night import drill_night
from tests.incident.stories import NIGHT, RECORDS, Story
from tests.incident.whole_night import whole_night

HERE = Path(__file__).parent
DRILL = HERE.parents[1] / "playbooks" / "drills" / "bc-highways-2021.yaml"
OF_OFFICE = frozenset(re.findall(r'NewEntry\(\s*"(\w+)"', inspect.getsource(notes))) | {"PayloadRedacted"}
"""Every type of entry that office has."""


def main() -> None:
    """Write the logs of a version and what they come to."""
    folder = HERE / sys.argv[1]
    if folder.exists():
        sys.exit(
            f"{folder} is there already. A kept log is never written again: give the next version's name."
        )
    with tempfile.TemporaryDirectory() as scratch:
        urls = {name: f"sqlite:///{scratch}/{name}.db" for name in ("night", "drill", "taking-part")}
        _night(urls["night"])
        _taking_part(urls["taking-part"])
        if run_drill(DRILL, Path(scratch), urls["drill"], lambda _: None) != 0:
            sys.exit("The drill did not go as its script says. Nothing was written.")
        kept = {name: _read(url) for name, url in urls.items()}
    found = {json.loads(line)["type"] for lines, _ in kept.values() for line in lines}
    if missing := (EVENTS.keys() | OF_OFFICE) - found:
        sys.exit(f"No entry of these types was made: {', '.join(sorted(missing))}. Nothing was written.")
    folder.mkdir()
    for name, (lines, comes_to) in kept.items():
        (folder / f"{name}.jsonl").write_text("".join(line + "\n" for line in lines), encoding="utf-8")
        text = json.dumps(comes_to, ensure_ascii=False, indent=1, sort_keys=True)
        (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def _read(url: str) -> tuple[list[str], dict[str, Any]]:
    """Every entry as it is stored, a line each; and what to find again after a replay."""
    db = Database(url)
    with db.read() as conn:
        rows = [dict(row) for row in log.rows(conn)]
        comes_to = {
            "heads": {
                stream: "{}:{}".format(*log.head(conn, stream))
                for stream in {row["incident"] for row in rows}
            },
            "incidents": {
                incident: account(load(conn, incident))
                for incident in sorted({row["incident"] for row in rows} - {OFFICE})
            },
        }
    db.dispose()
    return [json.dumps(row, ensure_ascii=False) for row in rows], comes_to


def _night(url: str) -> None:
    """The night in which everything happens, and then what people do at the terminal."""
    db = Database(url)
    migrate(db)
    story = whole_night()
    incident = story.state.id
    keep(db, story)
    later = story.now + timedelta(days=30)
    named = next(each.seq for each in story.log if each.type == "NoteAdded")
    office.redact(db, incident, named, "It names a child.", _signed("redact", later))
    office.export(db, incident, _signed("export", later), lambda _: None)
    with db.write() as conn:
        log.append_office(
            conn, list(_by_hand(incident)), at=later, actor=RECORDS, command_id="by-hand", nonce=_nonce
        )
    db.dispose()


def _taking_part(url: str) -> None:
    """A drill that people took part in."""
    db = Database(url)
    migrate(db)
    keep(db, drill_night())
    db.dispose()


def keep(db: Database, story: Story) -> None:
    """Write the entries of a story as the bot does."""
    incident = story.state.id
    for command_id, events in _by_command(story):
        new, (seq, at, actor) = [event for _, event in events], events[0][0]
        with db.write() as conn:
            log.append(
                conn,
                incident,
                seq - 1,
                [event.entry() for event in new],
                office_entries(incident, tuple(new)),
                at=at,
                actor=actor,
                command_id=command_id,
                nonce=_nonce,
            )


def _by_command(story: Story) -> Iterator[tuple[str, list[tuple[tuple[int, Any, str], Event]]]]:
    """What each command wrote: place, time, actor and the event itself."""
    for command_id, written in groupby(story.log, key=lambda each: each.command_id):
        yield command_id, [((each.seq, each.at, each.actor), _whole(each.event)) for each in written]


def _whole(event: Event | None) -> Event:
    assert event is not None
    return event


def _by_hand(incident: str) -> Iterator[NewEntry]:
    """What office notes besides."""
    sha256 = "0" * 64
    yield notes.configuration_loaded(sha256)
    yield notes.playbook_loaded("flood", sha256)
    until = Instant.of(NIGHT + timedelta(days=40), "America/Vancouver")
    yield notes.duty_changed("U-pio", "U-ic", on=False, until=until, note="On leave")
    yield notes.duty_changed("U-pio", "U-pio", on=True, until=None, note="")
    yield notes.effect_retried(incident, "some/task", RECORDS)
    yield notes.effect_settled(incident, "some/task", RECORDS, "It stands there.")


def _signed(what: str, at: Any) -> Signature:
    return Signature(Person(RECORDS, frozenset({"records"})), at, what, _nonce)


def _nonce() -> str:
    return secrets.token_hex(16)


if __name__ == "__main__":
    main()
