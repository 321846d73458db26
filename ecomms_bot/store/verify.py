"""Is the log whole? Each entry against its hash, each stream against office and heads from outside."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from ecomms_bot.errors import EcommsError
from ecomms_bot.incident.entry import OFFICE
from ecomms_bot.store import codec, log
from ecomms_bot.store.tables import events
from ecomms_bot.store.triggers import NEVER_BLANKED

SEQ, TYPE, PAYLOAD, HASH = (list(events.c.keys()).index(name) for name in ("seq", "type", "payload", "hash"))
"""Where these stand in a stored entry."""

Head = str | tuple[int, str]
"""What somebody wrote down: (seq, hash), `seq:hash`, or the beginning of the hash (6 digits at least)."""

_HEAD = re.compile(r"(?:(?P<seq>\d{1,12}):)?(?P<hex>[0-9a-f]{6,64})", re.IGNORECASE)


class BadHead(EcommsError):
    """A head cannot be read; nothing was compared."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a stream, and from which entry on (None: with the stream as a whole)."""

    stream: str
    seq: int | None
    text: str

    def __str__(self) -> str:
        where = self.stream if self.stream == OFFICE else f"incident {self.stream}"
        return f"{where}: {self.text}" if self.seq is None else f"{where} entry {self.seq}: {self.text}"


@dataclass(frozen=True, slots=True)
class Verified:
    """The outcome: nothing is wrong if there are no problems. `streams` counts office too."""

    problems: tuple[Problem, ...]
    streams: int
    entries: int


@dataclass(slots=True)
class _Witness:
    """Somebody's word that a stream has an entry whose hash begins so, at `seq` if that is known."""

    who: str
    seq: int | None
    digits: str
    found: bool = False

    def look(self, seq: int, hash: object) -> None:
        if self.seq in {None, seq} and isinstance(hash, str) and hash.startswith(self.digits):
            self.found = True

    def problem(self, stream: str, last: int) -> Problem:
        if self.seq is None:
            return Problem(
                stream, None, f"no entry has {self.who} {self.digits}: entries were cut off or rewritten"
            )
        if self.seq > last:
            return Problem(
                stream, self.seq, f"it is missing: the log ends at entry {last}, but not {self.who}"
            )
        return Problem(stream, self.seq, f"it is another one than {self.who} says: the log was rewritten")


@dataclass(slots=True)
class _Office:
    """What office says about the incidents."""

    registered: dict[str, str] = field(default_factory=dict)
    sealed: dict[str, tuple[int, str]] = field(default_factory=dict)
    redacted: set[tuple[str, int]] = field(default_factory=set)

    def note(self, type: str, payload: str | None) -> None:
        """Take in an entry of office. One that cannot be read fails its own hash, which is said elsewhere."""
        if type not in {"IncidentRegistered", "IncidentSealed", "PayloadRedacted"}:
            return
        try:
            said = json.loads(payload or "")
            incident, seq = str(said["incident"]), int(said.get("seq", 0))
        except (ValueError, TypeError, KeyError, AttributeError):
            return
        if type == "IncidentRegistered":
            self.registered[incident] = str(said.get("first_hash"))
        elif type == "IncidentSealed":
            self.sealed[incident] = (seq, str(said.get("head")))
        else:
            self.redacted.add((incident, seq))

    def witnesses(self, stream: str) -> Iterator[_Witness]:
        if stream in self.registered:
            yield _Witness("the registration in office", 1, self.registered[stream])
        if stream in self.sealed:
            yield _Witness("the seal in office", *self.sealed[stream])


