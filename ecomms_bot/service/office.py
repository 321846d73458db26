"""What is done to the log from the terminal: find, list, check, export, redact, and make the lists again."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, select

from ecomms_bot.errors import DatabaseError, EcommsError
from ecomms_bot.incident import office as notes
from ecomms_bot.incident.entry import OFFICE, IncidentRow, ReleaseRow
from ecomms_bot.incident.events import (
    DiscussionAdded,
    DiscussionChanged,
    DraftSaved,
    Event,
    PreviewAsked,
    RevisionSubmitted,
)
from ecomms_bot.incident.evolve import replay
from ecomms_bot.incident.policy import Act, Person, require
from ecomms_bot.incident.projection import incident_row, release_rows
from ecomms_bot.incident.state import Incident, Recorded
from ecomms_bot.service.records import load, recorded
from ecomms_bot.store import log, projections, redaction
from ecomms_bot.store.deadline import Deadline
from ecomms_bot.store.engine import Database
from ecomms_bot.store.redaction import CannotRedact
from ecomms_bot.store.tables import events
from ecomms_bot.store.verify import Head, Problem, verify

_UNKNOWN = re.compile("[\x00\ud800-\udfff]")
"""What no name in a database has."""
FORGET_S = 5.0
"""How long to wait for readers, so that SQLite can empty its write-ahead file after a redaction."""
REBUILD = "Run `ecomms rebuild`: it makes the lists again from the log."


class NotFound(EcommsError):
    """No incident, or more than one, goes by that name; nothing was changed."""


class NotUnderstood(DatabaseError):
    """Entries are whole, but do not say what this version expects; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Who does something at the terminal, when (UTC, incident time), and under which id."""

    person: Person
    at: datetime
    command_id: str
    nonce: log.Nonce


@dataclass(frozen=True, slots=True)
class Listed:
    """An incident in the list: its row, how many entries its log has, and the hash of the last."""

    row: IncidentRow
    entries: int
    head: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of the log saw; all is well if there are no problems."""

    problems: tuple[Problem, ...]
    streams: int
    entries: int


@dataclass(frozen=True, slots=True)
class Exported:
    """How many entries were given out, and the head that proves that none is missing."""

    incident: str
    entries: int
    head: str


# --- finding and listing ---


def find(db: Database, text: str) -> str:
    """The id of an incident from its id, an unambiguous beginning of it, or its conversation's id.

    `office` is the stream of what belongs to no incident. Small and capital letters are the same. Raises
    NotFound.
    """
    if _UNKNOWN.search(text):
        raise NotFound("There is no incident of that name. `ecomms log list` shows all of them.")
    start = text.lower()
    with db.read() as conn:
        if start == OFFICE or log.head(conn, start)[0]:
            return start
        if (there := projections.incident_by_conversation(conn, text.upper())) is not None:
            return there.id
        rows = projections.all_incidents(conn)
    fitting = [row for row in rows if text and row.id.startswith(start)]
    if len(fitting) == 1:
        return fitting[0].id
    if fitting:
        names = ", ".join(f"{row.id} ({row.name})" for row in fitting[:5])
        raise NotFound(f"More than one incident begins with {text}: {names}. Type a few more characters.")
    raise NotFound(f"There is no incident {text}. `ecomms log list` shows all of them.")


def listing(db: Database) -> list[Listed]:
    """All incidents, open ones first, each group with the newest first."""
    with db.read() as conn:
        rows = sorted(projections.all_incidents(conn), key=lambda row: row.closed_at is not None)
        return [Listed(row, *log.head(conn, row.id)) for row in rows]


# --- checking ---


def check(db: Database, heads: Mapping[str, Head] | None = None) -> Checked:
    """Verify the log, and compare both lists with what the log says.

    `heads`: as in `store.verify`, for an incident's id or an unambiguous beginning of it. A stream whose log
    is not whole is not compared: its list would only say the same again. Raises BadHead.
    """
    with db.read() as conn:
        streams = _streams(conn)
        found = verify(conn, {_whole(stream, streams): head for stream, head in (heads or {}).items()})
        damaged = {problem.stream for problem in found.problems}
        wrong = [*_compare(conn, streams, damaged)]
    return Checked((*found.problems, *wrong), found.streams, found.entries)


def _whole(start: str, streams: list[str]) -> str:
    """The id that begins so; as it was given if that is an id, or no single one."""
    start = start.lower()
    fitting = [each for each in streams if each.startswith(start)]
    return fitting[0] if len(fitting) == 1 and start else start


def _compare(conn: Connection, streams: list[str], damaged: set[str]) -> Iterator[Problem]:
    """Differences between the lists as kept and as the log would make them."""
    kept = {row.id: row for row in projections.all_incidents(conn)}
    for stream in streams:
        if stream in damaged:
            continue
        try:
            row, releases = _lists(conn, stream)
        except EcommsError as error:
            yield Problem(stream, None, str(error))
            continue
        if stream not in kept:
            yield Problem(stream, None, f"it is missing from the list of incidents. {REBUILD}")
        elif kept[stream] != row:
            fields = ", ".join(_differing(kept[stream], row))
            yield Problem(
                stream, None, f"the list of incidents is not what the log says ({fields}). {REBUILD}"
            )
        if _by_place(projections.releases(conn, stream)) != _by_place(releases):
            yield Problem(stream, None, f"the list of releases is not what the log says. {REBUILD}")
    for stream in kept.keys() - set(streams) - damaged:
        yield Problem(stream, None, f"it is in the list of incidents, but not in the log. {REBUILD}")


