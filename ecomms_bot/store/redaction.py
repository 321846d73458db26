"""Blank what must not be kept, lawfully: noted in office; hash and place stay, the chain still verifies."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from ecomms_bot.errors import EcommsError
from ecomms_bot.incident.entry import OFFICE, Entry, NewEntry
from ecomms_bot.store import log
from ecomms_bot.store.tables import events
from ecomms_bot.store.triggers import NEVER_BLANKED


class CannotRedact(EcommsError):
    """The entry may not be blanked, or is not there; nothing was changed."""


def redact(
    conn: Connection,
    incident: str,
    seq: int,
    reason: str,
    by: str,
    *,
    at: datetime,
    command_id: str,
    nonce: log.Nonce,
) -> Entry:
    """Note `PayloadRedacted` in office and blank the payload of entry `seq`; returns the office entry.

    The caller blanks the same text in the projections, in this transaction, and afterwards calls
    `Database.checkpoint`, so that SQLite's write-ahead file forgets it too. Raises CannotRedact, AlreadyDone.
    """
    if not reason.strip():
        raise CannotRedact("A redaction needs a reason. Nothing was changed.")
    _check(conn, incident, seq)
    note = NewEntry("PayloadRedacted", {"incident": incident, "seq": seq, "reason": reason, "by": by})
    (entry,) = log.append_office(conn, [note], at=at, actor=by, command_id=command_id, nonce=nonce)
    conn.execute(
        update(events).where(events.c.incident == incident, events.c.seq == seq).values(payload=None)
    )
    return entry


def _check(conn: Connection, incident: str, seq: int) -> None:
    query = select(events.c.type, events.c.payload).where(events.c.incident == incident, events.c.seq == seq)
    row = conn.execute(query).first()
    what = f"Entry {seq} of {incident}"
    if incident == OFFICE:
        raise CannotRedact(
            "Entries of office cannot be redacted: they are the proof of all others. Nothing was changed."
        )
    if row is None:
        raise CannotRedact(f"{what} is not in the log. Nothing was changed.")
    if row.type in NEVER_BLANKED:
        raise CannotRedact(
            f"{what} ({row.type}) cannot be redacted: without it nobody could say what was approved."
            " Nothing was changed."
        )
    if row.payload is None:
        raise CannotRedact(f"{what} is redacted already. Nothing was changed.")