def verify(conn: Connection, heads: Mapping[str, Head] | None = None) -> Verified:
    """Walk the whole log, a few entries in memory at a time; names the first bad entry of each stream.

    `heads`: stream -> a head that was printed or written down earlier. Raises BadHead.
    """
    given = {stream: _parse(stream, head) for stream, head in (heads or {}).items()}
    office = _Office()
    counts: dict[str, int] = {}
    problems: list[Problem] = []
    with _any_bytes(conn):
        # Office first: it says what the others must have.
        for stream in (OFFICE, *_incidents(conn)):
            witnesses = [*office.witnesses(stream), *([given[stream]] if stream in given else [])]
            found, counts[stream] = _walk(conn, stream, office, witnesses)
            problems += found
    for stream in dict.fromkeys([*office.registered, *given]):
        if stream not in counts:
            problems.append(Problem(stream, None, "the whole incident has vanished from the log"))
    return Verified(tuple(problems), sum(count > 0 for count in counts.values()), sum(counts.values()))


def _walk(
    conn: Connection, stream: str, office: _Office, witnesses: list[_Witness]
) -> tuple[list[Problem], int]:
    problems: list[Problem] = []
    seq, prev, count = 0, "", 0
    if stream != OFFICE and stream not in office.registered:
        problems.append(Problem(stream, None, "office does not know this incident"))
    first_fault: Problem | None = None
    for row in log.stored(conn, stream):
        count += 1
        first_fault = first_fault or _fault(row, seq, prev, office.redacted)
        seq, prev = row[SEQ], row[HASH]
        for witness in witnesses:
            witness.look(seq, prev)
        if stream == OFFICE:
            office.note(row[TYPE], row[PAYLOAD])
    if first_fault:
        problems.append(first_fault)
    problems += [witness.problem(stream, seq) for witness in witnesses if not witness.found]
    return problems, count


def _fault(row: Sequence[Any], last: int, prev: str, redacted: set[tuple[str, int]]) -> Problem | None:
    """What is wrong with an entry that stands after entry `last`, whose hash is `prev`."""
    stream, seq, at, actor, command_id, ordinal, type, text, digest, before, hash = row
    if seq > last + 1:
        return Problem(stream, last + 1, "it is missing")
    if text is not None and _sha256(text) != digest:
        return Problem(stream, seq, "the content does not match its hash")
    if _link_hash((before, stream, seq, at, actor, command_id, ordinal, type, digest)) != hash:
        return Problem(stream, seq, "the entry does not match its hash")
    if seq != last + 1 or before != prev:
        return Problem(stream, seq, "it does not follow from the entry before")
    lawful = (stream, seq) in redacted and stream != OFFICE and type not in NEVER_BLANKED
    if text is None and not lawful:
        return Problem(stream, seq, "the content was removed, and office knows of no lawful redaction")
    if text is not None and (stream, seq) in redacted:
        return Problem(stream, seq, "the content is there, but office says that it was redacted")
    return None


def _sha256(text: object) -> str | None:
    try:
        return codec.sha256(text) if isinstance(text, str) else None
    except UnicodeEncodeError:
        return None


def _link_hash(linked: Sequence[object]) -> str | None:
    try:
        return codec.link_hash(linked)
    except codec.NotStorable:
        return None


def _incidents(conn: Connection) -> list[str]:
    query = select(events.c.incident).where(events.c.incident != OFFICE).distinct()
    return list(conn.execute(query.order_by(events.c.incident)).scalars())


def _parse(stream: str, head: Head) -> _Witness:
    if isinstance(head, tuple):
        head = f"{head[0]}:{head[1]}"
    match = _HEAD.fullmatch(head.strip().rstrip("….").lower())
    if match is None:
        raise BadHead(
            f"The head {head!r} of {stream} cannot be read. It looks like 41:9f86d081884c…, or is the"
            " beginning of the hash, at least 6 digits."
        )
    return _Witness("the head that was given", int(match["seq"]) if match["seq"] else None, match["hex"])


@contextmanager
def _any_bytes(conn: Connection) -> Iterator[None]:
    """Let bytes through that are no text: who changed one in the file must not stop the check."""
    raw: Any = conn.connection.dbapi_connection
    if conn.dialect.name != "sqlite":
        yield
        return
    before, raw.text_factory = raw.text_factory, lambda data: data.decode(errors="surrogateescape")
    try:
        yield
    finally:
        raw.text_factory = before