def _streams(conn: Connection) -> list[str]:
    """All incidents of the log."""
    query = select(events.c.incident).where(events.c.incident != OFFICE).distinct()
    return sorted(conn.execute(query).scalars())


def _lists(conn: Connection, incident: str) -> tuple[IncidentRow, tuple[ReleaseRow, ...]]:
    """What both lists should say of an incident, from the log. Raises LogDamaged and NotUnderstood."""
    with understanding(incident):
        state = load(conn, incident)
        return incident_row(state), release_rows(state)


@contextmanager
def understanding(incident: str) -> Iterator[None]:
    """Reading entries that another version, or another program, may have written. Raises NotUnderstood."""
    try:
        yield
    except EcommsError:
        raise
    except Exception as error:
        raise NotUnderstood(
            f"The entries of {incident} cannot be understood ({type(error).__name__}). Was it another version"
            " of ecomms-bot that wrote them? Nothing was changed."
        ) from error


def _differing(kept: IncidentRow, made: IncidentRow) -> list[str]:
    ours = asdict(made)
    return [name for name, value in asdict(kept).items() if value != ours[name]]


def _by_place(rows: list[ReleaseRow] | tuple[ReleaseRow, ...]) -> dict[tuple[str, int, str, str], ReleaseRow]:
    return {(row.draft, row.revision, row.channel, row.language): row for row in rows}


# --- making the lists again ---


def rebuild(db: Database) -> int:
    """Make both lists again from the log, in one transaction; returns how many incidents there are.

    Raises LogDamaged and NotUnderstood; then the lists are as they were.
    """
    with db.write() as conn:
        _hold_lists(conn)
        streams = _streams(conn)
        projections.clear(conn)
        for stream in streams:
            projections.save(conn, *_lists(conn, stream))
    return len(streams)


def _hold_lists(conn: Connection) -> None:
    """Nobody else changes the lists until commit: what they appended meanwhile, they save after us."""
    if conn.dialect.name == "postgresql":
        conn.exec_driver_sql("LOCK TABLE incidents, releases IN EXCLUSIVE MODE")


# --- exporting ---


def export(db: Database, incident: str, by: Signature, write: Callable[[str], object]) -> Exported:
    """Note in office that it is given out, then write all entries, one JSON object a line, exactly as stored.

    Payloads come as the text that was hashed, nonces included, so that the chain can be verified elsewhere.
    Raises Rejected.
    """
    require(by.person, Act.EXPORT, Incident(incident))
    with db.write() as conn:
        entries, head = log.head(conn, incident)
        note = notes.exported(incident, by.person.id, entries)
        log.append_office(
            conn, [note], at=by.at, actor=by.person.id, command_id=by.command_id, nonce=by.nonce
        )
    with db.read() as conn:
        for row in log.rows(conn, incident):
            if row["seq"] <= entries:
                write(json.dumps(dict(row), ensure_ascii=False) + "\n")
    return Exported(incident, entries, head)


# --- redacting ---


@dataclass(frozen=True, slots=True)
class Redaction:
    """What a redaction blanks. `state`: as it was before; `echoes`: entries that may hold the same words.

    `remains`: SQLite's write-ahead file still holds them, as another program was reading.
    """

    state: Incident
    entry: Recorded
    echoes: tuple[int, ...]
    remains: bool = False


def rehearse_redaction(db: Database, incident: str, seq: int, reason: str, by: Signature) -> Redaction:
    """What `redact` would do, refusals included; nothing stays. To ask a person before it is done."""
    with db.write() as conn:
        planned = _redact(conn, incident, seq, reason, by)
        conn.rollback()
    return planned


def redact(db: Database, incident: str, seq: int, reason: str, by: Signature) -> Redaction:
    """Blank one entry of a closed incident, with its copy in the list of releases, in one transaction.

    Raises Rejected, NotFound and CannotRedact; then nothing was changed.
    """
    with db.write() as conn:
        done = _redact(conn, incident, seq, reason, by)
    return replace(done, remains=not db.checkpoint(Deadline.after(FORGET_S)))


def _redact(conn: Connection, incident: str, seq: int, reason: str, by: Signature) -> Redaction:
    entries = recorded(log.read(conn, incident))
    state = replay(incident, entries)
    require(by.person, Act.REDACT, state)
    if state.open:
        raise CannotRedact(
            f"{state.name} ({incident}) is still open, and its texts are needed. Nothing was changed."
            " Close it first; then its entries can be redacted."
        )
    redaction.redact(
        conn, incident, seq, reason, by.person.id, at=by.at, command_id=by.command_id, nonce=by.nonce
    )
    after = load(conn, incident)
    if after.open:
        raise CannotRedact(
            f"Entry {seq} of {incident} cannot be redacted: without it the incident would count as open."
            " Nothing was changed."
        )
    projections.save(conn, incident_row(after), release_rows(after))
    entry = next(each for each in entries if each.seq == seq)
    return Redaction(state, entry, _echoes(entry, entries))


def _echoes(entry: Recorded, entries: tuple[Recorded, ...]) -> tuple[int, ...]:
    """The other entries that may hold the same words: of a draft its copies, revisions and what was shown.

    Of a reply to a review, what it said before and after an edit.
    """
    said = entry.event.ts if isinstance(entry.event, DiscussionAdded | DiscussionChanged) else ""
    draft = getattr(entry.event, "draft", None)

    def same(event: Event | None) -> bool:
        if said:
            return isinstance(event, DiscussionAdded | DiscussionChanged) and event.ts == said
        return isinstance(event, DraftSaved | PreviewAsked | RevisionSubmitted) and event.draft == draft

    return tuple(each.seq for each in entries if each.seq != entry.seq and same(each.event))
