"""Databases with many incidents in them, made as the bot makes them but many entries at a time."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import Connection

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.entry import Entry, NewEntry
from ecomms_bot.incident.ids import make_id
from ecomms_bot.store import log
from ecomms_bot.store.engine import Database
from ecomms_bot.store.migrate import migrate
from tests.cli.night import COMMUNICATOR, ZONE, Night, flood

_nonces = itertools.count()


def kept(path: Path, fill: Callable[[Night], None]) -> Path:
    """An SQLite database that `fill` filled, made the first time that it is asked for."""
    if not path.exists():
        db = Database(f"sqlite:///{path}")
        migrate(db)
        fill(Night(db))
        db.checkpoint()
        db.dispose()
    return path


def id_of(number: int) -> str:
    return make_id("i", f"incident {number}")


def opened(night: Night, number: int) -> str:
    """An exercise that nobody told Slack of; gives its id."""
    command = c.OpenIncident(
        f"Slide {number}",
        "",
        ZONE,
        "during",
        "S2",
        exercise=True,
        playbook=flood().raw,
        playbook_sha256=flood().sha256,
    )
    night.do(id_of(number), command, COMMUNICATOR)
    return id_of(number)


def written(
    conn: Connection, night: Night, incident: str, entries: Sequence[NewEntry], command_id: str
) -> tuple[Entry, ...]:
    """Entries at the end of this incident, as one command."""
    seq, _ = log.head(conn, incident)
    return log.append(
        conn,
        incident,
        seq,
        entries,
        at=night.now,
        actor=COMMUNICATOR,
        command_id=command_id,
        nonce=lambda: f"{next(_nonces):032}",
    )
