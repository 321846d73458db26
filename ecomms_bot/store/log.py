"""The log: append to it and read it. Streams of entries, each chained to the one before."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, Row, Select, Text, bindparam, exc, func, insert, select
from sqlalchemy.engine import RowMapping

from ecomms_bot.incident.entry import OFFICE, Entry, NewEntry
from ecomms_bot.store import codec
from ecomms_bot.store.codec import Sealed
from ecomms_bot.store.faults import AlreadyDone, Conflict, LogDamaged, translate
from ecomms_bot.store.tables import events, heads

Nonce = Callable[[], str]


class Marker(enum.Enum):
    """Stands in an office payload for what is known only when the incident's entries have been written."""

    FIRST_HASH = "hash of the first new entry of the incident"
    LAST_HASH = "hash of the last new entry of the incident"
    LAST_SEQ = "seq of the last new entry of the incident"


# What every command asks, made once: making a statement takes longer than the database needs for it.
_STREAM = events.c.incident == bindparam("stream", type_=Text)
_COMMAND = events.c.command_id == bindparam("command", type_=Text)
_AFTER = (
    select(events).where(_STREAM, events.c.seq > bindparam("after", type_=Integer)).order_by(events.c.seq)
)
_OF_TYPE = _AFTER.where(events.c.type == bindparam("of_type", type_=Text))
_STORED = select(events).where(_STREAM).order_by(events.c.seq).execution_options(yield_per=500)
_BY_COMMAND = select(events).where(_COMMAND).order_by(events.c.ordinal)
_DONE = select(events.c.seq).where(_COMMAND).limit(1)
_HEAD = select(events.c.seq, events.c.hash).where(_STREAM).order_by(events.c.seq.desc()).limit(1)
_INSERT = insert(events)
_COLUMNS = tuple(events.c.keys())
_LINE = 6
"""The class of PostgreSQL's advisory locks on incidents, so that they never meet others."""

FIRST_HASH = Marker.FIRST_HASH
LAST_HASH = Marker.LAST_HASH
LAST_SEQ = Marker.LAST_SEQ


def read(conn: Connection, stream: str) -> list[Entry]:
    """All entries of a stream in order; an unknown stream is empty. Raises LogDamaged."""
    return read_after(conn, stream, 0)


def read_after(conn: Connection, stream: str, seq: int) -> list[Entry]:
    """The entries of a stream after `seq`. Raises LogDamaged."""
    return _entries(conn, _AFTER, stream=stream, after=seq)


def of_type(conn: Connection, stream: str, type: str, after: int = 0) -> list[Entry]:
    """The entries of one type after `after`, in order. Raises LogDamaged."""
    return _entries(conn, _OF_TYPE, stream=stream, after=after, of_type=type)


def by_command(conn: Connection, command_id: str) -> list[Entry]:
    """What a command wrote, office entries included, in the order of writing; empty if it wrote nothing."""
    return _entries(conn, _BY_COMMAND, command=command_id)


def rows(conn: Connection, stream: str | None = None) -> Iterator[RowMapping]:
    """The entries exactly as stored, nonce included, for an export that can be verified elsewhere."""
    query = select(events).order_by(events.c.incident, events.c.seq)
    if stream is not None:
        query = query.where(events.c.incident == stream)
    yield from conn.execute(query.execution_options(yield_per=500)).mappings()


def stored(conn: Connection, stream: str) -> Iterator[Sequence[Any]]:
    """The entries of a stream exactly as stored, in order: all columns of `events`, a few rows at a time."""
    yield from conn.execute(_STORED, {"stream": stream})


def head(conn: Connection, stream: str) -> tuple[int, str]:
    """(seq, hash) of the last entry, (0, "") of an empty stream."""
    row = conn.execute(_HEAD, {"stream": stream}).first()
    return (row.seq, row.hash) if row else (0, "")


def append(
    conn: Connection,
    stream: str,
    expected_seq: int,
    entries: Sequence[NewEntry],
    office: Sequence[NewEntry] = (),
    *,
    at: datetime,
    actor: str,
    command_id: str,
    nonce: Nonce,
) -> tuple[Entry, ...]:
    """Write `entries` after `expected_seq`, then `office` at the end of office; ordinals run on across both.

    Raises Conflict (somebody else was first there: reload), AlreadyDone (the command is in the log: look it
    up) and NotStorable. After any of them the transaction is over and nothing is kept.
    """
    if stream == OFFICE:
        raise ValueError("office has no expected seq: use append_office")
    chain = _Chain(at, actor, command_id, nonce)
    _refuse_done(conn, command_id)
    seq, prev = head(conn, stream)
    if seq != expected_seq:
        raise Conflict
    own = chain.link(stream, seq, prev, entries)
    # The incident's rows first: who meets somebody at this place waits here, not with all of office in hand.
    _insert(conn, own)
    if office:
        own += _append_office(conn, chain, [_filled(entry, own) for entry in office])
    return tuple(_entry(sealed) for sealed in own)


def hold(conn: Connection, stream: str) -> None:
    """Held until commit: those who meet in one incident stand in line here. SQLite has one writer anyway."""
    if conn.dialect.name == "postgresql":
        conn.execute(select(func.pg_advisory_xact_lock(_LINE, func.hashtext(stream))))


def hold_office(conn: Connection) -> None:
    """Held until commit: two openings at once stand in line here instead of trying again and again."""
    conn.execute(select(heads).where(heads.c.stream == OFFICE).with_for_update())


def append_office(
    conn: Connection, entries: Sequence[NewEntry], *, at: datetime, actor: str, command_id: str, nonce: Nonce
) -> tuple[Entry, ...]:
    """Write to office alone. Raises AlreadyDone and NotStorable, as `append`."""
    _refuse_done(conn, command_id)
    return tuple(_entry(row) for row in _append_office(conn, _Chain(at, actor, command_id, nonce), entries))


class _Chain:
    """The entries of one command: what they share, and the count that runs on across streams."""

    def __init__(self, at: datetime, actor: str, command_id: str, nonce: Nonce) -> None:
        self.at, self.actor, self.command_id, self.nonce = codec.to_text(at), actor, command_id, nonce
        self.ordinal = 0

    def link(self, stream: str, seq: int, prev: str, entries: Sequence[NewEntry]) -> list[Sealed]:
        made: list[Sealed] = []
        for entry in entries:
            seq += 1
            sealed = codec.seal(
                prev=prev,
                incident=stream,
                seq=seq,
                at=self.at,
                actor=self.actor,
                command_id=self.command_id,
                ordinal=self.ordinal,
                type=entry.type,
                payload=entry.payload,
                nonce=self.nonce,
            )
            made.append(sealed)
            prev = sealed.hash
            self.ordinal += 1
        return made


def _append_office(conn: Connection, chain: _Chain, entries: Sequence[NewEntry]) -> list[Sealed]:
    hold_office(conn)
    seq, prev = head(conn, OFFICE)
    made = chain.link(OFFICE, seq, prev, entries)
    _insert(conn, made)
    return made


def _insert(conn: Connection, sealed: Sequence[Sealed]) -> None:
    if not sealed:
        return
    try:
        conn.execute(_INSERT, [{name: getattr(row, name) for name in _COLUMNS} for row in sealed])
    except exc.IntegrityError as error:
        raise (translate(error, "the log") or error) from error


def _refuse_done(conn: Connection, command_id: str) -> None:
    if conn.execute(_DONE, {"command": command_id}).first():
        raise AlreadyDone


def _filled(entry: NewEntry, own: Sequence[Sealed]) -> NewEntry:
    if not any(isinstance(value, Marker) for value in entry.payload.values()):
        return entry
    if not own:
        raise ValueError("an office entry refers to entries of the incident, but there are none")
    known: Mapping[Marker, Any] = {FIRST_HASH: own[0].hash, LAST_HASH: own[-1].hash, LAST_SEQ: own[-1].seq}
    payload = {
        name: known[value] if isinstance(value, Marker) else value for name, value in entry.payload.items()
    }
    return NewEntry(entry.type, payload)


def _entries(conn: Connection, query: Select[Any], **values: object) -> list[Entry]:
    return [_entry(row) for row in conn.execute(query, values)]


def _entry(row: Row[Any] | Sealed) -> Entry:
    try:
        return Entry(
            incident=row.incident,
            seq=row.seq,
            at=codec.from_text(row.at),
            actor=row.actor,
            command_id=row.command_id,
            ordinal=row.ordinal,
            type=row.type,
            payload=None if row.payload is None else codec.open_payload(row.type, row.payload),
            payload_sha256=row.payload_sha256,
            prev=row.prev,
            hash=row.hash,
        )
    except (ValueError, TypeError) as error:
        raise LogDamaged(
            f"Entry {row.seq} of {row.incident} cannot be read. Run `ecomms log verify` to see what was"
            " changed, and restore the database from a backup."
        ) from error
